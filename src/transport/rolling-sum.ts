const BUCKETS = 10;

/** A sum over the last so many milliseconds, to a tenth of that time. */
export class RollingSum {
  readonly #bucketMs: number;
  readonly #now: () => number;
  /** By the number of the bucket, counted from the clock's start, modulo their count. */
  readonly #sums = new Float64Array(BUCKETS);
  #newest = -1;

  constructor(windowMs: number, now: () => number) {
    this.#bucketMs = windowMs / BUCKETS;
    this.#now = now;
  }

  add(amount = 1): void {
    const bucket = this.#turn() % BUCKETS;
    this.#sums[bucket] = (this.#sums[bucket] ?? 0) + amount;
  }

  get value(): number {
    this.#turn();
    let total = 0;
    for (const sum of this.#sums) total += sum;
    return total;
  }

  clear(): void {
    this.#sums.fill(0);
  }

  /** Empties the buckets whose time has come again; answers the number of the present one. */
  #turn(): number {
    const present = Math.floor(this.#now() / this.#bucketMs);
    for (let next = Math.max(this.#newest + 1, present - BUCKETS + 1); next <= present; next += 1)
      this.#sums[next % BUCKETS] = 0;
    this.#newest = present;
    return present;
  }
}
