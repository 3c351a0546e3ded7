// What v2's wire types mean, and which values v2 takes.
import type { Acceptance, FieldPath, KnownAccount, V2Writer } from '../../domain/ports.js';
import type { DeskSettings, DeskStatus, DeskView, JsonValue, V2Account } from '../../domain/profile.js';
import { orNull, view } from '../decoding.js';
import { noteDrift } from '../drift.js';
import { toLanguageTag } from '../values.js';
import type { V2SettingsDto, V2UserDto, V2ViewDto } from './decode.js';

/** Looks a status id up; no endpoint lists statuses, so the catalogue is configured. */
export type StatusCatalogue = ReadonlyMap<string, DeskStatus>;

interface Origin {
  readonly id: string;
  readonly dto: V2UserDto;
  readonly catalogue: StatusCatalogue;
}

const viewAccount = view<Origin, V2Account>({
  backend: () => 'v2',
  id: ({ id }) => id,
  name: ({ dto }) => [dto.firstname, dto.lastname].filter((part) => part !== null).join(' ') || null,
  email: ({ dto }) => dto.email,
  active: ({ dto }) => dto.active,
  firstName: ({ dto }) => dto.firstname,
  lastName: ({ dto }) => dto.lastname,
  username: ({ dto }) => dto.name,
  telephone: ({ dto }) => dto.telephone_number,
  language: ({ dto }) => toLanguageTag(dto.language),
  dateFormat: ({ dto }) => dto.dateFormat,
  groups: ({ dto }) => dto.groups,
  status: ({ dto, catalogue }) => toDeskStatus(dto.statusID, catalogue),
  isStatusLocked: ({ dto }) => dto.statusLocked,
});

/** The account of a row whose id is known. */
export function toAccount(id: string, dto: V2UserDto, catalogue: StatusCatalogue): V2Account {
  return viewAccount({ id, dto, catalogue });
}

/** What the index keeps of a row. */
export function toKnownAccount(id: string, dto: V2UserDto): KnownAccount {
  return {
    backend: 'v2',
    id,
    email: orNull(dto, 'email'),
    active: orNull(dto, 'active'),
    isConfirmed: true,
    externalId: null,
    isPerson: true,
  };
}

export const toDeskSettings = view<V2SettingsDto, DeskSettings>({
  maxChats: (dto) => dto.maxChats,
  chatSoundOnNewMessage: (dto) => dto.chatSoundNewMessage,
  notifyOnTicketAssignment: (dto) => dto.notifyOnTicketAssignment,
  ticketIncognitoMode: (dto) => dto.ticketIncognitoMode,
  autoAnswerCalls: (dto) => dto.callsAutoAnswer,
});

const viewDeskView = view<V2ViewDto & { readonly id: string }, DeskView>({
  id: (dto) => dto.id,
  name: (dto) => dto.name,
  selected: (dto) => dto.selected,
});

/** The views that have an id. */
export function toDeskViews(views: readonly V2ViewDto[]): DeskView[] {
  return views.filter(hasId).map(viewDeskView);
}

function hasId(dto: V2ViewDto): dto is V2ViewDto & { readonly id: string } {
  return dto.id !== null;
}

function toDeskStatus(id: string | null, catalogue: StatusCatalogue): DeskStatus | null {
  // 0 stands for "nobody" or "none" in the vendor's sibling APIs.
  if (id === null || id === '0') return null;
  const status = catalogue.get(id);
  if (status !== undefined) return status;
  noteDrift('v2', 'unknown value', 'user.statusID');
  return { id, name: null, availability: 'UNKNOWN' };
}

/** A new value in the form in which it is sent, or the rule that refuses it. */
type Rule = (value: JsonValue) => Acceptance;

const MAX_LENGTH = 255;

const accepted = (value: JsonValue): Acceptance => ({ isAccepted: true, value });
const refused = (rule: string): Acceptance => ({ isAccepted: false, code: 'INVALID_VALUE', rule });

const text =
  (rule: string, pattern: RegExp, spell = (value: string) => value): Rule =>
  (value) => {
    const spelling = typeof value === 'string' ? spell(value) : '';
    if (spelling.length > MAX_LENGTH) return refused(`takes at most ${MAX_LENGTH} characters`);
    return pattern.test(spelling) ? accepted(spelling) : refused(rule);
  };

