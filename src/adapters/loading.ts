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
  const outcomes = new Map<string, V | Error>();
  /** Answers a key when there is an outcome of it. */
  const loader = new DataLoader<string, string>(
    async (keys) => {
      const found = await fetchBatch(keys).catch((error: unknown) => error as Error);
      for (const key of keys) {
        const outcome = found instanceof Error ? found : found.get(key);
        outcomes.set(key, outcome === undefined ? missing : outcome);
      }
      return keys;
    },
    { maxBatchSize },
  );
  const read = (key: string): V => {
    const outcome = outcomes.get(key);
    if (outcome instanceof Error) throw outcome;
    return outcome === undefined ? missing : outcome;
  };
  const asked = new Set<string>();
  return {
    load(key) {
      if (asked.has(key)) scope.share(backend);
      asked.add(key);
      return outcomes.has(key) ? read(key) : loader.load(key).then(read);
    },
    async fetchAhead(keys) {
      const fetched = keys.flatMap((key) => (outcomes.has(key) ? [] : [loader.load(key)]));
      for (const each of fetched) await each;
    },
    prime(key, outcome) {
      // As with what is under way, the first to come stays.
      if (!outcomes.has(key)) outcomes.set(key, outcome);
    },
  };
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
