// The one suite that every adapter passes, over real HTTP against its backend's sandbox. What is special to one backend
// stands in that adapter's own test file.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { BackendReader, DirectoryFilter } from '../../src/domain/ports.js';
import type { Account, Backend } from '../../src/domain/profile.js';
import type { BackendServer } from '../../src/sandbox/core/backend-server.js';
import type { LedgerEntry } from '../../src/sandbox/core/ledger.js';
import type { Switches } from '../../src/sandbox/core/switches.js';
import { generatePeople, type CastMember } from '../../src/sandbox/people.js';
import { createOperation, type Operation } from '../../src/server/operation.js';
import type { CallScope } from '../../src/transport/call-scope.js';
import { loadContract } from '../support/contract.js';

type Reader = BackendReader<Backend>;
type Sandbox = BackendServer<Switches>;
type Row = Readonly<Record<string, unknown>>;

/** What the tests vary of an adapter; the rest is as `npm start` sets it for a sandbox. */
export interface ConnectOptions {
  readonly url?: string;
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

/** How one backend is started and connected. */
export interface BackendUnderTest<R extends Reader, S extends Sandbox> {
  readonly backend: Backend;
  readonly start: (people: readonly CastMember[]) => Promise<S>;
  readonly connect: (
    sandbox: S,
    options: ConnectOptions,
  ) => { open(scope: CallScope): R | null; close(): Promise<void> };
}

/** What the suite must know of an adapter to put it to the test. */
export interface AdapterUnderTest<R extends Reader, S extends Sandbox> extends BackendUnderTest<R, S> {
  /** Calls that k people of a directory of n cost when the index is warm. */
  readonly readCalls: (k: number, n: number) => number;
  readonly sweepCalls: (n: number) => number;
  /** How many accounts the directory of n people holds, and whether it tells. */
  readonly directory: (n: number) => { readonly size: number; readonly totalCount: number | null };
  /** The answer that people are read from, in every shape that is accepted. */
  readonly list: {
    readonly path: string;
    readonly row: (id: number, fields?: Row) => Row;
    readonly shapes: Readonly<Record<string, (rows: readonly Row[]) => unknown>>;
  };
  /** One key of a row, with a value of the wrong type, and the field that needs it. */
  readonly broken: { readonly fields: Row; readonly field: string };
  /** Spellings of values on the wire and what they are read as. */
  readonly spellings: readonly (readonly [fields: Row, account: Row])[];
  /** How an account looks when the backend uses words that no document knows. */
  readonly unknownWords: Row;
  /** Everything that can be read of one person. */
  readonly readAll: (reader: R, id: string) => Promise<unknown>;
  /** Creates a person; answers the id. */
  readonly create: (sandbox: S) => Promise<string>;
}

export interface Bench<R extends Reader, S extends Sandbox> {
  readonly sandbox: S;
  /** A new adapter, its index cold; closed after the test. */
  connect(options?: ConnectOptions): ConnectedAdapter<R>;
  /** The requests that the backend received meanwhile. */
  requestsOf(work: () => unknown): Promise<readonly LedgerEntry[]>;
  callsOf(work: () => unknown): Promise<number>;
}
export interface ConnectedAdapter<R> {
  /** Reads for one operation; a new one unless told. */
  open(operation?: Operation): R;
}

const operations: Operation[] = [];

/** An operation as the server makes them. */
export function startOperation({ budget = 10_000 } = {}): Operation {
  const operation = createOperation({
    requestId: 'test',
    timeoutMs: 15_000,
    budget,
    onCall: () => undefined,
  });
  operations.push(operation);
  return operation;
}

/**
 * A sandbox for the tests of a `describe` block, as at the start for each of them. After each test, every request that the
 * sandbox received is held against the backend's contract, and so is the answer to each kind of request.
 */
export function useBackend<R extends Reader, S extends Sandbox>(
  { backend, start, connect }: BackendUnderTest<R, S>,
  people: readonly CastMember[],
): Bench<R, S> {
  const contract = loadContract(backend);
  const answersChecked = new Set<string>();
  const connections: { close(): Promise<void> }[] = [];
  let started: S | null = null;
  const running = (): S => {
    if (started === null) throw new Error('the sandbox is not running');
    return started;
  };

  beforeAll(async () => {
    started = await start(people);
  });
  afterEach(async () => {
    await Promise.all(connections.splice(0).map((connection) => connection.close()));
    for (const operation of operations.splice(0)) operation.end();
    const entries = [...running().ledger.entries];
    running().reset();
    for (const entry of entries) await checkExchange(entry);
    running().reset();
  });
  afterAll(() => running().close());

  async function checkExchange(entry: LedgerEntry): Promise<void> {
    const { method, query, headers, body } = entry;
    const route = (entry.route ?? entry.path).replaceAll(/:(\w+)/g, '{$1}');
    const contentType = headers['content-type']?.split(';')[0] ?? '';
    const exchange = { method, route, query, contentType, requestBody: body };
    expect({ ...exchange, problems: contract.checkRequest(exchange) }).toEqual({ ...exchange, problems: [] });

    const kind = `${method} ${route} ${[...new Set(new URLSearchParams(query).keys())].join()}`;
    if (method !== 'GET' || answersChecked.has(kind)) return;
    const response = await repeat(running(), entry);
    if (response.status !== 200) return;
    answersChecked.add(kind);
    const responseBody: unknown = await response.json();
    expect(contract.checkResponse({ ...exchange, status: response.status, responseBody })).toEqual([]);
  }

  async function requestsOf(work: () => unknown): Promise<readonly LedgerEntry[]> {
    const before = running().ledger.entries.length;
    await work();
    return running().ledger.entries.slice(before);
  }

  return {
    get sandbox() {
      return running();
    },
    connect(options = {}) {
      const connection = connect(running(), options);
      connections.push(connection);
      return {
        open(operation = startOperation()) {
          const reader = connection.open(operation);
          if (reader === null) throw new Error('the adapter has no credential');
          return reader;
        },
      };
    },
    requestsOf,
    callsOf: async (work) => (await requestsOf(work)).length,
  };
}

/** Sends a request that the sandbox received once more, with the same credential. */
function repeat({ url }: Sandbox, { path, query, headers }: LedgerEntry): Promise<Response> {
  const credentials = Object.entries(headers).filter(([name]) => /^(authorization|cookie|api.*)$/.test(name));
  return fetch(`${new URL(url).origin}${path}?${query}`, { headers: credentials });
}

/** A URL of loopback on which nobody listens. */
async function closedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

/** Resolves once it is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

export const NO_FILTER: DirectoryFilter = { query: null, teamIds: null, onlineOnly: false, kind: null };
const SIZES = [1, 3, 50, 100, 101, 500];
const FEW = generatePeople(40);
const MANY = generatePeople(2_500);
const UNKNOWN_ID = '999999999';
const RENEWABLE_MS = 11_000;
const FORGOTTEN_MS = 6 * 60_000;

/** Faults of a whole answer, and the code that every read reports for them. */
const FAULTS: readonly (readonly [fault: string, switches: Switches, code: string])[] = [
  ['status 401', { reply: { status: 401, body: '{}' } }, 'UPSTREAM_ERROR'],
  ['status 403', { reply: { status: 403 } }, 'FORBIDDEN'],
  ['status 404', { reply: { status: 404, body: '{}' } }, 'NOT_FOUND'],
  ['status 422', { reply: { status: 422, body: '{}' } }, 'UPSTREAM_REJECTED'],
  ['status 429', { reply: { status: 429 } }, 'UPSTREAM_RATE_LIMITED'],
  ['status 500', { reply: { status: 500, body: '{"error":"x"}' } }, 'UPSTREAM_ERROR'],
  ['status 503', { reply: { status: 503, body: '<h1>down</h1>' } }, 'UPSTREAM_ERROR'],
  ['a redirect', { reply: { status: 302, headers: { location: '/' } } }, 'UPSTREAM_REDIRECT_BLOCKED'],
  ['a login page', { reply: { status: 200, body: '<html></html>' } }, 'UPSTREAM_BAD_RESPONSE'],
  ['an empty body', { reply: { status: 200 } }, 'UPSTREAM_BAD_RESPONSE'],
  ['status 204', { reply: { status: 204 } }, 'UPSTREAM_BAD_RESPONSE'],
  ['a number for the list', { reply: { status: 200, body: '42' } }, 'UPSTREAM_BAD_RESPONSE'],
  ['null for the list', { reply: { status: 200, body: 'null' } }, 'UPSTREAM_BAD_RESPONSE'],
  ['an object for the list', { reply: { status: 200, body: '{"1":{"id":1}}' } }, 'UPSTREAM_BAD_RESPONSE'],
  [
    'text for the rows',
    { reply: { status: 200, body: '{"profiles":"x","items":"x"}' } },
    'UPSTREAM_BAD_RESPONSE',
  ],
  ['a cut before the request is handled', { cut: 'before-handling' }, 'UPSTREAM_CONNECTION_LOST'],
  ['a cut before the answer', { cut: 'after-handling' }, 'UPSTREAM_CONNECTION_LOST'],
  ['a cut inside the answer', { cut: 'inside-body' }, 'UPSTREAM_CONNECTION_LOST'],
];

/** The promises that every adapter keeps. */
export function describeAdapter<R extends Reader, S extends Sandbox>(adapter: AdapterUnderTest<R, S>): void {
  const { backend, list, readCalls, sweepCalls, directory, readAll } = adapter;
  const seedOf = (member: CastMember | undefined) => {
    const seed = member?.[backend];
    if (seed === undefined) throw new Error(`the person has no account on ${backend}`);
    return { id: String(seed.id), email: seed.email };
  };
  const answering = (...rows: readonly Row[]): Switches => {
    const [shape] = Object.values(list.shapes);
    return { only: { path: list.path }, reply: { status: 200, body: JSON.stringify(shape?.(rows)) } };
  };
  const failsWith = (code: string) => ({ name: 'GatewayError', code, backend });
  const load = (reader: R, ids: readonly string[]) =>
    Promise.all(ids.map(async (id) => reader.accountById(id)));
  const warmUp = (connection: ConnectedAdapter<R>) => connection.open().accountsByEmail('nobody@example.com');

  describe.each([
    { n: FEW.length, people: FEW },
    { n: MANY.length, people: MANY },
  ])(`the ${backend} adapter with $n people`, ({ n, people }) => {
    const bench = useBackend(adapter, people);
    const seeds = people.map(seedOf);
    const sizes = [...new Set(SIZES.map((k) => Math.min(k, n)))];

    it.each(sizes.map((k) => [k, readCalls(k, n)]))('reads %i people in %i calls', async (k, calls) => {
      const connection = bench.connect();
      await warmUp(connection);
      const wanted = seeds.slice(-k);
      const reader = connection.open();
      let accounts: readonly (Account | null)[] = [];
      expect(
        await bench.callsOf(async () => {
          accounts = await load(
            reader,
            wanted.map(({ id }) => id),
          );
        }),
      ).toBe(calls);
      expect(accounts).toMatchObject(wanted);
    });

    it('sweeps a cold index once and then asks nobody any more', async () => {
      const connection = bench.connect();
      const { id, email } = seedOf(people.at(-1));
      const find = async () => {
        expect(await connection.open().accountsByEmail(` ${email.toUpperCase()}`)).toMatchObject([
          { id, email },
        ]);
        expect(await connection.open().knownById(id)).toMatchObject({ backend, id, email });
      };
      expect(await bench.callsOf(find)).toBe(sweepCalls(n));
      expect(await bench.callsOf(find)).toBe(0);
    });

    it.each(['reversed', 'duplicated', 'foreign', 'missing'] as const)(
      'gives every caller the right person or null when rows are %s',
      async (rows) => {
        const connection = bench.connect();
        await warmUp(connection);
        bench.sandbox.switches.set({ rows });
        for (const k of [1, 3, 40]) {
          const wanted = seeds.slice(-k);
          const accounts = await load(
            connection.open(),
            wanted.map(({ id }) => id),
          );
          const found = accounts.flatMap((account, i) => (account === null ? [] : [{ account, i }]));
          expect(found.map(({ account }) => account)).toMatchObject(found.map(({ i }) => wanted[i] ?? null));
          expect(found.length).toBeGreaterThanOrEqual(rows === 'missing' ? k - 1 : k);
        }
      },
    );

    it('knows everybody although the sweep sends rows twice, in another order or unasked', async () => {
      for (const rows of ['reversed', 'duplicated', 'foreign'] as const) {
        bench.sandbox.switches.set({ rows });
        const reader = bench.connect().open();
        const known = await Promise.all(seeds.map(({ id }) => reader.knownById(id)));
        expect(known).toMatchObject(seeds);
      }
    });

    it('tells whether a page of the directory is the last', async () => {
      const { size, totalCount } = directory(n);
      const reader = bench.connect().open();
      const limit = Math.min(100, size - 1);
      for (const [offset, count, hasMore] of [
        [0, limit, true],
        [size - limit - 1, limit, true],
        [size - limit, limit, false],
        [size - 1, 1, false],
        [size, 0, false],
      ] as const) {
        const page = await reader.listAccounts({ offset, limit, filter: NO_FILTER });
        expect({ ...page, ids: page.ids.length }).toEqual({ ids: count, hasMore, totalCount });
      }
    });
  });

  describe(`the ${backend} adapter`, () => {
    const bench = useBackend(adapter, FEW);
    const MAX = seedOf(FEW[0]);
    const ERIKA = seedOf(FEW[1]);
    const AMELIE = seedOf(FEW[2]);
    const readMax = (reader: R) => reader.accountById(MAX.id);

    it.each([7, 20, 100])('pages through the directory by %i', async (limit) => {
      const { size } = directory(FEW.length);
      const reader = bench.connect().open();
      const ids: string[] = [];
      for (let offset = 0, hasMore = true; hasMore && offset <= size; offset += limit) {
        const page = await reader.listAccounts({ offset, limit, filter: NO_FILTER });
        ids.push(...page.ids);
        ({ hasMore } = page);
      }
      expect(ids).toHaveLength(size);
      expect(new Set(ids).size).toBe(size);
      expect(ids).toEqual(expect.arrayContaining(FEW.map((member) => seedOf(member).id)));
    });

    it('asks once for a person who is wanted several times in one operation', async () => {
      const connection = bench.connect();
      await warmUp(connection);
      const operation = startOperation();
      const reader = connection.open(operation);
      const calls = await bench.callsOf(async () => {
        const [first, second] = await load(reader, [MAX.id, MAX.id, ERIKA.id]);
        expect(await readMax(reader)).toBe(first);
        expect(second).toBe(first);
      });
      expect(calls).toBe(readCalls(2, FEW.length));
      expect(operation.bill()).toMatchObject({ calls, deduplicated: 2 });
    });

    it('reads a person anew in the next operation', async () => {
      const connection = bench.connect();
      await warmUp(connection);
      const read = () => readMax(connection.open());
      const once = await bench.callsOf(read);
      expect(once).toBeGreaterThan(0);
      expect(await bench.callsOf(read)).toBe(once);
    });

    it('does not read again whom a page of the directory has just shown', async () => {
      const connection = bench.connect();
      await warmUp(connection);
      const reader = connection.open();
      const calls = await bench.callsOf(async () => {
        const { ids } = await reader.listAccounts({ offset: 0, limit: 10, filter: NO_FILTER });
        expect(ids).toHaveLength(10);
        expect(await load(reader, ids)).toMatchObject(ids.map((id) => ({ id })));
      });
      expect(calls).toBe(1);
    });

    it('answers null for an id that nobody has, and the others beside it', async () => {
      const reader = bench.connect().open();
      expect(await load(reader, [UNKNOWN_ID, MAX.id])).toMatchObject([null, MAX]);
      expect(await reader.knownById(UNKNOWN_ID)).toBeNull();
    });

    it('finds an address in any case, and only as a whole', async () => {
      const reader = bench.connect().open();
      expect(await reader.searchByEmail(MAX.email.toUpperCase())).toMatchObject([{ backend, ...MAX }]);
      expect(await reader.searchByEmail(MAX.email.slice(1))).toEqual([]);
      expect(await reader.accountsByEmail(MAX.email.slice(1))).toEqual([]);
    });

    it('lets the one person fail whose rows contradict each other', async () => {
      const connection = bench.connect();
      await warmUp(connection);
      const { row } = list;
      const max = row(Number(MAX.id));
      const erika = row(Number(ERIKA.id));
      bench.sandbox.switches.set(
        answering(max, erika, { ...max, email: 'other@example.com' }, max, erika, row(Number(AMELIE.id))),
      );
      const reader = connection.open();
      const [first, ...others] = [MAX, ERIKA, AMELIE].map(async ({ id }) => reader.accountById(id));
      await expect(first).rejects.toMatchObject(failsWith('UPSTREAM_BAD_RESPONSE'));
      expect(await Promise.all(others)).toMatchObject([{ id: ERIKA.id }, { id: AMELIE.id }]);
    });

    it('passes over rows that are nobody’s', async () => {
      const connection = bench.connect();
      await warmUp(connection);
      const nobodys = [0, -1, 1.5, true, null, {}, [], 'x', '1e3', ' 1', `${MAX.id}.0`, '9'.repeat(20)];
      const { row } = list;
      const strays = [null, 7, 'row', [], ...nobodys.map((id) => ({ ...row(1), id }))] as Row[];
      bench.sandbox.switches.set(answering(...strays, row(Number(MAX.id)), row(Number(ERIKA.id))));
      expect(await load(connection.open(), [MAX.id, ERIKA.id])).toMatchObject([
        { id: MAX.id },
        { id: ERIKA.id },
      ]);
    });

    describe.each(FAULTS)('after %s', (_fault, switches, code) => {
      it(`reports ${code} of every read, naming the backend`, async () => {
        bench.sandbox.switches.set(switches);
        const reads: readonly ((reader: R) => Promise<unknown>)[] = [
          async (reader) => readMax(reader),
          (reader) => reader.accountsByEmail(MAX.email),
          (reader) => reader.searchByEmail(MAX.email),
          (reader) => reader.knownById(MAX.id),
          (reader) => reader.listAccounts({ offset: 0, limit: 5, filter: NO_FILTER }),
        ];
        for (const read of reads)
          await expect(read(bench.connect().open())).rejects.toMatchObject(failsWith(code));
      });
    });

    it('reports a backend that answers too late, or not at all', async () => {
      bench.sandbox.switches.set({ latencyMs: 60_000 });
      await expect(readMax(bench.connect({ timeoutMs: 100 }).open())).rejects.toMatchObject(
        failsWith('UPSTREAM_TIMEOUT'),
      );
      await expect(readMax(bench.connect({ url: await closedUrl() }).open())).rejects.toMatchObject(
        failsWith('UPSTREAM_UNREACHABLE'),
      );
    });

    it('stops at the budget of the operation', async () => {
      const reader = bench.connect().open(startOperation({ budget: 0 }));
      expect(
        await bench.callsOf(() =>
          expect(readMax(reader)).rejects.toMatchObject({ ...failsWith('BUDGET_EXCEEDED') }),
        ),
      ).toBe(0);
    });

    it('lets no credential through that a backend sends along', async () => {
      bench.sandbox.switches.set({ canarySecrets: true });
      let read: unknown;
      const requests = await bench.requestsOf(async () => {
        read = await readAll(bench.connect().open(), MAX.id);
      });
      const sent = await Promise.all(
        requests.map(async (entry) => (await repeat(bench.sandbox, entry)).text()),
      );
      expect(sent.join()).toContain('canary-');
      expect(reachable(read).join()).toContain(MAX.email);
      expect(reachable(read).filter((text) => text.includes('canary-'))).toEqual([]);
    });

    it('reads the same when a backend sends keys that nobody knows', async () => {
      const before = await readAll(bench.connect().open(), MAX.id);
      bench.sandbox.switches.set({ extraKeys: true });
      expect(await readAll(bench.connect().open(), MAX.id)).toEqual(before);
    });

    it('reads a word that no document knows as UNKNOWN and does not pass it on', async () => {
      bench.sandbox.switches.set({ unknownEnums: true });
      expect(await readMax(bench.connect().open())).toMatchObject(adapter.unknownWords);
    });

    describe('given rows', () => {
      const id = Number(MAX.id);

      async function readRows(...rows: readonly Row[]): Promise<Account> {
        const stop = bench.sandbox.switches.set(answering(...rows));
        const account = await readMax(bench.connect().open());
        stop();
        if (account === null) throw new Error('nobody was found');
        return account;
      }

      it.each([
        ['once', 1],
        ['twice', 2],
      ])('lets a value of the wrong type fail its own field only, sent %s', async (_times, count) => {
        const { fields, field } = adapter.broken;
        const whole: Row = { ...(await readRows(list.row(id))) };
        const row = list.row(id, fields);
        const account = await readRows(...Array.from({ length: count }, () => row));
        const readField = (name: string): unknown => Reflect.get(account, name);
        expect(() => readField(field)).toThrow(expect.objectContaining(failsWith('UPSTREAM_BAD_RESPONSE')));
        for (const name of Object.keys(whole).filter((other) => other !== field))
          expect([name, readField(name)]).toEqual([name, whole[name]]);
      });

      it.each(adapter.spellings)('reads %j as %j', async (fields, account) => {
        expect(await readRows(list.row(id, fields))).toMatchObject(account);
      });

      it.each(Object.keys(list.shapes))('takes the list as %s', async (name) => {
        const body = JSON.stringify(list.shapes[name]?.([list.row(id)]));
        bench.sandbox.switches.set({ only: { path: list.path }, reply: { status: 200, body } });
        expect(await readMax(bench.connect().open())).toMatchObject({ id: MAX.id });
      });
    });

    describe('index', () => {
      it('is swept once for two operations at the same time', async () => {
        const connection = bench.connect();
        const find = () => connection.open().accountsByEmail(MAX.email);
        let found: readonly unknown[] = [];
        expect(
          await bench.callsOf(async () => {
            found = await Promise.all([find(), find()]);
          }),
        ).toBe(sweepCalls(FEW.length));
        expect(found).toMatchObject([[MAX], [MAX]]);
      });

      it.each([
        ['is over its budget', 'BUDGET_EXCEEDED', 0],
        ['is given up', 'DEADLINE_EXCEEDED', 10],
      ])('is swept anew when the operation that sweeps it %s', async (_what, code, budget) => {
        bench.sandbox.switches.set({ latencyMs: 50 });
        const connection = bench.connect();
        const sweeping = startOperation({ budget });
        const first = connection.open(sweeping).accountsByEmail(MAX.email);
        const second = connection.open().accountsByEmail(MAX.email);
        const third = connection.open().accountsByEmail(ERIKA.email);
        const failure = expect(first).rejects.toMatchObject({ code });
        await until(() => bench.sandbox.ledger.entries.length > 0);
        sweeping.abandon();
        await failure;
        expect(await Promise.all([second, third])).toMatchObject([[MAX], [ERIKA]]);
        expect(bench.sandbox.ledger.entries).toHaveLength((budget > 0 ? 1 : 0) + sweepCalls(FEW.length));
      });

      it('finds who was created after it was built', async () => {
        let passedMs = 0;
        const connection = bench.connect({ now: () => Date.now() + passedMs });
        await warmUp(connection);
        const id = await adapter.create(bench.sandbox);
        passedMs = RENEWABLE_MS;
        expect(await connection.open().accountById(id)).toMatchObject({ id });
        expect(await connection.open().knownById(id)).toMatchObject({ backend, id });
      });

      it('is renewed for unknown ids only every few seconds', async () => {
        let passedMs = 0;
        const connection = bench.connect({ now: () => Date.now() + passedMs });
        await warmUp(connection);
        const look = () => connection.open().knownById(UNKNOWN_ID);
        const first = await bench.callsOf(look);
        passedMs = RENEWABLE_MS;
        expect(await bench.callsOf(look)).toBeLessThanOrEqual(first + sweepCalls(FEW.length));
        expect(await bench.callsOf(look)).toBe(first);
      });

      it('is swept again after some minutes', async () => {
        let passedMs = 0;
        const connection = bench.connect({ now: () => Date.now() + passedMs });
        await warmUp(connection);
        passedMs = FORGOTTEN_MS;
        expect(await bench.callsOf(() => connection.open().accountsByEmail(MAX.email))).toBe(
          sweepCalls(FEW.length),
        );
      });
    });
  });
}

const BUILT_IN: readonly unknown[] = [Object.prototype, Array.prototype, Date.prototype];

/** Every text that can be got out of a value: keys and values, own or inherited, enumerable or not, through getters too. */
function reachable(value: unknown, seen = new Set<unknown>(), owner = value): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || seen.has(value) || BUILT_IN.includes(value)) return [];
  seen.add(value);
  const texts = Reflect.ownKeys(value).flatMap((key) => [
    String(key),
    ...reachable(Reflect.get(value, key, owner), seen),
  ]);
  return [...texts, ...reachable(Object.getPrototypeOf(value), seen, owner)];
}
