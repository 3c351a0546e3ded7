// The upstream client against servers that misbehave in every way that a backend can, on raw sockets of loopback.
import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { GatewayError } from '../../src/errors.js';
import { createOperation, type Operation } from '../../src/server/operation.js';
import type { CallRecord } from '../../src/transport/call-scope.js';
import type { Fault } from '../../src/transport/faults.js';
import {
  createUpstream,
  type Upstream,
  type UpstreamCall,
  type UpstreamOptions,
} from '../../src/transport/upstream-client.js';

const TIMEOUT_MS = 300;
const GRACE_MS = 250;
const MAX_BYTES = 64 * 1024;
const READ: UpstreamCall = { method: 'GET', route: '/thing', headers: {} };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Origin {
  readonly url: string;
  /** Open sockets on which a call has arrived. */
  readonly busy: Set<Socket>;
  connections: number;
}

async function listen(server: Server): Promise<Origin> {
  const sockets = new Set<Socket>();
  const origin = { url: '', busy: new Set<Socket>(), connections: 0 };
  server.on('connection', (socket) => {
    origin.connections += 1;
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      origin.busy.delete(socket);
    });
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  cleanups.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return origin;
}

/** A server that answers each connection with whatever bytes it likes. */
async function startRaw(answer: (socket: Socket) => void): Promise<Origin> {
  const origin: Origin = await listen(
    createServer((socket) =>
      socket.once('data', () => {
        origin.busy.add(socket);
        answer(socket);
      }),
    ),
  );
  return origin;
}

interface HttpOrigin extends Origin {
  readonly requests: readonly IncomingMessage[];
}
/** A proper HTTP server; a misbehaving application. */
async function startHttp(answer: (res: ServerResponse, req: IncomingMessage) => void): Promise<HttpOrigin> {
  const requests: IncomingMessage[] = [];
  const origin: Origin = await listen(
    createHttpServer((req, res) => {
      requests.push(req);
      origin.busy.add(req.socket);
      answer(res, req);
    }),
  );
  return Object.assign(origin, { requests });
}

function connect(baseUrl: string, options: Partial<UpstreamOptions> = {}): Upstream {
  const upstream = createUpstream({
    backend: 'mind',
    baseUrl,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    ...options,
  });
  cleanups.push(() => upstream.close());
  return upstream;
}

function operation(budget = 10): Operation & { readonly recorded: readonly CallRecord[] } {
  const recorded: CallRecord[] = [];
  const onCall = (call: CallRecord) => recorded.push(call);
  const started = createOperation({ requestId: 'req-1', timeoutMs: 10_000, budget, onCall });
  cleanups.push(() => {
    started.end();
  });
  return Object.assign(started, { recorded });
}

async function failureOf(promise: Promise<unknown>): Promise<GatewayError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('it succeeded');
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

const ok =
  (body: string | Uint8Array, headers = {}) =>
  (res: ServerResponse) =>
    res.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body);
/** Writes again and again until nobody listens. */
function drip(socket: Socket | ServerResponse, chunk: string | Uint8Array, everyMs: number): void {
  const timer = setInterval(() => socket.write(chunk), everyMs);
  socket.on('close', () => {
    clearInterval(timer);
  });
}
/** Writes as fast as the other side reads. */
function flood(res: ServerResponse, chunk: Uint8Array): void {
  while (!res.destroyed && res.write(chunk));
  if (!res.destroyed)
    res.once('drain', () => {
      flood(res, chunk);
    });
}

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

