// When a failed call is tried again, and after how long.
import type { GatewayError } from '../errors.js';
import type { CallKind } from './call-scope.js';
import { retriesAfter } from './faults.js';
import { RollingSum } from './rolling-sum.js';

export interface RetryLimits {
  /** The first wait is random up to this, each further one up to twice as much. */
  readonly retryBaseMs: number;
  readonly retryMaxWaitMs: number;
  /** A backend that asks for a longer pause than this is not asked again. */
  readonly maxRetryAfterMs: number;
  /** A retry must leave so much time for its answer. */
  readonly retryReserveMs: number;
  /** Retries as a share of first attempts in the last ten seconds; a few are always possible. */
  readonly retryShare: number;
  readonly retryFloor: number;
}

const BUDGET_WINDOW_MS = 10_000;

/** Bounds retries to a share of the calls, so that they cannot make an outage worse. */
export interface RetryBudget {
  /** To be called for each first attempt. */
  countFirst(): void;
  /** Takes one retry out of the budget; false when it is empty. */
  take(): boolean;
}

export function createRetryBudget(limits: RetryLimits, now: () => number): RetryBudget {
  const firsts = new RollingSum(BUDGET_WINDOW_MS, now);
  const retries = new RollingSum(BUDGET_WINDOW_MS, now);
  return {
    countFirst() {
      firsts.add();
    },
    take() {
      const allowed = limits.retryFloor + limits.retryShare * firsts.value;
      if (retries.value + 1 > allowed) return false;
      retries.add();
      return true;
    },
  };
}

/**
 * How long to wait before the next try; null when there is none. A write is tried again, and once only, where no connection
 * was made: then nothing of it can have arrived.
 */
export function retryWaitMs(
  error: GatewayError,
  kind: CallKind,
  retriesSoFar: number,
  remainingMs: number,
  limits: RetryLimits,
  random: () => number,
): number | null {
  const isNeverSent = error.code === 'UPSTREAM_UNREACHABLE';
  const most = kind === 'read' ? retriesAfter(error) : isNeverSent ? Math.min(1, retriesAfter(error)) : 0;
  if (retriesSoFar >= most) return null;
  const { retryAfterMs } = error;
  if (retryAfterMs !== undefined && retryAfterMs > limits.maxRetryAfterMs) return null;
  const backOffMs = random() * Math.min(limits.retryMaxWaitMs, limits.retryBaseMs * 2 ** retriesSoFar);
  const waitMs = retryAfterMs ?? backOffMs;
  return remainingMs > waitMs + limits.retryReserveMs ? waitMs : null;
}
