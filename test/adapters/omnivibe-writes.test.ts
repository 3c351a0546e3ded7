import { afterEach, describe, expect, it } from '@jest/globals';
import {
  createOmnivibeAdapter,
  type OmnivibeAdapter,
  type OmnivibeOptions,
} from '../../src/adapters/omnivibe/index.js';
import { FIELD_PATHS, OWNERSHIP } from '../../src/domain/ownership.js';
import type { FieldChange, FieldPath, OmnivibeReader, WriteCall } from '../../src/domain/ports.js';
import type { JsonObject, JsonValue, OmnivibeAccount, OmnivibeDepth } from '../../src/domain/profile.js';
import type { LedgerEntry } from '../../src/sandbox/core/ledger.js';
import {
  INITIAL_PASSWORD,
  startOmnivibeSandbox,
  type OmnivibeSandbox,
  type OmnivibeSwitches,
} from '../../src/sandbox/omnivibe/index.js';
import { CAST } from '../../src/sandbox/people.js';
import { startOperation, useBackend, type BackendUnderTest } from './conformance.js';
import { startScriptedServer } from './scripted-server.js';

type Values = Readonly<Partial<Record<FieldPath, JsonValue>>>;
type Given = Partial<OmnivibeOptions>;

const OMNIVIBE: BackendUnderTest<OmnivibeReader, OmnivibeSandbox> = {
  backend: 'omnivibe',
  start: startOmnivibeSandbox,
  connect: () => ({ open: () => null, close: async () => Promise.resolve() }),
};
/** After each test, it holds every request against the contract. */
const bench = useBackend(OMNIVIBE, CAST);

const adapters: OmnivibeAdapter[] = [];
afterEach(async () => {
  await Promise.all(adapters.splice(0).map((adapter) => adapter.close()));
});

const MAX = { id: '3', email: 'max.mustermann@example.com' };
const NORA = { id: '6', email: 'nora.quandt@example.com' };
const ADMINS = 'sandbox-omnivibe-user-900';
const PLATFORMS = 'sandbox-omnivibe-platform';
const OF_MAX = 'sandbox-omnivibe-user-3';
const OF_ERIKA = 'sandbox-omnivibe-user-4';

const USER = '/platform/api/v1/users/3';
const AGENT = '/api/v1/accounts/1/agents/3';
const PROFILE = '/api/v1/profile';

const LIST: Given = { token: ADMINS, accountId: '1' };
const PLATFORM: Given = { platformToken: PLATFORMS };
const TOKENS: Given = { userTokens: { [MAX.email]: OF_MAX, [NORA.email]: 'sandbox-omnivibe-user-6' } };
const ALL: Given = { ...LIST, ...PLATFORM, ...TOKENS };

const ANY_WAY = { isBulk: false, isOwnTokenOnly: false };
const OWN_ONLY = { isBulk: false, isOwnTokenOnly: true };

/** One operation, with no credentials but these. */
function open(given: Given, callersToken: string | null = null, operation = startOperation()) {
  const { url = bench.sandbox.url } = given;
  const adapter = createOmnivibeAdapter({
    ...{ url, platformUrl: url, timeoutMs: 4_000, tokenHeader: 'api_access_token' },
    ...{ token: null, accountId: null, platformToken: null, userTokens: {} },
    ...given,
  });
  adapters.push(adapter);
  const opened = adapter.open(operation, callersToken);
  if (opened === null) throw new Error('no credential');
  return { reader: opened.reader, writer: opened.writer() };
}
type Open = ReturnType<typeof open>;

async function accountOf({ reader }: Open, id = MAX.id, depth: OmnivibeDepth = 'presence') {
  const account = await reader.accountById(id, depth);
  if (account === null) throw new Error(`nobody has the id ${id}`);
  return account;
}
/** As Max's own token shows him, also after a change of his address. */
const shownOf = () => accountOf(open({ userTokens: { [MAX.email]: OF_MAX, 'maxi@example.com': OF_MAX } }));

const toChanges = (values: Values) =>
  Object.entries(values).map(([field, value]) => ({ field, value })) as FieldChange[];

async function callsFor(opened: Open, values: Values, options = ANY_WAY) {
  return opened.writer.callsFor(await accountOf(opened), toChanges(values), options);
}

/** Sends the calls one after the other; answers the writes that arrived. */
async function send(calls: readonly WriteCall[]): Promise<readonly LedgerEntry[]> {
  const requests = await bench.requestsOf(async () => {
    for (const call of calls) expect(await call.send()).toBeNull();
  });
  return writesAmong(requests);
}
const writesAmong = (entries: readonly LedgerEntry[]) => entries.filter(({ method }) => method !== 'GET');

