// What a patch becomes on the wire: absent, null, "" and a value, for every field at every backend that takes it.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FIELD_PATHS, OWNERSHIP, type FieldPath, type Ownership } from '../../src/domain/ownership.js';
import { BACKENDS, type Backend, type JsonObject, type JsonValue } from '../../src/domain/profile.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import {
  expectSoundWrites,
  nested,
  renewed,
  sentBy,
  update,
  UPDATE,
  valueAt,
  type Sent,
  type UpdateAnswer,
} from './patching.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterEach(async () => {
  expectSoundWrites(gateway);
  gateway = await renewed(gateway);
});
afterAll(() => gateway.close());

const mind = (body: JsonObject): Sent => ({ mind: [['PATCH /profile/42', body]] });
const settings = (body: JsonObject): Sent => mind({ settings: body });
const platform = (body: JsonObject): Sent => ({ omnivibe: [['PATCH /platform/api/v1/users/3', body]] });
const agent = (body: JsonObject): Sent => ({ omnivibe: [['PATCH /api/v1/accounts/1/agents/3', body]] });
const own = (profile: JsonObject): Sent => ({ omnivibe: [['PUT /api/v1/profile', { profile }]] });
const desk = (request: string, body: JsonObject): Sent => ({ v2: [[`PUT /api/v2/user/${request}`, body]] });
const toggled = (endpoint: string, state: '0' | '1') => desk(endpoint, { userID: '17', state });

const SKILLS = { tagIds: [1, 2], channels: ['email'] };
const FILTERS = {
  groups: [1],
  intents: ['process_meter_reading'],
  tagIds: [1],
  personalQueue: true,
  onlyIntents: false,
};
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

interface Row {
  readonly value: JsonValue;
  readonly sent: Sent;
  /** What null sends; left out where the field cannot be cleared. */
  readonly cleared?: Sent;
  /** True where "" is a text as GraphQL reads it; elsewhere GraphQL itself refuses it. */
  readonly isText?: true;
  /** What is sent in its place when all others are changed and it is left out; nothing unless told. */
  readonly absent?: Readonly<Partial<Record<Backend, JsonValue>>>;
}
const text = (value: string, sent: Sent, cleared?: Sent): Row => ({
  value,
  sent,
  isText: true,
  ...(cleared && { cleared }),
});
const list = (key: string, value: JsonValue): Row => ({
  value,
  sent: settings({ [key]: value }),
  cleared: settings({ [key]: [] }),
});
const plain = (value: JsonValue, sent: Sent): Row => ({ value, sent });
const skill = (key: keyof typeof SKILLS, value: JsonValue): Row => ({
  value,
  sent: settings({ skills: { ...SKILLS, [key]: value } }),
  cleared: settings({ skills: { ...SKILLS, [key]: [] } }),
  absent: { mind: SKILLS[key] },
});
const filter = (key: keyof typeof FILTERS, value: JsonValue): Row => ({
  value,
  sent: settings({ ticketsFilters: { ...FILTERS, [key]: value } }),
  ...(Array.isArray(value) && { cleared: settings({ ticketsFilters: { ...FILTERS, [key]: [] } }) }),
  absent: { mind: FILTERS[key] },
});

