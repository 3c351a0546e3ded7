// Who is let in. More operations at a time than the gateway can carry would make all of them late, and none of them useful: what
// is too much is turned away at once, queries before mutations.
import PQueue from 'p-queue';
import { GatewayError } from '../errors.js';
import type { ShedReason } from './metrics.js';
import { EVENT_LOOP_LIMITS, startEventLoopGuard, type EventLoopLimits } from './event-loop-guard.js';

export interface OverloadLimits extends EventLoopLimits {
  /** How long an operation waits for one of those under way to end. */
  readonly maxWaitMs: number;
}

export const OVERLOAD_LIMITS: OverloadLimits = { ...EVENT_LOOP_LIMITS, maxWaitMs: 100 };

/**
 * Of those under way, as many again may wait. Whoever comes last then waits for a quarter of the time that an operation takes:
 * a longer queue would let people wait in vain who could have been told at once.
 */
const WAITING_SHARE = 1 / 4;

export type OperationKind = 'query' | 'mutation';

export interface AdmissionOptions {
  readonly maxInFlight: number;
  readonly limits: OverloadLimits;
  readonly onShed: (reason: ShedReason) => void;
}

export interface Admission {
  readonly inFlight: number;
  readonly waiting: number;
  /** Throws OVERLOADED when no operation whatsoever would be let in; for before its body is read. */
  assertOpen(): void;
  /**
   * Works once there is a place. Throws OVERLOADED when there is none in time, or the reason of `signal` when that is aborted
   * before; the work itself has to mind the signal.
   */
  run<T>(kind: OperationKind, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  close(): void;
}

const RETRY_AFTER_MS = 1_000;

export function startAdmission({ maxInFlight, limits, onShed }: AdmissionOptions): Admission {
  const guard = startEventLoopGuard(limits);
  const queue = new PQueue({ concurrency: maxInFlight });
  const maxWaiting = Math.ceil(maxInFlight * WAITING_SHARE);

  function overloaded(reason: ShedReason): GatewayError {
    onShed(reason);
    const message = 'The gateway has more to do than it can take on; try again in a moment.';
    return new GatewayError('OVERLOADED', message, { retryAfterMs: RETRY_AFTER_MS });
  }

  function assertOpenTo(kind: OperationKind): void {
    if (guard.shedding === 'everything') throw overloaded('event_loop');
    if (guard.shedding === 'queries' && kind === 'query') throw overloaded('event_loop');
    const isFull = queue.pending >= maxInFlight && queue.size >= maxWaiting;
    if (isFull) throw overloaded('in_flight');
  }

  return {
    get inFlight() {
      return queue.pending;
    },
    get waiting() {
      return queue.size;
    },
    assertOpen() {
      assertOpenTo('mutation');
    },
    async run(kind, signal, work) {
      signal.throwIfAborted();
      assertOpenTo(kind);
      if (queue.pending < maxInFlight && queue.size === 0) return queue.add(work);
      const waiting = new AbortController();
      const timer = setTimeout(() => {
        waiting.abort(overloaded('in_flight'));
      }, limits.maxWaitMs);
      const leave = () => {
        waiting.abort(signal.reason);
      };
      signal.addEventListener('abort', leave);
      const stopWaiting = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', leave);
      };
      try {
        const start = () => {
          stopWaiting();
          return work();
        };
        return await queue.add(start, { signal: waiting.signal, priority: kind === 'mutation' ? 1 : 0 });
      } finally {
        stopWaiting();
      }
    },
    close() {
      guard.close();
    },
  };
}
