// How omnivibe is asked: one function per endpoint, in the vendor's own words.
import { GatewayError } from '../../errors.js';
import type { CallScope } from '../../transport/call-scope.js';
import type { Upstream } from '../../transport/upstream-client.js';
import * as decode from './decode.js';
import type { OmnivibeAgentDto, OmnivibeUserDto } from './decode.js';

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
}

export interface OmnivibeUpstreams {
  readonly app: Upstream;
  readonly platform: Upstream;
}

/** `tokenHeader`: `api_access_token`, or another spelling where a proxy drops names with underscores. */
export function createOmnivibeClient(upstreams: OmnivibeUpstreams, tokenHeader: string): OmnivibeClient {
  const by = (token: string) => ({ headers: { [tokenHeader]: token } });
  return {
    async fetchProfile(scope, token, { isCallers }) {
      const { body } = await upstreams.app.request(scope, {
        method: 'GET',
        route: '/api/v1/profile',
        isCallersCredential: isCallers,
        ...by(token),
      });
      return decode.decodeUser(body);
    },

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
      if (status === 401) {
        const message = 'omnivibe: the platform token was not accepted.';
        throw new GatewayError('UPSTREAM_ERROR', message, { backend: 'omnivibe', httpStatus: status });
      }
      return decode.decodeUser(body);
    },
  };
}
