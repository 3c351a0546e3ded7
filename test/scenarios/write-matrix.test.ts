// Whatever the backends do with a write, what is told of it is what they hold: every kind of outcome on every backend, in all
// combinations, held against the backends' own state and against what arrived there.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LedgerEntry } from '../../src/sandbox/core/ledger.js';
import { CAST } from '../../src/sandbox/people.js';
import {
  BACKENDS,
  eachBackend,
  idsWrittenBy,
  isWrite,
  onArrival,
  repeat,
  rowOf,
  type Row,
  type Slug,
} from '../support/backend-truth.js';
import { startGatewayPool, type GatewayPool } from '../support/gateway-pool.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import {
  FATE_NAMES,
  FATES,
  FIRST_NAME,
  PEOPLE,
  PHONE,
  type Fate,
  type FateName,
  type Field,
  type Someone,
  type Values,
} from './write-fates.js';

/** How long a gateway waits for a backend. */
const TIMEOUT_MS = 400;
const GATEWAYS = 10;
const LINKED = CAST.slice(0, 3);

const ALL_APPLIED = eachBackend((): FateName => 'applied');

const OPERATIONS = ['updateProfile', 'bulkUpdateProfiles'] as const;

interface Cell {
  /** For one person, or for two in a bulk. */
  readonly operation: (typeof OPERATIONS)[number];
  readonly fates: Readonly<Record<Slug, FateName>>;
  readonly field: Field;
  readonly verify: boolean;
  /** Backends that cannot be read any more once a write has arrived there. */
  readonly unreadable: readonly Slug[];
  /** The backend that shows once more what was there before it received the write. */
  readonly stale: Slug | null;
  /** Whether the payload's profile is selected, which reads all three. */
  readonly isProfileShown: boolean;
}
const PLAIN = {
  field: FIRST_NAME,
  verify: true,
  unreadable: [],
  stale: null,
  isProfileShown: true,
} as const;

/** Every combination of fates over the backends. */
const EVERYTHING: readonly Cell[] = FATE_NAMES.flatMap((mind) =>
  FATE_NAMES.flatMap((omnivibe) =>
    FATE_NAMES.flatMap((v2) =>
      OPERATIONS.map((operation) => ({ ...PLAIN, operation, fates: { mind, omnivibe, v2 } })),
    ),
  ),
);

/** Every fate on every backend, while the other two apply the write. */
const oneByOne = (variant: (backend: Slug) => Partial<Cell>): readonly Cell[] =>
  BACKENDS.flatMap((backend) =>
    FATE_NAMES.flatMap((fate) =>
      OPERATIONS.map((operation) => {
        const fates = { ...ALL_APPLIED, [backend]: fate };
        return { ...PLAIN, operation, fates, ...variant(backend) };
      }),
    ),
  );

const documentOf = ({ operation, field }: Cell) => {
  const isBulk = operation === 'bulkUpdateProfiles';
  return `mutation ($input: ${isBulk ? 'BulkUpdateProfilesInput' : 'UpdateProfileInput'}!, $isProfileShown: Boolean!) {
    payload: ${operation}(input: $input) { ${isBulk ? 'results { ...Told } userErrors { code }' : '...Told'} }
  }
  fragment Told on WritePayload {
    status
    outcomes { backend state calls { method } fields { field state before after } }
    userErrors { backend field code }
    profile @include(if: $isProfileShown) { ${field.selection} }
  }`;
};

interface Payload {
  readonly status: string;
  readonly outcomes: readonly { readonly backend: string; readonly calls: readonly unknown[] }[];
  readonly userErrors: readonly {
    readonly backend: string;
    readonly field: unknown;
    readonly code: string;
  }[];
  readonly profile?: Row;
}

