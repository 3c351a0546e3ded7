// The listener, its routes, and its end. What a GraphQL request is and does stands in graphql-endpoint.ts.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Adapters } from '../adapters/index.js';
import type { Config } from '../config.js';
import { OVERLOAD_LIMITS, startAdmission, type OverloadLimits } from './admission.js';
import { createExplorer } from './explorer.js';
import { startGraphQLEndpoint } from './graphql-endpoint.js';
import { CONNECTION_LIMITS, createHttpServer, type ConnectionLimits } from './http-server.js';
import { LANDING_PAGE } from './landing-page.js';
import { listen } from './listen.js';
import { createMetrics } from './metrics.js';
import { logCircuits, type Logger } from './logging.js';
import { refuse, RequestRefused, sendText } from './replies.js';

export interface Gateway {
  /** E.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /**
   * Says at /readyz that it is going, and serves on for `lameDuckMs`; then stops listening and lets requests under way finish.
   * What is not done in time is cut short, so that it answers.
   */
  close(lameDuckMs?: number): Promise<void>;
}

export interface GatewayOptions {
  readonly config: Config;
  readonly adapters: Adapters;
  readonly logger: Logger;
  /** Left out: as `CONNECTION_LIMITS`. */
  readonly limits?: Partial<ConnectionLimits>;
  /** Left out: as `OVERLOAD_LIMITS`. */
  readonly overload?: Partial<OverloadLimits>;
}

/** What is left to operations that are cut short, to find out what they have done and to say it. */
const LAST_WORDS_MS = 1_500;

/** Throws ListenError when the address cannot be had. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, adapters, logger, limits, overload } = options;
  const { upstreams } = adapters;
  const metrics = createMetrics({
    logger,
    upstreams,
    load: () => ({ inFlight: admission.inFlight, waiting: admission.waiting, connections: http.connections }),
  });
  logCircuits(logger, upstreams);
  const admission = startAdmission({
    maxInFlight: config.maxOperations,
    limits: { ...OVERLOAD_LIMITS, ...overload },
    onShed: (reason) => {
      metrics.countShed(reason);
    },
  });
  const endpoint = await startGraphQLEndpoint({ config, adapters, logger, admission, metrics });
  const serveExplorer = createExplorer();
  let isDraining = false;

  const http = createHttpServer({ ...CONNECTION_LIMITS, ...limits }, (req, res) => {
    const requestId = inboundRequestId(req) ?? randomUUID();
    res.setHeader('x-request-id', requestId);
    route(req, res, requestId).catch((error: unknown) => {
      const isFault = refuse(res, error, requestId);
      if (isFault)
        logger.error({ err: error, requestId }, 'a request failed for a reason of the gateway itself');
    });
  });

  async function route(req: IncomingMessage, res: ServerResponse, requestId: string): Promise<void> {
    const path = (req.url ?? '/').split('?')[0] ?? '/';
    if (path === '/graphql') await endpoint.serve(req, res, requestId);
    else if (path === '/livez') sendText(req, res, 200, 'text/plain', 'alive\n');
    else if (path === '/readyz') serveReadiness(req, res);
    else if (path === '/metrics') await serveMetrics(req, res);
    else if (path === '/' && config.isExplorerOn) sendText(req, res, 200, 'text/html', LANDING_PAGE);
    else if (path === '/explorer' && config.isExplorerOn) await serveExplorer(req, res);
    else
      throw new RequestRefused(
        404,
        'BAD_REQUEST',
        'There is nothing at this path; GraphQL is served at /graphql.',
      );
  }

  function serveReadiness(req: IncomingMessage, res: ServerResponse): void {
    const status = isDraining ? 503 : 200;
    const detail = {
      status: isDraining ? 'draining' : 'ready',
      operations: { inFlight: admission.inFlight, waiting: admission.waiting },
      upstreams: Object.fromEntries(
        upstreams.map((each) => [
          each.name,
          { read: each.condition('read'), write: each.condition('write') },
        ]),
      ),
      contractDrift: metrics.drifts,
    };
    sendText(req, res, status, 'application/json', `${JSON.stringify(detail, null, 2)}\n`);
  }

  async function serveMetrics(req: IncomingMessage, res: ServerResponse): Promise<void> {
    sendText(req, res, 200, 'text/plain; version=0.0.4', await metrics.read());
  }

  return {
    url: await listen(http.server, config.host, config.port),
    async close(lameDuckMs = 0) {
      isDraining = true;
      http.announceEnd();
      if (lameDuckMs > 0) {
        logger.info(`stopping: not ready any more, still serving for ${lameDuckMs} ms`);
        await wait(lameDuckMs);
      }
      logger.info(`stopping: taking nothing new, operations under way: ${admission.inFlight}`);
      const hurry = setTimeout(() => {
        logger.warn(`stopping: cutting operations short, still under way: ${admission.inFlight}`);
        endpoint.hurry();
      }, config.drainTimeoutMs);
      const cut = setTimeout(() => {
        http.server.closeAllConnections();
      }, config.drainTimeoutMs + LAST_WORDS_MS);
      await http.end();
      clearTimeout(hurry);
      clearTimeout(cut);
      admission.close();
      metrics.close();
      await endpoint.close();
      await adapters.close();
    },
  };
}

function inboundRequestId(req: IncomingMessage): string | null {
  const id = req.headers['x-request-id'];
  return typeof id === 'string' && /^[\w-]{1,64}$/.test(id) ? id : null;
}
