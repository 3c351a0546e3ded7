import { describe, expect, it } from '@jest/globals';
import { createV2Adapter } from '../../src/adapters/v2/index.js';
import { FIELD_PATHS, OWNERSHIP, type FieldPath } from '../../src/domain/ownership.js';
import type { FieldChange, V2Reader, V2Writer, WriteCall } from '../../src/domain/ports.js';
import type { JsonValue } from '../../src/domain/profile.js';
import type { LedgerEntry } from '../../src/sandbox/core/ledger.js';
import { CAST } from '../../src/sandbox/people.js';
import { startV2Sandbox, type V2Sandbox } from '../../src/sandbox/v2/index.js';
import { startOperation, useBackend, type BackendUnderTest } from './conformance.js';
import { startScriptedServer } from './scripted-server.js';

type Opened = V2Reader & { readonly writer: V2Writer };
type Values = Readonly<Partial<Record<FieldPath, JsonValue>>>;
type Form = Readonly<Record<string, string>>;

const connectWith = (apiKey: string, url: string) => {
  const adapter = createV2Adapter({ url, apiKey, deskStatuses: [], timeoutMs: 4_000 });
  return {
    open(scope: Parameters<typeof adapter.open>[0]): Opened {
      const { reader, writer } = adapter.open(scope);
      return { ...reader, writer: writer() };
    },
    close: () => adapter.close(),
  };
};

/** After each test, `useBackend` holds every request against the contract. */
const V2: BackendUnderTest<Opened, V2Sandbox> = {
  backend: 'v2',
  start: startV2Sandbox,
  connect: (sandbox, { url = sandbox.url }) => connectWith(sandbox.apiKey, url),
};
const bench = useBackend(V2, CAST);

const MAX = '17';
const USER = '/api/v2/user';
const URL_ENCODED = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';
const OPTIONS = { isBulk: false, isOwnTokenOnly: false };

const toChanges = (values: Values) =>
  Object.entries(values).map(([field, value]) => ({ field, value })) as FieldChange[];

/** What arrived, without what every request has. */
const shapeOf = ({ method, path, headers, body }: LedgerEntry) => ({
  method,
  path,
  contentType: headers['content-type']?.split(';')[0],
  body,
});

async function accountOf(id: string) {
  const account = await bench.connect().open().accountById(id);
  if (account === null) throw new Error(`nobody has the id ${id}`);
  return account;
}

async function settingsOf(id: string) {
  const settings = await bench.connect().open().deskSettings(id);
  if (settings === null) throw new Error(`nobody has the id ${id}`);
  return settings;
}

async function callsFor(id: string, values: Values) {
  const account = await accountOf(id);
  return bench.connect().open().writer.callsFor(account, toChanges(values), OPTIONS);
}

/** Sends the calls one after the other; answers what arrived. */
async function send(calls: readonly WriteCall[]): Promise<readonly LedgerEntry[]> {
  return bench.requestsOf(async () => {
    for (const call of calls) expect(await call.send()).toBeNull();
  });
}

/** For what needs no desk to be answered. */
const rules = connectWith('key', 'http://127.0.0.1:9').open(startOperation()).writer;

