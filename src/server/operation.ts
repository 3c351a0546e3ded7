// One request's life: its id, its time limit, its budget of backend calls, and the bill of those made.
import { setImmediate } from 'node:timers/promises';
import { GatewayError } from '../errors.js';
import type { UpstreamBill } from '../graphql/context.js';
import type { CallRecord, CallScope } from '../transport/call-scope.js';

export interface Operation extends CallScope {
  /** Makes the time limit longer; counted from the start, and never shorter than it was. */
  extendTo(timeoutMs: number): void;
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
  /** Frees the timer and stops what should still wait for its turn; to be called once the request is answered. */
  end(): void;
}

export interface OperationOptions {
  readonly requestId: string;
  readonly timeoutMs: number;
  /** Most calls that the operation may make. */
  readonly budget: number;
  readonly onCall: (call: CallRecord) => void;
}

export function createOperation({ requestId, timeoutMs, budget, onCall }: OperationOptions): Operation {
  const controller = new AbortController();
  const startedAt = performance.now();
  const startTimer = (limitMs: number) =>
    setTimeout(
      () => {
        controller.abort(
          new GatewayError('DEADLINE_EXCEEDED', `The operation took longer than ${limitMs} ms.`),
        );
      },
      limitMs - (performance.now() - startedAt),
    );
  let limitMs = timeoutMs;
  let timer = startTimer(limitMs);
  const calls = new Map<string, number>();
  let total = 0;
  let budgeted = 0;
  let unbudgetedWork = 0;
  let deduplicated = 0;
  let underWay = 0;
  let whenIdle: (() => void)[] = [];

  return {
    requestId,
    signal: controller.signal,

    extendTo(longerMs) {
      if (longerMs <= limitMs) return;
      limitMs = longerMs;
      clearTimeout(timer);
      timer = startTimer(limitMs);
    },

    async unbudgeted(work) {
      unbudgetedWork += 1;
      try {
        return await work();
      } finally {
        unbudgetedWork -= 1;
      }
    },

    admit(backend) {
      if (unbudgetedWork === 0 && budgeted >= budget) {
        const message = `The operation needs more than ${budget} backend calls; ask for fewer people or fields at once.`;
        throw new GatewayError('BUDGET_EXCEEDED', message, { backend });
      }
      total += 1;
      if (unbudgetedWork === 0) budgeted += 1;
      underWay += 1;
      calls.set(backend, (calls.get(backend) ?? 0) + 1);
    },

    share() {
      deduplicated += 1;
    },

    record(call) {
      underWay -= 1;
      if (underWay === 0) {
        for (const resolve of whenIdle) resolve();
        whenIdle = [];
      }
      onCall(call);
    },

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
      retries: 0,
    }),

    abandon() {
      controller.abort(new GatewayError('DEADLINE_EXCEEDED', 'The client has gone.'));
    },

    end() {
      clearTimeout(timer);
      controller.abort(new GatewayError('DEADLINE_EXCEEDED', 'The operation is over.'));
    },
  };
}
