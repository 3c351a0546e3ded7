/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** What may be done with a field. */
export type Access =
  /** Neither read nor changed by this caller. */
  | 'DENIED'
  /** Read, but not changed. */
  | 'READ_ONLY'
  /** Read and changed. */
  | 'READ_WRITE'
  /** Changed with the person's own token for the backend only. */
  | 'SELF_ONLY'
  /** The backend does not have the field, or takes no part. */
  | 'UNSUPPORTED'
  /** Changed, but never shown again. */
  | 'WRITE_ONLY';

/** An answer that may be missing. */
export type Answer =
  /** At least one asked backend says so. */
  | 'NO'
  /**
   * None says no, but at least one could not be asked or said something that the gateway does not know; or the person is linked
   * to no backend that is asked.
   */
  | 'UNKNOWN'
  /** Every asked backend says so. */
  | 'YES';

/** Whether somebody takes work. */
export type Availability =
  /** Takes work. */
  | 'AVAILABLE'
  /** Signed in, but takes nothing at present. */
  | 'AWAY'
  /** Works on something. */
  | 'BUSY'
  /** Not there. */
  | 'OFFLINE'
  /** The backend failed, or said something that the gateway does not know. */
  | 'UNKNOWN';

/** One of the platforms that the person may have an account on. */
export type Backend =
  /** enneo Mind: tickets, phone and chat routing. */
  | 'MIND'
  /** omnivibe: the chat inbox. */
  | 'OMNIVIBE'
  /** The v2 user API: the agent desk. */
  | 'V2';

/** Changes of many people. */
export type BulkUpdateProfilesInput = {
  /**
   * At most 1,000. Several for one person are all refused with DUPLICATE_ITEM before anything is written, whichever of the
   * person's accounts they name.
   */
  readonly updates: ReadonlyArray<ProfileUpdate>;
  /** Whether what was written is read back, as for `updateProfile`. */
  readonly verify?: boolean | null | undefined;
};

/** A kind of work. */
export type Channel =
  /** Phone calls. */
  | 'CALL'
  /** Chats. */
  | 'CHAT'
  /** Tickets. */
  | 'TICKET';

/** A person's agent desk. Written to v2, one call for each setting; none can be cleared. */
export type DeskSettingsPatch = {
  /** Whether calls are taken automatically. */
  readonly autoAnswerCalls?: boolean | null | undefined;
  /** Whether a new chat message makes a sound. */
  readonly chatSoundOnNewMessage?: boolean | null | undefined;
  /** How many chats at once, 0 or more. */
  readonly maxChats?: number | null | undefined;
  /** Whether the person is told when a ticket is assigned to them. */
  readonly notifyOnTicketAssignment?: boolean | null | undefined;
  /** Whether colleagues don't see which ticket the person looks at. */
  readonly ticketIncognitoMode?: boolean | null | undefined;
};

/** What went wrong: the codes of `userErrors` and, beside those of requests that never run, of `extensions.code`. */
export type ErrorCode =
  /** An address belongs to several accounts, so it identifies nobody. */
  | 'AMBIGUOUS_LINK'
  /** An argument or variable is not acceptable; the message names it. */
  | 'BAD_USER_INPUT'
  /** The operation would need more backend calls than one operation may make. */
  | 'BUDGET_EXCEEDED'
  /** Somebody or something else already has what was asked for. */
  | 'CONFLICT'
  /** The time for the whole operation was used up. */
  | 'DEADLINE_EXCEEDED'
  /** Several updates of one bulk name the same person. */
  | 'DUPLICATE_ITEM'
  /** The caller may not do this. */
  | 'FORBIDDEN'
  /** A fault of the gateway; the request id finds it in the log. */
  | 'INTERNAL_SERVER_ERROR'
  /** A value is not acceptable, for every backend or for the one named; the message tells the rule. */
  | 'INVALID_VALUE'
  /** The backend cannot be without a value in this field. */
  | 'NOT_CLEARABLE'
  /** The backend does not know the account. */
  | 'NOT_FOUND'
  /** The person has no account on the backend that would have to be written. */
  | 'NOT_LINKED'
  /** The gateway has more to do than it can take on; the operation was not run. */
  | 'OVERLOADED'
  /** The backend shows the field and does not let it be changed. */
  | 'READ_ONLY'
  /** What `ifVersion` stands for has changed since; read again before writing. */
  | 'STALE_VERSION'
  /** The caller, or the credential used at a backend, was not accepted. */
  | 'UNAUTHENTICATED'
  /** No backend offers this with the credentials that the gateway holds. */
  | 'UNSUPPORTED'
  /** The backend’s answer is not what its contract says. */
  | 'UPSTREAM_BAD_RESPONSE'
  /** Too many requests to the backend, or too large answers, are under way already. */
  | 'UPSTREAM_BUSY'
  /** The backend has failed so often of late that it is left alone for a while; nothing was sent. */
  | 'UPSTREAM_CIRCUIT_OPEN'
  /** The connection broke before the answer was complete. */
  | 'UPSTREAM_CONNECTION_LOST'
  /** The backend answered with a server error, or refused the gateway’s own credential. */
  | 'UPSTREAM_ERROR'
  /** The backend asks to slow down. */
  | 'UPSTREAM_RATE_LIMITED'
  /** The backend answered with a redirect, which is never followed. */
  | 'UPSTREAM_REDIRECT_BLOCKED'
  /** The backend refused the request, or took it and does not show what was written. */
  | 'UPSTREAM_REJECTED'
  /** The backend’s answer exceeds the size limit. */
  | 'UPSTREAM_RESPONSE_TOO_LARGE'
  /** The backend did not answer in time. */
  | 'UPSTREAM_TIMEOUT'
  /** No connection to the backend: refused, DNS, TLS or connect timeout. */
  | 'UPSTREAM_UNREACHABLE';