describe('the calls that change a v2 user', () => {
  const put = (path: string, form: Form) => ({ method: 'PUT', path: `${USER}${path}`, form });

  it.each<readonly [string, Values, readonly ReturnType<typeof put>[]]>([
    ['nothing', {}, []],
    ['a first name', { firstName: 'Jürgen' }, [put('/firstnameUpdate', { id: MAX, firstname: 'Jürgen' })]],
    ['a last name', { lastName: 'de Boer' }, [put('/lastnameUpdate', { id: MAX, lastname: 'de Boer' })]],
    ['a username', { username: 'max.2' }, [put('/usernameUpdate', { id: MAX, username: 'max.2' })]],
    ['two names', { firstName: 'Zoë', username: 'zoe-1' }, [put('/17', { firstname: 'Zoë', name: 'zoe-1' })]],
    ['an address', { email: 'max+1@example.com' }, [put('/17', { email: 'max+1@example.com' })]],
    [
      'a name and something else',
      { lastName: 'Neu', phone: '+4930123' },
      [put('/17', { lastname: 'Neu', telephone: '+4930123' })],
    ],
    [
      'everything of the user',
      {
        firstName: 'Ömer',
        lastName: 'Åkesson-Núñez',
        username: 'oe',
        email: 'oe@example.com',
        phone: '+46812',
        language: 'pt-BR',
        'v2.dateFormat': 'iso',
        'v2.groups': [2, 7],
      },
      [
        put('/17', {
          firstname: 'Ömer',
          lastname: 'Åkesson-Núñez',
          name: 'oe',
          email: 'oe@example.com',
          telephone: '+46812',
          language: 'pt-BR',
          dateFormat: 'iso',
          groups: '[2,7]',
        }),
      ],
    ],
    [
      'what can be cleared',
      { phone: null, language: null, 'v2.dateFormat': null, 'v2.groups': [] },
      [put('/17', { telephone: '', language: '', dateFormat: '', groups: '[]' })],
    ],
    [
      'the desk',
      {
        'settings.desk.maxChats': 0,
        'settings.desk.chatSoundOnNewMessage': false,
        'settings.desk.notifyOnTicketAssignment': false,
        'settings.desk.ticketIncognitoMode': true,
        'settings.desk.autoAnswerCalls': true,
      },
      [
        put('/maxChats', { userID: MAX, maxChats: '0' }),
        put('/chatSoundNewMessage', { userID: MAX, state: '0' }),
        put('/notifyOnTicketAssignment', { userID: MAX, state: '0' }),
        put('/ticketIncognitoMode', { userID: MAX, state: '1' }),
        put('/callsAutoAnswer', { userID: MAX, state: '1' }),
      ],
    ],
    [
      'the desk and one name',
      { 'settings.desk.maxChats': 7, firstName: 'Moritz' },
      [
        put('/firstnameUpdate', { id: MAX, firstname: 'Moritz' }),
        put('/maxChats', { userID: MAX, maxChats: '7' }),
      ],
    ],
  ])('given %s, are what arrives', async (_what, values, expected) => {
    const calls = await callsFor(MAX, values);
    expect(calls.map(({ method, path, body }) => ({ method, path, form: body }))).toEqual(expected);
    expect(calls.flatMap(({ fields }) => fields).sort()).toEqual(Object.keys(values).sort());

    const arrived = (await send(calls)).map(shapeOf);
    expect(arrived).toEqual(
      expected.map(({ method, path, form }) => ({ method, path, contentType: URL_ENCODED, body: form })),
    );

    const parts = { v2: await accountOf(MAX), desk: await settingsOf(MAX) };
    for (const { field, value } of toChanges(values)) {
      const shown = OWNERSHIP[field].read.flatMap(({ part, read }) =>
        part === 'v2' || part === 'desk' ? [read(parts[part])] : [],
      );
      expect({ [field]: shown }).toEqual({ [field]: [value] });
    }
  });

  it('write nobody but the one who is named', async () => {
    const read = () => Promise.all(['1', '18', '23'].flatMap((id) => [accountOf(id), settingsOf(id)]));
    const before = await read();
    await send(await callsFor(MAX, { firstName: 'Ida', email: 'ida@example.com' }));
    await send(await callsFor(MAX, { lastName: 'Ida', 'settings.desk.maxChats': 9 }));
    expect(await read()).toEqual(before);
  });

  it('exist for every field that v2 is to take, and for no other', async () => {
    const account = await accountOf(MAX);
    const { writer } = bench.connect().open();
    for (const field of FIELD_PATHS) {
      const calls = () => writer.callsFor(account, [{ field, value: 1 }], OPTIONS);
      if (OWNERSHIP[field].write.v2 === undefined) {
        expect(calls).toThrow(TypeError);
        expect(() => rules.accept(field, null)).toThrow(TypeError);
      } else {
        expect(calls().map(({ fields }) => fields)).toEqual([[field]]);
        expect(rules.accept(field, null)).toHaveProperty('isAccepted');
      }
    }
  });

  it('hold an empty parameter for what is cleared and for nothing else, whatever is changed together', async () => {
    const values: Values = {
      firstName: 'A',
      lastName: 'B',
      username: 'c',
      email: 'd@e',
      phone: '+1',
      language: 'de',
      'v2.dateFormat': 'de_DE',
      'v2.groups': [1],
      'settings.desk.maxChats': 0,
      'settings.desk.autoAnswerCalls': false,
    };
    const clearing: Values = { phone: null, language: null, 'v2.dateFormat': null, 'v2.groups': [] };
    const sets = toChanges(values).reduce<readonly (readonly FieldChange[])[]>(
      (all, change) => {
        const cleared = clearing[change.field];
        const ways = [[], [change], ...(cleared === undefined ? [] : [[{ ...change, value: cleared }]])];
        return all.flatMap((set) => ways.map((way) => [...set, ...way]));
      },
      [[]],
    );
    expect(sets).toHaveLength(2 ** 6 * 3 ** 4);

    const account = await accountOf(MAX);
    const { writer } = bench.connect().open();
    const parameters: Values = { phone: 'telephone', language: 'language', 'v2.dateFormat': 'dateFormat' };
    for (const changes of sets) {
      const forms = writer
        .callsFor(account, changes, OPTIONS)
        .map(({ body }) => Object.entries(body as Form));
      const sent = forms.flat().filter(([name]) => name !== 'id' && name !== 'userID');
      const empty = sent.flatMap(([name, value]) => (value === '' ? [name] : []));
      const wanted = changes.flatMap(({ field, value }) => (value === null ? [parameters[field]] : []));
      expect([sent.length, empty]).toEqual([changes.length, wanted]);
    }
  });

  it.each<readonly [string, Values]>([
    ['names', { firstName: null, lastName: null, username: null, email: null }],
    ['one name', { firstName: null }],
  ])('never hold empty %s, even when asked to', async (_what, values) => {
    const bodies = (await callsFor(MAX, values)).map(({ body }) => Object.values(body as Form));
    expect(bodies.flat()).not.toContain('');
  });
});

