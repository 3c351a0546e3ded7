// Finding one person: by any of their ids, by their address, and why the accounts shown are theirs.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

interface LinkedAccount {
  readonly backend: string;
  readonly nativeId: string;
  readonly link: { readonly origin: string; readonly evidence: readonly Record<string, string>[] };
}
const ACCOUNTS = 'accounts { backend nativeId link { origin evidence { rule left right } } }';

async function accountsOf(id: string): Promise<readonly LinkedAccount[]> {
  const { profile } = await gateway.query(`query ($id: ID!) { profile(id: $id) { ${ACCOUNTS} } }`, { id });
  return (profile as { accounts: LinkedAccount[] }).accounts;
}

describe('profile', () => {
  const WHOLE = `{ id mindUserId omnivibeUserId v2UserId firstName displayName username ${ACCOUNTS} }`;

  it.each([
    [['mind:42', 'omnivibe:3', 'v2:17'], 'mind:42'],
    [['mind:45', 'omnivibe:6', 'v2:20'], 'mind:45'],
    [['mind:54', 'v2:29'], 'mind:54'],
    [['omnivibe:7'], 'omnivibe:7'],
    [['v2:23'], 'v2:23'],
    [['mind:48'], 'mind:48'],
  ])('shows the same person under each of %j, by the id %s', async (ids, anchor) => {
    const people: unknown[] = [];
    for (const id of [anchor, ...ids]) {
      people.push(await gateway.query(`query ($id: ID!) { profile(id: $id) ${WHOLE} }`, { id }));
    }
    expect(people[0]).toMatchObject({ profile: { id: anchor } });
    for (const person of people) expect(person).toEqual(people[0]);
  });

  it.each(['mind:4242', 'omnivibe:4242', 'v2:4242', 'v2:999999999999999'])(
    'is null without an error for %s, which no backend knows',
    async (id) => {
      for (const fields of [
        'id',
        'firstName username displayName',
        'mind { name } v2 { name } omnivibe { name }',
      ])
        expect(await gateway.query(`{ profile(id: "${id}") { ${fields} } }`)).toEqual({ profile: null });
    },
  );

  it('keeps the order of ids, repeated and unknown ones included', async () => {
    const ids = ['v2:18', 'mind:4242', 'mind:42', 'omnivibe:3', 'mind:42', 'v2:4242'];
    const { profilesById } = await gateway.query(
      'query ($ids: [ID!]!) { profilesById(ids: $ids) { id username } }',
      { ids },
    );
    const max = { id: 'mind:42', username: 'max.m' };
    expect(profilesById).toEqual([{ id: 'mind:43', username: 'erika.g' }, null, max, max, max, null]);
  });

  it('is an empty list for no ids', async () => {
    expect(await gateway.query('{ profilesById(ids: []) { id } }')).toEqual({ profilesById: [] });
  });
});

describe('profileByEmail', () => {
  const BY_EMAIL = 'query ($email: EmailAddress!) { profileByEmail(email: $email) { id } }';

  it.each([
    ['an address', 'max.mustermann@example.com', 'mind:42'],
    ['another spelling of it', 'Max.Mustermann@EXAMPLE.com', 'mind:42'],
    ['an address that the backends spell in three ways', 'nora.QUANDT@example.com', 'mind:45'],
    ['an address of Mind alone', 'olaf.einzig@example.com', 'mind:48'],
    ['an address of omnivibe alone', 'petra.allein@example.com', 'omnivibe:7'],
    ['an address of v2 alone', 'sven.solo@example.com', 'v2:23'],
    ['an address with an account that is not active any more', 'rita.wieder@example.com', 'mind:54'],
  ])('finds who has %s', async (_what, email, id) => {
    expect(await gateway.query(BY_EMAIL, { email })).toEqual({ profileByEmail: { id } });
  });

  it.each([
    ['an address that nobody has', 'nobody@example.com'],
    ['a plus-tag, which is part of the address', 'max.mustermann+news@example.com'],
    ['a part of an address', 'mustermann@example.com'],
  ])('is null without an error for %s', async (_what, email) => {
    expect(await gateway.query(BY_EMAIL, { email })).toEqual({ profileByEmail: null });
  });

  it.each([
    ['a shared mailbox', 'info@example.com'],
    ['an account whose address is not confirmed beside another one', 'tom.neu@example.com'],
  ])('is null with AMBIGUOUS_LINK for %s', async (_what, email) => {
    const { data, errors } = await gateway.execute(BY_EMAIL, { email });
    expect(data).toEqual({ profileByEmail: null });
    expect(errors).toMatchObject([
      { path: ['profileByEmail'], extensions: { code: 'AMBIGUOUS_LINK', retryable: false } },
    ]);
  });
});

