import { describe, expect, it } from '@jest/globals';
import { createV2Adapter } from '../../src/adapters/v2/index.js';
import type { V2Reader } from '../../src/domain/ports.js';
import type { DeskStatus } from '../../src/domain/profile.js';
import type { LedgerEntry } from '../../src/sandbox/core/ledger.js';
import { CAST, generatePeople } from '../../src/sandbox/people.js';
import { startV2Sandbox, type V2Sandbox, type V2Switches } from '../../src/sandbox/v2/index.js';
import {
  describeAdapter,
  NO_FILTER,
  startOperation,
  useBackend,
  type AdapterUnderTest,
  type ConnectedAdapter,
} from './conformance.js';
import { startScriptedServer } from './scripted-server.js';

const DESK_STATUSES: readonly DeskStatus[] = [
  { id: '1', name: 'Available', availability: 'AVAILABLE' },
  { id: '2', name: 'In conversation', availability: 'BUSY' },
];
/** Everybody and the user of the key, who is nobody of the cast. */
const pages = (n: number) => Math.ceil((n + 1) / 999);

const V2: AdapterUnderTest<V2Reader, V2Sandbox> = {
  backend: 'v2',
  start: startV2Sandbox,
  connect(sandbox, { url = sandbox.url, timeoutMs = 4_000, now = Date.now }) {
    const adapter = createV2Adapter({
      url,
      apiKey: sandbox.apiKey,
      deskStatuses: DESK_STATUSES,
      timeoutMs,
      now,
    });
    return { open: (scope) => adapter.open(scope).reader, close: () => adapter.close() };
  },
  readCalls: (k, n) => (k < pages(n) + 1 ? k : pages(n)),
  sweepCalls: pages,
  directory: (n) => ({ size: n + 1, totalCount: n + 1 }),
  list: {
    path: '/api/v2/user',
    row: (id, fields) => ({
      id,
      name: `user.${id}`,
      firstname: 'Ida',
      lastname: 'Zeile',
      email: `row.${id}@example.com`,
      telephone_number: '+4930',
      language: 'de',
      dateFormat: 'de_DE',
      groups: [1, 4],
      active: 1,
      statusID: 1,
      statusLocked: 0,
      ...fields,
    }),
    shapes: {
      'an envelope': (items) => ({
        type: 'user',
        itemStart: 0,
        itemTotal: items.length,
        itemLimit: 999,
        items,
      }),
      'an envelope without a total': (items) => ({ type: 'user', items }),
      'an envelope of text': (items) => ({ itemStart: '0', itemTotal: String(items.length), items }),
      'a bare array': (rows) => rows,
    },
  },
  broken: { fields: { groups: 'all' }, field: 'groups' },
  spellings: [
    ...[1, true, '1', 'true'].map((active) => [{ active }, { active: true }] as const),
    ...[0, false, '0', 'false'].map((statusLocked) => [{ statusLocked }, { isStatusLocked: false }] as const),
    [
      { active: null, statusLocked: undefined },
      { active: null, isStatusLocked: null },
    ],
    [{ groups: ['1', 4] }, { groups: [1, 4] }],
    [
      { groups: undefined, telephone_number: '' },
      { groups: null, telephone: null },
    ],
    [{ statusID: '2' }, { status: { id: '2', name: 'In conversation', availability: 'BUSY' } }],
    [{ statusID: 77 }, { status: { id: '77', name: null, availability: 'UNKNOWN' } }],
    [{ statusID: 0 }, { status: null }],
    [{ language: 'pt_BR' }, { language: 'pt-BR' }],
  ],
  unknownWords: { status: { name: null, availability: 'UNKNOWN' } },
  readAll: (reader, id) =>
    Promise.all([
      reader.accountById(id),
      reader.deskSettings(id),
      reader.deskViews(id, null, 15),
      reader.knownById(id),
      reader.listAccounts({ offset: 0, limit: 5, filter: NO_FILTER }),
    ]),
  async create({ url, apiKey }) {
    const form = new FormData();
    const fields = { firstname: 'Nova', lastname: 'Neu', name: 'nova.neu', email: 'nova.neu@example.com' };
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    await fetch(`${url}/api/v2/user`, { method: 'POST', headers: { apiKey }, body: form });
    const response = await fetch(`${url}/api/v2/user?query=nova.neu`, { headers: { apiKey } });
    const { items } = (await response.json()) as { items: readonly { id: number }[] };
    return String(items[0]?.id);
  },
};

describeAdapter(V2);

