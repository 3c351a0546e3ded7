// What can go wrong between the gateway and a backend, and what is promised then: one row a fault.
import type { Socket } from 'node:net';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { eachBackend, type Slug } from '../support/backend-truth.js';
import type { ConnectFault, Exchange, Misbehaviour } from './fault-server.js';

/** What became of a write: it was never sent, answered no, answered so that nothing can be said, or taken. */
export type Delivery = 'unsent' | 'refused' | 'lost' | 'taken';

/** What the error says; without a code, the answer is as good as any. */
export interface FaultError {
  readonly code: string;
  readonly httpStatus?: number;
  readonly retryable: boolean;
  /** `some`: it depends on the clock. */
  readonly retryAfterMs?: number | 'some';
}

export type Fault =
  | { readonly at: 'answer'; readonly misbehave: Misbehaviour }
  | { readonly at: 'connect'; readonly how: ConnectFault }
  | { readonly at: 'tls' };

/** How much time calls have: enough, or so little that a silent backend is noticed soon. */
export type Pace = 'patient' | 'hurried';

export interface FaultRow {
  readonly name: string;
  readonly fault: Fault;
  /** Null: the answer is taken. */
  readonly error: FaultError | null;
  /** How often a read is tried again. */
  readonly retries: number;
  readonly delivery: Readonly<Record<Slug, Delivery>>;
  /** Of a write of several people, where it is another. */
  readonly deliveryOfSeveral?: Readonly<Partial<Record<Slug, Delivery>>>;
  readonly pace: Pace;
  /** Whether it is more than is held of several answers at once. */
  readonly isLarge: boolean;
  /** Whether the backend is left alone for longer than a test may take. */
  readonly isLasting: boolean;
}

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const JSON_TYPE = { 'content-type': 'application/json' };
const BOMB = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 1 });
const MIB = Buffer.alloc(1024 * 1024, ' ');

/** Sends these bytes and hangs up. */
const raw =
  (...parts: readonly (string | Uint8Array)[]): Misbehaviour =>
  ({ socket }) =>
    socket.end(Buffer.concat(parts.map((part) => Buffer.from(part))));

/** Sends these bytes, then nothing any more. */
const rawOpen =
  (text: string): Misbehaviour =>
  ({ socket }) =>
    socket.write(text);

/** Sends these bytes, and then more again and again until nobody listens. */
const drip =
  (text: string, drop: string): Misbehaviour =>
  ({ socket }) => {
    socket.write(text);
    const timer = setInterval(() => socket.write(drop), 20);
    socket.once('close', () => {
      clearInterval(timer);
    });
  };

/** Sends a mebibyte again and again as fast as it is read. */
function pour(stream: Socket | ServerResponse, times: number): void {
  for (let left = times; left > 0; left -= 1) {
    if (stream.destroyed) return;
    if (stream.write(MIB)) continue;
    stream.once('drain', () => {
      pour(stream, left - 1);
    });
    return;
  }
  stream.end();
}

const reply =
  (
    status: number,
    body: string | Uint8Array = '',
    headers: Readonly<Record<string, string>> = {},
  ): Misbehaviour =>
  ({ res }) =>
    res.writeHead(status, { ...JSON_TYPE, ...headers }).end(body);

/** The sandbox's own answer, sent in another way. */
const retold =
  (tell: (exchange: Exchange, body: Buffer) => void): Misbehaviour =>
  async (exchange) => {
    const { body } = await exchange.handle();
    tell(exchange, body);
  };

/** Everywhere alike. */
const everywhere = (delivery: Delivery) => eachBackend(() => delivery);

const COMMON = { retries: 0, pace: 'patient', isLarge: false, isLasting: false } as const;
type Expected = Partial<Omit<FaultRow, 'name' | 'fault'>>;

const answered = (name: string, misbehave: Misbehaviour, expected: Expected): FaultRow => ({
  ...COMMON,
  name,
  fault: { at: 'answer', misbehave },
  error: null,
  delivery: everywhere('lost'),
  ...expected,
});

const unconnected = (name: string, how: ConnectFault, expected: Expected): FaultRow => ({
  ...COMMON,
  name,
  fault: { at: 'connect', how },
  error: { code: 'UPSTREAM_UNREACHABLE', retryable: true },
  delivery: everywhere('unsent'),
  ...expected,
});

const LOST = { error: { code: 'UPSTREAM_CONNECTION_LOST', retryable: true }, retries: 2 } as const;
const TIMEOUT = { error: { code: 'UPSTREAM_TIMEOUT', retryable: true }, pace: 'hurried' } as const;
const bad = (httpStatus?: number) => ({
  error: { code: 'UPSTREAM_BAD_RESPONSE', retryable: true, ...(httpStatus !== undefined && { httpStatus }) },
});
/** A success that says nothing: no document tells what v2 answers to a write, so whatever it answers is as good. */
const JUNK = { ...bad(200), delivery: { mind: 'lost', omnivibe: 'lost', v2: 'taken' } } as const;
/** Mind says of each write whether it was stored; the others need not say anything. */
const EMPTY = { retries: 1, delivery: { mind: 'lost', omnivibe: 'taken', v2: 'taken' } } as const;
const TOO_LARGE = { error: { code: 'UPSTREAM_RESPONSE_TOO_LARGE', retryable: false } } as const;

