import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { components } from '../../src/adapters/v2/wire.generated.js';
import { CAST } from '../../src/sandbox/people.js';
import { startV2Sandbox, type V2Sandbox, type V2Switches } from '../../src/sandbox/v2/index.js';
import { loadContract } from '../support/contract.js';

type Schemas = components['schemas'];
type Params = Readonly<Record<string, string>>;
/** Method, path after `/api/v2/user`, query parameters (GET) or form fields. */
type Call = readonly [method: string, path: string, params: Params];

interface Answer {
  readonly status: number;
  readonly json: unknown;
  /** What the contract document holds against request and answer. */
  readonly problems: { readonly request: readonly string[]; readonly response: readonly string[] };
}

const MULTIPART = 'multipart/form-data';
const URLENCODED = 'application/x-www-form-urlencoded';
const contract = loadContract('v2');
let sandbox: V2Sandbox;

beforeAll(async () => {
  sandbox = await startV2Sandbox(CAST);
});
beforeEach(() => {
  sandbox.reset();
});
afterAll(() => sandbox.close());

async function send(
  [method, path, params]: Call,
  headers: Params = { apiKey: sandbox.apiKey },
): Promise<Answer> {
  const query = method === 'GET' ? new URLSearchParams(params).toString() : '';
  const form = method === 'POST' ? new FormData() : new URLSearchParams();
  if (method !== 'GET') for (const [name, value] of Object.entries(params)) form.append(name, value);
  const response = await fetch(`${sandbox.url}/api/v2/user${path}${query === '' ? '' : `?${query}`}`, {
    method,
    headers,
    ...(method === 'GET' ? {} : { body: form }),
  });
  const json: unknown = await response.json();
  const exchange = {
    method,
    route: templateOf(path),
    ...(method === 'GET'
      ? { query }
      : { contentType: method === 'POST' ? MULTIPART : URLENCODED, requestBody: params }),
    status: response.status,
    responseBody: json,
  };
  return {
    status: response.status,
    json,
    problems: { request: contract.checkRequest(exchange), response: contract.checkResponse(exchange) },
  };
}

function templateOf(path: string): string {
  return `/api/v2/user${path.replace(/^\/\d+$/, '/{id}')}`;
}

async function succeed(call: Call): Promise<unknown> {
  const { status, json, problems } = await send(call);
  expect({ status, problems, json }).toEqual({ status: 200, problems: { request: [], response: [] }, json });
  return json;
}

async function index(params: Params = {}): Promise<Schemas['UserList']> {
  return (await succeed(['GET', '', params])) as Schemas['UserList'];
}

async function user(id: number): Promise<Schemas['User'] | undefined> {
  return (await index({ itemLimit: '999' })).items.find((row) => row.id === id);
}

async function settings(userID: number): Promise<Schemas['UserSettings']> {
  const json = await succeed(['GET', '/settings', { userID: String(userID) }]);
  return (json as Schemas['UserSettingsItem']).item;
}

async function views(params: Params): Promise<Schemas['UserViewList']> {
  return (await succeed(['GET', '/getUserViews', params])) as Schemas['UserViewList'];
}

const NEWCOMER = { firstname: 'Zoë', lastname: 'Neu-Mann', name: 'zoe.n', email: 'zoe.neumann@example.com' };
const MAX = { userID: '17' };
const STATISTIC = { ...MAX, statistic: 'open_tickets' };