/** Max Mustermann is mind:42, omnivibe:3 and v2:17, and holds another value in each of these. */
const ROWS: Readonly<Partial<Record<FieldPath, Row>>> = {
  firstName: {
    ...text('Maxi', {
      ...mind({ firstName: 'Maxi' }),
      ...platform({ name: 'Maxi Mustermann' }),
      ...desk('firstnameUpdate', { id: '17', firstname: 'Maxi' }),
    }),
    absent: { omnivibe: 'Max Neu-Muster' },
  },
  lastName: {
    ...text('Neu-Muster', {
      ...mind({ lastName: 'Neu-Muster' }),
      ...platform({ name: 'Max Neu-Muster' }),
      ...desk('lastnameUpdate', { id: '17', lastname: 'Neu-Muster' }),
    }),
    absent: { omnivibe: 'Maxi Mustermann' },
  },
  displayName: {
    ...text(
      'M. Muster',
      { ...mind({ nameAlias: 'M. Muster' }), ...platform({ display_name: 'M. Muster' }) },
      { ...mind({ nameAlias: null }), ...platform({ display_name: null }) },
    ),
    absent: { mind: 'Maxi at Mind' },
  },
  username: text('max.2', desk('usernameUpdate', { id: '17', username: 'max.2' })),
  email: text('Max.New@Example.com', {
    ...platform({ email: 'max.new@example.com' }),
    ...desk('17', { email: 'Max.New@Example.com' }),
  }),
  phone: text(
    '+49 30 12-34',
    {
      ...mind({ phone: '+49 30 12-34' }),
      ...platform({ custom_attributes: { phone_number: '+49 30 12-34' } }),
      ...desk('17', { telephone: '+49301234' }),
    },
    {
      ...mind({ phone: null }),
      ...platform({ custom_attributes: { phone_number: null } }),
      ...desk('17', { telephone: '' }),
    },
  ),
  language: text(
    'pt-br',
    { ...mind({ lang: 'pt-BR' }), ...desk('17', { language: 'pt-BR' }) },
    { ...mind({ lang: null }), ...desk('17', { language: '' }) },
  ),
  avatar: text(PNG, mind({ image: PNG })),
  externalId: text('EMP-1', mind({ externalId: 'EMP-1' }), mind({ externalId: null })),
  'routing.call': plain('NOT_RESPONDING', mind({ callRoutingStatus: 'notResponding' })),
  'routing.chat': plain('ACW', mind({ chatRoutingStatus: 'acw' })),
  'settings.work.status': plain('BUSY', settings({ status: 'busy' })),
  'settings.work.inheritsFromTeams': plain(false, settings({ inheritTeamSettings: false })),
  'settings.work.personalFilters': plain(true, settings({ isPersonalFilters: true })),
  'settings.work.supersetRole': text(
    'Alpha',
    settings({ supersetRole: 'Alpha' }),
    settings({ supersetRole: null }),
  ),
  'settings.work.reportName': text(
    'Grey Fig',
    settings({ nameReports: 'Grey Fig' }),
    settings({ nameReports: null }),
  ),
  'settings.work.roleId': plain(1, settings({ roleId: 1 })),
  'settings.work.teamIds': list('teamIds', [4]),
  'settings.work.skills.tagIds': skill('tagIds', [7]),
  'settings.work.skills.channels': { ...skill('channels', ['chat']), isText: true },
  'settings.work.tagsOnRoute': list('tagsOnRoute', [8, 9]),
  'settings.work.tagsOnEdit': list('tagsOnEdit', [9]),
  'settings.work.limitBacklogAccess': plain(true, settings({ limitTicketBacklogAccess: true })),
  'settings.work.backlogRequiredTagIds': list('ticketBacklogRequiredTagIds', [0]),
  'settings.work.ticketFilters.groups': filter('groups', [2, 3]),
  'settings.work.ticketFilters.intents': { ...filter('intents', ['move_out']), isText: true },
  'settings.work.ticketFilters.tagIds': filter('tagIds', [6]),
  'settings.work.ticketFilters.personalQueue': filter('personalQueue', false),
  'settings.work.ticketFilters.onlyIntents': filter('onlyIntents', true),
  'settings.desk.maxChats': plain(0, desk('maxChats', { userID: '17', maxChats: '0' })),
  'settings.desk.chatSoundOnNewMessage': plain(false, toggled('chatSoundNewMessage', '0')),
  'settings.desk.notifyOnTicketAssignment': plain(false, toggled('notifyOnTicketAssignment', '0')),
  'settings.desk.ticketIncognitoMode': plain(true, toggled('ticketIncognitoMode', '1')),
  'settings.desk.autoAnswerCalls': plain(true, toggled('callsAutoAnswer', '1')),
  'settings.inbox.availability': plain('BUSY', agent({ availability: 'busy' })),
  'settings.inbox.autoOffline': plain(false, agent({ auto_offline: false })),
  'settings.inbox.messageSignature': text(
    'Bye,\n\tMax',
    own({ message_signature: 'Bye,\n\tMax' }),
    own({ message_signature: null }),
  ),
  'settings.inbox.uiSettings': {
    value: { rtl_view: true },
    sent: own({ ui_settings: { rtl_view: true } }),
    cleared: own({ ui_settings: {} }),
  },
  'mind.nameAlias': {
    ...text('Maxi at Mind', mind({ nameAlias: 'Maxi at Mind' }), mind({ nameAlias: null })),
    absent: { mind: 'M. Muster' },
  },
  'mind.ssoOnly': plain(true, mind({ isSsoOnly: 1 })),
  'mind.rawData': { value: { a: [] }, sent: mind({ rawData: { a: [] } }), cleared: mind({ rawData: null }) },
  'v2.dateFormat': text('iso', desk('17', { dateFormat: 'iso' }), desk('17', { dateFormat: '' })),
  'v2.groups': {
    value: [4, 7],
    sent: desk('17', { groups: '[4,7]' }),
    cleared: desk('17', { groups: '[]' }),
  },
};
const ENTRIES = Object.entries(ROWS) as [FieldPath, Row][];

