// Endpoints of an account about its members, `/api/v1/accounts/:account_id/agents`.
import type { Route, SandboxReply } from '../core/backend-server.js';
import { shapeRows } from '../core/switches.js';
import { idIn, type Access, type Member, type Request } from './access.js';
import { invalid, ok, problem, RECORD_MISSING } from './replies.js';
import {
  checkUser,
  checkWords,
  fieldsOf,
  parameterMissing,
  readBoolean,
  readText,
  stored,
  unwrap,
  type Fields,
} from './rules.js';
import {
  membershipOf,
  newMembership,
  newUser,
  OUTPOST_ID,
  type MembershipRow,
  type OmnivibeState,
} from './state.js';
import type { OmnivibeSwitches } from './switches.js';
import { toAgent } from './views.js';

const AGENTS = '/api/v1/accounts/:account_id/agents';
/** The database's own order of names is not published; this one is usual. */
const BY_NAME = new Intl.Collator('en');

/** Lists, invites and changes the members of an account. */
export function agentRoutes(state: OmnivibeState, access: Access): Route<OmnivibeSwitches>[] {
  const list = access.asMember(({ membership }, { switches }) => {
    const rows = membersOf(state, membership.account_id)
      .sort((a, b) => BY_NAME.compare(a.user.name.toLowerCase(), b.user.name.toLowerCase()))
      .map((member) => toAgent(member.user, member.membership, switches));
    return ok(
      shapeRows(rows, [...rows, toAgent(STRANGER.user, STRANGER.membership, switches)], switches.rows),
    );
  });

  const create = access.asMember((caller, request) => {
    if (caller.membership.role !== 'administrator') return ROLE_TOO_LOW;
    const { account_id } = caller.membership;
    const { agentLimit = Infinity } = request.switches;
    if (membersOf(state, account_id).length >= agentLimit)
      return problem(402, 'Account limit exceeded. Please purchase more licenses');
    const fields = unwrap(request, 'agent');
    return fields === null ? parameterMissing('agent') : invite(state, caller, fields, request);
  });

  const update = access.asMember((caller, request) => {
    const user = state.users.get(idIn(request, 'id'));
    const membership = user === undefined ? null : membershipOf(user, caller.membership.account_id);
    if (user === undefined || membership === null) return RECORD_MISSING;
    if (caller.membership.role !== 'administrator') return ROLE_TOO_LOW;
    const fields = unwrap(request, 'agent');
    return fields === null ? parameterMissing('agent') : change(state, { user, membership }, fields, request);
  });

  return [
    { method: 'GET', path: AGENTS, handle: list },
    { method: 'POST', path: AGENTS, handle: create },
    { method: 'PATCH', path: `${AGENTS}/:id`, handle: update },
  ];
}

const ROLE_TOO_LOW = problem(401, 'You are not authorized to do this action');

/** What the `foreign` switch adds: an agent of another account. */
const STRANGER: Member = {
  user: newUser(899, { name: 'Stray Row', email: 'stray.row@omnivibe.example', confirmed: true }),
  membership: newMembership(OUTPOST_ID, null),
};

function membersOf(state: OmnivibeState, accountId: number): Member[] {
  return [...state.users.values()].flatMap((user) => {
    const membership = membershipOf(user, accountId);
    return membership === null ? [] : [{ user, membership }];
  });
}

/** Links the user who has the address, or makes a new one. */
function invite(state: OmnivibeState, caller: Member, fields: Fields, request: Request): SandboxReply {
  const { account_id } = caller.membership;
  const { name, email = '' } = readText(fields, ['name', 'email']);
  const known = email === null ? null : state.userByEmail(email);
  if (known !== null && membershipOf(known, account_id) !== null)
    return invalid([{ attribute: 'user_id', message: 'User has already been taken' }]);

  // Without a name the part before the @ serves.
  const text = { email, name: name ?? email?.split('@')[0] ?? '' };
  const choices = membershipFields(fields);
  const refused = (known === null ? checkUser(state, null, text) : null) ?? checkWords(choices);
  if (refused !== null) return refused;

  const user = known ?? state.addUser({ name: text.name, email: email ?? '' });
  const membership = newMembership(account_id, caller.user.id, stored(choices, request));
  user.memberships.push(membership);
  return ok(toAgent(user, membership, request.switches));
}

function change(
  state: OmnivibeState,
  { user, membership }: Member,
  fields: Fields,
  request: Request,
): SandboxReply {
  const text = withoutNulls(readText(fields, ['name']));
  const refused = checkUser(state, user, text);
  if (refused !== null) return refused;
  Object.assign(user, stored(text, request));
  // The name stays changed when the rest is refused: two records, no transaction.
  const choices = membershipFields(fields);
  const refusedChoices = checkWords(choices);
  if (refusedChoices !== null) return refusedChoices;
  Object.assign(membership, stored(choices, request));
  changeCustomRole(membership, request);
  return ok(toAgent(user, membership, request.switches));
}

/** Builds with custom roles store what stands beside the wrapper, which is nothing when it was left out. */
function changeCustomRole(membership: MembershipRow, request: Request): void {
  if (membership.custom_role_id === undefined) return;
  const { custom_role_id = null } = fieldsOf(request);
  const role = typeof custom_role_id === 'number' ? custom_role_id : null;
  Object.assign(membership, stored({ custom_role_id: role }, request));
}

/** What a write says of the membership. `availability_status` is not among it, whatever the documents say. */
function membershipFields(fields: Fields) {
  const { role = null, availability = null } = readText(fields, ['role', 'availability']);
  return withoutNulls({ role, availability, auto_offline: readBoolean(fields['auto_offline']) });
}

type WithoutNulls<T> = { [Key in keyof T]?: NonNullable<T[Key]> };

function withoutNulls<T extends object>(fields: T): WithoutNulls<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as WithoutNulls<T>;
}
