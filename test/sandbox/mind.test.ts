import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startMindSandbox, type MindSandbox, type MindSwitches } from '../../src/sandbox/mind/index.js';
import { CAST } from '../../src/sandbox/people.js';
import { loadContract } from '../support/contract.js';

const contract = loadContract('mind');
const exercised = new Set<string>();
let mind: MindSandbox;

beforeAll(async () => {
  mind = await startMindSandbox(CAST);
});
beforeEach(() => {
  mind.reset();
});
afterAll(() => mind.close());

type Json = Record<string, unknown>;
interface Call {
  readonly id?: number | string;
  readonly query?: string;
  readonly body?: unknown;
  /** null: none. Left out: the service worker's. */
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
  /** The request breaks the contract on purpose, and the contract has to say so. */
  readonly isOffContract?: boolean;
}

/** Sends one request, holds both directions against the contract, answers status and body. */
async function call(operation: string, options: Call = {}): Promise<{ status: number; json: Json }> {
  const { id = 42, query = '', body, token = mind.serviceToken, headers, isOffContract = false } = options;
  const [method = '', route = ''] = operation.split(' ');
  const response = await fetch(
    `${mind.url}${route.replace('{id}', String(id))}${query === '' ? '' : `?${query}`}`,
    {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    },
  );
  const text = await response.text();
  const responseBody: unknown = text === '' ? undefined : JSON.parse(text);
  const exchange = { method, route, query, contentType: 'application/json', requestBody: body };
  const problems = contract.checkRequest(exchange);
  expect(problems).toEqual(isOffContract ? expect.arrayContaining([expect.any(String)]) : []);
  expect(contract.checkResponse({ ...exchange, status: response.status, responseBody })).toEqual([]);
  if (response.ok) exercised.add(operation);
  return { status: response.status, json: (responseBody ?? {}) as Json };
}

const settingsOf = async (id = 42, query = '') =>
  (await call('GET /profile/{id}', { id, query })).json['settings'] as Json;

async function list(query = '', options: Call = {}): Promise<Json[]> {
  const { status, json } = await call('GET /profiles', { ...options, query });
  expect(status).toBe(200);
  return (Array.isArray(json) ? json : json['profiles']) as Json[];
}
const ids = (profiles: readonly Json[]) => profiles.map(({ id }) => id);
const castIds = CAST.flatMap(({ mind }) => mind ?? []).sort((a, b) => a.id - b.id);
const userIds = castIds.filter(({ type = 'user' }) => type === 'user').map(({ id }) => id);

const ERROR = {
  error: expect.any(String),
  details: expect.any(String),
  txId: expect.stringMatching(/^\w{10}$/),
};