/** A person's chat inbox. Written to omnivibe. */
export type InboxSettingsPatch = {
  /** Whether the platform shows the person as offline as soon as they leave. Cannot be cleared. */
  readonly autoOffline?: boolean | null | undefined;
  /**
   * Availability: AVAILABLE, BUSY or OFFLINE, anything else is INVALID_VALUE. Read back only with the person's own token.
   * Cannot be cleared.
   */
  readonly availability?: Availability | null | undefined;
  /** Text put under the person's messages, at most 20,000 characters. Takes the person's own token. */
  readonly messageSignature?: string | null | undefined;
  /**
   * What the inbox's user interface remembers. Replaces the whole object, but for keys that are named like a secret: they are
   * not shown, not taken, and stay as they are. Null empties it. Takes the person's own token.
   */
  readonly uiSettings?: Record<string, unknown> | null | undefined;
};

/** The rules by which accounts are linked, in the order in which they decide. */
export type LinkOrigin =
  /** The account that gives the person their id. */
  | 'ANCHOR'
  /** Both accounts have the same address, and on each side nobody else has it. */
  | 'EMAIL_MATCH'
  /** The operator has linked the two by hand. */
  | 'EXPLICIT'
  /** Both accounts carry the same external id. */
  | 'EXTERNAL_ID'
  /** The caller has shown a credential of the account. */
  | 'TOKEN_OWNER';

/** What only a user of enneo Mind has. Written to Mind. */
export type MindAccountPatch = {
  /** Alternative name to show instead of the real one. At Mind it goes before `displayName` where both are given. */
  readonly nameAlias?: string | null | undefined;
  /**
   * Data that clients store with the user. Replaces the whole object, but for keys that are named like a secret: they are
   * not shown, not taken, and stay as they are. Null clears it all.
   */
  readonly rawData?: Record<string, unknown> | null | undefined;
  /** Whether the user can sign in through single sign-on only. Cannot be cleared. */
  readonly ssoOnly?: boolean | null | undefined;
};

/**
 * What came of a write, from the fields of all backends. A skip does not count where the backend has no account of the
 * person, does not have the field or does not let it be changed; UNCHANGED does not count beside others.
 */
export type MutationStatus =
  /** Everything is VERIFIED or ACCEPTED. */
  | 'APPLIED'
  /** Nothing was written, because a backend refused, failed, or could not be read beforehand. */
  | 'FAILED'
  /** Some was written, and some is FAILED, MISMATCH, UNCERTAIN or SKIPPED as invalid; or at least one is UNCERTAIN. */
  | 'PARTIAL'
  /** No call was made, because the input was invalid or the write was refused. */
  | 'REJECTED'
  /** There was nothing to send: the backends hold the values already. */
  | 'UNCHANGED';

