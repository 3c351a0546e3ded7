// One POST to /graphql, from the first byte to the last: who asks, what is asked, and the operation that answers.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import type { Adapters } from '../adapters/index.js';
import type { Config } from '../config.js';
import type { Caller } from '../domain/access.js';
import { asMindUser, refusedWrite } from '../domain/caller.js';
import { createLinkMemory } from '../domain/link-memory.js';
import { tokenProblem } from '../domain/callers-token.js';
import type { BackendOutcome } from '../domain/outcome.js';
import type { WriteContext } from '../domain/write-profiles.js';
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
import { startObservation, type Observation } from './observation.js';
import { createOperation, type Operation } from './operation.js';
import { assertMethod } from './replies.js';
import { readJsonBody } from './request-body.js';
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
  const isRouterTrusted = createRouterCheck(config.routerSecret, config.isProduction);
  const linkMemory = createLinkMemory();
  const running = new Set<Operation>();
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
    running.add(operation);
    let unread: NodeJS.Timeout | undefined;
    res.once('close', () => {
      clearTimeout(unread);
      running.delete(operation);
      if (!res.writableFinished) operation.abandon();
      operation.end();
      observation.end(res.writableFinished ? res.statusCode : null, operation.bill());
    });
    try {
      await sendAnswer(res, await answerTo(req, res, operation, observation));
      // Whoever does not read it would keep the answer and the connection for ever.
      if (!res.closed) unread = setTimeout(() => res.destroy(), MAX_READING_MS);
    } catch (error) {
      observation.fail(error);
      throw error;
    }
  }

  async function answerTo(
    req: IncomingMessage,
    res: ServerResponse,
    operation: Operation,
    observation: Observation,
  ): Promise<HTTPGraphQLResponse> {
    admission.assertOpen();
    if (isWaitingToBeInvited(req)) res.writeContinue();
    const body = await readJsonBody(req);
    const request = admit(parseGraphQLRequest(body.value), operation.requestId);
    observation.name(operationName(request));
    // From here on, so that whoever sends a body slowly takes no place; and no longer, so that whoever reads slowly keeps none.
    return admission.run(kindOf(request), operation.signal, () =>
      execute(req, operation, request, body.isLarge, observation),
    );
  }

  async function execute(
    req: IncomingMessage,
    operation: Operation,
    request: GraphQLRequest,
    isLarge: boolean,
    observation: Observation,
  ): Promise<HTTPGraphQLResponse> {
    const authenticated = await authenticate(req.headers, operation);
    const { viewer } = authenticated;
    const work = () => executeAs(authenticated, req, operation, request, isLarge, observation);
    if (viewer === null) return work();
    operation.joinLane(viewer.subject);
    const leave = callers.enter(viewer.subject);
    if (leave === null) {
      metrics.countShed('caller');
      const message = 'The caller has half of all operations that run at a time; wait for one of them.';
      throw new GatewayError('OVERLOADED', message, { retryAfterMs: 1_000 });
    }
    return work().finally(leave);
  }

  async function executeAs(
    { caller: proven, viewer, credential }: Authenticated,
    req: IncomingMessage,
    operation: Operation,
    request: GraphQLRequest,
    isLarge: boolean,
    observation: Observation,
  ): Promise<HTTPGraphQLResponse> {
    const { linkRules, versionKey } = config;
    const open = () => adapters.open(operation, { mind: credential, omnivibe: omnivibeToken(req) });
    const { readers } = open();
    const mediaType = mediaTypeFor(req);
    const onSettled = (outcome: BackendOutcome) => {
      metrics.countOutcome(outcome);
    };
    const caller = await asMindUser(
      { readers, linkRules, linkMemory, caller: proven },
      viewer?.account ?? null,
    );
    const run = async <T>(work: (context: WriteContext) => Promise<T>) => {
      const { readers, writers } = open();
      const read = { readers, caller, linkRules, linkMemory };
      const problem = await tokenProblem(read);
      const result =
        problem === null
          ? await work({ read, writers, reopen: () => open().readers, onSettled, versionKey })
          : refusedWrite(problem);
      // What is refused does not wait for what was read for it.
      await operation.settled();
      return result;
    };
    const context: GraphQLContext = {
      read: { readers, caller, linkRules, linkMemory },
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
      onAnswer(type, errors) {
        observation.answer(type, errors);
      },
      bill: maySeeBill(req, caller) ? () => operation.bill() : null,
    };
    const answer = await prepared.answer(request, mediaType, context);
    if (answer !== null) return answer;
    // JSON is all there is, under one of two names. Apollo would find out that another one is wanted after the operation has run.
    const headers = new HeaderMap([
      ['content-type', 'application/json'],
      ['accept', mediaType],
    ]);
    return apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: 'POST', headers, search: '', body: request },
      context: () => Promise.resolve(context),
    });
  }

  function maySeeBill(req: IncomingMessage, caller: Caller): boolean {
    if (!config.isProduction) return true;
    const mayReadAnybody = caller.isTrusted || caller.permissions.has('readAnyUserProfile');
    return req.headers['x-upstream-bill'] === '1' && mayReadAnybody;
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

/** What does not even hold the word is no mutation; the rest gets the benefit of the doubt. */
function kindOf({ query }: GraphQLRequest): OperationKind {
  return query.includes('mutation') ? 'mutation' : 'query';
}

/** A user token of the caller's own; a malformed one is refused when it is used. */
function omnivibeToken(req: IncomingMessage): string | null {
  const token = req.headers['x-omnivibe-token'];
  return typeof token === 'string' && token !== '' ? token : null;
}

/** How long a client may take to read an answer. */
const MAX_READING_MS = 30_000;

const TAKES_GRAPHQL_RESPONSE =
  /(?:^|,)\s*application\/graphql-response\+json\s*(?:,|$|;(?!\s*q=0(?:\.0*)?\s*(?:,|$)))/i;

/** By which of its names an answer in JSON is called: the older one for everybody who does not ask for the newer. */
function mediaTypeFor({ headers: { accept = '' } }: IncomingMessage): string {
  return TAKES_GRAPHQL_RESPONSE.test(accept) ? 'application/graphql-response+json' : 'application/json';
}

const SHORT_TEXT = 8_192;

async function sendAnswer(res: ServerResponse, answer: HTTPGraphQLResponse): Promise<void> {
  for (const [name, value] of answer.headers) res.setHeader(name, value);
  res.statusCode = answer.status ?? 200;
  if (answer.body.kind === 'complete') {
    const text = answer.body.string;
    // Node writes a short text faster as bytes, a long one as it is.
    res.end(text.length < SHORT_TEXT ? Buffer.from(text) : text);
    return;
  }
  for await (const chunk of answer.body.asyncIterator) res.write(chunk);
  res.end();
}