describe('finding people of v2, who have no read by id', () => {
  const bench = useBackend(V2, CAST);
  const MAX = { id: '17', email: 'max.mustermann@example.com' };
  const queries = (requests: readonly LedgerEntry[]) =>
    requests.map(({ query }) => new URLSearchParams(query).get('query'));

  async function warmedUp(): Promise<ConnectedAdapter<V2Reader>> {
    const connection = bench.connect();
    await connection.open().accountsByEmail(MAX.email);
    return connection;
  }

  async function change(id: string, fields: Readonly<Record<string, string>>): Promise<void> {
    const { url, apiKey } = bench.sandbox;
    const body = new URLSearchParams(fields);
    await fetch(`${url}/api/v2/user/${id}`, { method: 'PUT', headers: { apiKey }, body });
  }

  it('still finds who has got another address since the index was built', async () => {
    const connection = await warmedUp();
    await change(MAX.id, { email: 'max.new@example.com' });
    const find = () => connection.open().accountById(MAX.id);
    let account: unknown;
    const requests = await bench.requestsOf(async () => {
      account = await find();
    });
    expect(account).toMatchObject({ id: MAX.id, email: 'max.new@example.com' });
    // The old address finds nobody; then everybody is swept.
    expect(queries(requests)).toEqual([MAX.email, null]);
  });

  it('still finds whose old address has gone to somebody else', async () => {
    const connection = await warmedUp();
    await change(MAX.id, { email: 'max.new@example.com' });
    await change('18', { email: MAX.email });
    expect(await connection.open().accountById(MAX.id)).toMatchObject({ email: 'max.new@example.com' });
    expect(await connection.open().accountById('18')).toMatchObject({ email: MAX.email });
  });

  it('tells the people behind a shared mailbox apart', async () => {
    const connection = await warmedUp();
    expect(await connection.open().accountsByEmail('info@example.com')).toHaveLength(2);
    const requests = await bench.requestsOf(async () => {
      expect(await connection.open().accountById('22')).toMatchObject({ id: '22', firstName: 'Saskia' });
    });
    expect(queries(requests)).toEqual(['info@example.com']);
  });

  it('finds a user without an address by a sweep', async () => {
    await change('23', { email: '' });
    const connection = await warmedUp();
    const requests = await bench.requestsOf(async () => {
      expect(await connection.open().accountById('23')).toMatchObject({ id: '23', email: null });
    });
    expect(queries(requests)).toEqual([null]);
  });

  it('forgets who is no longer there', async () => {
    const connection = await warmedUp();
    bench.sandbox.switches.set({ reply: { status: 200, body: '[]' } });
    expect(await connection.open().accountById(MAX.id)).toBeNull();
    expect(await connection.open().accountsByEmail(MAX.email)).toEqual([]);
  });

  it('knows no external ids', async () => {
    expect(await bench.connect().open().accountsByExternalId('EMP-0042')).toEqual([]);
  });

  it('tells the inactive account of a re-hired person from the active one', async () => {
    const known = await bench.connect().open().accountsByEmail('rita.wieder@example.com');
    expect(known.map(({ id, active }) => [id, active]).sort()).toEqual([
      ['28', false],
      ['29', true],
    ]);
  });

  it('takes an address for a search term only as a whole', async () => {
    expect(await bench.connect().open().searchByEmail('max')).toEqual([]);
    expect(await bench.connect().open().searchByEmail('"odd"@example.com')).toEqual([]);
  });

  it('reads settings and views of one person, once each', async () => {
    const reader = bench.connect().open();
    const calls = await bench.callsOf(async () => {
      const [settings, again, views] = await Promise.all([
        reader.deskSettings('18'),
        reader.deskSettings('18'),
        reader.deskViews('18', 'Follow-up', 5),
      ]);
      expect(settings).toMatchObject({
        maxChats: 5,
        chatSoundOnNewMessage: true,
        notifyOnTicketAssignment: true,
        ticketIncognitoMode: false,
        autoAnswerCalls: false,
      });
      expect(again).toBe(settings);
      expect(views).toMatchObject([{ id: '3', name: 'Follow-up', selected: false }]);
    });
    expect(calls).toBe(2);
  });

  it.each<readonly [string, V2Switches]>([
    ['numbers as text', { numbersAsText: true }],
    ['flags as booleans', { flagsAsBooleans: true }],
    ['a bare array', { indexShape: 'array' }],
    ['no total', { indexShape: 'no-total' }],
  ])('reads the same from %s', async (_what, switches) => {
    const read = () => V2.readAll(bench.connect().open(), MAX.id) as Promise<readonly unknown[]>;
    const before = await read();
    bench.sandbox.switches.set(switches);
    const after = await read();
    expect(after.slice(0, 4)).toEqual(before.slice(0, 4));
    const total = switches.indexShape === undefined ? expect.any(Number) : null;
    expect(after[4]).toEqual({ ...(before[4] as object), totalCount: total });
  });

  it('reads null for keys that are left out', async () => {
    bench.sandbox.switches.set({ sparse: true });
    expect(await bench.connect().open().accountById(MAX.id)).toMatchObject({
      ...MAX,
      username: 'max.m',
      telephone: null,
      groups: null,
      active: null,
      status: null,
      isStatusLocked: null,
    });
  });
});