/** What came of a write, of one field or of a backend. */
export type OutcomeState =
  /** Taken by the backend; it cannot be read back, or was not, as with `verify: false`. */
  | 'ACCEPTED'
  /** Refused by the backend or to this caller, or it never got there. */
  | 'FAILED'
  /** Taken by the backend, but read back the value is not there, or other values got lost. */
  | 'MISMATCH'
  /** Would be sent. In plans only. */
  | 'PLANNED'
  /** Not sent; `userErrors` tells why. */
  | 'SKIPPED'
  /** Sent, but the answer was lost, and reading back did not settle whether it was written. */
  | 'UNCERTAIN'
  /** Nothing to send: the backend holds the value already. */
  | 'UNCHANGED'
  /** Written: read back, and equal. */
  | 'VERIFIED';

/** A change to be planned. */
export type PlanUpdateProfileInput = {
  /** Where it would be written, as for `updateProfile`. */
  readonly backends?: ReadonlyArray<Backend> | null | undefined;
  /** What would change. */
  readonly patch: ProfilePatch;
  /** `<backend>:<native id>` of any of the person's accounts, such as `mind:42`. */
  readonly profileId: string | number;
};

/**
 * Which people of a directory. Mind can apply all of these, v2 `query`, omnivibe none; what a directory cannot apply is
 * refused as BAD_USER_INPUT.
 */
export type ProfileFilter = {
  /** Which kind of users; ordinary ones when left out. */
  readonly kind?: ProfileKind | null | undefined;
  /** Only people who were active within the last ten minutes. */
  readonly onlineOnly?: boolean | null | undefined;
  /** Mind: any part of first name, last name or address. v2: username, phone number or address. 1 to 200 characters. */
  readonly query?: string | null | undefined;
  /** Members of any of these teams. */
  readonly teamIds?: ReadonlyArray<number> | null | undefined;
};

/** A kind of users. */
export type ProfileKind =
  /** Everybody, service workers and the vendor's people included. */
  | 'ALL'
  /** Programs that use Mind. */
  | 'SERVICE_WORKERS'
  /** The customer's own people. */
  | 'USERS'
  /** People of the vendor of Mind. */
  | 'VENDOR';

/**
 * New values, in the shape of `Profile`: what stands here at a path is read there. A field that is left out stays as it is,
 * null clears it (NOT_CLEARABLE where a backend cannot), and an empty text is INVALID_VALUE. A list replaces the whole list;
 * in an object only the keys given change, and null in place of an object is INVALID_VALUE. Values are held against each
 * backend's own rules: one that breaks them is INVALID_VALUE there and written to the others.
 */
export type ProfilePatch = {
  /**
   * The person's picture: PNG, JPEG or WebP, at most 2 MiB and 4,096 pixels a side. Mind never shows it again, so it is
   * ACCEPTED; `avatarUrl` is omnivibe's. Cannot be cleared.
   *
   * - Written to: Mind
   */
  readonly avatar?: string | null | undefined;
  /**
   * The name shown to customers: omnivibe's display name and Mind's alias.
   *
   * - Written to: omnivibe, Mind
   */
  readonly displayName?: string | null | undefined;
  /**
   * The e-mail address. Mind takes it only when an account is created. omnivibe keeps it in lower case and, changed with the
   * person's own token, shows it only after its owner has confirmed it. Cannot be cleared.
   *
   * - Written to: v2, omnivibe
   */
  readonly email?: string | null | undefined;
  /**
   * Identifier in a system of the customer's own. An omnivibe account with the same one counts as the same person's.
   *
   * - Written to: Mind
   */
  readonly externalId?: string | null | undefined;
  /**
   * Given name. omnivibe gets the whole name, first and last. v2 takes letters from A to ÿ, blanks and hyphens only. Cannot
   * be cleared.
   *
   * - Written to: Mind, v2, omnivibe
   */
  readonly firstName?: string | null | undefined;
  /**
   * The language of the user interface as a BCP 47 tag, such as `de` or `en-GB`.
   *
   * - Written to: Mind, v2
   */
  readonly language?: string | null | undefined;
  /**
   * Family name. As for `firstName`; `O'Brien` is INVALID_VALUE at v2 and written to the others.
   *
   * - Written to: Mind, v2, omnivibe
   */
  readonly lastName?: string | null | undefined;
  /**
   * What only Mind has.
   *
   * - Written to: Mind
   */
  readonly mind?: MindAccountPatch | null | undefined;
  /**
   * The phone number: to Mind as typed, to v2 as `+` and digits, so with the country code, to omnivibe as typed. omnivibe is
   * not documented to show it again: ACCEPTED there.
   *
   * - Written to: Mind, v2, omnivibe
   */
  readonly phone?: string | null | undefined;
  /**
   * Live routing of calls and chats.
   *
   * - Written to: Mind
   */
  readonly routing?: RoutingPatch | null | undefined;
  /** Settings of the three platforms, each at its owner. */
  readonly settings?: SettingsPatch | null | undefined;
  /**
   * The sign-in name at the agent desk: letters, digits, `.` and `-`. Cannot be cleared.
   *
   * - Written to: v2
   */
  readonly username?: string | null | undefined;
  /**
   * What only the agent desk has.
   *
   * - Written to: v2
   */
  readonly v2?: V2AccountPatch | null | undefined;
};

