// Endpoints of the platform app about any user, `/platform/api/v1/users`.
import type { Route, SandboxReply } from '../core/backend-server.js';
import type { Access, Request } from './access.js';
import { ok } from './replies.js';
import { checkPassword, checkUser, fieldsOf, isRecord, readText, stored } from './rules.js';
import { setPassword, type OmnivibeState, type UserRow } from './state.js';
import type { OmnivibeSwitches } from './switches.js';
import { toPlatformUser } from './views.js';

const USERS = '/platform/api/v1/users';

/** Creates, reads and changes users by id. */
export function platformRoutes(state: OmnivibeState, access: Access): Route<OmnivibeSwitches>[] {
  const read = access.onUser((user, request) => ok(toPlatformUser(user, request.switches)));

  const create = access.asPlatform((request) => {
    const { email } = readText(fieldsOf(request), ['email']);
    const known = typeof email === 'string' ? state.userByEmail(email) : null;
    if (known === null) return createUser(state, request);
    known.confirmed = true;
    state.permissible.add(known.id);
    return ok(toPlatformUser(known, request.switches));
  });

  const update = access.onUser((user, request) => updateUser(state, user, request));

  return [
    { method: 'POST', path: USERS, handle: create },
    { method: 'GET', path: `${USERS}/:id`, handle: read },
    { method: 'PATCH', path: `${USERS}/:id`, handle: update },
  ];
}

function createUser(state: OmnivibeState, request: Request): SandboxReply {
  const { password, ...text } = readUser(request);
  const refused = checkUser(state, null, text, checkPassword(password ?? ''));
  if (refused !== null) return refused;
  const user = state.addUser({ name: text.name ?? '', email: text.email ?? '', confirmed: true });
  state.permissible.add(user.id);
  return storeUser(user, request);
}

function updateUser(state: OmnivibeState, user: UserRow, request: Request): SandboxReply {
  const { password, ...text } = readUser(request);
  const violations = typeof password === 'string' ? checkPassword(password) : [];
  return checkUser(state, user, text, violations) ?? storeUser(user, request);
}

/** An e-mail counts at once; custom attributes are merged. */
function storeUser(user: UserRow, request: Request): SandboxReply {
  const { password, email, ...text } = stored(readUser(request), request);
  Object.assign(user, text);
  if (typeof email === 'string') Object.assign(user, { email, uid: email, unconfirmed_email: null });
  if (typeof password === 'string') setPassword(user, password);
  const { custom_attributes } = stored(fieldsOf(request), request);
  if (isRecord(custom_attributes))
    user.custom_attributes = { ...user.custom_attributes, ...custom_attributes };
  return ok(toPlatformUser(user, request.switches));
}

function readUser(request: Request) {
  return readText(fieldsOf(request), ['name', 'display_name', 'email', 'password']);
}