describe('reading one user', () => {
  it.each([42, 43, 44])('fills every documented field of user %i', async (id) => {
    const { json } = await call('GET /profile/{id}', { id, query: 'includeRawData=true' });
    expect(Object.keys(json).sort()).toEqual(
      [
        ...[
          'email',
          'externalId',
          'firstName',
          'id',
          'isSsoOnly',
          'lang',
          'lastName',
          'lastSeen',
          'nameAlias',
        ],
        ...['phone', 'rawData', 'settings', 'type'],
      ].sort(),
    );
    expect(Object.keys(json['settings'] as Json).sort()).toEqual(
      [
        ...['status', 'supersetRole', 'ticketsFilters', 'roleId', 'teamIds', 'skills', 'actualRoleId'],
        ...['actualTeamIds', 'actualSkills', 'limitTicketBacklogAccess', 'ticketBacklogRequiredTagIds'],
        ...[
          'tagsOnRoute',
          'tagsOnEdit',
          'actualLimitTicketBacklogAccess',
          'actualTicketBacklogRequiredTagIds',
        ],
        ...[
          'actualTagsOnRoute',
          'actualTagsOnEdit',
          'isPersonalFilters',
          'inheritTeamSettings',
          'nameReports',
        ],
        ...['callRoutingStatus', 'chatRoutingStatus'],
      ].sort(),
    );
    for (const value of [...Object.values(json), ...Object.values(json['settings'] as Json)]) {
      expect(value).not.toBeNull();
    }
  });

  it('answers the profile itself, with dates in UTC and without rawData', async () => {
    const { json } = await call('GET /profile/{id}');
    expect(json).toMatchObject({
      id: 42,
      firstName: 'Max',
      phone: '+49 30 901820',
      type: 'user',
      isSsoOnly: 0,
    });
    expect(json).not.toHaveProperty('rawData');
    const lastSeen = String(json['lastSeen']);
    expect(lastSeen).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    const ageMs = Date.now() - Date.parse(`${lastSeen.replace(' ', 'T')}Z`);
    expect(ageMs).toBeGreaterThan(110_000);
    expect(ageMs).toBeLessThan(240_000);
  });

  it('adds up what teams give, each tag once', async () => {
    expect(await settingsOf(42)).toMatchObject({
      teamIds: [1, 2],
      actualTeamIds: [1, 2],
      actualRoleId: 3,
      skills: { tagIds: [1, 2], channels: ['email'] },
      actualSkills: {
        tagIds: [1, 2, 10, 20],
        channels: ['email', 'chat', 'phone'],
        intents: ['process_meter_reading', 'move_out'],
      },
      actualTagsOnRoute: [3, 21],
      actualLimitTicketBacklogAccess: false,
    });
  });

  it('lets the strongest role win', async () => {
    await call('PATCH /profile/{id}', { id: 48, body: { settings: { roleId: 1, teamIds: [2, 1] } } });
    expect(await settingsOf(48)).toMatchObject({ roleId: 1, actualRoleId: 2 });
  });

  it('works inheritance out for other teams with forceInheritance only', async () => {
    const teams = 'teamIds[]=3&teamIds[]=4';
    expect(await settingsOf(42, teams)).toMatchObject({ actualTeamIds: [1, 2] });
    expect(await settingsOf(42, `forceInheritance=true&${teams}`)).toMatchObject({
      teamIds: [1, 2],
      actualTeamIds: [3, 4],
      actualTagsOnEdit: [4, 32],
      actualLimitTicketBacklogAccess: true,
      actualTicketBacklogRequiredTagIds: [5, 40],
    });
    expect(await settingsOf(42, 'forceInheritance=true')).toMatchObject({ actualTeamIds: [1, 2] });
  });

  it('passes on a routing word that no document knows', async () => {
    expect((await call('GET /profile/{id}/routingStatus', { id: 52 })).json).toEqual({
      callRoutingStatus: 'teleporting',
      chatRoutingStatus: 'idle',
    });
  });

  it('names the superset roles', async () => {
    const { json } = await call('GET /profile/{id}/supersetRoles');
    expect(json).toEqual({ success: true, supersetRoles: ['Gamma', 'Alpha', 'Admin'] });
  });
});

describe('the caller', () => {
  const SUPERVISOR = [
    'readAnyUserProfile',
    'updateSpecificProfile',
    'readUserLastSeenDate',
    'updateUserProfileSkills',
  ];

  it.each([
    ['a supervisor', 42, SUPERVISOR],
    ['an agent', 43, []],
  ])('is %s', async (_, id, permissions) => {
    const { json } = await call('GET /profile', { token: mind.tokenFor(id) });
    expect(json).toMatchObject({ id, permissions, settings: { actualTeamIds: expect.any(Array) } });
    expect(Object.keys(json).sort()).toEqual([
      ...['id', 'openTickets', 'permissions', 'settings', 'sideConversations', 'unreadNotifications'],
    ]);
  });

  it('is the service worker, with every permission', async () => {
    const { json } = await call('GET /profile');
    expect(json).toMatchObject({ id: 2, permissions: [...SUPERVISOR, 'enneoAdmin'] });
  });

  it('may be told by the session cookie', async () => {
    const cookie = `theme=dark; connect.sid=${mind.tokenFor(43)}; a=b`;
    expect((await call('GET /profile', { token: null, headers: { cookie } })).json['id']).toBe(43);
  });

  it.each([
    ['no token', null],
    ['an unknown token', 'nonsense'],
    ['the token of nobody', 'sandbox-mind-user-99999'],
  ])('is refused with %s on every operation', async (_, token) => {
    for (const { method, route } of contract.operations) {
      const body = method === 'GET' ? undefined : BODIES[`${method} ${route}`];
      expect(await call(`${method} ${route}`, { token, body })).toEqual({ status: 401, json: ERROR });
    }
  });

  it('loses the rights together with the role', async () => {
    const token = mind.tokenFor(42);
    await call('PATCH /profile/{id}', { body: { settings: { roleId: 2 } } });
    expect((await call('GET /profile', { token })).json['permissions']).toEqual([]);
  });
});

