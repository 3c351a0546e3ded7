import { composeServices } from '@theguild/federation-composition';
import { toServices } from './composition.js';
import { startHiveRuntime } from './hive-runtime.mjs';
import { FORWARDED_HEADERS, SUBGRAPH, type RouterKind } from './router.js';

/** Hive Gateway. Its composer gives no hints. */
export const HIVE: RouterKind = {
  compose(subgraphs) {
    const { supergraphSdl, errors = [] } = composeServices(toServices(subgraphs));
    return { supergraph: supergraphSdl ?? null, errors: errors.map(({ message }) => message), hints: [] };
  },

  start({ supergraph, routerSecret, port }) {
    const propagateHeaders = {
      fromClientToSubgraphs({ request, subgraphName }: { request: Request; subgraphName: string }) {
        if (subgraphName !== SUBGRAPH) return {};
        const forwarded = FORWARDED_HEADERS.map((name) => [name, request.headers.get(name)] as const);
        return { ...Object.fromEntries(forwarded), 'x-router-secret': routerSecret };
      },
    };
    return startHiveRuntime({ supergraph, propagateHeaders }, port);
  },
};
