// The listener: how long and how much a client may send before it is a request, and over how many connections. What Node
// itself refuses is answered here, in the same form as everything else.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { refusalBody, refuse, RequestRefused } from './replies.js';

export interface ConnectionLimits {
  /** For the headers, from the opening of the connection or, on one that is kept, from their first byte. */
  readonly headersTimeoutMs: number;
  /** For the whole request. */
  readonly requestTimeoutMs: number;
  /** How often connections are checked for these two. */
  readonly checkIntervalMs: number;
  /** How long a connection is kept open between two requests. */
  readonly keepAliveTimeoutMs: number;
  /** Connections beyond are closed at once. */
  readonly maxConnections: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  checkIntervalMs: 1_000,
  // Longer than balancers keep theirs, 60 seconds as a rule: who closes first must not be the one who is being asked.
  keepAliveTimeoutMs: 65_000,
  maxConnections: 2_000,
};

const MAX_HEADER_BYTES = 16 * 1024;
const MAX_REQUESTS_PER_CONNECTION = 1_000;
/** How long a refused client that is still sending is heard, so that it gets to read its answer. */
const LINGER_MS = 500;

export interface HttpServer {
  readonly server: Server;
  /** How many are open. */
  readonly connections: number;
  /** Makes every answer the last one on its connection, those to requests under way included. */
  announceEnd(): void;
  /** Stops listening, closes every connection on which nothing is asked, and resolves once the others are answered and closed. */
  end(): Promise<void>;
}

interface Connection {
  /** How many have come on it. */
  requests: number;
  /** What is under way; of several requests in a pipeline the last one. */
  answer: ServerResponse | null;
  /** Its last answer is known. What follows is not run: its answer would not be read. */
  isClosing: boolean;
}

export function createHttpServer(limits: ConnectionLimits, serveRequest: RequestListener): HttpServer {
  const connections = new Map<Socket, Connection>();
  let stage: 'open' | 'announced' | 'ended' = 'open';

  function makeLast(connection: Connection, res: ServerResponse): void {
    connection.isClosing = true;
    res.setHeader('connection', 'close');
  }

  function serve(req: IncomingMessage, res: ServerResponse): void {
    const connection = connections.get(req.socket);
    if (connection === undefined || connection.isClosing) return;
    connection.answer = res;
    connection.requests += 1;
    res.once('close', () => {
      if (connection.answer === res) connection.answer = null;
      if (stage === 'ended') server.closeIdleConnections();
    });
    // Node has such a limit too; it announces the end of the connection and leaves it to the client.
    if (stage !== 'open' || connection.requests >= MAX_REQUESTS_PER_CONNECTION) makeLast(connection, res);
    if (req.url?.startsWith('/') === true) {
      serveRequest(req, res);
      return;
    }
    // Such a target may have been understood in another way by a proxy before the gateway, and so may what follows it.
    makeLast(connection, res);
    const requestId = randomUUID();
    res.setHeader('x-request-id', requestId);
    const message = 'The target of a request must be a path.';
    refuse(res, new RequestRefused(400, 'BAD_REQUEST', message), requestId);
  }

  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.checkIntervalMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Nothing here depends on it, and Node's own answer to a request without one has no body.
      requireHostHeader: false,
    },
    serve,
  );
  server.maxConnections = limits.maxConnections;
  server.on('connection', (socket: Socket) => {
    connections.set(socket, { requests: 0, answer: null, isClosing: false });
    socket.once('close', () => connections.delete(socket));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    refuseConnection(socket, refusalOf(error), error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 0 : LINGER_MS);
  });
  server.on('connect', (_req, socket) => {
    const refused = new RequestRefused(405, 'METHOD_NOT_ALLOWED', 'The gateway is no proxy.');
    refuseConnection(socket, refused, LINGER_MS);
  });
  // Whoever waits to be invited is, when the body is wanted.
  server.on('checkContinue', serve);
  // An expectation that is not known may be passed over; Node's own answer to it has no body.
  server.on('checkExpectation', serve);

  return {
    server,
    get connections() {
      return connections.size;
    },
    announceEnd() {
      stage = 'announced';
      for (const connection of connections.values()) {
        const { answer } = connection;
        if (answer?.headersSent === false) makeLast(connection, answer);
      }
    },
    async end() {
      stage = 'ended';
      const closed = once(server, 'close');
      server.close();
      // Node counts a connection on which nothing has been asked yet as busy, and no longer looks after its time limit.
      for (const [socket, { answer }] of connections)
        if (answer === null && !socket.writableEnded) socket.destroy();
      await closed;
    },
  };
}

/** Whether a client sends its body only when told to. */
export function isWaitingToBeInvited({ headers, httpVersion }: IncomingMessage): boolean {
  return httpVersion === '1.1' && /\b100-continue\b/i.test(headers.expect ?? '');
}

function refusalOf({ code }: NodeJS.ErrnoException): RequestRefused {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new RequestRefused(431, 'HEADERS_TOO_LARGE', `The headers exceed ${MAX_HEADER_BYTES} bytes.`);
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new RequestRefused(413, 'PAYLOAD_TOO_LARGE', 'The extensions of a chunk are too large.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new RequestRefused(408, 'REQUEST_TIMEOUT', 'The request did not arrive in time.');
    default:
      return new RequestRefused(400, 'BAD_REQUEST', 'This is not a request of HTTP/1.1.');
  }
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
};

/** Answers where there is no request to answer to, and closes the connection. */
function refuseConnection(socket: Duplex, refused: RequestRefused, lingerMs: number): void {
  // Of one connection several errors may be told; the first has been answered.
  if (!socket.writable) {
    if (!socket.writableEnded) socket.destroy();
    return;
  }
  const requestId = randomUUID();
  const body = refusalBody(refused.code, refused.message, requestId);
  const head = [
    `HTTP/1.1 ${refused.status} ${REASONS[refused.status] ?? ''}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    ...(refused.status === 405 ? ['allow: POST'] : []),
  ];
  socket.on('error', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => {
    setTimeout(() => socket.destroy(), lingerMs).unref();
  });
}
