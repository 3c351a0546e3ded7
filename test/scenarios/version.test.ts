// Version tokens: they stand in for the values of fields, and tell nothing of them.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FIELD_PATHS } from '../../src/domain/ownership.js';
import { VERSIONED_FIELDS } from '../../src/domain/explain.js';
import { startTestGateway, type CallCounts, type TestGateway } from '../support/gateway.js';

const KEY = { VERSION_KEY: 'a-key-of-this-test-0123456789' };
const SLUGS = ['mind', 'omnivibe', 'v2'] as const;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ env: KEY });
});
afterEach(() => {
  for (const backend of SLUGS) gateway[backend].reset();
});
afterAll(() => gateway.close());

async function versionOf(fields: readonly string[] | null, id = 'mind:42', at = gateway): Promise<string> {
  const query = `query ($fields: [String!]) { profile(id: "${id}") { version(fields: $fields) } }`;
  const { profile } = (await at.query(query, { fields })) as { profile: { version: string } };
  expect(profile.version).toMatch(/^[\w-]+\.[\w-]{43}$/);
  return profile.version;
}

/** The fields that a token says it covers. */
function fieldsOf(token: string): (string | undefined)[] {
  const [list = ''] = token.split('.');
  return Buffer.from(list, 'base64url')
    .toString()
    .split('.')
    .map((position) => FIELD_PATHS[Number.parseInt(position, 36)]);
}

/** A write past the gateway, to Max's accounts mind:42, omnivibe:3 and v2:17. */
interface Write {
  readonly what: string;
  readonly at: keyof CallCounts;
  readonly request: string;
  readonly fields: object;
  readonly isOwn?: true;
}
const atMind = (what: string, fields: object, path = '/profile/42'): Write => ({
  what,
  at: 'mind',
  request: `PATCH ${path}`,
  fields,
});
const atDesk = (what: string, fields: object, request = 'PUT /api/v2/user/17'): Write => ({
  what,
  at: 'v2',
  request,
  fields,
});
const atPlatform = (what: string, fields: object): Write => ({
  what,
  at: 'omnivibe',
  request: 'PATCH /platform/api/v1/users/3',
  fields,
});
const asMax = (what: string, request: string, profile: object): Write => ({
  what,
  at: 'omnivibe',
  request,
  fields: { profile },
  isOwn: true,
});
const write = ({ at, request, fields, isOwn }: Write) =>
  gateway.write(at, request, fields, isOwn === true ? gateway.omnivibe.tokenFor(3) : undefined);

const DIFFERENT: readonly (readonly [field: string, ...writes: Write[]])[] = [
  ['firstName', atMind('Mind', { firstName: 'Maxi' }), atDesk('v2', { firstname: 'Maxi' })],
  ['lastName', atMind('Mind', { lastName: 'Muster' }), atDesk('v2', { lastname: 'Muster' })],
  ['displayName', atPlatform('omnivibe', { display_name: 'Maxi' }), atMind('Mind', { nameAlias: 'M' })],
  ['username', atDesk('v2', { name: 'max.2' })],
  [
    'phone',
    atMind('Mind', { phone: '+49 1' }),
    atMind('Mind, which has none now', { phone: null }),
    atDesk('v2', { telephone: '+491' }),
  ],
  ['language', atMind('Mind', { lang: 'fr' }), atDesk('v2', { language: 'fr' })],
  ['externalId', atMind('Mind', { externalId: 'EMP-1' })],
  ['routing.call', atMind('Mind', { callRoutingStatus: 'acw' }, '/profile/42/routingStatus')],
  ['settings.work.status', atMind('Mind', { settings: { status: 'busy' } })],
  ['settings.work.teamIds', atMind('Mind', { settings: { teamIds: [2] } })],
  [
    'settings.work.skills.tagIds',
    atMind('Mind', { settings: { skills: { tagIds: [], channels: ['email'] } } }),
  ],
  ['mind.rawData', atMind('Mind', { rawData: { costCentre: 'CC-8' } })],
  ['settings.desk.maxChats', atDesk('v2', { userID: 17, maxChats: 9 }, 'PUT /api/v2/user/maxChats')],
  [
    'settings.desk.autoAnswerCalls',
    atDesk('v2', { userID: 17, state: 1 }, 'PUT /api/v2/user/callsAutoAnswer'),
  ],
  ['v2.groups', atDesk('v2', { groups: '[4,1]' })],
  ['settings.inbox.messageSignature', asMax('omnivibe', 'PUT /api/v1/profile', { message_signature: 'M.' })],
  [
    'settings.inbox.uiSettings',
    asMax('omnivibe', 'PUT /api/v1/profile', { ui_settings: { rtl_view: true } }),
  ],
  [
    'settings.inbox.availability',
    asMax('omnivibe', 'POST /api/v1/profile/availability', { account_id: 1, availability: 'busy' }),
  ],
];

