import type { GraphQLFormattedError, OperationTypeNode } from 'graphql';
import type { RefusedWrite } from '../domain/caller.js';
import type { ReadContext } from '../domain/person.js';
import type { AccountRef } from '../domain/profile.js';
import type { WriteContext } from '../domain/write-profiles.js';

/** How many backend calls an operation has caused. */
export interface UpstreamBill {
  /** Every request that was sent, the authentication check and sweeps included. */
  readonly calls: number;
  readonly byBackend: Readonly<Record<string, number>>;
  /** Reads that another read's call answered too. */
  readonly deduplicated: number;
  readonly retries: number;
}

/** Who has proven themselves. */
export interface Viewer {
  readonly subject: string;
  /** An account of their own; null where none is known. */
  readonly account: AccountRef | null;
}

/** What resolvers get to see of the request. */
export interface GraphQLContext {
  readonly read: ReadContext;
  /** Null where nobody has to prove themselves. */
  readonly viewer: Viewer | null;
  readonly requestId: string;
  /** Whether the request is so large that only a mutation may be. */
  readonly isLarge: boolean;
  /** Key of version tokens. */
  readonly versionKey: Buffer;
  /** Plans a write; its reads are like any others. */
  readonly plan: <T>(work: (context: WriteContext) => Promise<T>) => Promise<T | RefusedWrite>;
  /** Writes one person or many: in the time that this may take, and with calls that the number of people bounds. */
  readonly write: <T>(
    extent: 'one' | 'many',
    work: (context: WriteContext) => Promise<T>,
  ) => Promise<T | RefusedWrite>;
  /** Whether the request comes from the federation router, or from anybody where nothing is kept from strangers. */
  readonly isRouterTrusted: boolean;
  /** Resolves once no backend call of the operation is under way. */
  settled(): Promise<void>;
  /** Told of each answer before it is sent; the type is null where the document holds no operation that could be run. */
  onAnswer(type: OperationTypeNode | null, errors: readonly GraphQLFormattedError[]): void;
  /** Null where it is not shown to this caller. */
  bill(): UpstreamBill | null;
}
