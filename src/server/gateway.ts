// The listener, its routes, and its end. What a GraphQL request is and does stands in graphql-endpoint.ts.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Adapters } from '../adapters/index.js';
import type { Config } from '../config.js';
import { startGraphQLEndpoint } from './graphql-endpoint.js';
import { CONNECTION_LIMITS, createHttpServer, type ConnectionLimits } from './http-server.js';
import { LANDING_PAGE } from './landing-page.js';
import { listen } from './listen.js';
import { createMetrics } from './metrics.js';
import type { Logger } from './logging.js';
import { refuse, RequestRefused, sendText } from './replies.js';

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
  /** Left out: as `CONNECTION_LIMITS`. */
  readonly limits?: Partial<ConnectionLimits>;
}

/** Throws ListenError when the address cannot be had. */
export async function startGateway({ config, adapters, logger, limits }: GatewayOptions): Promise<Gateway> {
  const endpoint = await startGraphQLEndpoint({ config, adapters, logger });
  const metrics = createMetrics(logger);
  let isDraining = false;

  const server = createHttpServer({ ...CONNECTION_LIMITS, ...limits }, (req, res) => {
    const requestId = inboundRequestId(req) ?? randomUUID();
    res.setHeader('x-request-id', requestId);
    res.once('close', () => {
      if (isDraining) server.closeIdleConnections();
    });
    route(req, res, requestId).catch((error: unknown) => {
      const isFault = refuse(res, error, requestId);
      if (isFault)
        logger.error({ err: error, requestId }, 'a request failed for a reason of the gateway itself');
    });
  });

  async function route(req: IncomingMessage, res: ServerResponse, requestId: string): Promise<void> {
    const path = (req.url ?? '/').split('?')[0] ?? '/';
    if (isDraining) res.setHeader('connection', 'close');
    if (path === '/graphql') await endpoint.serve(req, res, requestId);
    else if (path === '/livez') sendText(req, res, 200, 'text/plain', 'alive\n');
    else if (path === '/readyz') serveReadiness(req, res);
    else if (path === '/metrics') await serveMetrics(req, res);
    else if (path === '/' && config.isExplorerOn) sendText(req, res, 200, 'text/html', LANDING_PAGE);
    else
      throw new RequestRefused(
        404,
        'BAD_REQUEST',
        'There is nothing at this path; GraphQL is served at /graphql.',
      );
  }

  function serveReadiness(req: IncomingMessage, res: ServerResponse): void {
    if (isDraining) sendText(req, res, 503, 'text/plain', 'draining\n');
    else sendText(req, res, 200, 'text/plain', 'ready\n');
  }

  async function serveMetrics(req: IncomingMessage, res: ServerResponse): Promise<void> {
    sendText(req, res, 200, 'text/plain; version=0.0.4', await metrics.read());
  }

  return {
    url: await listen(server, config.host, config.port),
    async close() {
      isDraining = true;
      const closed = once(server, 'close');
      server.close();
      const force = setTimeout(() => {
        server.closeAllConnections();
      }, config.drainTimeoutMs);
      await closed;
      clearTimeout(force);
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