describe('an answer that never becomes one', () => {
  it.each<readonly [string, (socket: Socket) => void, Fault, number]>([
    ['hangs', () => undefined, 'headers_timeout', 3],
    [
      'drips headers',
      (s) => {
        s.write(HEAD);
        drip(s, 'x-more: 1\r\n', 20);
      },
      'headers_timeout',
      3,
    ],
    ['stops after the headers', (s) => s.write(`${HEAD}content-length: 9\r\n\r\n`), 'body_timeout', 3],
    [
      'drips its body',
      (s) => {
        s.write(`${HEAD}\r\n[`);
        drip(s, ' ', 20);
      },
      'total_timeout',
      1,
    ],
    [
      'drips chunks',
      (s) => {
        s.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
        drip(s, '1\r\n \r\n', 20);
      },
      'total_timeout',
      1,
    ],
    ['is closed at once', (s) => s.end(), 'reset_headers', 3],
    ['is reset at once', (s) => s.resetAndDestroy(), 'reset_headers', 3],
    ['ends too early', (s) => s.end(`${HEAD}content-length: 99\r\n\r\n{"id":1`), 'reset_body', 3],
    [
      'ends inside a chunk',
      (s) => s.end(`${HEAD}transfer-encoding: chunked\r\n\r\n9\r\n{"id"`),
      'reset_body',
      3,
    ],
    [
      'is reset inside the body',
      (s) => s.write(`${HEAD}content-length: 99\r\n\r\n{"id":1`, () => s.resetAndDestroy()),
      'reset_body',
      3,
    ],
    ['ends without a length', (s) => s.end(`${HEAD}connection: close\r\n\r\n{"id":1`), 'bad_json', 2],
    ['is not HTTP', (s) => s.end('220 mail.example.com ESMTP\r\n\r\n'), 'bad_http', 1],
    ['has a broken status line', (s) => s.end('HTTP/1.1 2000 OK\r\n\r\n'), 'bad_http', 1],
    ['has a broken chunk', (s) => s.end(`${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n`), 'bad_http', 1],
    [
      'has both lengths',
      (s) => s.end(`${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`),
      'bad_http',
      1,
    ],
    ['has 40 kB of headers', (s) => s.end(`${HEAD}x-flood: ${'x'.repeat(40_000)}\r\n\r\n{}`), 'bad_http', 1],
  ])('%s', async (_what, answer, fault, attempts) => {
    const { url, busy } = await startRaw(answer);
    const scope = operation();
    const startedAt = performance.now();
    const error = await failureOf(connect(url).request(scope, READ));
    expect(performance.now() - startedAt).toBeLessThan(attempts * (TIMEOUT_MS + GRACE_MS));
    expect(error).toMatchObject({ fault, backend: 'mind', delivery: 'unknown' });
    const made = Array.from({ length: attempts }, (_, before) => ({ attempt: before + 1, outcome: fault }));
    expect(scope.recorded).toMatchObject(made);
    expect(scope.bill()).toMatchObject({ calls: attempts, retries: attempts - 1 });
    await until(() => busy.size === 0);
  });

  it('is reported as unreachable when nobody listens', async () => {
    const { url } = await startRaw(() => undefined);
    for (const cleanup of cleanups.splice(0)) await cleanup();
    expect(await failureOf(connect(url).request(operation(), READ))).toMatchObject({
      code: 'UPSTREAM_UNREACHABLE',
      delivery: 'unsent',
    });
  });

  it('is reported as unreachable when there is no TLS', async () => {
    const { url } = await startRaw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const error = await failureOf(connect(url.replace('http', 'https')).request(operation(), READ));
    expect(error).toMatchObject({ code: 'UPSTREAM_UNREACHABLE', delivery: 'unsent' });
  });
});

