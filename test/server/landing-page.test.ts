import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { expectRefusal, post, send } from './client.js';

interface EmbeddedOptions {
  readonly target: string;
  readonly initialEndpoint: string;
  readonly initialState: { readonly document: string; readonly variables: object };
}

/** Runs the page's own script as a browser would, with Apollo's script replaced by one that notes what it is told. */
function openPage(html: string, href: string): EmbeddedOptions[] {
  const opened: EmbeddedOptions[] = [];
  function EmbeddedSandbox(options: EmbeddedOptions): void {
    opened.push(options);
  }
  const script = /<script>([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
  const document = { getElementById: () => ({ replaceChildren: () => undefined }) };
  runInNewContext(script, { window: { EmbeddedSandbox, location: { href } }, document, URL });
  return opened;
}

describe('GET / outside production', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.close());

  it('is Apollo Sandbox', async () => {
    const { status, headers, text } = await send(`${gateway.url}/`, {});
    expect({ status, type: headers['content-type'] }).toEqual({
      status: 200,
      type: 'text/html; charset=utf-8',
    });
    expect(text).toContain('<script src="https://embeddable-sandbox.cdn.apollographql.com/');
  });

  it('asks this gateway, with a first query that answers as it stands', async () => {
    const { text } = await send(`${gateway.url}/`, {});
    const [options] = openPage(text, `${gateway.url}/?from=bookmark`);
    expect(options).toMatchObject({ target: '#sandbox', initialEndpoint: `${gateway.url}/graphql` });
    expect(text).toContain('id="sandbox"');
    const { document: query, variables } = options?.initialState ?? {};
    expect(variables).toEqual({ first: 3 });
    const answer = JSON.parse((await post(gateway.url, { query, variables })).text) as object;
    expect(answer).not.toHaveProperty('errors');
    expect(answer).toMatchObject({ data: { profiles: { nodes: [{ id: 'mind:42' }, {}, {}] } } });
  });

  it('takes GET and HEAD only', async () => {
    expect(await send(`${gateway.url}/`, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    expectRefusal(await send(`${gateway.url}/`, { method: 'POST' }), 405, 'METHOD_NOT_ALLOWED');
  });
});

describe('the explorers', () => {
  const PRODUCTION = { NODE_ENV: 'production', SANDBOX: 'all' };
  const INTROSPECTION = { query: '{ __schema { queryType { name } } }' };

  it.each([
    ['is off in production', PRODUCTION, false],
    ['is on in production with EXPLORER=on', { ...PRODUCTION, EXPLORER: 'on' }, true],
    ['is off outside production with EXPLORER=off', { EXPLORER: 'off' }, false],
    ['is on outside production', {}, true],
  ])('%s: pages, introspection and suggestions', async (_when, env, isOn) => {
    const gateway = await startTestGateway({ env });
    try {
      const pages = [await send(`${gateway.url}/`, {}), await send(`${gateway.url}/explorer`, {})];
      const introspection = await post(gateway.url, INTROSPECTION);
      const misspelt = await post(gateway.url, { query: '{ profile(id: "mind:42") { emial } }' });
      if (isOn) {
        expect([...pages, introspection].map(({ status }) => status)).toEqual([200, 200, 200]);
        expect(misspelt.text).toMatch(/Did you mean/);
      } else {
        for (const page of pages) expectRefusal(page, 404, 'BAD_REQUEST');
        expectRefusal(introspection, 400, 'GRAPHQL_VALIDATION_FAILED');
        expect(misspelt.text).not.toMatch(/Did you mean|email/);
      }
    } finally {
      await gateway.close();
    }
  });
});