const shapeOf = ({ method, path, body, headers }: LedgerEntry) => ({
  ...{ method, path, body },
  ...{ token: headers['api_access_token'], contentType: headers['content-type'] },
});
type Shape = readonly [request: string, token: string, body: JsonObject];
const toShape = ([request, token, body]: Shape) => {
  const [method, path] = request.split(' ');
  return { method, path, body, token, contentType: 'application/json' };
};

/** Every field that omnivibe takes. */
const EVERYTHING = {
  firstName: 'Maxi Muster',
  lastName: 'Maxi Muster',
  displayName: 'Maxi',
  email: 'maxi@example.com',
  phone: '+49 1',
  'settings.inbox.availability': 'BUSY',
  'settings.inbox.autoOffline': false,
  'settings.inbox.messageSignature': 'Bye',
  'settings.inbox.uiSettings': { theme: 'dark' },
} satisfies Values;
const SETTINGS = { message_signature: 'Bye', ui_settings: { theme: 'dark' } };
const PRESENCE: readonly Shape[] = [
  [`POST ${PROFILE}/availability`, OF_MAX, { profile: { account_id: 1, availability: 'busy' } }],
  [`POST ${PROFILE}/auto_offline`, OF_MAX, { profile: { account_id: 1, auto_offline: false } }],
];
const BY_PLATFORM: Shape = [
  `PATCH ${USER}`,
  PLATFORMS,
  {
    ...{ name: 'Maxi Muster', display_name: 'Maxi', email: 'maxi@example.com' },
    custom_attributes: { phone_number: '+49 1' },
  },
];
const BY_TOKEN: readonly Shape[] = [
  [
    `PUT ${PROFILE}`,
    OF_MAX,
    {
      profile: {
        ...{ name: 'Maxi Muster', display_name: 'Maxi', email: 'maxi@example.com', phone_number: '+49 1' },
        ...SETTINGS,
      },
    },
  ],
  ...PRESENCE,
];
const agentPatch = (body: JsonObject): Shape => [`PATCH ${AGENT}`, ADMINS, body];

