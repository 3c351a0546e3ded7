// One backend is off: what it owns is null, with a coded error; everything else stands as if nothing had happened.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSchema } from '../../src/graphql/schema.js';
import type { Switches } from '../../src/sandbox/core/switches.js';
import { startTestGateway, type GraphQLAnswer, type TestGateway } from '../support/gateway.js';
import { pathsBelow, selectionOf } from './schema-paths.js';

const BACKENDS = ['mind', 'omnivibe', 'v2'] as const;
type Slug = (typeof BACKENDS)[number];

/** What hangs on a backend for everybody who has an account there. */
const OWNED: Readonly<Record<Slug, readonly string[]>> = {
  mind: [
    'firstName',
    'lastName',
    'email',
    'phone',
    'language',
    'externalId',
    'lastSeenAt',
    'routing',
    'settings.work',
    'mind',
    'version',
  ],
  omnivibe: ['displayName', 'avatarUrl', 'settings.inbox', 'omnivibe', 'version'],
  v2: ['username', 'settings.desk', 'presence.statusLock', 'v2', 'version'],
};

interface Fault {
  readonly name: string;
  readonly switches: Switches;
  readonly error: object;
}
const FAULTS: readonly Fault[] = [
  {
    name: 'answers 503',
    switches: { reply: { status: 503 } },
    error: { code: 'UPSTREAM_ERROR', httpStatus: 503, retryable: true },
  },
  {
    name: 'cuts the connection',
    switches: { cut: 'before-handling' },
    error: { code: 'UPSTREAM_CONNECTION_LOST', retryable: true },
  },
  {
    name: 'breaks off inside its answer',
    switches: { cut: 'inside-body' },
    error: { code: 'UPSTREAM_CONNECTION_LOST', retryable: true },
  },
  {
    name: 'refuses the credential',
    switches: { reply: { status: 401, body: '{"error":"unauthorized"}' } },
    error: { code: 'UPSTREAM_ERROR', httpStatus: 401, retryable: true },
  },
  {
    name: 'answers what is not JSON',
    switches: { reply: { status: 200, body: '<html>Wartung</html>' } },
    error: { code: 'UPSTREAM_BAD_RESPONSE', httpStatus: 200, retryable: true },
  },
];

/** Derived from several backends: looked at below by themselves. */
const DERIVED = /^(explain|presence\.(canTake|conflicts))\b/;
const EVERYTHING = selectionOf(
  pathsBelow(createSchema(), 'Profile').filter(({ path }) => !DERIVED.test(path)),
);
const ONE = `{ profile(id: "mind:42") ${EVERYTHING} }`;
const BY_ID = `{ profilesById(ids: ["mind:42", "v2:18", "omnivibe:5", "mind:4242"]) ${EVERYTHING} }`;
const WARM_UP = '{ profiles(first: 1) { nodes { omnivibeUserId v2UserId } } }';
const listOf = (directory: string, first: number) =>
  `{ profiles(first: ${first}, directory: ${directory}) { totalCount pageInfo { hasNextPage endCursor } nodes ${EVERYTHING} } }`;

interface Signal {
  readonly backend: string;
  readonly availability: string;
}
/** Somebody as an answer shows them; only what is looked into here is typed. */
interface Person {
  readonly mindUserId: string | null;
  readonly omnivibeUserId: string | null;
  readonly v2UserId: string | null;
  readonly presence: { readonly signals: readonly Signal[] };
  readonly accounts: readonly ({ readonly backend: string } | null)[];
  readonly omnivibe: { readonly displayName: string | null } | null;
}

/** The fields whose value, or the lack of one before it, is the backend's to tell. */
function ownedBy(backend: Slug, { omnivibe }: Person): readonly string[] {
  const isNamedByMind = backend === 'mind' && (omnivibe?.displayName ?? null) === null;
  return isNamedByMind ? [...OWNED.mind, 'displayName'] : OWNED[backend];
}

const hasAccount = (person: Person, backend: Slug) => person[`${backend}UserId`] !== null;

/** The healthy answer without what the backend owns. */
function without(backend: Slug, person: Person): unknown {
  if (!hasAccount(person, backend)) return person;
  const name = backend.toUpperCase();
  const signals = person.presence.signals.map((signal) =>
    signal.backend === name ? { ...signal, availability: 'UNKNOWN', nativeValue: null } : signal,
  );
  const availability =
    ['BUSY', 'AVAILABLE', 'AWAY', 'OFFLINE'].find((word) =>
      signals.some((each) => each.availability === word),
    ) ?? 'UNKNOWN';
  const left = {
    ...person,
    presence: { ...person.presence, availability, signals },
    accounts: person.accounts.map((account) => (account?.backend === name ? null : account)),
  };
  return ownedBy(backend, person).reduce<unknown>((rest, path) => withNullAt(rest, path.split('.')), left);
}

