// Slow, silent, crowding and ambiguous clients, on raw sockets.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createAdapters } from '../../src/adapters/index.js';
import { loadConfig } from '../../src/config.js';
import { joinBackends, type JoinedBackends } from '../../src/server/backends.js';
import { startGateway, type Gateway } from '../../src/server/gateway.js';
import { CONNECTION_LIMITS } from '../../src/server/http-server.js';
import { createLogger } from '../../src/server/logging.js';
import { expectRefusal, post, send, type Received } from '../server/client.js';

const HEADERS_MS = 400;
const REQUEST_MS = 800;
const CHECK_MS = 50;
const LATE_MS = 400;
const MAX_CONNECTIONS = 20;

let backends: JoinedBackends;
let gateway: Gateway;
beforeAll(async () => {
  const config = loadConfig({ PORT: '0', LOG_LEVEL: 'silent' });
  backends = await joinBackends(config);
  const limits = {
    headersTimeoutMs: HEADERS_MS,
    requestTimeoutMs: REQUEST_MS,
    checkIntervalMs: CHECK_MS,
    maxConnections: MAX_CONNECTIONS,
  };
  gateway = await startGateway({
    config,
    adapters: createAdapters(backends.options),
    logger: createLogger(config.logLevel),
    limits,
  });
});
afterAll(async () => {
  await gateway.close();
  await backends.close();
});

const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});