describe('the calls that change an omnivibe user', () => {
  it.each<readonly [string, Given, Values, typeof ANY_WAY, readonly Shape[]]>([
    ['nothing', ALL, {}, ANY_WAY, []],
    ['everything, by tokens', TOKENS, EVERYTHING, ANY_WAY, BY_TOKEN],
    [
      'everything, by list and tokens',
      { ...LIST, ...TOKENS },
      EVERYTHING,
      ANY_WAY,
      [
        agentPatch({ name: 'Maxi Muster', availability: 'busy', auto_offline: false }),
        [
          `PUT ${PROFILE}`,
          OF_MAX,
          {
            profile: {
              ...{ display_name: 'Maxi', email: 'maxi@example.com', phone_number: '+49 1' },
              ...SETTINGS,
            },
          },
        ],
      ],
    ],
    [
      'everything, by platform and tokens',
      { ...PLATFORM, ...TOKENS },
      EVERYTHING,
      ANY_WAY,
      [BY_PLATFORM, [`PUT ${PROFILE}`, OF_MAX, { profile: SETTINGS }], ...PRESENCE],
    ],
    [
      'everything, by all credentials',
      ALL,
      EVERYTHING,
      ANY_WAY,
      [
        BY_PLATFORM,
        agentPatch({ availability: 'busy', auto_offline: false }),
        [`PUT ${PROFILE}`, OF_MAX, { profile: SETTINGS }],
      ],
    ],
    ['everything, by nothing but the own token', ALL, EVERYTHING, OWN_ONLY, BY_TOKEN],
    ['a name, by the list', LIST, { firstName: 'Ö' }, ANY_WAY, [[`PATCH ${AGENT}`, ADMINS, { name: 'Ö' }]]],
    [
      'a name, by the platform',
      { ...LIST, ...PLATFORM },
      { lastName: 'Ö' },
      ANY_WAY,
      [[`PATCH ${USER}`, PLATFORMS, { name: 'Ö' }]],
    ],
    [
      'the words of availability',
      LIST,
      { 'settings.inbox.availability': 'AVAILABLE' },
      ANY_WAY,
      [agentPatch({ availability: 'online' })],
    ],
    [
      'the words of unavailability',
      LIST,
      { 'settings.inbox.availability': 'OFFLINE' },
      ANY_WAY,
      [agentPatch({ availability: 'offline' })],
    ],
    [
      'what is cleared, by platform and tokens',
      { ...PLATFORM, ...TOKENS },
      {
        displayName: null,
        phone: null,
        'settings.inbox.messageSignature': null,
        'settings.inbox.uiSettings': {},
      },
      ANY_WAY,
      [
        [`PATCH ${USER}`, PLATFORMS, { display_name: null, custom_attributes: { phone_number: null } }],
        [`PUT ${PROFILE}`, OF_MAX, { profile: { message_signature: null, ui_settings: {} } }],
      ],
    ],
    [
      'what is cleared, by tokens',
      TOKENS,
      { displayName: null, phone: null },
      ANY_WAY,
      [[`PUT ${PROFILE}`, OF_MAX, { profile: { display_name: null, phone_number: null } }]],
    ],
  ])('given %s, are what arrives', async (_what, given, values, options, expected) => {
    const calls = await callsFor(open(given), values, options);
    const arrived = await send(calls);
    expect(arrived.map(shapeOf)).toEqual(expected.map(toShape));
    expect(calls.map(({ method, path, body }) => ({ method, path, body }))).toEqual(
      arrived.map(({ method, path, body }) => ({ method, path, body })),
    );
    expect(calls.flatMap(({ fields }) => fields).sort()).toEqual(Object.keys(values).sort());

    const shown = await shownOf();
    for (const [field, value] of Object.entries(values) as [FieldPath, JsonValue][]) {
      const isUnshown = calls.some(({ unshown = [] }) => unshown.includes(field));
      expect({ [field]: readBack(field, shown) }).toEqual({
        [field]: isUnshown ? MAX.email : field === 'displayName' && value === null ? shown.name : value,
      });
    }
  });

  it('take each field of omnivibe’s exactly once, whatever the credentials, and no other field', async () => {
    const account = await shownOf();
    for (const given of [LIST, PLATFORM, TOKENS, ALL]) {
      const { writer } = open(given);
      for (const field of FIELD_PATHS) {
        const fields = () => writer.callsFor(account, [{ field, value: null }], ANY_WAY).map((c) => c.fields);
        if (OWNERSHIP[field].write.omnivibe === undefined) {
          expect(fields).toThrow(TypeError);
          expect(() => writer.accept(field, null)).toThrow(TypeError);
        } else {
          expect(fields()).toEqual([[field]]);
          expect(writer.accept(field, null)).toHaveProperty('isAccepted');
        }
      }
    }
  });

  it('say of an address that it is not shown where it waits for its confirmation', async () => {
    const unshown = async (given: Given, options = ANY_WAY) => {
      const calls = await callsFor(open(given), EVERYTHING, options);
      return calls.flatMap((call) => call.unshown ?? []);
    };
    expect(await unshown(TOKENS)).toEqual(['email']);
    expect(await unshown({ ...LIST, ...TOKENS })).toEqual(['email']);
    expect(await unshown(ALL, OWN_ONLY)).toEqual(['email']);
    expect(await unshown(ALL)).toEqual([]);
    const [email] = await callsFor(open(TOKENS), { email: 'maxi@example.com' });
    expect(email).toMatchObject({ unshown: ['email'] });
    const [others] = await callsFor(open(TOKENS), { displayName: 'Maxi', phone: '+49 1' });
    expect(others).not.toHaveProperty('unshown');
  });

  it('write nobody but the one who is named', async () => {
    const others = () => Promise.all(['4', '6'].map((id) => accountOf(open(LIST), id)));
    const before = await others();
    await send(await callsFor(open(ALL), EVERYTHING));
    expect(await others()).toEqual(before);
  });

  it('choose presence in the account that is active where none is configured', async () => {
    await fetch(`${bench.sandbox.url}${PROFILE}/set_active_account`, {
      method: 'PUT',
      headers: { api_access_token: OF_MAX, 'content-type': 'application/json' },
      body: JSON.stringify({ profile: { account_id: 2 } }),
    });
    const opened = open(TOKENS);
    expect(await accountOf(opened)).toMatchObject({ accountId: '2' });
    const [arrived] = await send(await callsFor(opened, { 'settings.inbox.availability': 'BUSY' }));
    expect(arrived?.body).toEqual({ profile: { account_id: 2, availability: 'busy' } });
  });

  it('choose no presence for the member of no account', async () => {
    const opened = open(TOKENS);
    const account = { ...(await accountOf(opened)), accountId: null };
    const calls = opened.writer.callsFor(account, toChanges({ 'settings.inbox.autoOffline': true }), ANY_WAY);
    const requests = await bench.requestsOf(() =>
      expect(calls[0]?.send()).rejects.toMatchObject({ code: 'NOT_FOUND', delivery: 'unsent' }),
    );
    expect(requests).toEqual([]);
  });

  it('tell no secret of what they hold', async () => {
    const uiSettings = { theme: 'dark', nested: [{ api_key: 'canary' }] };
    const calls = await callsFor(open(ALL), { 'settings.inbox.uiSettings': uiSettings });
    expect(calls).toMatchObject([
      { body: { profile: { ui_settings: { theme: 'dark', nested: [{ api_key: '[redacted]' }] } } } },
    ]);
    const [arrived] = await send(calls);
    expect(arrived?.body).toEqual({ profile: { ui_settings: uiSettings } });
    expect(JSON.stringify(calls)).not.toMatch(/canary|sandbox-omnivibe/);
  });
});