/** A copy with null in one place; keys keep their order. */
function withNullAt(value: unknown, [key = '', ...deeper]: readonly string[]): unknown {
  const object = value as Readonly<Record<string, unknown>>;
  expect(Object.keys(object)).toContain(key);
  return { ...object, [key]: deeper.length === 0 ? null : withNullAt(object[key], deeper) };
}

/** Byte for byte: the order of keys counts too. */
function expectSame(answer: unknown, expected: unknown) {
  expect(JSON.stringify(answer, null, 1)).toBe(JSON.stringify(expected, null, 1));
}

const byPath = <E extends { readonly path: string }>(errors: readonly E[]) =>
  [...errors].sort((a, b) => a.path.localeCompare(b.path));

/** Path and extensions of each error, by path; a request id is required and left out. */
function errorsOf({ errors }: GraphQLAnswer) {
  return byPath(
    errors.map(({ path = [], extensions: { requestId, ...extensions } }) => {
      expect(requestId).toMatch(/^[\w-]{1,64}$/);
      return { path: path.join('.'), ...extensions };
    }),
  );
}

/** The errors of one person's fields. */
function errorsOfOne(backend: Slug, error: object, root: string) {
  const named = { ...error, backend: backend.toUpperCase() };
  return byPath<{ readonly path: string; readonly [key: string]: unknown }>([
    ...OWNED[backend].map((path) => ({ path: `${root}.${path}`, ...named })),
    { path: `${root}.accounts`, ...named, affected: 1 },
  ]);
}

describe.each(BACKENDS)('%s, once known,', (backend) => {
  let gateway: TestGateway;
  const healthy = new Map<string, Record<string, unknown>>();
  const others = BACKENDS.filter((other) => other !== backend).map((other) => other.toUpperCase());
  const LISTS = others.map((directory) => listOf(directory, 12));

  beforeAll(async () => {
    gateway = await startTestGateway();
    await gateway.query(WARM_UP);
    for (const query of [ONE, BY_ID, ...LISTS]) healthy.set(query, await gateway.query(query));
  });
  afterAll(() => gateway.close());

  describe.each(FAULTS)('$name:', ({ switches, error }) => {
    beforeAll(() => {
      gateway[backend].switches.set(switches);
    });
    afterAll(() => {
      gateway[backend].switches.clear();
    });

    it('one person loses what it owns, each field with its error, and nothing else', async () => {
      const answer = await gateway.execute(ONE);
      const { profile } = healthy.get(ONE) as { profile: Person };
      expectSame(answer.data, { profile: without(backend, profile) });
      expect(errorsOf(answer)).toEqual(errorsOfOne(backend, error, 'profile'));
      expect(answer.status).toBe(200);
    });

    it('people by id lose what it owns, with one error for the whole list', async () => {
      const answer = await gateway.execute(BY_ID);
      const { profilesById } = healthy.get(BY_ID) as { profilesById: (Person | null)[] };
      expectSame(answer.data, {
        profilesById: profilesById.map((person) => person && without(backend, person)),
      });
      // Whether there is a mind:4242, nobody but Mind could tell.
      const affected = backend === 'mind' ? 4 : 3;
      expect(errorsOf(answer)).toEqual([
        { path: 'profilesById', ...error, backend: backend.toUpperCase(), affected },
      ]);
      expect(answer.status).toBe(200);
    });

    it.each(others.map((directory, i) => [directory, LISTS[i] ?? '']))(
      'the directory of %s loses what it owns, with one error for the whole list',
      async (_directory, query) => {
        const answer = await gateway.execute(query);
        const { profiles } = healthy.get(query) as { profiles: { nodes: Person[] } };
        expectSame(answer.data, {
          profiles: { ...profiles, nodes: profiles.nodes.map((person) => without(backend, person)) },
        });
        const affected = profiles.nodes.filter((person) => hasAccount(person, backend)).length;
        expect(affected).toBeGreaterThan(2);
        expect(errorsOf(answer)).toEqual([
          { path: 'profiles.nodes', ...error, backend: backend.toUpperCase(), affected },
        ]);
        expect(answer.status).toBe(200);
      },
    );

    it('its own directory is null with one error', async () => {
      const answer = await gateway.execute(
        `{ profiles(directory: ${backend.toUpperCase()}) { nodes { id } } }`,
      );
      expect(answer.data).toEqual({ profiles: null });
      expect(errorsOf(answer)).toEqual([{ path: 'profiles', ...error, backend: backend.toUpperCase() }]);
      expect(answer.status).toBe(200);
    });

    it('a person who has no account there loses nothing', async () => {
      const [id = ''] = { mind: ['v2:23'], omnivibe: ['mind:51'], v2: ['omnivibe:7'] }[backend];
      const answer = await gateway.execute(`{ profile(id: "${id}") ${EVERYTHING} }`);
      expect(answer.errors).toEqual([]);
      expect(answer.data?.['profile']).toMatchObject({ id });
    });

    it('presence alone has no error to tell', async () => {
      const answer = await gateway.execute(
        `{ profile(id: "mind:42") { presence {
          availability
          signals { backend availability }
          canTake(channel: CHAT) { answer reasons }
          conflicts { message }
        } } }`,
      );
      expect(answer.errors).toEqual([]);
      const { presence } = answer.data?.['profile'] as Person;
      expect(presence).toMatchObject({
        availability: 'AVAILABLE',
        canTake: { answer: 'UNKNOWN' },
        conflicts: [],
      });
      const silent = presence.signals.filter((signal) => signal.availability === 'UNKNOWN');
      expect(new Set(silent.map((signal) => signal.backend))).toEqual(new Set([backend.toUpperCase()]));
    });
  });
});

