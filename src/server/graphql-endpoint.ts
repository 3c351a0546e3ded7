// One POST to /graphql, from the first byte to the last: who asks, what is asked, and the operation that answers.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import { HeaderMap } from '@apollo/server';
import type { Adapters } from '../adapters/index.js';
import type { Config } from '../config.js';
import { createLinkMemory } from '../domain/link-memory.js';
import { GatewayError } from '../errors.js';
import type { GraphQLContext } from '../graphql/context.js';
import type { Admission, OperationKind } from './admission.js';
import { createGraphQLServer } from './apollo.js';
import {
  createMindAuthentication,
  trustEverybody,
  type Authenticate,
  type Authenticated,
} from './authenticate.js';
import { createJwtAuthentication } from './authenticate-jwt.js';
import { createCallerLimit } from './caller-limit.js';
import { isPreflight, setCorsHeaders } from './cors.js';
import { createDocumentGate } from './document-gate.js';
import { operationName, parseGraphQLRequest, type GraphQLRequest } from './graphql-request.js';
import { isWaitingToBeInvited } from './http-server.js';
import type { Logger } from './logging.js';
import type { Metrics } from './metrics.js';
import { startObservation } from './observation.js';
import { createOperation, type Operation } from './operation.js';
import { assertMethod } from './replies.js';
import { readJsonBody } from './request-body.js';
import { createRequestContext, type RequestFacts, type Surroundings } from './request-context.js';
import { createRouterCheck } from './router-secret.js';
import { startTracing } from './tracing.js';

export interface GraphQLEndpoint {
  /** Throws RequestRefused or GatewayError for a request that fails as a whole. */
  serve(req: IncomingMessage, res: ServerResponse, requestId: string): Promise<void>;
  /** Makes the operations under way come to an end within a second. */
  hurry(): void;
  close(): Promise<void>;
}

export interface GraphQLEndpointOptions {
  readonly config: Config;
  readonly adapters: Adapters;
  readonly logger: Logger;
  readonly admission: Admission;
  readonly metrics: Metrics;
}

