// A client who has gone is worked for no longer.
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BACKENDS, type Slug } from '../support/backend-truth.js';
import { abandon } from './clients.js';
import { startFaultedGateway, type FaultedGateway } from './faulted-gateway.js';
import { prepare } from './matrix-cells.js';

const ROUNDS = 200;
const CLOSED_WITHIN_MS = 100;

/** It takes two calls of Mind and v2 one after the other, and would be tried again for a long time. */
const READ = `{ profile(id: "mind:42") {
  mind { rawData supersetRoles }
  settings { desk { maxChats } inbox { availability } }
  v2 { views { name } }
} }`;
const WRITE = `mutation { updateProfile(input: {
  profileId: "mind:42", patch: { firstName: "Moritz", lastName: "Neumann" }
}) { status } }`;

let gateway: FaultedGateway;
beforeAll(async () => {
  const env = { LOG_LEVEL: 'silent', UPSTREAM_TIMEOUT_MS: '60000', REQUEST_TIMEOUT_MS: '120000' };
  gateway = await startFaultedGateway({ env });
});
afterAll(() => gateway.close());

const sum = (count: (backend: Slug) => number) =>
  BACKENDS.reduce((total, backend) => total + count(backend), 0);
const busy = () => sum((backend) => gateway.faults[backend].busy);
const arrived = () => sum((backend) => gateway.faults[backend].arrivals.length);

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(1);
}

/** What is silent when the client hangs up, and how many requests have arrived by then. */
const MOMENTS: readonly (readonly [string, string, (method: string) => boolean, number])[] = [
  ['while everything is silent', READ, () => true, 3],
  ['while what was written is not answered', WRITE, (method) => method !== 'GET', 6],
];

describe('a client who hangs up', () => {
  it.each(MOMENTS)(
    'has every connection to the backends closed within 100 ms, and nothing is started any more: %s',
    async (_when, query, isSilent, expected) => {
      const tookMs: number[] = [];
      const counts: number[] = [];
      for (let i = 0; i < ROUNDS; i += 1) {
        await prepare(gateway);
        for (const backend of BACKENDS)
          gateway.faults[backend].inject(
            () => undefined,
            ({ method }) => isSilent(method),
          );
        const hangUp = abandon(gateway.url, query);
        await until(() => arrived() >= expected);
        hangUp();
        const startedAt = performance.now();
        await until(() => busy() === 0);
        tookMs.push(performance.now() - startedAt);
        counts.push(arrived());
      }
      await wait(50);
      expect(counts).toEqual(counts.map(() => expected));
      expect(arrived()).toBe(expected);
      expect(tookMs.filter((ms) => ms > CLOSED_WITHIN_MS).length).toBeLessThanOrEqual(ROUNDS / 20);
    },
    60_000,
  );
});
