// Who may call what: turns handlers that know their caller into plain ones.
import type { Route, SandboxReply, SandboxRequest } from '../core/backend-server.js';
import { frameworkProblem, NOT_FOUND, NOT_SIGNED_IN, problem, RECORD_MISSING } from './replies.js';
import { ACCOUNTS, membershipOf, type MembershipRow, type OmnivibeState, type UserRow } from './state.js';
import type { OmnivibeSwitches } from './switches.js';

/** A request as the handlers get it. */
export type Request = SandboxRequest<OmnivibeSwitches>;
/** A handler that knows no caller yet. */
type Handle = Route<OmnivibeSwitches>['handle'];

/** Token of the one platform app. */
export const PLATFORM_TOKEN = 'sandbox-omnivibe-platform';

/** A user within one account. */
export interface Member {
  readonly user: UserRow;
  readonly membership: MembershipRow;
}

/** Wrappers that answer the documented refusals and hand the caller on. */
export interface Access {
  asUser(handle: (user: UserRow, request: Request) => SandboxReply): Handle;
  /** For paths with `:account_id`. */
  asMember(handle: (caller: Member, request: Request) => SandboxReply): Handle;
  asPlatform(handle: (request: Request) => SandboxReply): Handle;
  /** For platform paths with `:id`: hands on the user who is meant. */
  onUser(handle: (user: UserRow, request: Request) => SandboxReply): Handle;
}

/** Builds the wrappers over the users and tokens of one state. */
export function createAccess(state: OmnivibeState): Access {
  const access: Access = {
    asUser: (handle) => (request) => {
      const token = tokenOf(request);
      if (token === '') return NOT_SIGNED_IN;
      if (token === PLATFORM_TOKEN) return problem(401, 'Access to this endpoint is not authorized for bots');
      const user = state.userByToken(token);
      return user === null ? problem(401, 'Invalid Access Token') : handle(user, request);
    },

    asMember: (handle) =>
      access.asUser((user, request) => {
        const accountId = idIn(request, 'account_id');
        if (!ACCOUNTS.has(accountId)) return RECORD_MISSING;
        const membership = membershipOf(user, accountId);
        if (membership === null) return problem(401, 'You are not authorized to access this account');
        if (request.switches.suspendedAccounts?.includes(accountId) === true)
          return problem(401, 'Account is suspended');
        return handle({ user, membership }, request);
      }),

    asPlatform: (handle) => (request) =>
      tokenOf(request) === PLATFORM_TOKEN ? handle(request) : problem(401, 'Invalid access_token'),

    onUser: (handle) =>
      access.asPlatform((request) => {
        const user = state.users.get(idIn(request, 'id'));
        if (user === undefined) return NOT_FOUND;
        const isRefused = request.switches.notPermissible?.includes(user.id) === true;
        return isRefused && !state.permissible.has(user.id)
          ? problem(401, 'Non permissible resource')
          : handle(user, request);
      }),
  };
  return access;
}

/** Refuses a body that calls itself JSON and is not; other bodies are read as if nothing had been sent. */
export function refuseBrokenJson(request: Request): SandboxReply | null {
  return request.isBodyMalformed && request.contentType === 'application/json'
    ? frameworkProblem(400, 'Bad Request')
    : null;
}

/** A number in the path; NaN, which nobody has, for anything else. */
export function idIn(request: Request, name: string): number {
  return Number(request.params[name] ?? Number.NaN);
}

/** `api_access_token` in any spelling that the server takes for it; '' without one. */
function tokenOf({ headers, switches }: Request): string {
  const found = Object.entries(headers).find(
    ([name, value]) =>
      name.replaceAll('_', '-') === 'api-access-token' &&
      value !== '' &&
      !(switches.dropUnderscoreHeaders === true && name.includes('_')),
  );
  return found?.[1] ?? '';
}