describe('what v2 accepts', () => {
  const PERSON = 'takes letters from A to ÿ, blanks and hyphens only';
  const PHONE = 'takes + and digits, with the country code';
  const DATE = 'takes a locale such as "en_GB", or "iso"';

  it.each<readonly [FieldPath, JsonValue, JsonValue?]>([
    ['firstName', 'Amélie'],
    ['firstName', 'Ju\u0308rgen', 'Jürgen'],
    ['lastName', 'von Müller-Lüdenscheidt'],
    ['username', 'max.m-2'],
    ['email', "o'brien+desk@example.com"],
    ['phone', '+4930901820'],
    ['phone', '+49 30 90-18 20', '+4930901820'],
    ['phone', '0049 30 901820', '+4930901820'],
    ['phone', '+49 (0)30 / 90.18.20', '+4930901820'],
    ['phone', '+49(0) 30 901820', '+4930901820'],
    ['phone', '0049-(0)30-901820', '+4930901820'],
    ['phone', '(+49) (0) 30 901820', '+4930901820'],
    ['phone', '+1 (212) 555-0100', '+12125550100'],
    ['phone', '+39 06 69 82', '+39066982'],
    ['phone', null],
    ['language', 'nl'],
    ['language', 'pt-br', 'pt-BR'],
    ['language', null],
    ['v2.dateFormat', 'en_GB'],
    ['v2.dateFormat', 'iso'],
    ['v2.dateFormat', null],
    ['v2.groups', [0, 4]],
    ['v2.groups', []],
    ['v2.groups', null, []],
    ['settings.desk.maxChats', 0],
    ['settings.desk.chatSoundOnNewMessage', false],
    ['settings.desk.autoAnswerCalls', true],
  ])('as %s includes %j', (field, value, shown = value) => {
    expect(rules.accept(field, value)).toEqual({ isAccepted: true, value: shown });
  });

  it.each<readonly [FieldPath, JsonValue, string]>([
    ['lastName', "O'Brien", PERSON],
    ['firstName', 'Łukasz', PERSON],
    ['firstName', 'Max\u00d7', PERSON],
    ['firstName', 'Max\n', PERSON],
    ['firstName', 'Max\u00a0M', PERSON],
    ['firstName', '', PERSON],
    ['username', 'max m', 'takes letters from a to z without accents, digits, dots and hyphens only'],
    ['username', 'müller', 'takes letters from a to z without accents, digits, dots and hyphens only'],
    ['email', 'nobody', 'takes an e-mail address'],
    ['email', 'a b@example.com', 'takes an e-mail address'],
    ['phone', '030 901820', PHONE],
    ['phone', '+49 30 901820 ext. 5', PHONE],
    ['phone', '+49 30 901820#5', PHONE],
    ['phone', '+', PHONE],
    ['phone', '4930+1', PHONE],
    ['phone', '++4930', PHONE],
    ['phone', 'call me', PHONE],
    ['v2.dateFormat', 'en_GBxxx', DATE],
    ['v2.dateFormat', 'notiso', DATE],
    ['v2.dateFormat', 'en-GB', DATE],
    ['v2.groups', [1.5], 'takes whole numbers from 0'],
    ['v2.groups', [-1], 'takes whole numbers from 0'],
    ['v2.groups', ['1'], 'takes whole numbers from 0'],
    ['settings.desk.maxChats', -1, 'takes a whole number from 0'],
    ['settings.desk.maxChats', 1e21, 'takes a whole number from 0'],
    ['settings.desk.ticketIncognitoMode', 'yes', 'takes true and false'],
  ])('as %s does not include %j', (field, value, rule) => {
    expect(rules.accept(field, value)).toEqual({ isAccepted: false, code: 'INVALID_VALUE', rule });
  });

  it.each(
    FIELD_PATHS.filter((field) => {
      const isClearable = ['phone', 'language', 'v2.dateFormat', 'v2.groups'].includes(field);
      return OWNERSHIP[field].write.v2 !== undefined && !isClearable;
    }),
  )('cannot be without %s', (field) => {
    expect(rules.accept(field, null)).toMatchObject({ isAccepted: false, code: 'NOT_CLEARABLE' });
  });

  it('is at most 255 characters long', () => {
    const rule = 'takes at most 255 characters';
    const name = 'a'.repeat(255);
    expect(rules.accept('firstName', name)).toEqual({ isAccepted: true, value: name });
    expect(rules.accept('firstName', `${name}a`)).toMatchObject({ isAccepted: false, rule });
    expect(rules.accept('email', `${name}@example.com`)).toMatchObject({ isAccepted: false, rule });
    expect(rules.acceptName('campaign', `${name}a`)).toMatchObject({ isAccepted: false, rule });
  });

  it.each<readonly [Parameters<V2Writer['acceptName']>[0], readonly string[], readonly string[]]>([
    ['campaign', ['Spring_2025-a', '^[`]\\_'], ['', 'spring sale', 'frühling', '{a}']],
    ['statistic', ['calls_Today'], ['', 'calls1', 'calls-today']],
    ['statisticOption', ['7days'], ['', 'a_b', 'a b']],
    ['tab', ['ticket_12'], ['', 'ticket-12', 'tab 1']],
  ])('as the name of a %s is what the vendor says', (kind, taken, notTaken) => {
    for (const name of taken) expect(rules.acceptName(kind, name)).toEqual({ isAccepted: true, value: name });
    for (const name of notTaken) {
      const rule = expect.stringMatching(/^takes /);
      expect(rules.acceptName(kind, name)).toEqual({ isAccepted: false, code: 'INVALID_VALUE', rule });
    }
  });
});

