// Links that have been found before. They follow from what the backends' indexes remember, so they hold while none of these
// remembers anything else; and no longer than a minute, since now and then a backend was asked too.
import { LRUCache } from 'lru-cache';
import type { Readers } from './ports.js';
import { BACKENDS, type Backend } from './profile.js';

/** What the indexes remember, by identity; null while one of them cannot tell. */
export type Stamps = readonly (symbol | null | undefined)[] | null;

export interface LinkMemory {
  /** Undefined for what has not been found, or not while the indexes remembered what they do now. */
  recall(question: string, readers: Readers): object | null | undefined;
  keep(question: string, stamps: Stamps, answer: object | null): void;
}

const MAX_KEPT = 100_000;
const KEPT_MS = 60_000;

export function createLinkMemory(): LinkMemory {
  const kept = new LRUCache<string, { readonly stamps: Stamps; readonly answer: object | null }>({
    // By size: for a `max` it takes all the memory from the start, here 4 MB.
    maxSize: MAX_KEPT,
    sizeCalculation: () => 1,
    ttl: KEPT_MS,
  });
  return {
    recall(question, readers) {
      const entry = kept.get(question);
      return entry !== undefined && isCurrent(entry.stamps, readers) ? entry.answer : undefined;
    },
    keep(question, stamps, answer) {
      if (stamps !== null) kept.set(question, { stamps, answer });
    },
  };
}

export function stampsOf(readers: Readers): Stamps {
  const stamps = BACKENDS.map((backend) => stampOf(readers, backend));
  return stamps.includes(null) ? null : stamps;
}

/** Whether the indexes still remember the same. */
export function isCurrent(stamps: Stamps, readers: Readers): boolean {
  return stamps !== null && BACKENDS.every((backend, i) => stamps[i] === stampOf(readers, backend));
}

/** Of a backend that takes no part, there is nothing that could change. */
function stampOf(readers: Readers, backend: Backend): symbol | null | undefined {
  return readers[backend]?.indexStamp();
}