const OPERATIONS: readonly Call[] = [
  ['GET', '', { query: 'max.m', itemStart: '0', itemLimit: '50', activeOnly: 'true', extended: 'false' }],
  ['GET', '/settings', MAX],
  ['GET', '/getUserViews', { ...MAX, query: 'Follow-up', itemStart: '0', itemLimit: '5' }],
  [
    'POST',
    '',
    {
      ...NEWCOMER,
      telephone_number: '+31201234567',
      language: 'nl',
      dateFormat: 'nl_NL',
      groups: '[1,2]',
      sendActivationMail: '0',
    },
  ],
  [
    'PUT',
    '/17',
    {
      firstname: 'Maximilian',
      lastname: 'Mustermann-Groß',
      name: 'maximilian.m',
      email: 'maximilian@example.com',
      telephone: '+49301',
      language: 'nl',
      dateFormat: 'iso',
      groups: '[]',
    },
  ],
  ['PUT', '/usernameUpdate', { id: '17', username: 'max-2.m' }],
  ['PUT', '/firstnameUpdate', { id: '17', firstname: 'Måx' }],
  ['PUT', '/lastnameUpdate', { id: '17', lastname: 'van der Berg' }],
  ['POST', '/updateStatus', { ...MAX, statusID: '2', lastInternalCallID: '5', browserRequestTime: '0' }],
  ['POST', '/statusLock', { ...MAX, status: '3' }],
  ['POST', '/statusLockDelete', MAX],
  ['POST', '/userCampaignState', { ...MAX, campaign: 'spring-2024', state: '1' }],
  ['PUT', '/maxChats', { ...MAX, maxChats: '7' }],
  ['PUT', '/chatSoundNewMessage', { ...MAX, state: '0' }],
  ['PUT', '/notifyOnTicketAssignment', { ...MAX, state: '0' }],
  ['PUT', '/callsAutoAnswer', { ...MAX, state: '1' }],
  ['PUT', '/ticketIncognitoMode', { ...MAX, state: '1' }],
  ['PUT', '/updateUserView', { ...MAX, viewID: '2', newValue: '1' }],
  ['POST', '/userStatistic', { ...STATISTIC, statisticOption: 'today', statisticSecondaryOption: '7' }],
  ['DELETE', '/userStatistic', { ...STATISTIC, statisticPrimaryOption: 'a', statisticSecondaryOption: '7' }],
  ['PUT', '/watch', { ...STATISTIC, statisticPrimaryOption: 'today', watchToggle: 'watch' }],
  ['POST', '/refreshTab', { tabID: 'tab_1' }],
];

describe('the contract document', () => {
  it.each(OPERATIONS)('is kept by %s %s', async (...call) => {
    await succeed(call);
  });

  it('names no operation that is not exercised here', () => {
    const exercised = OPERATIONS.map(([method, path]) => `${method} ${templateOf(path)}`);
    const documented = contract.operations.map(({ method, route }) => `${method} ${route}`);
    expect(exercised.sort()).toEqual(documented.sort());
  });

  it('holds only patterns that compile with and without the u flag', () => {
    const patterns: string[] = [];
    JSON.stringify(parse(readFileSync('src/adapters/v2/openapi.yaml', 'utf8')), (key, value: unknown) => {
      if (key === 'pattern' && typeof value === 'string') patterns.push(value);
      return value;
    });
    expect(patterns.length).toBeGreaterThan(15);
    for (const pattern of patterns) {
      expect(() => [new RegExp(pattern), new RegExp(pattern, 'u')]).not.toThrow();
    }
  });
});

describe('finding users', () => {
  it('shows a user with every key', async () => {
    expect(await user(17)).toEqual({
      id: 17,
      name: 'max.m',
      firstname: 'Max',
      lastname: 'Mustermann',
      email: 'max.mustermann@example.com',
      telephone_number: '+4930901820',
      language: 'de',
      dateFormat: 'de_DE',
      groups: [1, 4],
      active: 1,
      statusID: 1,
      statusLocked: 0,
    });
  });

  it('answers the first 15 in the order of their ids, the key’s own user among them', async () => {
    const { items, ...envelope } = await index();
    const total = CAST.filter(({ v2 }) => v2 !== undefined).length + 1;
    expect(envelope).toEqual({ type: 'user', itemStart: 0, itemTotal: total, itemLimit: 15 });
    expect(items).toHaveLength(15);
    expect(items[0]).toMatchObject({ id: 1, name: 'api', email: 'api@desk.example', active: 1 });
    const ids = items.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  });

  it('pages without gap or overlap', async () => {
    const whole = await index({ itemLimit: '999' });
    const pages = [
      await index({ itemLimit: '30' }),
      await index({ itemStart: '30', itemLimit: '30' }),
      await index({ itemStart: '60', itemLimit: '30' }),
    ];
    expect(pages.flatMap(({ items }) => items)).toEqual(whole.items);
    expect(pages.map(({ itemTotal }) => itemTotal)).toEqual(pages.map(() => whole.items.length));
  });

  it.each([
    ['a whole address in any case', 'Nora.Quandt@example.com', [20]],
    ['an address that two people have', 'info@example.com', [21, 22]],
    ['no part of an address', 'example.com', []],
    ['a part of a username in any case', 'MAX.M', [17]],
    ['a part of a phone number', '+493090', [17]],
    ['an address of an inactive user too', 'rita.wieder@example.com', [28, 29]],
  ])('finds by %s', async (_, query, ids) => {
    const { items, itemTotal } = await index({ query });
    expect(items.map(({ id }) => id)).toEqual(ids);
    expect(itemTotal).toBe(ids.length);
  });

  it('takes a plus that was not encoded for a space', async () => {
    const response = await fetch(`${sandbox.url}/api/v2/user?query=+493090`, {
      headers: { apiKey: sandbox.apiKey },
    });
    expect(await response.json()).toMatchObject({ itemTotal: 0 });
  });

  it.each(['true', '1'])('leaves inactive users out with activeOnly=%s', async (activeOnly) => {
    const { items } = await index({ query: 'rita.wieder@example.com', activeOnly });
    expect(items.map(({ id }) => id)).toEqual([29]);
  });

  it.each(['false', '0'])('leaves four keys out with extended=%s', async (extended) => {
    const { items } = await index({ query: 'max.m', extended });
    const left = ['active', 'email', 'firstname', 'id', 'language', 'lastname', 'name', 'telephone_number'];
    expect(Object.keys(items[0] ?? {}).sort()).toEqual(left);
  });
});