/** A change of one person among many. */
export type ProfileUpdate = {
  /** Where it is written, as for `updateProfile`. */
  readonly backends?: ReadonlyArray<Backend> | null | undefined;
  /** A version token, as for `updateProfile`; when it no longer holds, this update alone is refused. */
  readonly ifVersion?: string | null | undefined;
  /** What shall change. */
  readonly patch: ProfilePatch;
  /** `<backend>:<native id>` of any of the person's accounts, such as `mind:42`. */
  readonly profileId: string | number;
};

/** What a queue shall do with the person. Neither state can be cleared. */
export type RoutingPatch = {
  /**
   * State of the phone queue; UNKNOWN is INVALID_VALUE.
   *
   * - Written to: Mind
   */
  readonly call?: RoutingStatus | null | undefined;
  /**
   * State of the chat queue; UNKNOWN is INVALID_VALUE.
   *
   * - Written to: Mind
   */
  readonly chat?: RoutingStatus | null | undefined;
};

/** One queue's routing state. */
export type RoutingStatus =
  /** After-call work: still busy with the last conversation. */
  | 'ACW'
  /** A conversation is being put through. */
  | 'BEING_CONNECTED'
  /** Free: the next conversation may be given to the person. */
  | 'IDLE'
  /** In a conversation. */
  | 'INTERACTING'
  /** The last conversation offered was not taken. */
  | 'NOT_RESPONDING'
  /** Not signed in to the queue. */
  | 'OFFLINE'
  /** Present, but takes nothing. */
  | 'UNAVAILABLE'
  /** Mind sent a state that the gateway does not know. */
  | 'UNKNOWN';

/** New settings, grouped by the platform that owns them. */
export type SettingsPatch = {
  /**
   * The person's agent desk.
   *
   * - Written to: v2
   */
  readonly desk?: DeskSettingsPatch | null | undefined;
  /**
   * The person's chat inbox.
   *
   * - Written to: omnivibe
   */
  readonly inbox?: InboxSettingsPatch | null | undefined;
  /**
   * How work is given to the person.
   *
   * - Written to: Mind
   */
  readonly work?: WorkSettingsPatch | null | undefined;
};

/** What a person shall handle, beside what teams add. Written to Mind. */
export type SkillsPatch = {
  /** The vendor's words for the channels, such as `email` or `chat`. */
  readonly channels?: ReadonlyArray<string> | null | undefined;
  /** Ids of the tags (topics). */
  readonly tagIds?: ReadonlyArray<number> | null | undefined;
};

/** Which tickets a person's list shall show. Written to Mind. */
export type TicketFiltersPatch = {
  /** Ids of the groups. */
  readonly groups?: ReadonlyArray<number> | null | undefined;
  /** Names of the intents. */
  readonly intents?: ReadonlyArray<string> | null | undefined;
  /** Whether only tickets with an intent are shown. Cannot be cleared. */
  readonly onlyIntents?: boolean | null | undefined;
  /** Whether skills filter the tickets. Cannot be cleared. */
  readonly personalQueue?: boolean | null | undefined;
  /** Ids of the tags. */
  readonly tagIds?: ReadonlyArray<number> | null | undefined;
};

