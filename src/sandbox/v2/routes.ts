import type { Route, SandboxReply } from '../core/backend-server.js';
import { refused } from './answers.js';
import { deskRoutes } from './desk.js';
import type { V2State } from './state.js';
import type { V2Request, V2Switches } from './switches.js';
import { updateUser, userRoutes } from './users.js';

type V2Permission = 'USER_READ' | 'USER_CUD' | 'USER_ANONYMOUS_BROWSING_UPDATE';

/** Every other endpoint needs USER_CUD, reading the views included. */
const PERMISSIONS: ReadonlyMap<string, V2Permission> = new Map([
  ['GET /api/v2/user', 'USER_READ'],
  ['GET /api/v2/user/settings', 'USER_READ'],
  ['PUT /api/v2/user/ticketIncognitoMode', 'USER_ANONYMOUS_BROWSING_UPDATE'],
]);

/** The route table; the path with an id stands last, since it would take every word. */
export function v2Routes(state: V2State): readonly Route<V2Switches>[] {
  return [...userRoutes(state), ...deskRoutes(state), updateUser(state)];
}

/**
 * Refuses a key that is missing, unknown or lacks the permission. A key in the query string, as one page of the vendor shows it,
 * is refused here whatever the header says: it would end up in logs.
 */
export function createGuard(keys: ReadonlyMap<string, readonly V2Permission[]>) {
  return (request: V2Request, route: Route<V2Switches>): SandboxReply | null => {
    if (request.query.has('apiKey')) return refused('Send the key in the header apiKey.', 403);
    const granted = keys.get(request.headers['apikey'] ?? '');
    if (granted === undefined) return refused('The key is missing or unknown.', 403);
    const needed = PERMISSIONS.get(`${route.method} ${route.path}`) ?? 'USER_CUD';
    return granted.includes(needed) ? null : refused(`The key lacks the permission ${needed}.`, 403);
  };
}