describe('an account', () => {
  const ANCHOR = { origin: 'ANCHOR', evidence: [] };
  const byEmail = (left: string, right: string) => ({
    origin: 'EMAIL_MATCH',
    evidence: [{ rule: expect.stringMatching(/e-mail/) as unknown, left, right }],
  });

  it('says that an equal external id links it', async () => {
    expect(await accountsOf('v2:17')).toMatchObject([
      { backend: 'MIND', nativeId: '42', link: ANCHOR },
      {
        backend: 'OMNIVIBE',
        nativeId: '3',
        link: {
          origin: 'EXTERNAL_ID',
          evidence: [{ left: 'mind:42 EMP-0042', right: 'omnivibe:3 EMP-0042' }],
        },
      },
      {
        backend: 'V2',
        nativeId: '17',
        link: byEmail('mind:42 max.mustermann@example.com', 'v2:17 max.mustermann@example.com'),
      },
    ]);
  });

  it('says that an equal address links it, each side in its own spelling', async () => {
    expect(await accountsOf('omnivibe:6')).toMatchObject([
      { backend: 'MIND', nativeId: '45', link: ANCHOR },
      {
        backend: 'OMNIVIBE',
        nativeId: '6',
        link: byEmail('mind:45 Nora.Quandt@Example.com', 'omnivibe:6 nora.quandt@example.com'),
      },
      {
        backend: 'V2',
        nativeId: '20',
        link: byEmail('mind:45 Nora.Quandt@Example.com', 'v2:20 NORA.QUANDT@EXAMPLE.COM'),
      },
    ]);
  });

  it.each([
    ['a shared mailbox', ['mind:46', 'mind:47', 'v2:21', 'v2:22']],
    ['an address that is not confirmed', ['mind:53', 'omnivibe:10']],
    ['an inactive account', ['v2:28']],
    ['nobody else', ['mind:48', 'omnivibe:7', 'v2:23']],
  ])('stands alone with %s', async (_what, ids) => {
    for (const id of ids) {
      const [backend = '', nativeId] = id.split(':');
      expect(await accountsOf(id)).toEqual([{ backend: backend.toUpperCase(), nativeId, link: ANCHOR }]);
    }
  });

  it('is null, like all that hangs on it, where a person has none', async () => {
    const fields =
      'mind { nativeId } omnivibe { nativeId } v2 { nativeId } firstName username avatarUrl routing { call }';
    const settings = 'settings { work { status } desk { maxChats } inbox { autoOffline } }';
    expect(
      await gateway.query(`{ profile(id: "omnivibe:7") { displayName ${fields} ${settings} } }`),
    ).toEqual({
      profile: {
        displayName: 'Petra',
        mind: null,
        omnivibe: { nativeId: '7' },
        v2: null,
        firstName: null,
        username: null,
        avatarUrl: expect.stringContaining('http'),
        routing: null,
        settings: { work: null, desk: null, inbox: { autoOffline: expect.any(Boolean) } },
      },
    });
  });
});