describe('a body', () => {
  const JSON_TEXT = '{"name":"Łukasz"}';
  // Long texts are decoded in another way.
  const BLANKS = ' '.repeat(4_096);

  it.each<readonly [string, Uint8Array | string, string]>([
    ['plain', JSON_TEXT, 'identity'],
    ['gzip', gzipSync(JSON_TEXT), 'gzip'],
    ['GZIP in capitals', gzipSync(JSON_TEXT), 'GZIP'],
    ['brotli', brotliCompressSync(JSON_TEXT), 'br'],
    ['deflate', deflateSync(JSON_TEXT), 'deflate'],
    ['with a byte order mark', `\uFEFF${JSON_TEXT}`, 'identity'],
    ['long', `${BLANKS}${JSON_TEXT}`, 'identity'],
    ['long and with a byte order mark', `\uFEFF${BLANKS}${JSON_TEXT}`, 'identity'],
  ])('is read %s', async (_what, body, encoding) => {
    const { url } = await startHttp(ok(body, { 'content-encoding': encoding }));
    expect(await connect(url).request(operation(), READ)).toEqual({ status: 200, body: { name: 'Łukasz' } });
  });

  it.each([200, 204])('may be missing from the answer to a write, with status %i', async (status) => {
    const { url } = await startHttp((res) => res.writeHead(status).end());
    const write = { ...READ, method: 'PUT' } as const;
    expect(await connect(url).request(operation(), write)).toEqual({ status, body: undefined });
  });

  it.each([200, 204])('may not be missing from what is read, with status %i', async (status) => {
    const { url, requests } = await startHttp((res) => res.writeHead(status).end());
    const error = await failureOf(connect(url).request(operation(), READ));
    expect(error).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', fault: 'empty', httpStatus: status });
    expect(requests).toHaveLength(2);
  });

  it.each<readonly [string, Uint8Array | string, string]>([
    ['invalid UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'identity'],
    ['invalid UTF-8 far behind', Buffer.from([...Buffer.from(BLANKS), 0x22, 0xc3, 0x28, 0x22]), 'identity'],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 'identity'],
    ['a half surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'identity'],
    ['UTF-16', Buffer.from('{}', 'utf16le'), 'identity'],
    ['HTML', '<!doctype html>', 'identity'],
    ['two values', '{}{}', 'identity'],
    ['truncated gzip', gzipSync('{"id":1}').subarray(0, -6), 'gzip'],
    ['plain text labelled gzip', '{"id":1}', 'gzip'],
    ['an unknown encoding', '{}', 'zstd'],
    ['stacked encodings', gzipSync(gzipSync('{}')), 'gzip, gzip'],
  ])('of %s is a bad response', async (_what, body, encoding) => {
    const { url } = await startHttp(ok(body, { 'content-encoding': encoding }));
    const error = await failureOf(connect(url).request(operation(), READ));
    expect(error).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', backend: 'mind', delivery: 'unknown' });
  });

  it.each<readonly [string, (res: ServerResponse) => unknown]>([
    ['with a length', ok('x'.repeat(MAX_BYTES + 1))],
    [
      'in chunks',
      (res) => {
        res.write('"');
        res.end('x'.repeat(MAX_BYTES));
      },
    ],
    [
      'without an end',
      (res) => {
        flood(res, Buffer.alloc(16_384, 'x'));
      },
    ],
    ['of an error', (res) => res.writeHead(500).end('x'.repeat(MAX_BYTES + 1))],
    ['once decompressed', ok(gzipSync(Buffer.alloc(MAX_BYTES + 1, ' ')), { 'content-encoding': 'gzip' })],
    [
      'once decompressed, by brotli',
      ok(brotliCompressSync(Buffer.alloc(MAX_BYTES + 1, ' ')), { 'content-encoding': 'br' }),
    ],
  ])('over the limit %s is too large', async (_what, answer) => {
    const { url } = await startHttp(answer);
    const error = await failureOf(connect(url).request(operation(), READ));
    expect(error).toMatchObject({
      code: 'UPSTREAM_RESPONSE_TOO_LARGE',
      backend: 'mind',
      delivery: 'unknown',
    });
  });

  it('is not read where others that are being read take up the memory, and what was read makes room again', async () => {
    const half = 'x'.repeat(MAX_BYTES / 2);
    const held: ServerResponse[] = [];
    const { url } = await startHttp((res, req) => {
      if (req.url === '/held') held.push(res.writeHead(200));
      else ok(`"${half}"`)(res);
    });
    const upstream = connect(url, { maxHeldBytes: MAX_BYTES, timeoutMs: 60_000 });
    const first = upstream.request(operation(), { ...READ, route: '/held' });
    await until(() => held.length === 1);
    // More than the half: beside it there is no room for another one.
    held[0]?.write(`"${half}xx`);
    let error: GatewayError | null = null;
    while (error === null) {
      error = await upstream.request(operation(), READ).then(
        () => null,
        (reason: unknown) => reason as GatewayError,
      );
    }
    expect(error).toMatchObject({ code: 'UPSTREAM_BUSY', fault: 'memory', delivery: 'unknown' });
    held[0]?.end('"');
    expect((await first).body).toHaveLength(MAX_BYTES / 2 + 2);
    expect((await upstream.request(operation(), READ)).body).toHaveLength(MAX_BYTES / 2);
  });

  it('at the limit is read', async () => {
    const text = `"${'x'.repeat(MAX_BYTES - 2)}"`;
    for (const [body, encoding] of [
      [text, 'identity'],
      [gzipSync(text), 'gzip'],
    ] as const) {
      const { url } = await startHttp(ok(body, { 'content-encoding': encoding }));
      expect((await connect(url).request(operation(), READ)).body).toHaveLength(MAX_BYTES - 2);
    }
  });

  it('that is a bomb costs little memory', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    const { url } = await startHttp(ok(bomb, { 'content-encoding': 'gzip' }));
    const before = process.memoryUsage().rss;
    const upstream = connect(url, { maxBytes: 5 * 1024 * 1024, timeoutMs: 4_000 });
    const error = await failureOf(upstream.request(operation(), READ));
    expect(error.code).toBe('UPSTREAM_RESPONSE_TOO_LARGE');
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024);
  });
});

