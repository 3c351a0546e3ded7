// Only what a selection needs is asked for. All indexes are warm: the table says what each field costs then.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSchema } from '../../src/graphql/schema.js';
import { startTestGateway, type CallCounts, type TestGateway } from '../support/gateway.js';
import { pathsBelow, selectionOf } from './schema-paths.js';

type Calls = Partial<CallCounts>;
const ALL: Calls = { mind: 1, omnivibe: 1, v2: 1 };
/** What reads every part of a person. */
const EVERY_PART = [
  { mind: 2, omnivibe: 1, v2: 2 },
  { mind: 4, omnivibe: 3, v2: 4 },
] as const;
const PERSONAL_TOKEN = [{ omnivibe: 1 }, { omnivibe: 3 }] as const;

/** What a field and everything below it costs for one person, and for three where that differs; the longest path holds. */
const COSTS: Readonly<Record<string, readonly [one: Calls, three?: Calls]>> = {
  id: [{}],
  mindUserId: [{}],
  omnivibeUserId: [{}],
  v2UserId: [{}],
  firstName: [{ mind: 1 }],
  lastName: [{ mind: 1 }],
  displayName: [{ omnivibe: 1 }],
  username: [{ v2: 1 }],
  email: [{ mind: 1 }],
  phone: [{ mind: 1 }],
  language: [{ mind: 1 }],
  avatarUrl: [{ omnivibe: 1 }],
  externalId: [{ mind: 1 }],
  lastSeenAt: [{ mind: 1 }],
  routing: [{ mind: 1 }],
  'settings.work': [{ mind: 1 }],
  'settings.desk': [{ v2: 1 }, { v2: 3 }],
  'settings.inbox.autoOffline': [{ omnivibe: 1 }],
  'settings.inbox.messageSignature': [{ omnivibe: 1 }, { omnivibe: 3 }],
  'settings.inbox.uiSettings': [{ omnivibe: 1 }, { omnivibe: 3 }],
  'settings.inbox.availability': PERSONAL_TOKEN,
  'presence.availability': [ALL],
  'presence.signals': [ALL],
  'presence.statusLock': [{ v2: 1 }],
  'presence.canTake': [ALL],
  'presence.conflicts': [ALL],
  'explain.field': [{}],
  'explain.access': [{}],
  'explain.conflicting': [ALL],
  'explain.chosen': EVERY_PART,
  'explain.values': EVERY_PART,
  version: EVERY_PART,
  mind: [{ mind: 1 }],
  'mind.rawData': [{ mind: 2 }, { mind: 4 }],
  'mind.supersetRoles': [{ mind: 2 }, { mind: 4 }],
  omnivibe: [{ omnivibe: 1 }],
  'omnivibe.memberships': [{ omnivibe: 1 }, { omnivibe: 3 }],
  'omnivibe.memberships.availability': PERSONAL_TOKEN,
  'omnivibe.memberships.effectiveAvailability': PERSONAL_TOKEN,
  'omnivibe.memberships.autoOffline': PERSONAL_TOKEN,
  'omnivibe.memberships.permissions': PERSONAL_TOKEN,
  v2: [{ v2: 1 }],
  'v2.views': [{ v2: 2 }, { v2: 4 }],
  accounts: [ALL],
  'accounts.[MindAccount].rawData': [
    { ...ALL, mind: 2 },
    { ...ALL, mind: 4 },
  ],
  'accounts.[MindAccount].supersetRoles': [
    { ...ALL, mind: 2 },
    { ...ALL, mind: 4 },
  ],
  'accounts.[OmnivibeAccount].memberships': [ALL, { ...ALL, omnivibe: 3 }],
  'accounts.[OmnivibeAccount].memberships.availability': [ALL, { ...ALL, omnivibe: 3 }],
  'accounts.[OmnivibeAccount].memberships.effectiveAvailability': [ALL, { ...ALL, omnivibe: 3 }],
  'accounts.[OmnivibeAccount].memberships.autoOffline': [ALL, { ...ALL, omnivibe: 3 }],
  'accounts.[OmnivibeAccount].memberships.permissions': [ALL, { ...ALL, omnivibe: 3 }],
  'accounts.[V2Account].views': [
    { ...ALL, v2: 2 },
    { ...ALL, v2: 4 },
  ],
};

