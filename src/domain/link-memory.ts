// Links that have been found before. They follow from what the backends' indexes remember, so they hold while none of these
// remembers anything else; and no longer than a minute, since now and then a backend was asked too.
import { LRUCache } from 'lru-cache';
import type { Readers } from './ports.js';
import { BACKENDS } from './profile.js';

/** What the indexes remember, by identity; null while one of them cannot tell. */
export type Stamps = readonly (symbol | null)[] | null;

export interface LinkMemory {
  /** Undefined for what has not been found, or not under these stamps. */
  recall(question: string, stamps: Stamps): object | null | undefined;
  keep(question: string, stamps: Stamps, answer: object | null): void;
}

const MAX_KEPT = 100_000;
const KEPT_MS = 60_000;

export function createLinkMemory(): LinkMemory {
  const kept = new LRUCache<string, { readonly stamps: Stamps; readonly answer: object | null }>({
    max: MAX_KEPT,
    ttl: KEPT_MS,
  });
  return {
    recall(question, stamps) {
      const entry = stamps === null ? undefined : kept.get(question);
      return entry !== undefined && isSame(entry.stamps, stamps) ? entry.answer : undefined;
    },
    keep(question, stamps, answer) {
      if (stamps !== null) kept.set(question, { stamps, answer });
    },
  };
}

export function stampsOf(readers: Readers): Stamps {
  const stamps = BACKENDS.map((backend) => readers[backend]?.indexStamp());
  return stamps.includes(null) ? null : stamps.map((stamp) => stamp ?? null);
}

export function isSame(left: Stamps, right: Stamps): boolean {
  return left !== null && right !== null && left.every((stamp, i) => stamp === right[i]);
}
