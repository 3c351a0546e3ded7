// One value for every field that can be written, other than the ones the cast has.
import { FIELD_PATHS, OWNERSHIP, type FieldPath } from '../../src/domain/ownership.js';

/** A PNG of one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';

const VALUES: Readonly<Partial<Record<FieldPath, unknown>>> = {
  firstName: 'Moritz',
  lastName: 'Neumann',
  displayName: 'Mo from Support',
  username: 'moritz.n',
  email: 'moritz.neumann@example.com',
  phone: '+49 30 12345',
  language: 'nl',
  avatar: PIXEL,
  externalId: 'EMP-9999',
  'routing.call': 'ACW',
  'routing.chat': 'BEING_CONNECTED',
  'settings.work.status': 'BUSY',
  'settings.work.supersetRole': 'Alpha',
  'settings.work.reportName': 'M. N.',
  'settings.work.roleId': 7,
  'settings.work.skills.channels': ['chat'],
  'settings.work.ticketFilters.intents': ['move_out'],
  'settings.desk.maxChats': 8,
  'settings.inbox.availability': 'OFFLINE',
  'settings.inbox.messageSignature': 'Yours,\nMoritz',
  'settings.inbox.uiSettings': { rtl_view: true },
  'mind.nameAlias': 'Mo',
  'mind.rawData': { costCentre: 'CC-8' },
  'v2.dateFormat': 'iso',
};

export const WRITABLE_FIELDS: readonly FieldPath[] = FIELD_PATHS.filter(
  (field) => Object.keys(OWNERSHIP[field].write).length > 0,
);

/** The value; flags and lists of ids, of which all are alike, need no row of their own. */
export function valueFor(field: FieldPath): unknown {
  if (field in VALUES) return VALUES[field];
  return /(teamIds|tagIds|groups|TagIds|tagsOn\w+)$/.test(field) ? [3, 9] : true;
}

/** `settings.desk.maxChats` and a value as the nested patch that says so. */
export function patchOf(field: FieldPath, value: unknown): Readonly<Record<string, unknown>> {
  return field.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Readonly<
    Record<string, unknown>
  >;
}