/** What a payload says of one person, in the form in which the truth can be told. */
function told({ status, outcomes, userErrors, profile }: Payload, { name, held }: Field) {
  return {
    status,
    outcomes: outcomes.map((outcome) => ({ ...outcome, calls: outcome.calls.length })),
    userErrors: userErrors.map(({ backend, field, code }) => `${backend} ${String(field)} ${code}`),
    profile: profile && {
      shown: profile[name],
      ...eachBackend((backend) => held(profile[backend] as Row)),
    },
  };
}

/** What is to be said of a person, given what the backends hold now. */
function truth(cell: Cell, person: Someone, now: Values) {
  const { field, fates, verify, unreadable, isProfileShown } = cell;
  const { before, wanted } = person[field.name];
  const facts = BACKENDS.map((backend) => {
    const { answer, code = '' }: Fate = FATES[fates[backend]];
    const isRead = (verify || answer === 'lost') && !unreadable.includes(backend);
    const isStored = now[backend] === wanted[backend];
    const state = stateOf(answer, isRead ? isStored : null, field.isWriteOnlyAt !== backend);
    const after = isRead || answer === 'refused' ? now[backend] : wanted[backend];
    return { backend, before: before[backend], after, state, code };
  });
  return {
    status: statusOf(facts.map(({ state }) => state)),
    outcomes: facts.map(({ backend, state, before, after }) => ({
      backend: backend.toUpperCase(),
      state,
      calls: 1,
      fields: [{ field: field.name, state, before, after }],
    })),
    userErrors: facts
      .filter(({ state }) => !isWritten(state))
      .map(({ backend, code }) => `${backend.toUpperCase()} ${field.name} ${code}`),
    profile: isProfileShown ? { shown: now.mind, ...now } : undefined,
  };
}

/** `isThere`: whether the backend shows the new value; null where it was not read. */
function stateOf(answer: Fate['answer'], isThere: boolean | null, isProof: boolean): string {
  if (answer === 'refused') return 'FAILED';
  if (isThere === null) return answer === 'taken' ? 'ACCEPTED' : 'UNCERTAIN';
  if (isThere) return isProof ? 'VERIFIED' : 'ACCEPTED';
  return answer === 'taken' ? 'MISMATCH' : 'FAILED';
}

function isWritten(state: string): boolean {
  return state === 'VERIFIED' || state === 'ACCEPTED';
}

function statusOf(states: readonly string[]): string {
  if (states.every(isWritten)) return 'APPLIED';
  return states.some(isWritten) || states.includes('UNCERTAIN') ? 'PARTIAL' : 'FAILED';
}

async function valuesOf(gateway: TestGateway, { held }: Field, { ids }: Someone): Promise<Values> {
  const [mind, omnivibe, v2] = await Promise.all(
    BACKENDS.map(async (backend) => held(await rowOf(gateway, backend, ids[backend]))),
  );
  return { mind, omnivibe, v2 };
}

/** Makes a cell happen: what was found afterwards, and what is right. */
async function run(gateway: TestGateway, cell: Cell) {
  const { operation, fates, field, verify, unreadable, stale, isProfileShown } = cell;
  const people = operation === 'updateProfile' ? PEOPLE.slice(0, 1) : PEOPLE;
  for (const backend of BACKENDS) {
    const only = { method: backend === 'v2' ? 'PUT' : 'PATCH' };
    gateway[backend].switches.set({ only, ...FATES[fates[backend]].switches(backend, field) });
  }
  const updates = people.map((person) => ({
    profileId: `mind:${person.ids.mind}`,
    patch: { [field.name]: person[field.name].wanted.mind },
  }));
  const input = operation === 'updateProfile' ? { ...updates[0], verify } : { updates, verify };
  const ends = [
    ...unreadable.map((backend) => blindAfterWrite(gateway[backend])),
    ...(stale === null ? [] : [await staleAfterWrite(gateway, stale)]),
  ];
  const { data, errors } = await gateway.execute(documentOf(cell), { input, isProfileShown }).finally(() => {
    for (const end of ends) end();
  });

  const received = eachBackend((backend) => [...gateway.received()[backend]]);
  for (const backend of BACKENDS) gateway[backend].switches.clear();
  const now = await Promise.all(people.map((person) => valuesOf(gateway, field, person)));

  const payload = data?.['payload'] as Payload & { results?: readonly Payload[] };
  const isReadingTold = !verify && !isProfileShown;
  return {
    cell,
    found: {
      errors,
      told: (payload.results ?? [payload]).map((each) => told(each, field)),
      bulkErrors: payload.results === undefined ? [] : payload.userErrors,
      held: now,
      written: eachBackend((backend) => received[backend].filter(isWrite).flatMap(idsWrittenBy).sort()),
      isReadBack: isReadingTold && eachBackend((backend) => isReadAfterWrite(received[backend])),
    },
    right: {
      errors: [],
      told: people.map((person, i) => truth(cell, person, now[i] ?? NOTHING)),
      bulkErrors: [],
      held: people.map(({ [field.name]: { before, wanted } }) =>
        eachBackend((backend) => (FATES[fates[backend]].isStored ? wanted : before)[backend]),
      ),
      written: eachBackend((backend) => people.map(({ ids }) => ids[backend])),
      isReadBack: isReadingTold && eachBackend((backend) => FATES[fates[backend]].answer === 'lost'),
    },
  };
}

