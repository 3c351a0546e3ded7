// One request's life: its id, its time limit, its budget of backend calls, and the bill of those made.
import { setImmediate } from 'node:timers/promises';
import { ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import { GatewayError } from '../errors.js';
import type { UpstreamBill } from '../graphql/context.js';
import type { CallKind, CallRecord, CallScope, RefusalReason } from '../transport/call-scope.js';

export interface Operation extends CallScope {
  /** Makes the time limit longer; counted from the start, and never shorter than it was. */
  extendTo(timeoutMs: number): void;
  /** Counts the calls to come towards what this caller's operations may make at a time, all together. */
  joinLane(caller: string): void;
  /** Runs work whose calls are bounded otherwise: they stand on the bill and are not held against the budget. */
  unbudgeted<T>(work: () => Promise<T>): Promise<T>;
  bill(): UpstreamBill;
  /**
   * Resolves once no call is under way. GraphQL answers as soon as an error has made its parent null, while the other fields
   * of that parent are still being read; to answer before they are done would leave calls behind that no bill shows.
   */
  settled(): Promise<void>;
  /** The client has gone: calls under way are cut, no new one starts. */
  abandon(): void;
  /** The gateway stops: half a second is left for what is being written, and half a second to find out what came of it. */
  hurry(): void;
  /** Frees the timer and stops what should still wait for its turn; to be called once the request is answered. */
  end(): void;
}

export interface OperationOptions {
  readonly requestId: string;
  readonly timeoutMs: number;
  /** Most calls that the operation may make. */
  readonly budget: number;
  readonly onCall: (call: CallRecord) => void;
  readonly onRefusal?: (backend: string, kind: CallKind, reason: RefusalReason) => void;
  /** What the spans of calls belong to. */
  readonly trace?: Context;
}

/** Of an operation's time, what is kept for reading back what was written: a tenth, and no more than this. */
const MAX_RESERVE_MS = 10_000;
const HURRY_MS = 1_000;

export function createOperation(options: OperationOptions): Operation {
  const { requestId, timeoutMs, budget, onCall, onRefusal = () => undefined, trace = ROOT_CONTEXT } = options;
  const startedAt = performance.now();
  const reading = new AbortController();
  const writing = new AbortController();
  const bounds = { read: 0, write: 0 };
  let timers: NodeJS.Timeout[] = [];

  /** Once it is coming to its end, nothing makes it longer. */
  let isEnding = false;

  function end(reason: GatewayError): void {
    isEnding = true;
    for (const timer of timers) clearTimeout(timer);
    writing.abort(reason);
    reading.abort(reason);
  }

  /** Both limits count from the start. */
  function setLimits(readMs: number, writeMs: number, reason: GatewayError): void {
    for (const timer of timers) clearTimeout(timer);
    bounds.read = startedAt + readMs;
    bounds.write = startedAt + writeMs;
    const passedMs = performance.now() - startedAt;
    timers = [
      setTimeout(() => {
        reading.abort(reason);
      }, readMs - passedMs),
      setTimeout(() => {
        writing.abort(reason);
      }, writeMs - passedMs),
    ];
  }

  function limitTo(limitMs: number): void {
    const reserveMs = Math.min(limitMs / 10, MAX_RESERVE_MS);
    const message = `The operation took longer than ${limitMs} ms.`;
    setLimits(limitMs, limitMs - reserveMs, new GatewayError('DEADLINE_EXCEEDED', message));
  }

  let limitMs = timeoutMs;
  limitTo(limitMs);
  const calls = new Map<string, number>();
  let total = 0;
  let retries = 0;
  let budgeted = 0;
  let unbudgetedWork = 0;
  let deduplicated = 0;
  let underWay = 0;
  let whenIdle: (() => void)[] = [];
  let lane: string | symbol = Symbol('operation');

  return {
    requestId,
    signal: reading.signal,
    writeSignal: writing.signal,
    trace,

    get lane() {
      return lane;
    },

    joinLane(caller) {
      lane = caller;
    },

    remainingMs: (kind) => bounds[kind] - performance.now(),

    extendTo(longerMs) {
      if (isEnding || longerMs <= limitMs) return;
      limitMs = longerMs;
      limitTo(limitMs);
    },

    async unbudgeted(work) {
      unbudgetedWork += 1;
      try {
        return await work();
      } finally {
        unbudgetedWork -= 1;
      }
    },

    async during(work) {
      underWay += 1;
      try {
        return await work();
      } finally {
        underWay -= 1;
        if (underWay === 0) {
          for (const resolve of whenIdle) resolve();
          whenIdle = [];
        }
      }
    },

    admit(backend, isRetry) {
      if (unbudgetedWork === 0 && budgeted >= budget) {
        const message = `The operation needs more than ${budget} backend calls; ask for fewer people or fields at once.`;
        throw new GatewayError('BUDGET_EXCEEDED', message, { backend });
      }
      total += 1;
      if (isRetry) retries += 1;
      if (unbudgetedWork === 0) budgeted += 1;
      calls.set(backend, (calls.get(backend) ?? 0) + 1);
    },

    share() {
      deduplicated += 1;
    },

    record: onCall,
    refused: onRefusal,

    async settled() {
      do {
        if (underWay > 0) await new Promise<void>((resolve) => whenIdle.push(resolve));
        // What waited for the last call may make another one.
        await setImmediate();
      } while (underWay > 0);
    },

    bill: () => ({
      calls: total,
      byBackend: Object.fromEntries([...calls].map(([backend, count]) => [backend.toUpperCase(), count])),
      deduplicated,
      retries,
    }),

    abandon() {
      end(new GatewayError('DEADLINE_EXCEEDED', 'The client has gone.'));
    },

    hurry() {
      if (isEnding) return;
      isEnding = true;
      const passedMs = performance.now() - startedAt;
      const reason = new GatewayError('DEADLINE_EXCEEDED', 'The gateway is being stopped.');
      const left = Math.min(HURRY_MS, bounds.read - performance.now());
      setLimits(passedMs + left, passedMs + left / 2, reason);
    },

    end() {
      end(new GatewayError('DEADLINE_EXCEEDED', 'The operation is over.'));
    },
  };
}
