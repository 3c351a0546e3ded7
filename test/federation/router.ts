// What both routers have in common: a supergraph, and what they hand on to this gateway.
import type { Compose } from './composition.js';

export interface Router {
  /** Where clients ask it. */
  readonly url: string;
  close(): Promise<void>;
}

export interface RouterOptions {
  readonly supergraph: string;
  /** Proves the router to this gateway; no other subgraph gets it. */
  readonly routerSecret: string;
  /** Left out: any free one. */
  readonly port?: number;
}

/** A router with the composer that its supergraphs come from. */
export interface RouterKind {
  readonly compose: Compose;
  /** Listens on a loopback address. */
  start(options: RouterOptions): Promise<Router>;
}

/** What this gateway is called in a supergraph. */
export const SUBGRAPH = 'profiles';

/** Of a client's request, what goes on to this gateway; no other subgraph gets what a caller proves themselves with. */
export const FORWARDED_HEADERS = [
  'authorization',
  'cookie',
  'x-omnivibe-token',
  'x-request-id',
  'x-upstream-bill',
  'traceparent',
  'tracestate',
];
