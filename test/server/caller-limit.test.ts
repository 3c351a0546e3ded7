// One caller's share of the gateway while a backend is slow, over HTTP.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { post } from './client.js';

const SECRET = 'a-secret-of-more-than-thirty-two-letters';
const PLACES = 8;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    env: { AUTH: 'jwt', JWT_SECRET: SECRET, MAX_OPERATIONS: String(PLACES) },
  });
});
afterAll(() => gateway.close());

const tokenOf = (sub: string) =>
  new SignJWT({ sub, permissions: ['readAnyUserProfile'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(Buffer.from(SECRET));
const ask = async (who: string, query: string) =>
  post(gateway.url, { query }, { authorization: `Bearer ${await tokenOf(who)}` });

describe('a caller who asks a slow backend without a pause', () => {
  it('gets half of the places, and others the rest', async () => {
    gateway.v2.switches.set({ latencyMs: 1_000 });
    const slow = Array.from({ length: PLACES }, () =>
      ask('ann', '{ profile(id: "v2:17") { v2 { dateFormat } } }'),
    );
    const refused = await Promise.race(slow);
    expect(refused.status).toBe(503);
    expect(JSON.parse(refused.text)).toMatchObject({ errors: [{ extensions: { code: 'OVERLOADED' } }] });
    expect(refused.headers['retry-after']).toBe('1');
    const other = await ask('ben', '{ profile(id: "omnivibe:3") { omnivibe { role } } }');
    expect(other.status).toBe(200);
    const statuses = (await Promise.all(slow)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(PLACES / 2);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toContain(`requests_shed_total{reason="caller"} ${PLACES / 2}`);
  });
});
