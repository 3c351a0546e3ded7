// What descriptions say of reading, `Source:` and `Cost:`, is what the ownership table says and what the backends count.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { READ_COSTS, readCostOf } from '../../scripts/read-costs.js';
import { createAdapters } from '../../src/adapters/index.js';
import { loadConfig } from '../../src/config.js';
import {
  BACKEND_OF_PART,
  FIELD_PATHS,
  OWNERSHIP,
  type FieldPath,
  type Source,
} from '../../src/domain/ownership.js';
import { createSchema } from '../../src/graphql/schema.js';
import { generatePeople } from '../../src/sandbox/people.js';
import { joinBackends } from '../../src/server/backends.js';
import { startGateway } from '../../src/server/gateway.js';
import { createLogger } from '../../src/server/logging.js';
import { pathsBelow, selectionOf, type SchemaPath } from '../scenarios/schema-paths.js';
import {
  startTestGateway,
  type CallCounts,
  type GraphQLAnswer,
  type TestGateway,
} from '../support/gateway.js';
import { describedFields } from './description.js';

const schema = createSchema();
const described = new Map(describedFields(schema).map((each) => [each.coordinate, each]));

const NAMES = { mind: 'Mind', omnivibe: 'omnivibe', v2: 'v2' };
const ACCOUNTS = `${READ_COSTS.mind.words}; ${READ_COSTS.listed.words}; ${READ_COSTS.v2.words}`;
const OF_PARTS = 'that of the fields selected in it';
const EVERYBODY = 'Mind, omnivibe, v2';

interface Told {
  readonly Source?: string;
  readonly Cost?: string;
}

/** What no row of the table tells. */
const OTHERWISE: Readonly<Record<string, Told>> = {
  ...Object.fromEntries(
    ['id', 'mindUserId', 'omnivibeUserId', 'v2UserId'].map((name) => [
      `Profile.${name}`,
      { Source: 'who is linked', Cost: 'nothing' },
    ]),
  ),
  'Profile.mind': { Source: 'Mind', Cost: READ_COSTS.mind.words },
  'Profile.omnivibe': { Source: 'omnivibe', Cost: READ_COSTS.listed.words },
  'Profile.v2': { Source: 'v2', Cost: READ_COSTS.v2.words },
  'Profile.accounts': { Source: EVERYBODY, Cost: ACCOUNTS },
  'Profile.settings': { Source: EVERYBODY, Cost: OF_PARTS },
  'Profile.presence': { Source: EVERYBODY, Cost: OF_PARTS },
  'Profile.explain': { Source: EVERYBODY, Cost: OF_PARTS },
  'Profile.version': { Source: EVERYBODY, Cost: 'that of every source of the fields named' },
  // Told once, at Profile.routing.
  'Routing.call': { Source: 'Mind' },
  'Routing.chat': { Source: 'Mind' },
};

/** Where the table's paths are fields of the schema. */
const PREFIXES: Readonly<Record<string, string>> = {
  Profile: '',
  Routing: 'routing.',
  Settings: 'settings.',
  InboxSettings: 'settings.inbox.',
};

/** What the rows at a path and below it say. */
function toldByTable(path: string): Told {
  const rows = FIELD_PATHS.filter((each) => each === path || each.startsWith(`${path}.`));
  const told = rows.map((row) => {
    const sources = new Map<string, string>();
    for (const source of OWNERSHIP[row].read) {
      const name = NAMES[BACKEND_OF_PART[source.part]];
      if (!sources.has(name)) sources.set(name, readCostOf(source).words);
    }
    return { Source: [...sources.keys()].join(', else '), Cost: [...sources.values()].join('; else ') };
  });
  const [first] = told;
  return {
    ...(first !== undefined && { Source: first.Source }),
    Cost: told.every(({ Cost }) => Cost === first?.Cost) ? (first?.Cost ?? 'unknown') : OF_PARTS,
  };
}

