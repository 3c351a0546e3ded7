// What backends send beyond their contracts is noticed on normal traffic: counted in /metrics, told once in the log, and
// never repeated. What has been told is remembered per process, so each case deviates in a place of its own.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Switches } from '../../src/sandbox/core/switches.js';
import { startTestGateway, type CallCounts, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
  await gateway.query('{ profiles(first: 1) { nodes { omnivibeUserId v2UserId } } }');
});
afterEach(() => gateway.close());

/** The counts by `backend, kind, where`; each series must have just these labels. */
async function drifts(): Promise<Readonly<Record<string, number>>> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const series = text.split('\n').filter((line) => line.startsWith('contract_drift_total'));
  return Object.fromEntries(
    series.map((line) => {
      const match = /^contract_drift_total\{backend="(\w+)",kind="([\w ]+)",where="([\w.]+)"\} (\d+)$/.exec(
        line,
      );
      expect({ line, isWellFormed: match !== null }).toEqual({ line, isWellFormed: true });
      const [, backend = '', kind = '', where = '', count = ''] = match ?? [];
      return [`${backend}, ${kind}, ${where}`, Number(count)];
    }),
  );
}

const warnings = () => gateway.log.filter(({ msg }) => String(msg).startsWith('contract drift'));
const toldOnce = (place: string) => {
  const [backend, kind, where] = place.split(', ');
  return warnings().filter(
    (line) => line['backend'] === backend && line['kind'] === kind && line['where'] === where,
  );
};

/** A value that must be found nowhere. */
const CANARY = 'Canary-7f3a';
async function expectNoCanary(): Promise<void> {
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(`${metrics} ${JSON.stringify(gateway.log)}`).not.toContain(CANARY);
}

const MAX = { id: 42, firstName: 'Max', lastName: 'Mustermann', email: 'max.mustermann@example.com' };

/** Answers the next reads of people at a backend with these rows. */
function answerRows(backend: keyof CallCounts, rows: readonly object[]): void {
  const [path, body] = {
    mind: ['/profiles', { success: true, profiles: rows }],
    omnivibe: ['/api/v1/accounts/:account_id/agents', rows],
    v2: ['/api/v2/user', { type: 'user', itemTotal: rows.length, items: rows }],
  }[backend] as [string, unknown];
  gateway[backend].switches.set({ only: { path }, reply: { status: 200, body: JSON.stringify(body) } });
}

const DEEP = `{ profile(id: "mind:42") {
  firstName presence { signals { availability } } settings { work { status } desk { maxChats } inbox { availability } }
  omnivibe { memberships { availability } } v2 { username views { name } }
} }`;

interface Case {
  readonly what: string;
  readonly backend: keyof CallCounts;
  readonly deviate: Switches | readonly object[];
  readonly query: string;
  readonly places: readonly string[];
}

const CASES: readonly Case[] = [
  // First, since only the first new key of a place is told.
  {
    what: 'a key that is somebody’s address, and one that is a sentence',
    backend: 'v2',
    deviate: [
      { id: 17, name: 'max.m', email: MAX.email, [`${CANARY}@example.com`]: 1, [`${CANARY} was here`]: 1 },
    ],
    query: '{ profile(id: "mind:42") { username } }',
    places: ['v2, new key, user'],
  },
  {
    what: 'a routing state and a status',
    backend: 'mind',
    deviate: { unknownEnums: true },
    query: DEEP,
    places: ['mind, unknown value, RoutingStatus', 'mind, unknown value, settings.status'],
  },
  {
    what: 'an availability',
    backend: 'omnivibe',
    deviate: { unknownEnums: true },
    query: DEEP,
    places: ['omnivibe, unknown value, availability'],
  },
  {
    what: 'a status id',
    backend: 'v2',
    deviate: { unknownEnums: true },
    query: DEEP,
    places: ['v2, unknown value, user.statusID'],
  },
  {
    what: 'keys of a user and of settings',
    backend: 'mind',
    deviate: { extraKeys: true },
    query: DEEP,
    places: ['mind, new key, profile', 'mind, new key, settings'],
  },
  {
    what: 'keys of a user, of an account and of an agent',
    backend: 'omnivibe',
    deviate: { extraKeys: true },
    query: DEEP,
    places: ['omnivibe, new key, user', 'omnivibe, new key, accounts'],
  },
  {
    what: 'keys of a user, of settings and of a view',
    backend: 'v2',
    deviate: { extraKeys: true },
    query: DEEP,
    places: ['v2, new key, user', 'v2, new key, settings', 'v2, new key, view'],
  },
  {
    what: 'a row without an id',
    backend: 'mind',
    deviate: [MAX, { firstName: CANARY, email: `${CANARY}@example.com` }],
    query: '{ profile(id: "mind:42") { firstName } }',
    places: ['mind, missing key, id'],
  },
  {
    what: 'a row whose id is no id',
    backend: 'omnivibe',
    deviate: [{ id: CANARY, name: CANARY, email: `${CANARY}@example.com` }],
    query: '{ profile(id: "mind:42") { avatarUrl } }',
    places: ['omnivibe, missing key, id'],
  },
  {
    what: 'an object for a text',
    backend: 'mind',
    deviate: [{ ...MAX, phone: { number: CANARY } }],
    query: '{ profile(id: "mind:42") { phone } }',
    places: ['mind, changed type, profile.phone'],
  },
  {
    what: 'a text for a number and for a flag',
    backend: 'mind',
    deviate: [{ ...MAX, isSsoOnly: CANARY, settings: { roleId: CANARY } }],
    query: '{ profile(id: "mind:42") { mind { ssoOnly } settings { work { roleId { own } } } } }',
    places: ['mind, changed type, profile.isSsoOnly', 'mind, changed type, settings.roleId'],
  },
  {
    what: 'a text for a list',
    backend: 'v2',
    deviate: [{ id: 17, name: 'max.m', email: MAX.email, groups: CANARY }],
    query: '{ profile(id: "mind:42") { v2 { groups } } }',
    places: ['v2, changed type, user.groups'],
  },
  {
    what: 'a word that nobody knows, with somebody’s name in it',
    backend: 'mind',
    deviate: [{ ...MAX, settings: { callRoutingStatus: `with ${CANARY}`, chatRoutingStatus: 'idle' } }],
    query: '{ profile(id: "mind:42") { routing { call chat } } }',
    places: ['mind, unknown value, RoutingStatus'],
  },
];

