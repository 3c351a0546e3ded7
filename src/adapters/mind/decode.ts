// From `unknown` to Mind's wire types: only the keys named here are read, so no other key can reach a client.
import type { JsonObject } from '../../domain/profile.js';
import {
  anyObject,
  anyObjectOrNull,
  decodeRows,
  expectDecoded,
  expectRows,
  flag,
  int,
  list,
  nativeId,
  object,
  rawOf,
  text,
  type DecodedBy,
  type DecodersOf,
} from '../decoding.js';
import type { components } from './wire.generated.js';

type Schemas = components['schemas'];

const skills = object('mind', 'skills', {
  tagIds: list(int),
  channels: list(text),
  // Read for the effective skills; as own skills only older installations send it.
  intents: list(text),
} satisfies DecodersOf<keyof NonNullable<Schemas['Skills']>>);

const ticketsFilters = object('mind', 'ticketsFilters', {
  groups: list(int),
  intents: list(text),
  tagIds: list(int),
  personalQueue: flag,
  onlyIntents: flag,
} satisfies DecodersOf<keyof NonNullable<Schemas['TicketsFilters']>>);

const settings = object('mind', 'settings', {
  status: text,
  supersetRole: text,
  ticketsFilters,
  roleId: int,
  teamIds: list(int),
  skills,
  actualRoleId: int,
  actualTeamIds: list(int),
  actualSkills: skills,
  limitTicketBacklogAccess: flag,
  ticketBacklogRequiredTagIds: list(int),
  tagsOnRoute: list(int),
  tagsOnEdit: list(int),
  actualLimitTicketBacklogAccess: flag,
  actualTicketBacklogRequiredTagIds: list(int),
  actualTagsOnRoute: list(int),
  actualTagsOnEdit: list(int),
  isPersonalFilters: flag,
  inheritTeamSettings: flag,
  nameReports: text,
  callRoutingStatus: text,
  chatRoutingStatus: text,
  // `freshdeskApiAuth` of older installations is a credential; it is left out with everything else unknown.
} satisfies DecodersOf<keyof NonNullable<Schemas['Settings']>>);

const profile = object('mind', 'profile', {
  id: nativeId,
  firstName: text,
  lastName: text,
  email: text,
  phone: text,
  lastSeen: text,
  type: text,
  // 0/1 in the current document, a boolean in older states of it.
  isSsoOnly: flag,
  lang: text,
  nameAlias: text,
  externalId: text,
  settings,
  rawData: anyObject,
} satisfies DecodersOf<keyof NonNullable<Schemas['Profile']>>);

/**
 * The settings as they came, to be sent back where Mind wants them whole: with keys that nobody knows and may be secret,
 * never to be shown. A user without settings has null, or PHP's empty list; where they may not be seen, the key is missing.
 */
export function rawSettingsOf(dto: MindProfileDto): JsonObject | null {
  const raw = rawOf(dto)['settings'];
  const isEmpty = raw === null || (Array.isArray(raw) && raw.length === 0);
  return isEmpty ? {} : (anyObjectOrNull(raw) as JsonObject | null);
}

const success = object('mind', 'success', { success: flag } satisfies DecodersOf<keyof Schemas['Success']>);

const created = object('mind', 'created', {
  id: nativeId,
  success: flag,
} satisfies DecodersOf<keyof Schemas['Created']>);

// Its message is the vendor's text and goes nowhere.
const bulkResult = object('mind', 'bulk result', { id: nativeId, success: flag }, ['message']);

const caller = object('mind', 'caller', { id: nativeId, permissions: list(text) }, [
  'settings',
  'openTickets',
  'sideConversations',
  'unreadNotifications',
]);

export type MindProfileDto = DecodedBy<typeof profile>;
export type MindSettingsDto = DecodedBy<typeof settings>;
export type MindCallerDto = DecodedBy<typeof caller>;
export type MindSuccessDto = DecodedBy<typeof success>;
export type MindCreatedDto = DecodedBy<typeof created>;
export type MindBulkResultDto = DecodedBy<typeof bulkResult>;

/** GET /profiles. One document shows an envelope, the vendor's own scripts read a bare array: both are taken. */
export function decodeProfiles(body: unknown): MindProfileDto[] {
  return decodeRows(profile, expectRows('mind', 'profiles', body));
}

/** GET /profile/{id}. */
export function decodeProfile(body: unknown): MindProfileDto {
  return expectDecoded('mind', 'profile', profile, body);
}

/** GET /profile. */
export function decodeCaller(body: unknown): MindCallerDto {
  return expectDecoded('mind', 'caller', caller, body);
}

/** GET /profile/{id}/supersetRoles. Assumed: a list of names, bare or under `supersetRoles`; of objects, their `name`. */
export function decodeSupersetRoles(body: unknown): readonly string[] {
  const rows = expectRows('mind', 'supersetRoles', body);
  const names = rows.map((row) => anyObjectOrNull(row)?.['name'] ?? row);
  return expectDecoded('mind', 'supersetRoles', list(text), names);
}

/** PATCH /profile/{id}. */
export function decodeSuccess(body: unknown): MindSuccessDto {
  return expectDecoded('mind', 'success', success, body);
}

/** Whether an answer to PATCH /profiles goes into single people at all. */
export function hasBulkResults(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'results' in body;
}

/** PATCH /profiles. */
export function decodeBulkResults(body: unknown): MindBulkResultDto[] {
  return decodeRows(bulkResult, expectRows('mind', 'results', body));
}

/** POST /profile. */
export function decodeCreated(body: unknown): MindCreatedDto {
  return expectDecoded('mind', 'created', created, body);
}