describe('a custom role', () => {
  const roleOf = async (id: string) => (await accountOf(open(LIST), id, 'listed')).customRoleId;

  it.each<readonly [string, Given, OmnivibeDepth, boolean]>([
    ['the list', LIST, 'listed', true],
    ['the own token', { ...LIST, ...TOKENS }, 'presence', true],
    ['list and platform', { ...LIST, ...PLATFORM }, 'presence', true],
    // The platform tells nothing of it, so that it must be asked for before the change.
    ['the platform', { ...LIST, ...PLATFORM }, 'profile', false],
  ])('survives a change of the agent who was read by %s', async (_way, given, depth, isTold) => {
    const opened = open(given);
    const account = await accountOf(opened, NORA.id, depth);
    expect(account.customRoleId).toBe(isTold ? '4' : null);
    const changes = toChanges({ 'settings.inbox.autoOffline': false });
    const calls = opened.writer.callsFor(account, changes, ANY_WAY);
    const body = { auto_offline: false, custom_role_id: 4 };
    expect(calls).toMatchObject([{ body: isTold ? body : { auto_offline: false } }]);
    expect((await send(calls)).map((entry) => entry.body)).toEqual([body]);
    expect(await roleOf(NORA.id)).toBe('4');
    expect(await accountOf(open(LIST), NORA.id)).toMatchObject({ inbox: { autoOffline: false } });
  });

  it('that cannot be asked for leaves the agent unchanged', async () => {
    const opened = open({ ...LIST, ...PLATFORM });
    const account = await accountOf(opened, NORA.id, 'profile');
    bench.sandbox.switches.set({ only: { method: 'GET' }, reply: { status: 500, body: '{}' } });
    const [call] = opened.writer.callsFor(
      account,
      toChanges({ 'settings.inbox.autoOffline': false }),
      ANY_WAY,
    );
    const requests = await bench.requestsOf(() =>
      expect(call?.send()).rejects.toMatchObject({ code: 'UPSTREAM_ERROR', delivery: 'unsent' }),
    );
    expect(writesAmong(requests)).toEqual([]);
  });
});