/** A change of one person. */
export type UpdateProfileInput = {
  /**
   * Where it is written. Left out: every linked backend that can take the field. Named: only those, and one that cannot is
   * SKIPPED with the reason.
   */
  readonly backends?: ReadonlyArray<Backend> | null | undefined;
  /**
   * A token of `Profile.version`, compared over the fields that it lists, or of `planUpdateProfile`, which applies exactly
   * that plan. When it no longer holds: STALE_VERSION, and nothing is written. Compared just before writing; left out: not
   * at all.
   */
  readonly ifVersion?: string | null | undefined;
  /** What shall change. */
  readonly patch: ProfilePatch;
  /** `<backend>:<native id>` of any of the person's accounts, such as `mind:42`. */
  readonly profileId: string | number;
  /**
   * Whether what was written is read back. When false, what a backend has taken is ACCEPTED; settings of Mind are looked
   * at all the same, for others that may be lost, and so is a write whose answer was lost.
   */
  readonly verify?: boolean | null | undefined;
};

/** What only a user of the v2 agent desk has. Written to v2. */
export type V2AccountPatch = {
  /** How dates are shown: a locale such as `en_GB`, or `iso`. */
  readonly dateFormat?: string | null | undefined;
  /** Ids of the groups that give the user their rights; null takes all of them away, as an empty list does. */
  readonly groups?: ReadonlyArray<number> | null | undefined;
};

/**
 * How Mind shall give work to a person. All are the person's own values; what teams add stays. Lists are cleared by null as
 * by an empty list, `supersetRole` and `reportName` by null; the others cannot be cleared. Mind is read back after every
 * change here: should it have lost other settings, they are written back and the outcome is MISMATCH.
 */
export type WorkSettingsPatch = {
  /** Ids of the tags that such backlog tickets must carry. */
  readonly backlogRequiredTagIds?: ReadonlyArray<number> | null | undefined;
  /** Whether filters come from the teams. */
  readonly inheritsFromTeams?: boolean | null | undefined;
  /** Whether the person sees only those backlog tickets that carry certain tags. */
  readonly limitBacklogAccess?: boolean | null | undefined;
  /** Whether filters are the person's own and apply to nobody else. */
  readonly personalFilters?: boolean | null | undefined;
  /** Name that reports show instead of the real one. */
  readonly reportName?: string | null | undefined;
  /** Id of the person's own role. */
  readonly roleId?: number | null | undefined;
  /** What the person can handle. */
  readonly skills?: SkillsPatch | null | undefined;
  /** Whether the person takes tickets: AVAILABLE or BUSY, anything else is INVALID_VALUE. */
  readonly status?: Availability | null | undefined;
  /** Name of the superset role, one of `MindAccount.supersetRoles`. */
  readonly supersetRole?: string | null | undefined;
  /** Ids of the tags put on a ticket when the person edits it. */
  readonly tagsOnEdit?: ReadonlyArray<number> | null | undefined;
  /** Ids of the tags put on a ticket when it is given to the person. */
  readonly tagsOnRoute?: ReadonlyArray<number> | null | undefined;
  /** Ids of the teams that the person is in directly. */
  readonly teamIds?: ReadonlyArray<number> | null | undefined;
  /** Which tickets the person's list shows. */
  readonly ticketFilters?: TicketFiltersPatch | null | undefined;
};

export type FirstPageQueryVariables = Exact<{ [key: string]: never; }>;


export type FirstPageQuery = { readonly profiles: { readonly totalCount: number | null, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null }, readonly nodes: ReadonlyArray<{ readonly id: string }> } | null };

export type NextPageQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type NextPageQuery = { readonly profiles: { readonly pageInfo: { readonly hasNextPage: boolean, readonly hasPreviousPage: boolean }, readonly nodes: ReadonlyArray<{ readonly id: string, readonly username: string | null }> } | null };

export type UpdateMutationVariables = Exact<{
  input: UpdateProfileInput;
}>;


export type UpdateMutation = { readonly updateProfile: { readonly status: MutationStatus, readonly outcomes: ReadonlyArray<{ readonly backend: Backend, readonly state: OutcomeState }>, readonly userErrors: ReadonlyArray<{ readonly code: ErrorCode, readonly message: string }>, readonly profile: { readonly phone: string | null } | null } };

export type OnePersonQueryVariables = Exact<{
  id: string | number;
}>;


export type OnePersonQuery = { readonly profile: { readonly id: string, readonly firstName: string | null, readonly username: string | null, readonly accounts: ReadonlyArray<
      | { readonly backend: Backend, readonly nativeId: string, readonly link: { readonly origin: LinkOrigin } }
      | { readonly backend: Backend, readonly nativeId: string, readonly link: { readonly origin: LinkOrigin } }
      | { readonly backend: Backend, readonly nativeId: string, readonly link: { readonly origin: LinkOrigin } }
     | null>, readonly settings: { readonly work: { readonly status: Availability | null, readonly reportName: string | null } | null, readonly desk: { readonly maxChats: number | null } | null, readonly inbox: { readonly messageSignature: string | null } | null } | null } | null };