describe('sweeping a large v2 directory', () => {
  const bench = useBackend(V2, generatePeople(2_500));

  it.each<readonly [string, V2Switches]>([
    ['a total', {}],
    ['the total as text', { numbersAsText: true }],
    ['no total', { indexShape: 'no-total' }],
    ['bare arrays', { indexShape: 'array' }],
  ])('takes three pages given %s', async (_what, switches) => {
    bench.sandbox.switches.set(switches);
    const reader = bench.connect().open();
    const requests = await bench.requestsOf(() => reader.knownById('300000'));
    const starts = requests.map(({ query }) => Number(new URLSearchParams(query).get('itemStart')));
    expect(starts).toEqual([0, 999, 1998]);
    expect(await reader.knownById('302499')).not.toBeNull();
  });

  it('ends although the total is absurd', async () => {
    const body = JSON.stringify({ itemTotal: 1e14, items: [V2.list.row(300_000)] });
    bench.sandbox.switches.set({ reply: { status: 200, body } });
    const operation = startOperation({ budget: 20 });
    await expect(bench.connect().open(operation).knownById('300000')).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
    });
  });

  it('lets one person fail alone when that person’s search fails', async () => {
    const people = Array.from({ length: 1_500 }, (_, i) => V2.list.row(i + 1));
    const server = await startScriptedServer(({ searchParams }) => {
      const query = searchParams.get('query');
      if (query === 'row.2@example.com') return 500;
      const start = Number(searchParams.get('itemStart'));
      const items =
        query === null ? people.slice(start, start + 999) : people.filter(({ email }) => email === query);
      return { itemTotal: people.length, items };
    });
    const connection = bench.connect({ url: server.url });
    await connection.open().knownById('1');
    const reader = connection.open();
    const answers = await Promise.allSettled(['1', '2'].map(async (id) => reader.accountById(id)));
    await server.close();
    expect(answers).toMatchObject([
      { status: 'fulfilled', value: { id: '1' } },
      { status: 'rejected', reason: { code: 'UPSTREAM_ERROR', backend: 'v2' } },
    ]);
  });
});

describe('a desk that pages in a way of its own', () => {
  const bench = useBackend(V2, generatePeople(3));
  const crowd = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      id: i + 1,
      name: `u${i + 1}`,
      email: `row.${i + 1}@example.com`,
    }));

  /** The pages it takes to find the last of `count` people; `capped`: rows that the server gives at most. */
  it.each<[string, number, (start: number, limit: number) => [number, number], number]>([
    ['sends 1,500 people whatever is asked for', 1_500, () => [0, 1_500], 1],
    ['sends 999 people whatever is asked for', 999, () => [0, 999], 2],
    ['sends at most 100 people at once', 250, (start, limit) => [start, start + Math.min(limit, 100)], 3],
    ['pages as documented', 1_500, (start, limit) => [start, start + limit], 2],
  ])('that %s, without a total, is known whole', async (_how, count, cut, calls) => {
    const people = crowd(count);
    const server = await startScriptedServer(({ searchParams }) =>
      people.slice(...cut(Number(searchParams.get('itemStart')), Number(searchParams.get('itemLimit')))),
    );
    const reader = bench.connect({ url: server.url }).open();
    const last = await reader.knownById(String(count));
    await server.close();
    expect(last).toMatchObject({ email: `row.${count}@example.com` });
    expect(server.received).toHaveLength(calls);
  });

  it('that sends fewer people than asked for still says by its total that more follow', async () => {
    const people = crowd(250);
    const server = await startScriptedServer(({ searchParams }) => {
      const start = Number(searchParams.get('itemStart'));
      return { itemTotal: people.length, items: people.slice(start, start + 100) };
    });
    const reader = bench.connect({ url: server.url }).open();
    const pages = [];
    for (const offset of [0, 100, 200])
      pages.push(await reader.listAccounts({ offset, limit: 100, filter: NO_FILTER }));
    await server.close();
    expect(pages.map(({ ids, hasMore }) => [ids.length, hasMore])).toEqual([
      [100, true],
      [100, true],
      [50, false],
    ]);
  });

  it('is not asked for a text that its search refuses', async () => {
    const reader = bench.connect().open();
    const filter = { ...NO_FILTER, query: '\u00e9' };
    const calls = await bench.callsOf(async () => {
      await expect(reader.listAccounts({ offset: 0, limit: 10, filter })).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringContaining('"filter.query"'),
      });
    });
    expect(calls).toBe(0);
  });

  it('shows somebody whose rows contradict each other in the list, and fails where they are read', async () => {
    const twice = [...crowd(2), { id: 2, name: 'other', email: 'other@example.com' }];
    const server = await startScriptedServer(() => ({ itemTotal: 2, items: twice }));
    const reader = bench.connect({ url: server.url }).open();
    const { ids } = await reader.listAccounts({ offset: 0, limit: 10, filter: NO_FILTER });
    const read = async () => reader.accountById('2');
    await expect(read()).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', backend: 'v2' });
    await server.close();
    expect(ids).toEqual(['1', '2']);
  });
});
