// The vocabulary: what a person and the person's accounts are made of. `null` always means "the backend has or tells none".

export const BACKENDS = ['mind', 'omnivibe', 'v2'] as const;
/** A backend's slug, as it stands in ids, settings and code. */
export type Backend = (typeof BACKENDS)[number];

/** Names one account, e.g. `{ backend: 'mind', id: '42' }`, written `mind:42`. */
export interface AccountRef {
  readonly backend: Backend;
  readonly id: string;
}

export type RoutingStatus =
  | 'IDLE'
  | 'INTERACTING'
  | 'BEING_CONNECTED'
  | 'NOT_RESPONDING'
  | 'UNAVAILABLE'
  | 'OFFLINE'
  | 'ACW'
  | 'UNKNOWN';
export type Availability = 'AVAILABLE' | 'BUSY' | 'AWAY' | 'OFFLINE' | 'UNKNOWN';

/** An enumeration value beside the backend's own word for it; `native` is null when the gateway does not know the word. */
export interface Translated<T> {
  readonly value: T;
  readonly native: string | null;
}

/** `own` is set on the person, `effective` includes what teams add. */
export interface Inheritable<T> {
  readonly own: T | null;
  readonly effective: T | null;
}

export interface Skills {
  readonly tagIds: readonly number[] | null;
  readonly channels: readonly string[] | null;
  readonly intents: readonly string[] | null;
}

export interface TicketFilters {
  readonly groups: readonly number[] | null;
  readonly intents: readonly string[] | null;
  readonly tagIds: readonly number[] | null;
  readonly personalQueue: boolean | null;
  readonly onlyIntents: boolean | null;
}

export interface WorkSettings {
  readonly status: Availability | null;
  readonly inheritsFromTeams: boolean | null;
  readonly personalFilters: boolean | null;
  readonly supersetRole: string | null;
  readonly reportName: string | null;
  readonly roleId: Inheritable<number>;
  readonly teamIds: readonly number[] | null;
  readonly skills: Inheritable<Skills>;
  readonly tagsOnRoute: Inheritable<readonly number[]>;
  readonly tagsOnEdit: Inheritable<readonly number[]>;
  readonly limitBacklogAccess: Inheritable<boolean>;
  readonly backlogRequiredTagIds: Inheritable<readonly number[]>;
  readonly ticketFilters: TicketFilters | null;
}

/** A date and time as RFC 3339 writes it in UTC, with milliseconds, e.g. `2026-01-31T08:00:00.000Z`. */
export type Instant = string;

interface AccountBase {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  /** Whether the account may be used; null when the backend does not tell. */
  readonly active: boolean | null;
}

export interface MindAccount extends AccountBase {
  readonly backend: 'mind';
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly nameAlias: string | null;
  readonly externalId: string | null;
  readonly phone: string | null;
  readonly language: string | null;
  readonly type: string | null;
  readonly ssoOnly: boolean | null;
  readonly lastSeenAt: Instant | null;
  readonly callRouting: Translated<RoutingStatus> | null;
  readonly chatRouting: Translated<RoutingStatus> | null;
  readonly status: Translated<Availability> | null;
  /** Null where the credential may not see settings. */
  readonly work: WorkSettings | null;
}

export interface OmnivibeMembership {
  readonly accountId: string;
  readonly name: string | null;
  readonly role: string | null;
  /** Chosen by the person. */
  readonly availability: Availability | null;
  /** Computed by the platform from the chosen one and live presence. */
  readonly effectiveAvailability: Availability | null;
  readonly autoOffline: boolean | null;
  readonly activeAt: Instant | null;
  readonly permissions: readonly string[] | null;
}

export interface InboxSettings {
  readonly availability: Availability | null;
  readonly autoOffline: boolean | null;
  readonly messageSignature: string | null;
  readonly uiSettings: JsonObject | null;
}

export interface OmnivibeAccount extends AccountBase {
  readonly backend: 'omnivibe';
  readonly displayName: string | null;
  /** What the platform shows: the display name, or else the name. */
  readonly availableName: string | null;
  readonly confirmed: boolean | null;
  readonly avatarUrl: string | null;
  readonly role: string | null;
  /** The account (a workspace of the vendor's) whose presence and role these are. */
  readonly accountId: string | null;
  /** Of builds with custom roles only; such a build takes the role away when a change of the agent does not repeat it. */
  readonly customRoleId: string | null;
  readonly customAttributes: JsonObject | null;
  readonly effectiveAvailability: Translated<Availability> | null;
  /** Null where only the agent list could be read. */
  readonly memberships: readonly OmnivibeMembership[] | null;
  readonly inbox: InboxSettings;
}

/** How much of an omnivibe account is needed; each step includes the one before and may need another call. */
export const OMNIVIBE_DEPTHS = ['listed', 'profile', 'presence'] as const;
export type OmnivibeDepth = (typeof OMNIVIBE_DEPTHS)[number];

/** One entry of the v2 status catalogue. */
export interface DeskStatus {
  readonly id: string;
  /** Null for an id that the catalogue does not list; its availability is then UNKNOWN. */
  readonly name: string | null;
  readonly availability: Availability;
}

export interface V2Account extends AccountBase {
  readonly backend: 'v2';
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly username: string | null;
  readonly telephone: string | null;
  readonly language: string | null;
  readonly dateFormat: string | null;
  readonly groups: readonly number[] | null;
  readonly status: DeskStatus | null;
  readonly isStatusLocked: boolean | null;
}

export interface DeskSettings {
  readonly maxChats: number | null;
  readonly chatSoundOnNewMessage: boolean | null;
  readonly notifyOnTicketAssignment: boolean | null;
  readonly ticketIncognitoMode: boolean | null;
  readonly autoAnswerCalls: boolean | null;
}

export interface DeskView {
  readonly id: string;
  readonly name: string | null;
  readonly selected: boolean | null;
}

export interface AccountOf {
  readonly mind: MindAccount;
  readonly omnivibe: OmnivibeAccount;
  readonly v2: V2Account;
}
export type Account = AccountOf[Backend];

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Written form of a reference, e.g. `mind:42`. */
export function formatRef({ backend, id }: AccountRef): string {
  return `${backend}:${id}`;
}

const REF = new RegExp(`^(${BACKENDS.join('|')}):([1-9][0-9]{0,14})$`);

/** Reads `mind:42`; null when the text is not of that form. */
export function parseRef(text: string): AccountRef | null {
  const match = REF.exec(text);
  const backend = BACKENDS.find((slug) => slug === match?.[1]);
  const id = match?.[2];
  return backend === undefined || id === undefined ? null : { backend, id };
}

/** The form in which addresses are compared: trimmed, lower case; a plus-tag stays part of the address. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}
