// This gateway's subgraph beside those of other teams, in the eyes of both composers.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { APOLLO } from './apollo-router.js';
import { fetchSdl, type Subgraph } from './composition.js';
import { HIVE } from './hive-router.js';
import { SUBGRAPH } from './router.js';
import { startCalls, startTickets, type RunningSubgraph } from './subgraphs.js';

let gateway: TestGateway;
let profiles: Subgraph;
let tickets: RunningSubgraph;
let calls: RunningSubgraph;
beforeAll(async () => {
  gateway = await startTestGateway();
  const url = `${gateway.url}/graphql`;
  profiles = { name: SUBGRAPH, url, sdl: await fetchSdl(url, {}) };
  [tickets, calls] = await Promise.all([startTickets(() => []), startCalls(() => [])]);
});
afterAll(async () => {
  await Promise.all([tickets.close(), calls.close(), gateway.close()]);
});

/** Lists as this gateway has them, in a subgraph of others. */
const PAGES: Subgraph = {
  name: 'pages',
  url: 'http://127.0.0.1:1',
  sdl: `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
    type Query { notes: NoteConnection! }
    type NoteConnection { nodes: [Note!]! pageInfo: PageInfo! }
    type Note { text: String! writtenAt: DateTime! author: Profile }
    type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
    type Profile @key(fields: "mindUserId", resolvable: false) { mindUserId: ID }
    scalar DateTime
  `,
};

describe.each([
  ['Apollo', APOLLO],
  ['Hive', HIVE],
])('the composer of %s', (_name, { compose }) => {
  it.each<[string, () => Subgraph[]]>([
    ['tickets, which name people by mindUserId', () => [tickets]],
    ['calls, which name people by id', () => [calls]],
    ['both', () => [tickets, calls]],
    ['lists with pages and dates of the same kind', () => [PAGES]],
  ])('has nothing to say against %s', (_what, others) => {
    const { supergraph, errors, hints } = compose([profiles, ...others()]);
    expect({ errors, hints }).toEqual({ errors: [], hints: [] });
    expect(supergraph).toContain('type Profile');
  });

  it('says what is wrong with a person’s field that another subgraph claims', () => {
    const sdl = tickets.sdl.replace('mindUserId: ID\n', 'mindUserId: ID\n firstName: String\n');
    const { supergraph, errors } = compose([profiles, { ...tickets, sdl }]);
    expect(supergraph).toBeNull();
    expect(errors.join()).toContain('Profile.firstName');
  });
});

it('hints at a key that others call non-null', () => {
  const sdl = tickets.sdl.replace('mindUserId: ID\n', 'mindUserId: ID!\n');
  const { errors, hints } = APOLLO.compose([profiles, { ...tickets, sdl }]);
  expect({ errors, hints }).toEqual({ errors: [], hints: [expect.stringContaining('Profile.mindUserId')] });
});
