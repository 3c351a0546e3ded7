// From `unknown` to v2's wire types. The vendor publishes no bodies, so every spelling that its sibling APIs use is taken.
import {
  anyObjectOrNull,
  decodeRows,
  expectDecoded,
  expectRows,
  flag,
  int,
  list,
  nativeId,
  object,
  text,
  type DecodedBy,
  type DecodersOf,
} from '../decoding.js';
import type { components } from './wire.generated.js';

type Schemas = components['schemas'];

const user = object('v2', 'user', {
  id: nativeId,
  // The username, not a person's name.
  name: text,
  firstname: text,
  lastname: text,
  email: text,
  telephone_number: text,
  language: text,
  dateFormat: text,
  groups: list(int),
  active: flag,
  statusID: text,
  statusLocked: flag,
} satisfies DecodersOf<keyof Schemas['User']>);

const settings = object('v2', 'settings', {
  maxChats: int,
  chatSoundNewMessage: flag,
  notifyOnTicketAssignment: flag,
  ticketIncognitoMode: flag,
  callsAutoAnswer: flag,
} satisfies DecodersOf<keyof Schemas['UserSettings']>);

const view = object('v2', 'view', {
  id: nativeId,
  name: text,
  selected: flag,
} satisfies DecodersOf<keyof Schemas['UserView']>);

export type V2UserDto = DecodedBy<typeof user>;
export type V2SettingsDto = DecodedBy<typeof settings>;
export type V2ViewDto = DecodedBy<typeof view>;

export interface V2UserPage {
  readonly users: readonly V2UserDto[];
  /** Rows as they came, those without a usable id included. */
  readonly rowCount: number;
  /** Null where the answer holds no total. */
  readonly total: number | null;
}

/** GET /api/v2/user. */
export function decodeUserPage(body: unknown): V2UserPage {
  const rows = expectRows('v2', 'items', body);
  const total = int(anyObjectOrNull(body)?.['itemTotal']);
  return {
    users: decodeRows(user, rows),
    rowCount: rows.length,
    total: typeof total === 'number' ? total : null,
  };
}

/** GET /api/v2/user/settings: under `item`, or bare. */
export function decodeSettings(body: unknown): V2SettingsDto {
  return expectDecoded('v2', 'settings', settings, anyObjectOrNull(body)?.['item'] ?? body);
}

/** GET /api/v2/user/getUserViews. */
export function decodeViews(body: unknown): readonly V2ViewDto[] {
  return decodeRows(view, expectRows('v2', 'items', body));
}
