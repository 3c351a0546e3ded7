// How many calls one upstream is given at a time, and who waits. Nobody's calls can take all places: each caller has a lane
// with places of their own, and waits in it for as long as their operation may take. What leaves a lane competes for the
// places of the upstream, and does not wait there for long.
import type PQueue from 'p-queue';
import type { GatewayError } from '../errors.js';
import type { CallKind, CallScope } from './call-scope.js';
import { EndSignal } from './end-signal.js';
import { Places } from './places.js';

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
  /** Takes a place, at once where there is one. Throws UPSTREAM_BUSY, or why the operation has ended. */
  enter(scope: CallScope): Lane | Promise<Lane>;
  /** Gives the place back, once. */
  leave(lane: Lane): void;
}

/** The calls of one caller. */
export interface Lane {
  readonly key: string | symbol;
  readonly places: Places;
  lastStartAt: number;
}

/** From here on, lanes in which nothing is under way are forgotten; not each at once, since most callers come back. */
const MAX_LANES = 1_000;

/** `rate` is shared by the bulkheads of one upstream. */
export function createBulkhead(
  kind: CallKind,
  limits: BulkheadLimits,
  rate: PQueue | null,
  busy: () => GatewayError,
): Bulkhead {
  const places = new Places(limits.maxInFlight);
  const lanes = new Map<string | symbol, Lane>();

  function laneOf(key: string | symbol): Lane {
    let lane = lanes.get(key);
    if (lane === undefined) {
      if (lanes.size >= MAX_LANES) forgetIdleLanes();
      lane = { key, places: new Places(limits.maxPerCaller), lastStartAt: -Infinity };
      lanes.set(key, lane);
    }
    return lane;
  }

  function forgetIdleLanes(): void {
    for (const { key, places: own } of lanes.values()) if (own.taken === 0) lanes.delete(key);
  }

  /** Takes a place for a call that has one in its lane. */
  function start(lane: Lane): Lane {
    places.take();
    lane.lastStartAt = performance.now();
    return lane;
  }

  /** Waits with those of other callers, for a call that has a place in its lane. */
  async function compete(lane: Lane, signal: EndSignal): Promise<Lane> {
    try {
      signal.throwIfAborted();
      // Writes wait as long as their operation may take: there are never more than their callers have lanes for.
      await (kind === 'write' ? admission(signal) : patiently(lane, signal));
    } catch (error) {
      lane.places.leave();
      throw error;
    }
    lane.lastStartAt = performance.now();
    return lane;
  }

  const startOrCompete = (lane: Lane, signal: EndSignal) =>
    rate === null && places.isFree ? start(lane) : compete(lane, signal);

  /** Takes a place once there is one and the rate allows it. */
  async function admission(signal: EndSignal): Promise<void> {
    if (places.isFree) places.take();
    else await places.wait(signal);
    if (rate === null) return;
    try {
      await rate.add(() => Promise.resolve(), { signal: signal.abortSignal });
    } catch (error) {
      places.leave();
      throw error;
    }
  }

  async function patiently(lane: Lane, signal: EndSignal): Promise<void> {
    if (!places.isFree && places.waiting >= limits.maxWaiting) throw busy();
    const waiting = new EndSignal();
    const since = performance.now();
    const look = () => {
      const waitedMs = performance.now() - Math.max(since, lane.lastStartAt);
      if (waitedMs >= limits.maxWaitMs) waiting.abort(busy);
      else timer = setTimeout(look, limits.maxWaitMs - waitedMs);
    };
    let timer = setTimeout(look, limits.maxWaitMs);
    const giveUp = () => {
      waiting.abort(() => signal.reason);
    };
    signal.onAbort(giveUp);
    try {
      await admission(waiting);
    } finally {
      signal.offAbort(giveUp);
      clearTimeout(timer);
    }
  }

  return {
    get inFlight() {
      return places.taken;
    },
    get waiting() {
      return places.waiting + [...lanes.values()].reduce((sum, lane) => sum + lane.places.waiting, 0);
    },
    enter(scope) {
      const signal = kind === 'read' ? scope.signal : scope.writeSignal;
      const lane = laneOf(scope.lane);
      // Hundreds may wait here, so each is but a promise.
      if (!lane.places.isFree) return lane.places.wait(signal).then(() => startOrCompete(lane, signal));
      lane.places.take();
      return startOrCompete(lane, signal);
    },
    leave(lane) {
      places.leave();
      lane.places.leave();
    },
  };
}
