import type { ReadContext } from '../domain/person.js';

/** How many backend calls an operation has caused. */
export interface UpstreamBill {
  /** Every request that was sent, the authentication check and sweeps included. */
  readonly calls: number;
  readonly byBackend: Readonly<Record<string, number>>;
  /** Reads that another read's call answered too. */
  readonly deduplicated: number;
  readonly retries: number;
}

/** What resolvers get to see of the request. */
export interface GraphQLContext {
  readonly read: ReadContext;
  readonly requestId: string;
  /** Key of version tokens. */
  readonly versionKey: Buffer;
  /** Whether the request comes from the federation router, or from anybody where nothing is kept from strangers. */
  readonly isRouterTrusted: boolean;
  /** Resolves once no backend call of the operation is under way. */
  readonly settled: () => Promise<void>;
  /** Null where the bill is not shown to this caller. */
  readonly bill: (() => UpstreamBill) | null;
}
