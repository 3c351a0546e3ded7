// What a read costs, by the ledgers of the three backends, and that every row reaches the person it belongs to.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Switches } from '../../src/sandbox/core/switches.js';
import { generatePeople } from '../../src/sandbox/people.js';
import { startTestGateway, type CallCounts, type TestGateway } from '../support/gateway.js';

/** One field of each backend. */
const FIELDS = 'firstName displayName username';
const BY_ID = `query ($ids: [ID!]!) { profilesById(ids: $ids) { ${FIELDS} } }`;
const BY_KEY = `query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on Profile { ${FIELDS} } } }`;
const LIST = `query ($first: Int, $directory: Backend) {
  profiles(first: $first, directory: $directory) { nodes { ${FIELDS} } }
}`;
const WARM_UP = '{ profiles(first: 1) { nodes { omnivibeUserId v2UserId } } }';

const FIRST_ID = { mind: 1_000, omnivibe: 20_000, v2: 300_000 } as const;
type Slug = keyof typeof FIRST_ID;
const SLUGS = ['mind', 'omnivibe', 'v2'] as const;

/** Ids of ordinary people; those beyond the directory are nobody's. */
const idsOf = (backend: Slug, count: number, first = 0) =>
  Array.from({ length: count }, (_, i) => `${backend}:${FIRST_ID[backend] + first + i}`);

describe.each([40, 2_500])('in directories of %i people', (size) => {
  const people = generatePeople(size);
  // The desk holds one user more: the one that the key belongs to.
  const v2Pages = Math.ceil((size + 1) / 999);
  // A round number of rows may be a silent cap, which only another page rules out.
  const mindPages = size % 100 === 0 ? 2 : 1;
  const v2Reads = (wanted: number) => Math.min(wanted, v2Pages);

  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ people });
    await gateway.query(WARM_UP);
  });
  afterAll(() => gateway.close());

  describe('warm', () => {
    it.each(SLUGS.flatMap((backend) => [1, 3, 50, 100].map((k) => [k, backend] as const)))(
      'reads %i people by their %s ids in one call a backend, at v2 in the fewest there are',
      async (k, backend) => {
        const known = Math.min(k, size);
        expect(await gateway.cost(BY_ID, { ids: idsOf(backend, known) })).toEqual({
          mind: 1,
          omnivibe: 1,
          v2: v2Reads(known),
        });
      },
    );

    it.each(SLUGS.flatMap((backend) => [1, 3, 50, 100].map((k) => [k, backend] as const)))(
      'lists %i people of the directory of %s in one call a backend, at v2 in the fewest there are',
      async (first, backend) => {
        // The first row of the desk is its key's own user, whom the other backends don't know.
        const others = backend === 'v2' && first === 1 ? 0 : 1;
        const v2 = backend === 'v2' ? 1 : v2Reads(Math.min(first, size));
        expect(await gateway.cost(LIST, { first, directory: backend.toUpperCase() })).toEqual({
          mind: others,
          omnivibe: others,
          v2,
        });
      },
    );

    it.each([101, 500])('reads %i people of a router in chunks of 100 at Mind', async (k) => {
      const keys = idsOf('mind', k).map((id) => ({ __typename: 'Profile', id }));
      const known = Math.min(k, size);
      expect(await gateway.cost(BY_KEY, { keys })).toEqual({
        mind: Math.ceil(k / 100),
        omnivibe: 1,
        v2: v2Reads(known),
      });
    });

    it.each<[string, (i: number) => string, number]>([
      ['Mind id', (i) => `profile(id: "mind:${1_000 + (i % 5)}")`, 5],
      ['v2 id', (i) => `profile(id: "v2:${300_000 + (i % 5)}")`, 5],
      ['one id, then another', (i) => `profile(id: "${SLUGS.map((b) => idsOf(b, 1)[0])[i % 3] ?? ''}")`, 1],
      [
        'address or id',
        (i) =>
          i % 2 === 0 ? 'profileByEmail(email: "anna.adler.0@example.com")' : 'profile(id: "mind:1000")',
        1,
      ],
    ])('reads people who stand under 20 aliases once (%s)', async (_by, field, persons) => {
      const aliases = Array.from({ length: 20 }, (_, i) => `alias${i}: ${field(i)} { ${FIELDS} }`);
      const { data, extensions } = await gateway.execute(`{ ${aliases.join('\n')} }`);
      expect(new Set(Object.values(data ?? {}).map((person) => JSON.stringify(person))).size).toBe(persons);
      expect(extensions.upstream?.byBackend).toEqual({ MIND: 1, OMNIVIBE: 1, V2: v2Reads(persons) });
    });

    it('reads people by ids of all three backends in one call a backend all the same', async () => {
      const ids = SLUGS.flatMap((backend, i) => idsOf(backend, 5, i * 5));
      expect(await gateway.cost(BY_ID, { ids })).toEqual({ mind: 1, omnivibe: 1, v2: v2Reads(15) });
    });

    it('asks for nobody twice when an id stands twice among the ids', async () => {
      const twice = [...idsOf('mind', 3), ...idsOf('mind', 3)];
      await gateway.query(BY_ID, { ids: twice });
      const { query = '' } = gateway.received().mind.at(-1) ?? {};
      expect(new URLSearchParams(query).getAll('userIds[]')).toEqual(['1000', '1001', '1002']);
    });
  });

  describe('cold', () => {
    const SWEEP: CallCounts = { mind: mindPages, omnivibe: 1, v2: v2Pages };

    it.each<[string, string, object]>([
      ['one person by id', BY_ID, { ids: idsOf('mind', 1) }],
      ['a person by a v2 id', BY_ID, { ids: idsOf('v2', 1) }],
      ['40 people by id', BY_ID, { ids: idsOf('mind', 40) }],
      ['a page of Mind', LIST, { first: 40, directory: 'MIND' }],
      ['a page of v2', LIST, { first: 40, directory: 'V2' }],
      ['a page of omnivibe', LIST, { first: 40, directory: 'OMNIVIBE' }],
    ])('adds at most one sweep a backend to %s', async (_what, query, variables) => {
      const fresh = await startTestGateway({ people });
      try {
        const cold = await fresh.cost(query, variables);
        const warm = await fresh.cost(query, variables);
        for (const backend of SLUGS) {
          expect(cold[backend] - warm[backend]).toBeLessThanOrEqual(SWEEP[backend]);
          expect(cold[backend] - warm[backend]).toBeGreaterThanOrEqual(0);
        }
      } finally {
        await fresh.close();
      }
    });
  });
});