describe('a user’s own token', () => {
  const SIGNATURE = { 'settings.inbox.messageSignature': 'Bye' };
  const maxOf = async (): Promise<OmnivibeAccount> => accountOf(open(LIST), MAX.id, 'listed');

  it.each<readonly [string, Given, string | null, string]>([
    ['the caller’s', LIST, OF_MAX, OF_MAX],
    ['the caller’s, before the one that is held', { ...LIST, ...TOKENS }, OF_MAX, OF_MAX],
    ['the one that is held, the caller being another', { ...LIST, ...TOKENS }, OF_ERIKA, OF_MAX],
    ['the one that is held, the caller’s being refused', { ...LIST, ...TOKENS }, 'canary', OF_MAX],
    ['the one that is held, found by the platform', { ...PLATFORM, ...TOKENS }, null, OF_MAX],
    ['the one that is held, found among all', TOKENS, null, OF_MAX],
  ])('is %s', async (_whose, given, callersToken, token) => {
    const account = await maxOf();
    const { writer } = open(given, callersToken);
    const arrived = await send(writer.callsFor(account, toChanges(SIGNATURE), ANY_WAY));
    expect(arrived.map(shapeOf)).toMatchObject([{ path: PROFILE, token }]);
    expect(await shownOf()).toMatchObject({ inbox: { messageSignature: 'Bye' } });
  });

  const FOREIGN: Given = { userTokens: { [MAX.email]: OF_ERIKA } };
  it.each<readonly [string, Given, string | null]>([
    ['is not there', { ...LIST, ...PLATFORM }, null],
    ['is the caller’s, who is another', LIST, OF_ERIKA],
    ['is filed under the address and somebody else’s', { ...LIST, ...FOREIGN }, null],
    ['is somebody else’s and nothing tells whose address it is', FOREIGN, null],
    ['is somebody else’s, as is the caller’s', { ...LIST, ...FOREIGN }, OF_ERIKA],
  ])('that %s writes nobody', async (_case, given, callersToken) => {
    const account = await maxOf();
    const { writer } = open(given, callersToken);
    const calls = writer.callsFor(account, toChanges({ ...EVERYTHING }), OWN_ONLY);
    const password = writer.passwordCall(MAX.id, { current: INITIAL_PASSWORD, next: 'Another-2?' }, OWN_ONLY);
    const requests = await bench.requestsOf(async () => {
      for (const call of password === null ? calls : [...calls, password])
        await expect(call.send()).rejects.toMatchObject({ code: 'FORBIDDEN', delivery: 'unsent' });
    });
    expect(calls).toHaveLength(3);
    expect(writesAmong(requests)).toEqual([]);
  });

  it('that cannot be verified writes nobody', async () => {
    const account = await maxOf();
    const { writer } = open({ ...LIST, ...TOKENS });
    bench.sandbox.switches.set({ only: { path: PROFILE, method: 'GET' }, cut: 'before-handling' });
    const [call] = writer.callsFor(account, toChanges(SIGNATURE), ANY_WAY);
    const requests = await bench.requestsOf(() =>
      expect(call?.send()).rejects.toMatchObject({ code: 'UPSTREAM_CONNECTION_LOST', delivery: 'unsent' }),
    );
    expect(writesAmong(requests)).toEqual([]);
  });

  it('is needed for what the other credentials do not write', () => {
    const needing = (given: Given) => {
      const { reader } = open(given);
      const fields = FIELD_PATHS.filter((field) => OWNERSHIP[field].write.omnivibe !== undefined);
      return [...fields, 'password' as const].filter((field) => reader.needsOwnToken(field));
    };
    const inbox = (key: string) => `settings.inbox.${key}`;
    const own = [inbox('messageSignature'), inbox('uiSettings')];
    expect(needing(ALL)).toEqual(own);
    expect(needing({ ...LIST, ...TOKENS })).toEqual(['displayName', 'email', 'phone', ...own, 'password']);
    expect(needing(PLATFORM)).toEqual([inbox('availability'), inbox('autoOffline'), ...own]);
    expect(needing(TOKENS)).toEqual([...Object.keys(EVERYTHING), 'password']);
  });
});

