import { afterEach, describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { createMindAdapter, type MindCredential } from '../../src/adapters/mind/index.js';
import { OWNERSHIP, FIELD_PATHS, type Part, type Parts } from '../../src/domain/ownership.js';
import type { FieldChange, FieldPath, MindReader, MindWriter, WriteCall } from '../../src/domain/ports.js';
import type { JsonObject, JsonValue, MindAccount } from '../../src/domain/profile.js';
import { GatewayError } from '../../src/errors.js';
import { startMindSandbox, type MindSandbox } from '../../src/sandbox/mind/index.js';
import { CAST, generatePeople } from '../../src/sandbox/people.js';
import { createOperation, type Operation } from '../../src/server/operation.js';
import type { CallRecord } from '../../src/transport/call-scope.js';
import { useBackend, type BackendUnderTest, type Bench } from './conformance.js';
import { startScriptedServer } from './scripted-server.js';

type Mind = MindReader & { readonly writer: MindWriter };
type MindBench = Bench<Mind, MindSandbox>;

const ONE = { isBulk: false, isOwnTokenOnly: false };
const SEVERAL = { isBulk: true, isOwnTokenOnly: false };

/** Mind, read and written with the gateway's own token unless told another. */
function mindUnderTest(
  settingsPatch: 'merge' | 'replace' = 'merge',
  callers: (sandbox: MindSandbox) => MindCredential | null = () => null,
): BackendUnderTest<Mind, MindSandbox> {
  return {
    backend: 'mind',
    start: startMindSandbox,
    connect(sandbox, { url = sandbox.url }) {
      const token = sandbox.serviceToken;
      const options = { url, token, timeZone: 'UTC', timeoutMs: 4_000, settingsPatch };
      const adapter = createMindAdapter(options);
      return {
        open(scope) {
          const session = adapter.open(scope, callers(sandbox));
          return session && { ...session.reader, writer: session.writer() };
        },
        close: () => adapter.close(),
      };
    },
  };
}

/** A person's account, read anew. */
async function read(bench: MindBench, id = '42'): Promise<MindAccount> {
  const account = await bench.connect().open().accountById(id);
  if (account === null) throw new Error(`${id} is not there`);
  return account;
}

/** A person's account whose settings are these on the wire; left out, they are not shown. */
async function readWith(bench: MindBench, settings?: unknown, type = 'user'): Promise<MindAccount> {
  const body = JSON.stringify([{ id: 42, type, ...(settings !== undefined && { settings }) }]);
  const off = bench.sandbox.switches.set({ only: { method: 'GET' }, reply: { status: 200, body } });
  const account = await read(bench);
  off();
  return account;
}

/** Changes as accepted. */
function changesOf(
  writer: MindWriter,
  fields: Readonly<Partial<Record<FieldPath, JsonValue>>>,
): FieldChange[] {
  return (Object.entries(fields) as [FieldPath, JsonValue][]).map(([field, value]) => {
    const acceptance = writer.accept(field, value);
    if (!acceptance.isAccepted) throw new Error(`${field} ${acceptance.rule}`);
    return { field, value: acceptance.value };
  });
}

/** How a call ended: what it answered, or the error. */
async function outcome(call: WriteCall | undefined): Promise<unknown> {
  return call?.send().catch((error: unknown) => error);
}

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const SIX_LEVELS = { a: [{ b: { c: [1, null, true, 'x'] } }] };

/** A value for each field that Mind takes, and what is sent of it to the sandbox's Max Mustermann. */
const WRITES: readonly (readonly [field: FieldPath, value: JsonValue, body: JsonObject])[] = [
  ['firstName', 'Łukasz', { firstName: 'Łukasz' }],
  ['lastName', "O'Brien", { lastName: "O'Brien" }],
  ['displayName', 'Maxi', { nameAlias: 'Maxi' }],
  ['phone', '+49 30 1-2', { phone: '+49 30 1-2' }],
  ['language', 'pt_br', { lang: 'pt-BR' }],
  ['avatar', PNG, { image: PNG }],
  ['externalId', 'EMP-1', { externalId: 'EMP-1' }],
  ['routing.call', 'BEING_CONNECTED', { callRoutingStatus: 'beingConnected' }],
  ['routing.chat', 'ACW', { chatRoutingStatus: 'acw' }],
  ['settings.work.status', 'BUSY', { settings: { status: 'busy' } }],
  ['settings.work.inheritsFromTeams', false, { settings: { inheritTeamSettings: false } }],
  ['settings.work.personalFilters', true, { settings: { isPersonalFilters: true } }],
  ['settings.work.supersetRole', 'Alpha', { settings: { supersetRole: 'Alpha' } }],
  ['settings.work.reportName', 'Brave Fig', { settings: { nameReports: 'Brave Fig' } }],
  ['settings.work.roleId', 1, { settings: { roleId: 1 } }],
  ['settings.work.teamIds', [4], { settings: { teamIds: [4] } }],
  ['settings.work.skills.tagIds', [7, 8], { settings: { skills: { tagIds: [7, 8], channels: ['email'] } } }],
  [
    'settings.work.skills.channels',
    ['chat'],
    { settings: { skills: { tagIds: [1, 2], channels: ['chat'] } } },
  ],
  ['settings.work.tagsOnRoute', [9], { settings: { tagsOnRoute: [9] } }],
  ['settings.work.tagsOnEdit', [9], { settings: { tagsOnEdit: [9] } }],
  ['settings.work.limitBacklogAccess', true, { settings: { limitTicketBacklogAccess: true } }],
  ['settings.work.backlogRequiredTagIds', [0], { settings: { ticketBacklogRequiredTagIds: [0] } }],
  ...(
    [
      ['groups', [2, 3]],
      ['intents', ['move_out']],
      ['tagIds', [6]],
      ['personalQueue', false],
      ['onlyIntents', true],
    ] as const
  ).map(([key, value]): [FieldPath, JsonValue, JsonObject] => [
    `settings.work.ticketFilters.${key}`,
    value,
    {
      settings: {
        ticketsFilters: {
          groups: [1],
          intents: ['process_meter_reading'],
          tagIds: [1],
          personalQueue: true,
          onlyIntents: false,
          [key]: value,
        },
      },
    },
  ]),
  ['mind.nameAlias', 'Maxi', { nameAlias: 'Maxi' }],
  ['mind.ssoOnly', true, { isSsoOnly: 1 }],
  ['mind.rawData', SIX_LEVELS, { rawData: SIX_LEVELS }],
];
const CLEARED_TO_NULL: readonly FieldPath[] = [
  'displayName',
  'phone',
  'language',
  'externalId',
  'mind.nameAlias',
  'mind.rawData',
  'settings.work.supersetRole',
  'settings.work.reportName',
];

describe('a field of Mind', () => {
  const bench = useBackend(mindUnderTest(), CAST);

  /** What the field shows of a person now; undefined where nothing shows it. */
  async function shown(field: FieldPath): Promise<unknown> {
    const { write, read: sources } = OWNERSHIP[field];
    const source = write.mind?.shown ?? sources.find(({ part }) => part === 'mind' || part === 'rawData');
    if (source === undefined) return undefined;
    const reader = bench.connect().open();
    const part = source.part === 'rawData' ? reader.rawData('42') : reader.accountById('42');
    return source.read((await part) as Parts[Part]);
  }

  it('has a case below for each that Mind takes', () => {
    const taken = FIELD_PATHS.filter((field) => OWNERSHIP[field].write.mind !== undefined);
    expect(WRITES.map(([field]) => field).toSorted()).toEqual(taken.toSorted());
  });

  it.each(WRITES)('%s takes %j, sends only that, and reads it back', async (field, value, body) => {
    const { writer } = bench.connect().open();
    const [change] = changesOf(writer, { [field]: value });
    const calls = change === undefined ? [] : writer.callsFor(await read(bench), [change], ONE);
    const told = calls.map((call) => [call.method, call.path, call.body, call.fields]);
    expect(told).toEqual([['PATCH', '/profile/42', body, [field]]]);
    const requests = await bench.requestsOf(async () => {
      expect(await outcome(calls[0])).toBeNull();
    });
    expect(requests).toMatchObject([{ method: 'PATCH', path: '/api/mind/profile/42', body, status: 200 }]);
    if (field === 'avatar') expect(bench.sandbox.writeOnlyOf(42)?.image).toBe(value);
    else expect(await shown(field)).toEqual(change?.value);
  });

  it.each(WRITES)('%s goes where the table of ownership says', (field, _value, body) => {
    const [...keys] = OWNERSHIP[field].write.mind?.as.split('.') ?? [];
    expect(
      keys.reduce<unknown>((value, key) => (value as JsonObject | undefined)?.[key], body),
    ).toBeDefined();
  });

  it.each(WRITES)('%s is cleared, or cannot be', async (field, value) => {
    const { writer } = bench.connect().open();
    const acceptance = writer.accept(field, null);
    if (Array.isArray(value)) expect(acceptance).toEqual({ isAccepted: true, value: [] });
    else if (CLEARED_TO_NULL.includes(field)) expect(acceptance).toEqual({ isAccepted: true, value: null });
    else expect(acceptance).toMatchObject({ isAccepted: false, code: 'NOT_CLEARABLE' });
    if (!acceptance.isAccepted) return;
    const [call] = writer.callsFor(await read(bench), [{ field, value: acceptance.value }], ONE);
    expect(await outcome(call)).toBeNull();
    expect(await shown(field)).toEqual(acceptance.value);
  });

  const LONG = 'ł'.repeat(256);
  it.each<readonly [field: FieldPath, value: JsonValue, rule: string]>([
    ['firstName', LONG, 'takes at most 255 characters'],
    ['phone', LONG, 'takes at most 255 characters'],
    ['language', 'a'.repeat(256), 'takes at most 255 characters'],
    ['mind.nameAlias', LONG, 'takes at most 255 characters'],
    ['settings.work.reportName', LONG, 'takes at most 255 characters'],
    ['settings.work.skills.channels', ['chat', LONG], 'takes texts of at most 255 characters'],
    ['settings.work.status', 'AWAY', 'takes AVAILABLE and BUSY'],
    ['settings.work.status', 'busy', 'takes AVAILABLE and BUSY'],
    ['settings.work.status', 'UNKNOWN', 'takes AVAILABLE and BUSY'],
    [
      'routing.call',
      'UNKNOWN',
      'takes IDLE, INTERACTING, BEING_CONNECTED, NOT_RESPONDING, UNAVAILABLE, OFFLINE and ACW',
    ],
    ['settings.work.roleId', -1, 'takes a whole number from 0'],
    ['settings.work.roleId', 1.5, 'takes a whole number from 0'],
    ['settings.work.roleId', '1', 'takes a whole number from 0'],
    ['settings.work.teamIds', [1, -1], 'takes whole numbers from 0'],
    ['settings.work.ticketFilters.groups', [0.5], 'takes whole numbers from 0'],
    ['settings.work.tagsOnEdit', 3, 'takes whole numbers from 0'],
    ['mind.ssoOnly', 1, 'takes true and false'],
    ['email', 'max', 'takes an e-mail address of at most 255 characters'],
    ['email', 'max@', 'takes an e-mail address of at most 255 characters'],
    ['email', 'max@a b.de', 'takes an e-mail address of at most 255 characters'],
    ['email', `max@${'a'.repeat(255)}.de`, 'takes an e-mail address of at most 255 characters'],
    [
      'mind.rawData',
      { crm: [{ apiKey: 'x' }] },
      'takes an object in which no key is named like a secret, since such keys are never shown',
    ],
    ['username', 'max.m', 'is not a field of Mind'],
  ])('%s refuses %j: it %s', (field, value, rule) => {
    const { writer } = bench.connect().open();
    expect(writer.accept(field, value)).toEqual({ isAccepted: false, code: 'INVALID_VALUE', rule });
  });

  it('takes 255 characters, whatever they need in memory', () => {
    const { writer } = bench.connect().open();
    const value = '𝒳'.repeat(255);
    expect(writer.accept('firstName', value)).toEqual({ isAccepted: true, value });
  });
});

describe('a picture for Mind', () => {
  const bench = useBackend(mindUnderTest(), []);
  const bytes = (...parts: readonly (string | readonly number[] | Buffer)[]) =>
    Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
    );
  const u16 = (n: number) => [n >> 8, n & 0xff];
  const le24 = (n: number) => [n & 0xff, (n >> 8) & 0xff, n >> 16];
  const png = (width: number, height: number) =>
    bytes(
      '\x89PNG\r\n\x1a\n',
      [0, 0, 0, 13],
      'IHDR',
      [0, 0, ...u16(width), 0, 0, ...u16(height)],
      [8, 6, 0, 0, 0],
    );
  const app0 = [0xff, 0xe0, ...u16(16), ...Array.from({ length: 14 }, () => 0)];
  const frame = (width: number, height: number) => [...u16(17), 8, ...u16(height), ...u16(width), 3];
  const jpeg = (width: number, height: number, sof = 0xc0, before: readonly number[] = app0) =>
    bytes([0xff, 0xd8], before, [0xff, sof], frame(width, height));
  const webp = (kind: string, data: readonly number[]) =>
    bytes('RIFF', [0, 0, 0, 0], 'WEBP', kind, [0, 0, 0, 0], data);
  const lossy = (width: number, height: number) =>
    webp('VP8 ', [0, 0, 0, 0x9d, 1, 0x2a, width & 0xff, width >> 8, height & 0xff, height >> 8]);
  const lossless = (width: number, height: number) => {
    const bits = (width - 1) | ((height - 1) << 14);
    return webp('VP8L', [0x2f, bits & 0xff, (bits >> 8) & 0xff, (bits >> 16) & 0xff, (bits >> 24) & 0xff]);
  };
  const extended = (width: number, height: number) =>
    webp('VP8X', [0, 0, 0, 0, ...le24(width - 1), ...le24(height - 1)]);
  const KINDS = { png, jpeg, lossy, lossless, extended };
  const sized = (picture: Buffer, size: number) => Buffer.concat([picture], size);
  const isTaken = (picture: Buffer) =>
    bench.connect().open().writer.accept('avatar', picture.toString('base64')).isAccepted;

  it.each(Object.entries(KINDS))('of the kind %s is measured by its header', (_kind, make) => {
    const sizes = [
      [1, 1],
      [4096, 1],
      [1, 4096],
      [4096, 4096],
      [4097, 1],
      [1, 4097],
    ] as const;
    expect(sizes.map(([width, height]) => isTaken(make(width, height)))).toEqual([
      ...Array.from({ length: 4 }, () => true),
      ...Array.from({ length: 2 }, () => false),
    ]);
  });

  it.each(Object.entries(KINDS))('of the kind %s is none while its size is cut off', (kind, make) => {
    const whole = make(3, 5);
    // What follows the size in the headers made here is not needed.
    const rest = { png: 5, jpeg: 1, lossy: 0, lossless: 0, extended: 0 }[kind] ?? 0;
    const taken = Array.from({ length: whole.length + 1 }, (_, length) => isTaken(whole.subarray(0, length)));
    expect(taken.indexOf(true)).toBe(whole.length - rest);
  });

  it.each<readonly [what: string, picture: Buffer, isGood: boolean]>([
    ['a real PNG', Buffer.from(PNG, 'base64'), true],
    ['a progressive JPEG', jpeg(9, 9, 0xc2), true],
    ['a JPEG with fill bytes', jpeg(9, 9, 0xc0, [...app0, 0xff, 0xff]), true],
    [
      'a JPEG whose tables look like a frame',
      jpeg(9, 9, 0xc0, [0xff, 0xc4, ...frame(9999, 9999), ...Array.from({ length: 9 }, () => 0)]),
      true,
    ],
    ['2 MiB', sized(png(1, 1), 2 * 1024 * 1024), true],
    ['a byte more than 2 MiB', sized(png(1, 1), 2 * 1024 * 1024 + 1), false],
    ['a PNG without pixels', png(0, 1), false],
    ['a JPEG without pixels', jpeg(1, 0), false],
    [
      'a PNG whose first chunk is another',
      bytes(png(1, 1).subarray(0, 12), 'CgBI', png(1, 1).subarray(16)),
      false,
    ],
    ['a JPEG whose data comes before its size', jpeg(9, 9, 0xc0, [0xff, 0xda, 0, 2]), false],
    ['a JPEG whose segments have no length', bytes([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0]), false],
    [
      '2 MiB of empty segments',
      bytes(
        [0xff, 0xd8],
        Array.from({ length: 2_000_000 }, (_, i) => [0xff, 0xe0, 0, 2][i % 4] ?? 0),
      ),
      false,
    ],
    [
      '2 MiB of fill bytes',
      bytes(
        [0xff, 0xd8],
        Array.from({ length: 2_000_000 }, () => 0xff),
      ),
      false,
    ],
    [
      'a WebP of an unknown kind',
      webp(
        'VP9 ',
        Array.from({ length: 20 }, () => 1),
      ),
      false,
    ],
    [
      'a lossy WebP without its mark',
      webp(
        'VP8 ',
        Array.from({ length: 20 }, () => 1),
      ),
      false,
    ],
    [
      'a lossless WebP without its mark',
      webp(
        'VP8L',
        Array.from({ length: 20 }, () => 1),
      ),
      false,
    ],
    ['a GIF', bytes('GIF89a', [1, 0, 1, 0, 0, 0, 0]), false],
    ['a BMP', sized(bytes('BM'), 60), false],
    ['an SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'), false],
    ['a TIFF', sized(bytes('II*\0'), 60), false],
    ['nothing', Buffer.alloc(0), false],
  ])('that is %s: %#', (_what, picture, isGood) => {
    expect(isTaken(picture)).toBe(isGood);
  });

  it('that is noise behind a known beginning ends the reading, one way or another', () => {
    let seed = 1;
    const noise = () => (seed = (seed * 48_271) % 2_147_483_647) & 0xff;
    for (let round = 0; round < 2_000; round++) {
      const beginnings = [png(1, 1).subarray(0, 8), bytes([0xff, 0xd8, 0xff]), lossy(1, 1).subarray(0, 16)];
      const tail = Array.from({ length: noise() }, noise);
      for (const beginning of beginnings) expect(typeof isTaken(bytes([...beginning], tail))).toBe('boolean');
    }
  });

  it.each([
    `data:image/png;base64,${PNG}`,
    PNG.replace('+', '-').replace('/', '_').replace(/=+$/, ''),
    `${PNG.slice(0, 8)}\n${PNG.slice(8)}`,
    `${PNG}A`,
    'x',
    7,
    [PNG],
  ])('that is no base64 text is refused with the rule: %#', (value) => {
    expect(bench.connect().open().writer.accept('avatar', value)).toEqual({
      isAccepted: false,
      code: 'INVALID_VALUE',
      rule: 'takes a PNG, JPEG or WebP picture as base64 text without a data-URL prefix, of at most 2 MiB and 4,096 pixels a side',
    });
  });
});

