// What Mind's wire types mean.
import type { Acceptance, FieldChange, FieldPath, KnownAccount } from '../../domain/ports.js';
import type {
  Availability,
  Inheritable,
  JsonObject,
  JsonValue,
  MindAccount,
  RoutingStatus,
  Skills,
  WorkSettings,
} from '../../domain/profile.js';
import { anyObjectOrNull, orNull, view } from '../decoding.js';
import { isPicture, PICTURE_RULE } from '../image.js';
import { isShownWhole, OPEN_OBJECT_RULE, withHidden } from '../open-object.js';
import { toInstant, toLanguageTag, vocabulary } from '../values.js';
import { rawSettingsOf, type MindProfileDto, type MindSettingsDto } from './decode.js';

const ROUTING_STATUS = {
  idle: 'IDLE',
  interacting: 'INTERACTING',
  beingConnected: 'BEING_CONNECTED',
  notResponding: 'NOT_RESPONDING',
  unavailable: 'UNAVAILABLE',
  offline: 'OFFLINE',
  acw: 'ACW',
} as const;
const routingStatus = vocabulary<RoutingStatus>('mind', 'RoutingStatus', ROUTING_STATUS);

/** Assumed: the word that the vendor uses for the same kind in the `show` parameter. */
const SERVICE_WORKER = 'serviceWorker';

const USER_STATUS = { available: 'AVAILABLE', busy: 'BUSY' } as const;
const userStatus = vocabulary<Availability>('mind', 'settings.status', USER_STATUS);

interface Origin {
  readonly id: string;
  readonly dto: MindProfileDto;
  readonly timeZone: string;
}

const viewAccount = view<Origin, MindAccount>({
  backend: () => 'mind',
  id: ({ id }) => id,
  name: ({ dto: { firstName, lastName } }) =>
    firstName === null || lastName === null ? (firstName ?? lastName) : `${firstName} ${lastName}`,
  email: ({ dto }) => dto.email,
  // No document names a key that tells a deactivated user from an active one.
  active: () => null,
  firstName: ({ dto }) => dto.firstName,
  lastName: ({ dto }) => dto.lastName,
  nameAlias: ({ dto }) => dto.nameAlias,
  externalId: ({ dto }) => dto.externalId,
  phone: ({ dto }) => dto.phone,
  language: ({ dto }) => toLanguageTag(dto.lang),
  type: ({ dto }) => dto.type,
  ssoOnly: ({ dto }) => dto.isSsoOnly,
  lastSeenAt: ({ dto, timeZone }) => toInstant('mind', dto.lastSeen, timeZone),
  callRouting: ({ dto }) => dto.settings && routingStatus(dto.settings.callRoutingStatus),
  chatRouting: ({ dto }) => dto.settings && routingStatus(dto.settings.chatRoutingStatus),
  status: ({ dto }) => dto.settings && userStatus(dto.settings.status),
  work: ({ dto }) => dto.settings && viewWorkSettings(dto.settings),
});

/** The account of a row whose id is known; dates without a zone are read in `timeZone`. */
export function toAccount(id: string, dto: MindProfileDto, timeZone: string): MindAccount {
  return viewAccount({ id, dto, timeZone });
}

/** What the index keeps of a row. */
export function toKnownAccount(id: string, dto: MindProfileDto): KnownAccount {
  return {
    backend: 'mind',
    id,
    email: orNull(dto, 'email'),
    active: null,
    isConfirmed: true,
    externalId: orNull(dto, 'externalId'),
    isPerson: orNull(dto, 'type') !== SERVICE_WORKER,
  };
}

const viewWorkSettings = view<MindSettingsDto, WorkSettings>({
  status: (dto) => userStatus(dto.status)?.value ?? null,
  inheritsFromTeams: (dto) => dto.inheritTeamSettings,
  personalFilters: (dto) => dto.isPersonalFilters,
  supersetRole: (dto) => dto.supersetRole,
  reportName: (dto) => dto.nameReports,
  roleId: (dto) => inheritable(dto.roleId, dto.actualRoleId),
  // `actualTeamIds` holds the teams of the person's own, without parents, and is sent where `teamIds` is not.
  teamIds: (dto) => dto.teamIds ?? dto.actualTeamIds,
  skills: (dto) => inheritable<Skills>(dto.skills, dto.actualSkills),
  tagsOnRoute: (dto) => inheritable(dto.tagsOnRoute, dto.actualTagsOnRoute),
  tagsOnEdit: (dto) => inheritable(dto.tagsOnEdit, dto.actualTagsOnEdit),
  limitBacklogAccess: (dto) => inheritable(dto.limitTicketBacklogAccess, dto.actualLimitTicketBacklogAccess),
  backlogRequiredTagIds: (dto) =>
    inheritable(dto.ticketBacklogRequiredTagIds, dto.actualTicketBacklogRequiredTagIds),
  ticketFilters: (dto) => dto.ticketsFilters,
});

