// Our own, since every call needs two places: in queues of `p-queue` they cost more than the call.
import type { EndSignal } from './end-signal.js';

/** So many at a time; the others wait, first come, first served. */
export class Places {
  readonly #count: number;
  readonly #queue = new Set<() => void>();
  #taken = 0;

  constructor(count: number) {
    this.#count = count;
  }

  get taken(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  get isFree(): boolean {
    return this.#taken < this.#count;
  }

  /** Takes a place that is free. */
  take(): void {
    this.#taken += 1;
  }

  /** Resolves once a place has been taken; rejects with the signal's reason once it is aborted. */
  wait(signal: EndSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const queue = this.#queue;
    return new Promise((resolve, reject) => {
      const start = () => {
        signal.offAbort(giveUp);
        resolve();
      };
      const giveUp = () => {
        queue.delete(start);
        reject(signal.reason);
      };
      queue.add(start);
      signal.onAbort(giveUp);
    });
  }

  /** Gives a place back, to whoever has waited longest. */
  leave(): void {
    const [next] = this.#queue;
    if (next === undefined) {
      this.#taken -= 1;
    } else {
      this.#queue.delete(next);
      next();
    }
  }
}