describe('a change of one person', () => {
  const bench = useBackend(mindUnderTest(), CAST);

  it.each<
    readonly [what: string, changes: Readonly<Partial<Record<FieldPath, JsonValue>>>, body: JsonObject]
  >([
    ['nothing', {}, {}],
    [
      'fields of all kinds',
      { firstName: 'A', 'routing.call': 'IDLE', 'settings.work.roleId': 2, 'settings.work.status': 'BUSY' },
      { firstName: 'A', callRoutingStatus: 'idle', settings: { roleId: 2, status: 'busy' } },
    ],
    ['both names, the display name last', { 'mind.nameAlias': 'M', displayName: 'D' }, { nameAlias: 'M' }],
    ['both names, the display name first', { displayName: 'D', 'mind.nameAlias': null }, { nameAlias: null }],
    [
      'both skills',
      { 'settings.work.skills.tagIds': [3], 'settings.work.skills.channels': null },
      { settings: { skills: { tagIds: [3], channels: [] } } },
    ],
  ])('of %s is one call that lists every field', async (_what, changes, body) => {
    const { writer } = bench.connect().open();
    const calls = writer.callsFor(await read(bench), changesOf(writer, changes), ONE);
    expect(calls.flatMap(({ fields }) => fields)).toEqual(Object.keys(changes));
    expect(calls.map((call) => call.body)).toEqual(Object.keys(changes).length === 0 ? [] : [body]);
    const [call] = calls;
    if (call !== undefined) expect(await outcome(call)).toBeNull();
  });

  it.each<readonly [own: unknown, skills: JsonObject]>([
    [
      { skills: { tagIds: [1], channels: ['chat'], intents: ['old'] } },
      { channels: ['chat'], intents: ['old'] },
    ],
    [{ skills: [] }, {}],
    [{ skills: null, actualSkills: { channels: ['team'] } }, {}],
    [null, {}],
    [undefined, {}],
  ])('takes the rest of an object from the settings %j', async (settings, rest) => {
    const { writer } = bench.connect().open();
    const account = await readWith(bench, settings);
    const [call] = writer.callsFor(account, changesOf(writer, { 'settings.work.skills.tagIds': [5] }), ONE);
    expect(call?.body).toEqual({ settings: { skills: { ...rest, tagIds: [5] } } });
  });

  it.each<readonly [status: number, body: string, error: object]>([
    [200, '{"success":false}', { code: 'UPSTREAM_REJECTED', delivery: 'refused' }],
    [200, '{"success":"x"}', { code: 'UPSTREAM_BAD_RESPONSE', delivery: 'unknown' }],
    [200, '{}', { code: 'UPSTREAM_BAD_RESPONSE', delivery: 'unknown' }],
    [200, '', { code: 'UPSTREAM_BAD_RESPONSE', delivery: 'unknown' }],
    [400, '{"error":"canary"}', { code: 'UPSTREAM_REJECTED', delivery: 'refused', httpStatus: 400 }],
    [403, '', { code: 'FORBIDDEN', delivery: 'refused', httpStatus: 403 }],
    [404, '{"error":"canary"}', { code: 'NOT_FOUND', delivery: 'refused', httpStatus: 404 }],
    [500, '{"error":"canary"}', { code: 'UPSTREAM_ERROR', delivery: 'unknown', httpStatus: 500 }],
  ])('answered with %i %s fails', async (status, body, error) => {
    const { writer } = bench.connect().open();
    const account = await read(bench);
    bench.sandbox.switches.set({ only: { method: 'PATCH' }, reply: { status, body } });
    const calls = [
      ...writer.callsFor(account, changesOf(writer, { firstName: 'A' }), ONE),
      writer.passwordCall('42', 'x'),
    ];
    for (const call of calls) {
      const thrown = await outcome(call);
      expect(thrown).toMatchObject({ name: 'GatewayError', backend: 'mind', ...error });
      expect(String(thrown)).not.toContain('canary');
    }
  });

  it('sets a password that nobody is shown', async () => {
    const call = bench.connect().open().writer.passwordCall('42', 'canary-1');
    expect(call).toMatchObject({
      method: 'PATCH',
      path: '/profile/42',
      body: { password: '[redacted]' },
      fields: ['password'],
    });
    const requests = await bench.requestsOf(() => call.send());
    expect(requests).toMatchObject([{ body: { password: 'canary-1' } }]);
    expect(bench.sandbox.writeOnlyOf(42)).toEqual({ image: null, passwordChanges: 1 });
  });
});