describe('writing', () => {
  it('creates a user with defaults and the next id, which the answer does not tell', async () => {
    const before = await index({ itemLimit: '999' });
    const answer = await succeed(['POST', '', NEWCOMER]);
    expect(answer).toEqual({ type: 'result', message: expect.any(String) });
    expect(JSON.stringify(answer)).not.toMatch(/\d/);
    const after = await index({ itemLimit: '999' });
    expect(after.items.slice(0, -1)).toEqual(before.items);
    expect(after.items.at(-1)).toEqual({
      ...NEWCOMER,
      id: (before.items.at(-1)?.id ?? 0) + 1,
      telephone_number: '',
      language: 'en',
      dateFormat: 'en_GB',
      groups: [],
      active: 1,
      statusID: 4,
      statusLocked: 0,
    });
  });

  it.each<[Call, Partial<Schemas['User']>]>([
    [
      ['POST', '/updateStatus', { userEmailAddress: 'MAX.mustermann@example.com', statusID: '4' }],
      { statusID: 4 },
    ],
    [['POST', '/updateStatus', { ...MAX, statusID: '2' }], { statusID: 2 }],
    [['POST', '/statusLock', { ...MAX, status: '3' }], { statusID: 3, statusLocked: 1 }],
    [['PUT', '/usernameUpdate', { id: '17', username: 'max-2.m' }], { name: 'max-2.m' }],
    [['PUT', '/firstnameUpdate', { id: '17', firstname: 'Måx' }], { firstname: 'Måx' }],
    [['PUT', '/lastnameUpdate', { id: '17', lastname: 'van der Berg' }], { lastname: 'van der Berg' }],
    [['PUT', '/17', { telephone: '+491' }], { telephone_number: '+491' }],
    [
      [
        'PUT',
        '/17',
        { firstname: 'A', lastname: 'B', name: 'a.b', email: 'a@b.example', language: 'nl', groups: '[7]' },
      ],
      { firstname: 'A', lastname: 'B', name: 'a.b', email: 'a@b.example', language: 'nl', groups: [7] },
    ],
    [['PUT', '/17', { dateFormat: 'en_GBxxx' }], { dateFormat: 'en_GBxxx' }],
    [['PUT', '/17', { dateFormat: 'notiso' }], { dateFormat: 'notiso' }],
    [
      ['PUT', '/17', { telephone: '', firstname: '', dateFormat: '', groups: '', email: '' }],
      { telephone_number: '', firstname: '', dateFormat: '', groups: [], email: '' },
    ],
    [['PUT', '/17', { name: 'max.m', email: 'max.mustermann@example.com' }], {}],
  ])('keeps what %j stores until the reset, and everything else', async (call, change) => {
    const before = await user(17);
    await succeed(call);
    expect(await user(17)).toEqual({ ...before, ...change });
    sandbox.reset();
    expect(await user(17)).toEqual(before);
  });

  it.each<[Call, Partial<Schemas['UserSettings']>]>([
    [['PUT', '/maxChats', { ...MAX, maxChats: '9' }], { maxChats: 9 }],
    [['PUT', '/chatSoundNewMessage', { ...MAX, state: '0' }], { chatSoundNewMessage: 0 }],
    [['PUT', '/notifyOnTicketAssignment', { ...MAX, state: '0' }], { notifyOnTicketAssignment: 0 }],
    [['PUT', '/callsAutoAnswer', { ...MAX, state: '1' }], { callsAutoAnswer: 1 }],
    [['PUT', '/ticketIncognitoMode', { ...MAX, state: '1' }], { ticketIncognitoMode: 1 }],
  ])('keeps the setting of %j until the reset', async (call, change) => {
    const before = await settings(17);
    await succeed(call);
    expect(await settings(17)).toEqual({ ...before, ...change });
    expect((await settings(18)).maxChats).toBe(5);
    sandbox.reset();
    expect(await settings(17)).toEqual({
      maxChats: 3,
      chatSoundNewMessage: 1,
      notifyOnTicketAssignment: 1,
      ticketIncognitoMode: 0,
      callsAutoAnswer: 0,
    });
  });

  it('selects views per user', async () => {
    await succeed(['PUT', '/updateUserView', { ...MAX, viewID: '2', newValue: '1' }]);
    await succeed(['PUT', '/updateUserView', { ...MAX, viewID: '1', newValue: '0' }]);
    expect(await views(MAX)).toEqual({
      type: 'view',
      itemStart: 0,
      itemTotal: 3,
      itemLimit: 15,
      items: [
        { id: 1, name: 'Inbox', selected: 0 },
        { id: 2, name: 'Escalated', selected: 1 },
        { id: 3, name: 'Follow-up', selected: 0 },
      ],
    });
    expect((await views({ userID: '18' })).items.map(({ selected }) => selected)).toEqual([1, 0, 0]);
    sandbox.reset();
    expect((await views(MAX)).items.map(({ selected }) => selected)).toEqual([1, 0, 0]);
  });

  it('filters and pages views', async () => {
    expect((await views({ ...MAX, query: 'follow' })).items.map(({ id }) => id)).toEqual([3]);
    const { items, itemTotal } = await views({ ...MAX, itemStart: '1', itemLimit: '1' });
    expect([items.map(({ id }) => id), itemTotal]).toEqual([[2], 3]);
  });

  it('refuses a new status while a lock holds, and takes it afterwards', async () => {
    await succeed(['POST', '/statusLock', { ...MAX, status: '3' }]);
    const refusal = await send(['POST', '/updateStatus', { ...MAX, statusID: '1' }]);
    expect(refusal).toMatchObject({ status: 400, problems: { response: [] } });
    expect(refusal.json).toEqual({ status: 'error', message: expect.stringContaining('locked') });
    await succeed(['POST', '/statusLockDelete', MAX]);
    expect(await user(17)).toMatchObject({ statusID: 3, statusLocked: 0 });
    await succeed(['POST', '/updateStatus', { ...MAX, statusID: '1' }]);
    expect(await user(17)).toMatchObject({ statusID: 1 });
  });

  it('acts on the key’s own user when none is named', async () => {
    await succeed(['PUT', '/maxChats', { maxChats: '8' }]);
    expect((await settings(1)).maxChats).toBe(8);
    expect((await settings(17)).maxChats).toBe(3);
    const own = (await succeed(['GET', '/settings', {}])) as Schemas['UserSettingsItem'];
    expect(own.item.maxChats).toBe(8);
  });

  it('shows what no endpoint reads back, until the reset', async () => {
    const options = { statisticOption: 'today', statisticSecondaryOption: '7' };
    await succeed(['POST', '/userCampaignState', { ...MAX, campaign: 'spring', state: '1' }]);
    await succeed(['POST', '/userCampaignState', { ...MAX, campaign: 'autumn[2]^', state: '1' }]);
    await succeed(['POST', '/userCampaignState', { ...MAX, campaign: 'spring', state: '0' }]);
    await succeed(['POST', '/userStatistic', { ...STATISTIC, ...options }]);
    await succeed(['POST', '/userStatistic', { ...STATISTIC, ...options }]);
    await succeed(['POST', '/userStatistic', STATISTIC]);
    await succeed(['PUT', '/watch', { ...STATISTIC, watchToggle: 'watch' }]);
    await succeed(['POST', '/refreshTab', { tabID: 'tab_1' }]);
    await succeed(['POST', '/refreshTab', { tabID: 'tab_1' }]);
    const plain = { userID: 17, statistic: 'open_tickets', primaryOption: '', secondaryOption: '' };
    const detailed = { ...plain, primaryOption: 'today', secondaryOption: '7' };
    expect(sandbox.writeOnly).toEqual({
      campaigns: [
        { userID: 17, campaign: 'autumn[2]^', state: 1 },
        { userID: 17, campaign: 'spring', state: 0 },
      ],
      statistics: [detailed, plain],
      watchedStatistics: [plain],
      refreshedTabs: ['tab_1', 'tab_1'],
    });
    await succeed(['DELETE', '/userStatistic', STATISTIC]);
    expect(sandbox.writeOnly.statistics).toEqual([detailed]);
    sandbox.reset();
    expect(sandbox.writeOnly).toEqual({
      campaigns: [],
      statistics: [],
      watchedStatistics: [],
      refreshedTabs: [],
    });
  });

  it('ignores a field that belongs to another method', async () => {
    const { status, problems } = await send(['PUT', '/17', { telephone_number: '+491' }]);
    expect([status, problems.request.length]).toEqual([200, 1]);
    expect((await user(17))?.telephone_number).toBe('+4930901820');
  });
});

