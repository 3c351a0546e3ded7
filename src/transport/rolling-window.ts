const BUCKETS = 10;

/** Sums over the last so many milliseconds, to a tenth of that time. */
export interface RollingWindow<K extends string> {
  add(key: K, amount?: number): void;
  sum(key: K): number;
  clear(): void;
}

export function createRollingWindow<K extends string>(windowMs: number, now: () => number): RollingWindow<K> {
  const bucketMs = windowMs / BUCKETS;
  let buckets: { readonly number: number; readonly sums: Map<K, number> }[] = [];

  function fresh(): typeof buckets {
    const oldest = Math.floor(now() / bucketMs) - BUCKETS + 1;
    if ((buckets[0]?.number ?? oldest) < oldest) buckets = buckets.filter(({ number }) => number >= oldest);
    return buckets;
  }

  return {
    add(key, amount = 1) {
      const number = Math.floor(now() / bucketMs);
      let bucket = fresh().at(-1);
      if (bucket?.number !== number) {
        bucket = { number, sums: new Map() };
        buckets.push(bucket);
      }
      bucket.sums.set(key, (bucket.sums.get(key) ?? 0) + amount);
    },
    sum: (key) => fresh().reduce((total, { sums }) => total + (sums.get(key) ?? 0), 0),
    clear() {
      buckets = [];
    },
  };
}
