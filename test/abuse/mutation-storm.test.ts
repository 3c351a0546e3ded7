import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { expectRefusal, post } from '../server/client.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

const ASK = { query: '{ profile(id: "mind:42") { firstName } }' };
const UNLOCK = { query: 'mutation { removeStatusLock(input: { profileId: "mind:42" }) { status } }' };

let gateway: TestGateway;
let max: Record<string, string>;
let erika: Record<string, string>;
beforeAll(async () => {
  gateway = await startTestGateway({ env: { AUTH: 'mind', LOG_LEVEL: 'silent' } });
  max = { authorization: `Bearer ${gateway.mind.tokenFor(42)}` };
  erika = { authorization: `Bearer ${gateway.mind.tokenFor(43)}` };
  // Who they are is remembered from here on.
  for (const headers of [max, erika]) await post(gateway.url, ASK, headers);
});
afterEach(() => {
  gateway.v2.switches.clear();
});
afterAll(() => gateway.close());

describe('a caller', () => {
  it('may have two mutations under way, and is told to wait with a third', async () => {
    for (let round = 0; round < 2; round += 1) {
      gateway.v2.switches.set({ latencyMs: 300 });
      const storm = Array.from({ length: 5 }, () => post(gateway.url, UNLOCK, max));
      const [query, other, ...answers] = await Promise.all([
        post(gateway.url, ASK, max),
        post(gateway.url, UNLOCK, erika),
        ...storm,
      ]);
      expect([query.status, other.status]).toEqual([200, 200]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
      for (const refused of answers.filter(({ status }) => status !== 200)) {
        expect(expectRefusal(refused, 503, 'OVERLOADED')).toMatch(/2 mutations under way/);
        expect(refused.headers['retry-after']).toBe('1');
      }
      gateway.v2.switches.clear();
      expect((await post(gateway.url, UNLOCK, max)).status).toBe(200);
    }
  });

  it('does not lose a place by a mutation that is refused', async () => {
    const broken = {
      query: 'mutation ($i: RemoveStatusLockInput!) { removeStatusLock(input: $i) { status } }',
    };
    for (let i = 0; i < 5; i += 1) expectRefusal(await post(gateway.url, broken, max), 400, 'BAD_USER_INPUT');
    expect((await post(gateway.url, UNLOCK, max)).status).toBe(200);
  });
});
