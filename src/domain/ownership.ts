// Whose value a field shows and who takes a new one. The one table: resolvers, the choice of calls, explain, version
// tokens and docs/field-ownership.md follow it.
import type {
  AccountOf,
  Backend,
  DeskSettings,
  Instant,
  JsonObject,
  JsonValue,
  OmnivibeAccount,
  OmnivibeDepth,
  TicketFilters,
  WorkSettings,
} from './profile.js';

/** What is read of a backend: the account, or what costs a call of its own. */
export interface Parts extends AccountOf {
  readonly desk: DeskSettings;
  readonly rawData: JsonObject;
}
export type Part = keyof Parts;

/** Whose call reads a part. */
export const BACKEND_OF_PART: Readonly<Record<Part, Backend>> = {
  mind: 'mind',
  omnivibe: 'omnivibe',
  v2: 'v2',
  desk: 'v2',
  rawData: 'mind',
};

/** One place that a field may come from. */
export interface Source<T> {
  readonly part: Part;
  /** How much of an omnivibe account it takes to tell. */
  readonly omnivibeDepth: OmnivibeDepth;
  /** True for a value that stands in where nobody has one of the field's own; it is neither listed nor compared. */
  readonly isStandIn: boolean;
  /** Null when the backend answers that it has none; then the next source is asked. */
  readonly read: (part: Parts[Part]) => T | null;
}

/** How a backend takes a new value. */
export interface Writer {
  /** Where the value goes, in the backend's own words. */
  readonly as: string;
  /** Where the backend shows what was written; left out, where the field is read from it. */
  readonly shown?: Source<unknown>;
  /** Where the backend shows that the field was cleared, if not there. */
  readonly cleared?: Source<unknown>;
  /** True where the backend is not documented to show the value again. */
  readonly isWriteOnly?: true;
  /** True where only the person's own token can do it. */
  readonly isSelfOnly?: true;
  /** True where accounts are linked by the value: whoever writes it decides whose another account is. */
  readonly isLinking?: true;
}

export interface Ownership<T> {
  /** In read order. A source that fails makes the field fail: nobody else's value stands in for it. */
  readonly read: readonly Source<T>[];
  readonly write: Readonly<Partial<Record<Backend, Writer>>>;
  /** The form in which texts are compared; left out: as they are. */
  readonly normalize?: (text: string) => string;
}

/** Person-level fields that several accounts hold. */
export interface PersonFields {
  readonly firstName: string;
  readonly lastName: string;
  readonly displayName: string;
  readonly username: string;
  readonly email: string;
  readonly phone: string;
  readonly language: string;
  readonly avatarUrl: string;
  readonly externalId: string;
  readonly lastSeenAt: Instant;
}
export type PersonField = keyof PersonFields;

/** Every field by its dotted path: the leaves that can be read and written. A path without a row does not compile. */
export type FieldPath =
  | PersonField
  | 'avatar'
  | 'routing.call'
  | 'routing.chat'
  | `settings.work.${Exclude<keyof WorkSettings, 'skills' | 'ticketFilters'>}`
  | 'settings.work.skills.tagIds'
  | 'settings.work.skills.channels'
  | `settings.work.ticketFilters.${keyof TicketFilters}`
  | `settings.desk.${keyof DeskSettings}`
  | `settings.inbox.${keyof OmnivibeAccount['inbox']}`
  | 'mind.nameAlias'
  | 'mind.ssoOnly'
  | 'mind.rawData'
  | 'v2.dateFormat'
  | 'v2.groups';

const from =
  <P extends Part>(part: P, omnivibeDepth: OmnivibeDepth = 'listed', isStandIn = false) =>
  <T>(read: (value: Parts[P]) => T | null): Source<T> => ({
    part,
    omnivibeDepth,
    isStandIn,
    read: read as Source<T>['read'],
  });
const mind = from('mind');
const omnivibe = from('omnivibe');
const omnivibeProfile = from('omnivibe', 'profile');
const omnivibePresence = from('omnivibe', 'presence');
const v2 = from('v2');
const desk = from('desk');

/** omnivibe holds the name as a whole. */
const wholeName: Writer = { as: 'name', shown: omnivibe(({ name }) => name) };

const work = <T>(as: string, read: (settings: WorkSettings) => T | null): Ownership<T> => ({
  read: [mind((account) => account.work && read(account.work))],
  write: { mind: { as: `settings.${as}` } },
});
const filter = <T>(key: keyof TicketFilters, read: (filters: TicketFilters) => T | null): Ownership<T> =>
  work(`ticketsFilters.${key}`, ({ ticketFilters }) => ticketFilters && read(ticketFilters));
