// People in the order of one backend's directory, page by page.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CAST, generatePeople } from '../../src/sandbox/people.js';
import { startTestGateway, type GraphQLAnswer, type TestGateway } from '../support/gateway.js';

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}
interface Person {
  readonly mindUserId: string | null;
  readonly omnivibeUserId: string | null;
  readonly v2UserId: string | null;
}
interface Connection {
  readonly totalCount: number | null;
  readonly pageInfo: PageInfo;
  readonly edges: readonly { readonly cursor: string; readonly node: Person }[];
  readonly nodes: readonly Person[];
}
type Directory = 'MIND' | 'OMNIVIBE' | 'V2';
interface Filter {
  readonly query?: string;
  readonly teamIds?: readonly number[];
  readonly onlineOnly?: boolean;
  readonly kind?: string;
}
interface Page {
  readonly directory?: Directory;
  readonly first?: number;
  readonly after?: string | null;
  readonly filter?: Filter;
}

const IDS = 'mindUserId omnivibeUserId v2UserId';
const QUERY = `query ($directory: Backend, $first: Int, $after: String, $filter: ProfileFilter) {
  profiles(directory: $directory, first: $first, after: $after, filter: $filter) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { ${IDS} } }
    nodes { ${IDS} }
  }
}`;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

const callsSoFar = () =>
  Object.values(gateway.received()).reduce((total, entries) => total + entries.length, 0);
const ask = (page: Page, of = gateway): Promise<GraphQLAnswer> => of.execute(QUERY, page);

async function list(page: Page, of = gateway): Promise<Connection> {
  const { data, errors } = await ask(page, of);
  expect(errors).toEqual([]);
  return data?.['profiles'] as Connection;
}

/** Every page to the end, `first` people each. */
async function listAll(page: Page, of = gateway): Promise<Connection[]> {
  const pages: Connection[] = [];
  let after: string | null = null;
  do {
    const next: Connection = await list({ ...page, after }, of);
    pages.push(next);
    after = next.pageInfo.hasNextPage ? next.pageInfo.endCursor : null;
  } while (after !== null && pages.length < 1_000);
  return pages;
}

const idIn = (directory: Directory, person: Person) =>
  person[({ MIND: 'mindUserId', OMNIVIBE: 'omnivibeUserId', V2: 'v2UserId' } as const)[directory]];
const text = (ids: readonly (number | undefined)[]) => ids.filter((id) => id !== undefined).map(String);

/** Who is in each directory; omnivibe and the desk each have a user of their own beside the cast. */
const MIND_IDS = CAST.filter(({ mind }) => (mind?.type ?? 'user') === 'user').map(({ mind }) => mind?.id);
const WHO: Readonly<Record<Directory, readonly string[]>> = {
  MIND: text(MIND_IDS),
  OMNIVIBE: [...text(CAST.map(({ omnivibe }) => omnivibe?.id)), 'administrator'],
  V2: ['1', ...text(CAST.map(({ v2 }) => v2?.id))],
};
const DIRECTORIES = ['MIND', 'OMNIVIBE', 'V2'] as const;

