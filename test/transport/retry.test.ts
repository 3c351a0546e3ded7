import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GatewayError } from '../../src/errors.js';
import { faultError } from '../../src/transport/faults.js';
import { UPSTREAM_LIMITS } from '../../src/transport/policy.js';
import { createRetryBudget, retryWaitMs } from '../../src/transport/retry.js';

const LOST = faultError('v2', 'reset_headers');
const status = (httpStatus: number, retryAfterMs?: number) =>
  new GatewayError(httpStatus === 429 ? 'UPSTREAM_RATE_LIMITED' : 'UPSTREAM_ERROR', 'v2: …', {
    httpStatus,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
const waitOf = (error: GatewayError, { kind = 'read', retries = 0, remainingMs = 10_000, random = 1 } = {}) =>
  retryWaitMs(error, kind as 'read' | 'write', retries, remainingMs, UPSTREAM_LIMITS, () => random);

describe('the wait before another try', () => {
  it('is evenly random from nothing to 50 ms, then to 100 ms, and never above a second', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1), (random, retries) => {
        expect(waitOf(LOST, { random, retries })).toBeCloseTo(random * 50 * 2 ** retries);
      }),
    );
    const manyRetries = { ...UPSTREAM_LIMITS, retryBaseMs: 900 };
    expect(retryWaitMs(LOST, 'read', 1, 10_000, manyRetries, () => 1)).toBe(1_000);
  });

  it.each([
    ['a read whose connection broke, twice', LOST, { retries: 1 }, 100],
    ['not a third time', LOST, { retries: 2 }, null],
    ['a write never, once it may have been sent', LOST, { kind: 'write' }, null],
    ['a write that found no connection', faultError('v2', 'connect_refused'), { kind: 'write' }, 50],
    ['such a write, not twice', faultError('v2', 'connect_refused'), { kind: 'write', retries: 1 }, null],
    ['nobody whose certificate is wrong', faultError('v2', 'tls'), { kind: 'write' }, null],
    ['a write that the backend answered with 503, never', status(503, 0), { kind: 'write' }, null],
    ['as the backend asks', status(503, 1_500), {}, 1_500],
    ['at once, if it asks for that', status(429, 0), {}, 0],
    ['not after more than two seconds', status(503, 2_001), {}, null],
    ['not where too little time is left for an answer', LOST, { remainingMs: 250 }, null],
    ['where just enough is left', LOST, { remainingMs: 251 }, 50],
  ] as const)('%s', (_what, error, situation, expected) => {
    expect(waitOf(error, situation)).toBe(expected);
  });
});

describe('the budget of retries', () => {
  it('allows 3, and a fifth of the first attempts of the last ten seconds', () => {
    let ms = 0;
    const budget = createRetryBudget(UPSTREAM_LIMITS, () => ms);
    const taken = () => {
      let count = 0;
      while (budget.take()) count += 1;
      return count;
    };
    expect(taken()).toBe(3);
    for (let calls = 0; calls < 1_000; calls += 1) budget.countFirst();
    expect(taken()).toBe(200);
    ms += 10_000;
    expect(taken()).toBe(3);
  });
});