describe('creating a v2 user', () => {
  const required = { firstName: 'Nöra', lastName: 'Größe', username: 'noera', email: 'noera@example.com' };
  const names = { firstname: 'Nöra', lastname: 'Größe', name: 'noera', email: 'noera@example.com' };
  const createCall = (values: Values, sendActivationMail = true) =>
    bench
      .connect()
      .open()
      .writer.createCall({ fields: toChanges(values), sendActivationMail });

  it.each<readonly [string, Values, boolean, Form, readonly string[]]>([
    ['what it must have', required, true, { ...names, sendActivationMail: 'true' }, Object.keys(required)],
    [
      'all that it may start with',
      { ...required, phone: '+4930', language: 'de', 'v2.dateFormat': 'de_DE', 'v2.groups': [1, 4] },
      false,
      {
        ...names,
        telephone_number: '+4930',
        language: 'de',
        dateFormat: 'de_DE',
        groups: '[1,4]',
        sendActivationMail: 'false',
      },
      [...Object.keys(required), 'phone', 'language', 'v2.dateFormat', 'v2.groups'],
    ],
    [
      'what is cleared, and settings of the desk, which are left to an update',
      { ...required, phone: null, 'v2.dateFormat': null, 'v2.groups': [], 'settings.desk.maxChats': 3 },
      true,
      { ...names, groups: '[]', sendActivationMail: 'true' },
      [...Object.keys(required), 'v2.groups'],
    ],
  ])('given %s, sends a multipart form', async (_what, values, sendActivationMail, form, fields) => {
    const call = createCall(values, sendActivationMail);
    expect(call).toMatchObject({ method: 'POST', path: USER, body: form, fields });
    expect((await send([call])).map(shapeOf)).toEqual([
      { method: 'POST', path: USER, contentType: MULTIPART, body: form },
    ]);
    const [known] = await bench.connect().open().searchByEmail('noera@example.com');
    expect(await accountOf(known?.id ?? '')).toMatchObject({
      firstName: 'Nöra',
      lastName: 'Größe',
      username: 'noera',
      email: 'noera@example.com',
      telephone: values.phone ?? null,
      groups: values['v2.groups'] ?? [],
    });
  });

  it.each<readonly [Values, string]>([
    [{}, 'firstName, lastName, username, email'],
    [{ ...required, username: null }, 'username'],
    [{ firstName: 'A', email: 'a@example.com', phone: '+1' }, 'lastName, username'],
  ])('is refused when %j is all that is known', (values, missing) => {
    expect(() => createCall(values)).toThrow(
      expect.objectContaining({
        code: 'INVALID_VALUE',
        backend: 'v2',
        delivery: 'unsent',
        message: `v2: nobody is created without ${missing}.`,
      }),
    );
  });
});