describe('a write with a caller’s own token', () => {
  const asErika = mindUnderTest('replace', (sandbox) => ({
    headers: { authorization: `Bearer ${sandbox.tokenFor(43)}` },
    isCallers: true,
  }));
  const bench = useBackend(asErika, CAST);

  it('goes out with that token', async () => {
    const { writer } = bench.connect().open();
    const [call] = writer.callsFor(await read(bench, '43'), changesOf(writer, { phone: '1' }), {
      ...ONE,
      isOwnTokenOnly: true,
    });
    const requests = await bench.requestsOf(() => call?.send());
    expect(requests.map(({ headers }) => headers['authorization'])).toEqual(['Bearer sandbox-mind-user-43']);
  });

  it.each([ONE, SEVERAL])('sends no settings whole that it is not shown: %j', async (options) => {
    const { writer } = bench.connect().open();
    const account = await read(bench, '44');
    const [call] = writer.callsFor(account, changesOf(writer, { 'settings.work.roleId': 3 }), options);
    const requests = await bench.requestsOf(async () => {
      expect(await outcome(call)).toMatchObject({ code: 'FORBIDDEN', backend: 'mind', delivery: 'unsent' });
    });
    expect(requests).toEqual([]);
  });
});

describe('a change of several people', () => {
  const vendors = generatePeople(2, 900).map(({ mind, ...rest }) => ({
    ...rest,
    ...(mind !== undefined && { mind: { ...mind, type: 'enneo' as const } }),
  }));
  const bench = useBackend(mindUnderTest(), [...generatePeople(205), ...vendors]);
  const operations: Operation[] = [];
  afterEach(() => {
    for (const operation of operations.splice(0)) operation.end();
  });

  /** Gives so many people a phone, all in one turn; answers how each ended, and the calls that were made. */
  async function change(ids: readonly (string | number)[], url = bench.sandbox.url) {
    const records: CallRecord[] = [];
    const operation = createOperation({
      requestId: 'test',
      timeoutMs: 15_000,
      budget: 100,
      onCall: (record) => records.push(record),
    });
    operations.push(operation);
    const template = await read(bench, '1000');
    const { writer } = bench.connect({ url }).open(operation);
    const vendorIds = vendors.map(({ mind }) => String(mind?.id));
    const calls = ids.map(String).flatMap((id) => {
      const account = { ...template, id, type: vendorIds.includes(id) ? 'enneo' : 'user' };
      return writer.callsFor(account, changesOf(writer, { phone: `+${id}` }), SEVERAL);
    });
    expect(calls.map(({ method, path, body, fields }) => ({ method, path, body, fields }))).toEqual(
      ids.map((id) => ({
        method: 'PATCH',
        path: '/profiles',
        body: { profiles: [{ id: Number(id), phone: `+${id}` }] },
        fields: ['phone'],
      })),
    );
    const ends = await Promise.all(calls.map(outcome));
    return { ends, batches: records.map(({ route, batch }) => `${route} ${batch ?? ''}`) };
  }
  const idsOf = (count: number) => Array.from({ length: count }, (_, i) => 1000 + i);
  const phones = async (ids: readonly number[]) =>
    Promise.all(ids.map(async (id) => (await read(bench, String(id))).phone));

  const DONE = null;
  const UNKNOWN = { name: 'GatewayError', code: 'UPSTREAM_BAD_RESPONSE', delivery: 'unknown' };
  const REFUSED = { name: 'GatewayError', code: 'UPSTREAM_REJECTED', delivery: 'refused' };

  it('travels in calls of at most 100', async () => {
    const { ends, batches } = await change(idsOf(201));
    expect(ends).toEqual(idsOf(201).map(() => DONE));
    expect(batches.toSorted()).toEqual(['/profiles 1', '/profiles 100', '/profiles 100']);
    expect(await phones([1000, 1099, 1100, 1200, 1201])).toEqual([
      '+1000',
      '+1099',
      '+1100',
      '+1200',
      expect.stringContaining('+49 '),
    ]);
  });

  it('does not mix people with the vendor’s, who take another permission', async () => {
    const { ends, batches } = await change([1000, 1900, 1001, 1901]);
    expect(ends).toEqual([DONE, DONE, DONE, DONE]);
    expect(batches).toEqual(['/profiles 2', '/profiles 2']);
    const sent = bench.sandbox.ledger.entries.filter(({ method }) => method === 'PATCH');
    expect(sent).toMatchObject([
      { body: { profiles: [{ id: 1000 }, { id: 1001 }] } },
      { body: { profiles: [{ id: 1900 }, { id: 1901 }] } },
    ]);
  });

  it.each<readonly [rows: 'reversed' | 'duplicated' | 'foreign' | 'missing', first: unknown]>([
    ['reversed', DONE],
    ['duplicated', DONE],
    ['foreign', DONE],
    ['missing', UNKNOWN],
  ])('finds each one’s result where the results are %s', async (rows, first) => {
    bench.sandbox.switches.set({ only: { method: 'PATCH' }, rows });
    const { ends } = await change([1000, 999_999, 1001]);
    expect(ends).toMatchObject([first, REFUSED, DONE]);
  });

  it.each<readonly [status: number, results: unknown, ends: readonly unknown[]]>([
    [
      200,
      [
        { id: 1001, success: true },
        { id: 1000, success: false, message: 'canary' },
      ],
      [REFUSED, DONE],
    ],
    [
      400,
      [
        { id: 1001, success: true },
        { id: 1000, success: false, message: 'canary' },
      ],
      [REFUSED, DONE],
    ],
    [
      200,
      [
        { id: '1001', success: 1 },
        { id: 1000, success: true },
        { id: 1000, success: false },
      ],
      [UNKNOWN, DONE],
    ],
    [200, [{ id: 1000 }, { id: 1001, success: 'perhaps' }], [UNKNOWN, UNKNOWN]],
    [200, [], [UNKNOWN, UNKNOWN]],
    [200, [{ success: true }, { success: true }], [UNKNOWN, UNKNOWN]],
    [
      400,
      [{ success: false, message: 'canary' }],
      Array.from({ length: 2 }, () => ({ ...REFUSED, delivery: 'unknown', httpStatus: 400 })),
    ],
    [200, 'x', [UNKNOWN, UNKNOWN]],
    [403, [], Array.from({ length: 2 }, () => ({ code: 'FORBIDDEN', delivery: 'refused', httpStatus: 403 }))],
    [500, [], Array.from({ length: 2 }, () => ({ code: 'UPSTREAM_ERROR', delivery: 'unknown' }))],
  ])('reads from %i with %j how each ended', async (status, results, expected) => {
    const reply = { status, body: JSON.stringify({ results }) };
    bench.sandbox.switches.set({ only: { method: 'PATCH' }, reply });
    const { ends } = await change([1000, 1001]);
    expect(ends).toMatchObject(expected);
    expect(ends.map(String).join()).not.toContain('canary');
  });

  it('fails only in the call that fails', async () => {
    let count = 0;
    const server = await startScriptedServer(() => {
      count += 1;
      return count === 1 ? 503 : { results: idsOf(205).map((id) => ({ id, success: true })) };
    });
    const { ends } = await change(idsOf(205), server.url);
    await server.close();
    const failed = ends.filter((end) => end instanceof GatewayError);
    expect(failed).toHaveLength(100);
    expect(new Set(failed).size).toBe(1);
    expect(ends.filter((end) => end === DONE)).toHaveLength(105);
    expect(server.received).toEqual(['/profiles', '/profiles', '/profiles']);
  });
});