describe('a failed write of omnivibe', () => {
  const handledBut = (status: number, body = '{}'): OmnivibeSwitches => ({ reply: { status, body } });
  it.each<readonly [string, OmnivibeSwitches, string, string]>([
    ['status 403', handledBut(403), 'FORBIDDEN', 'refused'],
    ['status 404', handledBut(404), 'NOT_FOUND', 'refused'],
    ['status 422', handledBut(422), 'UPSTREAM_REJECTED', 'refused'],
    ['status 429', handledBut(429, 'Retry later\n'), 'UPSTREAM_RATE_LIMITED', 'refused'],
    ['status 401', handledBut(401, '{"error":"Invalid access_token"}'), 'UPSTREAM_ERROR', 'refused'],
    ['status 500', handledBut(500), 'UPSTREAM_ERROR', 'unknown'],
    ['a login page', handledBut(200, '<html></html>'), 'UPSTREAM_BAD_RESPONSE', 'unknown'],
    ['a cut before the answer', { cut: 'after-handling' }, 'UPSTREAM_CONNECTION_LOST', 'unknown'],
  ])('tells at %s what is known of it', async (_fault, fault, code, delivery) => {
    const calls = (
      await Promise.all([
        callsFor(open(PLATFORM), { displayName: 'Maxi' }),
        callsFor(open(LIST), { firstName: 'Maxi' }),
        callsFor(open(TOKENS), { displayName: 'Maxi' }),
      ])
    ).flat();
    for (const method of ['PATCH', 'PUT']) bench.sandbox.switches.set({ ...fault, only: { method } });
    const backend = 'omnivibe';
    for (const call of calls) await expect(call.send()).rejects.toMatchObject({ code, delivery, backend });
  });

  it('is the caller’s to mend where the caller’s token is refused', async () => {
    const opened = open(LIST, OF_MAX);
    const [call] = await callsFor(opened, { displayName: 'Maxi' });
    bench.sandbox.switches.set({ only: { method: 'PUT' }, ...handledBut(401) });
    await expect(call?.send()).rejects.toMatchObject({ code: 'UNAUTHENTICATED', delivery: 'refused' });
  });

  it('is forbidden where the platform token may not reach the user', async () => {
    const opened = open({ ...LIST, ...PLATFORM });
    const [call] = await callsFor(opened, { displayName: 'Maxi' });
    bench.sandbox.switches.set({ notPermissible: [3] });
    await expect(call?.send()).rejects.toMatchObject({ code: 'FORBIDDEN', delivery: 'refused' });
  });

  it('is unsent once the operation is over, also while it waits for its turn', async () => {
    const operation = startOperation();
    const opened = open(PLATFORM, null, operation);
    const [call] = await callsFor(opened, { displayName: 'Maxi' });
    bench.sandbox.switches.set({ only: { method: 'PATCH' }, hang: 'before-handling' });
    const before = bench.sandbox.ledger.entries.length;
    const sent = Promise.allSettled(Array.from({ length: 40 }, async () => call?.send()));
    while (bench.sandbox.ledger.entries.length < before + 32) await new Promise(setImmediate);
    operation.abandon();
    const deliveries = (await sent).map((answer) =>
      answer.status === 'rejected' ? (answer.reason as { delivery: string }).delivery : 'sent',
    );
    expect(deliveries).toEqual([...Array<string>(32).fill('unknown'), ...Array<string>(8).fill('unsent')]);
    expect(bench.sandbox.ledger.entries).toHaveLength(before + 32);
  });

  it('is one of at most 16 of its caller at once', async () => {
    const account = await shownOf();
    const server = await startScriptedServer(() => ({ id: 3 }));
    const { writer } = open({ ...PLATFORM, url: server.url });
    const calls = Array.from({ length: 80 }, (_, i) =>
      writer.callsFor({ ...account, id: String(i + 1) }, toChanges({ displayName: 'Maxi' }), ANY_WAY),
    ).flat();
    await Promise.all(calls.map((call) => call.send()));
    await server.close();
    expect([server.received.length, server.mostAtOnce]).toEqual([80, 16]);
  });
});

describe('what omnivibe accepts', () => {
  const accept = (field: FieldPath, value: JsonValue) => open(TOKENS).writer.accept(field, value);
  const TEXT = 'takes text of at most 255 characters that is not blank';
  const EMAIL = 'takes an e-mail address of at most 255 characters';

  it.each<readonly [FieldPath, JsonValue, JsonValue?]>([
    ['firstName', "Conan O'Brien"],
    ['lastName', 'Łukasz Wąs'],
    ['displayName', 'Max from Support'],
    ['displayName', null],
    ['phone', '+49 30 90-1820'],
    ['phone', null],
    ['email', ' Max@Example.COM ', 'max@example.com'],
    ['settings.inbox.availability', 'AVAILABLE'],
    ['settings.inbox.availability', 'BUSY'],
    ['settings.inbox.availability', 'OFFLINE'],
    ['settings.inbox.autoOffline', false],
    ['settings.inbox.messageSignature', 'Bye'],
    ['settings.inbox.messageSignature', null],
    ['settings.inbox.uiSettings', { rtl_view: true }],
    ['settings.inbox.uiSettings', null, {}],
  ])('as %s includes %j', (field, value, shown = value) => {
    expect(accept(field, value)).toEqual({ isAccepted: true, value: shown });
  });

  it.each<readonly [FieldPath, JsonValue, string]>([
    ['lastName', '', TEXT],
    ['displayName', ' \u00a0', TEXT],
    ['phone', 1, TEXT],
    ['email', 'nobody', EMAIL],
    ['email', 'a b@example.com', EMAIL],
    ['email', 'a@b@c', EMAIL],
    ['settings.inbox.availability', 'AWAY', 'takes AVAILABLE, BUSY and OFFLINE'],
    ['settings.inbox.availability', 'UNKNOWN', 'takes AVAILABLE, BUSY and OFFLINE'],
    ['settings.inbox.availability', 'online', 'takes AVAILABLE, BUSY and OFFLINE'],
    ['settings.inbox.autoOffline', 'yes', 'takes true and false'],
    [
      'settings.inbox.uiSettings',
      [],
      'takes an object in which no key is named like a secret, since such keys are never shown',
    ],
  ])('as %s does not include %j', (field, value, rule) => {
    expect(accept(field, value)).toEqual({ isAccepted: false, code: 'INVALID_VALUE', rule });
  });

  it('is bounded in its length', () => {
    const longest: readonly (readonly [FieldPath, number, string])[] = [
      ...(['firstName', 'lastName', 'displayName', 'phone', 'email'] as const).map(
        (field) => [field, 255, field === 'email' ? EMAIL : TEXT] as const,
      ),
      ['settings.inbox.messageSignature', 20_000, TEXT.replace('255', '20,000')],
    ];
    for (const [field, max, rule] of longest) {
      // Characters, not halves of them.
      const value = `🙂@${'x'.repeat(max - 2)}`;
      expect(accept(field, value)).toEqual({ isAccepted: true, value });
      expect(accept(field, `${value}x`)).toMatchObject({ isAccepted: false, rule });
    }
  });

  it.each<FieldPath>([
    'firstName',
    'lastName',
    'email',
    'settings.inbox.availability',
    'settings.inbox.autoOffline',
  ])('cannot be without %s', (field) => {
    expect(accept(field, null)).toMatchObject({ isAccepted: false, code: 'NOT_CLEARABLE' });
  });

  it.each([
    ['Abc-12', true],
    [`Abc-1${'x'.repeat(123)}`, true],
    ['Ab-12', false],
    [`Abc-1${'x'.repeat(124)}`, false],
    ['abc-12', false],
    ['ABC-12', false],
    ['Abc-de', false],
    ['Abcd12', false],
    ['Abcd12 ', false],
    ['Äbc-12', false],
  ])('as a password is what its rules say of %j', (password, isAccepted) => {
    const accepted = open(TOKENS).writer.acceptPassword(password);
    expect(accepted).toMatchObject(isAccepted ? { isAccepted, value: password } : { code: 'INVALID_VALUE' });
    expect(isAccepted || !JSON.stringify(accepted).includes(password)).toBe(true);
  });
});

