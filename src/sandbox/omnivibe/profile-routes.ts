// Endpoints of a user about themselves, `/api/v1/profile`.
import type { Route, SandboxReply } from '../core/backend-server.js';
import type { Access, Request } from './access.js';
import { ok, invalid, problem, RECORD_MISSING, SERVER_ERROR } from './replies.js';
import {
  checkPassword,
  checkUser,
  checkWords,
  isRecord,
  parameterMissing,
  readBoolean,
  readText,
  stored,
  unwrap,
  type Fields,
} from './rules.js';
import { activate, membershipOf, setPassword, type OmnivibeState, type UserRow } from './state.js';
import type { OmnivibeSwitches } from './switches.js';
import { toUser } from './views.js';

/** Reads and changes the user whom the token belongs to. */
export function profileRoutes(state: OmnivibeState, access: Access): Route<OmnivibeSwitches>[] {
  const read = access.asUser((user, request) => ok(toUser(user, request.switches)));

  const update = access.asUser((user, request) => {
    const fields = unwrap(request, 'profile');
    if (fields === null) return parameterMissing('profile');
    // The password is stored first: a refusal of the other fields does not undo it.
    return (
      changePassword(user, fields, request) ??
      changeFields(state, user, fields, request) ??
      ok(toUser(user, request.switches))
    );
  });

  const removeAvatar = access.asUser((user, request) => {
    if ('avatar' in stored({ avatar: '' }, request)) user.avatar_url = '';
    return ok(toUser(user, request.switches));
  });

  const setAvailability = access.asUser((user, request) => {
    const fields = unwrap(request, 'profile');
    if (fields === null) return parameterMissing('profile');
    const membership = membershipOf(user, Number(fields['account_id']));
    if (membership === null) return RECORD_MISSING;
    const { availability = null } = readText(fields, ['availability']);
    const refused = checkWords({ availability });
    if (refused !== null) return refused;
    Object.assign(membership, stored({ availability }, request));
    return ok(toUser(user, request.switches));
  });

  const setAutoOffline = access.asUser((user, request) => {
    const fields = unwrap(request, 'profile');
    if (fields === null) return parameterMissing('profile');
    const membership = membershipOf(user, Number(fields['account_id']));
    if (membership === null) return RECORD_MISSING;
    Object.assign(
      membership,
      stored({ auto_offline: readBoolean(fields['auto_offline']) ?? false }, request),
    );
    return ok(toUser(user, request.switches));
  });

  const setActiveAccount = access.asUser((user, request) => {
    const fields = unwrap(request, 'profile');
    if (fields === null) return parameterMissing('profile');
    const membership = membershipOf(user, Number(fields['account_id']));
    if (membership === null) return SERVER_ERROR;
    if ('account_id' in stored(fields, request)) activate(user, membership);
    return ok();
  });

  return [
    { method: 'GET', path: '/api/v1/profile', handle: read },
    { method: 'PUT', path: '/api/v1/profile', handle: update },
    { method: 'PATCH', path: '/api/v1/profile', handle: update },
    { method: 'DELETE', path: '/api/v1/profile/avatar', handle: removeAvatar },
    { method: 'POST', path: '/api/v1/profile/availability', handle: setAvailability },
    { method: 'POST', path: '/api/v1/profile/auto_offline', handle: setAutoOffline },
    { method: 'PUT', path: '/api/v1/profile/set_active_account', handle: setActiveAccount },
  ];
}

function changePassword(user: UserRow, fields: Fields, request: Request): SandboxReply | null {
  const { password } = readText(fields, ['password']);
  if (password === undefined || password === null || password.trim() === '') return null;
  if (fields['current_password'] !== user.password) return problem(422, 'Invalid current password');
  const violations = checkPassword(password, fields['password_confirmation']);
  if (violations.length > 0) return invalid(violations);
  if ('password' in stored({ password }, request)) setPassword(user, password);
  return null;
}

function changeFields(
  state: OmnivibeState,
  user: UserRow,
  fields: Fields,
  request: Request,
): SandboxReply | null {
  const text = readText(fields, ['name', 'email', 'display_name', 'message_signature']);
  const refused = checkUser(state, user, text);
  if (refused !== null) return refused;

  const { email, ...others } = stored(text, request);
  Object.assign(user, others);
  // A new address waits for its confirmation; until then the old one counts.
  if (typeof email === 'string') user.unconfirmed_email = email === user.email ? null : email;

  const { ui_settings } = stored(fields, request);
  if (isRecord(ui_settings)) user.ui_settings = ui_settings;
  user.custom_attributes = {
    ...user.custom_attributes,
    ...stored(readText(fields, ['phone_number']), request),
  };
  return null;
}
