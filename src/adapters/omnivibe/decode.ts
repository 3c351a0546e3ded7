// From `unknown` to omnivibe's wire types. Every profile read carries credentials (access_token, pubsub_token,
// hmac_identifier); they are not among the keys read here, and so cannot get any further.
import {
  anyObject,
  anyObjectOrNull,
  decodeRows,
  expectDecoded,
  expectRows,
  flag,
  list,
  nativeId,
  object,
  text,
  type DecodedBy,
  type DecodersOf,
} from '../decoding.js';
import type { components } from './wire.generated.js';

type Schemas = components['schemas'];
/** Documented and read by nobody: credentials and sign-in details first of all. */
const UNREAD = [
  'access_token',
  'pubsub_token',
  'hmac_identifier',
  'uid',
  'provider',
  'type',
  'inviter_id',
  'custom_role',
  'status',
] as const;
type Read<T> = Exclude<keyof T, (typeof UNREAD)[number]>;

const membership = object(
  'omnivibe',
  'accounts',
  {
    id: nativeId,
    name: text,
    active_at: text,
    role: text,
    permissions: list(text),
    availability: text,
    availability_status: text,
    auto_offline: flag,
    // Told by builds with custom roles only.
    custom_role_id: nativeId,
  } satisfies DecodersOf<Read<Schemas['Membership']>>,
  UNREAD,
);

// The platform API answers a part of the same keys; what it leaves out is null.
const user = object(
  'omnivibe',
  'user',
  {
    id: nativeId,
    name: text,
    email: text,
    confirmed: flag,
    display_name: text,
    available_name: text,
    message_signature: text,
    avatar_url: text,
    account_id: nativeId,
    role: text,
    ui_settings: anyObject,
    // The key is absent, not empty, where there are none.
    custom_attributes: anyObject,
    accounts: list(membership),
  } satisfies DecodersOf<Read<Schemas['User'] & Schemas['PlatformUser']>>,
  UNREAD,
);

const agent = object(
  'omnivibe',
  'agent',
  {
    id: nativeId,
    account_id: nativeId,
    name: text,
    available_name: text,
    email: text,
    role: text,
    confirmed: flag,
    availability_status: text,
    auto_offline: flag,
    thumbnail: text,
    custom_attributes: anyObject,
    custom_role_id: nativeId,
  } satisfies DecodersOf<Read<Schemas['Agent']>>,
  UNREAD,
);

export type OmnivibeUserDto = DecodedBy<typeof user>;
export type OmnivibeAgentDto = DecodedBy<typeof agent>;
export type OmnivibeMembershipDto = DecodedBy<typeof membership>;

/** GET /api/v1/profile and GET /platform/api/v1/users/{id}. */
export function decodeUser(body: unknown): OmnivibeUserDto {
  return expectDecoded('omnivibe', 'user', user, body);
}

/** GET /api/v1/accounts/{account_id}/agents: a bare array. */
export function decodeAgents(body: unknown): readonly OmnivibeAgentDto[] {
  return decodeRows(agent, expectRows('omnivibe', 'agents', body));
}

/** Whom the answer to a write is about; null where it does not tell, for what was written is read back anyway. */
export function decodeId(body: unknown): string | null {
  const id = nativeId(anyObjectOrNull(body)?.['id']);
  return typeof id === 'string' ? id : null;
}

/** Whether a 401 of the platform API means "not this user" and not "not this token". */
export function isNotPermissible(body: unknown): boolean {
  return anyObjectOrNull(body)?.['error'] === 'Non permissible resource';
}