describe('a status', () => {
  it.each([301, 302, 303, 307, 308])('%i is never followed', async (status) => {
    const target = await startHttp(ok('{}'));
    for (const location of [target.url, '/elsewhere']) {
      const source = await startHttp((res) => res.writeHead(status, { location }).end());
      const headers = { api_access_token: 'canary', apiKey: 'canary', authorization: 'canary' };
      const error = await failureOf(connect(source.url).request(operation(), { ...READ, headers }));
      expect(error).toMatchObject({
        code: 'UPSTREAM_REDIRECT_BLOCKED',
        httpStatus: status,
        delivery: 'refused',
      });
      expect(source.requests).toHaveLength(1);
    }
    expect(target.connections).toBe(0);
  });

  it.each([
    [400, 'UPSTREAM_REJECTED', 'refused'],
    [401, 'UPSTREAM_ERROR', 'refused'],
    [402, 'FORBIDDEN', 'refused'],
    [403, 'FORBIDDEN', 'refused'],
    [404, 'NOT_FOUND', 'refused'],
    [408, 'UPSTREAM_REJECTED', 'unknown'],
    [409, 'CONFLICT', 'refused'],
    [412, 'CONFLICT', 'refused'],
    [422, 'UPSTREAM_REJECTED', 'refused'],
    [429, 'UPSTREAM_RATE_LIMITED', 'refused'],
    [500, 'UPSTREAM_ERROR', 'unknown'],
    [502, 'UPSTREAM_ERROR', 'unknown'],
    [503, 'UPSTREAM_ERROR', 'unknown'],
  ])('%i is %s, the write is %s, and nothing of its body is told', async (status, code, delivery) => {
    const { url } = await startHttp((res) =>
      res.writeHead(status).end('{"error":"canary","details":"canary"}'),
    );
    const error = await failureOf(connect(url).request(operation(), READ));
    expect(error).toMatchObject({ code, backend: 'mind', httpStatus: status, delivery });
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('canary');
  });

  it('401 is the caller’s to mend when the credential is the caller’s', async () => {
    const { url } = await startHttp((res) => res.writeHead(401).end());
    const error = await failureOf(connect(url).request(operation(), { ...READ, isCallersCredential: true }));
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', httpStatus: 401, delivery: 'refused' });
  });

  it('is an answer when the call says so', async () => {
    const { url } = await startHttp((res) => res.writeHead(404).end('{"error":"x"}'));
    const reply = await connect(url).request(operation(), { ...READ, alsoAccept: [404] });
    expect(reply).toEqual({ status: 404, body: { error: 'x' } });
  });

  it.each([
    ['{"txId":"a1b2-c3"}', 'a1b2-c3'],
    ['{"txId":"<script>"}', undefined],
    [`{"txId":"${'x'.repeat(65)}"}`, undefined],
    ['{"txId":7}', undefined],
    ['<h1>', undefined],
  ])('500 with %s gives the transaction id %s', async (body, upstreamTxId) => {
    const { url } = await startHttp((res) => res.writeHead(500).end(body));
    expect((await failureOf(connect(url).request(operation(), READ))).upstreamTxId).toBe(upstreamTxId);
  });
});

