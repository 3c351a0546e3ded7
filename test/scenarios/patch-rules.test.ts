// Each backend's own rules, and what a change of part of an object does to the rest of it.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Backend, JsonObject, JsonValue } from '../../src/domain/profile.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { expectSoundWrites, nested, renewed, sentBy, update, valueAt, writesAt } from './patching.js';

let gateway: TestGateway;
/** Sends Mind the whole settings. */
let replacing: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
  replacing = await startTestGateway({ env: { MIND_SETTINGS_PATCH: 'replace' } });
});
afterEach(async () => {
  expectSoundWrites(gateway);
  expectSoundWrites(replacing);
  gateway = await renewed(gateway);
  replacing.mind.reset();
});
afterAll(() => Promise.all([gateway.close(), replacing.close()]));

/** The fields' values as they went to each backend, over all its calls. */
function bodiesAt(at: TestGateway): Readonly<Record<Backend, JsonObject | undefined>> {
  const sent = sentBy(at);
  const bodyOf = (backend: Backend) =>
    sent[backend] && (Object.assign({}, ...sent[backend].map(([, body]) => body)) as JsonObject);
  return { mind: bodyOf('mind'), omnivibe: bodyOf('omnivibe'), v2: bodyOf('v2') };
}

const text = (length: number) => 'é'.repeat(length);

/** A refusal at a backend: its code and a part of its message. */
type Refusal = readonly [backend: Backend, code: string, rule: string];
const invalid = (rule: string, ...backends: Backend[]) =>
  backends.map((backend): Refusal => [backend, 'INVALID_VALUE', rule]);
const names = 'takes letters from A to ÿ, blanks and hyphens only';
const withCode = 'takes + and digits, with the country code';

interface Case {
  readonly patch: object;
  /** What is sent to each backend; one that is left out gets nothing. */
  readonly sent: Readonly<Partial<Record<Backend, JsonObject>>>;
  readonly refused?: readonly Refusal[];
  /** APPLIED where nothing is refused, PARTIAL where some is, REJECTED where all is, unless told. */
  readonly status?: string;
}
const everywhere = (field: string, value: JsonValue, rule: string, ...backends: Backend[]): Case => ({
  patch: nested([[field, value]]),
  sent: {},
  refused: invalid(rule, ...backends),
});
const phone = (typed: string, sentToV2: string | null): Case => ({
  patch: { phone: typed },
  sent: {
    mind: { phone: typed },
    omnivibe: { custom_attributes: { phone_number: typed } },
    ...(sentToV2 !== null && { v2: { telephone: sentToV2 } }),
  },
  ...(sentToV2 === null && { refused: invalid(withCode, 'v2') }),
});
const EMAIL_RULE = 'takes an e-mail address';
const MIND_OWNS_EMAIL: Refusal = ['mind', 'READ_ONLY', 'email'];
const email = (value: string): Case => ({
  patch: { email: value },
  sent: {},
  refused: [MIND_OWNS_EMAIL, ...invalid(EMAIL_RULE, 'omnivibe', 'v2')],
});