describe('parameters that the vendor’s rules refuse', () => {
  it.each<Call>([
    ['GET', '', { query: '' }],
    ['GET', '', { query: "'; drop" }],
    ['GET', '', { itemLimit: '1000' }],
    ['GET', '', { itemLimit: '0' }],
    ['GET', '', { itemStart: '-1' }],
    ['GET', '', { activeOnly: 'yes' }],
    ['GET', '', { extended: '2' }],
    ['GET', '/settings', { userID: 'UID' }],
    ['GET', '/getUserViews', { userID: 'UID' }],
    ['GET', '/getUserViews', { ...MAX, query: '' }],
    ['GET', '/getUserViews', { ...MAX, query: 'a.b' }],
    ['GET', '/getUserViews', { ...MAX, itemLimit: '1000' }],
    ['POST', '', {}],
    ['POST', '', { ...NEWCOMER, firstname: "O'Brien" }],
    ['POST', '', { ...NEWCOMER, lastname: 'Wąs' }],
    ['POST', '', { ...NEWCOMER, lastname: '' }],
    ['POST', '', { ...NEWCOMER, name: 'zoe n' }],
    ['POST', '', { ...NEWCOMER, email: 'nobody' }],
    ['POST', '', { ...NEWCOMER, telephone_number: '+31 20' }],
    ['POST', '', { ...NEWCOMER, telephone_number: '' }],
    ['POST', '', { ...NEWCOMER, dateFormat: 'EN_gb' }],
    ['POST', '', { ...NEWCOMER, groups: '1' }],
    ['POST', '', { ...NEWCOMER, sendActivationMail: 'no' }],
    ['PUT', '/17', { firstname: 'Łukasz' }],
    ['PUT', '/17', { lastname: "'Mustermann'" }],
    ['PUT', '/17', { name: 'max_m' }],
    ['PUT', '/17', { telephone: '0049' }],
    ['PUT', '/17', { dateFormat: 'text' }],
    ['PUT', '/17', { groups: '[1,]' }],
    ['PUT', '/17', { email: 'a b@c' }],
    ['PUT', '/usernameUpdate', { id: '17', username: '' }],
    ['PUT', '/usernameUpdate', { username: 'max' }],
    ['PUT', '/firstnameUpdate', { id: '17', firstname: 'X Æ A-12' }],
    ['PUT', '/lastnameUpdate', { id: 'UID', lastname: 'Max' }],
    ['POST', '/updateStatus', { statusID: '1' }],
    ['POST', '/updateStatus', MAX],
    ['POST', '/updateStatus', { ...MAX, statusID: 'one' }],
    ['POST', '/updateStatus', { ...MAX, statusID: '1', lastInternalCallID: '' }],
    ['POST', '/statusLock', { status: '1' }],
    ['POST', '/statusLock', MAX],
    ['POST', '/statusLockDelete', {}],
    ['POST', '/userCampaignState', { ...MAX, campaign: 'a b', state: '1' }],
    ['POST', '/userCampaignState', { ...MAX, campaign: 'a', state: '2' }],
    ['PUT', '/maxChats', { ...MAX, maxChats: '-1' }],
    ['PUT', '/maxChats', { userID: "'17'", maxChats: '1' }],
    ['PUT', '/chatSoundNewMessage', { ...MAX, state: 'true' }],
    ['PUT', '/notifyOnTicketAssignment', MAX],
    ['PUT', '/callsAutoAnswer', { ...MAX, state: '' }],
    ['PUT', '/ticketIncognitoMode', { userID: 'UID', state: '1' }],
    ['PUT', '/updateUserView', { ...MAX, viewID: '1' }],
    ['POST', '/userStatistic', { ...STATISTIC, statistic: 'open-tickets' }],
    ['POST', '/userStatistic', { ...STATISTIC, statisticOption: '' }],
    ['DELETE', '/userStatistic', MAX],
    ['DELETE', '/userStatistic', { ...STATISTIC, statisticPrimaryOption: '' }],
    ['PUT', '/watch', STATISTIC],
    ['PUT', '/watch', { ...STATISTIC, watchToggle: 'unwatch' }],
    ['POST', '/refreshTab', { tabID: 'tab-1' }],
  ])('%s %s %j', async (...call) => {
    const { status, json, problems } = await send(call);
    expect({ status, json }).toEqual({ status: 400, json: { status: 'error', message: expect.any(String) } });
    expect(problems.response).toEqual([]);
    expect(problems.request).not.toEqual([]);
  });

  it.each(['a;drop table', '+', "_o'neil@example.com"])('but the index takes %s', async (query) => {
    expect(await index({ query })).toHaveProperty('items');
  });
});

