// Who has which address, per backend: ids and addresses only, never profile data. Built by one sweep, kept for minutes.
import { LRUCache } from 'lru-cache';
import type { KnownAccount } from '../domain/ports.js';
import { normalizeEmail } from '../domain/profile.js';
import { GatewayError } from '../errors.js';
import type { EndSignal } from '../transport/end-signal.js';

export interface IndexSnapshot {
  readonly builtAt: number;
  readonly size: number;
  byId(id: string): KnownAccount | null;
  byEmail(email: string): readonly KnownAccount[];
  byExternalId(externalId: string): readonly KnownAccount[];
}

/** Reads who has which address. */
type Sweep = () => Promise<readonly KnownAccount[]>;

/** The index of one backend, shared by all operations; one snapshot for each credential that sweeps. */
export interface AccountIndex {
  /** The snapshot, swept first when there is none that is fresh; an old one when the sweep fails. Concurrent callers share one sweep. */
  snapshot(credential: string, sweep: Sweep, signal?: EndSignal): Promise<IndexSnapshot>;
  /** As `snapshot`, but a new one when the present one is older than a few seconds: for ids that it does not know. */
  renewed(credential: string, sweep: Sweep, signal?: EndSignal): Promise<IndexSnapshot>;
  /** Stands for all that the snapshot says; null while there is none that is fresh. */
  stamp(credential: string): symbol | null;
  /** Whether this is what the index says now. */
  isCurrent(credential: string, snapshot: IndexSnapshot): boolean;
  /** How many accounts it knows; null while there is no snapshot that is fresh. */
  sizeOf(credential: string): number | null;
  /** Takes over what a read has just shown, if there is a snapshot; with `onlyNew`, nothing of accounts that it knows. */
  learn(credential: string, accounts: readonly KnownAccount[], options?: { readonly onlyNew: boolean }): void;
  /** Drops an account that a read did not find. */
  forget(credential: string, id: string): void;
}

const KEPT_MS = 5 * 60_000;
const KEPT_WHILE_FAILING_MS = 60 * 60_000;
const RENEW_AFTER_MS = 10_000;
const MAX_CREDENTIALS = 50;
/** Of one backend, as one credential sees it. */
const MAX_ACCOUNTS = 250_000;

export function createAccountIndex(now: () => number = Date.now): AccountIndex {
  const snapshots = new LRUCache<string, Snapshot>({ max: MAX_CREDENTIALS });
  const underWay = new Map<string, Promise<Snapshot>>();

  async function build(credential: string, sweep: Sweep, signal?: EndSignal): Promise<Snapshot> {
    const others = underWay.get(credential);
    if (others !== undefined) {
      const result = await unlessAborted(others.catch(unlessSweepersOwn), signal);
      return result ?? build(credential, sweep, signal);
    }
    const sweeping = sweep().then((accounts) => new Snapshot(now(), expectBounded(accounts)));
    underWay.set(credential, sweeping);
    try {
      const snapshot = await sweeping;
      snapshots.set(credential, snapshot);
      return snapshot;
    } finally {
      underWay.delete(credential);
    }
  }

  async function notOlderThan(ageMs: number, credential: string, sweep: Sweep, signal?: EndSignal) {
    const snapshot = snapshots.get(credential);
    return snapshot !== undefined && now() - snapshot.builtAt < ageMs
      ? snapshot
      : build(credential, sweep, signal);
  }

  function fresh(credential: string): Snapshot | null {
    const snapshot = snapshots.get(credential);
    return snapshot !== undefined && now() - snapshot.builtAt < KEPT_MS ? snapshot : null;
  }

  /** While a backend fails, what was remembered a little too long ago still tells who has which address. */
  async function freshOrStale(credential: string, sweep: Sweep, signal?: EndSignal) {
    try {
      return await notOlderThan(KEPT_MS, credential, sweep, signal);
    } catch (error) {
      const stale = snapshots.get(credential);
      if (stale !== undefined && now() - stale.builtAt < KEPT_WHILE_FAILING_MS) return stale;
      throw error;
    }
  }

  return {
    snapshot: freshOrStale,
    renewed: (credential, sweep, signal) =>
      notOlderThan(
        snapshots.get(credential)?.isDoubtful === true ? 0 : RENEW_AFTER_MS,
        credential,
        sweep,
        signal,
      ),
    stamp: (credential) => fresh(credential)?.stamp ?? null,
    isCurrent: (credential, snapshot) => snapshots.get(credential) === snapshot,
    sizeOf: (credential) => fresh(credential)?.size ?? null,
    learn(credential, accounts, { onlyNew } = { onlyNew: false }) {
      const snapshot = snapshots.get(credential);
      for (const account of accounts) {
        if (!onlyNew || snapshot?.byId(account.id) === null) snapshot?.put(account);
      }
    },
    forget(credential, id) {
      snapshots.get(credential)?.forget(id);
    },
  };
}

