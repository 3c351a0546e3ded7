// Reads while a backend misbehaves: what they find, and what is right.
import { expect } from '@jest/globals';
import { eachBackend, type Row, type Slug } from '../support/backend-truth.js';
import type { FaultError } from './fault-table.js';
import type { FaultedAnswer, FaultedGateway } from './faulted-gateway.js';
import {
  billOf,
  byPath,
  idOf,
  lookAt,
  TIMES,
  triesIn,
  type FaultyBackend,
  type Findings,
} from './matrix-cells.js';
import { PEOPLE, type ReadOperation } from './operations.js';

export async function playRead(
  gateway: FaultedGateway,
  faulty: FaultyBackend,
  operation: ReadOperation,
): Promise<Findings> {
  const { row, backend } = faulty;
  const { fault, pace } = row;
  if (fault.at === 'answer') gateway.faults[backend].inject(fault.misbehave);
  if (fault.at === 'connect') await gateway.faults[backend].injectAtConnect(fault.how);
  const ids = PEOPLE.map((person) => idOf(person, faulty));
  return lookAt(gateway, await ask(gateway, operation, ids), TIMES[pace].queryMs);
}

export async function askHealthy(gateway: FaultedGateway, operation: ReadOperation): Promise<unknown> {
  const ids = PEOPLE.map(({ seed, ids: of }) => `${seed}:${of[seed]}`);
  return (await ask(gateway, operation, ids)).data;
}

function ask(
  gateway: FaultedGateway,
  { document }: ReadOperation,
  ids: readonly string[],
): Promise<FaultedAnswer> {
  return gateway.execute(document, { id: ids[0], ids });
}

const A_FEW = expect.any(Number) as unknown as number;

/** `healthy`: the data as they are when nothing is wrong. */
export function rightRead(
  { row, backend }: FaultyBackend,
  operation: ReadOperation,
  healthy: unknown,
): Findings {
  const { error, fault, pace } = row;
  const { calls: usual, callsWithout, callsWithoutAtFirst, lost } = operation;
  // Whoever has never heard of a backend's people asks for them first, and the others for theirs as well.
  const isUnknown = fault.at === 'tls';
  const without = (isUnknown ? callsWithoutAtFirst : null) ?? callsWithout;
  const calls = error === null ? usual : (without?.[backend] ?? usual);
  const tries = error === null ? 1 : triesIn(TIMES[pace].queryMs, row);
  const attempts = { ...calls, [backend]: calls[backend] * tries };
  const places = error === null ? [] : lost[backend].flatMap((path) => placesOf(healthy, path.split('.')));
  return {
    status: 200,
    data: places.reduce(withNullAt, healthy),
    errors: error === null ? [] : errorsAt(places, told(error, backend)),
    arrived: eachBackend((each) => {
      if (each === backend && fault.at !== 'answer') return [0, 0];
      const isGivenUp = error !== null && operation.givenUpWithout?.[backend] === each;
      return [isUnknown || isGivenUp ? A_FEW : attempts[each], 0];
    }),
    bill: billOf(isUnknown ? eachBackend((each) => attempts[each] && A_FEW) : attempts),
    retries: attempts[backend] - calls[backend],
    lateMs: 0,
    left: 0,
  };
}

function told(error: FaultError, backend: Slug): object {
  const isAnyTime = error.retryAfterMs === 'some';
  const retryAfterMs = isAnyTime && { retryAfterMs: expect.any(Number) as unknown };
  return { ...error, ...retryAfterMs, backend: backend.toUpperCase() };
}

/** The places in an answer that a path names. */
function placesOf(value: unknown, [key, ...deeper]: readonly string[]): readonly (readonly string[])[] {
  if (key === undefined) return [[]];
  const keys = key === '*' ? Object.keys(value as object) : [key];
  return keys.flatMap((each) => placesOf((value as Row)[each], deeper).map((place) => [each, ...place]));
}

/** A copy with null in one place. */
function withNullAt(value: unknown, [key = '', ...deeper]: readonly string[]): unknown {
  const inner = (value as Row)[key];
  const changed = deeper.length === 0 ? null : withNullAt(inner, deeper);
  if (Array.isArray(value)) return value.with(Number(key), changed) as unknown;
  return { ...(value as Row), [key]: changed };
}

/** An error for each place; for those inside of a list one, at the list. */
function errorsAt(places: readonly (readonly string[])[], error: object): readonly object[] {
  const lists = new Map<string, Set<string>>();
  const others: { readonly path: string }[] = [];
  for (const place of places) {
    const at = place.findIndex((step) => /^\d+$/.test(step));
    const path = (at < 0 ? place : place.slice(0, at)).join('.');
    if (at < 0) others.push({ path, ...error });
    else lists.set(path, (lists.get(path) ?? new Set()).add(place[at] ?? ''));
  }
  const folded = [...lists].map(([path, items]) => ({ path, ...error, affected: items.size }));
  return [...others, ...folded].sort(byPath);
}
