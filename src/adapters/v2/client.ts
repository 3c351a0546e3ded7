// How the v2 user API is asked: one function per endpoint, in the vendor's own words.
import type { CallScope } from '../../transport/call-scope.js';
import type { Upstream } from '../../transport/upstream-client.js';
import * as decode from './decode.js';
import type { V2SettingsDto, V2UserPage, V2ViewDto } from './decode.js';

export interface UsersQuery {
  /** At least one character; left out for everybody. */
  readonly query?: string;
  readonly itemStart: number;
  /** At most 999. */
  readonly itemLimit: number;
  /** How many people the search is for; for the log. */
  readonly batch?: number;
}

export interface V2Client {
  fetchUsers(scope: CallScope, query: UsersQuery): Promise<V2UserPage>;
  /** `userID` is always sent: without it the API answers for the key's own user. */
  fetchSettings(scope: CallScope, userId: string): Promise<V2SettingsDto>;
  fetchViews(
    scope: CallScope,
    userId: string,
    query: string | null,
    itemLimit: number,
  ): Promise<readonly V2ViewDto[]>;
}

/** `apiKey` goes into the header of that name, never into a URL. */
export function createV2Client(upstream: Upstream, apiKey: string): V2Client {
  const headers = { apiKey };
  return {
    async fetchUsers(scope, { query, itemStart, itemLimit, batch }) {
      const parameters: [string, string][] = [
        ['itemStart', String(itemStart)],
        ['itemLimit', String(itemLimit)],
      ];
      // The documented default "" breaks the parameter's own rule, so it is sent only when set.
      if (query !== undefined) parameters.unshift(['query', query]);
      const { body } = await upstream.request(scope, {
        method: 'GET',
        route: '/api/v2/user',
        query: parameters,
        headers,
        ...(batch !== undefined && { batch }),
      });
      return decode.decodeUserPage(body);
    },

    async fetchSettings(scope, userId) {
      const route = '/api/v2/user/settings';
      const { body } = await upstream.request(scope, {
        method: 'GET',
        route,
        query: [['userID', userId]],
        headers,
      });
      return decode.decodeSettings(body);
    },

    async fetchViews(scope, userId, query, itemLimit) {
      const parameters: [string, string][] = [
        ['userID', userId],
        ['itemLimit', String(itemLimit)],
      ];
      if (query !== null) parameters.push(['query', query]);
      const route = '/api/v2/user/getUserViews';
      const { body } = await upstream.request(scope, { method: 'GET', route, query: parameters, headers });
      return decode.decodeViews(body);
    },
  };
}