const ALIKE: readonly (readonly [field: string, ...writes: Write[]])[] = [
  [
    'phone',
    atMind('as one word', { phone: '+4930901820' }),
    atMind('with 00', { phone: '0049 30/90 18 20' }),
  ],
  ['firstName', atMind('with blanks', { firstName: ' Max ' }), atDesk('with blanks', { firstname: 'Max ' })],
  ['language', atMind('in capitals', { lang: 'DE' }), atDesk('in capitals', { language: 'DE' })],
  ['email', atDesk('in capitals', { email: 'MAX.MUSTERMANN@EXAMPLE.COM' })],
];

const UNCOVERED: readonly (readonly [field: string, ...writes: Write[]])[] = [
  [
    'phone',
    atMind('a name', { firstName: 'Maxi' }),
    atDesk('a name', { firstname: 'Maxi' }),
    atPlatform('a name', { name: 'Maxi' }),
  ],
  [
    'settings.desk.maxChats',
    atDesk('another setting', { userID: 17, state: 1 }, 'PUT /api/v2/user/ticketIncognitoMode'),
  ],
  ['settings.work.teamIds', atMind('another setting', { settings: { status: 'busy' } })],
  ['displayName', atMind('a name', { lastName: 'Muster' })],
];

const rowsOf = (table: typeof DIFFERENT) =>
  table.flatMap(([field, ...writes]) => writes.map((each) => [field, each.what, each] as const));