const RULES: Readonly<Record<string, Case>> = {
  "an apostrophe, which v2's pattern lacks": {
    patch: { lastName: "O'Brien" },
    sent: { mind: { lastName: "O'Brien" }, omnivibe: { name: "Max O'Brien" } },
    refused: invalid(names, 'v2'),
  },
  "a letter beyond ÿ, which v2's pattern lacks": {
    patch: { firstName: 'Łukasz' },
    sent: { mind: { firstName: 'Łukasz' }, omnivibe: { name: 'Łukasz Mustermann' } },
    refused: invalid(names, 'v2'),
  },
  'a name that v2 refuses beside a number that it takes': {
    patch: { firstName: 'Łukasz', phone: '+49 1' },
    sent: {
      mind: { firstName: 'Łukasz', phone: '+49 1' },
      omnivibe: { name: 'Łukasz Mustermann', custom_attributes: { phone_number: '+49 1' } },
      v2: { telephone: '+491' },
    },
    refused: invalid(names, 'v2'),
  },
  'a name that is too long for omnivibe once it is whole': {
    patch: { firstName: text(250) },
    sent: { mind: { firstName: text(250) }, v2: { id: '17', firstname: text(250) } },
    refused: invalid('at most 255 characters', 'omnivibe'),
  },
  'a username of all that is allowed': {
    patch: { username: 'M.ax-2' },
    sent: { v2: { id: '17', username: 'M.ax-2' } },
  },
  'a username with a blank': everywhere('username', 'max m', 'takes letters from a to z', 'v2'),
  'a username with an umlaut': everywhere('username', 'mäx', 'takes letters from a to z', 'v2'),
  'a number with 00': phone('0049 30 12345', '+493012345'),
  'a number with (0)': phone('+49 (0)30 123-45', '+493012345'),
  'a number with slash, dot and brackets': phone('(+49) 30/123.45', '+493012345'),
  'a number without a country code': phone('030 12345', null),
  'a number with an extension': phone('+49 30 12345 ext. 6', null),
  'a date format that is a locale': {
    patch: { v2: { dateFormat: 'en_GB' } },
    sent: { v2: { dateFormat: 'en_GB' } },
  },
  ...Object.fromEntries(
    ['en-GB', 'EN_gb', 'en_GBxxx', 'xxiso', 'ISO'].map((value) => [
      `the date format ${value}`,
      everywhere('v2.dateFormat', value, 'takes a locale such as "en_GB", or "iso"', 'v2'),
    ]),
  ),
  'a display name of 255 characters': {
    patch: { displayName: text(255) },
    sent: { mind: { nameAlias: text(255) }, omnivibe: { display_name: text(255) } },
  },
  'a display name of 256': everywhere('displayName', text(256), 'at most 255 characters', 'mind', 'omnivibe'),
  'a signature of 20,000 characters': {
    patch: nested([['settings.inbox.messageSignature', text(20_000)]]),
    sent: { omnivibe: { profile: { message_signature: text(20_000) } } },
  },
  'a signature of 20,001': everywhere(
    'settings.inbox.messageSignature',
    text(20_001),
    'at most 20,000 characters',
    'omnivibe',
  ),
  'an address in capitals': {
    patch: { email: 'M@Example.COM' },
    sent: { omnivibe: { email: 'm@example.com' }, v2: { email: 'M@Example.COM' } },
    refused: [MIND_OWNS_EMAIL],
    status: 'APPLIED',
  },
  'an address without @': email('max.example.com'),
  'an address of nobody': email('@example.com'),
  'an address with a blank': email('max m@example.com'),
  'an address with two @': email('max@m@example.com'),
  'a language in another spelling': {
    patch: { language: 'EN-gb' },
    sent: { mind: { lang: 'en-GB' }, v2: { language: 'en-GB' } },
  },
  ...Object.fromEntries(
    ['German language', 'x', 'de_DE', '1'].map((value) => [
      `the language ${value}`,
      everywhere('language', value, 'takes a language tag', 'mind', 'v2'),
    ]),
  ),
  ...Object.fromEntries(
    ['Max\u0000', 'Max\u001b[0m', 'Max\u007f', 'Max\u0085', 'Ma\nx'].map((value) => [
      `a name with control characters, ${JSON.stringify(value)}`,
      everywhere('firstName', value, 'takes no control characters', 'mind', 'omnivibe', 'v2'),
    ]),
  ),
  'a signature with a null byte': everywhere(
    'settings.inbox.messageSignature',
    'Max\u0000',
    'takes no control characters',
    'omnivibe',
  ),
  ...Object.fromEntries(
    [' ', '\t\n', '\u00a0'].map((value) => [
      `a blank name, ${JSON.stringify(value)}`,
      everywhere('lastName', value, 'not blank', 'mind', 'omnivibe', 'v2'),
    ]),
  ),
  'a blank in a list': everywhere('settings.work.skills.channels', ['email', ' '], 'not blank', 'mind'),
  ...Object.fromEntries(
    (['UNKNOWN', 'AWAY', 'OFFLINE'] as const).map((value) => [
      `taking tickets: ${value}`,
      everywhere('settings.work.status', value, value === 'UNKNOWN' ? 'UNKNOWN' : 'takes AVAILABLE', 'mind'),
    ]),
  ),
  ...Object.fromEntries(
    (['UNKNOWN', 'AWAY'] as const).map((value) => [
      `the inbox: ${value}`,
      everywhere(
        'settings.inbox.availability',
        value,
        value === 'UNKNOWN' ? value : 'takes AVAILABLE',
        'omnivibe',
      ),
    ]),
  ),
  'the inbox: OFFLINE': {
    patch: nested([['settings.inbox.availability', 'OFFLINE']]),
    sent: { omnivibe: { availability: 'offline' } },
  },
  'calls: UNKNOWN': everywhere('routing.call', 'UNKNOWN', 'UNKNOWN', 'mind'),
  'chats: UNKNOWN': everywhere('routing.chat', 'UNKNOWN', 'UNKNOWN', 'mind'),
  'fewer than no chats': everywhere('settings.desk.maxChats', -1, 'takes a whole number from 0', 'v2'),
  'a negative id': everywhere('settings.work.teamIds', [1, -1], 'takes whole numbers from 0', 'mind'),
  'a negative group': everywhere('v2.groups', [-1], 'takes whole numbers from 0', 'v2'),
  'data with a secret, which would never be shown again': everywhere(
    'mind.rawData',
    { crm: { apiKey: 'k' } },
    'named like a secret',
    'mind',
  ),
};

