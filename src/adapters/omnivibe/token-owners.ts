import { LRUCache } from 'lru-cache';
import type { KnownAccount } from '../../domain/ports.js';

/** Whose the tokens that the gateway holds are, as far as they have been asked; remembered for minutes. */
export interface TokenOwners {
  /** Another one after each change. */
  readonly stamp: symbol;
  /** `email`: the normalised address that the token is filed under. */
  byEmail(email: string): KnownAccount | null;
  byId(id: string): KnownAccount | null;
  keep(email: string, owner: KnownAccount): void;
}

const MAX_KEPT = 100_000;
const KEPT_MS = 5 * 60_000;

export function createTokenOwners(): TokenOwners {
  // By size: for a `max` it takes all the memory from the start, here 4 MB each.
  const options = { maxSize: MAX_KEPT, sizeCalculation: () => 1, ttl: KEPT_MS };
  const byEmail = new LRUCache<string, KnownAccount>(options);
  const byId = new LRUCache<string, KnownAccount>(options);
  let stamp = Symbol('owners');
  return {
    get stamp() {
      return stamp;
    },
    byEmail: (email) => byEmail.get(email) ?? null,
    byId: (id) => byId.get(id) ?? null,
    keep(email, owner) {
      stamp = Symbol('owners');
      byEmail.set(email, owner);
      byId.set(owner.id, owner);
    },
  };
}