describe('calls that the state refuses', () => {
  it.each<Call>([
    ['GET', '/settings', { userID: '4711' }],
    ['GET', '/getUserViews', { userID: '4711' }],
    ['PUT', '/4711', { firstname: 'Max' }],
    ['PUT', '/usernameUpdate', { id: '4711', username: 'max' }],
    ['PUT', '/firstnameUpdate', { id: '4711', firstname: 'Max' }],
    ['PUT', '/lastnameUpdate', { id: '4711', lastname: 'Max' }],
    ['POST', '/updateStatus', { userID: '4711', statusID: '1' }],
    ['POST', '/updateStatus', { userEmailAddress: 'nobody@example.com', statusID: '1' }],
    ['POST', '/updateStatus', { userEmailAddress: 'info@example.com', statusID: '1' }],
    ['POST', '/updateStatus', { ...MAX, userEmailAddress: 'erika.gabler@example.com', statusID: '1' }],
    ['POST', '/updateStatus', { ...MAX, statusID: '55' }],
    ['POST', '/updateStatus', { userID: '26', statusID: '1' }],
    ['POST', '/statusLock', { userID: '4711', status: '1' }],
    ['POST', '/statusLock', { ...MAX, status: '55' }],
    ['POST', '/statusLockDelete', { userID: '4711' }],
    ['POST', '/userCampaignState', { userID: '4711', campaign: 'a', state: '1' }],
    ['PUT', '/maxChats', { userID: '4711', maxChats: '1' }],
    ['PUT', '/callsAutoAnswer', { userID: '4711', state: '1' }],
    ['PUT', '/updateUserView', { userID: '4711', viewID: '1', newValue: '1' }],
    ['PUT', '/updateUserView', { ...MAX, viewID: '4', newValue: '1' }],
    ['POST', '/userStatistic', { userID: '4711', statistic: 'a' }],
    ['DELETE', '/userStatistic', { userID: '4711', statistic: 'a' }],
    ['PUT', '/watch', { userID: '4711', statistic: 'a', watchToggle: 'watch' }],
    ['POST', '', { ...NEWCOMER, name: 'MAX.M' }],
    ['POST', '', { ...NEWCOMER, email: 'Max.Mustermann@example.com' }],
    ['PUT', '/17', { name: 'erika.g' }],
    ['PUT', '/17', { email: 'erika.gabler@example.com' }],
    ['PUT', '/usernameUpdate', { id: '17', username: 'erika.g' }],
  ])('%s %s %j', async (...call) => {
    const before = await index({ itemLimit: '999' });
    const { status, json, problems } = await send(call);
    expect({ status, json }).toEqual({ status: 400, json: { status: 'error', message: expect.any(String) } });
    expect(problems).toEqual({ request: [], response: [] });
    expect(await index({ itemLimit: '999' })).toEqual(before);
  });
});