describe("a backend's own rules", () => {
  it.each(Object.entries(RULES))('hold for %s', async (_what, { patch, sent, refused = [], status }) => {
    const answer = await update(gateway, patch);
    expect(bodiesAt(gateway)).toEqual({ mind: undefined, omnivibe: undefined, v2: undefined, ...sent });
    const told = answer.userErrors.map(({ backend, code, message }) => ({ backend, code, message }));
    expect(told).toEqual(
      refused.map(([backend, code, rule]) => ({
        backend: backend.toUpperCase(),
        code,
        message: expect.stringContaining(rule),
      })),
    );
    const whole = Object.keys(sent).length === 0 ? 'REJECTED' : refused.length === 0 ? 'APPLIED' : 'PARTIAL';
    expect(answer.status).toBe(status ?? whole);
    for (const { backend, fields } of answer.outcomes) {
      const hasRefusal = refused.some(([slug]) => slug.toUpperCase() === backend);
      expect([backend, fields.some(({ state }) => state === 'SKIPPED')]).toEqual([backend, hasRefusal]);
    }
  });
});

const bytes = (...parts: (string | readonly number[])[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );
const uint = (value: number, size: 2 | 4) =>
  Array.from({ length: size }, (_, i) => (value >>> (8 * (size - 1 - i))) & 255);
const png = (width: number, height: number) =>
  bytes('\x89PNG\r\n\x1a\n', uint(13, 4), 'IHDR', uint(width, 4), uint(height, 4), [8, 2, 0, 0, 0]);
const jpeg = (width: number, height: number) =>
  bytes(
    '\xff\xd8\xff\xe0',
    uint(4, 2),
    'JF\xff\xc0',
    uint(11, 2),
    [8],
    uint(height, 2),
    uint(width, 2),
    '\x01\x00\x11\x00\xff\xd9',
  );
const webp = (width: number, height: number) => {
  const [w, h] = [width - 1, height - 1];
  const sides = [w & 255, (w >> 8) & 255, 0, h & 255, (h >> 8) & 255, 0];
  return bytes('RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0', [0, 0, 0, 0], sides);
};
const padded = (picture: Buffer, size: number) =>
  Buffer.concat([picture, Buffer.alloc(size - picture.length)]);
const MIB = 1024 * 1024;

describe('a picture', () => {
  it.each<[string, Buffer]>([
    ['PNG', png(4096, 4096)],
    ['JPEG', jpeg(4096, 1)],
    ['WebP', webp(1, 4096)],
    ['PNG of 2 MiB', padded(png(10, 10), 2 * MIB)],
  ])('is taken as %s, and ACCEPTED since it is never shown', async (_kind, picture) => {
    const image = picture.toString('base64');
    const answer = await update(gateway, { avatar: image });
    expect(answer.status).toBe('APPLIED');
    expect(answer.sent).toEqual({ mind: [['PATCH /profile/42', { image }]] });
    expect(answer.outcomes).toMatchObject([{ backend: 'MIND', state: 'ACCEPTED' }]);
    expect(gateway.mind.writeOnlyOf(42)?.image).toBe(image);
  });

  it.each<[string, Buffer]>([
    ['SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')],
    ['HTML', bytes('<!doctype html><script>1</script>')],
    ['HTML behind the first bytes of a PNG', bytes('\x89PNG\r\n\x1a\n<html>')],
    ['PNG without its header', bytes('\x89PNG\r\n\x1a\n', uint(13, 4), 'IDAT', uint(1, 4), uint(1, 4))],
    ['GIF', bytes('GIF89a', [1, 0, 1, 0, 0, 0, 0])],
    ['PNG with a side of 4,097', png(4097, 1)],
    ['JPEG with a side of 4,097', jpeg(1, 4097)],
    ['WebP with a side of 4,097', webp(4097, 1)],
    ['PNG without extent', png(0, 1)],
    ['PNG of more than 2 MiB', padded(png(10, 10), 2 * MIB + 1)],
  ])('is refused as %s, and nothing is sent', async (_kind, picture) => {
    const answer = await update(gateway, { avatar: picture.toString('base64') });
    expect(answer).toMatchObject({
      status: 'REJECTED',
      userErrors: [{ code: 'INVALID_VALUE', message: expect.stringContaining('takes a PNG, JPEG or WebP') }],
    });
    expect(answer.sent).toEqual({});
  });
});

