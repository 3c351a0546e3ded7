import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  INITIAL_PASSWORD,
  startOmnivibeSandbox,
  type OmnivibeSandbox,
  type OmnivibeSwitches,
} from '../../src/sandbox/omnivibe/index.js';
import { CAST } from '../../src/sandbox/people.js';
import { loadContract } from '../support/contract.js';

const PROFILE = '/api/v1/profile';
const AGENTS = '/api/v1/accounts/{account_id}/agents';
const AGENT = `${AGENTS}/{id}`;
const USERS = '/platform/api/v1/users';
const USER = `${USERS}/{id}`;
const MAX = 3;
const ERIKA = 4;
const AMELIE = 5;
const NORA = 6;
const UNCONFIRMED = 10;
const OTHER_PASSWORD = 'Another-2?';

interface Call {
  readonly method: string;
  readonly route: string;
  /** Path parameters; the account is 1 unless told. */
  readonly path?: Readonly<Record<string, string | number>>;
  /** Null: none. Left out: what the route wants. */
  readonly token?: string | null;
  readonly header?: string;
  readonly body?: unknown;
  readonly contentType?: string;
  /** The request breaks the contract on purpose. */
  readonly isOffContract?: boolean;
}
type Row = Readonly<Record<string, unknown>>;

let sandbox: OmnivibeSandbox;
const contract = loadContract('omnivibe');
const exercised = new Set<string>();

beforeAll(async () => {
  sandbox = await startOmnivibeSandbox(CAST);
});
beforeEach(() => {
  sandbox.reset();
});
afterAll(() => sandbox.close());

