// Plans and writes while a backend misbehaves: what they tell and what the backends hold then, and what is right.
import { expect } from '@jest/globals';
import { BACKENDS, eachBackend, rowOf, type Slug } from '../support/backend-truth.js';
import type { Delivery, FaultError } from './fault-table.js';
import type { FaultedGateway } from './faulted-gateway.js';
import {
  billOf,
  idOf,
  isWrite,
  lookAt,
  TIMES,
  triesIn,
  type FaultyBackend,
  type Findings,
} from './matrix-cells.js';
import { BULK, PEOPLE, PLAN, UPDATE, type Someone } from './operations.js';

/**
 * What is done while a backend misbehaves: plan; change one person, where nothing but the write goes wrong; the same, where
 * the write is applied before it goes wrong; change several, where nothing can be read any more either.
 */
export const WRITES = ['plan', 'update', 'update that is applied', 'bulk'] as const;
export type WriteOperation = (typeof WRITES)[number];

/** Whether a backend that fails in this way may have applied a write: what it refuses it does not, what it takes it does anyway. */
export function mayHaveApplied({ row, backend }: FaultyBackend): boolean {
  return row.error !== null && ['lost', 'taken'].includes(row.delivery[backend]);
}

export async function playWrite(
  gateway: FaultedGateway,
  faulty: FaultyBackend,
  operation: WriteOperation,
): Promise<Findings> {
  const { queryMs } = TIMES[faulty.row.pace];
  await injectFor(operation, gateway, faulty);
  const people = peopleOf(operation);
  const updates = people.map((person) => ({ profileId: idOf(person, faulty), patch: person.after }));
  const document = { plan: PLAN, update: UPDATE, 'update that is applied': UPDATE, bulk: BULK }[operation];
  const answer = await gateway.execute(document, { input: operation === 'bulk' ? { updates } : updates[0] });
  const found = await lookAt(gateway, answer, operation === 'plan' ? queryMs : 2 * queryMs);
  return { ...found, held: await Promise.all(people.map((person) => namesOf(gateway, person))) };
}

async function injectFor(
  operation: WriteOperation,
  gateway: FaultedGateway,
  { row: { fault }, backend }: FaultyBackend,
): Promise<void> {
  const server = gateway.faults[backend];
  if (fault.at === 'connect') {
    if (operation === 'plan') await server.injectAtConnect(fault.how);
    else server.injectAfterRead(fault.how);
  }
  if (fault.at !== 'answer') return;
  const { misbehave } = fault;
  switch (operation) {
    case 'plan':
      server.inject(misbehave);
      break;
    case 'update':
      server.inject(misbehave, isWrite);
      break;
    case 'update that is applied':
      server.inject(async (exchange) => {
        await exchange.handle();
        await misbehave(exchange);
      }, isWrite);
      break;
    case 'bulk': {
      let isOn = false;
      server.inject(misbehave, (arrival) => (isOn ||= isWrite(arrival)));
    }
  }
}

function peopleOf(operation: WriteOperation): readonly Someone[] {
  return operation === 'bulk' ? PEOPLE : PEOPLE.slice(0, 1);
}

/** What each backend calls somebody. */
async function namesOf(gateway: FaultedGateway, { ids }: Someone): Promise<readonly string[]> {
  const [mind, omnivibe, v2] = await Promise.all(
    BACKENDS.map((backend) => rowOf(gateway, backend, ids[backend])),
  );
  return [
    [mind?.['firstName'], mind?.['lastName']].join(' '),
    String(omnivibe?.['name']),
    [v2?.['firstname'], v2?.['lastname']].join(' '),
  ];
}

// ---- what is right

const FIELDS = ['firstName', 'lastName'] as const;

/** What becomes of one person at one backend. */
interface Fate {
  readonly state: string;
  readonly isSent: boolean;
  readonly before: Someone['before'] | null;
  readonly after: Someone['before'] | null;
  /** What is told of it, and whether of each field by itself. */
  readonly error: FaultError | null;
  readonly isToldByField: boolean;
}

const MISMATCH: FaultError = { code: 'UPSTREAM_REJECTED', retryable: false };

function deliveryOf({ row, backend }: FaultyBackend, operation: WriteOperation): Delivery {
  const { delivery, deliveryOfSeveral } = row;
  return (operation === 'bulk' ? deliveryOfSeveral?.[backend] : undefined) ?? delivery[backend];
}

/** Whether the backend could not even be asked what is there. */
function isBlind({ row }: FaultyBackend, operation: WriteOperation): boolean {
  return row.error !== null && (operation === 'plan' || row.fault.at === 'tls');
}

/** Whether the backend has applied the write. */
function isApplied({ row: { error } }: FaultyBackend, operation: WriteOperation): boolean {
  return operation !== 'plan' && (error === null || operation === 'update that is applied');
}

function fateOf(
  faulty: FaultyBackend,
  operation: WriteOperation,
  { before, after }: Someone,
  backend: Slug,
): Fate {
  const { error } = faulty.row;
  const isFaulty = backend === faulty.backend;
  const fine = { isSent: true, before, after, error: null, isToldByField: false };
  if (isFaulty && isBlind(faulty, operation))
    return { ...fine, state: 'FAILED', isSent: false, before: null, after: null, error };
  if (operation === 'plan') return { ...fine, state: 'PLANNED' };
  if (!isFaulty || error === null) return { ...fine, state: 'VERIFIED' };
  const isUntouched = { ...fine, after: before, error };
  switch (deliveryOf(faulty, operation)) {
    case 'unsent':
      return { ...isUntouched, state: 'FAILED', isSent: false };
    case 'refused':
      return { ...isUntouched, state: 'FAILED' };
    case 'lost':
      if (operation === 'bulk') return { ...fine, state: 'UNCERTAIN', error, isToldByField: true };
      return isApplied(faulty, operation)
        ? { ...fine, state: 'VERIFIED' }
        : { ...isUntouched, state: 'FAILED' };
    case 'taken':
      if (operation === 'bulk') return { ...fine, state: 'ACCEPTED' };
      return isApplied(faulty, operation)
        ? { ...fine, state: 'VERIFIED' }
        : { ...isUntouched, state: 'MISMATCH', error: MISMATCH, isToldByField: true };
  }
}

