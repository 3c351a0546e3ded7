import { afterEach, describe, expect, it } from '@jest/globals';
import {
  createOmnivibeAdapter,
  type OmnivibeAdapter,
  type OmnivibeOptions,
} from '../../src/adapters/omnivibe/index.js';
import type { OmnivibeReader } from '../../src/domain/ports.js';
import { OMNIVIBE_DEPTHS, type OmnivibeDepth } from '../../src/domain/profile.js';
import { startOmnivibeSandbox, type OmnivibeSandbox } from '../../src/sandbox/omnivibe/index.js';
import { CAST } from '../../src/sandbox/people.js';
import {
  describeAdapter,
  NO_FILTER,
  startOperation,
  useBackend,
  type AdapterUnderTest,
} from './conformance.js';
import { startScriptedServer } from './scripted-server.js';

const OMNIVIBE: AdapterUnderTest<OmnivibeReader, OmnivibeSandbox> = {
  backend: 'omnivibe',
  start: startOmnivibeSandbox,
  connect(sandbox, { url = sandbox.url, timeoutMs = 4_000, now = Date.now }) {
    const adapter = createOmnivibeAdapter({
      url,
      platformUrl: url,
      token: sandbox.adminToken,
      accountId: String(sandbox.accountId),
      platformToken: sandbox.platformToken,
      userTokens: sandbox.userTokens,
      tokenHeader: 'api_access_token',
      timeoutMs,
      now,
    });
    return { open: (scope) => adapter.open(scope, null)?.reader ?? null, close: () => adapter.close() };
  },
  readCalls: () => 1,
  sweepCalls: () => 1,
  // The administrator is listed too.
  directory: (n) => ({ size: n + 1, totalCount: n + 1 }),
  list: {
    path: '/api/v1/accounts/:account_id/agents',
    row: (id, fields) => ({
      id,
      account_id: 1,
      name: 'Ida Zeile',
      available_name: 'Ida',
      email: `row.${id}@example.com`,
      role: 'agent',
      confirmed: true,
      availability_status: 'busy',
      auto_offline: true,
      thumbnail: '',
      custom_attributes: { phone_number: '+49' },
      ...fields,
    }),
    shapes: { 'a bare array': (rows) => rows },
  },
  broken: { fields: { role: ['agent'] }, field: 'role' },
  spellings: [
    ...[true, 1, '1', 'true'].map((confirmed) => [{ confirmed }, { confirmed: true }] as const),
    ...[false, 0, '0', 'false'].map(
      (auto_offline) => [{ auto_offline }, { inbox: { autoOffline: false } }] as const,
    ),
    [
      { confirmed: null, thumbnail: '' },
      { confirmed: null, avatarUrl: null },
    ],
    [{ custom_attributes: [] }, { customAttributes: null }],
    [{ availability_status: 'online' }, { effectiveAvailability: { value: 'AVAILABLE', native: 'online' } }],
  ],
  unknownWords: { effectiveAvailability: { value: 'UNKNOWN', native: null } },
  readAll: (reader, id) =>
    Promise.all([
      ...OMNIVIBE_DEPTHS.map((depth) => reader.accountById(id, depth)),
      reader.knownById(id),
      reader.listAccounts({ offset: 0, limit: 5, filter: NO_FILTER }),
    ]),
  async create({ url, accountId, adminToken }) {
    const response = await fetch(`${url}/api/v1/accounts/${accountId}/agents`, {
      method: 'POST',
      headers: { api_access_token: adminToken, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Nova Neu', email: 'nova.neu@example.com', role: 'agent' }),
    });
    const { id } = (await response.json()) as { id: number };
    return String(id);
  },
};

describeAdapter(OMNIVIBE);

describe('the ways to an omnivibe user', () => {
  const bench = useBackend(OMNIVIBE, CAST);
  const MAX = { id: '3', email: 'max.mustermann@example.com' };
  const PETRA = { id: '7', email: 'petra.allein@example.com' };
  const LIST = '/api/v1/accounts/1/agents';
  const PLATFORM = `/platform/api/v1/users/${MAX.id}`;
  const TOKEN = '/api/v1/profile';
  const TOKENS_OF_MAX = { [MAX.email.toUpperCase()]: 'sandbox-omnivibe-user-3' };
  const NOTHING = { token: null, accountId: null, platformToken: null, userTokens: {} };

  const adapters: OmnivibeAdapter[] = [];
  afterEach(async () => {
    await Promise.all(adapters.splice(0).map((adapter) => adapter.close()));
  });

  /** An adapter with no credentials but these. */
  function connectWith(options: Partial<OmnivibeOptions>) {
    const { url } = bench.sandbox;
    const tokenHeader = 'api_access_token';
    const adapter = createOmnivibeAdapter({
      ...{ url, platformUrl: url, timeoutMs: 4_000, tokenHeader, ...NOTHING },
      ...options,
    });
    adapters.push(adapter);
    return adapter;
  }
  function openWith(options: Partial<OmnivibeOptions>, scope = startOperation()): OmnivibeReader {
    const reader = connectWith(options).open(scope, null)?.reader;
    if (reader === undefined) throw new Error('no credential');
    return reader;
  }
  const list = () => ({ token: bench.sandbox.adminToken, accountId: '1' });
  const platform = () => ({ platformToken: bench.sandbox.platformToken });
  const tokens = () => ({ userTokens: TOKENS_OF_MAX });
  const all = () => ({ ...list(), ...platform(), ...tokens() });

  it.each<readonly [string, OmnivibeDepth, () => Partial<OmnivibeOptions>, readonly string[]]>([
    ['the list', 'listed', list, [LIST]],
    ['the list', 'profile', list, [LIST]],
    ['the list', 'presence', list, [LIST]],
    ['the platform', 'listed', platform, [PLATFORM]],
    ['the platform', 'profile', platform, [PLATFORM]],
    ['the platform', 'presence', platform, [PLATFORM]],
    ['tokens', 'listed', tokens, [TOKEN]],
    ['tokens', 'profile', tokens, [TOKEN]],
    ['tokens', 'presence', tokens, [TOKEN]],
    ['list and platform', 'presence', () => ({ ...list(), ...platform() }), [PLATFORM, LIST]],
    ['everything', 'listed', all, [LIST]],
    ['everything', 'profile', all, [PLATFORM]],
    ['everything', 'presence', all, [LIST, TOKEN]],
  ])('given %s lead to depth %s by the fewest calls', async (_what, depth, options, paths) => {
    const reader = openWith(options());
    const requests = await bench.requestsOf(async () => {
      expect(await reader.accountById(MAX.id, depth)).toMatchObject(MAX);
    });
    expect(requests.map(({ path }) => path)).toEqual(paths);
  });

  it('show more the deeper they lead', async () => {
    const reader = (depth: OmnivibeDepth) => openWith(all()).accountById(MAX.id, depth);
    expect(await reader('listed')).toMatchObject({ memberships: null, inbox: { messageSignature: null } });
    expect(await reader('profile')).toMatchObject({ inbox: { messageSignature: 'Kind regards, Max' } });
    expect(await reader('presence')).toMatchObject({
      effectiveAvailability: { value: 'AVAILABLE', native: 'online' },
      memberships: [{ accountId: '1', availability: 'AVAILABLE' }, { accountId: '2' }],
    });
  });

  it('take who is wanted at two depths only one, which shows what both show', async () => {
    const reader = openWith(all());
    const requests = await bench.requestsOf(async () => {
      const both = (['listed', 'profile'] as const).map(async (depth) => reader.accountById(MAX.id, depth));
      const shown = { inbox: { autoOffline: true, messageSignature: 'Kind regards, Max' } };
      expect(await Promise.all(both)).toMatchObject([shown, shown]);
    });
    expect(requests.map(({ path }) => path)).not.toContain(PLATFORM);
  });

  it('leave out the platform for whom it must not touch', async () => {
    bench.sandbox.switches.set({ notPermissible: [3] });
    const requests = await bench.requestsOf(async () => {
      expect(await openWith(all()).accountById(MAX.id, 'profile')).toMatchObject(MAX);
      expect(await openWith(platform()).accountById(MAX.id, 'profile')).toBeNull();
    });
    expect(requests.map(({ path }) => path)).toEqual([PLATFORM, LIST, TOKEN, PLATFORM]);
  });

  it('end at a platform token that is not accepted', async () => {
    await expect(openWith({ platformToken: 'canary' }).accountById(MAX.id)).rejects.toMatchObject({
      code: 'UPSTREAM_ERROR',
      backend: 'omnivibe',
      httpStatus: 401,
    });
  });

  it.each([
    ['api_access_token', 'rejected'],
    ['Api-Access-Token', 'fulfilled'],
  ])('behind a proxy that drops underscores, with the header %s, are %s', async (tokenHeader, status) => {
    bench.sandbox.switches.set({ dropUnderscoreHeaders: true });
    const answers = await Promise.allSettled(
      [list, platform, tokens].map(async (way) => openWith({ ...way(), tokenHeader }).accountById(MAX.id)),
    );
    expect(answers.map((answer) => answer.status)).toEqual([status, status, status]);
  });

  it('show no display name where the list’s equals the name', async () => {
    const row = OMNIVIBE.list.row(3, { name: 'Max M.', available_name: 'Max M.' });
    bench.sandbox.switches.set({
      only: { path: OMNIVIBE.list.path },
      reply: { status: 200, body: JSON.stringify([row]) },
    });
    expect(await openWith(list()).accountById(MAX.id)).toMatchObject({
      displayName: null,
      availableName: 'Max M.',
    });
  });

  it('end for one person alone when that person’s token is revoked', async () => {
    const userTokens = { [PETRA.email]: 'revoked', ...TOKENS_OF_MAX };
    const reader = openWith({ userTokens });
    expect(await reader.accountById(MAX.id, 'profile')).toMatchObject(MAX);
    await expect(reader.accountById(PETRA.id, 'profile')).rejects.toMatchObject({
      code: 'UPSTREAM_ERROR',
      httpStatus: 401,
    });
    expect(await reader.accountsByEmail(MAX.email)).toMatchObject([MAX]);
  });

  it('do not take the owner of a token for somebody whose address it is filed under', async () => {
    const reader = openWith({ userTokens: { [PETRA.email]: 'sandbox-omnivibe-user-3' } });
    expect(await reader.accountsByEmail(PETRA.email)).toEqual([]);
    expect(await reader.accountById(PETRA.id, 'presence')).toBeNull();
    expect(await reader.accountById(MAX.id, 'presence')).toBeNull();
  });

  it('begin at a token of the caller’s own for the caller’s own account only', async () => {
    const adapter = connectWith(list());
    const open = () => {
      const reader = adapter.open(startOperation(), bench.sandbox.tokenFor(3))?.reader;
      if (reader === undefined) throw new Error('no credential');
      return reader;
    };
    const reader = open();
    expect(await reader.callersAccount()).toEqual({ backend: 'omnivibe', id: MAX.id });
    expect(await reader.accountById(MAX.id, 'presence')).toMatchObject({ ...MAX, memberships: [{}, {}] });
    expect(await reader.accountById(PETRA.id, 'presence')).toMatchObject({ ...PETRA, memberships: null });
    expect(await Promise.all([reader.holdsTokenOf(MAX.id), reader.holdsTokenOf(PETRA.id)])).toEqual([
      true,
      false,
    ]);
    // The next operation of somebody else does not know of it.
    expect(await openWith(list()).callersAccount()).toBeNull();
  });

  it('tell the caller that the token sent along is refused', async () => {
    const reader = connectWith({}).open(startOperation(), 'canary')?.reader;
    await expect(reader?.callersAccount()).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      httpStatus: 401,
    });
  });

  it('lead from an external id to its bearer, by the list', async () => {
    expect(await openWith(list()).accountsByExternalId('EMP-0042')).toMatchObject([MAX]);
    expect(await openWith(list()).accountsByExternalId('EMP-42')).toEqual([]);
    expect(await openWith(platform()).accountsByExternalId('EMP-0042')).toEqual([]);
  });

  it('find who was listed since the index was built', async () => {
    let passedMs = 0;
    const adapter = connectWith({ ...list(), now: () => Date.now() + passedMs });
    const known = (id: string) => adapter.open(startOperation(), null)?.reader.knownById(id);
    await known(MAX.id);
    const id = await OMNIVIBE.create(bench.sandbox);
    expect(await known(id)).toBeNull();
    passedMs = 11_000;
    expect(await known(id)).toMatchObject({ id });
  });

  it('find who was listed since by their address, though the operation has just not found them', async () => {
    let passedMs = 0;
    const adapter = connectWith({ ...list(), now: () => Date.now() + passedMs });
    const email = 'nova.neu@example.com';
    expect(await adapter.open(startOperation(), null)?.reader.accountsByEmail(email)).toEqual([]);
    await OMNIVIBE.create(bench.sandbox);
    passedMs = 11_000;
    const reader = adapter.open(startOperation(), null)?.reader;
    expect(await reader?.accountsByEmail(email)).toEqual([]);
    expect(await reader?.searchByEmail(email)).toMatchObject([{ email }]);
  });

  it('forget who is no longer listed', async () => {
    const adapter = connectWith(list());
    const open = () => adapter.open(startOperation(), null)?.reader;
    await open()?.accountsByEmail(MAX.email);
    bench.sandbox.switches.set({ reply: { status: 200, body: '[]' } });
    expect(await open()?.accountById(MAX.id)).toBeNull();
    expect(await open()?.accountsByEmail(MAX.email)).toEqual([]);
  });

  it('tell of the unconfirmed that they are', async () => {
    const [known] = await openWith(list()).accountsByEmail('tom.neu@example.com');
    expect(known).toMatchObject({ id: '10', isConfirmed: false });
  });

  it('lead to no directory without the list', async () => {
    const reader = openWith({ ...platform(), ...tokens() });
    const requests = await bench.requestsOf(() =>
      expect(reader.listAccounts({ offset: 0, limit: 5, filter: NO_FILTER })).rejects.toMatchObject({
        code: 'UNSUPPORTED',
        backend: 'omnivibe',
      }),
    );
    expect(requests).toEqual([]);
  });

  it('are closed without any credential', () => {
    expect(connectWith({}).open(startOperation(), null)).toBeNull();
    expect(connectWith({ token: 'x' }).open(startOperation(), null)).toBeNull();
  });
});

describe('reading people of the omnivibe platform', () => {
  const bench = useBackend(OMNIVIBE, []);

  it('is bounded, gives each answer to its own id, and lets one person fail alone', async () => {
    const server = await startScriptedServer(({ pathname }) => {
      const id = Number(pathname.split('/').at(-1));
      if (id === 13) return 503;
      return OMNIVIBE.list.row(id === 14 ? 15 : id);
    });
    const reader = bench.connect({ url: server.url }).open();
    const wanted = Array.from({ length: 80 }, (_, i) => String(i + 2));
    const answers = await Promise.allSettled(wanted.map(async (id) => reader.accountById(id, 'profile')));
    await server.close();
    const [bad, foreign, ...others] = ['13', '14', '2', '81'].map((id) => answers[Number(id) - 2]);
    expect(bad).toMatchObject({
      status: 'rejected',
      reason: { code: 'UPSTREAM_ERROR', backend: 'omnivibe' },
    });
    expect(foreign?.status).not.toBe('fulfilled');
    expect(others).toMatchObject(['2', '81'].map((id) => ({ status: 'fulfilled', value: { id } })));
    expect(server.mostAtOnce).toBeLessThanOrEqual(32);
  });
});