describe('a person who came after the addresses were read', () => {
  afterEach(() => {
    for (const backend of ['mind', 'omnivibe', 'v2'] as const) gateway[backend].reset();
  });

  const NEW = { firstName: 'Neele', lastName: 'Neumann', email: 'neele.neumann@example.com' };

  async function createAtMind(): Promise<string> {
    const response = await fetch(`${gateway.mind.url}/profile`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${gateway.mind.serviceToken}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(NEW),
    });
    const { id } = (await response.json()) as { id: number };
    return `mind:${id}`;
  }

  async function createAtV2(): Promise<void> {
    const form = new FormData();
    form.set('firstname', NEW.firstName);
    form.set('lastname', NEW.lastName);
    form.set('name', 'neele.n');
    form.set('email', NEW.email);
    const response = await fetch(`${gateway.v2.url}/api/v2/user`, {
      method: 'POST',
      headers: { apiKey: gateway.v2.apiKey },
      body: form,
    });
    expect(response.status).toBe(200);
  }

  const BY_EMAIL = `{ profileByEmail(email: "${NEW.email}") { id firstName username v2UserId } }`;

  it('is found by their address and then by their id', async () => {
    await gateway.query('{ profile(id: "mind:42") { omnivibeUserId v2UserId } }');
    expect(await gateway.query(BY_EMAIL)).toEqual({ profileByEmail: null });
    const id = await createAtMind();
    await createAtV2();
    const { profileByEmail } = await gateway.query(BY_EMAIL);
    expect(profileByEmail).toMatchObject({ id, firstName: NEW.firstName, username: 'neele.n' });
    const { v2UserId } = profileByEmail as { v2UserId: string };
    for (const any of [id, `v2:${v2UserId}`])
      expect(await gateway.query(`{ profile(id: "${any}") { id firstName username v2UserId } }`)).toEqual({
        profile: profileByEmail,
      });
  });

  it('is found by their id at Mind', async () => {
    await gateway.query('{ profile(id: "mind:42") { omnivibeUserId v2UserId } }');
    const id = await createAtMind();
    for (const fields of ['id', 'firstName', 'id mindUserId v2UserId'])
      expect(await gateway.query(`{ profile(id: "${id}") { ${fields} } }`)).not.toEqual({ profile: null });
  });
});

describe('values that need care', () => {
  it.each<[string, string, object]>([
    [
      'an apostrophe',
      '{ profile(id: "v2:24") { firstName lastName displayName v2 { lastName } } }',
      {
        firstName: 'Conan',
        lastName: "O'Brien",
        displayName: "Conan O'Brien",
        v2: { lastName: 'OBrien' },
      },
    ],
    [
      'letters beyond Latin-1',
      '{ profile(id: "omnivibe:9") { firstName lastName displayName language mind { name } v2 { name } } }',
      {
        firstName: 'Łukasz',
        lastName: 'Wąs',
        displayName: 'Łukasz Wąs',
        language: 'pl',
        mind: { name: 'Łukasz Wąs' },
        v2: { name: 'Lukasz Was' },
      },
    ],
    [
      'a routing word that nobody knows',
      '{ profile(id: "mind:52") { routing { call chat } presence { signals { backend channel availability nativeValue } } } }',
      {
        routing: { call: 'UNKNOWN', chat: 'IDLE' },
        presence: {
          signals: [
            { backend: 'MIND', channel: 'CALL', availability: 'UNKNOWN', nativeValue: null },
            { backend: 'MIND', channel: 'CHAT', availability: 'AVAILABLE', nativeValue: 'idle' },
            { backend: 'MIND', channel: 'TICKET', availability: 'AVAILABLE', nativeValue: 'available' },
            { backend: 'V2', channel: null, availability: 'UNKNOWN', nativeValue: '99' },
          ],
        },
      },
    ],
    [
      'a status that the catalogue does not list',
      '{ profile(id: "mind:52") { v2 { status { id name availability } } presence { statusLock { locked status { id } } } } }',
      {
        v2: { status: { id: '99', name: null, availability: 'UNKNOWN' } },
        presence: { statusLock: { locked: false, status: { id: '99' } } },
      },
    ],
    [
      'somebody who is locked to a status',
      '{ profile(id: "mind:51") { presence { statusLock { locked status { name availability } } } } }',
      { presence: { statusLock: { locked: true, status: { name: 'Break', availability: 'AWAY' } } } },
    ],
  ])('are shown as they are: %s', async (_what, query, profile) => {
    expect(await gateway.query(query)).toEqual({ profile });
  });

  it('are UNKNOWN, never an error, where backends send words that nobody knows', async () => {
    for (const backend of ['mind', 'omnivibe', 'v2'] as const)
      gateway[backend].switches.set({ unknownEnums: true });
    try {
      const { profile } = await gateway.query(`{ profile(id: "mind:42") {
        routing { call chat }
        settings { work { status } inbox { availability } }
        presence { availability signals { availability } }
        omnivibe { memberships { availability effectiveAvailability } }
        v2 { status { name availability } }
      } }`);
      expect(profile).toMatchObject({
        routing: { call: 'UNKNOWN', chat: 'IDLE' },
        settings: { work: { status: 'UNKNOWN' }, inbox: { availability: 'UNKNOWN' } },
        // The sandbox leaves Mind's word for chats as it is: what is known still counts.
        presence: {
          availability: 'AVAILABLE',
          signals: ['UNKNOWN', 'AVAILABLE', 'UNKNOWN', 'UNKNOWN', 'UNKNOWN'].map((availability) => ({
            availability,
          })),
        },
        omnivibe: {
          memberships: Array(2).fill({ availability: 'UNKNOWN', effectiveAvailability: 'UNKNOWN' }),
        },
        v2: { status: { name: null, availability: 'UNKNOWN' } },
      });
    } finally {
      for (const backend of ['mind', 'omnivibe', 'v2'] as const) gateway[backend].switches.clear();
    }
  });
});

