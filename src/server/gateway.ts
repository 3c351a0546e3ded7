// The listener and its routes. Everything that is not a GraphQL operation is decided here.
import { randomUUID, timingSafeEqual, createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import type { Adapters } from '../adapters/index.js';
import type { Config } from '../config.js';
import type { Caller } from '../domain/access.js';
import { GatewayError } from '../errors.js';
import type { GraphQLContext } from '../graphql/context.js';
import { createApollo } from './apollo.js';
import { createMindAuthentication, trustEverybody } from './authenticate.js';
import { LANDING_PAGE } from './landing-page.js';
import { logCall, type Logger } from './logging.js';
import { createOperation, type Operation } from './operation.js';
import { readJsonBody, RequestRefused } from './request-body.js';

export interface Gateway {
  /** E.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Stops listening, lets requests under way finish, then closes what is left. */
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly config: Config;
  readonly adapters: Adapters;
  readonly logger: Logger;
}

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const MAX_HEADER_BYTES = 16 * 1024;

export async function startGateway({ config, adapters, logger }: GatewayOptions): Promise<Gateway> {
  const apollo = createApollo({ isExplorerOn: config.isExplorerOn, logger });
  await apollo.start();
  const authenticate =
    config.auth === 'mind' && adapters.mind !== null
      ? createMindAuthentication(adapters.mind)
      : trustEverybody;
  let isDraining = false;

  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (req, res) => {
    route(req, res).catch((error: unknown) => {
      logger.error({ err: error }, 'a request failed for a reason of the gateway itself');
      res.destroy();
    });
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;

  async function route(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = (req.url ?? '/').split('?')[0] ?? '/';
    if (isDraining) res.setHeader('connection', 'close');
    if (path === '/graphql') await serveGraphQL(req, res);
    else if (path === '/livez') serveText(req, res, 200, 'text/plain', 'alive\n');
    else if (path === '/readyz') serveReadiness(req, res);
    else if (path === '/' && config.isExplorerOn) serveText(req, res, 200, 'text/html', LANDING_PAGE);
    else
      sendJson(
        res,
        404,
        refusalBody('BAD_REQUEST', 'There is nothing at this path; GraphQL is served at /graphql.'),
      );
  }

  function serveReadiness(req: IncomingMessage, res: ServerResponse): void {
    if (isDraining) serveText(req, res, 503, 'text/plain', 'draining\n');
    else serveText(req, res, 200, 'text/plain', 'ready\n');
  }

  async function serveGraphQL(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const isAllowedOrigin = setCorsHeaders(req, res, config.corsOrigins);
    if (req.method === 'OPTIONS' && isAllowedOrigin) {
      res.writeHead(204).end();
      return;
    }
    const requestId = inboundRequestId(req) ?? randomUUID();
    res.setHeader('x-request-id', requestId);
    const names = { operation: 'anonymous' };
    const operation = createOperation({
      requestId,
      timeoutMs: config.requestTimeoutMs,
      budget: config.upstreamBudget,
      onCall: (call) => {
        logCall(logger, requestId, names.operation, call);
      },
    });
    res.once('close', () => {
      if (!res.writableFinished) operation.abandon();
      operation.end();
    });
    try {
      const body = await readOperation(req, res);
      names.operation = operationName(body);
      await execute(req, res, operation, body);
    } catch (error) {
      refuse(res, error, requestId);
    }
  }

  async function execute(req: IncomingMessage, res: ServerResponse, operation: Operation, body: unknown) {
    const { caller, credential } = await authenticate(req.headers, operation);
    const context: GraphQLContext = {
      read: {
        readers: adapters.open(operation, { mind: credential, omnivibe: omnivibeToken(req) }),
        caller,
        linkRules: config.linkRules,
      },
      requestId: operation.requestId,
      isRouterTrusted: isRouterTrusted(req),
      bill: maySeeBill(req, caller) ? () => operation.bill() : null,
    };
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: 'POST', headers: headerMap(req), search: '', body },
      context: () => Promise.resolve(context),
    });
    await sendAnswer(res, answer);
  }

  function isRouterTrusted(req: IncomingMessage): boolean {
    if (config.routerSecret === null) return !config.isProduction;
    const given = req.headers['x-router-secret'];
    return typeof given === 'string' && isEqualSecret(given, config.routerSecret);
  }

  function maySeeBill(req: IncomingMessage, caller: Caller): boolean {
    if (!config.isProduction) return true;
    const mayReadAnybody = caller.isTrusted || caller.permissions.has('readAnyUserProfile');
    return req.headers['x-upstream-bill'] === '1' && mayReadAnybody;
  }

  server.listen(config.port, config.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;

  return {
    url: `http://${host}:${port}`,
    async close() {
      isDraining = true;
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const force = setTimeout(() => {
        server.closeAllConnections();
      }, config.drainTimeoutMs);
      await closed;
      clearTimeout(force);
      await apollo.stop();
      await adapters.close();
    },
  };
}