describe.each(DIRECTORIES)('the directory of %s', (directory) => {
  const size = WHO[directory].length;
  const totalCount = directory === 'MIND' ? null : size;

  it.each([1, 7, size - 1, size, size + 1, 100])(
    'shows everybody exactly once, %i at a time',
    async (first) => {
      const pages = await listAll({ directory, first });
      const ids = pages.flatMap(({ nodes }) => nodes.map((person) => idIn(directory, person)));
      expect(ids).toHaveLength(size);
      expect(new Set(ids).size).toBe(size);
      const strangers = ids.filter((id) => !WHO[directory].includes(id ?? ''));
      expect(strangers).toHaveLength(directory === 'OMNIVIBE' ? 1 : 0);
      expect(pages).toHaveLength(Math.ceil(size / first));
    },
  );

  it('says where each page stands', async () => {
    const pages = await listAll({ directory, first: 10 });
    for (const [i, { pageInfo, edges, nodes, ...page }] of pages.entries()) {
      expect(pageInfo).toEqual({
        hasNextPage: i < pages.length - 1,
        hasPreviousPage: i > 0,
        startCursor: edges[0]?.cursor,
        endCursor: edges.at(-1)?.cursor,
      });
      expect(edges.map(({ node }) => node)).toEqual(nodes);
      expect(page.totalCount).toBe(totalCount);
    }
    const cursors = pages.flatMap(({ edges }) => edges.map(({ cursor }) => cursor));
    expect(new Set(cursors).size).toBe(size);
  });

  it('goes on after any person, not only after the last of a page', async () => {
    const { edges } = await list({ directory, first: 10 });
    const rest = await list({ directory, first: 3, after: edges[4]?.cursor ?? null });
    expect(rest.nodes).toEqual(edges.slice(5, 8).map(({ node }) => node));
    expect(rest.pageInfo.hasPreviousPage).toBe(true);
  });

  it('is empty after its last person', async () => {
    const { pageInfo } = await list({ directory, first: 100 });
    expect(await list({ directory, after: pageInfo.endCursor })).toEqual({
      totalCount,
      pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
      edges: [],
      nodes: [],
    });
  });

  it('shows 25 people unless told otherwise', async () => {
    const { nodes } = await list({ directory });
    expect(nodes).toHaveLength(25);
  });

  it('reads the bounds of a page: 1 and 100', async () => {
    expect((await list({ directory, first: 1 })).nodes).toHaveLength(1);
    expect((await list({ directory, first: 100 })).nodes).toHaveLength(size);
  });

  it('costs one call a page, whoever is in it', async () => {
    const query = `{ profiles(directory: ${directory}, first: 10) { totalCount pageInfo { endCursor } nodes { id } } }`;
    await gateway.query(query);
    const cost = { mind: 0, omnivibe: 0, v2: 0, [directory.toLowerCase()]: 1 };
    expect(await gateway.cost(query)).toEqual(cost);
  });
});

describe('profiles', () => {
  it('takes Mind’s directory unless told otherwise', async () => {
    expect(await list({ first: 5 })).toEqual(await list({ first: 5, directory: 'MIND' }));
  });

  it('pages through a directory larger than one page of any backend', async () => {
    const large = await startTestGateway({ people: generatePeople(1_150) });
    try {
      for (const directory of DIRECTORIES) {
        const pages = await listAll({ directory, first: 100 }, large);
        const ids = new Set(pages.flatMap(({ nodes }) => nodes.map((person) => idIn(directory, person))));
        expect(ids.size).toBe(directory === 'MIND' ? 1_150 : 1_151);
      }
    } finally {
      await large.close();
    }
  });

  it('ends where a directory ends with its page', async () => {
    const even = await startTestGateway({ people: generatePeople(100) });
    try {
      const { pageInfo, nodes } = await list({ directory: 'MIND', first: 100 }, even);
      expect(nodes).toHaveLength(100);
      expect(pageInfo.hasNextPage).toBe(false);
    } finally {
      await even.close();
    }
  });

  it.each([
    ['a bare list', { indexShape: 'array' } as const],
    ['a list without a total', { indexShape: 'no-total' } as const],
  ])('does without a total where the desk sends %s', async (_what, switches) => {
    const off = gateway.v2.switches.set(switches);
    try {
      const pages = await listAll({ directory: 'V2', first: 20 });
      expect(pages.map((page) => page.totalCount)).toEqual([null, null, null]);
      expect(pages.flatMap(({ nodes }) => nodes)).toHaveLength(WHO.V2.length);
    } finally {
      off();
    }
  });
});