export type ByEmailQueryVariables = Exact<{
  email: string;
}>;


export type ByEmailQuery = { readonly profileByEmail: { readonly id: string, readonly accounts: ReadonlyArray<
      | { readonly backend: Backend, readonly email: string | null }
      | { readonly backend: Backend, readonly email: string | null }
      | { readonly backend: Backend, readonly email: string | null }
     | null> } | null };

export type PlanQueryVariables = Exact<{
  input: PlanUpdateProfileInput;
}>;


export type PlanQuery = { readonly planUpdateProfile: { readonly version: string | null, readonly outcomes: ReadonlyArray<{ readonly backend: Backend, readonly calls: ReadonlyArray<{ readonly method: string, readonly path: string, readonly body: unknown }> }> } | null };

export type ExplainQueryVariables = Exact<{
  id: string | number;
}>;


export type ExplainQuery = { readonly profile: { readonly lastName: string | null, readonly explain: ReadonlyArray<{ readonly field: string, readonly chosen: Backend | null, readonly conflicting: boolean, readonly values: ReadonlyArray<{ readonly backend: Backend, readonly value: unknown }> | null, readonly access: ReadonlyArray<{ readonly backend: Backend, readonly access: Access, readonly message: string | null }> }> | null } | null };

export type LineQueryVariables = Exact<{
  id: string | number;
}>;


export type LineQuery = { readonly profile: (
    { readonly id: string }
    & { ' $fragmentRefs'?: { 'PersonLineFragment': PersonLineFragment } }
  ) | null };

export type SelectionsQueryVariables = Exact<{
  id: string | number;
}>;


export type SelectionsQuery = { readonly profile: { readonly id: string, readonly v2: { readonly views: ReadonlyArray<{ readonly id: string, readonly selected: boolean | null }> | null } | null } | null };

export type PlanChangeQueryVariables = Exact<{
  profileId: string | number;
  patch: ProfilePatch;
}>;


export type PlanChangeQuery = { readonly planUpdateProfile: { readonly version: string | null, readonly outcomes: ReadonlyArray<{ readonly backend: Backend, readonly fields: ReadonlyArray<{ readonly field: string, readonly state: OutcomeState, readonly before: unknown, readonly after: unknown }> }>, readonly userErrors: ReadonlyArray<{ readonly code: ErrorCode, readonly message: string, readonly field: ReadonlyArray<string> | null, readonly backend: Backend | null, readonly retryable: boolean }> } | null };

export type ChangePersonMutationVariables = Exact<{
  profileId: string | number;
  patch: ProfilePatch;
  ifVersion?: string | null | undefined;
}>;


export type ChangePersonMutation = { readonly updateProfile: { readonly status: MutationStatus, readonly outcomes: ReadonlyArray<{ readonly backend: Backend, readonly state: OutcomeState }>, readonly userErrors: ReadonlyArray<{ readonly code: ErrorCode, readonly message: string, readonly field: ReadonlyArray<string> | null, readonly backend: Backend | null, readonly retryable: boolean }>, readonly profile: (
      { readonly id: string, readonly phone: string | null, readonly username: string | null }
      & { ' $fragmentRefs'?: { 'PersonLineFragment': PersonLineFragment } }
    ) | null } };

export type SetPhoneMutationVariables = Exact<{
  id: string | number;
  phone?: string | null | undefined;
}>;


export type SetPhoneMutation = { readonly updateProfile: { readonly __typename: 'UpdateProfilePayload', readonly status: MutationStatus, readonly userErrors: ReadonlyArray<{ readonly code: ErrorCode, readonly message: string, readonly field: ReadonlyArray<string> | null, readonly backend: Backend | null, readonly retryable: boolean }>, readonly profile: { readonly __typename: 'Profile', readonly id: string, readonly phone: string | null } | null } };

export type PersonLineFragment = { readonly id: string, readonly displayName: string | null, readonly presence: { readonly availability: Availability } | null } & { ' $fragmentName'?: 'PersonLineFragment' };