/** The index as one operation uses it: asked once, even if that fails, until it is renewed. */
export interface OperationIndex {
  readonly snapshot: () => Promise<IndexSnapshot>;
  readonly renewed: () => Promise<IndexSnapshot>;
  /** As that of the index; null when the operation has looked at anything else than what the index says now. */
  readonly stamp: () => symbol | null;
}

export function openIndex(
  index: AccountIndex,
  credential: string,
  sweep: Sweep,
  signal: EndSignal,
): OperationIndex {
  let asked: Promise<IndexSnapshot> | null = null;
  let used: IndexSnapshot | null = null;

  async function look(which: 'snapshot' | 'renewed'): Promise<IndexSnapshot> {
    const snapshot = await index[which](credential, sweep, signal);
    if (used !== null && used !== snapshot) asked = Promise.resolve(snapshot);
    used = snapshot;
    return snapshot;
  }

  return {
    snapshot: () => (asked ??= look('snapshot')),
    renewed: () => look('renewed'),
    stamp() {
      const isUsed = asked === null || (used !== null && index.isCurrent(credential, used));
      return isUsed ? index.stamp(credential) : null;
    },
  };
}

class Snapshot implements IndexSnapshot {
  readonly builtAt: number;
  /** Another one after each change. */
  stamp = Symbol('snapshot');
  /** A read has not found somebody who was swept: either they are gone, or the read was wrong. */
  isDoubtful = false;
  readonly #byId = new Map<string, KnownAccount>();
  readonly #byEmail = new Map<string, readonly KnownAccount[]>();
  readonly #byExternalId = new Map<string, readonly KnownAccount[]>();

  constructor(builtAt: number, accounts: readonly KnownAccount[]) {
    this.builtAt = builtAt;
    for (const account of accounts) this.put(account);
  }

  get size(): number {
    return this.#byId.size;
  }

  byId(id: string): KnownAccount | null {
    return this.#byId.get(id) ?? null;
  }

  byEmail(email: string): readonly KnownAccount[] {
    return this.#byEmail.get(normalizeEmail(email)) ?? [];
  }

  byExternalId(externalId: string): readonly KnownAccount[] {
    return this.#byExternalId.get(externalId) ?? [];
  }

  put(account: KnownAccount): void {
    const known = this.#byId.get(account.id);
    if (known !== undefined && isSame(known, account)) return;
    this.#remove(account.id);
    this.stamp = Symbol('snapshot');
    this.#byId.set(account.id, account);
    const { email, externalId } = account;
    if (email !== null) insert(this.#byEmail, normalizeEmail(email), account);
    if (externalId !== null) insert(this.#byExternalId, externalId, account);
  }

  forget(id: string): void {
    if (this.#byId.has(id)) this.isDoubtful = true;
    this.#remove(id);
  }

  #remove(id: string): void {
    const known = this.#byId.get(id);
    if (known === undefined) return;
    this.stamp = Symbol('snapshot');
    this.#byId.delete(id);
    if (known.email !== null) drop(this.#byEmail, normalizeEmail(known.email), id);
    if (known.externalId !== null) drop(this.#byExternalId, known.externalId, id);
  }
}

/** The operation that sweeps may be given up or over its budget: that is no reason for those to fail that wait for it. */
function unlessSweepersOwn(error: unknown): null {
  const isOwn =
    error instanceof GatewayError && (error.code === 'DEADLINE_EXCEEDED' || error.code === 'BUDGET_EXCEEDED');
  if (isOwn) return null;
  throw error;
}

/** Waits, but not beyond the end of the operation that waits. */
async function unlessAborted<T>(waited: Promise<T>, signal: EndSignal | undefined): Promise<T> {
  if (signal === undefined) return waited;
  signal.throwIfAborted();
  let leave = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    leave = () => {
      reject(signal.reason);
      return undefined;
    };
    signal.onAbort(leave);
  });
  try {
    return await Promise.race([waited, aborted]);
  } finally {
    signal.offAbort(leave);
  }
}

function expectBounded(accounts: readonly KnownAccount[]): readonly KnownAccount[] {
  const [first] = accounts;
  if (first === undefined || accounts.length <= MAX_ACCOUNTS) return accounts;
  const message = `${first.backend}: more than ${MAX_ACCOUNTS} accounts; their addresses are not remembered, and link nobody.`;
  throw new GatewayError('BUDGET_EXCEEDED', message, { backend: first.backend });
}

function isSame(left: KnownAccount, right: KnownAccount): boolean {
  return (
    left.email === right.email &&
    left.externalId === right.externalId &&
    left.active === right.active &&
    left.isConfirmed === right.isConfirmed &&
    left.isPerson === right.isPerson
  );
}

function insert(accounts: Map<string, readonly KnownAccount[]>, key: string, account: KnownAccount): void {
  accounts.set(key, [...(accounts.get(key) ?? []), account]);
}

function drop(accounts: Map<string, readonly KnownAccount[]>, key: string, id: string): void {
  const others = (accounts.get(key) ?? []).filter((account) => account.id !== id);
  if (others.length > 0) accounts.set(key, others);
  else accounts.delete(key);
}