const toggle = <T>(endpoint: string, read: (settings: DeskSettings) => T | null): Ownership<T> => ({
  read: [desk(read)],
  write: { v2: { as: `PUT ${endpoint}` } },
});

type Table = {
  readonly [P in FieldPath]: P extends PersonField ? Ownership<PersonFields[P]> : Ownership<unknown>;
};

export const OWNERSHIP: Table = {
  firstName: {
    read: [mind(({ firstName }) => firstName), v2(({ firstName }) => firstName)],
    write: { mind: { as: 'firstName' }, v2: { as: 'firstname' }, omnivibe: wholeName },
    normalize: words,
  },
  lastName: {
    read: [mind(({ lastName }) => lastName), v2(({ lastName }) => lastName)],
    write: { mind: { as: 'lastName' }, v2: { as: 'lastname' }, omnivibe: wholeName },
    normalize: words,
  },
  displayName: {
    read: [
      omnivibe(chosenDisplayName),
      mind(({ nameAlias }) => nameAlias),
      from('mind', 'listed', true)(({ name }) => name),
      from('v2', 'listed', true)(({ name }) => name),
    ],
    write: {
      // Every way of reading tells what is shown instead, which is the name where no display name is set.
      omnivibe: {
        as: 'display_name',
        shown: omnivibe(({ availableName }) => availableName),
        cleared: omnivibe(({ availableName, name }) => (availableName === name ? null : availableName)),
      },
      mind: { as: 'nameAlias', shown: mind(({ nameAlias }) => nameAlias) },
    },
    normalize: words,
  },
  username: { read: [v2(({ username }) => username)], write: { v2: { as: 'name' } } },
  email: {
    read: [mind(({ email }) => email), v2(({ email }) => email), omnivibe(({ email }) => email)],
    write: { v2: { as: 'email' }, omnivibe: { as: 'email' } },
    normalize: (email) => email.trim().toLowerCase(),
  },
  phone: {
    read: [mind(({ phone }) => phone), v2(({ telephone }) => telephone)],
    write: {
      mind: { as: 'phone' },
      v2: { as: 'telephone' },
      // Among the custom attributes, where the vendor's source puts it and no document says so.
      omnivibe: {
        as: 'phone_number',
        shown: omnivibe(({ customAttributes }) => customAttributes?.['phone_number'] ?? null),
        isWriteOnly: true,
      },
    },
    normalize: phoneDigits,
  },
  language: {
    read: [mind(({ language }) => language), v2(({ language }) => language)],
    write: { mind: { as: 'lang' }, v2: { as: 'language' } },
    normalize: (language) => language.trim().replaceAll('_', '-').toLowerCase(),
  },
  avatarUrl: { read: [omnivibe(({ avatarUrl }) => avatarUrl)], write: {} },
  avatar: { read: [], write: { mind: { as: 'image', isWriteOnly: true } } },
  externalId: {
    read: [mind(({ externalId }) => externalId)],
    write: { mind: { as: 'externalId', isLinking: true } },
  },
  lastSeenAt: { read: [mind(({ lastSeenAt }) => lastSeenAt)], write: {} },

  'routing.call': {
    read: [mind(({ callRouting }) => callRouting?.value ?? null)],
    write: { mind: { as: 'callRoutingStatus' } },
  },
  'routing.chat': {
    read: [mind(({ chatRouting }) => chatRouting?.value ?? null)],
    write: { mind: { as: 'chatRoutingStatus' } },
  },

  'settings.work.status': work('status', ({ status }) => status),
  'settings.work.inheritsFromTeams': work(
    'inheritTeamSettings',
    ({ inheritsFromTeams }) => inheritsFromTeams,
  ),
  'settings.work.personalFilters': work('isPersonalFilters', ({ personalFilters }) => personalFilters),
  'settings.work.supersetRole': work('supersetRole', ({ supersetRole }) => supersetRole),
  'settings.work.reportName': work('nameReports', ({ reportName }) => reportName),
  'settings.work.roleId': work('roleId', ({ roleId }) => roleId.own),
  'settings.work.teamIds': work('teamIds', ({ teamIds }) => teamIds),
  'settings.work.skills.tagIds': work('skills.tagIds', ({ skills }) => skills.own?.tagIds ?? null),
  'settings.work.skills.channels': work('skills.channels', ({ skills }) => skills.own?.channels ?? null),
  'settings.work.tagsOnRoute': work('tagsOnRoute', ({ tagsOnRoute }) => tagsOnRoute.own),
  'settings.work.tagsOnEdit': work('tagsOnEdit', ({ tagsOnEdit }) => tagsOnEdit.own),
  'settings.work.limitBacklogAccess': work(
    'limitTicketBacklogAccess',
    ({ limitBacklogAccess }) => limitBacklogAccess.own,
  ),
  'settings.work.backlogRequiredTagIds': work(
    'ticketBacklogRequiredTagIds',
    ({ backlogRequiredTagIds }) => backlogRequiredTagIds.own,
  ),
  'settings.work.ticketFilters.groups': filter('groups', ({ groups }) => groups),
  'settings.work.ticketFilters.intents': filter('intents', ({ intents }) => intents),
  'settings.work.ticketFilters.tagIds': filter('tagIds', ({ tagIds }) => tagIds),
  'settings.work.ticketFilters.personalQueue': filter('personalQueue', ({ personalQueue }) => personalQueue),
  'settings.work.ticketFilters.onlyIntents': filter('onlyIntents', ({ onlyIntents }) => onlyIntents),

  'settings.desk.maxChats': toggle('maxChats', ({ maxChats }) => maxChats),
  'settings.desk.chatSoundOnNewMessage': toggle('chatSoundNewMessage', (own) => own.chatSoundOnNewMessage),
  'settings.desk.notifyOnTicketAssignment': toggle(
    'notifyOnTicketAssignment',
    (own) => own.notifyOnTicketAssignment,
  ),
  'settings.desk.ticketIncognitoMode': toggle('ticketIncognitoMode', (own) => own.ticketIncognitoMode),
  'settings.desk.autoAnswerCalls': toggle('callsAutoAnswer', ({ autoAnswerCalls }) => autoAnswerCalls),

  'settings.inbox.availability': {
    read: [omnivibePresence(({ inbox }) => inbox.availability)],
    write: { omnivibe: { as: 'availability' } },
  },
  'settings.inbox.autoOffline': {
    read: [omnivibe(({ inbox }) => inbox.autoOffline)],
    write: { omnivibe: { as: 'auto_offline' } },
  },
  'settings.inbox.messageSignature': {
    read: [omnivibeProfile(({ inbox }) => inbox.messageSignature)],
    write: { omnivibe: { as: 'message_signature', isSelfOnly: true } },
  },
  'settings.inbox.uiSettings': {
    read: [omnivibeProfile(({ inbox }) => inbox.uiSettings)],
    write: { omnivibe: { as: 'ui_settings', isSelfOnly: true } },
  },

  'mind.nameAlias': { read: [mind(({ nameAlias }) => nameAlias)], write: { mind: { as: 'nameAlias' } } },
  'mind.ssoOnly': { read: [mind(({ ssoOnly }) => ssoOnly)], write: { mind: { as: 'isSsoOnly' } } },
  'mind.rawData': { read: [from('rawData')((rawData) => rawData)], write: { mind: { as: 'rawData' } } },

  'v2.dateFormat': { read: [v2(({ dateFormat }) => dateFormat)], write: { v2: { as: 'dateFormat' } } },
  'v2.groups': { read: [v2(({ groups }) => groups)], write: { v2: { as: 'groups' } } },
};