describe('the list of accounts', () => {
  it('has null for the account of the backend that is off, and an error', async () => {
    const gateway = await startTestGateway();
    try {
      await gateway.query(WARM_UP);
      gateway.omnivibe.switches.set({ reply: { status: 503 } });
      const answer = await gateway.execute('{ profile(id: "v2:17") { accounts { backend nativeId } } }');
      expect(answer.data).toEqual({
        profile: { accounts: [{ backend: 'MIND', nativeId: '42' }, null, { backend: 'V2', nativeId: '17' }] },
      });
      expect(errorsOf(answer)).toMatchObject([
        { path: 'profile.accounts', backend: 'OMNIVIBE', code: 'UPSTREAM_ERROR', affected: 1 },
      ]);
    } finally {
      await gateway.close();
    }
  });
});

describe('all backends off', () => {
  it('answers 200 with nulls and one error a backend', async () => {
    const gateway = await startTestGateway();
    try {
      await gateway.query(WARM_UP);
      for (const backend of BACKENDS) gateway[backend].switches.set({ reply: { status: 503 } });
      const answer = await gateway.execute(BY_ID);
      const error = { path: 'profilesById', code: 'UPSTREAM_ERROR', httpStatus: 503, retryable: true };
      expect(answer.status).toBe(200);
      expect(errorsOf(answer)).toEqual([
        { ...error, backend: 'MIND', affected: 4 },
        { ...error, backend: 'OMNIVIBE', affected: 3 },
        { ...error, backend: 'V2', affected: 3 },
      ]);
    } finally {
      await gateway.close();
    }
  });
});

describe('one endpoint of a backend off', () => {
  it.each<[string, Slug, string, string]>([
    ['rawData', 'mind', '/profile/:id', 'mind { firstName rawData }'],
    ['supersetRoles', 'mind', '/profile/:id/supersetRoles', 'mind { firstName supersetRoles }'],
    ['desk', 'v2', '/api/v2/user/settings', 'settings { desk { maxChats } work { reportName } }'],
    ['views', 'v2', '/api/v2/user/getUserViews', 'v2 { username views { name } }'],
  ])('makes %s null and nothing else', async (field, backend, path, selection) => {
    const gateway = await startTestGateway();
    try {
      const query = `{ profiles(first: 3) { nodes { id ${selection} } } }`;
      const healthy = await gateway.query(query);
      gateway[backend].switches.set({ only: { path }, reply: { status: 503 } });
      const answer = await gateway.execute(query);
      const isNulled = (key: string, value: unknown) => (key === field ? null : value);
      expectSame(answer.data, JSON.parse(JSON.stringify(healthy, isNulled)));
      expect(errorsOf(answer)).toMatchObject([
        { path: 'profiles.nodes', backend: backend.toUpperCase(), code: 'UPSTREAM_ERROR', affected: 3 },
      ]);
    } finally {
      await gateway.close();
    }
  });
});