function inheritable<T>(own: T | null, effective: T | null): Inheritable<T> {
  return { own, effective };
}

/** What a field takes. */
interface Rule {
  /** For people. */
  readonly words: string;
  /** The form in which Mind will show the value; undefined where it does not take it. */
  readonly read: (value: JsonValue) => JsonValue | undefined;
  /** The value in Mind's words; left out: as it is. */
  readonly send?: (value: JsonValue) => JsonValue;
}

/** How a field is written. */
interface Target {
  /** The contract's key, with those of the objects around it. */
  readonly key: string;
  readonly takes: Rule;
  /** What stands for no value; left out where Mind cannot be without one. */
  readonly cleared?: JsonValue;
}

const MAX_CHARACTERS = 255;
const TEXT = new RegExp(`^.{0,${MAX_CHARACTERS}}$`, 'su');
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const enumerate = new Intl.ListFormat('en-GB');

const isText = (value: JsonValue): value is string => typeof value === 'string' && TEXT.test(value);
const isId = (value: JsonValue) => Number.isSafeInteger(value) && Number(value) >= 0;
const listOf = (isItem: (value: JsonValue) => boolean) => (value: JsonValue) =>
  Array.isArray(value) && (value as JsonValue[]).every(isItem) ? value : undefined;
const when = (isTaken: (value: JsonValue) => boolean) => (value: JsonValue) =>
  isTaken(value) ? value : undefined;

const text: Rule = { words: `takes at most ${MAX_CHARACTERS} characters`, read: when(isText) };
const texts: Rule = { words: `takes texts of at most ${MAX_CHARACTERS} characters`, read: listOf(isText) };
const id: Rule = { words: 'takes a whole number from 0', read: when(isId) };
const ids: Rule = { words: 'takes whole numbers from 0', read: listOf(isId) };
const flag: Rule = { words: 'takes true and false', read: when((value) => typeof value === 'boolean') };
const zeroOrOne: Rule = { ...flag, send: (value) => (value === true ? 1 : 0) };
const email: Rule = {
  words: `takes an e-mail address of at most ${MAX_CHARACTERS} characters`,
  read: when((value) => isText(value) && EMAIL.test(value)),
};
const language: Rule = {
  ...text,
  read: (value) => (isText(value) ? (toLanguageTag(value) ?? undefined) : undefined),
};
const picture: Rule = {
  words: PICTURE_RULE,
  read: when((value) => typeof value === 'string' && isPicture(value)),
};
const anyData: Rule = { words: OPEN_OBJECT_RULE, read: when(isShownWhole) };

/** The words of a vocabulary, and nothing else. */
function oneOf(table: Readonly<Record<string, string>>): Rule {
  return {
    words: `takes ${enumerate.format(Object.values(table))}`,
    read: (value) => Object.values(table).find((word) => word === value),
    send: (value) => Object.keys(table).find((word) => table[word] === value) ?? value,
  };
}