/** Where a backend shows a field; null where it does not. */
export function ownSource(field: FieldPath, backend: Backend): Source<unknown> | null {
  const { read }: Ownership<unknown> = OWNERSHIP[field];
  for (const source of read) if (BACKEND_OF_PART[source.part] === backend && !source.isStandIn) return source;
  return null;
}

/** As `ownSource`, after `value` was written to it. */
export function shownAt(field: FieldPath, backend: Backend, value: JsonValue): Source<unknown> | null {
  const writer = OWNERSHIP[field].write[backend];
  const special = (value === null ? writer?.cleared : undefined) ?? writer?.shown;
  return special ?? ownSource(field, backend);
}

export const FIELD_PATHS = Object.keys(OWNERSHIP) as readonly FieldPath[];

/**
 * A display name that merely repeats the name was not chosen. The agent list cannot tell the two apart, so neither way of
 * reading does: the same person has the same display name whichever call the selection leads to.
 */
function chosenDisplayName({ displayName, name }: OmnivibeAccount): string | null {
  return displayName === name ? null : displayName;
}

/** Blanks do not make another name, nor does the way in which an accent is composed. */
function words(name: string): string {
  return name.normalize('NFC').trim().replaceAll(/\s+/g, ' ');
}

/** `+49 30 90-1820`, `0049 30 901820` and `+4930901820` are one number; `(0)` after the country code is not dialled. */
function phoneDigits(phone: string): string {
  const trimmed = phone.trim().replace(/^00/, '+').replace('(0)', '');
  return `${trimmed.startsWith('+') ? '+' : ''}${trimmed.replaceAll(/\D/g, '')}`;
}