describe.each(CASES)('$backend sends $what', ({ backend, deviate, query, places }) => {
  it('which is counted under its place, and told without a value', async () => {
    if (Array.isArray(deviate)) answerRows(backend, deviate as readonly object[]);
    else gateway[backend].switches.set(deviate as Switches);
    await gateway.execute(query);
    expect(Object.keys(await drifts()).toSorted()).toEqual([...places].toSorted());
    await expectNoCanary();
  });
});

describe('healthy backends', () => {
  it('deviate in nothing', async () => {
    await gateway.query(DEEP);
    expect(await drifts()).toEqual({});
    expect(warnings()).toEqual([]);
  });
});

describe('a deviation', () => {
  it('is counted each time, and told once', async () => {
    answerRows('v2', [{ id: 17, name: 'max.m', email: MAX.email, dateFormat: { canary: CANARY } }]);
    const place = 'v2, changed type, user.dateFormat';
    const query = '{ profile(id: "mind:42") { v2 { dateFormat } } }';
    await gateway.execute(query);
    const first = (await drifts())[place] ?? 0;
    expect(first).toBeGreaterThan(0);
    for (let n = 0; n < 3; n++) await gateway.execute(query);
    expect((await drifts())[place]).toBe(4 * first);
    expect(toldOnce(place)).toHaveLength(1);
    expect(toldOnce(place)).toMatchObject([
      { level: 40, msg: 'contract drift: v2 changed type at user.dateFormat' },
    ]);
  });

  it('is not looked for where nobody reads it', async () => {
    answerRows('mind', [{ ...MAX, nameAlias: [CANARY] }]);
    await gateway.query('{ profile(id: "mind:42") { firstName } }');
    expect(await drifts()).toEqual({});
  });

  it('concerns the field that it is in, and no other', async () => {
    answerRows('mind', [{ ...MAX, lang: { code: CANARY } }]);
    const { data, errors } = await gateway.execute('{ profile(id: "mind:42") { firstName language } }');
    expect(data).toEqual({ profile: { firstName: 'Max', language: null } });
    expect(errors).toMatchObject([
      { path: ['profile', 'language'], extensions: { code: 'UPSTREAM_BAD_RESPONSE', backend: 'MIND' } },
    ]);
    expect(JSON.stringify(errors)).not.toContain(CANARY);
  });

  it('of a thousand kinds in one place is one series and one line', async () => {
    const keys = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`novelty${i}`, CANARY]));
    gateway.v2.switches.set({
      only: { path: '/api/v2/user/getUserViews' },
      reply: {
        status: 200,
        body: JSON.stringify({ items: [{ id: 1, name: 'Inbox', selected: CANARY, ...keys }] }),
      },
    });
    const query = '{ profile(id: "mind:42") { v2 { views { selected } } } }';
    await gateway.execute(query);
    const places = ['v2, changed type, view.selected', 'v2, new key, view'];
    expect(Object.keys(await drifts()).toSorted()).toEqual(places);
    expect((await drifts())['v2, new key, view']).toBe(1_000);
    // The case above has told of a new key there already, if it has run.
    expect(toldOnce('v2, new key, view').length).toBeLessThanOrEqual(1);
    await expectNoCanary();
  });

  it('is still told when a thousand others have been before it', async () => {
    const keys = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`surprise${i}`, 1]));
    answerRows('mind', [{ ...MAX, ...keys }]);
    await gateway.query('{ profile(id: "mind:42") { firstName } }');
    answerRows('mind', [{ ...MAX, nameAlias: [CANARY] }]);
    await gateway.execute('{ profile(id: "mind:42") { mind { nameAlias } } }');
    expect(toldOnce('mind, changed type, profile.nameAlias')).toHaveLength(1);
  });
});