describe('a description of a person’s field', () => {
  const fields = [...described.values()].filter(({ coordinate }) =>
    Object.keys(PREFIXES).includes(coordinate.split('.')[0] ?? ''),
  );

  it.each(fields.map((each) => [each.coordinate, each.lines] as const))(
    'tells the source and the cost that the ownership table has: %s',
    (coordinate, { Source, Cost }) => {
      const [typeName = '', name = ''] = coordinate.split('.');
      const expected = OTHERWISE[coordinate] ?? toldByTable(`${PREFIXES[typeName] ?? ''}${name}`);
      expect({ Source, Cost }).toEqual({ Source: undefined, Cost: undefined, ...expected });
    },
  );

  it('names the same backends as sources and in its cost', () => {
    const backendsIn = (line = '') => line.match(/\b(Mind|omnivibe|v2)\b/g)?.toSorted() ?? [];
    const wrong = [...described.values()].filter(
      ({ lines: { Source, Cost } }) =>
        Source !== undefined &&
        backendsIn(Cost).length > 0 &&
        backendsIn(Source).join() !== backendsIn(Cost).join(),
    );
    expect(wrong.map(({ coordinate }) => coordinate)).toEqual([]);
  });

  it('is there for all of them', () => {
    expect(fields.length).toBeGreaterThan(30);
    expect(Object.keys(OTHERWISE).filter((coordinate) => !described.has(coordinate))).toEqual([]);
  });
});

/** How many people are asked for, how many users the desk has, and whether the gateway holds a token of theirs. */
interface Crowd {
  readonly people: number;
  readonly deskUsers: number;
  readonly isTokenKnown: boolean;
}

/** The words of a rate, and how many calls that is. */
const RATES: Readonly<Record<string, (crowd: Crowd) => number>> = {
  'one call per 100 people': ({ people }) => Math.ceil(people / 100),
  'one call for all people': () => 1,
  'one call per person': ({ people }) => people,
  'one call per person, at most one per 999 desk users': ({ people, deskUsers }) =>
    Math.min(people, Math.ceil(deskUsers / 999)),
  'one call per person, and one for all people whose own token is not known': ({ people, isTokenKnown }) =>
    people + (isTokenKnown ? 0 : 1),
};
const SLUGS: Readonly<Record<string, keyof CallCounts>> = { Mind: 'mind', omnivibe: 'omnivibe', v2: 'v2' };

const SOURCES = FIELD_PATHS.map((path: FieldPath): readonly Source<unknown>[] => OWNERSHIP[path].read);
const isOneBackends = (sources: readonly Source<unknown>[]) =>
  new Set(sources.filter(({ isStandIn }) => !isStandIn).map(({ part }) => part)).size < 2;
const wordsOf = (all: readonly (readonly Source<unknown>[])[]) => [
  ...new Set(all.flat().map((source) => readCostOf(source).words)),
];

/** Where the cost depends on which fields are named: on these paths, all. */
const BY_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'that of every source of the fields named': wordsOf(SOURCES),
  'that of every source of the field': wordsOf(SOURCES),
  'that of the sources of the field, up to the one that has a value': wordsOf(SOURCES),
  'that of every source of the field; nothing when only one backend has it': wordsOf(
    SOURCES.filter((sources) => !isOneBackends(sources)),
  ),
};

/** What a `Cost:` line adds to what was told on the way down to it. People have what is asked of them: no "else" is needed. */
function counted(before: CallCounts, line: string, crowd: Crowd): CallCounts {
  if (line === 'nothing' || line === OF_PARTS) return before;
  const several = BY_FIELDS[line];
  if (several !== undefined) {
    const each = several.map((words) => counted(NOTHING, words, crowd));
    // The deepest of omnivibe's ways shows what the others show.
    const omnivibe = Math.max(...each.map((calls) => calls.omnivibe));
    const sum = (slug: 'mind' | 'v2') => each.reduce((total, calls) => total + calls[slug], 0);
    return { mind: sum('mind'), omnivibe, v2: sum('v2') };
  }
  const clauses = line.replaceAll('for CHAT also ', '').split('; ');
  const calls = { ...before };
  for (const clause of clauses.filter((each) => !each.startsWith('else '))) {
    const [, name = '', rate = '', more] = /^(\w+) (.*?)(?:,? (more|instead))?$/.exec(clause) ?? [];
    const slug = SLUGS[name];
    const count = RATES[rate]?.(crowd);
    if (slug === undefined || count === undefined) throw new RangeError(`no such cost: ${clause}`);
    calls[slug] = more === 'more' ? calls[slug] + count : count;
  }
  return calls;
}
const NOTHING: CallCounts = { mind: 0, omnivibe: 0, v2: 0 };