describe('a call that must not be made', () => {
  const HOSTILE_IDS = [
    '..',
    '.',
    '',
    '1/2',
    '%2e',
    '%2e%2e',
    '1?x',
    '1#x',
    '1;x',
    '//evil',
    '\\..',
    '１２',
    '0',
    '-1',
    '01',
    '1.5',
    '1e3',
    '1\r\n',
    '1\0',
    '9'.repeat(16),
  ];

  it.each(HOSTILE_IDS)('is refused for the id %j', async (id) => {
    const origin = await startHttp(ok('{}'));
    const scope = operation();
    const call: UpstreamCall = { ...READ, route: '/people/{id}/settings', ids: [id] };
    const error = await failureOf(connect(origin.url).request(scope, call));
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', delivery: 'unsent' });
    expect([origin.connections, scope.bill().calls, scope.recorded]).toEqual([0, 0, []]);
  });

  it.each(['s3cr3t\r\nx-evil: 1', 's3cr3t\n', 's3cr3t\0', 's3cr3tä', 's3cr3t ', ' s3cr3t', 's3cr3t\t', ''])(
    'is refused for the credential %j, which no message tells',
    async (credential) => {
      const origin = await startHttp(ok('{}'));
      const scope = operation();
      const call: UpstreamCall = {
        ...READ,
        headers: { authorization: 'Bearer fine', api_access_token: credential },
      };
      const error = await failureOf(connect(origin.url).request(scope, call));
      expect(error).toMatchObject({ code: 'UNAUTHENTICATED', backend: 'mind', delivery: 'unsent' });
      expect(`${error.message} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain('s3cr');
      expect([origin.connections, scope.bill().calls, scope.recorded]).toEqual([0, 0, []]);
    },
  );

  it('is refused when the operation is over its budget', async () => {
    const origin = await startHttp(ok('{}'));
    const upstream = connect(origin.url);
    const scope = operation(2);
    await upstream.request(scope, READ);
    await upstream.request(scope, READ);
    expect(await failureOf(upstream.request(scope, READ))).toMatchObject({
      code: 'BUDGET_EXCEEDED',
      backend: 'mind',
      delivery: 'unsent',
    });
    expect(origin.requests).toHaveLength(2);
    expect(scope.recorded).toHaveLength(2);
  });

  it('is not made once the operation is given up', async () => {
    const origin = await startHttp(ok('{}'));
    const scope = operation();
    scope.abandon();
    expect(await failureOf(connect(origin.url).request(scope, READ))).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      delivery: 'unsent',
    });
    expect([origin.connections, scope.bill().calls, scope.recorded]).toEqual([0, 0, []]);
  });
});

describe('giving an operation up', () => {
  it.each<readonly [string, (res: ServerResponse) => void]>([
    ['before the headers', () => undefined],
    [
      'inside the body',
      (res) => {
        res.write('{');
      },
    ],
  ])('cancels its call %s and closes the socket', async (_when, answer) => {
    const origin = await startHttp(answer);
    const scope = operation();
    const call = failureOf(connect(origin.url, { timeoutMs: 60_000 }).request(scope, READ));
    await until(() => origin.requests.length === 1);
    scope.abandon();
    expect(await call).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: 'The client has gone.',
      delivery: 'unknown',
    });
    await until(() => origin.busy.size === 0);
    expect(scope.recorded).toMatchObject([{ outcome: 'DEADLINE_EXCEEDED' }]);
  });

  it('leaves the calls of other operations alone', async () => {
    const answers: ServerResponse[] = [];
    const origin = await startHttp((res) => answers.push(res));
    const upstream = connect(origin.url);
    const scope = operation();
    const [mine, others] = [upstream.request(scope, READ), upstream.request(operation(), READ)];
    await until(() => answers.length === 2);
    scope.abandon();
    await failureOf(mine);
    for (const res of answers) res.end('{"id":1}');
    expect(await others).toMatchObject({ body: { id: 1 } });
  });
});

describe('a call', () => {
  it('goes below the base path, with ids and query in place', async () => {
    const origin = await startHttp(ok('{}'));
    await connect(`${origin.url}/api/mind/`).request(operation(), {
      method: 'PATCH',
      route: '/people/{id}/of/{team}',
      ids: ['42', '7'],
      query: [
        ['q', 'a&b=c d+é'],
        ['ids[]', '1'],
        ['ids[]', '2'],
      ],
      headers: { authorization: 'Bearer x', apiKey: 'two words' },
      body: { contentType: 'application/json', text: '{}' },
    });
    expect(origin.requests).toMatchObject([
      {
        method: 'PATCH',
        url: '/api/mind/people/42/of/7?q=a%26b%3Dc+d%2B%C3%A9&ids%5B%5D=1&ids%5B%5D=2',
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'x-request-id': 'req-1',
          authorization: 'Bearer x',
          apikey: 'two words',
        },
      },
    ]);
  });

  it('is counted once and told of once, with its outcome and without query or credential', async () => {
    const origin = await startHttp(ok('{}'));
    const scope = operation();
    await connect(origin.url).request(scope, {
      ...READ,
      route: '/people/{id}',
      ids: ['42'],
      query: [['q', 'canary']],
      headers: { authorization: 'canary' },
      batch: 3,
    });
    expect(scope.bill()).toMatchObject({ calls: 1, byBackend: { MIND: 1 } });
    const durationMs = expect.any(Number);
    expect(scope.recorded).toEqual([
      {
        backend: 'mind',
        kind: 'read',
        method: 'GET',
        route: '/people/{id}',
        batch: 3,
        attempt: 1,
        outcome: 200,
        isFailure: false,
        durationMs,
      },
    ]);
  });

  it('is never answered with what another credential got', async () => {
    const origin = await startHttp((res, req) =>
      ok(JSON.stringify({ for: req.headers['api_access_token'] }), {
        'cache-control': 'public, max-age=3600',
        etag: '"1"',
      })(res),
    );
    const upstream = connect(origin.url);
    const read = async (api_access_token: string) =>
      (await upstream.request(operation(), { ...READ, headers: { api_access_token } })).body;
    const tokens = ['a', 'b', 'a', 'c'];
    expect(await Promise.all([...tokens, ...tokens].map(read))).toEqual(
      [...tokens, ...tokens].map((token) => ({ for: token })),
    );
    expect(await read('a')).toEqual({ for: 'a' });
    expect(origin.requests).toHaveLength(9);
  });
});
