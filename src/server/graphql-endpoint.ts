// One POST to /graphql, from the first byte to the last: who asks, what is asked, and the operation that answers.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import type { Adapters } from '../adapters/index.js';
import type { Config } from '../config.js';
import type { Caller } from '../domain/access.js';
import { asMindUser, refusedWrite } from '../domain/caller.js';
import { tokenProblem } from '../domain/callers-token.js';
import type { WriteContext } from '../domain/write-profiles.js';
import type { GraphQLContext } from '../graphql/context.js';
import { createApollo } from './apollo.js';
import { createMindAuthentication, trustEverybody, type Authenticate } from './authenticate.js';
import { createJwtAuthentication } from './authenticate-jwt.js';
import { isPreflight, setCorsHeaders } from './cors.js';
import { createDocumentGate } from './document-gate.js';
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
  const authenticate = createAuthentication(options);
  const admit = createDocumentGate({ trusted: config.trustedDocuments, logger });
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
    const body = await readJsonBody(req);
    const request = admit(parseGraphQLRequest(body.value), requestId);
    name = operationName(request);
    await sendAnswer(res, await execute(req, operation, request, body.isLarge));
  }

  async function execute(
    req: IncomingMessage,
    operation: Operation,
    request: GraphQLRequest,
    isLarge: boolean,
  ): Promise<HTTPGraphQLResponse> {
    const { caller: proven, viewer, credential } = await authenticate(req.headers, operation);
    const { linkRules, versionKey } = config;
    const open = () => adapters.open(operation, { mind: credential, omnivibe: omnivibeToken(req) });
    const { readers } = open();
    const caller = await asMindUser({ readers, linkRules, caller: proven }, viewer?.account ?? null);
    const run = async <T>(work: (context: WriteContext) => Promise<T>) => {
      const { readers, writers } = open();
      const read = { readers, caller, linkRules };
      const problem = await tokenProblem(read);
      const result =
        problem === null
          ? await work({ read, writers, reopen: () => open().readers, versionKey })
          : refusedWrite(problem);
      // What is refused does not wait for what was read for it.
      await operation.settled();
      return result;
    };
    const context: GraphQLContext = {
      read: { readers, caller, linkRules },
      viewer,
      requestId: operation.requestId,
      isLarge,
      versionKey,
      plan: run,
      write(extent, work) {
        operation.extendTo(extent === 'many' ? config.bulkTimeoutMs : 2 * config.requestTimeoutMs);
        return operation.unbudgeted(() => run(work));
      },
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

function createAuthentication({ config, adapters, logger }: GraphQLEndpointOptions): Authenticate {
  switch (config.auth) {
    case 'none':
      return trustEverybody;
    case 'jwt':
      if (config.jwt === null) throw new TypeError('AUTH=jwt needs its settings');
      return createJwtAuthentication({
        ...config.jwt,
        timeoutMs: config.upstreamTimeoutMs,
        report: (err) => {
          logger.warn({ err }, 'nobody can be let in: the keys that tokens are checked with are of no use');
        },
      });
    case 'mind':
      if (adapters.mind === null) throw new TypeError('AUTH=mind needs Mind');
      return createMindAuthentication(adapters.mind);
  }
}

/** A user token of the caller's own; a malformed one is refused when it is used. */
function omnivibeToken(req: IncomingMessage): string | null {
  const token = req.headers['x-omnivibe-token'];
  return typeof token === 'string' && token !== '' ? token : null;
}

const TAKES_GRAPHQL_RESPONSE =
  /(?:^|,)\s*application\/graphql-response\+json\s*(?:,|$|;(?!\s*q=0(?:\.0*)?\s*(?:,|$)))/i;

function headerMap(req: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(req.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  // JSON is all there is, under one of two names. Apollo would find out that another one is wanted after the operation has run.
  const isGraphQLResponse = TAKES_GRAPHQL_RESPONSE.test(headers.get('accept') ?? '');
  if (isGraphQLResponse) headers.set('accept', 'application/graphql-response+json');
  else headers.delete('accept');
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