describe('the calls that only the desk has', () => {
  type Prepare = (writer: V2Writer) => WriteCall;
  const plain = { statistic: 'calls_today', primaryOption: null, secondaryOption: null };
  const full = { statistic: 'calls_today', primaryOption: '7days', secondaryOption: 'inbound' };
  const stored = { userID: 17, statistic: 'calls_today', primaryOption: '7days', secondaryOption: 'inbound' };
  const storedPlain = { ...stored, primaryOption: '', secondaryOption: '' };

  it.each<readonly [string, string, Prepare, string, Form, Partial<V2Sandbox['writeOnly']>]>([
    [
      'v2.status',
      'POST',
      (w) => w.setStatusCall(MAX, '2', null),
      '/updateStatus',
      { userID: MAX, statusID: '2' },
      {},
    ],
    [
      'v2.status',
      'POST',
      (w) => w.setStatusCall(MAX, '2', '991'),
      '/updateStatus',
      { userID: MAX, statusID: '2', lastInternalCallID: '991' },
      {},
    ],
    [
      'presence.statusLock',
      'POST',
      (w) => w.lockStatusCall(MAX, '3'),
      '/statusLock',
      { userID: MAX, status: '3' },
      {},
    ],
    ['presence.statusLock', 'POST', (w) => w.unlockStatusCall(MAX), '/statusLockDelete', { userID: MAX }, {}],
    [
      'v2.campaigns',
      'POST',
      (w) => w.setCampaignStateCall(MAX, 'Spring-1', false),
      '/userCampaignState',
      { userID: MAX, campaign: 'Spring-1', state: '0' },
      { campaigns: [{ userID: 17, campaign: 'Spring-1', state: 0 }] },
    ],
    [
      'v2.views',
      'PUT',
      (w) => w.selectViewCall(MAX, '2', true),
      '/updateUserView',
      { userID: MAX, viewID: '2', newValue: '1' },
      {},
    ],
    [
      'v2.statistics',
      'POST',
      (w) => w.addStatisticCall(MAX, full),
      '/userStatistic',
      {
        userID: MAX,
        statistic: 'calls_today',
        statisticOption: '7days',
        statisticSecondaryOption: 'inbound',
      },
      { statistics: [stored] },
    ],
    [
      'v2.statistics',
      'POST',
      (w) => w.addStatisticCall(MAX, plain),
      '/userStatistic',
      { userID: MAX, statistic: 'calls_today' },
      { statistics: [storedPlain] },
    ],
    [
      'v2.statistics',
      'DELETE',
      (w) => w.removeStatisticCall(MAX, full),
      '/userStatistic',
      {
        userID: MAX,
        statistic: 'calls_today',
        statisticPrimaryOption: '7days',
        statisticSecondaryOption: 'inbound',
      },
      { statistics: [] },
    ],
    [
      'v2.statistics',
      'DELETE',
      (w) => w.removeStatisticCall(MAX, plain),
      '/userStatistic',
      { userID: MAX, statistic: 'calls_today' },
      { statistics: [] },
    ],
    [
      'v2.watchedStatistics',
      'PUT',
      (w) => w.watchStatisticCall(MAX, full),
      '/watch',
      {
        userID: MAX,
        statistic: 'calls_today',
        statisticPrimaryOption: '7days',
        statisticSecondaryOption: 'inbound',
        watchToggle: 'watch',
      },
      { watchedStatistics: [stored] },
    ],
    [
      'v2.watchedStatistics',
      'PUT',
      (w) => w.watchStatisticCall(MAX, { ...plain, primaryOption: '' }),
      '/watch',
      { userID: MAX, statistic: 'calls_today', watchToggle: 'watch' },
      { watchedStatistics: [storedPlain] },
    ],
    [
      'v2.tabs',
      'POST',
      (w) => w.refreshTabCall('ticket_12'),
      '/refreshTab',
      { tabID: 'ticket_12' },
      { refreshedTabs: ['ticket_12'] },
    ],
  ])('write %s by %s', async (field, method, prepare, path, form, left) => {
    const call = prepare(bench.connect().open().writer);
    expect(call).toMatchObject({ method, path: USER + path, body: form, fields: [field] });
    const contentType = method === 'POST' ? MULTIPART : URL_ENCODED;
    expect((await send([call])).map(shapeOf)).toEqual([
      { method, path: USER + path, contentType, body: form },
    ]);
    expect(bench.sandbox.writeOnly).toMatchObject(left);
  });

  it('lock a status, unlock it and set another', async () => {
    const { writer } = bench.connect().open();
    const status = async () => {
      const { status, isStatusLocked } = await accountOf(MAX);
      return [status?.id, isStatusLocked];
    };
    await send([writer.lockStatusCall(MAX, '3')]);
    expect(await status()).toEqual(['3', true]);
    await send([writer.unlockStatusCall(MAX), writer.setStatusCall(MAX, '2', null)]);
    expect(await status()).toEqual(['2', false]);
  });

  it('select a view and take it away again', async () => {
    const { writer } = bench.connect().open();
    const selected = async () =>
      (await bench.connect().open().deskViews(MAX, null, 15)).map((view) => view.selected);
    await send([writer.selectViewCall(MAX, '2', true), writer.selectViewCall(MAX, '1', false)]);
    expect(await selected()).toEqual([false, true, false]);
  });

  it('add a statistic and remove the same one', async () => {
    const { writer } = bench.connect().open();
    await send([writer.addStatisticCall(MAX, full), writer.addStatisticCall(MAX, plain)]);
    await send([writer.removeStatisticCall(MAX, full)]);
    expect(bench.sandbox.writeOnly.statistics).toEqual([storedPlain]);
  });
});