describe('a filter', () => {
  it.each<[Directory, Filter, readonly string[]]>([
    ['MIND', { query: 'mustermann' }, ['42']],
    [
      'MIND',
      { query: 'example.com', teamIds: [2] },
      text(CAST.filter(({ mind }) => mind?.teamIds?.includes(2)).map(({ mind }) => mind?.id)),
    ],
    [
      'MIND',
      { onlineOnly: true },
      text(CAST.filter(({ mind }) => (mind?.lastSeenMinutesAgo ?? 99) < 10).map(({ mind }) => mind?.id)),
    ],
    ['MIND', { kind: 'USERS' }, WHO.MIND],
    ['MIND', { kind: 'ALL' }, text(CAST.map(({ mind }) => mind?.id))],
    ['MIND', { kind: 'VENDOR' }, ['1']],
    ['MIND', { kind: 'SERVICE_WORKERS' }, ['2']],
    ['MIND', { query: 'nobody-of-this-name' }, []],
    ['MIND', { query: 'a&limit=1#?=%20' }, []],
    ['MIND', {}, WHO.MIND],
    ['V2', { query: 'max.m' }, ['17']],
    ['V2', { query: 'sven.solo@example.com' }, ['23']],
    ['V2', { query: '+4930901820' }, ['17']],
    ['V2', { onlineOnly: false }, WHO.V2],
    ['OMNIVIBE', { onlineOnly: false }, WHO.OMNIVIBE],
  ])('of %s is applied: %j', async (directory, filter, wanted) => {
    const pages = await listAll({ directory, filter, first: 30 });
    const ids = pages.flatMap(({ nodes }) => nodes.map((person) => idIn(directory, person) ?? ''));
    if (directory === 'OMNIVIBE') expect(ids).toHaveLength(wanted.length);
    else expect(ids.toSorted()).toEqual(wanted.toSorted());
    if (directory === 'V2') expect(pages[0]?.totalCount).toBe(wanted.length);
  });

  it.each<[Directory, string, Filter, string]>([
    ['V2', 'teamIds', { teamIds: [1] }, 'query'],
    ['V2', 'onlineOnly', { query: 'max', onlineOnly: true }, 'query'],
    ['V2', 'kind', { kind: 'ALL' }, 'query'],
    ['OMNIVIBE', 'query', { query: 'max' }, 'none'],
    ['OMNIVIBE', 'teamIds', { teamIds: [1] }, 'none'],
    ['OMNIVIBE', 'onlineOnly', { onlineOnly: true }, 'none'],
    ['OMNIVIBE', 'kind', { kind: 'USERS' }, 'none'],
  ])('of %s is refused where it cannot be applied: %s', async (directory, name, filter, those) => {
    const before = callsSoFar();
    const { data, errors } = await ask({ directory, filter });
    expect(data).toEqual({ profiles: null });
    expect(errors).toMatchObject([{ path: ['profiles'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors[0]?.message).toContain(`"filter.${name}"`);
    expect(errors[0]?.message).toMatch(new RegExp(`${directory}.*${those}`));
    expect(callsSoFar()).toBe(before);
  });
});

describe('a cursor', () => {
  it('is one word that needs no quoting in a URL', async () => {
    const { edges } = await list({ directory: 'V2', first: 3 });
    for (const { cursor } of edges) expect(cursor).toMatch(/^[\w-]+$/);
  });

  it('is good in another request, of the same directory and filter', async () => {
    const filter = { query: 'example' };
    const { edges } = await list({ directory: 'MIND', filter, first: 3 });
    const again = await list({
      directory: 'MIND',
      filter: { query: 'example', onlineOnly: false },
      first: 2,
      after: edges[0]?.cursor ?? '',
    });
    expect(again.nodes).toEqual(edges.slice(1, 3).map(({ node }) => node));
  });

  it.each<[string, Page, Page]>([
    ['of another directory', { directory: 'MIND' }, { directory: 'V2' }],
    ['of another directory', { directory: 'OMNIVIBE' }, { directory: 'MIND' }],
    ['of another filter', { directory: 'MIND' }, { directory: 'MIND', filter: { query: 'max' } }],
    [
      'of another filter',
      { directory: 'MIND', filter: { teamIds: [1] } },
      { directory: 'MIND', filter: { teamIds: [2] } },
    ],
    ['of no filter', { directory: 'V2', filter: { query: 'a' } }, { directory: 'V2' }],
  ])('%s is refused without a call', async (_what, from, to) => {
    const { pageInfo } = await list({ ...from, first: 1 });
    const before = callsSoFar();
    const { data, errors } = await ask({ ...to, after: pageInfo.endCursor });
    expect(data).toEqual({ profiles: null });
    expect(errors).toMatchObject([{ path: ['profiles'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors[0]?.message).toMatch(/"after".*another directory or filter/);
    expect(callsSoFar()).toBe(before);
  });
});
