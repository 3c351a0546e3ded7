import { composeServices } from '@apollo/composition';
import {
  ApolloGateway,
  RemoteGraphQLDataSource,
  type GraphQLDataSourceProcessOptions,
} from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { toServices } from './composition.js';
import { FORWARDED_HEADERS, SUBGRAPH, type RouterKind } from './router.js';

interface Context {
  /** Left out where the router asks for itself. */
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
}

/** Apollo Gateway, Apollo's router that runs on Node, with the composer of Rover and GraphOS. */
export const APOLLO: RouterKind = {
  compose(subgraphs) {
    const { supergraphSdl, errors = [], hints = [] } = composeServices(toServices(subgraphs));
    return { supergraph: supergraphSdl ?? null, errors: errors.map(String), hints: hints.map(String) };
  },

  async start({ supergraph, routerSecret, port = 0 }) {
    class Profiles extends RemoteGraphQLDataSource<Context> {
      override willSendRequest({ request, context }: GraphQLDataSourceProcessOptions<Context>) {
        const { headers = {} } = context as Context;
        for (const name of FORWARDED_HEADERS) {
          const value = headers[name];
          if (value !== undefined) request.http?.headers.set(name, String(value));
        }
        request.http?.headers.set('x-router-secret', routerSecret);
      }
    }
    // It would tell Apollo of the machine that it runs on.
    process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
    const gateway = new ApolloGateway({
      supergraphSdl: supergraph,
      buildService: ({ name, url = '' }) =>
        name === SUBGRAPH ? new Profiles({ url }) : new RemoteGraphQLDataSource({ url }),
    });
    const server = new ApolloServer<Context>({
      gateway,
      includeStacktraceInErrorResponses: false,
      stopOnTerminationSignals: false,
    });
    const { url } = await startStandaloneServer(server, {
      listen: { host: '127.0.0.1', port },
      context: ({ req }) => Promise.resolve({ headers: req.headers }),
    });
    return { url, close: () => server.stop() };
  },
};