const statusRow = (httpStatus: number, code: string, retryable: boolean, expected: Expected): FaultRow =>
  answered(`status ${httpStatus}`, reply(httpStatus, '{"message":"canary","results":[]}'), {
    error: { code, httpStatus, retryable },
    ...expected,
  });

const serverError = (httpStatus: number, retries: number) =>
  statusRow(httpStatus, 'UPSTREAM_ERROR', true, { retries });
const refusal = (httpStatus: number, code: string, retryable = false) =>
  statusRow(httpStatus, code, retryable, { delivery: everywhere('refused') });

/** `retryAfterMs`: as told to clients. */
const slowDown = (
  httpStatus: number,
  header: () => string,
  retryAfterMs: number | 'some',
  expected: Expected & { readonly means: string },
): FaultRow => {
  const code = httpStatus === 429 ? 'UPSTREAM_RATE_LIMITED' : 'UPSTREAM_ERROR';
  const misbehave: Misbehaviour = ({ res }) => res.writeHead(httpStatus, { 'retry-after': header() }).end();
  const { means, ...rest } = expected;
  return answered(`status ${httpStatus}, retry after ${means}`, misbehave, {
    error: { code, httpStatus, retryable: true, retryAfterMs },
    delivery: everywhere(httpStatus === 429 ? 'refused' : 'lost'),
    ...rest,
  });
};

const inSeconds = (seconds: number) => () => new Date(Date.now() + seconds * 1_000).toUTCString();