export type PeopleQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: ProfileFilter | null | undefined;
  directory?: Backend | null | undefined;
}>;


export type PeopleQuery = { readonly profiles: { readonly totalCount: number | null, readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: (
        { readonly id: string }
        & { ' $fragmentRefs'?: { 'PersonLineFragment': PersonLineFragment } }
      ) }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };

export type PersonQueryVariables = Exact<{
  id: string | number;
}>;


export type PersonQuery = { readonly profile: (
    { readonly id: string, readonly phone: string | null, readonly username: string | null }
    & { ' $fragmentRefs'?: { 'PersonLineFragment': PersonLineFragment } }
  ) | null };

export type UpdateManyMutationVariables = Exact<{
  input: BulkUpdateProfilesInput;
}>;


export type UpdateManyMutation = { readonly bulkUpdateProfiles: { readonly results: ReadonlyArray<{ readonly profileId: string, readonly status: MutationStatus, readonly outcomes: ReadonlyArray<{ readonly backend: Backend, readonly state: OutcomeState }>, readonly userErrors: ReadonlyArray<{ readonly code: ErrorCode, readonly message: string }> }> } };

export type FirstPeopleQueryVariables = Exact<{
  first?: number | null | undefined;
}>;


export type FirstPeopleQuery = { readonly profiles: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly displayName: string | null, readonly email: string | null, readonly presence: { readonly availability: Availability } | null }> } | null };

export type CanTakeWorkQueryVariables = Exact<{
  id: string | number;
}>;


export type CanTakeWorkQuery = { readonly profile: { readonly displayName: string | null, readonly presence: { readonly availability: Availability, readonly statusLock: { readonly locked: boolean, readonly status: { readonly name: string | null } | null } | null, readonly canTake: { readonly answer: Answer, readonly reasons: ReadonlyArray<string> }, readonly conflicts: ReadonlyArray<{ readonly channel: Channel | null, readonly message: string }> } | null } | null };

