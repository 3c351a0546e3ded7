// How omnivibe is asked: one function per endpoint, in the vendor's own words.
import type { JsonObject } from '../../domain/profile.js';
import { GatewayError } from '../../errors.js';
import type { CallScope } from '../../transport/call-scope.js';
import type { Upstream } from '../../transport/upstream-client.js';
import * as decode from './decode.js';
import type { OmnivibeAgentDto, OmnivibeUserDto } from './decode.js';

export interface OmnivibeUpstreams {
  readonly app: Upstream;
  readonly platform: Upstream;
}

/** A write that has not been sent. */
export interface OmnivibeWrite {
  readonly host: keyof OmnivibeUpstreams;
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly route: string;
  readonly ids: readonly string[];
  readonly body: JsonObject;
}

/** A token, and whether it is the caller's own. */
export interface OmnivibeCredential {
  readonly token: string;
  readonly isCallers: boolean;
}

export interface OmnivibeClient {
  /** The user whose token it is, in full. */
  fetchProfile(
    scope: CallScope,
    token: string,
    options: { readonly isCallers: boolean },
  ): Promise<OmnivibeUserDto>;
  /** All agents of an account; there is no paging. */
  fetchAgents(scope: CallScope, token: string, accountId: string): Promise<readonly OmnivibeAgentDto[]>;
  /** Null for a user that the platform does not know, or that this platform token may not reach. */
  fetchPlatformUser(scope: CallScope, token: string, id: string): Promise<OmnivibeUserDto | null>;
  /** Sends a write, once; answers the id of the user that it was about, where the answer tells it. */
  sendWrite(scope: CallScope, credential: OmnivibeCredential, write: OmnivibeWrite): Promise<string | null>;
}

/** `tokenHeader`: `api_access_token`, or another spelling where a proxy drops names with underscores. */
export function createOmnivibeClient(upstreams: OmnivibeUpstreams, tokenHeader: string): OmnivibeClient {
  const by = (token: string) => ({ headers: { [tokenHeader]: token } });
  return {
    fetchProfile: (scope, token, { isCallers }) =>
      upstreams.app
        .request(scope, {
          method: 'GET',
          route: '/api/v1/profile',
          isCallersCredential: isCallers,
          ...by(token),
        })
        .then(({ body }) => decode.decodeUser(body)),

    async fetchAgents(scope, token, accountId) {
      const { body } = await upstreams.app.request(scope, {
        method: 'GET',
        route: '/api/v1/accounts/{account_id}/agents',
        ids: [accountId],
        ...by(token),
      });
      return decode.decodeAgents(body);
    },

    async fetchPlatformUser(scope, token, id) {
      const { status, body } = await upstreams.platform.request(scope, {
        method: 'GET',
        route: '/platform/api/v1/users/{id}',
        ids: [id],
        alsoAccept: [401, 404],
        ...by(token),
      });
      if (status === 404 || (status === 401 && decode.isNotPermissible(body))) return null;
      if (status === 401) throw platformTokenRefused();
      return decode.decodeUser(body);
    },

    async sendWrite(scope, { token, isCallers }, { host, method, route, ids, body }) {
      const reply = await upstreams[host].request(scope, {
        ...{ method, route, ids, isCallersCredential: isCallers },
        body: { contentType: 'application/json', text: JSON.stringify(body) },
        // The platform says 401 for "who are you" and for "not this user".
        alsoAccept: host === 'platform' ? [401] : [],
        ...by(token),
      });
      if (reply.status === 401)
        throw decode.isNotPermissible(reply.body) ? notPermissible() : platformTokenRefused();
      return decode.decodeId(reply.body);
    },
  };
}

const write = (
  host: OmnivibeWrite['host'],
  method: OmnivibeWrite['method'],
  route: string,
  ids: readonly string[],
  body: JsonObject,
): OmnivibeWrite => ({ host, method, route, ids, body });

const USERS = '/platform/api/v1/users';
const AGENTS = '/api/v1/accounts/{account_id}/agents';
const PROFILE = '/api/v1/profile';

/** The writes, one per endpoint. */
export const WRITES = {
  createUser: (user: JsonObject) => write('platform', 'POST', USERS, [], user),
  updateUser: (id: string, user: JsonObject) => write('platform', 'PATCH', `${USERS}/{id}`, [id], user),
  createAgent: (accountId: string, agent: JsonObject) => write('app', 'POST', AGENTS, [accountId], agent),
  updateAgent: (accountId: string, id: string, agent: JsonObject) =>
    write('app', 'PATCH', `${AGENTS}/{id}`, [accountId, id], agent),
  updateProfile: (profile: JsonObject) => write('app', 'PUT', PROFILE, [], { profile }),
  setAvailability: (profile: JsonObject) => write('app', 'POST', `${PROFILE}/availability`, [], { profile }),
  setAutoOffline: (profile: JsonObject) => write('app', 'POST', `${PROFILE}/auto_offline`, [], { profile }),
} as const;

function platformTokenRefused(): GatewayError {
  const message = 'omnivibe: the platform token was not accepted.';
  return new GatewayError('UPSTREAM_ERROR', message, { backend: 'omnivibe', httpStatus: 401 });
}

function notPermissible(): GatewayError {
  const message = 'omnivibe: the platform token may not change this user.';
  return new GatewayError('FORBIDDEN', message, { backend: 'omnivibe', httpStatus: 401 });
}
