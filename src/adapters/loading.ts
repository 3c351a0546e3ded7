// Batching within one operation: many reads in, few calls out, and every row given to the id that it carries.
import DataLoader from 'dataloader';
import { GatewayError } from '../errors.js';
import type { CallScope } from '../transport/call-scope.js';
import { noteDrift } from './drift.js';

/** One read a key and operation; keys asked for in the same turn are fetched together. */
export interface Loader<V> {
  load(key: string): Promise<V>;
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
  const loader = new DataLoader<string, V>(
    async (keys) => {
      const values = await fetchBatch(keys).catch((error: unknown) => error as Error);
      // As answers, so that they are kept: a batch that throws would be forgotten, and asked again.
      if (values instanceof Error) return keys.map(() => values);
      return keys.map((key) => {
        const value = values.get(key);
        return value === undefined ? missing : value;
      });
    },
    { maxBatchSize },
  );
  const asked = new Set<string>();
  return {
    load(key) {
      if (asked.has(key)) scope.share(backend);
      asked.add(key);
      return loader.load(key);
    },
    prime(key, value) {
      loader.prime(key, value);
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