describe('a new account', () => {
  const bench = useBackend(mindUnderTest(), CAST);
  const NOVA = { firstName: 'Nova', lastName: 'Neu', email: 'Nova.Neu@example.com' };
  const create = (writer: MindWriter, fields: Readonly<Partial<Record<FieldPath, JsonValue>>>) =>
    writer.createCall({ fields: changesOf(writer, fields), sendActivationMail: true });

  it.each<readonly [more: Readonly<Partial<Record<FieldPath, JsonValue>>>, body: JsonObject, shown: object]>([
    [{}, {}, { nameAlias: null, phone: null }],
    [
      {
        phone: '1',
        language: 'en',
        displayName: 'Novi',
        externalId: 'EMP-9',
        'mind.ssoOnly': true,
        avatar: PNG,
        'routing.call': 'IDLE',
        'settings.work.roleId': 2,
        'settings.work.skills.channels': ['chat'],
      },
      {
        phone: '1',
        lang: 'en',
        nameAlias: 'Novi',
        externalId: 'EMP-9',
        isSsoOnly: 1,
        image: PNG,
        settings: { callRoutingStatus: 'idle', roleId: 2, skills: { channels: ['chat'] } },
      },
      {
        phone: '1',
        language: 'en',
        nameAlias: 'Novi',
        externalId: 'EMP-9',
        ssoOnly: true,
        callRouting: { value: 'IDLE' },
        chatRouting: { value: 'OFFLINE' },
        work: { roleId: { own: 2 }, skills: { own: { channels: ['chat'] } } },
      },
    ],
    [
      { 'routing.chat': 'ACW' },
      { settings: { chatRoutingStatus: 'acw' } },
      { chatRouting: { value: 'ACW' } },
    ],
  ])('starts with %j', async (more, body, shown) => {
    const { writer } = bench.connect().open();
    const call = create(writer, { ...NOVA, ...more, 'mind.rawData': { shirtSize: 'L' } });
    expect(call).toEqual({
      method: 'POST',
      path: '/profile',
      body: { ...NOVA, ...body },
      // Extra data is written afterwards.
      fields: [...Object.keys(NOVA), ...Object.keys(more)],
      send: expect.any(Function),
    });
    const id = await call.send();
    expect(await read(bench, id ?? '')).toMatchObject({ ...NOVA, ...shown });
  });

  it.each<readonly [fields: Readonly<Partial<Record<FieldPath, JsonValue>>>, missing: string]>([
    [{}, 'firstName, lastName, email'],
    [{ firstName: 'Nova' }, 'lastName, email'],
    [{ firstName: 'Nova', lastName: 'Neu', phone: '1' }, 'email'],
  ])('with no more than %j cannot be', (fields, missing) => {
    const { writer } = bench.connect().open();
    expect(() => create(writer, fields)).toThrow(
      new GatewayError('INVALID_VALUE', `mind: a new account needs ${missing}.`),
    );
  });

  it.each<readonly [body: string, error: object]>([
    ['{"success":false}', { code: 'UPSTREAM_REJECTED', delivery: 'refused' }],
    ['{"success":true}', { code: 'UPSTREAM_BAD_RESPONSE', delivery: 'unknown' }],
    ['{"id":"x"}', { code: 'UPSTREAM_BAD_RESPONSE', delivery: 'unknown' }],
    ['[]', { code: 'UPSTREAM_BAD_RESPONSE', delivery: 'unknown' }],
  ])('answered with %s has no id', async (body, error) => {
    const { writer } = bench.connect().open();
    bench.sandbox.switches.set({ reply: { status: 200, body } });
    expect(await outcome(create(writer, NOVA))).toMatchObject({ backend: 'mind', ...error });
  });
});