/** The settings that Mind holds of Max, without what it works out. */
async function settingsAt({ mind }: TestGateway): Promise<JsonObject> {
  const headers = { authorization: `Bearer ${mind.serviceToken}` };
  const response = await fetch(`${mind.url}/profile/42`, { headers });
  const { settings } = (await response.json()) as { settings: JsonObject };
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !key.startsWith('actual')));
}
/** As what is written: the live statuses are no settings. */
const written = (settings: JsonObject) => without(settings, 'callRoutingStatus', 'chatRoutingStatus');
const without = (settings: JsonObject, ...keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(settings).filter(([key]) => !keys.includes(key)));

const PARTS: readonly (readonly [path: string, value: JsonValue, wire: string])[] = [
  ['settings.work.skills.tagIds', [7], 'skills.tagIds'],
  ['settings.work.skills.channels', ['chat'], 'skills.channels'],
  ['settings.work.skills.channels', null, 'skills.channels'],
  ['settings.work.ticketFilters.groups', [3], 'ticketsFilters.groups'],
  ['settings.work.ticketFilters.personalQueue', false, 'ticketsFilters.personalQueue'],
  ['settings.work.reportName', 'Grey Fig', 'nameReports'],
];
/** Settings with one of them changed. */
function withChange(settings: JsonObject, [, value, wire]: (typeof PARTS)[number]): JsonObject {
  const [outer = '', inner] = wire.split('.');
  const changed = value ?? [];
  return {
    ...settings,
    [outer]:
      inner === undefined ? changed : { ...(valueAt(settings, outer) as JsonObject), [inner]: changed },
  };
}

describe('a change of part of the settings', () => {
  it.each(PARTS)('keeps the rest: %s to %j', async (...part) => {
    for (const at of [gateway, replacing]) {
      const before = await settingsAt(at);
      const { status } = await update(at, nested([[part[0], part[1]]]));
      expect(status).toBe('APPLIED');
      expect(await settingsAt(at)).toEqual(withChange(before, part));
    }
  });

  it.each([
    { autoOffline: false },
    { availability: 'BUSY' },
    { autoOffline: false, messageSignature: 'Nora' },
  ])('repeats the role that omnivibe would take away: %j', async (inbox) => {
    const { sent, status } = await update(gateway, { settings: { inbox } }, { profileId: 'omnivibe:6' });
    expect(status).toBe('APPLIED');
    expect(sent.omnivibe?.[0]).toMatchObject(['PATCH /api/v1/accounts/1/agents/6', { custom_role_id: 4 }]);
  });

  it('joins what is changed in one object', async () => {
    const { sent } = await update(gateway, {
      settings: { work: { skills: { tagIds: [7], channels: ['chat'] } } },
    });
    const skills = { tagIds: [7], channels: ['chat'] };
    expect(sent).toEqual({ mind: [['PATCH /profile/42', { settings: { skills } }]] });
  });

  it.each([true, false])(
    'sends live routing beside the settings, never in them (verify: %j)',
    async (verify) => {
      const patch = { routing: { call: 'ACW' }, settings: { work: { roleId: 2 } } };
      const before = await settingsAt(replacing);
      const { sent } = await update(gateway, patch, { verify });
      expect(sent.mind).toEqual([
        ['PATCH /profile/42', { callRoutingStatus: 'acw', settings: { roleId: 2 } }],
      ]);
      const whole = { ...written(before), roleId: 2 };
      const { sent: sentWhole } = await update(replacing, patch, { verify });
      expect(sentWhole.mind).toEqual([['PATCH /profile/42', { callRoutingStatus: 'acw', settings: whole }]]);
    },
  );

  it('sends no settings with live routing alone, even where settings are sent whole', async () => {
    const { sent } = await update(replacing, { routing: { chat: 'ACW' }, externalId: 'EMP-1' });
    expect(sent.mind).toEqual([['PATCH /profile/42', { chatRoutingStatus: 'acw', externalId: 'EMP-1' }]]);
  });

  it('is refused where settings are sent whole and are not shown, and stops nothing else', async () => {
    const { mind } = replacing;
    const headers = { authorization: `Bearer ${mind.serviceToken}` };
    const shown = (await (await fetch(`${mind.url}/profile/42`, { headers })).json()) as JsonObject;
    const body = JSON.stringify([without(shown, 'settings')]);
    mind.switches.set({ only: { method: 'GET', path: '/profiles' }, reply: { status: 200, body } });
    const refused = await update(replacing, { settings: { work: { roleId: 2 } } });
    expect(refused.sent).toEqual({});
    expect(refused).toMatchObject({
      status: 'REJECTED',
      userErrors: [{ code: 'FORBIDDEN', backend: 'MIND' }],
    });
    const { sent } = await update(replacing, { externalId: 'EMP-1' });
    expect(sent.mind).toEqual([['PATCH /profile/42', { externalId: 'EMP-1' }]]);
  });

  it('is MISMATCH where Mind takes a live status and keeps the old one', async () => {
    gateway.mind.switches.set({ ignoreWrites: ['callRoutingStatus'] });
    const answer = await update(gateway, { routing: { call: 'ACW', chat: 'ACW' } });
    expect(answer).toMatchObject({
      status: 'PARTIAL',
      userErrors: [{ code: 'UPSTREAM_REJECTED', field: ['routing.call'], backend: 'MIND' }],
    });
    expect(answer.outcomes[0]?.fields).toMatchObject([
      { field: 'routing.call', state: 'MISMATCH', after: 'IDLE' },
      { field: 'routing.chat', state: 'VERIFIED', after: 'ACW' },
    ]);
  });
});