const flag: Rule = (value) =>
  typeof value === 'boolean' ? accepted(value) : refused('takes true and false');

const wholeNumber: Rule = (value) =>
  isWholeNumber(value) ? accepted(value) : refused('takes a whole number from 0');

const wholeNumbers: Rule = (value) =>
  Array.isArray(value) && value.every(isWholeNumber)
    ? accepted(value)
    : refused('takes whole numbers from 0');

/** A letter is the same in either form of Unicode; the pattern knows the composed one. */
const personName = text(
  'takes letters from A to ÿ, blanks and hyphens only',
  /^[a-zA-ZÀ-ÖØ-Þß-öø-ÿ\- ]+$/,
  (name) => name.normalize('NFC'),
);

/** What v2 takes in each field that it holds; what null becomes there stands in `CLEARED`. */
const RULES: Readonly<Partial<Record<FieldPath, Rule>>> = {
  firstName: personName,
  lastName: personName,
  username: text(
    'takes letters from a to z without accents, digits, dots and hyphens only',
    /^[a-zA-Z0-9.-]+$/,
  ),
  // The vendor names the type and no pattern.
  email: text('takes an e-mail address', /^[^\s@]+@[^\s@]+$/),
  phone: text('takes + and digits, with the country code', /^\+[0-9]+$/, fromPhone),
  // The vendor's list of values is lost.
  language: text('takes a language tag', /./, (tag) => toLanguageTag(tag) ?? tag),
  // Published without the group, so that it takes `en_GBxxx` too; what was meant is what is accepted.
  'v2.dateFormat': text('takes a locale such as "en_GB", or "iso"', /^([a-z]{2}_[A-Z]{2}|iso)$/),
  'v2.groups': wholeNumbers,
  'settings.desk.maxChats': wholeNumber,
  'settings.desk.chatSoundOnNewMessage': flag,
  'settings.desk.notifyOnTicketAssignment': flag,
  'settings.desk.ticketIncognitoMode': flag,
  'settings.desk.autoAnswerCalls': flag,
};

const CLEARED: Readonly<Partial<Record<FieldPath, JsonValue>>> = {
  phone: null,
  language: null,
  'v2.dateFormat': null,
  'v2.groups': [],
};

/** Holds a value against the vendor's patterns; see `BackendWriter.accept`. */
export function acceptValue(field: FieldPath, value: JsonValue): Acceptance {
  const rule = RULES[field];
  if (rule === undefined) throw new TypeError(`v2 does not hold ${field}`);
  if (value !== null) return rule(value);
  const cleared = CLEARED[field];
  return cleared === undefined
    ? { isAccepted: false, code: 'NOT_CLEARABLE', rule: 'cannot be cleared' }
    : accepted(cleared);
}

const NAME_RULES: Readonly<Record<Parameters<V2Writer['acceptName']>[0], Rule>> = {
  // As published: the range A-z holds six signs between Z and a.
  campaign: text('takes letters from a to z, digits and the signs - _ [ \\ ] ^ ` only', /^[a-zA-z0-9\-_]+$/),
  statistic: text('takes letters from a to z and underscores only', /^[a-zA-Z_]+$/),
  statisticOption: text('takes letters from a to z and digits only', /^[0-9a-zA-Z]+$/),
  tab: text('takes letters from a to z, digits and underscores only', /^[a-zA-Z0-9_]+$/),
};

/** Holds a name against the vendor's patterns; see `V2Writer.acceptName`. */
export const acceptName: V2Writer['acceptName'] = (kind, name) => NAME_RULES[kind](name);

/** A value as a form carries it: flags as digits, a list as one JSON array, empty to clear. */
export function fromValue(value: JsonValue): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return fromFlag(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function fromFlag(isOn: boolean): '0' | '1' {
  return isOn ? '1' : '0';
}

/** `+49 (0)30 90-18 20` and `0049 30 901820` as `+4930901820`: the "(0)" is dialled within the country only. */
function fromPhone(phone: string): string {
  return phone
    .replace(/^(\s*\(?(?:\+|00)\s*\d{1,3}\)?[\s\-./]*)\(\s*0\s*\)/, '$1')
    .replaceAll(/[\s().\-/]/g, '')
    .replace(/^00/, '+');
}

function isWholeNumber(value: JsonValue): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
