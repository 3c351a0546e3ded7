import type { Router } from './router.js';

/** What is used here of Hive Gateway's configuration. */
export interface HiveConfig {
  /** The SDL. */
  readonly supergraph: string;
  readonly propagateHeaders: {
    fromClientToSubgraphs(payload: {
      readonly request: Request;
      readonly subgraphName: string;
    }): Readonly<Record<string, string | null>>;
  };
}

/** Starts a router on a loopback address; port 0 is any free one. */
export function startHiveRuntime(config: HiveConfig, port?: number): Promise<Router>;
