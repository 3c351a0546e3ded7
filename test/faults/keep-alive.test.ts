// Backends close connections that have been idle for a while, and sometimes just when the next request is on its way.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFaultedGateway, type FaultedGateway } from './faulted-gateway.js';
import { prepare } from './matrix-cells.js';

const READS = 2_000;
const AT_ONCE = 8;
const READ = '{ profile(id: "v2:17") { v2 { username } } }';

let gateway: FaultedGateway;
beforeAll(async () => {
  gateway = await startFaultedGateway({ limits: {}, env: { LOG_LEVEL: 'silent' } });
  await prepare(gateway);
});
afterAll(() => gateway.close());

describe('a backend that closes idle connections at random', () => {
  it('costs none of 2,000 reads', async () => {
    const { v2 } = gateway.faults;
    v2.closeAfterAnswers(() => (Math.random() < 0.3 ? Math.random() * 10 : null));
    let left = READS;
    let retries = 0;
    const failed: unknown[] = [];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (left > 0) {
          left -= 1;
          const { errors, bill } = await gateway.execute(READ);
          failed.push(...errors);
          retries += bill.retries;
        }
      }),
    );

    expect(failed).toEqual([]);
    // It has happened that a request met a connection that was just being closed.
    expect(retries).toBeGreaterThan(0);
  }, 60_000);
});