const counts = (calls: Calls): CallCounts => ({ mind: 0, omnivibe: 0, v2: 0, ...calls });
const paths = pathsBelow(createSchema(), 'Profile');
const rowOf = (path: string) =>
  Object.keys(COSTS)
    .filter((prefix) => path === prefix || path.startsWith(`${prefix}.`))
    .reduce((longest, prefix) => (prefix.length > longest.length ? prefix : longest), '');

describe('on a warm gateway', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
    await gateway.query('{ profiles(first: 1) { nodes { omnivibeUserId v2UserId } } }');
  });
  afterAll(() => gateway.close());

  async function costOf(query: string, variables?: object): Promise<CallCounts> {
    const before = gateway.received();
    const [mind, omnivibe, v2] = [before.mind.length, before.omnivibe.length, before.v2.length];
    await gateway.query(query, variables);
    const after = gateway.received();
    return {
      mind: after.mind.length - mind,
      omnivibe: after.omnivibe.length - omnivibe,
      v2: after.v2.length - v2,
    };
  }

  it('the table has a row for every field of a person, and every row is a field', () => {
    expect(paths.filter(({ path }) => rowOf(path) === '').map(({ path }) => path)).toEqual([]);
    const used = new Set(paths.map(({ path }) => rowOf(path)));
    expect(Object.keys(COSTS).filter((prefix) => !used.has(prefix))).toEqual([]);
  });

  describe.each(Object.entries(COSTS))(
    '%s asks whom it needs, and nobody else,',
    (prefix, [one, three = one]) => {
      const ways = paths.filter(({ path }) => rowOf(path) === prefix);

      it('for one person, each field below it by itself', async () => {
        for (const way of ways) {
          const cost = await costOf(`{ profile(id: "mind:42") ${selectionOf([way])} }`);
          expect({ [way.path]: cost }).toEqual({ [way.path]: counts(one) });
        }
      });

      it('for people by id', async () => {
        const query = `{ profilesById(ids: ["mind:42", "mind:43", "mind:44"]) ${selectionOf(ways)} }`;
        expect(await costOf(query)).toEqual(counts(three));
      });

      it("for Mind's directory, which is a call by itself", async () => {
        const query = `{ profiles(first: 3) { nodes ${selectionOf(ways)} } }`;
        const { mind, ...others } = counts(three);
        expect(await costOf(query)).toEqual({ mind: Math.max(1, mind), ...others });
      });
    },
  );

  it.each(['mind', 'omnivibe', 'v2'] as const)(
    'a query for everything that others have does not call %s, whoever is asked for',
    async (backend) => {
      const others = paths.filter(({ path }) => COSTS[rowOf(path)]?.[0][backend] === undefined);
      expect(others.length).toBeGreaterThan(20);
      for (const id of ['mind:42', 'omnivibe:3', 'v2:17']) {
        const cost = await costOf(`{ profile(id: "${id}") ${selectionOf(others)} }`);
        expect(cost[backend]).toBe(0);
      }
      const directory = backend === 'mind' ? 'V2' : 'MIND';
      const list = `{ profiles(first: 5, directory: ${directory}) { nodes ${selectionOf(others)} } }`;
      if (backend !== 'mind') expect((await costOf(list))[backend]).toBe(0);
    },
  );

  it('the desk’s statuses are nobody’s call', async () => {
    expect(await costOf('{ deskStatuses { id name availability } }')).toEqual(counts({}));
  });

  it.each<[string, string, Calls]>([
    [
      'omnivibe has none: Mind is asked too',
      '{ profile(id: "mind:49") { displayName } }',
      { omnivibe: 1, mind: 1 },
    ],
    ['no omnivibe account: Mind alone', '{ profile(id: "mind:51") { displayName } }', { mind: 1 }],
    ['only a v2 account: v2 alone', '{ profile(id: "v2:23") { displayName firstName email } }', { v2: 1 }],
    ['only an omnivibe account', '{ profile(id: "omnivibe:7") { displayName email } }', { omnivibe: 1 }],
    ['no account where the field lives: nobody', '{ profile(id: "mind:48") { username avatarUrl } }', {}],
  ])('a person’s next source is asked when the one before has no value: %s', async (_what, query, calls) => {
    expect(await costOf(query)).toEqual(counts(calls));
  });

  const AGENTS = '/api/v1/accounts/:account_id/agents';
  it.each([
    ['autoOffline', [AGENTS]],
    ['messageSignature', ['/platform/api/v1/users/:id']],
    ['availability', ['/api/v1/profile']],
    // The platform API shows no presence, the agent list no signature.
    ['autoOffline messageSignature', ['/api/v1/profile']],
  ])('the inbox is read no deeper than %s needs', async (fields, routes) => {
    const before = gateway.received().omnivibe.length;
    await gateway.query(`{ profile(id: "mind:42") { settings { inbox { ${fields} } } } }`);
    const asked = gateway.received().omnivibe.slice(before);
    expect(asked.map(({ route }) => route)).toEqual(routes);
  });

  it.each<[string, string, Calls]>([
    ['@skip on a field', 'id username @skip(if: $yes)', {}],
    ['@include on a field', 'id username @include(if: $no)', {}],
    ['@skip of literals', 'id username @skip(if: true) firstName @include(if: false)', {}],
    [
      'both directives',
      'id username @skip(if: $no) @include(if: $yes) firstName @skip(if: $no) @include(if: $no)',
      { v2: 1 },
    ],
    ['@skip on the field by which existence would be told', 'firstName @skip(if: $yes) username', { v2: 1 }],
    ['@skip on an inline fragment', 'id ... @skip(if: $yes) { username }', {}],
    ['@include on a fragment', 'id ...Desk @include(if: $no)', {}],
    ['a fragment left out once and taken once', '...Desk @skip(if: $yes) ...Desk', { v2: 1 }],
    ['an inline fragment on the type', '... on Profile { username }', { v2: 1 }],
    ['an inline fragment without a type', '... { username }', { v2: 1 }],
    ['a fragment', '...Desk', { v2: 1 }],
    ['a fragment within a fragment', '...Outer', { v2: 1 }],
    ['an alias', 'name: username', { v2: 1 }],
    [
      'what is left out far below',
      'presence { statusLock { locked } availability @skip(if: $yes) }',
      { v2: 1 },
    ],
    [
      'what is left out deep in the inbox',
      'settings { inbox { autoOffline availability @include(if: $no) } }',
      { omnivibe: 1 },
    ],
    ['what a fragment adds deep in the inbox', 'settings { inbox { ...Signature } }', { omnivibe: 1 }],
    [
      'a fragment on one kind of account',
      'accounts { ... on V2Account { views { name } } }',
      { ...ALL, v2: 2 },
    ],
    ['a fragment on the interface', 'mind { ... on ProfileAccount { name } }', { mind: 1 }],
    [
      'an argument that asks for less',
      'presence { canTake(channel: TICKET) { answer } }',
      { mind: 1, v2: 1 },
    ],
    ['a list of fields to explain', 'explain(fields: ["username"]) { chosen values { value } }', { v2: 1 }],
    ['a list of fields to take the version of', 'version(fields: ["firstName"])', { mind: 1, v2: 1 }],
    ['the type’s name', '__typename', {}],
    ['the type’s name below', 'settings { __typename inbox @skip(if: $yes) { autoOffline } }', {}],
  ])('directives and fragments are heeded: %s', async (_what, selection, calls) => {
    const FRAGMENTS = {
      Desk: 'fragment Desk on Profile { username }',
      Outer: 'fragment Outer on Profile { ...Inner } fragment Inner on Profile { username }',
      Signature: 'fragment Signature on InboxSettings { messageSignature }',
    };
    const used = Object.entries(FRAGMENTS).filter(([name]) => selection.includes(`...${name}`));
    const declared = ['yes', 'no'].filter((name) => selection.includes(`$${name}`));
    const head = declared.length === 0 ? '' : `(${declared.map((name) => `$${name}: Boolean!`).join(', ')})`;
    const query = `query ${head} { profile(id: "mind:42") { ${selection} } } ${used.map(([, text]) => text).join(' ')}`;
    expect(await costOf(query, { yes: true, no: false })).toEqual(counts(calls));
  });
});
