// How rows look on the wire, per endpoint family, with the switches that change their looks.
import { createHmac } from 'node:crypto';
import type { components } from '../../adapters/omnivibe/wire.generated.js';
import { ACCOUNTS, activeMembership, tokenFor, type MembershipRow, type UserRow } from './state.js';
import type { ActiveSwitches } from './switches.js';

type UserDto = components['schemas']['User'];
type MembershipDto = components['schemas']['Membership'];
type PlatformUserDto = components['schemas']['PlatformUser'];
type AgentDto = components['schemas']['Agent'];

/** A user as the profile endpoints answer, secrets included. */
export function toUser(user: UserRow, switches: ActiveSwitches): UserDto {
  return {
    ...sharedFields(user, switches),
    ...tokens(user, switches),
    hmac_identifier: secret(
      'hmac-identifier',
      createHmac('sha256', 'sandbox').update(user.email).digest('hex'),
      switches,
    ),
    type: null,
    inviter_id: activeMembership(user)?.inviter_id ?? null,
    accounts: user.memberships.map((membership) => toMembership(membership, switches)),
    ...unheardOf(switches),
  };
}

/** A user as the platform API answers: no presence, no type, inviter or HMAC. */
export function toPlatformUser(user: UserRow, switches: ActiveSwitches): PlatformUserDto {
  return {
    ...sharedFields(user, switches),
    ...tokens(user, switches),
    accounts: user.memberships.map((membership) => ({
      id: membership.account_id,
      name: ACCOUNTS.get(membership.account_id) ?? '',
      active_at: membership.active_at,
      role: role(membership, switches),
    })),
    ...unheardOf(switches),
  };
}

/** A member of an account as the agent endpoints answer. */
export function toAgent(user: UserRow, membership: MembershipRow, switches: ActiveSwitches): AgentDto {
  return {
    id: user.id,
    account_id: membership.account_id,
    availability_status: effectiveAvailability(membership, switches),
    auto_offline: membership.auto_offline,
    confirmed: user.confirmed,
    email: user.email,
    available_name: availableName(user),
    ...customAttributes(user, switches),
    name: user.name,
    role: role(membership, switches),
    thumbnail: user.avatar_url,
    ...customRole(membership),
    ...(switches.canarySecrets === true ? tokens(user, switches) : {}),
    ...unheardOf(switches),
  };
}

function toMembership(membership: MembershipRow, switches: ActiveSwitches): MembershipDto {
  const id = membership.account_id;
  return {
    id,
    name: ACCOUNTS.get(id) ?? '',
    status: switches.suspendedAccounts?.includes(id) === true ? 'suspended' : 'active',
    active_at: membership.active_at,
    role: role(membership, switches),
    permissions: [membership.role],
    availability: switches.unknownEnums === true ? 'wrapping_up' : membership.availability,
    availability_status: effectiveAvailability(membership, switches),
    auto_offline: membership.auto_offline,
    ...customRole(membership),
    ...unheardOf(switches),
  };
}

function sharedFields(user: UserRow, switches: ActiveSwitches) {
  const active = activeMembership(user);
  return {
    id: user.id,
    account_id: active?.account_id ?? null,
    available_name: availableName(user),
    avatar_url: user.avatar_url,
    confirmed: user.confirmed,
    display_name: user.display_name,
    message_signature: user.message_signature,
    email: user.email,
    name: user.name,
    provider: 'email',
    role: active === null ? null : role(active, switches),
    ...customAttributes(user, switches),
    ui_settings:
      switches.canarySecrets === true
        ? { ...user.ui_settings, secret_token: 'canary-secret-token' }
        : user.ui_settings,
    uid: user.uid,
  };
}

function tokens(user: UserRow, switches: ActiveSwitches) {
  return {
    access_token: secret('access-token', tokenFor(user.id), switches),
    pubsub_token: secret('pubsub-token', user.pubsub_token, switches),
  };
}

/** The key is absent when there are none. */
function customAttributes(user: UserRow, switches: ActiveSwitches) {
  const custom_attributes =
    switches.canarySecrets === true
      ? { ...user.custom_attributes, api_key: 'canary-api-key' }
      : user.custom_attributes;
  return Object.keys(custom_attributes).length === 0 ? {} : { custom_attributes };
}

/** The key is absent on builds without custom roles. */
function customRole({ custom_role_id }: MembershipRow) {
  return custom_role_id === undefined ? {} : { custom_role_id };
}

function availableName({ display_name, name }: UserRow): string {
  return display_name === null || display_name.trim() === '' ? name : display_name;
}

/** The choice, unless the agent goes offline by being absent and is absent. */
function effectiveAvailability(membership: MembershipRow, switches: ActiveSwitches): string {
  if (switches.unknownEnums === true) return 'wrapping_up';
  return membership.auto_offline && !membership.isPresent ? 'offline' : membership.availability;
}

function role(membership: MembershipRow, switches: ActiveSwitches): string {
  return switches.unknownEnums === true ? 'supervisor' : membership.role;
}

function secret(name: string, value: string, switches: ActiveSwitches): string {
  return switches.canarySecrets === true ? `canary-${name}` : value;
}

function unheardOf(switches: ActiveSwitches) {
  return switches.extraKeys === true ? { fork_revision: 7, fork_badges: [{ label: 'new' }] } : {};
}