/** Every field that Mind takes; the e-mail address with a new account only. */
const TARGETS: Readonly<Partial<Record<FieldPath, Target>>> = {
  firstName: { key: 'firstName', takes: text },
  lastName: { key: 'lastName', takes: text },
  displayName: { key: 'nameAlias', takes: text, cleared: null },
  email: { key: 'email', takes: email },
  phone: { key: 'phone', takes: text, cleared: null },
  language: { key: 'lang', takes: language, cleared: null },
  avatar: { key: 'image', takes: picture },
  externalId: { key: 'externalId', takes: text, cleared: null },
  'routing.call': { key: 'callRoutingStatus', takes: oneOf(ROUTING_STATUS) },
  'routing.chat': { key: 'chatRoutingStatus', takes: oneOf(ROUTING_STATUS) },
  'settings.work.status': { key: 'settings.status', takes: oneOf(USER_STATUS) },
  'settings.work.inheritsFromTeams': { key: 'settings.inheritTeamSettings', takes: flag },
  'settings.work.personalFilters': { key: 'settings.isPersonalFilters', takes: flag },
  'settings.work.supersetRole': { key: 'settings.supersetRole', takes: text, cleared: null },
  'settings.work.reportName': { key: 'settings.nameReports', takes: text, cleared: null },
  'settings.work.roleId': { key: 'settings.roleId', takes: id },
  'settings.work.teamIds': { key: 'settings.teamIds', takes: ids, cleared: [] },
  'settings.work.skills.tagIds': { key: 'settings.skills.tagIds', takes: ids, cleared: [] },
  'settings.work.skills.channels': { key: 'settings.skills.channels', takes: texts, cleared: [] },
  'settings.work.tagsOnRoute': { key: 'settings.tagsOnRoute', takes: ids, cleared: [] },
  'settings.work.tagsOnEdit': { key: 'settings.tagsOnEdit', takes: ids, cleared: [] },
  'settings.work.limitBacklogAccess': { key: 'settings.limitTicketBacklogAccess', takes: flag },
  'settings.work.backlogRequiredTagIds': {
    key: 'settings.ticketBacklogRequiredTagIds',
    takes: ids,
    cleared: [],
  },
  'settings.work.ticketFilters.groups': { key: 'settings.ticketsFilters.groups', takes: ids, cleared: [] },
  'settings.work.ticketFilters.intents': {
    key: 'settings.ticketsFilters.intents',
    takes: texts,
    cleared: [],
  },
  'settings.work.ticketFilters.tagIds': { key: 'settings.ticketsFilters.tagIds', takes: ids, cleared: [] },
  'settings.work.ticketFilters.personalQueue': { key: 'settings.ticketsFilters.personalQueue', takes: flag },
  'settings.work.ticketFilters.onlyIntents': { key: 'settings.ticketsFilters.onlyIntents', takes: flag },
  'mind.nameAlias': { key: 'nameAlias', takes: text, cleared: null },
  'mind.ssoOnly': { key: 'isSsoOnly', takes: zeroOrOne },
  'mind.rawData': { key: 'rawData', takes: anyData, cleared: null },
};

/** Holds a value against Mind's rules; null asks whether the field can be cleared. */
export function accept(field: FieldPath, value: JsonValue): Acceptance {
  const target = TARGETS[field];
  if (target === undefined) return refusal('INVALID_VALUE', 'is not a field of Mind');
  const read = value === null ? target.cleared : target.takes.read(value);
  if (read !== undefined) return { isAccepted: true, value: read };
  return value === null
    ? refusal('NOT_CLEARABLE', 'cannot be without a value')
    : refusal('INVALID_VALUE', target.takes.words);
}

function refusal(code: 'INVALID_VALUE' | 'NOT_CLEARABLE', rule: string): Acceptance {
  return { isAccepted: false, code, rule };
}

/**
 * Accepted changes in Mind's words: keys of the profile, and keys of its settings. Mind replaces the objects inside the
 * settings whole, so what else they hold is taken from `own`, the settings as they are.
 */
export function fromChanges(
  changes: readonly FieldChange[],
  own: JsonObject,
): { readonly profile: JsonObject; readonly settings: JsonObject } {
  const profile: Record<string, JsonValue> = {};
  const settings: Record<string, JsonValue> = {};
  const hasNameAlias = changes.some(({ field }) => field === 'mind.nameAlias');
  for (const { field, value, before } of changes) {
    const target = TARGETS[field];
    // Both names are the alias; the one that was meant for Mind wins.
    if (target === undefined || (field === 'displayName' && hasNameAlias)) continue;
    const sent = value === null ? null : (target.takes.send?.(value) ?? withHidden(value, before));
    const [first = '', second, third] = target.key.split('.');
    if (second === undefined) profile[first] = sent;
    else if (third === undefined) settings[second] = sent;
    else {
      const inside = anyObjectOrNull(settings[second] ?? own[second]) as JsonObject | null;
      settings[second] = { ...inside, [third]: sent };
    }
  }
  return { profile, settings };
}

/**
 * The settings that a person has, as Mind would have to be sent them whole: with keys that nobody knows and may be secret, so
 * never to be shown; without the `actual…` ones, which Mind works out, and the live statuses. Null where they were not shown.
 */
export function ownSettings(account: MindAccount): JsonObject | null {
  const row = viewAccount.sourceOf(account)?.dto;
  const raw = row === undefined ? null : rawSettingsOf(row);
  if (raw === null) return null;
  return Object.fromEntries(
    Object.entries(raw).filter(
      ([key, value]) =>
        value !== null &&
        !key.startsWith('actual') &&
        key !== 'callRoutingStatus' &&
        key !== 'chatRoutingStatus',
    ),
  );
}
