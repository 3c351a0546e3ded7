import { afterEach, describe, expect, it } from '@jest/globals';
import { createMindAdapter, type MindAdapter, type MindCredential } from '../../src/adapters/mind/index.js';
import type { DirectoryFilter, MindReader } from '../../src/domain/ports.js';
import { startMindSandbox, type MindSandbox } from '../../src/sandbox/mind/index.js';
import { CAST, generatePeople } from '../../src/sandbox/people.js';
import {
  describeAdapter,
  NO_FILTER,
  startOperation,
  useBackend,
  type AdapterUnderTest,
} from './conformance.js';
import { startScriptedServer } from './scripted-server.js';

const MIND: AdapterUnderTest<MindReader, MindSandbox> = {
  backend: 'mind',
  start: startMindSandbox,
  connect(sandbox, { url = sandbox.url, timeoutMs = 4_000, now = Date.now }) {
    const adapter = createMindAdapter({
      url,
      token: sandbox.serviceToken,
      timeZone: 'UTC',
      settingsPatch: 'merge',
      timeoutMs,
      now,
    });
    return { open: (scope) => adapter.open(scope, null)?.reader ?? null, close: () => adapter.close() };
  },
  readCalls: (k) => Math.ceil(k / 100),
  // No total is told, so a round number of rows is not taken for the end.
  sweepCalls: (n) => (n % 100 === 0 && n <= 1_000 ? 2 : 1),
  directory: (n) => ({ size: n, totalCount: null }),
  list: {
    path: '/profiles',
    row: (id, fields) => ({
      id,
      firstName: 'Ida',
      lastName: 'Zeile',
      email: `row.${id}@example.com`,
      lang: 'de',
      isSsoOnly: 0,
      lastSeen: '2026-01-02 03:04:05',
      settings: { status: 'busy', roleId: 2, skills: { tagIds: [1] }, callRoutingStatus: 'idle' },
      ...fields,
    }),
    shapes: { 'an envelope': (profiles) => ({ success: true, profiles }), 'a bare array': (rows) => rows },
  },
  broken: { fields: { lang: { code: 'de' } }, field: 'language' },
  spellings: [
    ...[1, true, '1', 'true'].map((isSsoOnly) => [{ isSsoOnly }, { ssoOnly: true }] as const),
    ...[0, false, '0', 'false'].map((isSsoOnly) => [{ isSsoOnly }, { ssoOnly: false }] as const),
    [
      { isSsoOnly: null, phone: '' },
      { ssoOnly: null, phone: null },
    ],
    [{ phone: 4930901820 }, { phone: '4930901820' }],
    [
      { settings: { roleId: '3', teamIds: ['1', 2] } },
      { work: { roleId: { own: 3, effective: null }, teamIds: [1, 2] } },
    ],
    [{ settings: null }, { work: null, status: null, callRouting: null }],
    [{ settings: [] }, { work: null }],
    [{ lang: 'en_GB' }, { language: 'en-GB' }],
  ],
  unknownWords: {
    status: { value: 'UNKNOWN', native: null },
    callRouting: { value: 'UNKNOWN', native: null },
    work: { status: 'UNKNOWN' },
  },
  readAll: (reader, id) =>
    Promise.all([
      reader.accountById(id),
      reader.rawData(id),
      reader.supersetRoles(id),
      reader.knownById(id),
      reader.listAccounts({
        offset: 0,
        limit: 5,
        filter: { ...NO_FILTER, kind: 'ALL' },
      }),
    ]),
  async create({ url, serviceToken }) {
    const response = await fetch(`${url}/profile`, {
      method: 'POST',
      headers: { authorization: `Bearer ${serviceToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ firstName: 'Nova', lastName: 'Neu', email: 'nova.neu@example.com' }),
    });
    const { id } = (await response.json()) as { id: number };
    return String(id);
  },
};

describeAdapter(MIND);

describe('reading Mind for a caller', () => {
  const bench = useBackend(MIND, CAST);
  const bearer = (id: number) => ({ headers: { authorization: `Bearer ${tokenFor(id)}` }, isCallers: true });
  const cookie = (id: number) => ({ headers: { cookie: `connect.sid=${tokenFor(id)}` }, isCallers: true });
  const tokenFor = (id: number) => bench.sandbox.tokenFor(id);
  const SUPERVISOR = 42;
  const AGENT = 43;

  /** An adapter of which the credential counts; without a gateway token unless told. */
  function connectFor(token: string | null = null) {
    const adapter = createMindAdapter({
      url: bench.sandbox.url,
      token,
      timeZone: 'UTC',
      settingsPatch: 'merge',
      timeoutMs: 4_000,
    });
    adapters.push(adapter);
    return adapter;
  }
  const adapters: MindAdapter[] = [];
  afterEach(async () => {
    await Promise.all(adapters.splice(0).map((adapter) => adapter.close()));
  });
  const open = (adapter: MindAdapter, credential: MindCredential | null) => {
    const reader = adapter.open(startOperation(), credential)?.reader;
    if (reader === undefined) throw new Error('no credential');
    return reader;
  };

  it.each([
    ['a bearer token', bearer, { authorization: 'Bearer sandbox-mind-user-43' }],
    ['a session cookie', cookie, { cookie: 'connect.sid=sandbox-mind-user-43' }],
  ])('reads with %s of the caller and sweeps with the gateway’s own', async (_what, credential, sent) => {
    const reader = open(connectFor(bench.sandbox.serviceToken), credential(AGENT));
    expect(reader.credential).toBe('caller');
    const [read] = await bench.requestsOf(() => reader.accountById('42'));
    const [sweep] = await bench.requestsOf(() => reader.accountsByEmail('max.mustermann@example.com'));
    const credentials = { authorization: undefined, cookie: undefined };
    expect({ ...credentials, ...read?.headers }).toMatchObject({ ...credentials, ...sent });
    expect({ ...credentials, ...sweep?.headers }).toMatchObject({
      authorization: `Bearer ${bench.sandbox.serviceToken}`,
      cookie: undefined,
    });
  });

  it('shows what the caller may see and no more', async () => {
    const adapter = connectFor(bench.sandbox.serviceToken);
    expect(await open(adapter, bearer(SUPERVISOR)).accountById('44')).toMatchObject({
      work: { roleId: { own: 2 } },
    });
    expect(await open(adapter, bearer(AGENT)).accountById('44')).toMatchObject({
      work: null,
      callRouting: null,
      lastSeenAt: null,
    });
  });

  it('keeps an index for each caller when the gateway has no token', async () => {
    const adapter = connectFor();
    const sweep = (id: number) =>
      bench.requestsOf(() => open(adapter, bearer(id)).accountsByEmail('nobody@example.com'));
    const sweepers = [await sweep(AGENT), await sweep(SUPERVISOR)].map((requests) =>
      requests.map(({ headers }) => headers['authorization']),
    );
    expect(sweepers).toEqual([['Bearer sandbox-mind-user-43'], ['Bearer sandbox-mind-user-42']]);
    expect([...(await sweep(AGENT)), ...(await sweep(SUPERVISOR))]).toEqual([]);
  });

  it('opens nothing without any credential', () => {
    expect(connectFor().open(startOperation(), null)).toBeNull();
  });

  it('tells a caller whose credential is refused, and keeps quiet about the gateway’s own', async () => {
    const refused = { headers: { authorization: 'Bearer canary' }, isCallers: true };
    const read = async () => open(connectFor(), refused).accountById('42');
    const error: unknown = await read().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', backend: 'mind', httpStatus: 401 });
    expect(String(error)).not.toContain('canary');
    await expect(open(connectFor('canary'), null).accountById('42')).rejects.toMatchObject({
      code: 'UPSTREAM_ERROR',
      httpStatus: 401,
    });
  });

  it('identifies callers with their permissions', async () => {
    const adapter = connectFor();
    expect(await adapter.identify(startOperation(), cookie(SUPERVISOR))).toMatchObject({
      id: '42',
      permissions: expect.arrayContaining(['readAnyUserProfile']),
    });
    expect(await adapter.identify(startOperation(), bearer(AGENT))).toEqual({ id: '43', permissions: [] });
    await expect(adapter.identify(startOperation(), bearer(98_765))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it.each(['{"permissions":["updateSpecificProfile"]}', '{"id":"x"}', '{"id":7,"permissions":"all"}', '[]'])(
    'takes nobody for a caller by the answer %s',
    async (body) => {
      bench.sandbox.switches.set({ reply: { status: 200, body } });
      await expect(connectFor().identify(startOperation(), bearer(AGENT))).rejects.toMatchObject({
        code: 'UPSTREAM_BAD_RESPONSE',
      });
    },
  );

  it.each<readonly [Partial<DirectoryFilter>, readonly number[]]>([
    [{ kind: 'VENDOR' }, [1]],
    [{ kind: 'SERVICE_WORKERS' }, [2]],
    [{ query: 'mustermann' }, [42]],
    [{ query: 'e', teamIds: [2], onlineOnly: true, kind: 'ALL' }, [42]],
  ])('filters the directory by %j', async (filter, ids) => {
    const reader = open(connectFor(bench.sandbox.serviceToken), null);
    const page = await reader.listAccounts({ offset: 0, limit: 5, filter: { ...NO_FILTER, ...filter } });
    expect(page.ids.map(Number).filter((id) => id < 1000)).toEqual(ids);
  });

  it('reads the extra data of one person, and null of nobody', async () => {
    const reader = open(connectFor(bench.sandbox.serviceToken), null);
    const read = () =>
      Promise.all(['42', '42', '999999'].flatMap((id) => [reader.rawData(id), reader.supersetRoles(id)]));
    let found: readonly unknown[] = [];
    const calls = await bench.callsOf(async () => {
      found = await read();
    });
    const roles = ['Gamma', 'Alpha', 'Admin'];
    const raw = { costCentre: 'CC-7', shirtSize: 'L' };
    expect(found).toEqual([raw, roles, raw, roles, null, null]);
    expect(calls).toBe(4);
  });
});

describe('the index of Mind', () => {
  const bench = useBackend(MIND, CAST);

  it('leads from an external id to its bearer', async () => {
    const reader = bench.connect().open();
    expect(await reader.accountsByExternalId('EMP-0042')).toMatchObject([{ id: '42' }]);
    expect(await reader.accountsByExternalId('EMP-42')).toEqual([]);
  });

  it('tells programs from people', async () => {
    const reader = bench.connect().open();
    const known = await Promise.all(['42', '2'].map((id) => reader.knownById(id)));
    expect(known.map((account) => account?.isPerson)).toEqual([true, false]);
  });

  it('forgets who is no longer there, and takes over what a read shows', async () => {
    const connection = bench.connect();
    await connection.open().knownById('42');
    const rows = [MIND.list.row(43, { email: 'new@example.com' })];
    bench.sandbox.switches.set({ reply: { status: 200, body: JSON.stringify(rows) } });
    const reader = connection.open();
    expect(await Promise.all([reader.accountById('42'), reader.accountById('43')])).toMatchObject([null, {}]);
    expect(await reader.knownById('42')).toBeNull();
    expect(await reader.accountsByEmail('new@example.com')).toMatchObject([{ id: '43' }]);
    expect(await reader.accountsByEmail('erika.gabler@example.com')).toEqual([]);
  });
});

describe('a Mind installation', () => {
  const bench = useBackend(MIND, generatePeople(200));
  const ids = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => String(1000 + from + i));

  it('that ignores userIds[] is noticed once and then read one by one for some minutes', async () => {
    bench.sandbox.switches.set({ withoutUserIds: true });
    let passedMs = 0;
    const connection = bench.connect({ now: () => Date.now() + passedMs });
    const paths = async (wanted: readonly string[]) => {
      const reader = connection.open();
      const requests = await bench.requestsOf(async () => {
        const accounts = await Promise.all(wanted.map(async (id) => reader.accountById(id)));
        expect(accounts).toMatchObject(wanted.map((id) => ({ id })));
      });
      return requests.map(({ path }) => path.replace('/api/mind', '')).sort();
    };
    const three = ['/profile/1150', '/profile/1151', '/profile/1152'];
    expect(await paths(ids(0, 3))).toEqual(['/profiles']);
    expect(await paths(ids(150, 153))).toEqual([...three, '/profiles']);
    expect(await paths(ids(150, 153))).toEqual(three);
    expect(await paths(ids(0, 1))).toEqual(['/profile/1000']);
    passedMs = 11 * 60_000;
    expect(await paths(ids(150, 153))).toEqual([...three, '/profiles']);
  });

  it('that ignores userIds[] still answers null for nobody', async () => {
    bench.sandbox.switches.set({ withoutUserIds: true });
    const reader = bench.connect().open();
    const found = await Promise.all(['999999', '1150'].map(async (id) => reader.accountById(id)));
    expect(found).toMatchObject([null, { id: '1150' }]);
  });

  it.each([100, 200])('that never sends more than %i rows is still known whole', async (listLimitCap) => {
    bench.sandbox.switches.set({ listLimitCap });
    const connection = bench.connect();
    expect(await connection.open().knownById('1199')).toMatchObject({ id: '1199' });
    const reader = connection.open();
    const pages = await Promise.all(
      [0, 100].map((offset) => reader.listAccounts({ offset, limit: 100, filter: NO_FILTER })),
    );
    expect(pages.map(({ ids, hasMore }) => [ids.length, hasMore])).toEqual([
      [100, true],
      [100, false],
    ]);
  });

  it.each([
    ['Europe/Berlin', '2022-08-12 12:21:21', '2022-08-12T10:21:21.000Z'],
    ['Europe/Berlin', '2022-01-12 12:21:21', '2022-01-12T11:21:21.000Z'],
    ['America/New_York', '2022-01-12 20:00:00', '2022-01-13T01:00:00.000Z'],
    ['UTC', '2022-08-12 12:21:21', '2022-08-12T12:21:21.000Z'],
  ])('in %s says %s for %s', async (timeZone, lastSeen, instant) => {
    const { url, serviceToken: token, switches } = bench.sandbox;
    const body = JSON.stringify([MIND.list.row(1000, { lastSeen })]);
    switches.set({ only: { path: '/profiles' }, reply: { status: 200, body } });
    const adapter = createMindAdapter({ url, token, timeZone, settingsPatch: 'merge', timeoutMs: 4_000 });
    const account = await adapter.open(startOperation(), null)?.reader.accountById('1000');
    await adapter.close();
    expect(account?.lastSeenAt).toBe(instant);
  });
});

describe('reading people of Mind one by one', () => {
  const bench = useBackend(MIND, []);

  it('is bounded, gives each answer to its own id, and lets one person fail alone', async () => {
    const server = await startScriptedServer(({ pathname }) => {
      const id = Number(/^\/profile\/(\d+)$/.exec(pathname)?.[1] ?? Number.NaN);
      if (Number.isNaN(id)) return { profiles: [MIND.list.row(1)] };
      if (id === 13) return 500;
      return MIND.list.row(id === 14 ? 15 : id);
    });
    const reader = bench.connect({ url: server.url }).open();
    const wanted = Array.from({ length: 40 }, (_, i) => String(i + 2));
    const answers = await Promise.allSettled(wanted.map(async (id) => reader.accountById(id)));
    await server.close();
    expect(answers).toMatchObject(
      wanted.map((id) => {
        if (id === '13') return { status: 'rejected', reason: { code: 'UPSTREAM_ERROR', backend: 'mind' } };
        // The answer was another person's.
        if (id === '14') return { status: 'fulfilled', value: null };
        return { status: 'fulfilled', value: { id, email: `row.${id}@example.com` } };
      }),
    );
    expect(server.received).toHaveLength(42);
    expect(server.mostAtOnce).toBe(16);
  });
});