async function open(): Promise<Socket> {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  sockets.add(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

const upstreamCalls = () =>
  [backends.sandboxes.mind, backends.sandboxes.omnivibe, backends.sandboxes.v2].reduce(
    (sum, sandbox) => sum + (sandbox?.ledger.entries.length ?? 0),
    0,
  );

/** Everything that is answered to raw bytes until the connection closes, one answer after the other. */
async function talk(bytes: string | Buffer): Promise<Received[]> {
  const socket = await open();
  socket.write(bytes);
  return answersIn(await text(socket));
}

function answersIn(raw: string): Received[] {
  const end = raw.indexOf('\r\n\r\n');
  if (end === -1) return [];
  const [status = '', ...lines] = raw.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  const body = end + 4 + Number(headers['content-length'] ?? 0);
  return [
    { status: Number(status.split(' ')[1]), headers, text: raw.slice(end + 4, body) },
    ...answersIn(raw.slice(body)),
  ];
}

const BODY = JSON.stringify({ query: '{ profile(id: "mind:42") { firstName } }' });
const TYPE = 'Host: gateway\r\nContent-Type: application/json\r\n';
const request = (headers: string, body: string, target = '/graphql') =>
  `POST ${target} HTTP/1.1\r\n${TYPE}${headers}\r\n${body}`;
const chunked = (body: string) => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;
const LENGTH = `Content-Length: ${BODY.length}\r\n`;
/** What a smuggler wants to be run as a request of its own. */
const SECOND = request(LENGTH, BODY);

describe('a message that can be understood in two ways', () => {
  const AMBIGUOUS: readonly (readonly [what: string, message: string])[] = [
    ['both a length and chunks', request(`${LENGTH}Transfer-Encoding: chunked\r\n`, chunked(BODY))],
    ['chunks and a length', request(`Transfer-Encoding: chunked\r\n${LENGTH}`, chunked(BODY))],
    ['two lengths', request(`${LENGTH}Content-Length: 0\r\n`, BODY)],
    ['the same length twice', request(`${LENGTH}${LENGTH}`, BODY)],
    ['a list of lengths', request(`Content-Length: ${BODY.length}, ${BODY.length}\r\n`, BODY)],
    ['a signed length', request(`Content-Length: +${BODY.length}\r\n`, BODY)],
    ['a length in hexadecimal', request('Content-Length: 0x10\r\n', BODY)],
    ['an unknown encoding of the message', request('Transfer-Encoding: xchunked\r\n', chunked(BODY))],
    ['chunked, and then something else', request('Transfer-Encoding: chunked, identity\r\n', chunked(BODY))],
    [
      'chunked, spelt with a tab',
      request('Transfer-Encoding:\tchunked\r\nTransfer-Encoding: x\r\n', chunked(BODY)),
    ],
    ['a header folded over two lines', request(`X-A: b\r\n c\r\n${LENGTH}`, BODY)],
    ['a folded length', request(`Content-Length:\r\n ${BODY.length}\r\n`, BODY)],
    ['a blank before a colon', request(`Content-Length : ${BODY.length}\r\n`, BODY)],
    ['a bare line feed', request(`X-A: b\nContent-Length: ${BODY.length}\r\n`, BODY)],
    ['a NUL in a header', request(`X-A: b\0c\r\n${LENGTH}`, BODY)],
    ['a chunk of a wrong length', request('Transfer-Encoding: chunked\r\n', `5\r\n${BODY}\r\n0\r\n\r\n`)],
    ['an absolute target', request(LENGTH, BODY, 'http://elsewhere.example/graphql')],
    ['the target of another scheme', request(LENGTH, BODY, 'file:///graphql')],
    ['no target', request(LENGTH, BODY, '*')],
    ['another protocol', request(LENGTH, BODY).replace('HTTP/1.1', 'HTTP/3.0')],
    ['no protocol', 'POST /graphql\r\n\r\n'],
    ['nothing of HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ];
  it.each(AMBIGUOUS)(
    'is refused, and ends the connection before anything runs: %s',
    async (_what, message) => {
      const before = upstreamCalls();
      const answers = await talk(Buffer.from(message + SECOND, 'latin1'));
      expect(answers).toHaveLength(1);
      for (const answer of answers) {
        expectRefusal(answer, 400, 'BAD_REQUEST');
        expect(answer.headers.connection).toBe('close');
      }
      // What came with it would have had its turn by the time another request is through.
      await post(gateway.url, { query: '{ profile(id: "mind:43") { firstName } }' });
      expect(upstreamCalls()).toBe(before + 1);
    },
  );

  it('is not one that is just unusual', async () => {
    const quiet = 'Connection: close\r\n';
    for (const unusual of [
      request(`Transfer-Encoding: chunked\r\n${quiet}`, chunked(BODY)),
      request(`Expect: something\r\n${LENGTH}${quiet}`, BODY),
      request(`Upgrade: websocket\r\n${LENGTH}Connection: close, Upgrade\r\n`, BODY),
      request(LENGTH + quiet, BODY).replace('Host: gateway\r\n', ''),
    ]) {
      expect(await talk(unusual)).toMatchObject([{ status: 200, text: expect.stringContaining('Max') }]);
    }
  });
});

describe('headers', () => {
  it.each([
    ['one of 17 KiB', `X-A: ${'a'.repeat(17 * 1024)}\r\n`],
    ['3,000 small ones', 'X-A: abc\r\n'.repeat(3_000)],
    ['a MiB of them', `X-A: ${'a'.repeat(1024)}\r\n`.repeat(1024)],
  ])('that are too large are refused: %s', async (_what, headers) => {
    const [answer] = await talk(request(headers + LENGTH, BODY));
    if (answer === undefined) throw new Error('no answer');
    expectRefusal(answer, 431, 'HEADERS_TOO_LARGE');
  });

  it('may be 15 KiB', async () => {
    const [answer] = await talk(
      request(`X-A: ${'a'.repeat(15 * 1024)}\r\nConnection: close\r\n${LENGTH}`, BODY),
    );
    expect(answer?.status).toBe(200);
  });

  it('of a request to a proxy are refused', async () => {
    const [answer] = await talk(
      'CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example:443\r\n\r\n',
    );
    if (answer === undefined) throw new Error('no answer');
    expectRefusal(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.allow).toBe('POST');
  });
});

describe('a client that takes its time', () => {
  const SLOW: readonly (readonly [what: string, sent: string, limitMs: number])[] = [
    ['and says nothing', '', HEADERS_MS],
    ['over its headers', 'POST /graphql HTTP/1.1\r\nHost: g', HEADERS_MS],
    ['over a body', request(LENGTH, BODY.slice(0, 9)), REQUEST_MS],
    ['over a chunk', request('Transfer-Encoding: chunked\r\n', '5\r\n{"q'), REQUEST_MS],
  ];
  it.each(SLOW)('%s is told, and cut off', async (_what, sent, limitMs) => {
    const startedAt = performance.now();
    const [answer] = await talk(sent);
    const elapsedMs = performance.now() - startedAt;
    expect(elapsedMs).toBeLessThan(limitMs + CHECK_MS + LATE_MS);
    expect(elapsedMs).toBeGreaterThan(limitMs / 2);
    if (answer === undefined) throw new Error('no answer');
    expectRefusal(answer, 408, 'REQUEST_TIMEOUT');
  });

  it('byte by byte is cut off all the same', async () => {
    const socket = await open();
    const startedAt = performance.now();
    socket.write('POST /graphql HTTP/1.1\r\nX-A: ');
    const drip = setInterval(() => socket.write('X'), 20);
    const [answer] = answersIn(await text(socket));
    clearInterval(drip);
    expect(performance.now() - startedAt).toBeLessThan(HEADERS_MS + CHECK_MS + LATE_MS);
    expect(answer?.status).toBe(408);
  });

  it('has 10 seconds for headers and 15 for a request, checked each second', () => {
    expect(CONNECTION_LIMITS).toMatchObject({
      headersTimeoutMs: 10_000,
      requestTimeoutMs: 15_000,
      checkIntervalMs: 1_000,
    });
  });
});

describe('connections', () => {
  it('beyond the limit are closed at once, and those before it are served', async () => {
    const first = await Promise.all(Array.from({ length: MAX_CONNECTIONS }, open));
    const beyond = await open();
    expect(await text(beyond)).toBe('');
    first[0]?.write(request(`Connection: close\r\n${LENGTH}`, BODY));
    expect(await text(first[0] ?? beyond)).toContain('200 OK');
    expect(CONNECTION_LIMITS.maxConnections).toBe(2_000);
  });

  it('carry a thousand requests each, those in a pipeline included', async () => {
    const answers = await talk('GET /livez HTTP/1.1\r\nHost: g\r\n\r\n'.repeat(1_100));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1_000);
    expect(await send(`${gateway.url}/livez`, {})).toMatchObject({ status: 200 });
  });

  it('that are refused leave the others alone', async () => {
    const waiting = await open();
    await talk('nonsense\r\n\r\n');
    waiting.write(request(`Connection: close\r\n${LENGTH}`, BODY));
    expect(await text(waiting)).toContain('"firstName":"Max"');
    expect((await post(gateway.url, JSON.parse(BODY) as object)).status).toBe(200);
  });
});