const NOTHING = eachBackend(() => undefined);

/** Once it has received a write, a backend answers no read; the returned function ends that. */
function blindAfterWrite(sandbox: TestGateway[Slug]): () => void {
  return onArrival(sandbox, (entry) => {
    if (isWrite(entry)) sandbox.switches.set({ only: { method: 'GET' }, reply: { status: 500 } });
  });
}

/** Once it has received a write, a backend answers the next read as if it had not; the returned function ends that. */
async function staleAfterWrite(gateway: TestGateway, backend: Slug): Promise<() => void> {
  const sandbox = gateway[backend];
  const profiles = PEOPLE.map(({ ids }, i) => `p${i}: profile(id: "mind:${ids.mind}") { ...Both }`);
  await gateway.query(`{ ${profiles.join(' ')} } fragment Both on Profile { ${FIRST_NAME.selection} }`);
  const [read] = sandbox.ledger.entries.slice(-1);
  if (read === undefined) throw new TypeError(`nothing was read of ${backend}`);
  const reply = { status: 200, body: await repeat(sandbox, read) };
  for (const each of BACKENDS) gateway[each].ledger.clear();
  let end: (() => void) | null = null;
  return onArrival(sandbox, (entry) => {
    if (isWrite(entry)) end ??= sandbox.switches.set({ only: { method: 'GET' }, reply });
    // For this one read it still counts.
    else if (end !== null) queueMicrotask(end);
  });
}

/** As `run`, but a cell in which the machine was so slow that it made other calls time out is made to happen again. */
async function runInTime(gateway: TestGateway, cell: Cell, attempts = 20): ReturnType<typeof run> {
  const logged = gateway.log.length;
  const [end] = await Promise.allSettled([run(gateway, cell)]);
  if (attempts > 1 && gateway.log.slice(logged).some((line) => isLate(line, cell))) {
    // What is still on its way to a backend arrives before this does.
    for (const backend of BACKENDS) gateway[backend].switches.clear();
    await Promise.all(PEOPLE.map((person) => valuesOf(gateway, cell.field, person)));
    for (const backend of BACKENDS) gateway[backend].reset();
    return runInTime(gateway, cell, attempts - 1);
  }
  if (end.status === 'rejected') throw end.reason;
  return end.value;
}

/** Whether a line of the log tells of a call without an answer that was to have one. */
function isLate({ backend, method, outcome }: Row, { fates }: Cell): boolean {
  if (outcome !== 'UPSTREAM_TIMEOUT' && outcome !== 'UPSTREAM_UNREACHABLE') return false;
  return method === 'GET' || !fates[backend as Slug].startsWith('timed out');
}

function isReadAfterWrite(entries: readonly LedgerEntry[]): boolean {
  return entries.slice(entries.findIndex(isWrite)).some((entry) => !isWrite(entry));
}