/** One exchange, held against the contract on both sides. */
async function send(call: Call): Promise<{ status: number; body: unknown }> {
  const { method, route, header = 'api_access_token', contentType = 'application/json' } = call;
  const path = Object.entries({ account_id: 1, ...call.path }).reduce(
    (text, [name, value]) => text.replace(`{${name}}`, String(value)),
    route,
  );
  const token = call.token === undefined ? usualToken(route) : call.token;
  const response = await fetch(`${sandbox.url}${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { [header]: token }),
      ...(call.body === undefined ? {} : { 'content-type': contentType }),
    },
    ...(call.body === undefined
      ? {}
      : { body: typeof call.body === 'string' ? call.body : JSON.stringify(call.body) }),
  });
  const text = await response.text();
  const body: unknown = text === '' ? undefined : JSON.parse(text);

  const exchange = { method, route, contentType, requestBody: call.body };
  if (call.isOffContract !== true) {
    expect(contract.checkRequest(exchange)).toEqual([]);
    if (response.ok) exercised.add(`${method} ${route}`);
  }
  expect(contract.checkResponse({ ...exchange, status: response.status, responseBody: body })).toEqual([]);
  return { status: response.status, body };
}

function usualToken(route: string): string {
  if (route.startsWith('/platform/')) return sandbox.platformToken;
  return route.includes('/agents') ? sandbox.adminToken : sandbox.tokenFor(MAX);
}

/** The body of a successful exchange. */
async function sendOk(call: Call): Promise<Row> {
  const { status, body } = await send(call);
  expect(status).toBe(200);
  return body as Row;
}

const profile = (userId = MAX) => sendOk({ method: 'GET', route: PROFILE, token: sandbox.tokenFor(userId) });
const platformUser = (id: number) => sendOk({ method: 'GET', route: USER, path: { id } });
const agents = async () => (await sendOk({ method: 'GET', route: AGENTS })) as unknown as Row[];
const agent = async (id: number) => (await agents()).find((row) => row['id'] === id) ?? {};
const putProfile = (fields: Row, more: Partial<Call> = {}) =>
  send({ method: 'PUT', route: PROFILE, body: { profile: fields }, ...more });
const patchAgent = (id: number, body: Row, more: Partial<Call> = {}) =>
  send({ method: 'PATCH', route: AGENT, path: { id }, body, ...more });
const patchUser = (id: number, body: Row, more: Partial<Call> = {}) =>
  send({ method: 'PATCH', route: USER, path: { id }, body, ...more });
const membershipsOf = (user: Row) => user['accounts'] as Row[];

describe('reading', () => {
  it('answers a user with every documented field and with the credentials', async () => {
    const user = await profile();
    expect(user).toMatchObject({
      id: MAX,
      account_id: 1,
      access_token: sandbox.tokenFor(MAX),
      available_name: 'Max from Support',
      avatar_url: 'https://omnivibe.example/avatars/3.png',
      confirmed: true,
      display_name: 'Max from Support',
      message_signature: 'Kind regards, Max',
      email: 'max.mustermann@example.com',
      inviter_id: 900,
      name: 'Max Mustermann',
      provider: 'email',
      role: 'agent',
      ui_settings: { rtl_view: false, editor_message_key: 'enter' },
      uid: 'max.mustermann@example.com',
      type: null,
      custom_attributes: { phone_number: '+4930901820', external_id: 'EMP-0042' },
    });
    expect(user['pubsub_token']).toMatch(/^sandbox-pubsub-3-/);
    expect(user['hmac_identifier']).toMatch(/^[0-9a-f]{64}$/);
    expect(membershipsOf(user)).toEqual([
      {
        id: 1,
        name: 'Sandbox Contact Centre',
        status: 'active',
        active_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        role: 'agent',
        permissions: ['agent'],
        availability: 'online',
        availability_status: 'online',
        auto_offline: true,
      },
      expect.objectContaining({ id: 2, name: 'Sandbox Outpost', availability_status: 'offline' }),
    ]);
  });

  it('gives everyone else one membership, and null or no value where there is none', async () => {
    const user = await profile(UNCONFIRMED);
    expect(user).toMatchObject({
      confirmed: false,
      display_name: null,
      message_signature: null,
      avatar_url: '',
      available_name: 'Tom Neu',
      ui_settings: {},
    });
    expect(user).not.toHaveProperty('custom_attributes');
    expect(membershipsOf(user)).toEqual([expect.objectContaining({ id: 1, active_at: null })]);
  });

  it('answers a platform user without presence, type, inviter and HMAC', async () => {
    const user = await platformUser(MAX);
    expect(user).toMatchObject({
      display_name: 'Max from Support',
      access_token: sandbox.tokenFor(MAX),
      custom_attributes: { external_id: 'EMP-0042' },
    });
    for (const key of ['type', 'inviter_id', 'hmac_identifier']) expect(user).not.toHaveProperty(key);
    expect(membershipsOf(user).map((row) => Object.keys(row).sort())).toEqual([
      ['active_at', 'id', 'name', 'role'],
      ['active_at', 'id', 'name', 'role'],
    ]);
  });

  it('lists every member of the account by name, the administrator included', async () => {
    const rows = await agents();
    const names = rows.map((row) => String(row['name']).toLowerCase());
    expect(rows).toHaveLength(CAST.filter(({ omnivibe }) => omnivibe !== undefined).length + 1);
    expect(names).toEqual(names.toSorted(new Intl.Collator('en').compare));
    expect(names).toContain('sandbox administrator');
    expect(await agent(MAX)).toEqual({
      id: MAX,
      account_id: 1,
      availability_status: 'online',
      auto_offline: true,
      confirmed: true,
      email: 'max.mustermann@example.com',
      available_name: 'Max from Support',
      custom_attributes: { phone_number: '+4930901820', external_id: 'EMP-0042' },
      name: 'Max Mustermann',
      role: 'agent',
      thumbnail: 'https://omnivibe.example/avatars/3.png',
    });
    expect(await agent(UNCONFIRMED)).not.toHaveProperty('custom_attributes');
  });

  it('lets any member list, in every account that is theirs', async () => {
    const path = { account_id: 2 };
    const { body } = await send({ method: 'GET', route: AGENTS, path, token: sandbox.tokenFor(MAX) });
    expect(body).toEqual([expect.objectContaining({ id: MAX, account_id: 2 })]);
  });

  it('holds a token for everyone of the cast', async () => {
    for (const [email, token] of Object.entries(sandbox.userTokens)) {
      expect(await sendOk({ method: 'GET', route: PROFILE, token })).toMatchObject({ email });
    }
    expect(Object.keys(sandbox.userTokens)).toHaveLength((await agents()).length - 1);
  });

  it.each([
    ['with a fresh ping: the choice', ERIKA, 'busy', 'busy'],
    ['without one: offline', AMELIE, 'online', 'offline'],
    ['auto_offline off: the choice', 20_000, 'online', 'online'],
  ])('tells effective from chosen availability %s', async (_case, id, availability, availability_status) => {
    expect(membershipsOf(await profile(id))[0]).toMatchObject({ availability, availability_status });
    expect(await agent(id)).toMatchObject({ availability_status });
  });
});

describe('writing', () => {
  it.each(['PUT', 'PATCH'])(
    '%s profile stores fields, keeps the others, replaces ui_settings',
    async (method) => {
      const answer = await sendOk({
        method,
        route: PROFILE,
        body: {
          profile: {
            name: 'Max M. Mustermann',
            display_name: '',
            message_signature: null,
            phone_number: '+49 1',
            ui_settings: { theme: 'dark' },
          },
        },
      });
      expect(answer).toMatchObject({
        name: 'Max M. Mustermann',
        display_name: '',
        available_name: 'Max M. Mustermann',
        message_signature: null,
        email: 'max.mustermann@example.com',
        custom_attributes: { phone_number: '+49 1', external_id: 'EMP-0042' },
      });
      expect(answer['ui_settings']).toEqual({ theme: 'dark' });
      expect(answer).not.toHaveProperty('phone_number');
      expect(await profile()).toEqual(answer);

      sandbox.reset();
      expect(await profile()).toMatchObject({ name: 'Max Mustermann', ui_settings: { rtl_view: false } });
    },
  );

  it('wraps a body that comes without its wrapper', async () => {
    const call = { method: 'PUT', route: PROFILE, body: { name: 'Bare' }, isOffContract: true };
    expect(await sendOk(call)).toMatchObject({ name: 'Bare' });
    const wrapped = { agent: { name: 'Wrapped' } };
    expect((await patchAgent(MAX, wrapped, { isOffContract: true })).body).toMatchObject({ name: 'Wrapped' });
  });

  it('keeps the old e-mail until a new one is confirmed', async () => {
    const { body } = await putProfile({ email: 'new.max@example.com' });
    expect(body).toMatchObject({ email: 'max.mustermann@example.com' });
    expect(await platformUser(MAX)).toMatchObject({ email: 'max.mustermann@example.com' });
  });

  it('changes an e-mail through the platform at once, in lower case', async () => {
    await patchUser(MAX, { email: 'New.Max@Example.com' });
    expect(await profile()).toMatchObject({ email: 'new.max@example.com', uid: 'new.max@example.com' });
  });

  it('merges custom attributes through the platform', async () => {
    const { body } = await patchUser(MAX, {
      name: 'Max P.',
      display_name: null,
      password: OTHER_PASSWORD,
      custom_attributes: { external_id: 'X', team: 'blue' },
    });
    expect(body).toMatchObject({
      name: 'Max P.',
      display_name: null,
      custom_attributes: { phone_number: '+4930901820', external_id: 'X', team: 'blue' },
    });
    expect(await platformUser(MAX)).toEqual(body);
  });

  it('changes a password for who knows the current one, and the pubsub token with it', async () => {
    const before = await profile();
    const change = { current_password: INITIAL_PASSWORD, password: OTHER_PASSWORD };
    const first = await putProfile({ ...change, password_confirmation: OTHER_PASSWORD });
    expect(first.status).toBe(200);
    expect((await profile())['pubsub_token']).not.toBe(before['pubsub_token']);
    expect((await putProfile(change)).status).toBe(422);
  });

  it('keeps a changed password although the other fields are refused', async () => {
    const both = {
      current_password: INITIAL_PASSWORD,
      password: OTHER_PASSWORD,
      email: 'admin@omnivibe.example',
    };
    expect((await putProfile(both)).status).toBe(422);
    const again = await putProfile({ current_password: OTHER_PASSWORD, password: INITIAL_PASSWORD });
    expect(again.status).toBe(200);
  });

  it('removes the avatar', async () => {
    const answer = await sendOk({ method: 'DELETE', route: `${PROFILE}/avatar` });
    expect(answer).toMatchObject({ avatar_url: '' });
    expect(await agent(MAX)).toMatchObject({ thumbnail: '' });
  });

  it('sets availability and auto_offline in one account only', async () => {
    const availability = { profile: { account_id: 1, availability: 'busy' } };
    const busy = await sendOk({ method: 'POST', route: `${PROFILE}/availability`, body: availability });
    expect(membershipsOf(busy)).toMatchObject([
      { availability: 'busy', availability_status: 'busy' },
      { availability: 'online', availability_status: 'offline' },
    ]);
    const autoOffline = { profile: { account_id: 2, auto_offline: false } };
    const staying = await sendOk({ method: 'POST', route: `${PROFILE}/auto_offline`, body: autoOffline });
    expect(membershipsOf(staying)).toMatchObject([
      { auto_offline: true },
      { auto_offline: false, availability_status: 'online' },
    ]);
    expect(await profile()).toEqual(staying);
  });

  it('reads a missing auto_offline as false', async () => {
    const body = { profile: { account_id: 1 } };
    const route = `${PROFILE}/auto_offline`;
    const answer = await sendOk({ method: 'POST', route, body, isOffContract: true });
    expect(membershipsOf(answer)[0]).toMatchObject({ auto_offline: false });
  });

  it('follows the account that was made active', async () => {
    const { status, body } = await send({
      method: 'PUT',
      route: `${PROFILE}/set_active_account`,
      body: { profile: { account_id: 2 } },
    });
    expect([status, body]).toEqual([200, undefined]);
    expect(await profile()).toMatchObject({ account_id: 2, inviter_id: null });
  });

  it('changes an agent by `availability` and ignores `availability_status`', async () => {
    const ignored = await patchAgent(
      AMELIE,
      { availability_status: 'busy', auto_offline: false },
      { isOffContract: true },
    );
    expect(ignored.body).toMatchObject({ availability_status: 'online', auto_offline: false });
    const { body } = await patchAgent(AMELIE, { name: 'Amy', role: 'administrator', availability: 'busy' });
    expect(body).toMatchObject({ name: 'Amy', role: 'administrator', availability_status: 'busy' });
    expect(await agent(AMELIE)).toEqual(body);
    expect(membershipsOf(await profile(AMELIE))[0]).toMatchObject({ permissions: ['administrator'] });
  });

  it('takes a custom role away when a change of the agent does not repeat it', async () => {
    const { body } = await patchAgent(NORA, { name: 'Nora Q.', custom_role_id: 4 });
    expect(body).toMatchObject({ name: 'Nora Q.', custom_role_id: 4 });
    expect(membershipsOf(await profile(NORA))).toMatchObject([{ custom_role_id: 4 }]);
    await patchAgent(NORA, { auto_offline: false });
    expect(await agent(NORA)).toMatchObject({ auto_offline: false, custom_role_id: null });
    expect(membershipsOf(await profile(NORA))).toMatchObject([{ custom_role_id: null }]);
    // A role is not lost by a change that is refused, nor given where none is known.
    sandbox.reset();
    await patchAgent(NORA, { name: 'x'.repeat(256) }, { isOffContract: true });
    expect(await agent(NORA)).toMatchObject({ custom_role_id: 4 });
    await patchAgent(MAX, { custom_role_id: 4 });
    expect(await agent(MAX)).not.toHaveProperty('custom_role_id');
  });

  it('keeps what an agent change leaves null', async () => {
    const { body } = await patchAgent(ERIKA, { name: null, auto_offline: null }, { isOffContract: true });
    expect(body).toMatchObject({ name: 'Erika Gabler', auto_offline: true });
  });

  it('invites an unconfirmed agent with the defaults of the database', async () => {
    const body = { name: 'Ada New', email: 'Ada.New@example.com', role: 'agent' };
    const created = await sendOk({ method: 'POST', route: AGENTS, body });
    expect(created).toMatchObject({
      name: 'Ada New',
      email: 'ada.new@example.com',
      confirmed: false,
      auto_offline: true,
      availability_status: 'offline',
    });
    expect(await agent(created['id'] as number)).toEqual(created);
    expect(await profile(created['id'] as number)).toMatchObject({ account_id: 1, inviter_id: 900 });
    sandbox.reset();
    expect(await agent(created['id'] as number)).toEqual({});
  });

  it('links a known user as an agent without renaming them', async () => {
    const email = 'pia.platform@example.com';
    const user = { name: 'Pia Platform', email, password: OTHER_PASSWORD };
    const { id } = await sendOk({ method: 'POST', route: USERS, body: user });
    const invited = {
      name: 'Somebody Else',
      email,
      role: 'administrator',
      availability: 'busy',
      auto_offline: false,
    };
    expect(await sendOk({ method: 'POST', route: AGENTS, body: invited })).toMatchObject({
      id,
      name: 'Pia Platform',
      role: 'administrator',
      availability_status: 'busy',
    });
  });

  it('creates a confirmed platform user without a membership', async () => {
    const created = await sendOk({
      method: 'POST',
      route: USERS,
      body: {
        name: 'Pia Platform',
        display_name: 'Pia',
        email: 'Pia@example.com',
        password: OTHER_PASSWORD,
        custom_attributes: { external_id: 'EMP-9' },
      },
    });
    expect(created).toMatchObject({
      email: 'pia@example.com',
      display_name: 'Pia',
      confirmed: true,
      account_id: null,
      role: null,
      accounts: [],
      custom_attributes: { external_id: 'EMP-9' },
    });
    expect(await platformUser(created['id'] as number)).toEqual(created);
    const token = sandbox.tokenFor(created['id'] as number);
    expect(await sendOk({ method: 'GET', route: PROFILE, token })).toMatchObject({ inviter_id: null });
  });

  it('answers a platform create of a known e-mail with the user who has it', async () => {
    const before = await platformUser(MAX);
    const body = { name: 'Somebody Else', email: 'MAX.Mustermann@example.com', password: OTHER_PASSWORD };
    expect(await sendOk({ method: 'POST', route: USERS, body })).toEqual(before);
  });

  it('confirms an unconfirmed user whom the platform creates again', async () => {
    const body = { name: 'x', email: 'tom.neu@example.com', password: OTHER_PASSWORD };
    await sendOk({ method: 'POST', route: USERS, body });
    expect(await profile(UNCONFIRMED)).toMatchObject({ name: 'Tom Neu', confirmed: true });
  });
});

describe('refusing', () => {
  const signIn = { errors: ['You need to sign in or sign up before continuing.'] };
  const bots = { error: 'Access to this endpoint is not authorized for bots' };
  const roleTooLow = { error: 'You are not authorized to do this action' };
  const missing = { error: 'Resource could not be found' };
  const notFound = { status: 404, error: 'Not Found' };
  const serverError = { status: 500, error: 'Internal Server Error' };
  const noParam = (name: string) => ({ error: `param is missing or the value is empty: ${name}` });
  const violation = (attribute: string, message: string) => ({ message, attributes: [attribute] });
  const tooLong = (attribute: string, label: string, max = 255) =>
    violation(attribute, `${label} is too long (maximum is ${max} characters)`);
  const user = (id: number) => `sandbox-omnivibe-user-${id}`;
  const platform = 'sandbox-omnivibe-platform';

  const get = { method: 'GET', route: PROFILE };
  const put = { method: 'PUT', route: PROFILE, isOffContract: true };
  const availability = { method: 'POST', route: `${PROFILE}/availability`, isOffContract: true };
  const autoOffline = { method: 'POST', route: `${PROFILE}/auto_offline`, isOffContract: true };
  const active = { method: 'PUT', route: `${PROFILE}/set_active_account`, isOffContract: true };
  const invite = { method: 'POST', route: AGENTS, isOffContract: true };
  const patch = { method: 'PATCH', route: AGENT, path: { id: MAX }, isOffContract: true };
  const read = { method: 'GET', route: USER, path: { id: MAX } };
  const create = { method: 'POST', route: USERS, isOffContract: true };
  const change = { method: 'PATCH', route: USER, path: { id: MAX }, isOffContract: true };
  const fresh = { name: 'Ada', email: 'ada@example.com', role: 'agent' };
  const freshUser = { name: 'Ada', email: 'ada@example.com', password: OTHER_PASSWORD };

  const profileOf = (fields: Row) => ({ ...put, body: { profile: fields } });
  const taken = violation('email', 'Email has already been taken');
  const passwordRule = (rule: string) => violation('password', `Password ${rule}`);
  const newPassword = (password: string, more: Row = {}) =>
    profileOf({ current_password: INITIAL_PASSWORD, password, ...more });

  const cases: [string, Call, number, unknown][] = [
    ['no token', { ...get, token: null }, 401, signIn],
    ['an unknown token', { ...get, token: 'nonsense' }, 401, { error: 'Invalid Access Token' }],
    ['a token of nobody', { ...get, token: user(77_777) }, 401, { error: 'Invalid Access Token' }],
    [
      'a token spelled otherwise',
      { ...get, token: user(3).replace('3', '03') },
      401,
      { error: 'Invalid Access Token' },
    ],
    ['the platform token on the profile', { ...get, token: platform }, 401, bots],
    ['no token on agents', { method: 'GET', route: AGENTS, token: null }, 401, signIn],
    ['the platform token on agents', { method: 'GET', route: AGENTS, token: platform }, 401, bots],
    ['no token on the platform', { ...read, token: null }, 401, { error: 'Invalid access_token' }],
    ['a user token on the platform', { ...read, token: user(MAX) }, 401, { error: 'Invalid access_token' }],
    [
      'a user token creating users',
      { ...create, token: user(900), body: freshUser },
      401,
      { error: 'Invalid access_token' },
    ],
    ['an agent inviting', { ...invite, token: user(MAX), body: fresh }, 401, roleTooLow],
    ['an agent changing agents', { ...patch, token: user(MAX), body: { name: 'x' } }, 401, roleTooLow],
    [
      'an agent changing nobody',
      { ...patch, path: { id: 4711 }, token: user(MAX), body: { name: 'x' } },
      404,
      missing,
    ],
    [
      'not a member',
      { method: 'GET', route: AGENTS, path: { account_id: 2 } },
      401,
      { error: 'You are not authorized to access this account' },
    ],
    ['an unknown account', { method: 'GET', route: AGENTS, path: { account_id: 9 } }, 404, missing],
    ['an unknown agent', { ...patch, path: { id: 4711 }, body: { name: 'x' } }, 404, missing],
    ['an agent id that is no number', { ...patch, path: { id: 'x' }, body: { name: 'x' } }, 404, missing],
    ['an unknown platform user', { ...read, path: { id: 4711 } }, 404, notFound],
    [
      'changing an unknown platform user',
      { ...change, path: { id: 4711 }, body: { name: 'x' } },
      404,
      notFound,
    ],
    [
      'availability in a foreign account',
      { ...availability, body: { profile: { account_id: 9, availability: 'busy' } } },
      404,
      missing,
    ],
    [
      'auto_offline in a foreign account',
      { ...autoOffline, body: { profile: { account_id: 9, auto_offline: true } } },
      404,
      missing,
    ],
    ['activating a foreign account', { ...active, body: { profile: { account_id: 9 } } }, 500, serverError],
    [
      'an unknown availability',
      { ...availability, body: { profile: { account_id: 1, availability: 'available' } } },
      500,
      serverError,
    ],
    ['no availability', { ...availability, body: { profile: { account_id: 1 } } }, 500, serverError],
    [
      'an unknown availability of an agent',
      { ...patch, body: { availability: 'available' } },
      500,
      serverError,
    ],
    ['an unknown role', { ...invite, body: { ...fresh, role: 'owner' } }, 500, serverError],
    ['a profile without a name', profileOf({ name: null }), 500, serverError],
    [
      'a platform user without a name',
      { ...create, body: { ...freshUser, name: undefined } },
      500,
      serverError,
    ],
    ['naming a platform user null', { ...change, body: { name: null } }, 500, serverError],
    ['an empty profile', { ...put, body: {} }, 422, noParam('profile')],
    ['an empty wrapper', profileOf({}), 422, noParam('profile')],
    ['no body', put, 422, noParam('profile')],
    [
      'a form',
      { ...put, body: 'name=x', contentType: 'application/x-www-form-urlencoded' },
      422,
      noParam('profile'),
    ],
    ['an empty availability', { ...availability, body: {} }, 422, noParam('profile')],
    ['an empty auto_offline', { ...autoOffline, body: {} }, 422, noParam('profile')],
    ['an empty active account', { ...active, body: {} }, 422, noParam('profile')],
    ['an empty invitation', { ...invite, body: {} }, 422, noParam('agent')],
    ['an empty agent change', { ...patch, body: {} }, 422, noParam('agent')],
    ['a body that is not JSON', { ...put, body: '{"profile":' }, 400, { status: 400, error: 'Bad Request' }],
    ['a long name', profileOf({ name: 'x'.repeat(256) }), 422, tooLong('name', 'Name')],
    [
      'a long display name',
      profileOf({ display_name: 'x'.repeat(256) }),
      422,
      tooLong('display_name', 'Display name'),
    ],
    [
      'a long signature',
      profileOf({ message_signature: 'x'.repeat(20_001) }),
      422,
      tooLong('message_signature', 'Message signature', 20_000),
    ],
    ['a long name of an agent', { ...patch, body: { name: 'x'.repeat(256) } }, 422, tooLong('name', 'Name')],
    ['a long e-mail', profileOf({ email: `${'x'.repeat(256)}@example.com` }), 422, tooLong('email', 'Email')],
    ['a taken e-mail', profileOf({ email: 'Erika.Gabler@Example.com' }), 422, taken],
    [
      'a taken e-mail on the platform',
      { ...change, body: { email: 'erika.gabler@example.com' } },
      422,
      taken,
    ],
    ['no e-mail at all', profileOf({ email: '' }), 422, violation('email', "Email can't be blank")],
    ['an e-mail that is none', profileOf({ email: 'nobody' }), 422, violation('email', 'Email is invalid')],
    [
      'an invitation without e-mail',
      { ...invite, body: { name: 'Ada' } },
      422,
      violation('email', "Email can't be blank"),
    ],
    [
      'inviting a member',
      { ...invite, body: { ...fresh, email: 'max.mustermann@example.com' } },
      422,
      violation('user_id', 'User has already been taken'),
    ],
    [
      'a wrong current password',
      newPassword(OTHER_PASSWORD, { current_password: 'x' }),
      422,
      { error: 'Invalid current password' },
    ],
    [
      'no current password',
      profileOf({ password: OTHER_PASSWORD }),
      422,
      { error: 'Invalid current password' },
    ],
    [
      'another confirmation',
      newPassword(OTHER_PASSWORD, { password_confirmation: 'x' }),
      422,
      violation('password_confirmation', "Password confirmation doesn't match Password"),
    ],
    ['a short password', newPassword('aB1!'), 422, passwordRule('is too short (minimum is 6 characters)')],
    [
      'a long password',
      newPassword(`aB1!${'x'.repeat(125)}`),
      422,
      passwordRule('is too long (maximum is 128 characters)'),
    ],
    [
      'no upper case',
      newPassword('another-2?'),
      422,
      passwordRule('must contain at least 1 uppercase character'),
    ],
    [
      'no lower case',
      newPassword('ANOTHER-2?'),
      422,
      passwordRule('must contain at least 1 lowercase character'),
    ],
    ['no digit', newPassword('Another-?'), 422, passwordRule('must contain at least 1 number character')],
    [
      'no special character',
      { ...change, body: { password: 'Another2' } },
      422,
      passwordRule('must contain at least 1 special character'),
    ],
  ];

  it.each(cases)('refuses %s', async (_case, call, status, body) => {
    const everyone = await agents();
    const self = await profile();
    expect(await send(call)).toEqual({ status, body });
    expect([await agents(), await profile()]).toEqual([everyone, self]);
  });

  it('names all rules that are broken at once', async () => {
    const { body } = await send(profileOf({ name: 'x'.repeat(256), email: 'nobody' }));
    expect(body).toEqual({
      message: 'Email is invalid, Name is too long (maximum is 255 characters)',
      attributes: ['email', 'name'],
    });
  });

  it('accepts values at their limits', async () => {
    const fields = {
      name: 'n'.repeat(255),
      display_name: 'd'.repeat(255),
      message_signature: 'm'.repeat(20_000),
      email: 'max.mustermann@example.com',
      current_password: INITIAL_PASSWORD,
      password: `aB1!${'x'.repeat(124)}`,
    };
    expect((await putProfile(fields)).status).toBe(200);
  });

  it('keeps a new name of an agent although the word beside it is refused', async () => {
    const answer = await send({ ...patch, body: { name: 'Half', role: 'owner' } });
    expect(answer.status).toBe(500);
    expect(await agent(MAX)).toMatchObject({ name: 'Half', role: 'agent' });
  });

  it('answers unknown paths and methods with the 404 of the framework', async () => {
    const response = await fetch(`${sandbox.url}/api/v1/nothing`);
    expect([response.status, await response.json()]).toEqual([404, notFound]);
    expect((await fetch(`${sandbox.url}${PROFILE}`, { method: 'DELETE' })).status).toBe(404);
  });
});

describe('the token header', () => {
  it.each(['api_access_token', 'Api-Access-Token', 'API_ACCESS-token'])(
    'may be spelled %s',
    async (header) => {
      expect((await send({ method: 'GET', route: PROFILE, header })).status).toBe(200);
    },
  );

  it('is lost behind a proxy that drops underscores, unless spelled with hyphens', async () => {
    sandbox.switches.set({ dropUnderscoreHeaders: true });
    const { status, body } = await send({ method: 'GET', route: PROFILE });
    expect([status, Object.keys(body as Row)]).toEqual([401, ['errors']]);
    expect((await send({ method: 'GET', route: PROFILE, header: 'Api-Access-Token' })).status).toBe(200);
  });
});

describe('switches', () => {
  const on = (switches: OmnivibeSwitches) => sandbox.switches.set(switches);
  const ids = (rows: Row[]) => rows.map((row) => row['id']);

  it('rows: reverses, doubles, drops and adds rows of the agent list', async () => {
    const plain = ids(await agents());
    const shaped: [OmnivibeSwitches['rows'], unknown[]][] = [
      ['reversed', plain.toReversed()],
      ['duplicated', plain.flatMap((id) => [id, id])],
      ['foreign', [899, ...plain]],
      ['missing', plain.slice(1)],
    ];
    for (const [rows, expected] of shaped) {
      const off = on(rows === undefined ? {} : { rows });
      expect(ids(await agents())).toEqual(expected);
      off();
    }
    expect(ids(await agents())).toEqual(plain);
  });

  it('ignoreWrites: accepts every kind of write and stores nothing of it', async () => {
    on({
      ignoreWrites: [
        ...['name', 'email', 'display_name', 'message_signature', 'phone_number', 'ui_settings', 'password'],
        ...['custom_attributes', 'avatar', 'account_id', 'availability', 'auto_offline', 'role'],
      ],
    });
    const before = [await profile(), await agent(MAX), await platformUser(MAX)];
    const writes: Call[] = [
      {
        method: 'PUT',
        route: PROFILE,
        body: {
          profile: {
            name: 'x',
            email: 'x@example.com',
            display_name: 'x',
            message_signature: 'x',
            phone_number: 'x',
            ui_settings: { x: 1 },
            current_password: INITIAL_PASSWORD,
            password: OTHER_PASSWORD,
          },
        },
      },
      { method: 'DELETE', route: `${PROFILE}/avatar` },
      {
        method: 'POST',
        route: `${PROFILE}/availability`,
        body: { profile: { account_id: 1, availability: 'busy' } },
      },
      {
        method: 'POST',
        route: `${PROFILE}/auto_offline`,
        body: { profile: { account_id: 1, auto_offline: false } },
      },
      { method: 'PUT', route: `${PROFILE}/set_active_account`, body: { profile: { account_id: 2 } } },
      {
        method: 'PATCH',
        route: AGENT,
        path: { id: MAX },
        body: { name: 'x', role: 'administrator', availability: 'busy', auto_offline: false },
      },
      {
        method: 'PATCH',
        route: USER,
        path: { id: MAX },
        body: {
          name: 'x',
          email: 'y@example.com',
          display_name: 'x',
          password: OTHER_PASSWORD,
          custom_attributes: { x: 1 },
        },
      },
    ];
    for (const write of writes) {
      expect((await send(write)).status).toBe(200);
      expect([await profile(), await agent(MAX), await platformUser(MAX)]).toEqual(before);
    }
  });

  it('ignoreWrites: stores the fields that it does not name', async () => {
    on({ ignoreWrites: ['name'] });
    const { body } = await putProfile({ name: 'x', display_name: 'stored' });
    expect(body).toMatchObject({ name: 'Max Mustermann', display_name: 'stored' });
  });

  it('extraKeys: adds keys that no document mentions to every row', async () => {
    on({ extraKeys: true });
    const self = await profile();
    for (const row of [self, ...membershipsOf(self), await agent(MAX), await platformUser(MAX)]) {
      expect(row).toHaveProperty('fork_revision');
    }
  });

  it('canarySecrets: marks every credential', async () => {
    on({ canarySecrets: true });
    expect(await profile()).toMatchObject({
      access_token: 'canary-access-token',
      pubsub_token: 'canary-pubsub-token',
      hmac_identifier: 'canary-hmac-identifier',
      custom_attributes: { external_id: 'EMP-0042', api_key: 'canary-api-key' },
      ui_settings: { rtl_view: false, secret_token: 'canary-secret-token' },
    });
    const shared = { access_token: 'canary-access-token', custom_attributes: { api_key: 'canary-api-key' } };
    expect(await platformUser(UNCONFIRMED)).toMatchObject(shared);
    expect(await agent(UNCONFIRMED)).toMatchObject(shared);
  });

  it('unknownEnums: sends roles and availabilities that nobody knows', async () => {
    on({ unknownEnums: true });
    const self = await profile();
    const words = { role: 'supervisor', availability_status: 'wrapping_up' };
    expect(self).toMatchObject({ role: words.role });
    expect(membershipsOf(self)[0]).toMatchObject({ ...words, availability: 'wrapping_up' });
    expect(await agent(MAX)).toMatchObject(words);
    expect(await platformUser(MAX)).toMatchObject({ role: words.role });
  });

  it('notPermissible: refuses a platform user until creating them again permits it', async () => {
    on({ notPermissible: [MAX] });
    const refused = { status: 401, body: { error: 'Non permissible resource' } };
    expect(await send({ method: 'GET', route: USER, path: { id: MAX } })).toEqual(refused);
    expect(await patchUser(MAX, { name: 'x' })).toEqual(refused);
    expect(await platformUser(ERIKA)).toMatchObject({ id: ERIKA });

    const body = { name: 'x', email: 'max.mustermann@example.com', password: OTHER_PASSWORD };
    expect(await sendOk({ method: 'POST', route: USERS, body })).toMatchObject({ name: 'Max Mustermann' });
    expect(await platformUser(MAX)).toMatchObject({ id: MAX });
  });

  it('suspendedAccounts: closes the account and says so in the memberships', async () => {
    on({ suspendedAccounts: [1] });
    expect(await send({ method: 'GET', route: AGENTS })).toEqual({
      status: 401,
      body: { error: 'Account is suspended' },
    });
    expect(membershipsOf(await profile()).map((row) => row['status'])).toEqual(['suspended', 'active']);
  });

  it('agentLimit: refuses an invitation beyond the licences', async () => {
    const body = { name: 'Ada', email: 'ada@example.com', role: 'agent' };
    const { length } = await agents();
    on({ agentLimit: length });
    expect(await send({ method: 'POST', route: AGENTS, body })).toEqual({
      status: 402,
      body: { error: 'Account limit exceeded. Please purchase more licenses' },
    });
    on({ agentLimit: length + 1 });
    expect((await send({ method: 'POST', route: AGENTS, body })).status).toBe(200);
  });

  it('only: limits a switch to a route', async () => {
    on({ only: { method: 'GET', path: '/api/v1/profile' }, reply: { status: 429 } });
    expect((await send({ method: 'GET', route: PROFILE })).status).toBe(429);
    expect((await putProfile({ name: 'x' })).status).toBe(200);
  });
});

it('has exercised every operation of the contract', () => {
  const known = contract.operations.map(({ method, route }) => `${method} ${route}`);
  expect([...exercised].sort()).toEqual(known.sort());
});
