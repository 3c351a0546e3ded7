// What omnivibe's wire types mean.
import type { KnownAccount } from '../../domain/ports.js';
import type {
  Availability,
  InboxSettings,
  JsonValue,
  OmnivibeAccount,
  OmnivibeMembership,
} from '../../domain/profile.js';
import { orNull, view } from '../decoding.js';
import { toJsonObject } from '../open-object.js';
import { toInstant, vocabulary } from '../values.js';
import type { OmnivibeAgentDto, OmnivibeMembershipDto, OmnivibeUserDto } from './decode.js';

const AVAILABILITIES = { online: 'AVAILABLE', busy: 'BUSY', offline: 'OFFLINE' } as const;
const availability = vocabulary<Availability>('omnivibe', 'availability', AVAILABILITIES);

/** omnivibe's word for an availability; null for one that cannot be chosen there. */
export function fromAvailability(value: JsonValue): string | null {
  return Object.entries(AVAILABILITIES).find(([, known]) => known === value)?.[0] ?? null;
}

/** What was read of one user: the user as the profile or platform API shows it, the agent list's row, or both. */
export type OmnivibeRows =
  | { readonly user: OmnivibeUserDto; readonly agent: OmnivibeAgentDto | null }
  | { readonly user: null; readonly agent: OmnivibeAgentDto };

interface Origin {
  readonly id: string;
  readonly rows: OmnivibeRows;
  readonly accountId: string | null;
}

const viewAccount = view<Origin, OmnivibeAccount>({
  backend: () => 'omnivibe',
  id: ({ id }) => id,
  name: (own) => rowOf(own).name,
  email: (own) => rowOf(own).email,
  // Users are never deactivated, only removed; a suspended account suspends everybody in it.
  active: () => null,
  displayName: ({ rows: { user, agent } }) => (user === null ? chosenName(agent) : user.display_name),
  availableName: (own) => rowOf(own).available_name,
  confirmed: (own) => rowOf(own).confirmed,
  avatarUrl: ({ rows: { user, agent } }) => (user === null ? agent.thumbnail : user.avatar_url),
  role: (own) => membershipOf(own)?.role ?? rowOf(own).role,
  accountId: (own) => own.accountId ?? rowOf(own).account_id,
  customRoleId: (own) => membershipOf(own)?.custom_role_id ?? own.rows.agent?.custom_role_id ?? null,
  customAttributes: (own) => toJsonObject(rowOf(own).custom_attributes),
  effectiveAvailability: (own) =>
    availability(membershipOf(own)?.availability_status ?? own.rows.agent?.availability_status ?? null),
  memberships: ({ rows: { user } }) => user?.accounts?.filter(hasId).map(viewMembership) ?? null,
  inbox: (own) => viewInbox(own),
});

const viewInbox = view<Origin, InboxSettings>({
  availability: (own) => availability(membershipOf(own)?.availability ?? null)?.value ?? null,
  autoOffline: (own) => membershipOf(own)?.auto_offline ?? own.rows.agent?.auto_offline ?? null,
  messageSignature: ({ rows: { user } }) => user?.message_signature ?? null,
  uiSettings: ({ rows: { user } }) => toJsonObject(user?.ui_settings ?? null),
});

const viewMembership = view<OmnivibeMembershipDto & { readonly id: string }, OmnivibeMembership>({
  accountId: (dto) => dto.id,
  name: (dto) => dto.name,
  role: (dto) => dto.role,
  availability: (dto) => availability(dto.availability)?.value ?? null,
  effectiveAvailability: (dto) => availability(dto.availability_status)?.value ?? null,
  autoOffline: (dto) => dto.auto_offline,
  activeAt: (dto) => toInstant('omnivibe', dto.active_at, 'UTC'),
  permissions: (dto) => dto.permissions,
});

/** `accountId`: the account whose presence counts; null takes the user's most recently active one. */
export function toAccount(id: string, rows: OmnivibeRows, accountId: string | null): OmnivibeAccount {
  return viewAccount({ id, rows, accountId });
}

function rowOf({ rows }: Origin): OmnivibeUserDto | OmnivibeAgentDto {
  return rows.user ?? rows.agent;
}

function membershipOf({ rows: { user }, accountId }: Origin): OmnivibeMembershipDto | null {
  const wanted = accountId ?? user?.account_id ?? null;
  return user?.accounts?.find((account) => account.id === wanted) ?? null;
}

function hasId(dto: OmnivibeMembershipDto): dto is OmnivibeMembershipDto & { readonly id: string } {
  return dto.id !== null;
}

/** What the index keeps of a row. Only a confirmed address proves who somebody is. */
export function toKnownAccount(id: string, row: OmnivibeUserDto | OmnivibeAgentDto): KnownAccount {
  return {
    backend: 'omnivibe',
    id,
    email: orNull(row, 'email'),
    active: null,
    isConfirmed: orNull(row, 'confirmed') === true,
    externalId: externalIdOf(orNull(row, 'custom_attributes')),
    isPerson: true,
  };
}

/** omnivibe has no such field of its own: by convention it is a custom attribute. */
function externalIdOf(customAttributes: Readonly<Record<string, unknown>> | null): string | null {
  const id = customAttributes?.['external_id'];
  return typeof id === 'string' && id !== '' ? id : typeof id === 'number' ? String(id) : null;
}

/** The agent list tells only what is shown: the display name or else the name. Where both are equal, none was chosen. */
function chosenName(agent: OmnivibeAgentDto): string | null {
  return agent.available_name === agent.name ? null : agent.available_name;
}
