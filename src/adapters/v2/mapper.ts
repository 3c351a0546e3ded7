// What v2's wire types mean.
import type { KnownAccount } from '../../domain/ports.js';
import type { DeskSettings, DeskStatus, DeskView, V2Account } from '../../domain/profile.js';
import { orNull, readable } from '../decoding.js';
import { noteDrift } from '../drift.js';
import { toLanguageTag } from '../values.js';
import type { V2SettingsDto, V2UserDto, V2ViewDto } from './decode.js';

/** Looks a status id up; no endpoint lists statuses, so the catalogue is configured. */
export type StatusCatalogue = ReadonlyMap<string, DeskStatus>;

export function toAccount(id: string, dto: V2UserDto, catalogue: StatusCatalogue): V2Account {
  return readable<V2Account>({
    backend: () => 'v2',
    id: () => id,
    name: () => [dto.firstname, dto.lastname].filter((part) => part !== null).join(' ') || null,
    email: () => dto.email,
    active: () => dto.active,
    firstName: () => dto.firstname,
    lastName: () => dto.lastname,
    username: () => dto.name,
    telephone: () => dto.telephone_number,
    language: () => toLanguageTag(dto.language),
    dateFormat: () => dto.dateFormat,
    groups: () => dto.groups,
    status: () => toDeskStatus(dto.statusID, catalogue),
    isStatusLocked: () => dto.statusLocked,
  });
}

/** What the index keeps of a row. */
export function toKnownAccount(id: string, dto: V2UserDto): KnownAccount {
  return {
    backend: 'v2',
    id,
    email: orNull(() => dto.email),
    active: orNull(() => dto.active),
    isConfirmed: true,
    externalId: null,
    isPerson: true,
  };
}

export function toDeskSettings(dto: V2SettingsDto): DeskSettings {
  return readable<DeskSettings>({
    maxChats: () => dto.maxChats,
    chatSoundOnNewMessage: () => dto.chatSoundNewMessage,
    notifyOnTicketAssignment: () => dto.notifyOnTicketAssignment,
    ticketIncognitoMode: () => dto.ticketIncognitoMode,
    autoAnswerCalls: () => dto.callsAutoAnswer,
  });
}

/** The views that have an id. */
export function toDeskViews(views: readonly V2ViewDto[]): DeskView[] {
  return views.flatMap((dto) =>
    dto.id === null
      ? []
      : [readable<DeskView>({ id: () => dto.id ?? '', name: () => dto.name, selected: () => dto.selected })],
  );
}

function toDeskStatus(id: string | null, catalogue: StatusCatalogue): DeskStatus | null {
  // 0 stands for "nobody" or "none" in the vendor's sibling APIs.
  if (id === null || id === '0') return null;
  const status = catalogue.get(id);
  if (status !== undefined) return status;
  noteDrift('v2', 'unknown value', 'user.statusID');
  return { id, name: null, availability: 'UNKNOWN' };
}