const BODIES: Readonly<Record<string, unknown>> = {
  'POST /profile': { firstName: 'New', lastName: 'Person', email: 'new@example.com' },
  'PATCH /profile/{id}': { phone: '1' },
  'PATCH /profile/{id}/routingStatus': { callRoutingStatus: 'idle' },
  'PATCH /profiles': { profiles: [{ id: 42, phone: '1' }] },
};

describe('searching', () => {
  it('answers an envelope with users only, by id', async () => {
    expect((await call('GET /profiles')).json['success']).toBe(true);
    expect(ids(await list())).toEqual(userIds);
  });

  it.each([
    ['q in a first name', 'q=OLAF', [48]],
    ['q in a last name', 'q=brien&format=short', [49]],
    ['q in an address', 'q=info%40example', [46, 47]],
    ['q with a letter beyond ASCII', 'q=%C5%81uk', [50]],
    ['q not across names', 'q=max%20mustermann', []],
    ['userIds', 'userIds[]=44&userIds[]=42&userIds[]=7777', [42, 44]],
    ['userIds, hidden by the default show', 'userIds[]=1&userIds[]=42', [42]],
    ['userIds of every kind', 'userIds[]=1&userIds[]=42&show[]=all', [1, 42]],
    ['one kind', 'show=enneo', [1]],
    ['several kinds', 'show[]=enneo&show[]=serviceWorkers', [1, 2]],
    ['a page', 'limit=3&offset=2', userIds.slice(2, 5)],
    ['a page beyond the end', 'offset=1000', []],
    ['teams, as directly assigned', 'teamIds[]=2&userIds[]=42&userIds[]=43&userIds[]=44', [42, 44]],
    ['no team', 'teamIds=unassigned&limit=2', [45, 46]],
    ['online', 'lastSeen=online&userIds[]=42&userIds[]=43&userIds[]=44&userIds[]=48', [42, 43]],
    ['seen since then', 'lastSeen=2020-01-01%2000:00:00&userIds[]=44&userIds[]=48', [44]],
    ['seen since a day to come', 'lastSeen=2999-01-01%2000:00:00', []],
    ['filters combined', 'q=a&teamIds[]=1&limit=1&offset=1', [43]],
  ])('filters by %s', async (_, query, expected) => {
    expect(ids(await list(query))).toEqual(expected);
  });

  it('pages through everybody exactly once', async () => {
    const pages: unknown[] = [];
    for (let offset = 0; offset < 60; offset += 7) {
      pages.push(...ids(await list(`show[]=all&format=short&limit=7&offset=${offset}`)));
    }
    expect(pages).toEqual(castIds.map(({ id }) => id));
  });

  it('takes 100 as the limit', async () => {
    for (let i = 0; i < 100; i += 1) {
      await call('POST /profile', { body: { firstName: 'N', lastName: 'N', email: `${i}@example.com` } });
    }
    expect(await list()).toHaveLength(100);
  });

  it('shows a short format', async () => {
    const [max] = await list('userIds[]=42&format=short');
    expect(Object.keys(max ?? {})).toEqual(['id', 'firstName', 'lastName', 'email', 'type', 'externalId']);
  });

  it('hides settings and last login of others from an agent', async () => {
    const [max, erika] = await list('userIds[]=42&userIds[]=43&format=full', { token: mind.tokenFor(43) });
    expect(max).toMatchObject({ id: 42, phone: expect.any(String) });
    expect(max).not.toHaveProperty('settings');
    expect(max).not.toHaveProperty('lastSeen');
    expect(erika).toMatchObject({ id: 43, settings: { status: 'busy' }, lastSeen: expect.any(String) });
    const { json } = await call('GET /profile/{id}', { token: mind.tokenFor(43) });
    expect(json).not.toHaveProperty('settings');
  });
});

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';

