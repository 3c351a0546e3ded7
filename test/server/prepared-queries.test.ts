// A query is answered by Apollo Server the first time and without it from then on; nobody may see a difference.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EXAMPLE_OPERATIONS } from '../../src/server/example-operations.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

interface Request {
  readonly query: string;
  readonly variables?: object;
  readonly operationName?: string;
}

const PROFILE = 'query P($id: ID!) { profile(id: $id) { id firstName } }';
const TWO = 'query A { profile(id: "mind:42") { id } } query B { profile(id: "mind:42") { username } }';

const REQUESTS: readonly (readonly [string, Request])[] = [
  ...EXAMPLE_OPERATIONS.filter(({ document }) => !document.includes('mutation')).map(
    ({ document, variables }): [string, Request] => [
      document.slice(0, document.indexOf('\n')),
      { query: document, ...(variables !== undefined && { variables }) },
    ],
  ),
  ['variables', { query: PROFILE, variables: { id: 'mind:42' } }],
  ['a null variable', { query: PROFILE, variables: { id: null } }],
  ['a missing variable', { query: PROFILE }],
  ['a variable of a wrong type', { query: PROFILE, variables: { id: { a: 1 } } }],
  ['a variable too many', { query: PROFILE, variables: { id: 'mind:42', other: 1 } }],
  ['an id that is none', { query: PROFILE, variables: { id: 'nobody' } }],
  ['one of two operations', { query: TWO, operationName: 'B' }],
  ['an operation that is not there', { query: TWO, operationName: 'C' }],
  ['two operations and no name', { query: TWO }],
  ['an error in a field', { query: '{ profile(id: "mind:42") { explain(fields: ["none"]) { field } } }' }],
  ['what is no query', { query: '{ profile' }],
  ['a field that is not there', { query: '{ profile(id: "mind:42") { nothing } }' }],
  ['introspection', { query: '{ __schema { queryType { name } } }' }],
  ['a subscription', { query: 'subscription { a }' }],
  [
    'skipped fields',
    {
      query: 'query ($s: Boolean!) { a: profile(id: "mind:42") @skip(if: $s) { id } }',
      variables: { s: true },
    },
  ],
];

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ env: { EXPLORER: 'off' } });
});
afterEach(() => {
  gateway.mind.switches.clear();
});
afterAll(async () => {
  await gateway.close();
});

/** Everything that a client sees, but for what is another each time. */
async function seen(request: Request, headers: Record<string, string> = {}) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'the-same', ...headers },
    body: JSON.stringify(request),
  });
  const told = [...response.headers].filter(([name]) => name !== 'date');
  return { status: response.status, headers: told, body: await response.text() };
}

/** What is asked of the backends, and remembered, is the same after the first time. */
async function warm(): Promise<void> {
  await gateway.query('{ profiles(first: 100) { nodes { id displayName username avatarUrl } } }');
}

describe.each(REQUESTS)('%s', (_name, request) => {
  it.each([
    ['by the older media type', {}],
    ['by the newer media type', { accept: 'application/graphql-response+json' }],
  ])('is answered alike the first and the third time, %s', async (_type, headers) => {
    await warm();
    const fresh = { ...request, query: `${request.query} # ${JSON.stringify(headers)}` };
    const first = await seen(fresh, headers);
    await seen(fresh, headers);
    expect(await seen(fresh, headers)).toEqual(first);
  });
});

describe('a query that was answered before', () => {
  const query = '{ profiles(first: 3) { nodes { id firstName email } } } # again';

  it('tells of a backend that fails as it does the first time', async () => {
    gateway.mind.switches.set({ reply: { status: 503 } });
    const first = await seen({ query: `${query} 1` });
    expect(first.body).toContain('UPSTREAM_ERROR');
    gateway.mind.switches.clear();
    await seen({ query: `${query} 1` });
    gateway.mind.switches.set({ reply: { status: 503 } });
    expect(await seen({ query: `${query} 1` })).toEqual(first);
  });

  it('is logged and billed each time', async () => {
    const lines = () =>
      gateway.log.filter(({ outcome, operation }) => outcome === 'ok' && operation === 'Again').length;
    const before = lines();
    const again = 'query Again { profile(id: "mind:42") { firstName } }';
    for (let i = 0; i < 3; i++) {
      const { extensions } = await gateway.execute(again);
      expect(extensions.upstream?.byBackend).toMatchObject({ MIND: 1 });
    }
    expect(lines() - before).toBe(3);
  });

  it('is refused as before when its body is too large for a query', async () => {
    const large = { query: PROFILE, variables: { id: 'mind:42', padding: 'x'.repeat(1_100_000) } };
    expect(await seen({ query: PROFILE, variables: { id: 'mind:42' } })).toMatchObject({ status: 200 });
    const { status, body } = await seen(large);
    expect([status, body]).toEqual([413, expect.stringContaining('PAYLOAD_TOO_LARGE')]);
  });
});