async function readOperation(req: IncomingMessage, res: ServerResponse): Promise<unknown> {
  if (req.method !== 'POST') {
    res.setHeader('allow', 'POST');
    throw new RequestRefused(405, 'METHOD_NOT_ALLOWED', 'Send GraphQL operations by POST.');
  }
  return readJsonBody(req);
}

function refuse(res: ServerResponse, error: unknown, requestId: string): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  // What is left of a refused body is not read: the connection cannot be used again.
  if (error instanceof RequestRefused) {
    if (error.status === 413) res.setHeader('connection', 'close');
    sendJson(res, error.status, refusalBody(error.code, error.message, requestId));
  } else if (error instanceof GatewayError) {
    const isCallersFault = error.code === 'UNAUTHENTICATED';
    sendJson(res, isCallersFault ? 401 : 503, refusalBody(error.code, error.message, requestId));
  } else {
    throw error;
  }
}

function refusalBody(code: string, message: string, requestId?: string) {
  return { errors: [{ message, extensions: { code, ...(requestId !== undefined && { requestId }) } }] };
}

async function sendAnswer(res: ServerResponse, answer: HTTPGraphQLResponse): Promise<void> {
  for (const [name, value] of answer.headers) res.setHeader(name, value);
  res.statusCode = answer.status ?? 200;
  if (answer.body.kind === 'complete') {
    res.end(answer.body.string);
    return;
  }
  for await (const chunk of answer.body.asyncIterator) res.write(chunk);
  res.end();
}

function sendJson(res: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(text);
}

function serveText(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  type: string,
  text: string,
): void {
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.setHeader('allow', 'GET, HEAD');
    sendJson(res, 405, refusalBody('METHOD_NOT_ALLOWED', 'This path is read by GET.'));
    return;
  }
  res.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' }).end(text);
}

/** Tells a browser page of a listed origin that it may ask; others get no header and are stopped by the browser. */
function setCorsHeaders(req: IncomingMessage, res: ServerResponse, origins: readonly string[]): boolean {
  res.setHeader('vary', 'Origin');
  const { origin } = req.headers;
  if (origin === undefined || !origins.includes(origin)) return false;
  res.setHeader('access-control-allow-origin', origin);
  res.setHeader('access-control-allow-methods', 'POST');
  res.setHeader('access-control-max-age', '600');
  const asked = req.headers['access-control-request-headers'];
  if (asked !== undefined) res.setHeader('access-control-allow-headers', asked);
  return true;
}

function headerMap(req: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(req.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

/** A user token of the caller's own; a malformed one is refused when it is used. */
function omnivibeToken(req: IncomingMessage): string | null {
  const token = req.headers['x-omnivibe-token'];
  return typeof token === 'string' && token !== '' ? token : null;
}

function inboundRequestId(req: IncomingMessage): string | null {
  const id = req.headers['x-request-id'];
  return typeof id === 'string' && /^[\w-]{1,64}$/.test(id) ? id : null;
}

function operationName(body: unknown): string {
  if (typeof body !== 'object' || body === null) return 'anonymous';
  const { operationName: given, query } = body as { operationName?: unknown; query?: unknown };
  const name =
    typeof given === 'string'
      ? given
      : typeof query === 'string'
        ? /^\s*query\s+(\w+)/.exec(query)?.[1]
        : undefined;
  return name !== undefined && /^\w{1,64}$/.test(name) ? name : 'anonymous';
}

function isEqualSecret(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
