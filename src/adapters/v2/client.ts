// How the v2 user API is asked, in the vendor's own words: one function per endpoint that reads, and a table of those that
// write, since they differ in nothing but their names.
import { GatewayError } from '../../errors.js';
import type { CallScope } from '../../transport/call-scope.js';
import type { Upstream, UpstreamCall } from '../../transport/upstream-client.js';
import * as decode from './decode.js';
import type { V2SettingsDto, V2UserPage, V2ViewDto } from './decode.js';
import type { operations } from './wire.generated.js';

/** The endpoints that write, under the contract's names for them. */
export const WRITES = {
  createUser: { method: 'POST', route: '/api/v2/user' },
  updateUser: { method: 'PUT', route: '/api/v2/user/{id}' },
  updateUsername: { method: 'PUT', route: '/api/v2/user/usernameUpdate' },
  updateFirstname: { method: 'PUT', route: '/api/v2/user/firstnameUpdate' },
  updateLastname: { method: 'PUT', route: '/api/v2/user/lastnameUpdate' },
  updateStatus: { method: 'POST', route: '/api/v2/user/updateStatus' },
  lockStatus: { method: 'POST', route: '/api/v2/user/statusLock' },
  unlockStatus: { method: 'POST', route: '/api/v2/user/statusLockDelete' },
  setCampaignState: { method: 'POST', route: '/api/v2/user/userCampaignState' },
  setMaxChats: { method: 'PUT', route: '/api/v2/user/maxChats' },
  setChatSoundNewMessage: { method: 'PUT', route: '/api/v2/user/chatSoundNewMessage' },
  setNotifyOnTicketAssignment: { method: 'PUT', route: '/api/v2/user/notifyOnTicketAssignment' },
  setTicketIncognitoMode: { method: 'PUT', route: '/api/v2/user/ticketIncognitoMode' },
  setCallsAutoAnswer: { method: 'PUT', route: '/api/v2/user/callsAutoAnswer' },
  selectUserView: { method: 'PUT', route: '/api/v2/user/updateUserView' },
  addStatistic: { method: 'POST', route: '/api/v2/user/userStatistic' },
  removeStatistic: { method: 'DELETE', route: '/api/v2/user/userStatistic' },
  watchStatistic: { method: 'PUT', route: '/api/v2/user/watch' },
  refreshTab: { method: 'POST', route: '/api/v2/user/refreshTab' },
} as const satisfies Partial<Record<keyof operations, { method: UpstreamCall['method']; route: string }>>;

export type V2Write = keyof typeof WRITES;
/** Parameters by name, each as text. */
export type FormTexts = Readonly<Record<string, string>>;
type ContentOf<W extends V2Write> = operations[W]['requestBody']['content'];
/** What an endpoint takes. */
export type V2Form<W extends V2Write> = ContentOf<W>[keyof ContentOf<W>];

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
  /** Sends the parameters as they are, empty ones included; `id` goes into the path. Any 2xx counts as taken. */
  write(scope: CallScope, write: V2Write, form: FormTexts, id?: string): Promise<void>;
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

    async write(scope, write, form, id) {
      const { method, route } = WRITES[write];
      const body = method === 'POST' ? await multipart(form) : urlEncoded(form);
      try {
        await upstream.request(scope, {
          method,
          route,
          headers,
          body,
          ...(id !== undefined && { ids: [id] }),
        });
      } catch (error) {
        if (!isUnreadableSuccess(error)) throw error;
      }
    },
  };
}

/** What PUT and DELETE take, which sends its parameters in the body too. */
function urlEncoded(form: FormTexts) {
  const text = new URLSearchParams(form).toString();
  return { contentType: 'application/x-www-form-urlencoded', text };
}

/** What POST takes. The platform's own encoder chooses the boundary; the content type tells it. */
async function multipart(form: FormTexts) {
  const data = new FormData();
  for (const [name, value] of Object.entries(form)) data.append(name, value);
  const encoded = new Response(data);
  return { contentType: encoded.headers.get('content-type') ?? '', text: await encoded.text() };
}

/**
 * A 2xx whose body is no JSON; of other statuses the body is not read. No document says what a write answers, so that is an
 * answer like any other.
 */
function isUnreadableSuccess(error: unknown): boolean {
  return (
    error instanceof GatewayError && error.code === 'UPSTREAM_BAD_RESPONSE' && error.httpStatus !== undefined
  );
}