describe('the desk', () => {
  it('lists its statuses', async () => {
    expect(await gateway.query('{ deskStatuses { id name availability } }')).toEqual({
      deskStatuses: [
        { id: '1', name: 'Available', availability: 'AVAILABLE' },
        { id: '2', name: 'In conversation', availability: 'BUSY' },
        { id: '3', name: 'Break', availability: 'AWAY' },
        { id: '4', name: 'Signed out', availability: 'OFFLINE' },
      ],
    });
  });

  it.each([
    ['', ['Inbox', 'Escalated', 'Follow-up']],
    ['(limit: 2)', ['Inbox', 'Escalated']],
    ['(query: "Esc")', ['Escalated']],
    ['(query: "Follow-up", limit: 100)', ['Follow-up']],
    ['(query: "nothing of the kind")', []],
    ['(query: null, limit: null)', ['Inbox', 'Escalated', 'Follow-up']],
  ])('shows the views that are asked for: %s', async (args, names) => {
    const { profile } = await gateway.query(`{ profile(id: "v2:17") { v2 { views${args} { name } } } }`);
    expect(profile).toEqual({ v2: { views: names.map((name) => ({ name })) } });
  });

  it('tells of each view whether it is selected', async () => {
    expect(await gateway.query('{ profile(id: "v2:17") { v2 { views { id selected } } } }')).toEqual({
      profile: {
        v2: {
          views: [
            { id: '1', selected: true },
            { id: '2', selected: false },
            { id: '3', selected: false },
          ],
        },
      },
    });
  });

  it.each([
    ['limit', '(limit: 0)', /between 1 and 100/],
    ['limit', '(limit: 101)', /between 1 and 100/],
    ['query', '(query: "")', /letters/],
    ['query', '(query: "a.b")', /letters/],
    ['query', '(query: "\\u0000")', /letters/],
  ])('refuses views by a bad %s: %s', async (argument, args, accepted) => {
    const before = gateway.received().v2.length;
    const { data, errors } = await gateway.execute(
      `{ profile(id: "v2:17") { username v2 { views${args} { id } } } }`,
    );
    expect(data).toEqual({ profile: null });
    expect(errors).toMatchObject([{ path: ['profile'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors[0]?.message).toContain(`"${argument}"`);
    expect(errors[0]?.message).toMatch(accepted);
    expect(gateway.received().v2).toHaveLength(before);
  });
});

describe('an address that somebody has given up', () => {
  it('finds them no more, though it is remembered as theirs', async () => {
    const find = async (email: string) =>
      (await gateway.query(`{ profileByEmail(email: "${email}") { id username } }`))['profileByEmail'];
    const solo = { id: 'v2:23', username: 'solo.v2' };
    expect(await find('sven.solo@example.com')).toEqual(solo);
    await gateway.write('v2', 'PUT /api/v2/user/23', { email: 'sven.moved@example.com' });
    expect(await find('sven.solo@example.com')).toBeNull();
    expect(await find('sven.moved@example.com')).toEqual(solo);
  });
});
