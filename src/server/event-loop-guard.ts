// Whether the process gets to its work: when everything waits for the event loop, taking more makes all of it late.

export interface EventLoopLimits {
  /** How late a turn of the event loop may be. */
  readonly maxLoopDelayMs: number;
  readonly lookIntervalMs: number;
  /** How long it stays too late before mutations are turned away like queries. */
  readonly mutationsAfterMs: number;
}

export const EVENT_LOOP_LIMITS: EventLoopLimits = {
  maxLoopDelayMs: 200,
  lookIntervalMs: 250,
  mutationsAfterMs: 1_000,
};

const SAMPLE_INTERVAL_MS = 20;
/** One late turn is no overload: a large answer makes one as well. */
const LATE_LOOKS_IN_A_ROW = 2;

/** What is turned away: nothing, new queries, or new mutations too. */
export type Shedding = 'nothing' | 'queries' | 'everything';

export interface EventLoopGuard {
  readonly shedding: Shedding;
  close(): void;
}

/**
 * Watches how late the event loop is, and not how busy: a gateway that works to capacity and answers everybody in time is busy
 * all the time, and would refuse what it can serve. Node's `monitorEventLoopDelay` is of no use here: each reset of it forgets
 * the turn that is under way, so that a loop that turns more seldom than it is looked at never counts as late.
 */
export function startEventLoopGuard(limits: EventLoopLimits): EventLoopGuard {
  let sampledAt = performance.now();
  let longestDelayMs = 0;
  function sample(): void {
    const now = performance.now();
    longestDelayMs = Math.max(longestDelayMs, now - sampledAt - SAMPLE_INTERVAL_MS);
    sampledAt = now;
  }
  const sampling = setInterval(sample, SAMPLE_INTERVAL_MS).unref();

  let lateLooks = 0;
  let lateSince = 0;
  const looking = setInterval(() => {
    // After a late turn both timers are due, in either order.
    sample();
    lateLooks = longestDelayMs > limits.maxLoopDelayMs ? lateLooks + 1 : 0;
    longestDelayMs = 0;
    if (lateLooks === LATE_LOOKS_IN_A_ROW) lateSince = performance.now();
  }, limits.lookIntervalMs).unref();

  return {
    get shedding() {
      if (lateLooks < LATE_LOOKS_IN_A_ROW) return 'nothing';
      return performance.now() - lateSince < limits.mutationsAfterMs ? 'queries' : 'everything';
    },
    close() {
      clearInterval(sampling);
      clearInterval(looking);
    },
  };
}