describe('a new password of omnivibe’s', () => {
  const NEXT = 'Another-2?';
  const BY_USER = {
    request: ['PUT', PROFILE, OF_MAX],
    body: {
      profile: { current_password: INITIAL_PASSWORD, password: NEXT, password_confirmation: NEXT },
    },
    told: {
      profile: {
        current_password: '[redacted]',
        password: '[redacted]',
        password_confirmation: '[redacted]',
      },
    },
  };
  const FOR_USER = {
    request: ['PATCH', USER, PLATFORMS],
    body: { password: NEXT },
    told: { password: '[redacted]' },
  };

  it.each<readonly [string, Given, string | null, typeof ANY_WAY, typeof BY_USER | typeof FOR_USER | null]>([
    ['with the current one, by the own token', ALL, INITIAL_PASSWORD, ANY_WAY, BY_USER],
    ['with the current one, by the own token only', TOKENS, INITIAL_PASSWORD, OWN_ONLY, BY_USER],
    ['without the current one, by the platform', ALL, null, ANY_WAY, FOR_USER],
    ['without the current one, by the platform alone', PLATFORM, null, ANY_WAY, FOR_USER],
    ['without the current one, by the own token', TOKENS, null, ANY_WAY, null],
    ['without the current one, by the list', { ...LIST, ...TOKENS }, null, ANY_WAY, null],
    ['without the current one, by the own token only', ALL, null, OWN_ONLY, null],
    ['with the current one and no token to prove it by', PLATFORM, INITIAL_PASSWORD, ANY_WAY, null],
  ])('%s', async (_way, given, current, options, expected) => {
    const call = open(given).writer.passwordCall(MAX.id, { current, next: NEXT }, options);
    if (expected === null || call === null) {
      expect(call).toBe(expected);
      return;
    }
    expect(call).toMatchObject({ fields: ['password'], body: expected.told });
    expect(JSON.stringify(call)).not.toMatch(/Another|Sandbox-1/);
    const [arrived, ...others] = (await send([call])).map(shapeOf);
    expect(others).toEqual([]);
    expect([arrived?.method, arrived?.path, arrived?.token]).toEqual(expected.request);
    expect(arrived?.body).toEqual(expected.body);

    const again = open(TOKENS).writer.passwordCall(MAX.id, { current: NEXT, next: 'A-third-1' }, ANY_WAY);
    expect(await again?.send()).toBeNull();
  });

  it('is refused with a wrong current one', async () => {
    const call = open(TOKENS).writer.passwordCall(MAX.id, { current: 'no', next: NEXT }, ANY_WAY);
    await expect(call?.send()).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED', delivery: 'refused' });
  });
});

