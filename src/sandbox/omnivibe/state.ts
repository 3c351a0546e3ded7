// What the omnivibe sandbox remembers. Rows use the vendor's field names, so that a write is an assignment.
import type { CastMember, OmnivibeSeed } from '../people.js';

/** The account that everybody is a member of. */
export const ACCOUNT_ID = 1;
/** A second account, so that one user has more than one membership. */
export const OUTPOST_ID = 2;
/** Names by account id. */
export const ACCOUNTS: ReadonlyMap<number, string> = new Map([
  [ACCOUNT_ID, 'Sandbox Contact Centre'],
  [OUTPOST_ID, 'Sandbox Outpost'],
]);
/** An administrator who is not one of the cast. */
export const ADMIN_ID = 900;
/** Everybody's password at the start. */
export const INITIAL_PASSWORD = 'Sandbox-1!';

const OUTPOST_MEMBER_ID = 3;
const FIRST_NEW_ID = 901;
const MINUTE_MS = 60_000;

/** A user's place in one account. */
export interface MembershipRow {
  readonly account_id: number;
  readonly inviter_id: number | null;
  role: string;
  availability: string;
  auto_offline: boolean;
  active_at: string | null;
  /** Left out, the row is shown as a build without custom roles shows it. */
  custom_role_id?: number | null;
  /** Whether a presence ping is fresh. */
  readonly isPresent: boolean;
}

/** A user; e-mails are in lower case. */
export interface UserRow {
  readonly id: number;
  name: string;
  email: string;
  uid: string;
  /** A new address that waits for its confirmation. */
  unconfirmed_email: string | null;
  display_name: string | null;
  message_signature: string | null;
  confirmed: boolean;
  avatar_url: string;
  password: string;
  pubsub_token: string;
  ui_settings: Readonly<Record<string, unknown>>;
  custom_attributes: Readonly<Record<string, unknown>>;
  readonly memberships: MembershipRow[];
}

/** The users of one sandbox. */
export interface OmnivibeState {
  readonly users: ReadonlyMap<number, UserRow>;
  /** Users who became permissible to the platform app by being created again. */
  readonly permissible: Set<number>;
  /** By stored address; null when nobody has it. */
  userByEmail(email: string): UserRow | null;
  userByToken(token: string): UserRow | null;
  /** Adds an unconfirmed user without a membership. */
  addUser(fields: Pick<UserRow, 'name' | 'email'> & Partial<UserRow>): UserRow;
  reset(): void;
}

/** The `api_access_token` of a user. */
export function tokenFor(userId: number): string {
  return `sandbox-omnivibe-user-${userId}`;
}

/** Fills a state from the cast, plus the administrator. */
export function createState(people: readonly CastMember[]): OmnivibeState {
  const users = new Map<number, UserRow>();
  const permissible = new Set<number>();
  const seeds = people.flatMap(({ omnivibe }) => omnivibe ?? []);

  const state: OmnivibeState = {
    users,
    permissible,
    userByEmail: (email) => [...users.values()].find((user) => user.email === email) ?? null,
    userByToken(token) {
      const user = users.get(Number(token.slice(token.lastIndexOf('-') + 1)));
      return user !== undefined && tokenFor(user.id) === token ? user : null;
    },
    addUser(fields) {
      const id = Math.max(FIRST_NEW_ID - 1, ...users.keys()) + 1;
      const user = newUser(id, fields);
      users.set(id, user);
      return user;
    },
    reset() {
      users.clear();
      permissible.clear();
      const now = Date.now();
      for (const user of [administrator(now), ...seeds.map((seed) => seededUser(seed, now))])
        users.set(user.id, user);
    },
  };
  state.reset();
  return state;
}

/** A membership with the database's defaults. */
export function newMembership(
  accountId: number,
  inviterId: number | null,
  fields: Partial<MembershipRow> = {},
): MembershipRow {
  return {
    account_id: accountId,
    inviter_id: inviterId,
    role: 'agent',
    availability: 'online',
    auto_offline: true,
    active_at: null,
    isPresent: false,
    ...fields,
  };
}

/** A user with the database's defaults, not stored anywhere. */
export function newUser(id: number, fields: Pick<UserRow, 'name' | 'email'> & Partial<UserRow>): UserRow {
  return {
    uid: fields.email,
    unconfirmed_email: null,
    display_name: null,
    message_signature: null,
    confirmed: false,
    avatar_url: '',
    password: INITIAL_PASSWORD,
    pubsub_token: `sandbox-pubsub-${id}-1`,
    ui_settings: {},
    custom_attributes: {},
    memberships: [],
    ...fields,
    id,
  };
}

/** A user's membership in an account; null for who is no member. */
export function membershipOf(user: UserRow, accountId: number): MembershipRow | null {
  return user.memberships.find(({ account_id }) => account_id === accountId) ?? null;
}

/** The membership that `account_id` and `role` of a user speak of; null without any. */
export function activeMembership(user: UserRow): MembershipRow | null {
  const byActivity = user.memberships.toSorted((a, b) => activity(b) - activity(a));
  return byActivity[0] ?? null;
}

/** Makes a membership the active one. */
export function activate(user: UserRow, membership: MembershipRow): void {
  const latest = Math.max(...user.memberships.map(activity));
  // Twice within one millisecond still has an order.
  membership.active_at = new Date(Math.max(Date.now(), latest + 1)).toISOString();
}

/** Stores a password; the pubsub token changes with it. */
export function setPassword(user: UserRow, password: string): void {
  const [, generation] = /-(\d+)$/.exec(user.pubsub_token) ?? [];
  user.password = password;
  user.pubsub_token = `sandbox-pubsub-${user.id}-${Number(generation) + 1}`;
}

function activity({ active_at }: MembershipRow): number {
  return active_at === null ? 0 : Date.parse(active_at);
}

function administrator(now: number): UserRow {
  const active_at = new Date(now - MINUTE_MS).toISOString();
  return newUser(ADMIN_ID, {
    name: 'Sandbox Administrator',
    email: 'admin@omnivibe.example',
    confirmed: true,
    memberships: [newMembership(ACCOUNT_ID, null, { role: 'administrator', active_at })],
  });
}

function seededUser(seed: OmnivibeSeed, now: number): UserRow {
  const confirmed = seed.isConfirmed ?? true;
  const membership = newMembership(ACCOUNT_ID, ADMIN_ID, {
    role: seed.role ?? 'agent',
    availability: seed.availability ?? 'online',
    auto_offline: seed.autoOffline ?? true,
    // Who has not confirmed has never signed in.
    active_at: confirmed ? new Date(now - seed.id * MINUTE_MS).toISOString() : null,
    isPresent: seed.isPresent ?? false,
    ...(seed.customRoleId !== undefined && { custom_role_id: seed.customRoleId }),
  });
  const outpost = newMembership(OUTPOST_ID, null, {
    active_at: new Date(now - (seed.id + 1440) * MINUTE_MS).toISOString(),
  });
  return newUser(seed.id, {
    name: seed.name,
    email: seed.email.toLowerCase(),
    display_name: seed.displayName ?? null,
    message_signature: seed.messageSignature ?? null,
    confirmed,
    // Who chose a display name has looked after the rest of the profile too.
    avatar_url: seed.displayName === undefined ? '' : `https://omnivibe.example/avatars/${seed.id}.png`,
    ui_settings: seed.uiSettings ?? {},
    custom_attributes: seed.customAttributes ?? {},
    memberships: seed.id === OUTPOST_MEMBER_ID ? [membership, outpost] : [membership],
  });
}