/** A field as a backend tells it: omnivibe holds the name as a whole. */
function told(backend: Slug, names: Someone['before'] | null, field: (typeof FIELDS)[number]): string | null {
  if (names === null) return null;
  return backend === 'omnivibe' ? whole(names) : names[field];
}

const whole = ({ firstName, lastName }: Someone['before']) => `${firstName} ${lastName}`;

function rightPayload(faulty: FaultyBackend, operation: WriteOperation, person: Someone) {
  const fates = eachBackend((backend) => fateOf(faulty, operation, person, backend));
  const isWritten = BACKENDS.every((backend) => ['VERIFIED', 'ACCEPTED'].includes(fates[backend].state));
  return {
    ...(operation !== 'plan' && { status: isWritten ? 'APPLIED' : 'PARTIAL' }),
    outcomes: BACKENDS.map((backend) => {
      const { state, isSent, before, after } = fates[backend];
      return {
        backend: backend.toUpperCase(),
        state,
        calls: isSent ? [{ method: backend === 'v2' ? 'PUT' : 'PATCH' }] : [],
        fields: FIELDS.map((field) => ({
          field,
          state,
          before: told(backend, before, field),
          after: told(backend, after, field),
        })),
      };
    }),
    userErrors: BACKENDS.flatMap((backend) => {
      const { error, isToldByField } = fates[backend];
      if (error === null) return [];
      const { code, retryable } = error;
      const fields = isToldByField ? FIELDS.map((field) => [field]) : [FIELDS];
      return fields.map((field) => ({ backend: backend.toUpperCase(), code, field, retryable }));
    }),
  };
}

interface Traffic {
  readonly arrived: readonly [reads: number, writes: number];
  readonly attempts: number;
  readonly retries: number;
}

/** What a backend is asked for when all is well: what is there, the write, and what is there then. */
function usualTraffic(operation: WriteOperation, backend: Slug): Traffic {
  // Mind takes several people in one call.
  const writes = operation === 'bulk' && backend !== 'mind' ? PEOPLE.length : 1;
  const arrived = operation === 'plan' ? ([1, 0] as const) : ([2, writes] as const);
  return { arrived, attempts: arrived[0] + arrived[1], retries: 0 };
}

function faultyTraffic(faulty: FaultyBackend, operation: WriteOperation): Traffic {
  const { row, backend } = faulty;
  const { attemptMs, queryMs } = TIMES[row.pace];
  const usual = usualTraffic(operation, backend);
  const [, writes] = usual.arrived;
  const traffic = (reads: number, retries = 0): Traffic => ({
    arrived: [reads, writes],
    attempts: reads + writes,
    retries,
  });
  if (row.error === null) return usual;
  if (operation === 'plan') {
    const tries = triesIn(queryMs, row);
    return { arrived: [row.fault.at === 'answer' ? tries : 0, 0], attempts: tries, retries: tries - 1 };
  }
  const delivery = deliveryOf(faulty, operation);
  if (delivery === 'unsent') {
    // What was certainly never sent may be sent once more.
    const retries = Math.min(row.retries, 1) * writes;
    return { arrived: [1, 0], attempts: 1 + writes + retries, retries };
  }
  if (delivery === 'refused') return traffic(1);
  if (operation === 'bulk') {
    const tries = triesIn(2 * queryMs - attemptMs, row);
    return traffic(1 + tries, tries - 1);
  }
  // What is not there at once is looked for once more.
  return traffic(isApplied(faulty, operation) ? 2 : 3);
}

const A_FEW = expect.any(Number) as unknown as number;

export function rightWrite(faulty: FaultyBackend, operation: WriteOperation): Findings {
  const people = peopleOf(operation);
  const payloads = people.map((person) => rightPayload(faulty, operation, person));
  const isUnknown = faulty.row.fault.at === 'tls';
  const traffic = eachBackend((backend) => {
    const usual =
      backend === faulty.backend ? faultyTraffic(faulty, operation) : usualTraffic(operation, backend);
    if (!isUnknown) return usual;
    // Whose people are whose is asked for first.
    const arrived = backend === faulty.backend ? ([0, 0] as const) : ([A_FEW, usual.arrived[1]] as const);
    return { arrived, attempts: A_FEW, retries: 0 };
  });
  return {
    status: 200,
    data: operation === 'bulk' ? { bulk: { results: payloads, userErrors: [] } } : { payload: payloads[0] },
    errors: [],
    arrived: eachBackend((backend) => traffic[backend].arrived),
    bill: billOf(eachBackend((backend) => traffic[backend].attempts)),
    retries: traffic[faulty.backend].retries,
    held: people.map(({ before, after }) =>
      BACKENDS.map((backend) => {
        const isChanged =
          operation !== 'plan' && (backend !== faulty.backend || isApplied(faulty, operation));
        return whole(isChanged && !(backend === faulty.backend && isUnknown) ? after : before);
      }),
    ),
    lateMs: 0,
    left: 0,
  };
}
