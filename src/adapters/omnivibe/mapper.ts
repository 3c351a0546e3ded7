// What omnivibe's wire types mean.
import type { KnownAccount } from '../../domain/ports.js';
import type {
  Availability,
  InboxSettings,
  JsonValue,
  OmnivibeAccount,
  OmnivibeMembership,
} from '../../domain/profile.js';
import { orNull, readable } from '../decoding.js';
import { toJsonObject } from '../open-object.js';
import { toDate, vocabulary } from '../values.js';
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

/** `accountId`: the account whose presence counts; null takes the user's most recently active one. */
export function toAccount(
  id: string,
  { user, agent }: OmnivibeRows,
  accountId: string | null,
): OmnivibeAccount {
  const row = user ?? agent;
  const membership = () => {
    const wanted = accountId ?? user?.account_id ?? null;
    return user?.accounts?.find((account) => account.id === wanted) ?? null;
  };
  return readable<OmnivibeAccount>({
    backend: () => 'omnivibe',
    id: () => id,
    name: () => row.name,
    email: () => row.email,
    // Users are never deactivated, only removed; a suspended account suspends everybody in it.
    active: () => null,
    displayName: () => (user === null ? chosenName(agent) : user.display_name),
    availableName: () => row.available_name,
    confirmed: () => row.confirmed,
    avatarUrl: () => (user === null ? agent.thumbnail : user.avatar_url),
    role: () => membership()?.role ?? row.role,
    accountId: () => accountId ?? row.account_id,
    customRoleId: () => membership()?.custom_role_id ?? agent?.custom_role_id ?? null,
    customAttributes: () => toJsonObject(row.custom_attributes),
    effectiveAvailability: () =>
      availability(membership()?.availability_status ?? agent?.availability_status ?? null),
    memberships: () =>
      user?.accounts?.flatMap((account) =>
        account.id === null ? [] : [toMembership(account.id, account)],
      ) ?? null,
    inbox: () =>
      readable<InboxSettings>({
        availability: () => availability(membership()?.availability ?? null)?.value ?? null,
        autoOffline: () => membership()?.auto_offline ?? agent?.auto_offline ?? null,
        messageSignature: () => user?.message_signature ?? null,
        uiSettings: () => toJsonObject(user?.ui_settings ?? null),
      }),
  });
}

/** What the index keeps of a row. Only a confirmed address proves who somebody is. */
export function toKnownAccount(id: string, row: OmnivibeUserDto | OmnivibeAgentDto): KnownAccount {
  return {
    backend: 'omnivibe',
    id,
    email: orNull(() => row.email),
    active: null,
    isConfirmed: orNull(() => row.confirmed) === true,
    externalId: externalIdOf(orNull(() => row.custom_attributes)),
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

function toMembership(accountId: string, dto: OmnivibeMembershipDto): OmnivibeMembership {
  return readable<OmnivibeMembership>({
    accountId: () => accountId,
    name: () => dto.name,
    role: () => dto.role,
    availability: () => availability(dto.availability)?.value ?? null,
    effectiveAvailability: () => availability(dto.availability_status)?.value ?? null,
    autoOffline: () => dto.auto_offline,
    activeAt: () => toDate('omnivibe', dto.active_at, 'UTC'),
    permissions: () => dto.permissions,
  });
}
