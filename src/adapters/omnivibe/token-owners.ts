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
  const byEmail = new LRUCache<string, KnownAccount>({ max: MAX_KEPT, ttl: KEPT_MS });
  const byId = new LRUCache<string, KnownAccount>({ max: MAX_KEPT, ttl: KEPT_MS });
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
