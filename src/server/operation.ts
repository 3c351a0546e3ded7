// One request's life: its id, its time limit, its budget of backend calls, and the bill of those made.
import { GatewayError } from '../errors.js';
import type { UpstreamBill } from '../graphql/context.js';
import type { CallRecord, CallScope } from '../transport/call-scope.js';

export interface Operation extends CallScope {
  bill(): UpstreamBill;
  /** The client has gone: calls under way are cut, no new one starts. */
  abandon(): void;
  /** Frees the timer; to be called once the request is answered. */
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
  const timer = setTimeout(() => {
    controller.abort(
      new GatewayError('DEADLINE_EXCEEDED', `The operation took longer than ${timeoutMs} ms.`),
    );
  }, timeoutMs);
  const calls = new Map<string, number>();
  let total = 0;
  let deduplicated = 0;

  return {
    requestId,
    signal: controller.signal,

    admit(backend) {
      if (total >= budget) {
        const message = `The operation needs more than ${budget} backend calls; ask for fewer people or fields at once.`;
        throw new GatewayError('BUDGET_EXCEEDED', message, { backend });
      }
      total += 1;
      calls.set(backend, (calls.get(backend) ?? 0) + 1);
    },

    share() {
      deduplicated += 1;
    },

    record: onCall,

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
    },
  };
}