describe('settings that a write has cost', () => {
  const bench = useBackend(mindUnderTest(), CAST);
  const ROLE = { 'settings.work.roleId': 1 } as const;

  it.each<readonly [what: string, before: unknown, after: unknown, lost: JsonObject | null]>([
    [
      'what is gone',
      { roleId: 3, teamIds: [1], hint: { a: 1 } },
      { roleId: 1 },
      { teamIds: [1], hint: { a: 1 } },
    ],
    [
      'what has become null',
      { nameReports: 'Fig' },
      { roleId: 1, nameReports: null },
      { nameReports: 'Fig' },
    ],
    ['everything', { status: 'busy' }, null, { status: 'busy' }],
    ['everything in PHP', { status: 'busy' }, [], { status: 'busy' }],
    ['a list that is gone though it was empty', { tagsOnEdit: [] }, {}, { tagsOnEdit: [] }],
    ['secrets, without naming them', { freshdeskApiAuth: 'canary' }, { roleId: 1 }, {}],
    ['secrets inside, without naming them', { x: { token: 'canary', y: 1 } }, {}, { x: { y: 1 } }],
    ['nothing that was written', { roleId: 3 }, {}, null],
    ['nothing that was null before', { nameReports: null }, {}, null],
    ['nothing that Mind works out', { actualRoleId: 3, actualHint: 1 }, {}, null],
    ['no live status', { callRoutingStatus: 'idle', chatRoutingStatus: 'idle' }, {}, null],
    ['nothing that has changed', { teamIds: [1], hint: 1 }, { teamIds: [], hint: 0 }, null],
    ['nothing that was unseen before', undefined, {}, null],
    ['nothing that is unseen now', { teamIds: [1] }, undefined, null],
    ['nothing of settings that are none', 'x', {}, null],
  ])('are %s', async (_what, before, after, lost) => {
    const { writer } = bench.connect().open();
    const accounts = [await readWith(bench, before), await readWith(bench, after)] as const;
    expect(writer.lostSettings(...accounts, changesOf(writer, ROLE))).toEqual(lost);
  });

  it('are not seen in an account', async () => {
    const account = await readWith(bench, { roleId: 1, hint: 'canary', freshdeskApiAuth: 'canary' });
    expect(inspect(account, { showHidden: true, depth: null })).not.toMatch(/hint|canary|rawSettings/);
  });

  it('do not make two rows of one person out of what is never read', async () => {
    const rows = [1, 2].map((hint) => ({ id: 42, firstName: 'Max', settings: { hint } }));
    bench.sandbox.switches.set({ reply: { status: 200, body: JSON.stringify(rows) } });
    expect(await read(bench)).toMatchObject({ firstName: 'Max' });
  });

  it('are brought back as they were, with the change in them', async () => {
    bench.sandbox.switches.set({ settingsPatch: 'replace' });
    const { writer } = bench.connect().open();
    const before = await read(bench);
    const changes = changesOf(writer, { ...ROLE, 'settings.work.skills.tagIds': [9], phone: '1' });
    for (const call of writer.callsFor(before, changes, ONE)) await call.send();
    const lost = writer.lostSettings(before, await read(bench), changes);
    expect(Object.keys(lost ?? {}).toSorted()).toEqual([
      'inheritTeamSettings',
      'isPersonalFilters',
      'limitTicketBacklogAccess',
      'nameReports',
      'status',
      'supersetRole',
      'tagsOnEdit',
      'tagsOnRoute',
      'teamIds',
      'ticketBacklogRequiredTagIds',
      'ticketsFilters',
    ]);
    const restore = writer.restoreCall(before, changes);
    expect(restore).toMatchObject({
      method: 'PATCH',
      path: '/profile/42',
      fields: ['settings.work'],
      body: { settings: { ...lost, roleId: 1, skills: { tagIds: [9], channels: ['email'] } } },
    });
    expect(Object.keys(restore.body as object)).toEqual(['settings']);
    await restore.send();
    const account = await read(bench);
    expect(account).toMatchObject({
      callRouting: before.callRouting,
      chatRouting: before.chatRouting,
      phone: '1',
    });
    // A role or skill that was changed may change what is effective.
    expect(account.work).toMatchObject({
      teamIds: before.work?.teamIds,
      ticketFilters: before.work?.ticketFilters,
      reportName: before.work?.reportName,
      roleId: { own: 1 },
      skills: { own: { tagIds: [9], channels: ['email'] } },
    });
  });

  it('are none where Mind keeps what is left out', async () => {
    const { writer } = bench.connect().open();
    const before = await read(bench);
    const changes = changesOf(writer, ROLE);
    for (const call of writer.callsFor(before, changes, ONE)) await call.send();
    expect(writer.lostSettings(before, await read(bench), changes)).toBeNull();
  });
});