export async function startGraphQLEndpoint(options: GraphQLEndpointOptions): Promise<GraphQLEndpoint> {
  const { config, adapters, logger, admission, metrics } = options;
  const { apollo, prepared } = createGraphQLServer({
    isExplorerOn: config.isExplorerOn,
    logger,
    onMutationShed: () => {
      metrics.countShed('mutations');
    },
  });
  await apollo.start();
  const tracing = await startTracing(config, logger);
  const authenticate = createAuthentication(options);
  const admit = createDocumentGate({ trusted: config.trustedDocuments, logger });
  const surroundings: Surroundings = {
    config,
    adapters,
    linkMemory: createLinkMemory(),
    isRouterTrusted: createRouterCheck(config.routerSecret, config.isProduction),
    onSettled: (outcome) => {
      metrics.countOutcome(outcome);
    },
  };
  const running: Operation[] = [];
  const callers = createCallerLimit(Math.ceil(config.maxOperations / 2));

  async function serve(req: IncomingMessage, res: ServerResponse, requestId: string): Promise<void> {
    const isListedOrigin = setCorsHeaders(req, res, config.corsOrigins);
    if (isListedOrigin && isPreflight(req)) {
      res.writeHead(204).end();
      return;
    }
    assertMethod(req, res, ['POST']);
    const span = tracing.startOperation(req.headers, requestId);
    const observation = startObservation({ requestId, span, metrics, logger });
    const operation = createOperation({
      requestId,
      timeoutMs: config.requestTimeoutMs,
      budget: config.upstreamBudget,
      onCall: (call) => {
        observation.countCall(call);
      },
      onRefusal: (backend, kind, reason) => {
        observation.countRefusal(backend, kind, reason);
      },
      trace: observation.context,
    });
    running.push(operation);
    let unread: NodeJS.Timeout | undefined;
    res.once('close', () => {
      clearTimeout(unread);
      leave(running, operation);
      if (!res.writableFinished) operation.abandon();
      operation.end();
      observation.end(res.writableFinished ? res.statusCode : null, operation.bill());
    });
    try {
      admission.assertOpen();
      if (isWaitingToBeInvited(req)) res.writeContinue();
      const body = await readJsonBody(req);
      const request = admit(parseGraphQLRequest(body.value), requestId);
      observation.name(operationName(request));
      // From here on, so that whoever sends a body slowly takes no place; and no longer, so that whoever reads slowly keeps none.
      const answer = await admission.run(kindOf(request), operation.signal, () =>
        answerTo(request, { req, operation, observation, isLarge: body.isLarge }),
      );
      // So that the answers of one turn leave together: each on its own wakes whoever reads, which costs more than the writing.
      await endOfTurn();
      sendAnswer(res, answer);
      // What has not left yet waits for whoever has asked: who does not read it would keep the answer and the connection for ever.
      if (!res.closed && res.writableLength > 0) unread = setTimeout(() => res.destroy(), MAX_READING_MS);
    } catch (error) {
      observation.fail(error);
      throw error;
    }
  }

  async function answerTo(request: GraphQLRequest, facts: RequestFacts): Promise<Answer> {
    const { req, operation } = facts;
    const authenticated = await authenticate(req.headers, operation);
    const leave = enter(authenticated, operation);
    try {
      const context = await createRequestContext(surroundings, facts, authenticated);
      const mediaType = mediaTypeFor(req);
      const text = await prepared.answer(request, context);
      if (text !== null)
        return { status: 200, headers: [['content-type', `${mediaType}; charset=utf-8`]], text };
      return await answerByApollo(request, mediaType, context);
    } finally {
      leave?.();
    }
  }

  /** Counts the operation towards its caller's share, where callers are known. */
  function enter({ viewer }: Authenticated, operation: Operation): (() => void) | null {
    if (viewer === null) return null;
    operation.joinLane(viewer.subject);
    const leave = callers.enter(viewer.subject);
    if (leave !== null) return leave;
    metrics.countShed('caller');
    const message = 'The caller has half of all operations that run at a time; wait for one of them.';
    throw new GatewayError('OVERLOADED', message, { retryAfterMs: 1_000 });
  }

  async function answerByApollo(
    request: GraphQLRequest,
    mediaType: string,
    context: GraphQLContext,
  ): Promise<Answer> {
    // JSON is all there is, under one of two names. Apollo would find out that another one is wanted after the operation has run.
    const asked = new HeaderMap([
      ['content-type', 'application/json'],
      ['accept', mediaType],
    ]);
    const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: 'POST', headers: asked, search: '', body: request },
      context: () => Promise.resolve(context),
    });
    const text = body.kind === 'complete' ? body.string : await textOf(body.asyncIterator);
    return { status: status ?? 200, headers, text };
  }

  return {
    serve,
    hurry() {
      for (const operation of running) operation.hurry();
    },
    async close() {
      await apollo.stop();
      await tracing.close();
    },
  };
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

/**
 * Operations come and go in an array: V8 lays a Set out anew every few of them, each layout holds on to the one that follows, and dead ones
 * in the old generation so keep every request until a full collection.
 */
function leave(running: Operation[], operation: Operation): void {
  const place = running.indexOf(operation);
  const last = running.pop();
  if (last !== undefined && last !== operation) running[place] = last;
}

/** What does not even hold the word is no mutation; the rest gets the benefit of the doubt. */
function kindOf({ query }: GraphQLRequest): OperationKind {
  return query.includes('mutation') ? 'mutation' : 'query';
}

/** How long a client may take to read an answer. */
const MAX_READING_MS = 30_000;

const TAKES_GRAPHQL_RESPONSE =
  /(?:^|,)\s*application\/graphql-response\+json\s*(?:,|$|;(?!\s*q=0(?:\.0*)?\s*(?:,|$)))/i;

/** By which of its names an answer in JSON is called: the older one for everybody who does not ask for the newer. */
function mediaTypeFor({ headers: { accept = '' } }: IncomingMessage): string {
  return TAKES_GRAPHQL_RESPONSE.test(accept) ? 'application/graphql-response+json' : 'application/json';
}

interface Answer {
  readonly status: number;
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly text: string;
}

function sendAnswer(res: ServerResponse, { status, headers, text }: Answer): void {
  for (const [name, value] of headers) res.setHeader(name, value);
  res.statusCode = status;
  // Given a text, Node makes another one of it with the head in front, as long again.
  res.end(Buffer.from(text));
}