describe('sending to v2', () => {
  const rename = async () => callsFor(MAX, { firstName: 'Moritz' });

  it('puts the key into its header and nowhere else', async () => {
    const [request] = await send([bench.connect().open().writer.unlockStatusCall(MAX)]);
    expect(request?.headers['apikey']).toBe(bench.sandbox.apiKey);
    expect(JSON.stringify({ ...request, headers: {} })).not.toContain(bench.sandbox.apiKey);
  });

  it('keeps every sign as it is in either kind of form', async () => {
    const address = (start: string) => `${start}.äß漢字🙂ł"'&=%+;<\\>--@example.com`;
    const changes = { firstName: 'Ä', lastName: 'Ö', username: 'signs', email: address('created') };
    const { writer } = bench.connect().open();
    await send([writer.createCall({ fields: toChanges(changes), sendActivationMail: false })]);
    await send(await callsFor(MAX, { email: address('changed') }));
    const found = ['created', 'changed'].map((start) =>
      bench.connect().open().accountsByEmail(address(start)),
    );
    expect(await Promise.all(found)).toMatchObject([
      [{ email: address('created') }],
      [{ id: MAX, email: address('changed') }],
    ]);
  });

  it.each([
    ['nothing', { status: 204 }],
    ['nothing, with status 200', { status: 200 }],
    ['text', { status: 200, body: 'OK' }],
    ['a page', { status: 201, body: '<p>done</p>', headers: { 'content-type': 'text/html' } }],
    ['something else', { status: 200, body: '[null]' }],
  ])('takes it as done when the answer is %s', async (_what, reply) => {
    bench.sandbox.switches.set({ only: { method: 'PUT' }, reply });
    expect(await send(await rename())).toHaveLength(1);
  });

  it.each([
    ['status 400', { reply: { status: 400, body: '{}' } }, 'UPSTREAM_REJECTED', 'refused'],
    ['status 403', { reply: { status: 403 } }, 'FORBIDDEN', 'refused'],
    ['status 500', { reply: { status: 500 } }, 'UPSTREAM_ERROR', 'unknown'],
    ['no answer', { cut: 'after-handling' as const }, 'UPSTREAM_CONNECTION_LOST', 'unknown'],
  ])('fails once, and does not try again, at %s', async (_what, switches, code, delivery) => {
    bench.sandbox.switches.set({ only: { method: 'PUT' }, ...switches });
    const [call] = await rename();
    const requests = await bench.requestsOf(() =>
      expect(call?.send()).rejects.toMatchObject({ backend: 'v2', code, delivery }),
    );
    expect(requests).toHaveLength(1);
  });

  it('is refused with a key that only reads', async () => {
    const connection = connectWith(bench.sandbox.readOnlyApiKey, bench.sandbox.url);
    const { writer } = connection.open(startOperation());
    await expect(writer.unlockStatusCall(MAX).send()).rejects.toMatchObject({
      code: 'FORBIDDEN',
      delivery: 'refused',
    });
    await connection.close();
  });

  it('has at most 16 writes of one operation under way, and sends the others after them', async () => {
    const server = await startScriptedServer(() => ({ type: 'result' }));
    const { writer } = bench.connect({ url: server.url }).open();
    const calls = Array.from({ length: 35 }, (_, i) => writer.unlockStatusCall(String(i + 1)));
    await Promise.all(calls.map((call) => call.send()));
    await server.close();
    expect([server.received.length, server.mostAtOnce]).toEqual([35, 16]);
  });

  it('sends nothing before it is told to, nor after the operation has ended', async () => {
    const operation = startOperation();
    const account = await accountOf(MAX);
    const { writer } = bench.connect().open(operation);
    const requests = await bench.requestsOf(async () => {
      const [call] = writer.callsFor(account, toChanges({ firstName: 'Moritz' }), OPTIONS);
      operation.end();
      await expect(call?.send()).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', delivery: 'unsent' });
    });
    expect(requests).toEqual([]);
  });
});
