// Who is let in. More operations at a time than the gateway can carry would make all of them late, and none of them useful: what
// is too much is turned away at once, queries before mutations.
import { GatewayError } from '../errors.js';
import type { EndSignal } from '../transport/end-signal.js';
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
  run<T>(kind: OperationKind, signal: EndSignal, work: () => Promise<T>): Promise<T>;
  close(): void;
}

const RETRY_AFTER_MS = 1_000;

export function startAdmission({ maxInFlight, limits, onShed }: AdmissionOptions): Admission {
  const guard = startEventLoopGuard(limits);
  const maxWaiting = Math.ceil(maxInFlight * WAITING_SHARE);
  /** What starts each operation that waits, in the order in which they came. */
  const queues: Readonly<Record<OperationKind, Set<() => void>>> = { mutation: new Set(), query: new Set() };
  let inFlight = 0;

  function overloaded(reason: ShedReason): GatewayError {
    onShed(reason);
    const message = 'The gateway has more to do than it can take on; try again in a moment.';
    return new GatewayError('OVERLOADED', message, { retryAfterMs: RETRY_AFTER_MS });
  }

  function assertOpenTo(kind: OperationKind): void {
    if (guard.shedding === 'everything') throw overloaded('event_loop');
    if (guard.shedding === 'queries' && kind === 'query') throw overloaded('event_loop');
    if (inFlight >= maxInFlight && waiting() >= maxWaiting) throw overloaded('in_flight');
  }

  function waiting(): number {
    return queues.mutation.size + queues.query.size;
  }

  /** Resolves once a place has been handed over. */
  function wait(kind: OperationKind, signal: EndSignal): Promise<void> {
    const queue = queues[kind];
    return new Promise((resolve, reject) => {
      const stopWaiting = () => {
        queue.delete(start);
        clearTimeout(timer);
        signal.offAbort(giveUp);
      };
      const start = () => {
        stopWaiting();
        resolve();
      };
      const giveUp = () => {
        stopWaiting();
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        stopWaiting();
        reject(overloaded('in_flight'));
      }, limits.maxWaitMs);
      queue.add(start);
      signal.onAbort(giveUp);
    });
  }

  /** Gives a place up: to the mutation that has waited longest, or else to such a query. */
  function leave(): void {
    const [next] = queues.mutation.size > 0 ? queues.mutation : queues.query;
    if (next === undefined) inFlight -= 1;
    else next();
  }

  return {
    get inFlight() {
      return inFlight;
    },
    get waiting() {
      return waiting();
    },
    assertOpen() {
      assertOpenTo('mutation');
    },
    async run(kind, signal, work) {
      signal.throwIfAborted();
      assertOpenTo(kind);
      if (inFlight < maxInFlight) inFlight += 1;
      else await wait(kind, signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
    close() {
      guard.close();
    },
  };
}
