// How many calls one upstream is given at a time, and who waits. Nobody's calls can take all places: each caller has a lane
// with places of their own, and waits in it for as long as their operation may take. What leaves a lane competes for the
// places of the upstream, and does not wait there for long.
import PQueue from 'p-queue';
import type { GatewayError } from '../errors.js';
import type { CallKind, CallScope } from './call-scope.js';

export interface BulkheadLimits {
  /** Calls under way, for reads and for writes. */
  readonly maxInFlight: number;
  /** Reads of all callers that wait for one of these places; who comes then is turned away. */
  readonly maxWaiting: number;
  /** A caller's read gives up after so long in which none of that caller's reads was let through. */
  readonly maxWaitMs: number;
  /** Calls of one caller under way or waiting for a place. */
  readonly maxPerCaller: number;
}

export interface Bulkhead {
  readonly inFlight: number;
  readonly waiting: number;
  /** Works once there is a place. Throws UPSTREAM_BUSY, or why the operation has ended. */
  run<T>(scope: CallScope, work: () => Promise<T>): Promise<T>;
}

interface Lane {
  readonly queue: PQueue;
  lastStartAt: number;
}

/** `rate` is shared by the bulkheads of one upstream. */
export function createBulkhead(
  kind: CallKind,
  limits: BulkheadLimits,
  rate: PQueue | null,
  busy: () => GatewayError,
): Bulkhead {
  const places = new PQueue({ concurrency: limits.maxInFlight });
  const lanes = new Map<string | symbol, Lane>();

  function laneOf(key: string | symbol): Lane {
    let lane = lanes.get(key);
    if (lane === undefined) {
      lane = { queue: new PQueue({ concurrency: limits.maxPerCaller }), lastStartAt: -Infinity };
      lanes.set(key, lane);
    }
    return lane;
  }

  async function inPlace<T>(lane: Lane, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const start = () => {
      lane.lastStartAt = performance.now();
      return work();
    };
    if (rate === null && isFree(places)) return places.add(start);
    // Writes wait as long as their operation may take: there are never more than their callers have lanes for.
    return kind === 'write' ? admitted(signal, start) : patiently(lane, signal, start);
  }

  /** Works once there is a place, and the rate allows it. */
  async function admitted<T>(signal: AbortSignal, start: () => Promise<T>): Promise<T> {
    return waitFor(places, signal, rate === null ? start : () => waitFor(rate, signal, start));
  }

  async function patiently<T>(lane: Lane, signal: AbortSignal, start: () => Promise<T>): Promise<T> {
    if (!isFree(places) && places.size >= limits.maxWaiting) throw busy();
    const waiting = new AbortController();
    const since = performance.now();
    const look = () => {
      const waitedMs = performance.now() - Math.max(since, lane.lastStartAt);
      if (waitedMs >= limits.maxWaitMs) waiting.abort(busy());
      else timer = setTimeout(look, limits.maxWaitMs - waitedMs);
    };
    let timer = setTimeout(look, limits.maxWaitMs);
    try {
      return await admitted(AbortSignal.any([signal, waiting.signal]), () => {
        clearTimeout(timer);
        return start();
      });
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    get inFlight() {
      return places.pending;
    },
    get waiting() {
      return places.size + [...lanes.values()].reduce((sum, { queue }) => sum + queue.size, 0);
    },
    async run(scope, work) {
      const signal = kind === 'read' ? scope.signal : scope.writeSignal;
      const lane = laneOf(scope.lane);
      try {
        const start = () => inPlace(lane, signal, work);
        return await (isFree(lane.queue) ? lane.queue.add(start) : waitFor(lane.queue, signal, start));
      } finally {
        if (lane.queue.pending === 0 && lane.queue.size === 0) lanes.delete(scope.lane);
      }
    },
  };
}

function isFree(queue: PQueue): boolean {
  return queue.pending < queue.concurrency && queue.size === 0;
}

/** Waits for a turn until `signal` is aborted. Once started, the work itself has to mind the signal, so that it can tell how far it got. */
async function waitFor<T>(queue: PQueue, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const waiting = new AbortController();
  const giveUp = () => {
    waiting.abort(signal.reason);
  };
  signal.addEventListener('abort', giveUp, { once: true });
  const start = () => {
    signal.removeEventListener('abort', giveUp);
    return work();
  };
  try {
    return await queue.add(start, { signal: waiting.signal });
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
