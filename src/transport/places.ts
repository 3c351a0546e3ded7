// Our own, since every call needs two places: in queues of `p-queue` they cost more than the call.
import type { EndSignal } from './end-signal.js';

/** So many at a time; the others wait, first come, first served. */
export class Places {
  readonly #count: number;
  /** No Set: V8 would keep alive what has been in it, see docs/decisions/0013. */
  readonly #queue: (() => void)[] = [];
  #taken = 0;

  constructor(count: number) {
    this.#count = count;
  }

  get taken(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#queue.length;
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
        queue.splice(queue.indexOf(start), 1);
        reject(signal.reason);
      };
      queue.push(start);
      signal.onAbort(giveUp);
    });
  }

  /** Gives a place back, to whoever has waited longest. */
  leave(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }
}