describe('a new user of omnivibe', () => {
  const NEW = { ...EVERYTHING, firstName: 'Ada Neu', lastName: 'Ada Neu', email: 'ada.neu@example.com' };
  const creation = (values: Values) => ({ fields: toChanges(values), sendActivationMail: false });

  async function create(call: WriteCall) {
    const ids: (string | null)[] = [];
    const requests = await bench.requestsOf(async () => ids.push(await call.send()));
    const [id = null] = ids;
    if (id === null) throw new Error('no id was told');
    return { id, requests: requests.map(shapeOf) };
  }

  it.each<readonly [string, Given]>([
    ['the administrator’s token', LIST],
    ['the administrator’s token before the platform’s', ALL],
  ])('is invited by %s', async (_way, given) => {
    const call = open(given).writer.createCall(creation(NEW));
    const { id, requests } = await create(call);
    const body = {
      ...{ name: 'Ada Neu', email: 'ada.neu@example.com', role: 'agent' },
      ...{ availability: 'busy', auto_offline: false },
    };
    expect(requests).toEqual([toShape(['POST /api/v1/accounts/1/agents', ADMINS, body])]);
    expect(call).toMatchObject({ method: 'POST', path: '/api/v1/accounts/1/agents', body });
    expect(call.fields).toEqual([
      ...['firstName', 'lastName', 'email'],
      ...['settings.inbox.availability', 'settings.inbox.autoOffline'],
    ]);
    expect(await accountOf(open(LIST), id)).toMatchObject({
      ...{ name: 'Ada Neu', email: 'ada.neu@example.com', role: 'agent' },
      effectiveAvailability: { value: 'BUSY' },
    });
  });

  it('is made by the platform, with a password that nobody is told', async () => {
    const opened = open({ ...PLATFORM, ...TOKENS });
    const call = opened.writer.createCall(creation(NEW));
    const { id, requests } = await create(call);
    const [request] = requests;
    const { password, ...told } = request?.body as Record<string, string>;
    expect(request).toMatchObject({ method: 'POST', path: '/platform/api/v1/users', token: PLATFORMS });
    expect(told).toEqual({
      ...{ name: 'Ada Neu', display_name: 'Maxi', email: 'ada.neu@example.com' },
      custom_attributes: { phone_number: '+49 1' },
    });
    expect(call.body).toEqual({ ...told, password: '[redacted]' });
    expect(call.fields).toEqual(['firstName', 'lastName', 'displayName', 'email', 'phone']);
    expect(opened.writer.acceptPassword(password ?? '')).toMatchObject({ isAccepted: true });
    expect(password?.length).toBeGreaterThan(30);
    const other = await create(opened.writer.createCall(creation({ ...NEW, email: 'b@example.com' })));
    expect(other.requests[0]?.body).not.toMatchObject({ password });
    expect(await accountOf(open(PLATFORM), id)).toMatchObject({ name: 'Ada Neu', displayName: 'Maxi' });
  });

  it('needs no more than a name and an address', () => {
    const call = open(LIST).writer.createCall(creation({ lastName: 'Ada', email: 'ada@example.com' }));
    expect(call.body).toEqual({ name: 'Ada', email: 'ada@example.com', role: 'agent' });
  });

  it.each<readonly [string, Given, Values, string, RegExp]>([
    ['without a name', LIST, { email: 'ada@example.com' }, 'INVALID_VALUE', /: name\.$/],
    ['without an address', PLATFORM, { firstName: 'Ada' }, 'INVALID_VALUE', /: email\.$/],
    ['without either', ALL, { displayName: 'Ada' }, 'INVALID_VALUE', /: name and email\.$/],
    ['without a credential for it', TOKENS, NEW, 'UNSUPPORTED', /OMNIVIBE_PLATFORM_TOKEN/],
  ])('cannot be made %s', (_case, given, values, code, words) => {
    const create = () => open(given).writer.createCall(creation(values));
    expect(create).toThrow(words);
    expect(create).toThrow(expect.objectContaining({ code, delivery: 'unsent', backend: 'omnivibe' }));
  });
});

/** What is shown of a field once it was written. */
function readBack(field: FieldPath, account: OmnivibeAccount): unknown {
  const { read, write } = OWNERSHIP[field];
  const source = write.omnivibe?.shown ?? read.find(({ part }) => part === 'omnivibe');
  return source?.read(account);
}