describe('an installation of Mind that cannot read several people in one call', () => {
  it('is noticed once, and read one by one from then on', async () => {
    const gateway = await startTestGateway({ people: generatePeople(200) });
    try {
      gateway.mind.switches.set({ withoutUserIds: true });
      const query = 'query ($ids: [ID!]!) { profilesById(ids: $ids) { firstName mindUserId } }';
      // None of them is among the first 50, who come whoever is asked for.
      const ids = idsOf('mind', 50, 150);
      await gateway.query(WARM_UP);
      expect(await gateway.cost(query, { ids })).toMatchObject({ mind: 51 });
      expect(await gateway.cost(query, { ids })).toMatchObject({ mind: 50 });
      const { profilesById } = await gateway.query(query, { ids });
      expect(profilesById).toEqual(
        generatePeople(50, 150).map(({ mind }) => ({
          firstName: mind?.firstName,
          mindUserId: String(mind?.id),
        })),
      );
    } finally {
      await gateway.close();
    }
  });
});

describe('rows that come reversed, doubled, foreign or not at all', () => {
  const SIZE = 1_200;
  const people = generatePeople(SIZE);
  // Some of the last twenty stand on the desk's second page.
  const ids = [...idsOf('mind', 20), ...idsOf('omnivibe', 20, 100), ...idsOf('v2', 20, 990)];
  // No field that two backends spell in two ways: without a Mind account the next source may be shown.
  const ACCOUNTS = `
    id firstName lastName email username language
    mind { nativeId firstName email externalId }
    omnivibe { nativeId name email displayName }
    v2 { nativeId username email telephone }`;
  const BY_IDS = `query ($ids: [ID!]!) { profilesById(ids: $ids) { ${ACCOUNTS} } }`;
  const QUERIES = {
    'by id': BY_IDS,
    'a few by id': `{ profilesById(ids: ["mind:1000", "v2:300001"]) { ${ACCOUNTS} } }`,
    'one by address': `{ profileByEmail(email: "ben.berg.1@example.com") { ${ACCOUNTS} } }`,
    "Mind's directory": `{ profiles(first: 20, directory: MIND) { nodes { ${ACCOUNTS} } } }`,
    "v2's directory": `{ profiles(first: 20, directory: V2) { nodes { ${ACCOUNTS} } } }`,
    "omnivibe's directory": `{ profiles(first: 20, directory: OMNIVIBE) { nodes { ${ACCOUNTS} } } }`,
  };
  type Value = string | null | { readonly [field: string]: Value };
  type Person = Readonly<Record<string, Value>>;
  type People = readonly (Person | null)[];

  const ROUTES = [
    ['mind', '/profiles'],
    ['omnivibe', '/api/v1/accounts/:account_id/agents'],
    ['v2', '/api/v2/user'],
  ] as const;
  const HOW = ['reversed', 'duplicated', 'foreign', 'missing'] as const;

  /** Everybody as they are, under each of their ids. */
  const truth = new Map<string, Person>();
  beforeAll(() =>
    withGateway(async (gateway) => {
      for (let first = 0; first < SIZE; first += 100)
        for (const person of await read(gateway, BY_IDS, idsOf('mind', 100, first)))
          for (const id of accountIds(person)) if (person !== null) truth.set(id, person);
    }),
  );

  async function withGateway(run: (gateway: TestGateway) => Promise<void>) {
    const gateway = await startTestGateway({ people });
    try {
      await run(gateway);
    } finally {
      await gateway.close();
    }
  }

  /** The people of an answer, whatever the query. */
  async function read(from: TestGateway, query: string, wanted: readonly string[] = ids): Promise<People> {
    const [found] = Object.values(await from.query(query, { ids: wanted }));
    return [(found as { nodes?: unknown } | null)?.nodes ?? found].flat() as People;
  }

  function accountIds(person: Person | null): string[] {
    return SLUGS.flatMap((backend) => {
      const account = person?.[backend];
      return typeof account === 'object' && account !== null
        ? [`${backend}:${account['nativeId'] as string}`]
        : [];
    });
  }

  /** Paths at which an answer says something that the truth does not; saying nothing is allowed. */
  function untruths(said: Value | undefined, is: Value | undefined, path: string): string[] {
    if (said === null || said === is) return [];
    if (typeof said !== 'object' || typeof is !== 'object' || is === null) return [path];
    return Object.entries(said).flatMap(([key, value]) => untruths(value, is[key], `${path}.${key}`));
  }

  function checkAgainstTruth(answer: People) {
    for (const person of answer) {
      if (person === null) continue;
      const own = accountIds(person);
      const [id = ''] = own;
      const { id: said, ...rest } = person;
      const is = truth.get(id);
      // Whoever is not of the cast is a backend's own user, and linked to nobody.
      if (is === undefined) expect(own).toEqual([said]);
      // Where the Mind account did not come, the id is another account's of the same person.
      else expect(accountIds(is)).toContain(said);
      expect(untruths(rest, is ?? rest, id)).toEqual([]);
    }
  }

  /** Everybody stands where their id was asked for. */
  function checkPlaces(answer: People) {
    expect(answer).toHaveLength(ids.length);
    for (const [i, person] of answer.entries())
      if (person !== null) expect(accountIds(person)).toContain(ids[i]);
  }

  describe.each(ROUTES)('at %s', (backend, path) => {
    describe.each(HOW)('%s', (rows: NonNullable<Switches['rows']>) => {
      let gateway: TestGateway;
      beforeAll(async () => {
        gateway = await startTestGateway({ people });
        await gateway.query(WARM_UP);
      });
      afterAll(() => gateway.close());
      afterEach(() => {
        gateway[backend].switches.clear();
      });

      it.each(Object.entries(QUERIES))(
        'never give anybody the value of somebody else: %s',
        async (_what, query) => {
          const undistorted = await read(gateway, query);
          gateway[backend].switches.set({ only: { path }, rows });
          const answer = await read(gateway, query);
          expect(answer.length).toBeGreaterThan(0);
          checkAgainstTruth(answer);
          if (query === BY_IDS) checkPlaces(answer);
          // A directory cannot know that a row in it is foreign, or what order was meant.
          if (rows !== 'missing' && !query.includes('directory')) expect(answer).toEqual(undistorted);
        },
      );
    });
  });

  it.each(HOW)('%s everywhere while addresses are swept: nobody is linked to somebody else', (rows) =>
    withGateway(async (cold) => {
      for (const [backend, path] of ROUTES) cold[backend].switches.set({ only: { path }, rows });
      const answer = await read(cold, BY_IDS);
      checkAgainstTruth(answer);
      checkPlaces(answer);
      expect(answer.filter((person) => person === null).length).toBeLessThanOrEqual(1);
    }),
  );

  it.each<[Slug, string, string]>([
    ['mind', '/profiles', 'mind:1000'],
    ['v2', '/api/v2/user', 'v2:1'],
  ])('make nobody else disappear than the one whose row is missing: %s', (backend, path, id) =>
    withGateway(async (gateway) => {
      await gateway.query(WARM_UP);
      gateway[backend].switches.set({ only: { path }, rows: 'missing' });
      const [missing, ...others] = await read(gateway, BY_IDS, [id, ...ids.slice(1)]);
      expect(missing).toBeNull();
      expect(others).not.toContain(null);
    }),
  );
});