describe('writing', () => {
  it.each([
    { firstName: 'Maximilian', lastName: "O'Łęcki", nameAlias: '', externalId: 'EMP-1' },
    { phone: null, lang: null, nameAlias: null, externalId: null },
    { phone: '+49 1', lang: 'en', isSsoOnly: 1, type: 'enneo' },
  ])('stores %j, and reset undoes it', async (body) => {
    const before = (await call('GET /profile/{id}')).json;
    expect(await call('PATCH /profile/{id}', { body })).toEqual({ status: 200, json: { success: true } });
    expect((await call('GET /profile/{id}')).json).toEqual({ ...before, ...body });
    mind.reset();
    expect((await call('GET /profile/{id}')).json).toMatchObject({ phone: '+49 30 901820', type: 'user' });
  });

  it('stores every own setting', async () => {
    const settings = {
      status: 'busy',
      supersetRole: 'Admin',
      ticketsFilters: { groups: [2], intents: ['x'], tagIds: [9], personalQueue: false, onlyIntents: true },
      roleId: 2,
      teamIds: [3],
      skills: { tagIds: [7], channels: ['chat'] },
      limitTicketBacklogAccess: true,
      ticketBacklogRequiredTagIds: [],
      tagsOnRoute: [8],
      tagsOnEdit: [],
      isPersonalFilters: true,
      inheritTeamSettings: false,
      nameReports: null,
      callRoutingStatus: 'acw',
      chatRoutingStatus: 'notResponding',
    };
    await call('PATCH /profile/{id}', { body: { settings } });
    expect(await settingsOf()).toMatchObject({ ...settings, actualSkills: { tagIds: [7, 30] } });
  });

  it('merges settings per key and replaces what is inside a key', async () => {
    const before = await settingsOf();
    await call('PATCH /profile/{id}', {
      body: { settings: { ticketsFilters: { groups: [3] }, status: 'busy' } },
    });
    expect(await settingsOf()).toEqual({ ...before, ticketsFilters: { groups: [3] }, status: 'busy' });
  });

  it('loses all settings to null', async () => {
    await call('PATCH /profile/{id}', { body: { settings: null } });
    expect(await settingsOf()).toBeNull();
    await call('PATCH /profile/{id}', { body: { callRoutingStatus: 'acw' } });
    const settings = await settingsOf();
    expect(settings).toMatchObject({ callRoutingStatus: 'acw', actualRoleId: null, actualTeamIds: [] });
    expect(settings).not.toHaveProperty('status');
  });

  it('prefers the routing status at the top level', async () => {
    const settings = { callRoutingStatus: 'offline', chatRoutingStatus: 'offline' };
    await call('PATCH /profile/{id}', { body: { callRoutingStatus: 'acw', settings } });
    expect(await settingsOf()).toMatchObject({ callRoutingStatus: 'acw', chatRoutingStatus: 'offline' });
  });

  it('sets the routing status through its own path', async () => {
    const body = { chatRoutingStatus: 'unavailable' };
    const { json } = await call('PATCH /profile/{id}/routingStatus', { body });
    expect(json).toEqual({ success: true });
    expect((await call('GET /profile/{id}/routingStatus')).json).toEqual({
      callRoutingStatus: 'idle',
      ...body,
    });
    expect(await settingsOf()).toMatchObject(body);
  });

  it('ignores what the vendor calls read-only, and unknown keys', async () => {
    const before = (await call('GET /profile/{id}')).json;
    const body = {
      id: 43,
      email: 'other@example.com',
      lastSeen: '2001-01-01 00:00:00',
      settings: { actualRoleId: 1, actualSkills: { tagIds: [] } },
      unheardOf: 1,
    };
    expect((await call('PATCH /profile/{id}', { body, isOffContract: true })).status).toBe(200);
    expect((await call('GET /profile/{id}')).json).toEqual(before);
  });

  it('takes image and password and never shows them', async () => {
    await call('PATCH /profile/{id}', { body: { image: PNG, password: 'hunter2-hunter2' } });
    expect(mind.writeOnlyOf(42)).toEqual({ image: PNG, passwordChanges: 1 });
    const { json } = await call('GET /profile/{id}', { query: 'includeRawData=true' });
    expect(JSON.stringify(json)).not.toMatch(/hunter2|iVBOR|"image"|"password/);
    expect(mind.writeOnlyOf(43)).toEqual({ image: null, passwordChanges: 0 });
    expect(mind.writeOnlyOf(9999)).toBeNull();
  });

  it('replaces rawData as a whole', async () => {
    await call('PATCH /profile/{id}', { body: { rawData: { a: { b: 1 } } } });
    const { json } = await call('GET /profile/{id}', { query: 'includeRawData=true' });
    expect(json['rawData']).toEqual({ a: { b: 1 } });
  });

  it('creates a user, e-mail included', async () => {
    const body = {
      firstName: 'Neu',
      lastName: 'Ling',
      email: 'neu.ling@example.com',
      phone: '+49 1',
      image: PNG,
      password: 'first-password',
      settings: { roleId: 2, chatRoutingStatus: 'idle' },
    };
    const { json } = await call('POST /profile', { body });
    expect(json).toEqual({ id: expect.any(Number), success: true });
    const id = Number(json['id']);
    expect((await call('GET /profile/{id}', { id })).json).toMatchObject({
      ...{ firstName: 'Neu', lastName: 'Ling', email: 'neu.ling@example.com', phone: '+49 1' },
      ...{ type: 'user', lastSeen: null, settings: { roleId: 2, chatRoutingStatus: 'idle', teamIds: [] } },
    });
    expect(ids(await list('q=neu.ling'))).toEqual([id]);
    expect(mind.writeOnlyOf(id)).toEqual({ image: PNG, passwordChanges: 1 });
    mind.reset();
    expect(await list('q=neu.ling')).toEqual([]);
  });

  it('updates several users, one result each', async () => {
    const profiles = [
      { id: 43, phone: '43' },
      { id: 7777, phone: '1' },
      { id: 42, settings: { status: 'busy' } },
    ];
    const { status, json } = await call('PATCH /profiles', { body: { profiles } });
    expect(status).toBe(200);
    expect(json).toEqual({
      results: [
        { id: 43, success: true },
        { id: 7777, success: false, message: expect.any(String) },
        { id: 42, success: true },
      ],
    });
    expect((await call('GET /profile/{id}', { id: 43 })).json['phone']).toBe('43');
    expect(await settingsOf()).toMatchObject({ status: 'busy', roleId: 3 });
  });

  it('fails a bulk item with a bad value alone and stores nothing of it', async () => {
    const bad = { id: 42, phone: 'lost', settings: { status: 'asleep' } };
    const { status, json } = await call('PATCH /profiles', {
      body: { profiles: [bad, { phone: 'whose?' }, { id: 43, phone: '43' }] },
      isOffContract: true,
    });
    expect(status).toBe(200);
    expect(json['results']).toEqual([
      { id: 42, success: false, message: expect.stringContaining('settings.status') },
      { success: false, message: expect.any(String) },
      { id: 43, success: true },
    ]);
    expect((await call('GET /profile/{id}')).json['phone']).toBe('+49 30 901820');
  });
});

describe('refusals', () => {
  it.each([
    ['PATCH /profile/{id}', { settings: { status: 'asleep' } }],
    ['PATCH /profile/{id}', { callRoutingStatus: 'teleporting' }],
    ['PATCH /profile/{id}', { settings: { chatRoutingStatus: 'busy' } }],
    ['PATCH /profile/{id}', { firstName: null }],
    ['PATCH /profile/{id}', { phone: 49 }],
    ['PATCH /profile/{id}', { isSsoOnly: true }],
    ['PATCH /profile/{id}', { settings: [] }],
    ['PATCH /profile/{id}', { settings: { teamIds: ['1'] } }],
    ['PATCH /profile/{id}', { settings: { skills: { channels: 'email' } } }],
    ['PATCH /profile/{id}', { rawData: 'text' }],
    ['PATCH /profile/{id}', []],
    ['PATCH /profile/{id}/routingStatus', { callRoutingStatus: 'gone' }],
    ['POST /profile', { firstName: 'No', lastName: 'Address' }],
    ['POST /profile', { lastName: 'Nofirst', email: 'a@example.com' }],
    ['POST /profile', { firstName: 'A', lastName: 'B', email: 7 }],
  ])('answers 400 to %s with %j and stores nothing', async (operation, body) => {
    const before = await list('show[]=all');
    const answer = await call(operation, { body, isOffContract: true });
    expect(answer).toEqual({ status: 400, json: ERROR });
    expect(await list('show[]=all')).toEqual(before);
  });

  it('refuses an image with a data-URL prefix', async () => {
    const body = { image: `data:image/png;base64,${PNG}` };
    expect(await call('PATCH /profile/{id}', { body })).toEqual({ status: 400, json: ERROR });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded'])('refuses a body of type %s', async (type) => {
    const headers = { 'content-type': type };
    const answer = await call('PATCH /profile/{id}', { body: { phone: '1' }, headers });
    expect(answer).toEqual({ status: 400, json: ERROR });
  });

  it.each([
    ['GET /profiles', 'limit=0'],
    ['GET /profiles', 'limit=many'],
    ['GET /profiles', 'offset=-1'],
    ['GET /profiles', 'userIds[]=x'],
    ['GET /profiles', 'teamIds=3'],
    ['GET /profiles', 'show=nobody'],
    ['GET /profiles', 'format=long'],
    ['GET /profiles', 'lastSeen=yesterday'],
    ['GET /profile/{id}', 'includeRawData=maybe'],
  ])('answers 400 to %s?%s', async (operation, query) => {
    expect(await call(operation, { query, isOffContract: true })).toEqual({ status: 400, json: ERROR });
  });

  it.each([[undefined], [{}], [{ profiles: { id: 42 } }]])(
    'answers 400 to a bulk update of %j',
    async (body) => {
      const answer = await call('PATCH /profiles', { body, isOffContract: true });
      expect(answer).toEqual({
        status: 400,
        json: { results: [{ success: false, message: 'profiles array is required' }] },
      });
    },
  );

  it.each([
    ['PATCH /profile/{id}', {}],
    ['POST /profile', {}],
    ['GET /profile/{id}/routingStatus', {}],
    ['PATCH /profile/{id}/routingStatus', {}],
    ['GET /profiles', {}],
    ['PATCH /profiles', { success: false }],
  ])('answers 403 to %s by an agent for somebody else', async (operation, json) => {
    const query = operation === 'GET /profiles' ? 'lastSeen=online' : '';
    const answer = await call(operation, { token: mind.tokenFor(43), query, body: BODIES[operation] });
    expect(answer).toEqual({ status: 403, json });
  });

  it('lets an agent write their own profile', async () => {
    const own = { id: 43, token: mind.tokenFor(43) };
    expect((await call('PATCH /profile/{id}', { ...own, body: { phone: '1' } })).status).toBe(200);
    const body = { chatRoutingStatus: 'idle' };
    expect((await call('PATCH /profile/{id}/routingStatus', { ...own, body })).status).toBe(200);
    expect((await call('GET /profile/{id}/routingStatus', own)).json).toMatchObject(body);
  });

  it("keeps a supervisor from the vendor's own users in bulk", async () => {
    const body = {
      profiles: [
        { id: 42, phone: '1' },
        { id: 1, phone: '1' },
      ],
    };
    const refused = await call('PATCH /profiles', { token: mind.tokenFor(42), body });
    expect(refused).toEqual({ status: 403, json: { success: false } });
    expect((await call('GET /profile/{id}')).json['phone']).toBe('+49 30 901820');
    expect((await call('PATCH /profiles', { body })).json['results']).toHaveLength(2);
  });

  it.each(
    ['7777', 'abc', '4.2', '-1'].flatMap((id) =>
      contract.operations
        .filter(({ route }) => route.includes('{id}'))
        .map(({ method, route }) => [`${method} ${route}`, id] as const),
    ),
  )('answers 404 to %s for %s', async (operation, id) => {
    expect(await call(operation, { id, body: BODIES[operation] })).toEqual({ status: 404, json: ERROR });
  });

  it('answers 404 with an error body to an unknown path', async () => {
    const response = await fetch(`${mind.url}/nothing`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual(ERROR);
  });

  it('can be told to answer the documented 500 on every operation', async () => {
    const json = { error: 'Contract 121 failed', details: 'in /app/src/file:212', txId: 'c916167c94' };
    mind.switches.set({ reply: { status: 500, body: JSON.stringify(json) } });
    for (const { method, route } of contract.operations) {
      const operation = `${method} ${route}`;
      expect(await call(operation, { body: BODIES[operation] })).toEqual({ status: 500, json });
    }
  });
});

describe('switches', () => {
  it('replaces settings instead of merging, live routing apart', async () => {
    mind.switches.set({ settingsPatch: 'replace' });
    await call('PATCH /profile/{id}', { body: { settings: { status: 'busy' } } });
    const settings = await settingsOf();
    expect(settings).toMatchObject({ status: 'busy', callRoutingStatus: 'idle', actualTeamIds: [] });
    expect(settings).not.toHaveProperty('roleId');
  });

  it('forgets userIds[]', async () => {
    mind.switches.set({ withoutUserIds: true });
    expect(ids(await list('userIds[]=42'))).toEqual(userIds);
  });

  it('answers a bare list', async () => {
    mind.switches.set({ listShape: 'array' });
    expect((await call('GET /profiles', { query: 'userIds[]=42' })).json).toMatchObject([{ id: 42 }]);
  });

  it('caps the limit', async () => {
    mind.switches.set({ listLimitCap: 2 });
    expect(ids(await list('limit=50&offset=1'))).toEqual(userIds.slice(1, 3));
  });

  it.each<[NonNullable<MindSwitches['rows']>, unknown[], unknown[]]>([
    ['reversed', [43, 42], [42, 43]],
    ['duplicated', [42, 42, 43, 43], [43, 43, 42, 42]],
    ['missing', [43], [42]],
    ['foreign', [expect.any(Number), 42, 43], [expect.any(Number), 43, 42]],
  ])('shapes rows: %s', async (rows, listed, patched) => {
    mind.switches.set({ rows });
    expect(ids(await list('userIds[]=42&userIds[]=43'))).toEqual(listed);
    const { json } = await call('PATCH /profiles', {
      body: {
        profiles: [
          { id: 43, phone: '1' },
          { id: 42, phone: '1' },
        ],
      },
    });
    expect(ids(json['results'] as Json[])).toEqual(patched);
  });

  it('accepts a write without storing it', async () => {
    mind.switches.set({ ignoreWrites: ['phone', 'status', 'callRoutingStatus', 'image', 'password'] });
    const body = {
      ...{ firstName: 'Stored', phone: '1', image: PNG, password: 'x', callRoutingStatus: 'acw' },
      settings: { status: 'busy', tagsOnEdit: [9] },
    };
    expect((await call('PATCH /profile/{id}', { body })).json).toEqual({ success: true });
    expect((await call('GET /profile/{id}')).json).toMatchObject({
      firstName: 'Stored',
      phone: '+49 30 901820',
      settings: { status: 'available', tagsOnEdit: [9], callRoutingStatus: 'idle' },
    });
    expect(mind.writeOnlyOf(42)).toEqual({ image: null, passwordChanges: 0 });
  });

  it('sends words that no document knows', async () => {
    const known = ['available', 'busy'];
    mind.switches.set({ unknownEnums: true });
    const settings = await settingsOf();
    expect(known).not.toContain(settings['status']);
    expect(settings['callRoutingStatus']).toBe('teleporting');
    expect((await call('GET /profile/{id}/routingStatus')).json['callRoutingStatus']).toBe('teleporting');
  });

  it.each([
    [{ extraKeys: true }, 'in no document', 2],
    [{ canarySecrets: true }, 'canary-', 2],
  ] as const)('adds keys to every user with %j', async (on, marker, atLeast) => {
    const count = (json: unknown) => JSON.stringify(json).split(marker).length - 1;
    expect(count(await list())).toBe(0);
    mind.switches.set(on);
    const rows = await list('limit=5');
    expect(count(rows)).toBe(5 * atLeast);
    expect(count((await call('GET /profile')).json)).toBe(atLeast);
    expect(count((await call('GET /profile/{id}')).json)).toBe(atLeast);
  });

  it('hides a credential inside rawData too', async () => {
    mind.switches.set({ canarySecrets: true });
    const { json } = await call('GET /profile/{id}', { query: 'includeRawData=true' });
    expect(json).toMatchObject({
      accessToken: expect.stringContaining('canary-'),
      settings: { freshdeskApiAuth: expect.stringContaining('canary-') },
      rawData: { costCentre: 'CC-7', crm: { apiKey: expect.stringContaining('canary-') } },
    });
  });

  it('applies to the route it names only', async () => {
    mind.switches.set({ only: { method: 'GET', path: '/profiles' }, canarySecrets: true });
    expect((await call('GET /profile/{id}')).json).not.toHaveProperty('accessToken');
    expect((await list('userIds[]=42'))[0]).toHaveProperty('accessToken');
  });
});

it('has exercised every operation of the contract', () => {
  expect([...exercised].sort()).toEqual(
    contract.operations.map(({ method, route }) => `${method} ${route}`).sort(),
  );
});
