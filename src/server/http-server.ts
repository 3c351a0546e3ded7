// The listener: how long and how much a client may send before it is a request, and over how many connections. What Node
// itself refuses is answered here, in the same form as everything else.
import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { refusalBody, refuse, RequestRefused } from './replies.js';

export interface ConnectionLimits {
  /** For the headers, from the opening of the connection or the end of the request before. */
  readonly headersTimeoutMs: number;
  /** For the whole request. */
  readonly requestTimeoutMs: number;
  /** How often connections are checked for these two. */
  readonly checkIntervalMs: number;
  /** Connections beyond are closed at once. */
  readonly maxConnections: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  checkIntervalMs: 1_000,
  maxConnections: 2_000,
};

const MAX_HEADER_BYTES = 16 * 1024;
const MAX_REQUESTS_PER_CONNECTION = 1_000;
/** How long a refused client that is still sending is heard, so that it gets to read its answer. */
const LINGER_MS = 500;

export function createHttpServer(limits: ConnectionLimits, serveRequest: RequestListener): Server {
  const serve = refuseForeignTargets(serveRequest);
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.checkIntervalMs,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Nothing here depends on it, and Node's own answer to a request without one has no body.
      requireHostHeader: false,
    },
    serve,
  );
  server.maxConnections = limits.maxConnections;
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    refuseConnection(socket, refusalOf(error), error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 0 : LINGER_MS);
  });
  server.on('connect', (_req, socket) => {
    const refused = new RequestRefused(405, 'METHOD_NOT_ALLOWED', 'The gateway is no proxy.');
    refuseConnection(socket, refused, LINGER_MS);
  });
  // An expectation that is not known may be passed over; Node's own answer to it has no body.
  server.on('checkExpectation', serve);
  return server;
}

/**
 * A target that is no path may have been understood in another way by a proxy before the gateway; so may what follows it on
 * the connection, which is not run.
 */
function refuseForeignTargets(serve: RequestListener): RequestListener {
  const closing = new WeakSet<Socket>();
  return (req, res) => {
    if (closing.has(req.socket)) return;
    if (req.url?.startsWith('/') === true) {
      serve(req, res);
      return;
    }
    closing.add(req.socket);
    const requestId = randomUUID();
    res.setHeader('connection', 'close').setHeader('x-request-id', requestId);
    const message = 'The target of a request must be a path.';
    refuse(res, new RequestRefused(400, 'BAD_REQUEST', message), requestId);
  };
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