describe('what is told of a write', () => {
  let pool: GatewayPool;
  beforeAll(async () => {
    const env = { UPSTREAM_TIMEOUT_MS: String(TIMEOUT_MS) };
    pool = await startGatewayPool(GATEWAYS, { env, people: LINKED });
  });
  afterAll(() => pool.close());

  /** How many cells there were, of how many something else was told than is so, and what of the first of those. */
  async function tally(cells: readonly Cell[]) {
    const ends = await pool.map(cells, runInTime);
    const lies = ends.flatMap(({ cell, found, right }) => {
      try {
        expect(found).toEqual(right);
        return [];
      } catch (error) {
        return [`${JSON.stringify(cell)}\n${(error as Error).message}`];
      }
    });
    return { cells: ends.length, lies: lies.length, firstLie: lies[0] };
  }

  it.each<[string, number, readonly Cell[]]>([
    ['whatever each of them does with it', 2 * 7 ** 3, EVERYTHING],
    ['in a field that each holds in its own way', 42, oneByOne(() => ({ field: PHONE }))],
    [
      'and no more than can be known where reading back fails',
      42,
      oneByOne((backend) => ({ unreadable: [backend], isProfileShown: false })),
    ],
    [
      'and no more than can be known where reading back fails everywhere',
      14,
      FATE_NAMES.flatMap((fate) =>
        OPERATIONS.map((operation) => {
          const fates = eachBackend(() => fate);
          return { ...PLAIN, operation, fates, unreadable: BACKENDS, isProfileShown: false };
        }),
      ),
    ],
    [
      'as far as it is wanted: unverified, only what was lost is read back',
      42,
      oneByOne(() => ({ verify: false, isProfileShown: false })),
    ],
    [
      'even where it shows for a moment what was there before',
      42,
      oneByOne((backend) => ({ stale: backend })),
    ],
    ['in the profile even where nothing is verified', 42, oneByOne(() => ({ verify: false }))],
  ])(
    'is what the backends hold, %s (%i cells)',
    async (_when, count, cells) => {
      expect(await tally(cells)).toEqual({ cells: count, lies: 0 });
    },
    300_000,
  );
});

const ANYBODY = 'anybody';

describe('a slow backend', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ people: LINKED });
  });
  afterAll(() => gateway.close());

  it.each<[Slug, string, Cell['operation']]>([
    ...BACKENDS.flatMap((slow) =>
      OPERATIONS.map((operation): [Slug, string, Cell['operation']] => [slow, ANYBODY, operation]),
    ),
    ['omnivibe', '3', 'bulkUpdateProfiles'],
    ['v2', '17', 'bulkUpdateProfiles'],
  ])('keeps no other write waiting: %s with %s in %s', async (slow, id, operation) => {
    for (const backend of BACKENDS) gateway[backend].reset();
    const method = slow === 'v2' ? 'PUT' : 'PATCH';
    gateway[slow].switches.set({ only: { method, ...(id !== ANYBODY && { id }) }, latencyMs: 300 });
    const hasAnswered = () =>
      gateway.received()[slow].some((entry) => isWrite(entry) && isAbout(entry, id) && entry.status !== 0);
    /** At the arrival of each write, whether the slow one had been answered. */
    const arrivals: boolean[] = [];
    const ends = BACKENDS.map((backend) =>
      onArrival(gateway[backend], (entry) => {
        if (isWrite(entry)) arrivals.push(hasAnswered());
      }),
    );

    const { found, right } = await run(gateway, { ...PLAIN, operation, fates: ALL_APPLIED });
    for (const end of ends) end();
    expect(found).toEqual(right);
    // Mind takes several people in one call.
    const writes = operation === 'updateProfile' ? 3 : 5;
    expect(arrivals).toEqual(Array.from({ length: writes }, () => false));
  });
});

function isAbout(entry: LedgerEntry, id: string): boolean {
  return id === ANYBODY || idsWrittenBy(entry).includes(id);
}
