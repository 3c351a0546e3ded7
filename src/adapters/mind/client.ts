// How Mind is asked: one function per endpoint, in the vendor's own words.
import type { JsonObject } from '../../domain/profile.js';
import type { CallScope } from '../../transport/call-scope.js';
import type { Upstream } from '../../transport/upstream-client.js';
import * as decode from './decode.js';
import type {
  MindBulkResultDto,
  MindCallerDto,
  MindCreatedDto,
  MindProfileDto,
  MindSuccessDto,
} from './decode.js';

/** A Mind credential as headers: `Authorization`, or the cookie `connect.sid`. */
export interface MindCredential {
  readonly headers: Readonly<Record<string, string>>;
  /** True for a token that the caller sent along, false for the gateway's own. */
  readonly isCallers: boolean;
}

export interface ProfilesQuery {
  readonly userIds?: readonly string[];
  readonly show: 'users' | 'all' | 'enneo' | 'serviceWorkers';
  readonly format: 'full' | 'short';
  readonly limit: number;
  readonly offset?: number;
  readonly q?: string;
  readonly teamIds?: readonly number[];
  readonly lastSeen?: 'online';
}

export interface MindClient {
  fetchCaller(scope: CallScope, credential: MindCredential): Promise<MindCallerDto>;
  fetchProfiles(
    scope: CallScope,
    credential: MindCredential,
    query: ProfilesQuery,
  ): Promise<MindProfileDto[]>;
  /** Null for an id that Mind does not know. */
  fetchProfile(
    scope: CallScope,
    credential: MindCredential,
    id: string,
    options: { readonly includeRawData: boolean },
  ): Promise<MindProfileDto | null>;
  /** Null for an id that Mind does not know. */
  fetchSupersetRoles(
    scope: CallScope,
    credential: MindCredential,
    id: string,
  ): Promise<readonly string[] | null>;
  patchProfile(
    scope: CallScope,
    credential: MindCredential,
    id: string,
    profile: JsonObject,
  ): Promise<MindSuccessDto>;
  /** The results are in no particular order, and come with status 200 and with 400. */
  patchProfiles(
    scope: CallScope,
    credential: MindCredential,
    profiles: readonly JsonObject[],
  ): Promise<{ readonly status: number; readonly results: readonly MindBulkResultDto[] }>;
  createProfile(scope: CallScope, credential: MindCredential, profile: JsonObject): Promise<MindCreatedDto>;
}

export function createMindClient(upstream: Upstream): MindClient {
  const by = (credential: MindCredential) => ({
    headers: credential.headers,
    isCallersCredential: credential.isCallers,
  });
  const json = (value: JsonObject) => ({
    body: { contentType: 'application/json', text: JSON.stringify(value) },
  });
  return {
    async fetchCaller(scope, credential) {
      const { body } = await upstream.request(scope, { method: 'GET', route: '/profile', ...by(credential) });
      return decode.decodeCaller(body);
    },

    async fetchProfiles(scope, credential, query) {
      // Arrays go the PHP way, `name[]=1&name[]=2`.
      const parameters: [string, string][] = [
        ...(query.userIds ?? []).map((id): [string, string] => ['userIds[]', id]),
        ['show[]', query.show],
        ['format', query.format],
        ['limit', String(query.limit)],
      ];
      if (query.offset !== undefined && query.offset > 0) parameters.push(['offset', String(query.offset)]);
      if (query.q !== undefined) parameters.push(['q', query.q]);
      for (const id of query.teamIds ?? []) parameters.push(['teamIds[]', String(id)]);
      if (query.lastSeen !== undefined) parameters.push(['lastSeen', query.lastSeen]);
      const { body } = await upstream.request(scope, {
        method: 'GET',
        route: '/profiles',
        query: parameters,
        ...(query.userIds !== undefined && { batch: query.userIds.length }),
        ...by(credential),
      });
      return decode.decodeProfiles(body);
    },

    async fetchProfile(scope, credential, id, { includeRawData }) {
      const { status, body } = await upstream.request(scope, {
        method: 'GET',
        route: '/profile/{id}',
        ids: [id],
        query: includeRawData ? [['includeRawData', 'true']] : [],
        alsoAccept: [404],
        ...by(credential),
      });
      return status === 404 ? null : decode.decodeProfile(body);
    },

    async fetchSupersetRoles(scope, credential, id) {
      const { status, body } = await upstream.request(scope, {
        method: 'GET',
        route: '/profile/{id}/supersetRoles',
        ids: [id],
        alsoAccept: [404],
        ...by(credential),
      });
      return status === 404 ? null : decode.decodeSupersetRoles(body);
    },

    async patchProfile(scope, credential, id, profile) {
      const { body } = await upstream.request(scope, {
        method: 'PATCH',
        route: '/profile/{id}',
        ids: [id],
        ...json(profile),
        ...by(credential),
      });
      return decode.decodeSuccess(body);
    },

    async patchProfiles(scope, credential, profiles) {
      const { status, body } = await upstream.request(scope, {
        method: 'PATCH',
        route: '/profiles',
        batch: profiles.length,
        alsoAccept: [400],
        ...json({ profiles }),
        ...by(credential),
      });
      // Without results, status 400 refuses everybody.
      const isRefused = status === 400 && !decode.hasBulkResults(body);
      return { status, results: isRefused ? [] : decode.decodeBulkResults(body) };
    },

    async createProfile(scope, credential, profile) {
      const { body } = await upstream.request(scope, {
        method: 'POST',
        route: '/profile',
        ...json(profile),
        ...by(credential),
      });
      return decode.decodeCreated(body);
    },
  };
}
