import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Agent, type IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { expectRefusal, JSON_TYPE, post, send } from './client.js';

const NAMES = { query: '{ profiles(first: 2) { nodes { id firstName } } }' };
const MAX_BODY_BYTES = 4 * 1024 * 1024;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    env: { CORS_ORIGINS: 'https://app.example.com,http://localhost:5173', LOG_LEVEL: 'silent' },
  });
});
afterAll(() => gateway.close());

const graphql = () => `${gateway.url}/graphql`;
const callsSoFar = () => Object.values(gateway.received()).flat().length;

/** Runs and checks that no backend was called meanwhile. */
async function withoutCalls<T>(run: () => Promise<T>): Promise<T> {
  const before = callsSoFar();
  const result = await run();
  expect(callsSoFar()).toBe(before);
  return result;
}

describe('POST with application/json in UTF-8', () => {
  const TYPES: readonly (readonly [type: string | undefined, isJson: boolean])[] = [
    ['application/json', true],
    ['application/json; charset=utf-8', true],
    ['Application/JSON;charset="UTF-8"', true],
    ['application/json; profile=x; charset=utf-8', true],
    [undefined, false],
    ['', false],
    ['application/json; charset=utf-16', false],
    ['application/json; charset=utf-7', false],
    ['application/json; charset=iso-8859-1', false],
    ['application/graphql', false],
    ['application/graphql+json', false],
    ['application/json5', false],
    ['text/json', false],
    ['text/plain', false],
    ['text/plain; application/json', false],
    ['application/x-www-form-urlencoded', false],
    ['multipart/form-data; boundary=x', false],
  ];
  const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];
  const rows = METHODS.flatMap((method) => TYPES.map(([type, isJson]) => ({ method, type, isJson })));

  it.each(rows)('is all that executes: $method $type', async ({ method, type, isJson }) => {
    const headers = type === undefined ? {} : { 'content-type': type };
    const ask = () => send(graphql(), { method, headers, body: JSON.stringify(NAMES) });
    if (method === 'POST' && isJson) {
      const { status, text } = await ask();
      expect(status).toBe(200);
      expect(JSON.parse(text)).toMatchObject({ data: { profiles: { nodes: [{ id: 'mind:42' }, {}] } } });
      return;
    }
    const answer = await withoutCalls(ask);
    if (method === 'POST') {
      expectRefusal(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
      return;
    }
    expect(answer.headers.allow).toBe('POST');
    if (method === 'HEAD') expect(answer).toMatchObject({ status: 405, text: '' });
    else expectRefusal(answer, 405, 'METHOD_NOT_ALLOWED');
  });

  it('executes nothing that stands in the URL', async () => {
    const query = encodeURIComponent(NAMES.query);
    const answer = await withoutCalls(() => send(`${graphql()}?query=${query}`, { headers: JSON_TYPE }));
    expectRefusal(answer, 405, 'METHOD_NOT_ALLOWED');
  });

  it.each([
    ['text/html', 'application/json; charset=utf-8'],
    ['image/png, text/*;q=0.5', 'application/json; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
    ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
  ])('is answered in JSON to a client that takes %s', async (accept, type) => {
    const { status, headers } = await post(gateway.url, NAMES, { accept });
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type });
  });
});