const writersOf = (field: FieldPath) => BACKENDS.filter((backend) => OWNERSHIP[field].write[backend]);
/** Mind shows the address and takes it on creation only. */
const readOnly = (field: FieldPath) => (field === 'email' ? [['MIND', 'READ_ONLY']] : []);
const told = ({ userErrors }: UpdateAnswer) => userErrors.map(({ backend, code }) => [backend, code]);
const refused = (field: FieldPath, code: string) =>
  [...readOnly(field), ...writersOf(field).map((backend) => [backend.toUpperCase(), code])].sort();

describe('on the wire', () => {
  it('every field that can be written stands in the table', () => {
    expect(Object.keys(ROWS).sort()).toEqual(FIELD_PATHS.filter((path) => writersOf(path).length > 0).sort());
  });

  it.each(ENTRIES)(
    '%s with a value is that value alone, at each backend that takes it',
    async (field, row) => {
      const answer = await update(gateway, nested([[field, row.value]]));
      expect(answer.status).toBe('APPLIED');
      expect(answer.sent).toEqual(row.sent);
      expect(Object.keys(answer.sent).sort()).toEqual([...writersOf(field)].sort());
      expect(told(answer)).toEqual(readOnly(field));
      const { write }: Ownership<unknown> = OWNERSHIP[field];
      for (const { backend, state } of answer.outcomes.filter((outcome) => outcome.state !== 'SKIPPED')) {
        const isWriteOnly = write[backend.toLowerCase() as Backend]?.isWriteOnly === true;
        expect([backend, state]).toEqual([backend, isWriteOnly ? 'ACCEPTED' : 'VERIFIED']);
      }
    },
  );

  it.each(ENTRIES)('%s with null clears it, or is NOT_CLEARABLE and nothing is sent', async (field, row) => {
    const answer = await update(gateway, nested([[field, null]]));
    expect(answer.sent).toEqual(row.cleared ?? {});
    expect(answer.status).toBe(row.cleared ? 'APPLIED' : 'REJECTED');
    expect(told(answer).sort()).toEqual(row.cleared ? [] : refused(field, 'NOT_CLEARABLE'));
  });

  it.each(ENTRIES)('%s with an empty text sends nothing', async (field, row) => {
    const input = { profileId: 'mind:42', patch: nested([[field, '']]) };
    const { data, errors } = await gateway.execute(UPDATE, { input });
    expect(sentBy(gateway)).toEqual({});
    if (row.isText !== true) {
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      return;
    }
    const answer = data?.['updateProfile'] as UpdateAnswer;
    expect(answer.status).toBe('REJECTED');
    expect(told(answer).sort()).toEqual(refused(field, 'INVALID_VALUE'));
  });

  const everything = ENTRIES.map(([path, { value }]) => [path, value] as const);

  it('everything at once takes one call to Mind, one for each way to omnivibe, one for each setting of v2', async () => {
    const { sent, status } = await update(gateway, nested(everything));
    expect(status).toBe('APPLIED');
    expect(BACKENDS.map((backend) => sent[backend]?.length)).toEqual([1, 3, 1 + 5]);
    for (const [field] of ENTRIES)
      for (const backend of writersOf(field)) expect(onWire(sent, backend, field)).not.toBeUndefined();
  });

  // Another address would take another gateway each time.
  const others = everything.filter(([path]) => path !== 'email');
  it.each(ENTRIES)('%s left out is not sent while all others are', async (field, { absent }) => {
    const { sent } = await update(gateway, nested(others.filter(([path]) => path !== field)));
    const found = writersOf(field).map((backend) => [backend, onWire(sent, backend, field)]);
    expect(found).toEqual(writersOf(field).map((backend) => [backend, absent?.[backend]]));
  });

  it.each([{}, { settings: {} }, { settings: { work: { skills: {} } }, routing: {}, v2: {} }])(
    'the patch %j sends nothing',
    async (patch) => {
      const { status, userErrors, sent } = await update(gateway, patch);
      expect({ status, userErrors, sent }).toEqual({ status: 'UNCHANGED', userErrors: [], sent: {} });
    },
  );
});