const toldOn = ({ coordinates }: SchemaPath) =>
  coordinates.flatMap((coordinate) => described.get(coordinate)?.lines['Cost'] ?? []);
const predicted = (way: SchemaPath, crowd: Crowd) =>
  toldOn(way).reduce((calls, line) => counted(calls, line, crowd), NOTHING);

describe('the cost that is told', () => {
  const paths = pathsBelow(schema, 'Profile');
  let gateway: TestGateway;
  const warm = () => gateway.query('{ profiles(first: 1) { nodes { omnivibeUserId v2UserId } } }');

  describe('for people who fill every field', () => {
    beforeAll(async () => {
      gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent' } });
      await warm();
    });
    afterAll(() => gateway.close());

    it.each([[['mind:42']], [['mind:42', 'mind:43', 'mind:44']]])(
      'is what every path costs: %j',
      async (ids) => {
        const crowd = { people: ids.length, deskUsers: 42, isTokenKnown: true };
        const told: Record<string, CallCounts> = {};
        const real: Record<string, CallCounts> = {};
        for (const way of paths) {
          const query = `query ($ids: [ID!]!) { profilesById(ids: $ids) ${selectionOf([way])} }`;
          told[way.path] = predicted(way, crowd);
          real[way.path] = await gateway.cost(query, { ids });
        }
        expect(real).toEqual(told);
      },
    );
  });

  describe('for more people than one call reads, on a desk of more users than one page lists', () => {
    const crowd = { people: 101, deskUsers: 1_100, isTokenKnown: true };
    beforeAll(async () => {
      const env = { LOG_LEVEL: 'silent', UPSTREAM_BUDGET: '5000' };
      gateway = await startTestGateway({ people: generatePeople(crowd.deskUsers), env });
      await warm();
    });
    afterAll(() => gateway.close());

    /** One path for each cost that is told last on a way, but for sums of these. */
    const samples = new Map(
      paths.map((way) => [toldOn(way).at(-1) ?? '', way] as const).filter(([told]) => !(told in BY_FIELDS)),
    );

    it.each([...samples])('is what a path costs: %s', async (_told, way) => {
      const representations = Array.from({ length: crowd.people }, (_, i) => ({
        __typename: 'Profile',
        id: `mind:${1_000 + i}`,
      }));
      const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
        ... on Profile ${selectionOf([way])} } }`;
      expect(await gateway.cost(query, { representations })).toEqual(predicted(way, crowd));
    });
  });
});

describe('what omnivibe costs', () => {
  const PEOPLE = 5;
  const ids = Array.from({ length: PEOPLE }, (_, i) => `mind:${1_000 + i}`);

  /** What people's fields cost a gateway that holds only some of omnivibe's credentials. */
  async function costWith(credentials: object, selection: string): Promise<number> {
    const config = loadConfig({ PORT: '0', LOG_LEVEL: 'silent' });
    const backends = await joinBackends(config, generatePeople(PEOPLE));
    const { omnivibe } = backends.options;
    if (omnivibe === null) throw new Error('omnivibe takes part');
    const options = { ...backends.options, omnivibe: { ...omnivibe, ...credentials } };
    const logger = createLogger('silent');
    const gateway = await startGateway({ config, adapters: createAdapters(options), logger });
    try {
      const ask = async (query: string) => {
        const headers = { 'content-type': 'application/json' };
        const body = JSON.stringify({ query, variables: { ids } });
        const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body });
        const { errors, extensions } = (await response.json()) as GraphQLAnswer;
        expect(errors).toBe(undefined);
        return extensions.upstream?.byBackend['OMNIVIBE'] ?? 0;
      };
      const people = (fields: string) => `query ($ids: [ID!]!) { profilesById(ids: $ids) { ${fields} } }`;
      await ask(people('omnivibeUserId v2UserId'));
      return await ask(people(selection));
    } finally {
      await gateway.close();
      await backends.close();
    }
  }

  it.each<[string, object, string, number]>([
    ['one for all people by the agent list', {}, 'avatarUrl', 1],
    ['one per person without the agent list', { token: null, accountId: null }, 'avatarUrl', PEOPLE],
    [
      'one per person and one for all whose own tokens are not known',
      { userTokens: {} },
      'settings { inbox { availability } }',
      counted(NOTHING, READ_COSTS.presence.words, {
        people: PEOPLE,
        deskUsers: PEOPLE,
        isTokenKnown: false,
      }).omnivibe,
    ],
  ])('is %s', async (_what, credentials, selection, calls) => {
    expect(await costWith(credentials, selection)).toBe(calls);
  });
});

describe('the cost that is told of a root field', () => {
  const EMAIL = 'max.mustermann@example.com';
  /** Each statement with operations that it holds for. */
  const ROOTS: Readonly<Record<string, readonly (readonly [words: string, query: string, CallCounts])[]>> = {
    viewer: [['nothing', '{ viewer { subject } }', NOTHING]],
    profile: [['nothing for an account that is known', '{ profile(id: "mind:42") { id } }', NOTHING]],
    profilesById: [
      ['nothing for accounts that are known', '{ profilesById(ids: ["mind:42", "v2:18"]) { id } }', NOTHING],
    ],
    profileByEmail: [
      ['nothing for an address that is known', `{ profileByEmail(email: "${EMAIL}") { id } }`, NOTHING],
      [
        'else one search at each backend',
        '{ profileByEmail(email: "nobody@example.com") { id } }',
        { mind: 1, omnivibe: 1, v2: 1 },
      ],
    ],
    profiles: [
      [
        "one call to the directory, which also reads that backend's fields",
        '{ profiles(first: 3) { nodes { firstName phone } } }',
        { ...NOTHING, mind: 1 },
      ],
      [
        'one call to the directory',
        '{ profiles(first: 3, directory: V2) { nodes { v2 { username } } } }',
        { ...NOTHING, v2: 1 },
      ],
      [
        'one call to the directory',
        '{ profiles(first: 3, directory: OMNIVIBE) { nodes { avatarUrl } } }',
        { ...NOTHING, omnivibe: 1 },
      ],
    ],
    planUpdateProfile: [
      [
        '1 read at each backend that would be written',
        '{ planUpdateProfile(input: { profileId: "mind:42", patch: { firstName: "Moritz" } }) { version } }',
        { mind: 1, omnivibe: 1, v2: 1 },
      ],
      [
        'for desk settings 2',
        `{ planUpdateProfile(input: { profileId: "mind:42",
             patch: { settings: { desk: { maxChats: 9, autoAnswerCalls: true } } } }) { version } }`,
        { ...NOTHING, v2: 2 },
      ],
    ],
    deskStatuses: [['nothing', '{ deskStatuses { id } }', NOTHING]],
  };
  const rows = Object.entries(ROOTS).flatMap(([name, facts]) =>
    facts.map(([words, query, calls]) => ({ name, words, query, calls })),
  );
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent' } });
    await gateway.query(`{ profileByEmail(email: "${EMAIL}") { id omnivibeUserId v2UserId } }`);
  });
  afterAll(() => gateway.close());

  it.each(rows)('is what it costs: $name, $words', async ({ name, words, query, calls }) => {
    expect(described.get(`Query.${name}`)?.lines['Cost']).toContain(words);
    expect(await gateway.cost(query)).toEqual(calls);
  });

  it('is counted for all of them', () => {
    const roots = Object.keys(schema.getQueryType()?.getFields() ?? {});
    expect(Object.keys(ROOTS).toSorted()).toEqual(roots.filter((name) => !name.startsWith('_')).toSorted());
  });
});