describe('an installation that replaces settings', () => {
  const bench = useBackend(mindUnderTest('replace'), CAST);

  it.each([ONE, SEVERAL])('is sent them whole, those that nobody knows too: %j', async (options) => {
    bench.sandbox.switches.set({ extraKeys: true, canarySecrets: true, settingsPatch: 'replace' });
    const { writer } = bench.connect().open();
    const before = await read(bench);
    const changes = changesOf(writer, {
      'routing.chat': 'ACW',
      'settings.work.roleId': 1,
      'settings.work.supersetRole': null,
      'settings.work.ticketFilters.groups': [8],
    });
    const calls = writer.callsFor(before, changes, options);
    const requests = await bench.requestsOf(() => Promise.all(calls.map((call) => call.send())));
    const settings = {
      status: 'available',
      supersetRole: null,
      ticketsFilters: {
        groups: [8],
        intents: ['process_meter_reading'],
        tagIds: [1],
        personalQueue: true,
        onlyIntents: false,
      },
      roleId: 1,
      teamIds: [1, 2],
      skills: { tagIds: [1, 2], channels: ['email'] },
      limitTicketBacklogAccess: false,
      ticketBacklogRequiredTagIds: [5],
      tagsOnRoute: [3],
      tagsOnEdit: [4],
      isPersonalFilters: false,
      inheritTeamSettings: true,
      nameReports: 'Brave Fig',
      themeHint: 'in no document',
    };
    const wire = (freshdeskApiAuth: string) => {
      const profile = { chatRoutingStatus: 'acw', settings: { ...settings, freshdeskApiAuth } };
      return options.isBulk ? { profiles: [{ id: 42, ...profile }] } : profile;
    };
    expect(requests.map(({ body }) => body)).toEqual([wire('canary-freshdesk-42')]);
    expect(calls.map(({ body }) => body)).toEqual([wire('[redacted]')]);
    expect(writer.lostSettings(before, await read(bench), changes)).toBeNull();
  });

  it('is sent no settings where none of them change', async () => {
    const { writer } = bench.connect().open();
    const [call] = writer.callsFor(await read(bench), changesOf(writer, { firstName: 'A' }), ONE);
    expect(call?.body).toEqual({ firstName: 'A' });
  });

  it('is sent the change alone for a person who has no settings', async () => {
    const { writer } = bench.connect().open();
    const account = await readWith(bench, null);
    const [call] = writer.callsFor(account, changesOf(writer, { 'settings.work.roleId': 1 }), ONE);
    expect(call?.body).toEqual({ settings: { roleId: 1 } });
    expect(await outcome(call)).toBeNull();
  });
});
