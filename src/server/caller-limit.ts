// One caller's share of the places: however slow the backend that they ask, the others find room.
import { GatewayError } from '../errors.js';

export interface CallerLimit {
  /** Works, unless the caller has as many operations under way as anybody may. Throws OVERLOADED. */
  run<T>(subject: string, work: () => Promise<T>): Promise<T>;
}

const RETRY_AFTER_MS = 1_000;

export function createCallerLimit(maxAtOnce: number, onShed: () => void): CallerLimit {
  const running = new Map<string, number>();
  return {
    async run(subject, work) {
      const count = running.get(subject) ?? 0;
      if (count >= maxAtOnce) {
        onShed();
        const message = `The caller has ${count} operations under way; wait for one of them.`;
        throw new GatewayError('OVERLOADED', message, { retryAfterMs: RETRY_AFTER_MS });
      }
      running.set(subject, count + 1);
      try {
        return await work();
      } finally {
        const left = (running.get(subject) ?? 1) - 1;
        if (left === 0) running.delete(subject);
        else running.set(subject, left);
      }
    },
  };
}