describe('keys and content types', () => {
  const read: Call = ['GET', '', {}];

  it.each<[string, Call, () => Params]>([
    ['no key', read, () => ({})],
    ['an unknown key', read, () => ({ apiKey: 'nonsense' })],
    [
      'reading views with a read-only key',
      ['GET', '/getUserViews', MAX],
      () => ({ apiKey: sandbox.readOnlyApiKey }),
    ],
    [
      'writing with a read-only key',
      ['PUT', '/maxChats', { ...MAX, maxChats: '1' }],
      () => ({ apiKey: sandbox.readOnlyApiKey }),
    ],
    [
      'incognito mode with a read-only key',
      ['PUT', '/ticketIncognitoMode', { ...MAX, state: '1' }],
      () => ({ apiKey: sandbox.readOnlyApiKey }),
    ],
  ])('refuses %s', async (_, call, headers) => {
    const { status, json, problems } = await send(call, headers());
    expect({ status, json }).toEqual({ status: 403, json: { status: 'error', message: expect.any(String) } });
    expect(problems.response).toEqual([]);
  });

  it.each<Call>([read, ['GET', '/settings', MAX]])('lets a read-only key %s %s', async (...call) => {
    expect((await send(call, { apiKey: sandbox.readOnlyApiKey })).status).toBe(200);
  });

  it('refuses a key in the query string, even beside the header', async () => {
    const url = `${sandbox.url}/api/v2/user?apiKey=${sandbox.apiKey}`;
    expect((await fetch(url)).status).toBe(403);
    expect((await fetch(url, { headers: { apiKey: sandbox.apiKey } })).status).toBe(403);
  });

  it.each([
    ['POST', '/updateStatus', 'application/json', '{"userID":17,"statusID":2}'],
    ['POST', '/updateStatus', URLENCODED, 'userID=17&statusID=2'],
    ['POST', '/updateStatus', `${MULTIPART}; boundary=x`, '--x\r\nnot a part'],
    ['PUT', '/17', 'application/json', '{"firstname":"A"}'],
    ['PUT', '/17', `${MULTIPART}; boundary=x`, '--x--'],
    ['DELETE', '/userStatistic', 'text/plain', 'statistic=a'],
  ])('refuses %s %s as %s', async (method, path, contentType, body) => {
    const before = await user(17);
    const response = await fetch(`${sandbox.url}/api/v2/user${path}`, {
      method,
      headers: { apiKey: sandbox.apiKey, 'content-type': contentType },
      body,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ status: 'error', message: expect.any(String) });
    expect(await user(17)).toEqual(before);
  });

  it('refuses a write without a body', async () => {
    const response = await fetch(`${sandbox.url}/api/v2/user/17`, {
      method: 'PUT',
      headers: { apiKey: sandbox.apiKey },
    });
    expect(response.status).toBe(400);
  });

  it.each([
    ['GET', '/api/v2/user/17'],
    ['DELETE', '/api/v2/user/17'],
    ['POST', '/api/v2/user/reserveUserForLiveChannel'],
    ['GET', '/user'],
  ])('knows no %s %s', async (method, path) => {
    const response = await fetch(`${sandbox.url}${path}`, { method, headers: { apiKey: sandbox.apiKey } });
    expect(response.status).toBe(404);
  });
});

