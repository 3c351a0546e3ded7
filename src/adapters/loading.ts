// Batching within one operation: many reads in, few calls out, and every row given to the id that it carries.
import DataLoader from 'dataloader';
import type { Eventual } from '../domain/ports.js';
import { GatewayError } from '../errors.js';
import type { CallScope } from '../transport/call-scope.js';
import { noteDrift } from './drift.js';

/** One read a key and operation; keys asked for in the same turn are fetched together. */
export interface Loader<V> {
  /** At once what has been fetched or given before; failures of it are thrown at once, too. */
  load(key: string): Eventual<V>;
  /** Fetches all of these, to be loaded afterwards, when failures are told: one wait in place of one for each. */
  fetchAhead(keys: readonly string[]): Promise<void>;
  /** Gives a value that is already at hand, so that it is not fetched. */
  prime(key: string, value: V | Error): void;
}

/** A batch answers a Map by key; a key it leaves out is `missing`, a key mapped to an Error fails alone. */
export function createLoader<V>(
  scope: CallScope,
  backend: string,
  missing: V,
  fetchBatch: (keys: readonly string[]) => Promise<ReadonlyMap<string, V | Error>>,
  maxBatchSize = Infinity,
): Loader<V> {
  /** By key: what came of it, or the batch that will tell. */
  const known = new Map<string, V | Error | Promise<unknown>>();
  /** Takes whole lists: a promise for each key costs more than all else that is done for it. */
  const loader = new DataLoader<readonly string[], unknown>(
    async (lists) => {
      await Promise.all(chunksOf(lists.flat(), maxBatchSize).map(fetchChunk));
      return lists;
    },
    { cache: false },
  );

  async function fetchChunk(keys: readonly string[]): Promise<void> {
    const found = await fetchBatch(keys).catch((error: unknown) => error as Error);
    for (const key of keys) {
      const outcome = found instanceof Error ? found : found.get(key);
      known.set(key, outcome === undefined ? missing : outcome);
    }
  }

  async function fetchAhead(keys: readonly string[]): Promise<void> {
    const batches = new Set<Promise<unknown>>();
    const fresh: string[] = [];
    let own: Promise<unknown> | null = null;
    for (const key of keys) {
      let state = known.get(key);
      if (state === undefined) {
        // It travels when the turn ends, with all that is in it by then.
        state = own ??= loader.load(fresh);
        fresh.push(key);
        known.set(key, state);
      }
      if (state instanceof Promise) batches.add(state);
    }
    await Promise.all(batches);
  }

  function read(key: string): V {
    const outcome = known.get(key);
    if (outcome instanceof Error) throw outcome;
    return outcome as V;
  }

  const asked = new Set<string>();
  return {
    load(key) {
      if (asked.has(key)) scope.share(backend);
      asked.add(key);
      const state = known.get(key);
      const isKnown = state !== undefined && !(state instanceof Promise);
      return isKnown ? read(key) : fetchAhead([key]).then(() => read(key));
    },
    fetchAhead,
    prime(key, outcome) {
      // As with what is under way, the first to come stays.
      if (!known.has(key)) known.set(key, outcome);
    },
  };
}

function chunksOf(keys: readonly string[], size: number): (readonly string[])[] {
  const chunks: (readonly string[])[] = [];
  for (let from = 0; from < keys.length; from += size) chunks.push(keys.slice(from, from + size));
  return chunks;
}

/** Indexes rows by the id in their body. Equal doubles count once; doubles that differ are nobody's. */
export function indexById<Row>(
  backend: string,
  rows: readonly Row[],
  idOf: (row: Row) => string | null,
): Map<string, Row | GatewayError> {
  const byId = new Map<string, Row | GatewayError>();
  for (const row of rows) {
    const id = idOf(row);
    if (id === null) {
      noteDrift(backend, 'missing key', 'id');
      continue;
    }
    const other = byId.get(id);
    if (other === undefined) byId.set(id, row);
    else if (!isEqual(other, row)) byId.set(id, differingRows(backend));
  }
  return byId;
}

/** Whether two rows say the same; rows nested too deep to be compared do not. */
function isEqual(a: unknown, b: unknown): boolean {
  try {
    return JSON.stringify(a) === JSON.stringify(b);
  } catch {
    return false;
  }
}

function differingRows(backend: string): GatewayError {
  const message = `${backend}: two different rows carry the same id.`;
  return new GatewayError('UPSTREAM_BAD_RESPONSE', message, { backend });
}