describe('where Mind replaces the settings as a whole', () => {
  it.each(PARTS.flatMap((part) => [true, false].map((verify) => [part[0], part[1], verify, part] as const)))(
    'what a change of %s to %j has cost is brought back and told (verify: %j)',
    async (path, value, verify, part) => {
      gateway.mind.switches.set({ settingsPatch: 'replace' });
      const before = await settingsAt(gateway);
      const answer = await update(gateway, nested([[path, value]]), { verify });
      expect(answer.status).toBe('PARTIAL');
      const fields = answer.outcomes.flatMap((outcome) => outcome.fields);
      expect(fields).toMatchObject([
        { field: path, state: verify ? 'VERIFIED' : 'ACCEPTED' },
        { field: 'settings.work', state: 'MISMATCH' },
      ]);
      expect(answer.userErrors).toMatchObject([
        { field: ['settings.work'], message: expect.stringContaining('MIND_SETTINGS_PATCH=replace') },
      ]);
      expect(await settingsAt(gateway)).toEqual(withChange(before, part));
      // Both are told: the change and what brought the rest back.
      expect(answer.outcomes[0]?.calls.map(({ body }) => body)).toEqual(
        answer.sent.mind?.map(([, body]) => body),
      );
      expect(answer.sent.mind?.at(-1)?.[1]).toEqual({ settings: written(withChange(before, part)) });
    },
  );

  it.each(PARTS.flatMap((part) => [true, false].map((verify) => [part[0], part[1], verify, part] as const)))(
    'and the gateway knows, a change of %s to %j costs nothing (verify: %j)',
    async (path, value, verify, part) => {
      replacing.mind.switches.set({ settingsPatch: 'replace' });
      const before = await settingsAt(replacing);
      const answer = await update(replacing, nested([[path, value]]), { verify });
      const state = verify ? 'VERIFIED' : 'ACCEPTED';
      expect(answer).toMatchObject({ status: 'APPLIED', userErrors: [], outcomes: [{ state }] });
      expect(answer.sent.mind).toHaveLength(1);
      expect(await settingsAt(replacing)).toEqual(withChange(before, part));
    },
  );

  it('what cannot be brought back is told', async () => {
    gateway.mind.switches.set({ settingsPatch: 'replace' });
    const before = written(await settingsAt(gateway));
    // The second write finds Mind refusing; the first has been taken by then.
    const off = gateway.mind.switches.set({ only: { method: 'GET', path: '/profiles' }, latencyMs: 150 });
    const answer = update(gateway, { settings: { work: { roleId: 1 } } });
    await until(() => writesAt(gateway, 'mind').length === 1);
    gateway.mind.switches.set({ only: { method: 'PATCH' }, reply: { status: 400 } });
    const { status, userErrors, outcomes } = await answer;
    off();
    expect(status).toBe('PARTIAL');
    expect(userErrors).toMatchObject([
      { field: ['settings.work'], message: expect.stringContaining('Writing them back did not help') },
    ]);
    const lost = without(before, 'roleId');
    expect(outcomes[0]?.fields[1]).toMatchObject({ state: 'MISMATCH', before: lost, after: null });
  });
});

/** Waits for something to have arrived. */
async function until(isThere: () => boolean): Promise<void> {
  while (!isThere()) await new Promise((resolve) => setImmediate(resolve));
}
