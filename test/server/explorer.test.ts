// How the page is served. What it does in a browser is told in test/browser/.
import { gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { expectRefusal, send } from './client.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

function explorer(headers: Record<string, string> = {}, method = 'GET') {
  return send(`${gateway.url}/explorer`, { method, headers });
}

/** The body as it came over the wire. */
function bytesOf(acceptEncoding: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': acceptEncoding };
    request(`${gateway.url}/explorer`, { headers, agent: false }, (res) => {
      buffer(res).then(resolve, reject);
    })
      .once('error', reject)
      .end();
  });
}

describe('GET /explorer', () => {
  it('is one page, which may load nothing from elsewhere', async () => {
    const { status, headers, text } = await explorer();
    expect({ status, type: headers['content-type'] }).toEqual({
      status: 200,
      type: 'text/html; charset=utf-8',
    });
    expect(text).toMatch(/<\/html>\n$/);
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy.join()).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(policy.find((rule) => rule.startsWith('script-src'))).toMatch(/^script-src 'sha256-[\w+/]{43}='$/);
  });

  it('stores no headers, which may be tokens, in the browser', async () => {
    expect((await explorer()).text).toContain('"shouldPersistHeaders":false');
  });

  it.each([
    ['gzip, deflate, br', true],
    ['br;q=1, gzip;q=0.5', true],
    ['gzip;q=0, br', false],
    ['identity', false],
  ])('is zipped for whom that suits: %s', async (acceptEncoding, isZipped) => {
    const { text } = await explorer();
    const { headers } = await explorer({ 'accept-encoding': acceptEncoding }, 'HEAD');
    expect(headers).toMatchObject({ vary: 'accept-encoding' });
    expect(headers['content-encoding']).toBe(isZipped ? 'gzip' : undefined);
    const bytes = await bytesOf(acceptEncoding);
    expect((isZipped ? gunzipSync(bytes) : bytes).toString() === text).toBe(true);
  });

  it('is not sent again to whom has it', async () => {
    const { headers } = await explorer({}, 'HEAD');
    const etag = String(headers.etag);
    expect(await explorer({ 'if-none-match': etag })).toMatchObject({
      status: 304,
      text: '',
      headers: { etag },
    });
    expect(await explorer({ 'if-none-match': 'W/"another"' })).toMatchObject({ status: 200 });
  });

  it('takes GET and HEAD only', async () => {
    expect(await explorer({}, 'HEAD')).toMatchObject({ status: 200, text: '' });
    expectRefusal(await explorer({}, 'POST'), 405, 'METHOD_NOT_ALLOWED');
  });
});
