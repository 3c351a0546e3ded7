// No field of a list may cost a call for each person unless it is declared here: the schema is walked, not a list of fields.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSchema } from '../../src/graphql/schema.js';
import { generatePeople } from '../../src/sandbox/people.js';
import { startTestGateway, type CallCounts, type TestGateway } from '../support/gateway.js';
import { pathsBelow, selectionOf, type SchemaPath } from './schema-paths.js';

const PEOPLE = 100;
/** Hundreds of operations for hundreds of people. */
const PATIENCE_MS = 60_000;
/** More than are asked for, so that no list ends with its page. */
const SIZE = 130;
/** What any path may cost: each backend answers a hundred people in one call, the desk in one for each 999 of its users. */
const DEFAULT: CallCounts = { mind: 1, omnivibe: 1, v2: Math.ceil((SIZE + 1) / 999) };

/** What a path through one of these fields may cost more. */
const MORE: Readonly<Record<string, Partial<CallCounts>>> = {
  'MindAccount.rawData': { mind: PEOPLE },
  'MindAccount.supersetRoles': { mind: PEOPLE },
  'Settings.desk': { v2: PEOPLE },
  'V2Account.views': { v2: PEOPLE },
  // Beyond the agent list: the platform by id, or the person's own token.
  'OmnivibeAccount.memberships': { omnivibe: PEOPLE },
  'InboxSettings.availability': { omnivibe: PEOPLE },
  'InboxSettings.messageSignature': { omnivibe: PEOPLE },
  'InboxSettings.uiSettings': { omnivibe: PEOPLE },
  // They read what they tell of.
  'FieldExplanation.chosen': { mind: PEOPLE, omnivibe: PEOPLE, v2: PEOPLE },
  'FieldExplanation.values': { mind: PEOPLE, omnivibe: PEOPLE, v2: PEOPLE },
  'Profile.version': { mind: PEOPLE, omnivibe: PEOPLE, v2: PEOPLE },
};

const ids = Array.from({ length: PEOPLE }, (_, i) => `mind:${1_000 + i}`);
const keys = ids.map((id) => ({ __typename: 'Profile', id }));
const ARGUMENTS = {
  'Query.profile': '(id: "mind:1000")',
  'Query.profileByEmail': '(email: "anna.adler.0@example.com")',
  'Query.profiles': `(first: ${PEOPLE}, directory: $directory)`,
  'Query.profilesById': '(ids: $ids)',
  'Query._entities': '(representations: $keys)',
  'Query.planUpdateProfile': '(input: { profileId: "mind:1000", patch: { firstName: "Moritz" } })',
  // One field of each source: that is what decides the calls.
  'Profile.explain': `(fields: ["phone", "displayName", "username", "settings.desk.maxChats",
    "settings.inbox.availability", "mind.rawData"])`,
};
const VARIABLES = { directory: 'Backend', ids: '[ID!]!', keys: '[_Any!]!' } as const;

const paths = pathsBelow(createSchema(), 'Query', ARGUMENTS).filter(({ isThroughList }) => isThroughList);

describe('a list of 100 people, warm', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    // Some paths cost more than one operation may by default.
    gateway = await startTestGateway({ people: generatePeople(SIZE), env: { UPSTREAM_BUDGET: '2000' } });
    await gateway.query('{ profiles(first: 1) { nodes { omnivibeUserId v2UserId } } }');
  });
  afterAll(() => gateway.close());

  /** What selections cost; one that cannot be read costs nothing and proves nothing, so it fails. */
  async function costOf(ways: readonly SchemaPath[], directory: string): Promise<CallCounts> {
    const selection = selectionOf(ways);
    const declared = Object.entries(VARIABLES).filter(([name]) => selection.includes(`$${name}`));
    const declaration = declared.map(([name, type]) => `$${name}: ${type}`).join(', ');
    const query = `query ${declaration === '' ? '' : `(${declaration})`} ${selection}`;
    const { errors, extensions } = await gateway.execute(query, { directory, ids, keys });
    expect(errors).toEqual([]);
    const { MIND = 0, OMNIVIBE = 0, V2 = 0 } = extensions.upstream?.byBackend ?? {};
    return { mind: MIND, omnivibe: OMNIVIBE, v2: V2 };
  }

  function boundOf({ coordinates }: SchemaPath): CallCounts {
    const more = coordinates.flatMap((coordinate) => MORE[coordinate] ?? []);
    const sum = (backend: keyof CallCounts) =>
      more.reduce((total, each) => total + (each[backend] ?? 0), DEFAULT[backend]);
    return { mind: sum('mind'), omnivibe: sum('omnivibe'), v2: sum('v2') };
  }

  const isWithin = (cost: CallCounts, bound: CallCounts) =>
    cost.mind <= bound.mind && cost.omnivibe <= bound.omnivibe && cost.v2 <= bound.v2;
  const below = (list: string) => paths.filter(({ path }) => path.startsWith(`${list}.`));

  it(
    'costs no more than declared on any path below profilesById',
    async () => {
      const broken: Record<string, { cost: CallCounts; bound: CallCounts }> = {};
      for (const way of below('profilesById')) {
        const cost = await costOf([way], '');
        const bound = boundOf(way);
        if (!isWithin(cost, bound)) broken[way.path] = { cost, bound };
      }
      expect(broken).toEqual({});
    },
    PATIENCE_MS,
  );

  it.each(
    [...new Set(paths.map(({ path }) => path.split('.')[0] ?? ''))].flatMap((root) =>
      (root === 'profiles' ? ['MIND', 'V2', 'OMNIVIBE'] : ['']).map(
        (directory) => [root, directory] as const,
      ),
    ),
  )(
    'costs no more for all paths of one bound together than for one of them: %s %s',
    async (root, directory) => {
      const groups = new Map<string, SchemaPath[]>();
      for (const way of below(root)) {
        const declared = way.coordinates.filter((coordinate) => coordinate in MORE).join() || 'by default';
        groups.set(declared, [...(groups.get(declared) ?? []), way]);
      }
      expect(groups.has('by default')).toBe(true);
      for (const [declared, ways] of groups) {
        const cost = await costOf(ways, directory);
        const bounds = ways.map(boundOf);
        expect({ declared, cost, isWithin: bounds.every((bound) => isWithin(cost, bound)) }).toEqual({
          declared,
          cost,
          isWithin: true,
        });
      }
    },
    PATIENCE_MS,
  );

  it('is walked from every list of people down to every field of theirs', () => {
    const lists = ['profilesById', 'profiles.nodes', 'profiles.edges.node', '_entities.[Profile]'];
    const own = pathsBelow(createSchema(), 'Profile').map(({ path }) => path);
    expect(own.length).toBeGreaterThan(100);
    expect(paths.map(({ path }) => path)).toEqual(
      expect.arrayContaining(lists.flatMap((list) => own.map((path) => `${list}.${path}`))),
    );
  });

  it.each(Object.keys(MORE))('needs the higher bound that is declared for %s', async (coordinate) => {
    const way = paths.find(
      ({ path, coordinates }) => path.startsWith('profilesById.') && coordinates.includes(coordinate),
    );
    expect(way).toBeDefined();
    if (way !== undefined) expect(isWithin(await costOf([way], ''), DEFAULT)).toBe(false);
  });
});