/** `target`: where redirects lead. */
export function faultRows(target: string): readonly FaultRow[] {
  const redirect = (httpStatus: number, location: string, where: string) =>
    answered(`status ${httpStatus} ${where}`, reply(httpStatus, '', { location }), {
      error: { code: 'UPSTREAM_REDIRECT_BLOCKED', httpStatus, retryable: false },
      delivery: everywhere('refused'),
    });
  return [
    unconnected('connection refused', 'refused', { retries: 2 }),
    unconnected('name unknown', 'ENOTFOUND', {}),
    unconnected('name not to be looked up now', 'EAI_AGAIN', { retries: 2 }),
    unconnected('never accepted', 'never accepted', { retries: 2 }),
    unconnected('not accepted in a short time', 'never accepted', { retries: 2, pace: 'hurried' }),
    {
      ...COMMON,
      name: 'certificate of a stranger',
      fault: { at: 'tls' },
      error: { code: 'UPSTREAM_UNREACHABLE', retryable: false },
      delivery: everywhere('unsent'),
    },

    answered('reset before the headers', ({ socket }) => socket.resetAndDestroy(), LOST),
    answered('closed before the headers', raw(), LOST),
    answered(
      'reset inside the body',
      ({ socket }) =>
        socket.write(`${HEAD}content-length: 99\r\n\r\n{"id":1`, () => socket.resetAndDestroy()),
      LOST,
    ),
    answered('short of its length', raw(`${HEAD}content-length: 99\r\n\r\n{"id":1`), LOST),
    answered('inside a chunk', raw(`${HEAD}transfer-encoding: chunked\r\n\r\n9\r\n{"id"`), LOST),
    answered('cut, without a length', raw(`${HEAD}connection: close\r\n\r\n{"id":1`), {
      ...JUNK,
      retries: 1,
    }),

    answered('hangs', () => undefined, { ...TIMEOUT, retries: 2 }),
    answered('drips headers', drip(HEAD, 'x-more: 1\r\n'), { ...TIMEOUT, retries: 2 }),
    answered('silent after the headers', rawOpen(`${HEAD}content-length: 9\r\n\r\n`), {
      ...TIMEOUT,
      retries: 2,
    }),
    answered('silent inside the body', rawOpen(`${HEAD}content-length: 9\r\n\r\n{`), {
      ...TIMEOUT,
      retries: 2,
    }),
    answered('drips its body', drip(`${HEAD}\r\n[`, ' '), TIMEOUT),
    answered('drips chunks', drip(`${HEAD}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'), TIMEOUT),

    serverError(500, 1),
    serverError(501, 1),
    serverError(502, 2),
    serverError(503, 1),
    serverError(504, 2),
    slowDown(503, () => '1', 1_000, { retries: 1, means: 'a second' }),
    slowDown(503, () => '3600', 60_000, { means: 'an hour' }),
    slowDown(429, () => '1', 1_000, { retries: 1, means: 'a second' }),
    slowDown(429, () => '-5', 0, { retries: 1, means: 'less than nothing' }),
    slowDown(429, inSeconds(-30), 0, { retries: 1, means: 'a date gone by' }),
    slowDown(429, inSeconds(30), 'some', { means: 'a date to come', isLasting: true }),
    slowDown(429, () => '86400', 60_000, { means: 'a day', isLasting: true }),
    statusRow(429, 'UPSTREAM_RATE_LIMITED', true, { delivery: everywhere('refused') }),

    {
      ...refusal(400, 'UPSTREAM_REJECTED'),
      // Of several people, Mind refuses all as soon as it refuses one, and says of whom: of nobody here.
      deliveryOfSeveral: { mind: 'lost' },
    },
    refusal(401, 'UPSTREAM_ERROR', true),
    refusal(402, 'FORBIDDEN'),
    refusal(403, 'FORBIDDEN'),
    refusal(404, 'NOT_FOUND'),
    refusal(405, 'UPSTREAM_REJECTED'),
    statusRow(408, 'UPSTREAM_REJECTED', false, { delivery: everywhere('lost') }),
    refusal(409, 'CONFLICT'),
    refusal(410, 'UPSTREAM_REJECTED'),
    refusal(412, 'CONFLICT'),
    refusal(413, 'UPSTREAM_REJECTED'),
    refusal(415, 'UPSTREAM_REJECTED'),
    refusal(418, 'UPSTREAM_REJECTED'),
    refusal(422, 'UPSTREAM_REJECTED'),
    refusal(451, 'UPSTREAM_REJECTED'),
    statusRow(499, 'UPSTREAM_REJECTED', false, { delivery: everywhere('lost') }),

    ...[301, 302, 303, 307, 308].map((status) => redirect(status, target, 'to somebody else')),
    redirect(307, '/elsewhere', 'to another path'),

    answered('broken JSON', reply(200, '{"id":'), { ...JUNK, retries: 1 }),
    answered('a page', reply(200, '<!doctype html><p>canary', { 'content-type': 'text/html' }), JUNK),
    answered(
      'JSON under another name',
      retold(({ res }, body) => res.writeHead(200, { 'content-type': 'text/plain' }).end(body)),
      { delivery: everywhere('taken') },
    ),
    answered(
      'JSON under no name',
      retold(({ res }, body) => res.writeHead(200).end(body)),
      { delivery: everywhere('taken') },
    ),
    answered('no UTF-8', reply(200, Buffer.from([0x22, 0xc3, 0x28, 0x22])), JUNK),
    answered(
      'a byte order mark',
      retold(({ res }, body) =>
        res.writeHead(200, JSON_TYPE).end(Buffer.concat([Buffer.from('\uFEFF'), body])),
      ),
      { delivery: everywhere('taken') },
    ),
    answered(
      'compressed',
      retold(({ res }, body) =>
        res.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(gzipSync(body)),
      ),
      {
        delivery: everywhere('taken'),
      },
    ),
    answered(
      'truncated gzip',
      reply(200, gzipSync('{"id":1}').subarray(0, -6), { 'content-encoding': 'gzip' }),
      {
        ...bad(),
        retries: 1,
      },
    ),
    answered('plain text that is said to be gzip', reply(200, '{"id":1}', { 'content-encoding': 'gzip' }), {
      ...bad(),
      retries: 1,
    }),
    answered('an unknown encoding', reply(200, '{}', { 'content-encoding': 'zstd' }), {
      ...bad(),
      retries: 1,
    }),
    answered(
      'stacked encodings',
      reply(200, gzipSync(gzipSync('{}')), { 'content-encoding': 'gzip, gzip' }),
      {
        ...bad(),
        retries: 1,
      },
    ),
    answered('a bomb', reply(200, BOMB, { 'content-encoding': 'gzip' }), TOO_LARGE),
    answered(
      '100 MiB',
      ({ res }) => {
        res.writeHead(200, { ...JSON_TYPE, 'content-length': 100 * MIB.length });
        pour(res, 100);
      },
      { ...TOO_LARGE, isLarge: true },
    ),
    answered(
      'chunks without end',
      ({ res }) => {
        res.writeHead(200, JSON_TYPE);
        pour(res, Infinity);
      },
      { ...TOO_LARGE, isLarge: true },
    ),
    answered('40 kB of headers', raw(`${HEAD}x-flood: ${'x'.repeat(40_000)}\r\n\r\n{}`), bad()),
    answered('no HTTP', raw('220 mail.example.com ESMTP\r\n\r\n'), bad()),
    answered('a broken status line', raw('HTTP/1.1 2000 OK\r\n\r\n'), bad()),
    answered(
      'two lengths',
      raw(`${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`),
      bad(),
    ),
    answered('a broken chunk', raw(`${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n`), bad()),
    answered('told to go on', rawOpen('HTTP/1.1 100 Continue\r\n\r\n'), bad()),
    answered('status 204', reply(204), { ...bad(204), ...EMPTY }),
    answered('nothing', reply(200), { ...bad(200), ...EMPTY }),
  ];
}