describe('what is there already', () => {
  it.each<[what: string, patch: object, more: object]>([
    ['values as they are', { firstName: 'Max', username: 'max.m', routing: { call: 'IDLE' } }, {}],
    ['lists in another order', { settings: { work: { teamIds: [2, 1] } }, v2: { groups: [4, 1] } }, {}],
    ['keys in another order', { mind: { rawData: { shirtSize: 'L', costCentre: 'CC-7' } } }, {}],
    ['a language in capitals', { language: 'DE' }, {}],
    ['a number as v2 spells it', { phone: '0049 30 90-1820' }, { backends: ['V2'] }],
    ['an address as omnivibe spells it', { email: 'MAX.Mustermann@example.com' }, { backends: ['OMNIVIBE'] }],
    ['no number', { phone: null }, { profileId: 'v2:20', backends: ['V2'] }],
    ['no display name', { displayName: null }, { profileId: 'omnivibe:6', backends: ['OMNIVIBE'] }],
    ['an empty object', { settings: { inbox: { uiSettings: {} } } }, { profileId: 'omnivibe:6' }],
  ])('is not sent: %s', async (_what, patch, more) => {
    const { status, userErrors, sent, outcomes } = await update(gateway, patch, more);
    expect({ status, userErrors, sent }).toEqual({ status: 'UNCHANGED', userErrors: [], sent: {} });
    expect(new Set(outcomes.map(({ state }) => state))).toEqual(new Set(['UNCHANGED']));
  });

  it('is not lost where it is not shown: keys that are named like secrets', async () => {
    const hidden = { crmToken: 'kept' };
    await gateway.write('mind', 'PATCH /profile/42', { rawData: { costCentre: 'CC-7', ...hidden } });
    gateway.mind.ledger.clear();
    const { status, sent } = await update(gateway, { mind: { rawData: { costCentre: 'CC-8' } } });
    expect({ status, sent }).toEqual({
      status: 'APPLIED',
      sent: mind({ rawData: { ...hidden, costCentre: 'CC-8' } }),
    });
  });

  it('is not sent: an empty list, where there is none', async () => {
    const off = gateway.mind.switches.set({ settingsPatch: 'replace' });
    await gateway.write('mind', 'PATCH /profile/42', { settings: { status: 'busy' } });
    off();
    gateway.mind.ledger.clear();
    const work = { tagsOnRoute: [], tagsOnEdit: null, skills: { tagIds: [] } };
    const { status, sent } = await update(gateway, { settings: { work } });
    expect({ status, sent }).toEqual({ status: 'UNCHANGED', sent: {} });
  });
});

/** What is sent of a field to a backend, found by the name that the ownership table gives for it. */
function onWire(sent: Sent, backend: Backend, field: FieldPath): unknown {
  const { write }: Ownership<unknown> = OWNERSHIP[field];
  const bodies = (sent[backend] ?? []).map(([request, body]) => {
    // One of v2's settings has a call to itself.
    const setting = /^PUT \/api\/v2\/user\/(\D+)$/.exec(request)?.[1];
    return setting === undefined ? body : { [`PUT ${setting}`]: body };
  });
  const { profile, custom_attributes, ...others } = Object.assign({}, ...bodies) as JsonObject;
  const all = { ...others, ...(profile as JsonObject), ...(custom_attributes as JsonObject) };
  return valueAt(all, write[backend]?.as ?? '');
}

describe('null in place of an object', () => {
  const OBJECTS = [
    ...['settings', 'routing', 'mind', 'v2', 'settings.work', 'settings.desk', 'settings.inbox'],
    ...['settings.work.skills', 'settings.work.ticketFilters'],
  ];
  it.each(OBJECTS)('refuses the whole update before any call: %s', async (path) => {
    for (const others of [{}, { firstName: 'Maxi' }]) {
      expect(await update(gateway, { ...others, ...nested([[path, null]]) })).toMatchObject({
        status: 'REJECTED',
        outcomes: [],
        userErrors: [{ code: 'INVALID_VALUE', message: expect.stringContaining(`${path} cannot be null`) }],
      });
    }
    expect(gateway.received()).toEqual({ mind: [], omnivibe: [], v2: [] });
  });
});
