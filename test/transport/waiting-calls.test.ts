// What a call that had to wait leaves behind: nothing.
import { expect, it } from '@jest/globals';
import { GatewayError } from '../../src/errors.js';
import { createOperation } from '../../src/server/operation.js';
import { createBulkhead } from '../../src/transport/bulkhead.js';

const LIMITS = { maxInFlight: 1, maxWaiting: 10, maxWaitMs: 60_000, maxPerCaller: 10 };
const busy = () => new GatewayError('UPSTREAM_BUSY', 'busy');
const start = () =>
  createOperation({ requestId: 'r', timeoutMs: 60_000, budget: 10, onCall: () => undefined });

it('is forgotten by the signal of its operation once it has its place', async () => {
  const bulkhead = createBulkhead('read', LIMITS, null, busy);
  const [first, second] = [start(), start()];
  const place = await bulkhead.enter(first);
  const waiting = bulkhead.enter(second);
  expect([second.signal.listeners, bulkhead.waiting]).toEqual([1, 1]);
  bulkhead.leave(place);
  bulkhead.leave(await waiting);
  expect([second.signal.listeners, bulkhead.waiting, bulkhead.inFlight]).toEqual([0, 0, 0]);
  first.end();
  second.end();
});

it('does not wait at all when its operation is over', async () => {
  const bulkhead = createBulkhead('read', LIMITS, null, busy);
  const other = start();
  const place = await bulkhead.enter(other);
  const over = start();
  over.end();
  await expect(Promise.resolve(bulkhead.enter(over))).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  expect(bulkhead.waiting).toBe(0);
  bulkhead.leave(place);
  expect(bulkhead.inFlight).toBe(0);
  other.end();
});

it('does not wait in its lane either when its operation is over', async () => {
  const bulkhead = createBulkhead('read', { ...LIMITS, maxPerCaller: 1 }, null, busy);
  const [first, over] = [start(), start()];
  first.joinLane('caller');
  over.joinLane('caller');
  const place = await bulkhead.enter(first);
  over.abandon();
  await expect(Promise.resolve(bulkhead.enter(over))).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  expect(bulkhead.waiting).toBe(0);
  bulkhead.leave(place);
  for (const operation of [first, over]) operation.end();
});

it('does not wait on when its operation ends just as it gets the place in its lane', async () => {
  const bulkhead = createBulkhead('read', { ...LIMITS, maxPerCaller: 1 }, null, busy);
  const [first, other, second] = [start(), start(), start()];
  first.joinLane('caller');
  second.joinLane('caller');
  const place = await bulkhead.enter(first);
  const others = bulkhead.enter(other);
  const waiting = Promise.resolve(bulkhead.enter(second));
  bulkhead.leave(place);
  second.abandon();
  await expect(waiting).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  bulkhead.leave(await others);
  expect([bulkhead.waiting, bulkhead.inFlight]).toEqual([0, 0]);
  for (const operation of [first, other, second]) operation.end();
});

it('waits for its own caller, however many others have come and gone meanwhile', async () => {
  const bulkhead = createBulkhead('read', { ...LIMITS, maxInFlight: 10, maxPerCaller: 1 }, null, busy);
  const enter = async (caller: string) => {
    const operation = start();
    operation.joinLane(caller);
    return { operation, lane: await bulkhead.enter(operation) };
  };
  const first = await enter('caller');
  for (let i = 0; i < 2_500; i += 1) {
    const { operation, lane } = await enter(`other ${i}`);
    bulkhead.leave(lane);
    operation.end();
  }
  const second = enter('caller');
  expect([bulkhead.inFlight, bulkhead.waiting]).toEqual([1, 1]);
  bulkhead.leave(first.lane);
  bulkhead.leave((await second).lane);
  expect([bulkhead.inFlight, bulkhead.waiting]).toEqual([0, 0]);
});