export const PersonLineFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PersonLine"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Profile"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"presence"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"availability"}}]}}]}}]} as unknown as DocumentNode<PersonLineFragment, unknown>;
export const FirstPageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FirstPage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profiles"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"2"}},{"kind":"Argument","name":{"kind":"Name","value":"directory"},"value":{"kind":"EnumValue","value":"V2"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}}]}}]} as unknown as DocumentNode<FirstPageQuery, FirstPageQueryVariables>;
export const NextPageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"NextPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profiles"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"2"}},{"kind":"Argument","name":{"kind":"Name","value":"directory"},"value":{"kind":"EnumValue","value":"V2"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"username"}}]}}]}}]}}]} as unknown as DocumentNode<NextPageQuery, NextPageQueryVariables>;
export const UpdateDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Update"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateProfileInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateProfile"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"outcomes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backend"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"profile"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phone"}}]}}]}}]}}]} as unknown as DocumentNode<UpdateMutation, UpdateMutationVariables>;
export const OnePersonDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"OnePerson"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profile"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"firstName"}},{"kind":"Field","name":{"kind":"Name","value":"username"}},{"kind":"Field","name":{"kind":"Name","value":"accounts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backend"}},{"kind":"Field","name":{"kind":"Name","value":"nativeId"}},{"kind":"Field","name":{"kind":"Name","value":"link"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"origin"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"settings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"work"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"reportName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"desk"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"maxChats"}}]}},{"kind":"Field","name":{"kind":"Name","value":"inbox"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"messageSignature"}}]}}]}}]}}]}}]} as unknown as DocumentNode<OnePersonQuery, OnePersonQueryVariables>;
export const ByEmailDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ByEmail"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"email"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"EmailAddress"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profileByEmail"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"email"},"value":{"kind":"Variable","name":{"kind":"Name","value":"email"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"accounts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backend"}},{"kind":"Field","name":{"kind":"Name","value":"email"}}]}}]}}]}}]} as unknown as DocumentNode<ByEmailQuery, ByEmailQueryVariables>;
export const PlanDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Plan"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"PlanUpdateProfileInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"planUpdateProfile"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"outcomes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backend"}},{"kind":"Field","name":{"kind":"Name","value":"calls"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"method"}},{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"body"}}]}}]}}]}}]}}]} as unknown as DocumentNode<PlanQuery, PlanQueryVariables>;
export const ExplainDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Explain"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profile"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"lastName"}},{"kind":"Field","name":{"kind":"Name","value":"explain"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"fields"},"value":{"kind":"ListValue","values":[{"kind":"StringValue","value":"lastName","block":false},{"kind":"StringValue","value":"phone","block":false}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"chosen"}},{"kind":"Field","name":{"kind":"Name","value":"conflicting"}},{"kind":"Field","name":{"kind":"Name","value":"values"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backend"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}},{"kind":"Field","name":{"kind":"Name","value":"access"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backend"}},{"kind":"Field","name":{"kind":"Name","value":"access"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ExplainQuery, ExplainQueryVariables>;
export const LineDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Line"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profile"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PersonLine"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PersonLine"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Profile"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"presence"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"availability"}}]}}]}}]} as unknown as DocumentNode<LineQuery, LineQueryVariables>;
export const SelectionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Selections"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profile"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"v2"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"views"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"selected"}}]}}]}}]}}]}}]} as unknown as DocumentNode<SelectionsQuery, SelectionsQueryVariables>;
export const PlanChangeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PlanChange"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"profileId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"patch"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ProfilePatch"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"planUpdateProfile"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"profileId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"profileId"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"patch"},"value":{"kind":"Variable","name":{"kind":"Name","value":"patch"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"outcomes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backend"}},{"kind":"Field","name":{"kind":"Name","value":"fields"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"before"}},{"kind":"Field","name":{"kind":"Name","value":"after"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"backend"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}}]}}]}}]}}]} as unknown as DocumentNode<PlanChangeQuery, PlanChangeQueryVariables>;
export const ChangePersonDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ChangePerson"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"profileId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"patch"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ProfilePatch"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ifVersion"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateProfile"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"profileId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"profileId"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"patch"},"value":{"kind":"Variable","name":{"kind":"Name","value":"patch"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"ifVersion"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ifVersion"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"outcomes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backend"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"backend"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}}]}},{"kind":"Field","name":{"kind":"Name","value":"profile"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"phone"}},{"kind":"Field","name":{"kind":"Name","value":"username"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PersonLine"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PersonLine"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Profile"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"presence"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"availability"}}]}}]}}]} as unknown as DocumentNode<ChangePersonMutation, ChangePersonMutationVariables>;
export const SetPhoneDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SetPhone"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"phone"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateProfile"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"profileId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"patch"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"phone"},"value":{"kind":"Variable","name":{"kind":"Name","value":"phone"}}}]}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"backend"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}}]}},{"kind":"Field","name":{"kind":"Name","value":"profile"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"phone"}}]}}]}}]}}]} as unknown as DocumentNode<SetPhoneMutation, SetPhoneMutationVariables>;
export const PeopleDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"People"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ProfileFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"directory"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Backend"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profiles"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"directory"},"value":{"kind":"Variable","name":{"kind":"Name","value":"directory"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PersonLine"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PersonLine"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Profile"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"presence"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"availability"}}]}}]}}]} as unknown as DocumentNode<PeopleQuery, PeopleQueryVariables>;
export const PersonDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Person"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profile"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"phone"}},{"kind":"Field","name":{"kind":"Name","value":"username"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PersonLine"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PersonLine"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Profile"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"presence"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"availability"}}]}}]}}]} as unknown as DocumentNode<PersonQuery, PersonQueryVariables>;
export const UpdateManyDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpdateMany"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"BulkUpdateProfilesInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"bulkUpdateProfiles"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"results"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profileId"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"outcomes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backend"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]}}]} as unknown as DocumentNode<UpdateManyMutation, UpdateManyMutationVariables>;
export const FirstPeopleDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FirstPeople"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"3"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profiles"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"presence"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"availability"}}]}}]}}]}}]}}]} as unknown as DocumentNode<FirstPeopleQuery, FirstPeopleQueryVariables>;
export const CanTakeWorkDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"CanTakeWork"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profile"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"presence"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"availability"}},{"kind":"Field","name":{"kind":"Name","value":"statusLock"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"locked"}},{"kind":"Field","name":{"kind":"Name","value":"status"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"canTake"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"channel"},"value":{"kind":"EnumValue","value":"CALL"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"answer"}},{"kind":"Field","name":{"kind":"Name","value":"reasons"}}]}},{"kind":"Field","name":{"kind":"Name","value":"conflicts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"channel"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]}}]} as unknown as DocumentNode<CanTakeWorkQuery, CanTakeWorkQueryVariables>;