describe('a body', () => {
  const utf8 = (...middle: number[]) =>
    Buffer.concat([
      Buffer.from('{"query":"{ __typename }","operationName":"'),
      Buffer.from(middle),
      Buffer.from('"}'),
    ]);

  const BAD: readonly (readonly [what: string, body: string | Uint8Array, problem: RegExp])[] = [
    ['nothing', '', /not JSON in UTF-8/],
    ['half a document', '{"query": "{ __typename', /not JSON in UTF-8/],
    ['two documents', '{"query":"{ __typename }"}{}', /not JSON in UTF-8/],
    ['bare GraphQL', '{ __typename }', /not JSON in UTF-8/],
    ['a byte that is no UTF-8', utf8(0xff), /not JSON in UTF-8/],
    ['an overlong sequence', utf8(0xc0, 0xaf), /not JSON in UTF-8/],
    ['an encoded surrogate', utf8(0xed, 0xa0, 0x80), /not JSON in UTF-8/],
    ['UTF-16', Buffer.from(JSON.stringify(NAMES), 'utf16le'), /not JSON in UTF-8/],
    ['null', 'null', /must be one JSON object with "query"; batches are not taken/],
    ['a number', '1', /must be one JSON object/],
    ['text', '"{ __typename }"', /must be one JSON object/],
    ['an empty list', '[]', /must be one JSON object/],
    ['a batch', JSON.stringify([NAMES, NAMES]), /must be one JSON object/],
    ['no query', '{}', /"query" must be text/],
    [
      'a persisted query',
      '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"0"}}}',
      /"query" must be text/,
    ],
    ['a query that is null', '{"query":null}', /"query" must be text/],
    ['a query that is a number', '{"query":1}', /"query" must be text/],
    ['a query that is a list', '{"query":["{ __typename }"]}', /"query" must be text/],
    ['a query that is parsed', '{"query":{"kind":"Document","definitions":[]}}', /"query" must be text/],
    ['an empty query', '{"query":""}', /"query" must not be empty/],
    [
      'variables that are text',
      '{"query":"{ __typename }","variables":"{}"}',
      /"variables" must be an object/,
    ],
    [
      'variables that are a list',
      '{"query":"{ __typename }","variables":[]}',
      /"variables" must be an object/,
    ],
    [
      'an operation name that is a number',
      '{"query":"{ __typename }","operationName":1}',
      /"operationName" must be text/,
    ],
  ];
  it.each(BAD)('of %s is refused', async (_what, body, problem) => {
    const answer = await withoutCalls(() => send(graphql(), { method: 'POST', headers: JSON_TYPE, body }));
    expect(expectRefusal(answer, 400, 'BAD_REQUEST')).toMatch(problem);
  });

  it.each([
    ['is not GraphQL', { query: '{ profiles(' }, 'GRAPHQL_PARSE_FAILED'],
    ['does not fit the schema', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['lacks the named operation', { ...NAMES, operationName: 'Other' }, 'OPERATION_RESOLUTION_FAILURE'],
  ])('whose document %s is refused', async (_what, body, code) => {
    expectRefusal(await withoutCalls(() => post(gateway.url, body)), 400, code);
  });

  it('that is compressed is refused', async () => {
    const body = gzipSync(JSON.stringify(NAMES));
    const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' };
    const answer = await withoutCalls(() => send(graphql(), { method: 'POST', headers, body }));
    expectRefusal(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('may carry extensions, which are ignored', async () => {
    const { status, text } = await post(gateway.url, {
      ...NAMES,
      extensions: { persistedQuery: { version: 1 } },
    });
    expect(status).toBe(200);
    expect(JSON.parse(text)).not.toHaveProperty('errors');
  });

  const padded = (bytes: number, request: object = NAMES) => JSON.stringify(request).padEnd(bytes, ' ');
  const QUERY_BYTES = MAX_BODY_BYTES / 4;
  const MUTATION = {
    query: 'mutation { removeStatusLock(input: { profileId: "mind:48" }) { status } }',
  };
  it.each([
    ['query', NAMES, '1 MiB is taken', QUERY_BYTES, false, 200],
    ['query', NAMES, '1 MiB, its length unsaid, is taken', QUERY_BYTES, true, 200],
    ['query', NAMES, '1 MiB and a byte is refused', QUERY_BYTES + 1, false, 413],
    ['query', NAMES, '1 MiB and a byte, its length unsaid, is refused', QUERY_BYTES + 1, true, 413],
    ['mutation', MUTATION, '4 MiB is taken', MAX_BODY_BYTES, false, 200],
    ['mutation', MUTATION, '4 MiB, its length unsaid, is taken', MAX_BODY_BYTES, true, 200],
    ['mutation', MUTATION, '4 MiB and a byte is refused', MAX_BODY_BYTES + 1, false, 413],
    ['mutation', MUTATION, '4 MiB and a byte, its length unsaid, is refused', MAX_BODY_BYTES + 1, true, 413],
  ])('with a %s (%j) of %s', async (_kind, request, _what, bytes, isChunked, status) => {
    const sent = { method: 'POST', headers: JSON_TYPE, body: padded(bytes, request), isChunked };
    if (status === 200) expect(await send(graphql(), sent)).toMatchObject({ status });
    else expectRefusal(await withoutCalls(() => send(graphql(), sent)), status, 'PAYLOAD_TOO_LARGE');
  });

  const LARGE = [2, 32].flatMap((mib) =>
    [
      { what: 'too large', status: 413, code: 'PAYLOAD_TOO_LARGE', isChunked: false, headers: JSON_TYPE },
      { what: 'too large', status: 413, code: 'PAYLOAD_TOO_LARGE', isChunked: true, headers: JSON_TYPE },
      { what: 'no JSON', status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', isChunked: true, headers: {} },
    ].map((row) => ({ ...row, mib })),
  );
  it.each(LARGE)(
    'of $mib MiB that is $what (length unsaid: $isChunked) gets its answer, and its connection serves on',
    async ({ mib, headers, isChunked, status, code }) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const large = { method: 'POST', headers, body: padded(mib * MAX_BODY_BYTES), isChunked, agent };
      expectRefusal(await withoutCalls(() => send(graphql(), large)), status, code);
      const next = { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(NAMES), agent };
      expect(await send(graphql(), next)).toMatchObject({ status: 200 });
      agent.destroy();
    },
  );
});

describe('an Accept header', () => {
  it.each([
    'application/json;q=0',
    'application/jsonp',
    'application/json5, text/html',
    '*/*;q=0',
    'application/graphql-response+json;q=0',
  ])('that nothing here suits (%s) is answered all the same: a write may have been made', async (accept) => {
    const answer = await post(gateway.url, NAMES, { accept });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
  });
});

describe('a path', () => {
  it.each(['/graphq', '/graphql/', '/graphql/x', '/GraphQL', '/.env', '/livez/', '//'])(
    '%s that is none is 404',
    async (path) => {
      const sent = { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(NAMES) };
      expectRefusal(await withoutCalls(() => send(gateway.url + path, sent)), 404, 'BAD_REQUEST');
    },
  );

  it.each([
    ['/livez', 'alive\n'],
    ['/readyz', expect.stringContaining('"status": "ready"')],
  ])('%s answers GET and HEAD without a backend', async (path, text) => {
    const ask = (method: string) => withoutCalls(() => send(gateway.url + path, { method }));
    expect(await ask('GET')).toMatchObject({ status: 200, text });
    expect(await ask('HEAD')).toMatchObject({ status: 200, text: '' });
    const refused = await ask('POST');
    expectRefusal(refused, 405, 'METHOD_NOT_ALLOWED');
    expect(refused.headers.allow).toBe('GET, HEAD');
  });
});

describe('answers', () => {
  /** What becomes of requests at the gateway while something runs, in order. */
  async function eventsDuring(run: () => Promise<unknown>): Promise<readonly string[]> {
    const events: string[] = [];
    const noteFor = (what: string) => (message: unknown) => {
      const { request } = message as { readonly request: IncomingMessage };
      if (request.url === '/graphql') events.push(what);
    };
    const notes = { read: noteFor('read'), answered: noteFor('answered') };
    subscribe('http.server.request.start', notes.read);
    subscribe('http.server.response.finish', notes.answered);
    try {
      await run();
      return events;
    } finally {
      unsubscribe('http.server.request.start', notes.read);
      unsubscribe('http.server.response.finish', notes.answered);
    }
  }

  it('leave together, where their requests were read in one turn of the event loop', async () => {
    const agent = new Agent({ keepAlive: true });
    const body = JSON.stringify({ query: '{ __typename }' });
    const ask = () => send(graphql(), { method: 'POST', headers: JSON_TYPE, body, agent });
    const askAll = () => Promise.all(Array.from({ length: 4 }, ask));
    // From then on there are connections, and the query is known.
    await askAll();
    const events = await eventsDuring(askAll);
    expect(events).toEqual([...Array<string>(4).fill('read'), ...Array<string>(4).fill('answered')]);
    agent.destroy();
  });
});

describe('a page of another origin', () => {
  const PREFLIGHT = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,authorization',
  };
  const corsHeaders = (headers: object) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));

  it.each(['https://app.example.com', 'http://localhost:5173'])(
    '%s, which is listed, may ask',
    async (origin) => {
      const allowed = {
        'access-control-allow-origin': origin,
        'access-control-expose-headers': 'retry-after, x-request-id',
      };
      const answer = await post(gateway.url, NAMES, { origin });
      expect(answer).toMatchObject({ status: 200, headers: { vary: 'Origin' } });
      expect(corsHeaders(answer.headers)).toEqual(allowed);

      const preflight = await send(graphql(), { method: 'OPTIONS', headers: { ...PREFLIGHT, origin } });
      expect(preflight).toMatchObject({ status: 204, text: '', headers: { vary: 'Origin' } });
      expect(corsHeaders(preflight.headers)).toEqual({
        ...allowed,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-type,authorization',
        'access-control-max-age': '600',
      });

      const refused = await send(graphql(), { method: 'POST', headers: { origin }, body: '{}' });
      expect(refused).toMatchObject({ status: 415, headers: allowed });
    },
  );

  const PRIVATE_NETWORK = { ...PREFLIGHT, 'access-control-request-private-network': 'true' };

  it('may ask from the internet for a gateway on one’s own machine, if it is listed', async () => {
    const ask = (origin: string) =>
      send(graphql(), { method: 'OPTIONS', headers: { ...PRIVATE_NETWORK, origin } });
    const { headers } = await ask('https://app.example.com');
    expect(headers).toMatchObject({ 'access-control-allow-private-network': 'true' });
    const refused = await ask('https://example.com');
    expect(corsHeaders(refused.headers)).toEqual({});
  });

  it.each([
    'https://example.com',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com.evil.example',
    'https://APP.example.com',
    'https://studio.apollographql.com',
    'null',
    '*',
  ])('%s, which is not listed, gets no header', async (origin) => {
    const answer = await post(gateway.url, NAMES, { origin });
    const preflight = await send(graphql(), { method: 'OPTIONS', headers: { ...PREFLIGHT, origin } });
    expectRefusal(preflight, 405, 'METHOD_NOT_ALLOWED');
    for (const { headers } of [answer, preflight]) {
      expect(corsHeaders(headers)).toEqual({});
      expect(headers.vary).toBe('Origin');
    }
  });
});

describe('the request id', () => {
  const FAILING = { query: '{ profile(id: "v2:17") { username } }' };
  afterEach(() => {
    gateway.v2.switches.clear();
  });

  it.each(['a', 'A_b-9', 'x'.repeat(64)])('is the client’s where it is well-formed: %s', async (id) => {
    gateway.v2.switches.set({ reply: { status: 503 } });
    const { headers, text } = await post(gateway.url, FAILING, { 'x-request-id': id });
    expect(headers['x-request-id']).toBe(id);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { requestId: id } }] });
    expect(gateway.v2.ledger.entries.at(-1)?.headers['x-request-id']).toBe(id);
  });

  it.each(['', 'x'.repeat(65), 'a b', '../a', 'a,b', 'ä', 'a;b'])(
    'is replaced where it is not: "%s"',
    async (id) => {
      gateway.v2.switches.set({ reply: { status: 503 } });
      const { headers, text } = await post(gateway.url, FAILING, { 'x-request-id': id });
      const own = headers['x-request-id'];
      expect(own).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { requestId: own } }] });
      expect(gateway.v2.ledger.entries.at(-1)?.headers['x-request-id']).toBe(own);
    },
  );

  it.each(['/livez', '/', '/nothing'])('stands on every answer: %s', async (path) => {
    const { headers } = await send(gateway.url + path, { headers: { 'x-request-id': 'given' } });
    expect(headers['x-request-id']).toBe('given');
  });
});
