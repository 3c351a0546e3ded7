// What the domain needs of a backend. The adapters satisfy these types; the domain never sees an adapter.
import type {
  AccountOf,
  AccountRef,
  Backend,
  DeskSettings,
  DeskStatus,
  DeskView,
  JsonObject,
  OmnivibeDepth,
} from './profile.js';

/** What the index of a backend remembers of an account: its id, its address and whether it may be linked by it. */
export interface KnownAccount extends AccountRef {
  readonly email: string | null;
  /** Null counts as active: the backend does not tell. */
  readonly active: boolean | null;
  /** False keeps the account from being linked by its address. */
  readonly isConfirmed: boolean;
  /** Identifier in a system of the customer's own. */
  readonly externalId: string | null;
  /** False for a program's account. */
  readonly isPerson: boolean;
}

export interface DirectoryFilter {
  readonly query: string | null;
  readonly teamIds: readonly number[] | null;
  readonly onlineOnly: boolean;
  readonly kind: 'USERS' | 'ALL' | 'VENDOR' | 'SERVICE_WORKERS' | null;
}

export interface PageRequest {
  readonly offset: number;
  readonly limit: number;
  readonly filter: DirectoryFilter;
}

/** The accounts of a page are not read again by `accountById`; one whose rows contradict each other fails there. */
export interface DirectoryPage {
  readonly ids: readonly string[];
  readonly hasMore: boolean;
  /** Null where the backend does not count. */
  readonly totalCount: number | null;
}

/**
 * Reads one backend for one operation and one caller. Identical reads of one operation are made once.
 * Everything throws GatewayError when the backend fails; null and [] mean that the backend answered so.
 */
export interface BackendReader<B extends Backend> {
  /** Whose credential the reads use. The gateway's own one is used only after a decision, see access.ts. */
  readonly credential: 'caller' | 'gateway';
  /** Who has this address, compared normalised. Warm: no call; cold: one sweep of the backend. */
  accountsByEmail(email: string): Promise<readonly KnownAccount[]>;
  /** Who carries this external id; costs as `accountsByEmail`. Backends without such an id answer []. */
  accountsByExternalId(externalId: string): Promise<readonly KnownAccount[]>;
  /** As `accountsByEmail`, but asked of the backend now; costs one search. */
  searchByEmail(email: string): Promise<readonly KnownAccount[]>;
  /** What is remembered of an id. Warm: no call; cold: one sweep of the backend. */
  knownById(id: string): Promise<KnownAccount | null>;
  /** The account as it is now, batched with the operation's other reads. `depth` matters to omnivibe only. */
  accountById(id: string, depth?: OmnivibeDepth): Promise<AccountOf[B] | null>;
  /** One page of the directory. */
  listAccounts(page: PageRequest): Promise<DirectoryPage>;
}

export interface MindReader extends BackendReader<'mind'> {
  /** Client-defined data; one call a person. */
  rawData(id: string): Promise<JsonObject | null>;
  /** Names of the superset roles open to the person; one call a person. */
  supersetRoles(id: string): Promise<readonly string[] | null>;
}

export interface OmnivibeReader extends BackendReader<'omnivibe'> {
  /** Whose token the caller sent along; null without one. One call. */
  callersAccount(): Promise<AccountRef | null>;
  /** Whether a token of this user is at hand, the caller's own or one held by the gateway. */
  holdsTokenOf(id: string): Promise<boolean>;
}

export interface V2Reader extends BackendReader<'v2'> {
  /** One call a person. */
  deskSettings(id: string): Promise<DeskSettings | null>;
  /** One call a person and query. */
  deskViews(id: string, query: string | null, limit: number): Promise<readonly DeskView[]>;
  /** The configured catalogue; no call. */
  readonly deskStatuses: readonly DeskStatus[];
}

/** The backends that take part, opened for one operation; a disabled one is null. */
export interface Readers {
  readonly mind: MindReader | null;
  readonly omnivibe: OmnivibeReader | null;
  readonly v2: V2Reader | null;
}

/** Which filters a directory can apply; others are refused before any call. */
export const DIRECTORY_FILTERS: Readonly<Record<Backend, readonly (keyof DirectoryFilter)[]>> = {
  mind: ['query', 'teamIds', 'onlineOnly', 'kind'],
  v2: ['query'],
  omnivibe: [],
};
