// What the domain needs of a backend. The adapters satisfy these types; the domain never sees an adapter.
import type { Eventual } from './eventual.js';
import type { FieldPath } from './ownership.js';
import type {
  AccountOf,
  AccountRef,
  Backend,
  DeskSettings,
  DeskStatus,
  DeskView,
  JsonObject,
  JsonValue,
  MindAccount,
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
  /** Whose credential has seen what the index remembers. */
  readonly indexCredential: 'caller' | 'gateway';
  /** Who has this address, compared normalised. Warm: no call; cold: one sweep of the backend. */
  accountsByEmail(email: string): Promise<readonly KnownAccount[]>;
  /** Who carries this external id; costs as `accountsByEmail`. Backends without such an id answer []. */
  accountsByExternalId(externalId: string): Promise<readonly KnownAccount[]>;
  /** As `accountsByEmail`, but asked of the backend now; costs one search. */
  searchByEmail(email: string): Promise<readonly KnownAccount[]>;
  /** Changes with what is remembered; null while nothing is, or not of everybody. */
  indexStamp(): symbol | null;
  /** What is remembered of an id. Warm: no call; cold: one sweep of the backend. */
  knownById(id: string): Promise<KnownAccount | null>;
  /**
   * The account as it is now, batched with the operation's other reads; at once if it has been read before, and what failed then is
   * thrown at once, too. `depth` matters to omnivibe only.
   */
  accountById(id: string, depth?: OmnivibeDepth): Eventual<AccountOf[B] | null>;
  /** Reads these accounts, so that `accountById` has them at hand; it says then what failed. */
  readAhead(ids: readonly string[], depth: OmnivibeDepth): Promise<void>;
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
  /** Whether the caller sent a token along. */
  readonly hasCallersToken: boolean;
  /** Whose token the caller sent along; null without one. One call. */
  callersAccount(): Promise<AccountRef | null>;
  /** Whether a token of this user is at hand, the caller's own or one held by the gateway. */
  holdsTokenOf(id: string): Promise<boolean>;
  /** Whether somebody is certainly found by their address; without the agent list, only who has a token is. */
  readonly canSearch: boolean;
  /** Whether, with the credentials of this gateway, only the person's own token writes the field. */
  needsOwnToken(field: FieldPath | 'password'): boolean;
}

export interface V2Reader extends BackendReader<'v2'> {
  /**
   * Starts reading everybody, where a page of so many people is going to be read that way and one call will do. What it answers
   * gives that up, for when there turns out to be nobody to read.
   */
  expectPeople(count: number): () => void;
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

export type { Eventual } from './eventual.js';
export type { FieldPath } from './ownership.js';

/** A write that has not happened yet: what is told of it beforehand, and how it is sent. */
export interface WriteCall {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the backend's URL, ids filled in, e.g. `/profile/42`. */
  readonly path: string;
  /** As it goes over the wire, a form as an object of texts; secrets as "[redacted]". */
  readonly body: JsonValue;
  /** Names of the fields that it writes. */
  readonly fields: readonly string[];
  /** Those of them that the backend shows only after something else has happened, such as a confirmation. */
  readonly unshown?: readonly string[];
  /** Sends it once. Answers the id of an account that was created, where the backend tells it. Throws GatewayError. */
  send(): Promise<string | null>;
}

/** A value in the form in which the backend will show it, or the rule that it breaks there. */
export type Acceptance =
  | { readonly isAccepted: true; readonly value: JsonValue }
  | {
      readonly isAccepted: false;
      readonly code: 'INVALID_VALUE' | 'NOT_CLEARABLE';
      /** For people, e.g. `takes letters from A to ÿ, blanks and hyphens only`. */
      readonly rule: string;
    };

/** A new value for a field, as accepted; null clears it. */
export interface FieldChange {
  readonly field: FieldPath;
  readonly value: JsonValue;
  /** As it was read; left out where that is not known. */
  readonly before?: JsonValue;
}

export interface WriteOptions {
  /** True where others are written at the same time: what the backend takes together travels together. */
  readonly isBulk: boolean;
  /** True where nothing but the person's own token may be used. */
  readonly isOwnTokenOnly: boolean;
}

/** A new account: the fields that it starts with, as accepted. */
export interface NewAccount {
  readonly fields: readonly FieldChange[];
  readonly sendActivationMail: boolean;
}

/** Writes one backend for one operation and one caller. Nothing is sent before a call's `send`. */
export interface BackendWriter<B extends Backend> {
  /** Holds a value against the backend's own rules; null asks whether the field can be cleared. Pure. */
  accept(field: FieldPath, value: JsonValue): Acceptance;
  /** The calls that bring these changes to an account, in order; each field is in exactly one. Pure. */
  callsFor(
    account: AccountOf[B],
    changes: readonly FieldChange[],
    options: WriteOptions,
  ): readonly WriteCall[];
  /**
   * The call that creates an account, with those of the fields that it takes; the others are written afterwards.
   * Throws GatewayError INVALID_VALUE naming what is missing, UNSUPPORTED without a credential for it. Pure.
   */
  createCall(account: NewAccount): WriteCall;
}

export interface MindWriter extends BackendWriter<'mind'> {
  /** What a write of settings has cost: settings that were not written and are gone. Null when none are. */
  lostSettings(before: MindAccount, after: MindAccount, changes: readonly FieldChange[]): JsonObject | null;
  /** Brings back all settings as they were, with the changes in them. */
  restoreCall(before: MindAccount, changes: readonly FieldChange[]): WriteCall;
  passwordCall(id: string, password: string): WriteCall;
}

export interface OmnivibeWriter extends BackendWriter<'omnivibe'> {
  /** Holds a new password against the backend's own rules. Pure. */
  acceptPassword(password: string): Acceptance;
  /** Null where it takes the current password, or a credential that is not at hand. */
  passwordCall(
    id: string,
    passwords: { readonly current: string | null; readonly next: string },
    options: WriteOptions,
  ): WriteCall | null;
}

export interface StatisticRef {
  readonly statistic: string;
  readonly primaryOption: string | null;
  readonly secondaryOption: string | null;
}

/** What only the desk has, beside the fields of profiles. Every call names the user, but `refreshTabCall`, which cannot. */
export interface V2Writer extends BackendWriter<'v2'> {
  /** Holds a name against the desk's own rules. Pure. */
  acceptName(kind: 'campaign' | 'statistic' | 'statisticOption' | 'tab', name: string): Acceptance;
  lockStatusCall(id: string, statusId: string): WriteCall;
  unlockStatusCall(id: string): WriteCall;
  setStatusCall(id: string, statusId: string, lastInternalCallId: string | null): WriteCall;
  setCampaignStateCall(id: string, campaign: string, active: boolean): WriteCall;
  selectViewCall(id: string, viewId: string, selected: boolean): WriteCall;
  addStatisticCall(id: string, statistic: StatisticRef): WriteCall;
  removeStatisticCall(id: string, statistic: StatisticRef): WriteCall;
  watchStatisticCall(id: string, statistic: StatisticRef): WriteCall;
  refreshTabCall(tabId: string): WriteCall;
}

/** The backends that take part, opened for writing; null as for readers. */
export interface Writers {
  readonly mind: MindWriter | null;
  readonly omnivibe: OmnivibeWriter | null;
  readonly v2: V2Writer | null;
}

/** Which filters a directory can apply; others are refused before any call. */
export const DIRECTORY_FILTERS: Readonly<Record<Backend, readonly (keyof DirectoryFilter)[]>> = {
  mind: ['query', 'teamIds', 'onlineOnly', 'kind'],
  v2: ['query'],
  omnivibe: [],
};
