// One POST to /graphql, from the first byte to the last: who asks, what is asked, and the operation that answers.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import type { Adapters } from '../adapters/index.js';
import type { Config } from '../config.js';
import type { Caller } from '../domain/access.js';
import type { GraphQLContext } from '../graphql/context.js';
import { createApollo } from './apollo.js';
import { createMindAuthentication, trustEverybody, type Authenticate } from './authenticate.js';
import { isPreflight, setCorsHeaders } from './cors.js';
import { operationName, parseGraphQLRequest, type GraphQLRequest } from './graphql-request.js';
import { logCall, type Logger } from './logging.js';
import { createOperation, type Operation } from './operation.js';
import { assertMethod } from './replies.js';
import { readJsonBody } from './request-body.js';
import { createRouterCheck } from './router-secret.js';

export interface GraphQLEndpoint {
  /** Throws RequestRefused or GatewayError for a request that fails as a whole. */
  serve(req: IncomingMessage, res: ServerResponse, requestId: string): Promise<void>;
  close(): Promise<void>;
}

export interface GraphQLEndpointOptions {
  readonly config: Config;
  readonly adapters: Adapters;
  readonly logger: Logger;
}

export async function startGraphQLEndpoint(options: GraphQLEndpointOptions): Promise<GraphQLEndpoint> {
  const { config, adapters, logger } = options;
  const apollo = createApollo({ isExplorerOn: config.isExplorerOn, logger });
  await apollo.start();
  const authenticate = createAuthentication(config, adapters);
  const isRouterTrusted = createRouterCheck(config.routerSecret, config.isProduction);

  async function serve(req: IncomingMessage, res: ServerResponse, requestId: string): Promise<void> {
    const isListedOrigin = setCorsHeaders(req, res, config.corsOrigins);
    if (isListedOrigin && isPreflight(req)) {
      res.writeHead(204).end();
      return;
    }
    assertMethod(req, res, ['POST']);
    let name = 'anonymous';
    const operation = createOperation({
      requestId,
      timeoutMs: config.requestTimeoutMs,
      budget: config.upstreamBudget,
      onCall: (call) => {
        logCall(logger, requestId, name, call);
      },
    });
    res.once('close', () => {
      if (!res.writableFinished) operation.abandon();
      operation.end();
    });
    const request = parseGraphQLRequest(await readJsonBody(req));
    name = operationName(request);
    await sendAnswer(res, await execute(req, operation, request));
  }

  async function execute(
    req: IncomingMessage,
    operation: Operation,
    request: GraphQLRequest,
  ): Promise<HTTPGraphQLResponse> {
    const { caller, credential } = await authenticate(req.headers, operation);
    const context: GraphQLContext = {
      read: {
        readers: adapters.open(operation, { mind: credential, omnivibe: omnivibeToken(req) }),
        caller,
        linkRules: config.linkRules,
      },
      requestId: operation.requestId,
      versionKey: config.versionKey,
      isRouterTrusted: isRouterTrusted(req),
      settled: () => operation.settled(),
      bill: maySeeBill(req, caller) ? () => operation.bill() : null,
    };
    return apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: 'POST', headers: headerMap(req), search: '', body: request },
      context: () => Promise.resolve(context),
    });
  }

  function maySeeBill(req: IncomingMessage, caller: Caller): boolean {
    if (!config.isProduction) return true;
    const mayReadAnybody = caller.isTrusted || caller.permissions.has('readAnyUserProfile');
    return req.headers['x-upstream-bill'] === '1' && mayReadAnybody;
  }

  return { serve, close: () => apollo.stop() };
}

function createAuthentication({ auth }: Config, { mind }: Adapters): Authenticate {
  if (auth === 'none') return trustEverybody;
  if (mind === null) throw new TypeError('AUTH=mind needs Mind');
  return createMindAuthentication(mind);
}

/** A user token of the caller's own; a malformed one is refused when it is used. */
function omnivibeToken(req: IncomingMessage): string | null {
  const token = req.headers['x-omnivibe-token'];
  return typeof token === 'string' && token !== '' ? token : null;
}

const TAKES_JSON = /\*\/\*|application\/(\*|json|graphql-response\+json)/i;

function headerMap(req: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(req.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  // JSON is all there is. Apollo would find that out after the operation has run, and throw its answer away.
  if (!TAKES_JSON.test(headers.get('accept') ?? '')) headers.delete('accept');
  return headers;
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