describe('switches', () => {
  async function rowsWith(
    switches: V2Switches,
    call: Call = ['GET', '', { itemLimit: '3' }],
  ): Promise<unknown> {
    const off = sandbox.switches.set(switches);
    const { json } = await send(call);
    off();
    return json;
  }

  it.each<[NonNullable<V2Switches['rows']>, number[]]>([
    ['reversed', [18, 17, 1]],
    ['duplicated', [1, 1, 17, 17, 18, 18]],
    ['foreign', [19, 1, 17, 18]],
    ['missing', [17, 18]],
  ])('shape the rows of the index: %s', async (rows, ids) => {
    const { items } = (await rowsWith({ rows })) as Schemas['UserList'];
    expect(items.map(({ id }) => id)).toEqual(ids);
  });

  it('shape the rows of the views', async () => {
    const json = await rowsWith({ rows: 'reversed' }, ['GET', '/getUserViews', MAX]);
    expect((json as Schemas['UserViewList']).items.map(({ id }) => id)).toEqual([3, 2, 1]);
  });

  it('leave the envelope out, or the total', async () => {
    const { items, itemTotal, ...rest } = await index({ itemLimit: '3' });
    expect(itemTotal).toBeGreaterThan(3);
    expect(await rowsWith({ indexShape: 'array' })).toEqual(items);
    expect(await rowsWith({ indexShape: 'no-total' })).toEqual({ ...rest, items });
  });

  it('send numbers as text', async () => {
    expect(await rowsWith({ numbersAsText: true }, ['GET', '', { query: 'max.m' }])).toMatchObject({
      itemStart: '0',
      itemTotal: '1',
      itemLimit: '15',
      items: [{ id: '17', active: '1', statusID: '1', statusLocked: '0', groups: ['1', '4'] }],
    });
    expect(await rowsWith({ numbersAsText: true }, ['GET', '/settings', MAX])).toMatchObject({
      item: { maxChats: '3', callsAutoAnswer: '0' },
    });
  });

  it('send flags as booleans', async () => {
    const found = await rowsWith({ flagsAsBooleans: true }, ['GET', '', { query: 'ines.g' }]);
    expect(found).toMatchObject({ items: [{ id: 26, active: true, statusLocked: true, statusID: 3 }] });
    const shown = await rowsWith({ flagsAsBooleans: true, numbersAsText: true }, ['GET', '/settings', MAX]);
    expect(shown).toMatchObject({
      item: { maxChats: '3', chatSoundNewMessage: true, callsAutoAnswer: false },
    });
    const seen = await rowsWith({ flagsAsBooleans: true }, ['GET', '/getUserViews', MAX]);
    expect(seen).toMatchObject({ items: [{ selected: true }, { selected: false }, { selected: false }] });
  });

  it('leave optional keys out', async () => {
    const found = (await rowsWith({ sparse: true }, ['GET', '', { query: 'max.m' }])) as Schemas['UserList'];
    expect(Object.keys(found.items[0] ?? {})).toEqual(['id', 'name', 'firstname', 'lastname', 'email']);
    const shown = await rowsWith({ sparse: true }, ['GET', '/settings', MAX]);
    expect(shown).toEqual({ type: 'item', item: { maxChats: 3 } });
    const seen = (await rowsWith({ sparse: true }, ['GET', '/getUserViews', MAX])) as Schemas['UserViewList'];
    expect(seen.items[0]).toEqual({ id: 1, name: 'Inbox' });
  });

  it('send a status id that no catalogue knows', async () => {
    const { items } = (await rowsWith({ unknownEnums: true })) as Schemas['UserList'];
    expect(items.map(({ statusID }) => statusID)).toEqual([987, 987, 987]);
  });

  it.each<Call>([
    ['GET', '', { query: 'max.m' }],
    ['GET', '/settings', MAX],
    ['GET', '/getUserViews', { ...MAX, query: 'Inbox' }],
  ])('add keys and canaries to %s %s', async (...call) => {
    const plain = JSON.stringify((await send(call)).json);
    expect(plain).not.toMatch(/canary-|seat_type/);
    const shaped = JSON.stringify(await rowsWith({ extraKeys: true, canarySecrets: true }, call));
    expect(shaped).toContain('seat_type');
    expect(shaped).toContain('"api_key":"canary-');
    expect(shaped).toContain('"password":"canary-');
  });

  it.each<[string, Call]>([
    ['telephone', ['PUT', '/17', { telephone: '+491' }]],
    ['telephone_number', ['PUT', '/17', { telephone: '+491' }]],
    ['username', ['PUT', '/usernameUpdate', { id: '17', username: 'other' }]],
    ['firstname', ['PUT', '/firstnameUpdate', { id: '17', firstname: 'Other' }]],
    ['lastname', ['PUT', '/lastnameUpdate', { id: '17', lastname: 'Other' }]],
    ['statusID', ['POST', '/updateStatus', { ...MAX, statusID: '2' }]],
    ['status', ['POST', '/statusLock', { ...MAX, status: '2' }]],
    ['maxChats', ['PUT', '/maxChats', { ...MAX, maxChats: '9' }]],
    ['state', ['PUT', '/callsAutoAnswer', { ...MAX, state: '1' }]],
    ['callsAutoAnswer', ['PUT', '/callsAutoAnswer', { ...MAX, state: '1' }]],
    ['newValue', ['PUT', '/updateUserView', { ...MAX, viewID: '2', newValue: '1' }]],
    ['campaign', ['POST', '/userCampaignState', { ...MAX, campaign: 'a', state: '1' }]],
    ['statistic', ['POST', '/userStatistic', STATISTIC]],
    ['statistic', ['PUT', '/watch', { ...STATISTIC, watchToggle: 'watch' }]],
    ['tabID', ['POST', '/refreshTab', { tabID: 'a' }]],
  ])('take %s and do not store it', async (field, call) => {
    const everything = async () =>
      structuredClone([await user(17), await settings(17), await views(MAX), sandbox.writeOnly]);
    const before = await everything();
    const off = sandbox.switches.set({ ignoreWrites: [field] });
    await succeed(call);
    off();
    expect(await everything()).toEqual(before);
    await succeed(call);
    expect(await everything()).not.toEqual(before);
  });

  it('store the other fields of the same call', async () => {
    sandbox.switches.set({ ignoreWrites: ['telephone'] });
    await succeed(['PUT', '/17', { telephone: '+491', language: 'nl' }]);
    expect(await user(17)).toMatchObject({ telephone_number: '+4930901820', language: 'nl' });
  });

  it('keep a lock that was to be removed', async () => {
    sandbox.switches.set({ ignoreWrites: ['statusLocked'] });
    await succeed(['POST', '/statusLockDelete', { userID: '26' }]);
    expect(await user(26)).toMatchObject({ statusLocked: 1 });
  });
});