describe('a version token', () => {
  it('is the same as long as nothing changes, whichever account is asked for', async () => {
    for (const fields of [null, ['phone'], ['phone', 'settings.desk.maxChats', 'mind.rawData']]) {
      const token = await versionOf(fields);
      for (const id of ['mind:42', 'omnivibe:3', 'v2:17']) expect(await versionOf(fields, id)).toBe(token);
    }
  });

  it.each(rowsOf(DIFFERENT))('of %s changes with a new value at %s', async (field, _where, change) => {
    const [one, all] = [await versionOf([field]), await versionOf(null)];
    await write(change);
    expect(await versionOf([field])).not.toBe(one);
    expect(await versionOf(null)).not.toBe(all);
  });

  it.each(rowsOf(ALIKE))('of %s stays when it is only spelled otherwise: %s', async (field, _how, change) => {
    const token = await versionOf([field]);
    await write(change);
    expect(await versionOf([field])).toBe(token);
  });

  it.each(rowsOf(UNCOVERED))('of %s stays when something else changes: %s', async (field, _what, change) => {
    const token = await versionOf([field]);
    await write(change);
    expect(await versionOf([field])).toBe(token);
  });

  it('of everything stays when what nobody can write changes', async () => {
    const token = await versionOf(null);
    await gateway.write('v2', 'POST /api/v2/user/statusLock', { userID: 17, status: 3 });
    expect(await versionOf(null)).toBe(token);
  });

  it('comes back with the old value', async () => {
    const token = await versionOf(['phone']);
    await write(atMind('', { phone: '+49 1' }));
    await write(atMind('', { phone: '+49 30 901820' }));
    expect(await versionOf(['phone'])).toBe(token);
  });

  it('changes when two backends exchange their values', async () => {
    await write(atDesk('', { firstname: 'Maxi' }));
    const token = await versionOf(['firstName']);
    await write(atMind('', { firstName: 'Maxi' }));
    await write(atDesk('', { firstname: 'Max' }));
    expect(await versionOf(['firstName'])).not.toBe(token);
  });

  it('carries the list of its fields, in whatever order and however often they are named', async () => {
    const token = await versionOf(['phone', 'v2.groups', 'settings.work.roleId']);
    expect(fieldsOf(token)).toEqual(['phone', 'settings.work.roleId', 'v2.groups']);
    expect(await versionOf(['v2.groups', 'phone', 'settings.work.roleId', 'phone'])).toBe(token);
  });

  it('covers what can be both read and written, unless told otherwise', async () => {
    const token = await versionOf(null);
    expect(fieldsOf(token)).toEqual(VERSIONED_FIELDS);
    expect(fieldsOf(token)).not.toContain('avatar');
    expect(fieldsOf(token)).not.toContain('lastSeenAt');
  });

  it('is not given over less when a backend fails', async () => {
    gateway.v2.switches.set({ reply: { status: 503 } });
    const { data, errors } = await gateway.execute(
      '{ profile(id: "mind:42") { id version(fields: ["phone"]) mind: version(fields: ["mind.ssoOnly"]) } }',
    );
    expect(data).toEqual({
      profile: { id: 'mind:42', version: null, mind: expect.stringMatching(/^[\w-]+\.[\w-]{43}$/) },
    });
    expect(errors).toMatchObject([
      { path: ['profile', 'version'], extensions: { code: 'UPSTREAM_ERROR', backend: 'V2' } },
    ]);
  });
});

describe('of the values, a version token', () => {
  it('says nothing', async () => {
    const token = await versionOf(null);
    const parts = token.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    // Digits and letters that number the fields, and a hash of the same length for everybody.
    expect(parts[0]).toMatch(/^[0-9a-z]+(\.[0-9a-z]+)*$/);
    expect(parts[1]).toHaveLength(32);
    expect(`${token} ${parts.join(' ')}`).not.toMatch(/max|muster|4930|EMP/i);
  });

  it('does not even tell that two people have the same ones', async () => {
    const fields = ['language', 'settings.work.tagsOnEdit'];
    const hashes = new Set<string | undefined>();
    for (const id of ['mind:42', 'mind:43', 'mind:47'])
      hashes.add((await versionOf(fields, id)).split('.')[1]);
    expect(hashes.size).toBe(3);
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['the same at another copy with the same key', KEY, true],
    ['another one under another key', { VERSION_KEY: 'another-key-of-this-test-0123' }, false],
    ['another one at a copy without a key', {}, false],
  ])('is %s', async (_what, env, isSame) => {
    const other = await startTestGateway({ env });
    try {
      for (const fields of [null, ['phone']]) {
        const [here, there] = [await versionOf(fields), await versionOf(fields, 'mind:42', other)];
        expect(here === there).toBe(isSame);
        expect(fieldsOf(there)).toEqual(fieldsOf(here));
      }
    } finally {
      await other.close();
    }
  });

  it('is another one at each of two copies without a key', async () => {
    const copies = await Promise.all([startTestGateway(), startTestGateway()]);
    try {
      const [one, two] = [
        await versionOf(['phone'], 'mind:42', copies[0]),
        await versionOf(['phone'], 'mind:42', copies[1]),
      ];
      expect(one).not.toBe(two);
    } finally {
      await Promise.all(copies.map((copy) => copy.close()));
    }
  });
});