describe('a backend that is off before anything is known of it', () => {
  /** As `execute`, without looking at the bill: calls under way when the answer goes out are counted, not awaited. */
  async function ask(gateway: TestGateway, query: string) {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const { data, errors = [] } = (await response.json()) as Partial<GraphQLAnswer>;
    return {
      status: response.status,
      data,
      errors: errors
        .map(({ path = [], extensions }) => `${path.join('.')} ${String(extensions['backend'])}`)
        .sort(),
    };
  }

  async function withBackendOff(backend: Slug, run: (gateway: TestGateway) => Promise<void>) {
    const gateway = await startTestGateway();
    try {
      gateway[backend].switches.set({ reply: { status: 503 } });
      await run(gateway);
    } finally {
      await gateway.close();
    }
  }

  it.each<[string, Slug, string, object, string[]]>([
    [
      'its own id leads nowhere',
      'mind',
      '{ profile(id: "mind:42") { username } }',
      { profile: null },
      ['profile MIND'],
    ],
    [
      'the others’ fields stand',
      'mind',
      '{ profile(id: "v2:17") { username settings { desk { maxChats } } v2 { nativeId } } }',
      { profile: { username: 'max.m', settings: { desk: { maxChats: 3 } }, v2: { nativeId: '17' } } },
      [],
    ],
    [
      'its fields are null',
      'mind',
      '{ profile(id: "v2:17") { username firstName mindUserId } }',
      { profile: { username: 'max.m', firstName: null, mindUserId: null } },
      ['profile.firstName MIND', 'profile.mindUserId MIND'],
    ],
    [
      'a list of another directory stands, with one error',
      'mind',
      '{ profiles(first: 3, directory: V2) { nodes { username firstName } } }',
      {
        profiles: {
          nodes: ['api', 'max.m', 'erika.g'].map((username) => ({ username, firstName: null })),
        },
      },
      ['profiles.nodes MIND'],
    ],
    [
      'a list by id stands, with one error',
      'v2',
      '{ profilesById(ids: ["mind:42", "mind:43"]) { id firstName username v2UserId } }',
      {
        profilesById: [
          { id: 'mind:42', firstName: 'Max', username: null, v2UserId: null },
          { id: 'mind:43', firstName: 'Erika', username: null, v2UserId: null },
        ],
      },
      ['profilesById V2'],
    ],
    [
      'a person is found by another id, under the id that they always have',
      'v2',
      '{ profile(id: "omnivibe:3") { id displayName } }',
      { profile: { id: 'mind:42', displayName: 'Max from Support' } },
      [],
    ],
    [
      'a person is found by an address that others know',
      'v2',
      '{ profileByEmail(email: "max.mustermann@example.com") { id firstName displayName username } }',
      {
        profileByEmail: { id: 'mind:42', firstName: 'Max', displayName: 'Max from Support', username: null },
      },
      ['profileByEmail.username V2'],
    ],
    [
      'a person is found by an address that others know',
      'omnivibe',
      '{ profileByEmail(email: "max.mustermann@example.com") { id firstName displayName username } }',
      { profileByEmail: { id: 'mind:42', firstName: 'Max', displayName: null, username: 'max.m' } },
      ['profileByEmail.displayName OMNIVIBE'],
    ],
    [
      'an address that only it may know is not said to be nobody’s',
      'mind',
      '{ profileByEmail(email: "olaf.einzig@example.com") { id } }',
      { profileByEmail: null },
      ['profileByEmail MIND'],
    ],
    [
      'presence is what the others say, without an error',
      'omnivibe',
      '{ profile(id: "mind:42") { presence { availability signals { backend availability } } } }',
      {
        profile: {
          presence: {
            availability: 'AVAILABLE',
            signals: [
              ...['AVAILABLE', 'AVAILABLE', 'AVAILABLE'].map((availability) => ({
                backend: 'MIND',
                availability,
              })),
              { backend: 'OMNIVIBE', availability: 'UNKNOWN' },
              { backend: 'V2', availability: 'AVAILABLE' },
            ],
          },
        },
      },
      [],
    ],
  ])('%s (%s)', (_what, backend, query, data, errors) =>
    withBackendOff(backend, async (gateway) => {
      expect(await ask(gateway, query)).toEqual({ status: 200, data, errors });
    }),
  );

  it.each<[Slug, string]>([
    ['mind', 'V2'],
    ['mind', 'OMNIVIBE'],
    ['v2', 'OMNIVIBE'],
  ])('without %s, the directory of %s still lists its people', (backend, directory) =>
    withBackendOff(backend, async (gateway) => {
      const list = `{ profiles(first: 3, directory: ${directory}) { nodes { id ${directory.toLowerCase()} { nativeId } } } }`;
      const { data } = await ask(gateway, list);
      expect(data).toMatchObject({
        profiles: {
          nodes: Array(3).fill({ [directory.toLowerCase()]: { nativeId: expect.any(String) as unknown } }),
        },
      });
    }),
  );

  it.each(
    BACKENDS.flatMap((backend) =>
      ['MIND', 'OMNIVIBE', 'V2'].map((directory) => [backend, directory] as const),
    ),
  )('%s is not asked again for each person of the directory of %s', (backend, directory) =>
    withBackendOff(backend, async (gateway) => {
      await ask(
        gateway,
        `{ profiles(first: 40, directory: ${directory}) { nodes { mindUserId firstName username displayName } } }`,
      );
      // One sweep of addresses and one read.
      expect(gateway[backend].ledger.entries.length).toBeLessThanOrEqual(2);
    }),
  );
});
