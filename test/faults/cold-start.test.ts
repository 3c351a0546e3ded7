// A gateway that has just started knows nobody's address. A backend that is silent then must not keep everybody waiting for that.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFaultedGateway, type FaultedGateway } from './faulted-gateway.js';

const CLIENTS = 20;
const ATTEMPT_MS = 300;
/** A read is tried three times at most. */
const TRIES = 3;

let gateway: FaultedGateway;
beforeAll(async () => {
  gateway = await startFaultedGateway({
    env: { LOG_LEVEL: 'silent', UPSTREAM_TIMEOUT_MS: String(ATTEMPT_MS), REQUEST_TIMEOUT_MS: '10000' },
  });
});
afterAll(() => gateway.close());

describe('a backend that hangs before anybody is known', () => {
  it('is asked for its addresses once, and not by one client after the other', async () => {
    const { mind } = gateway.faults;
    mind.inject(() => undefined);
    const answers = await Promise.all(
      Array.from({ length: CLIENTS }, () => gateway.execute('{ profile(id: "mind:42") { mind { phone } } }')),
    );
    const codes = answers.map(({ errors }) => errors[0]?.extensions['code']);
    expect(codes).toEqual(codes.map(() => 'UPSTREAM_TIMEOUT'));
    const sweeps = mind.arrivals.filter(({ path }) => path.includes('format=short'));
    expect(sweeps.length).toBeLessThanOrEqual(TRIES);
  });
});
