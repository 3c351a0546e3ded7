// Whether people are there, as the sandbox's awkward ones and failing backends show it. The whole decision table is
// enumerated in test/domain/presence.test.ts.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

const CAN_TAKE = `
  call: canTake(channel: CALL) { answer reasons }
  chat: canTake(channel: CHAT) { answer reasons }
  ticket: canTake(channel: TICKET) { answer reasons }`;
const PRESENCE = `presence {
  availability ${CAN_TAKE}
  statusLock { locked status { id name availability } }
  signals { backend channel availability nativeValue }
  conflicts { channel message signals { backend } }
}`;

interface Verdict {
  readonly answer: string;
  readonly reasons: readonly string[];
}
interface Presence {
  readonly availability: string;
  readonly call: Verdict;
  readonly chat: Verdict;
  readonly ticket: Verdict;
  readonly statusLock: object | null;
  readonly signals: readonly object[];
  readonly conflicts: readonly { readonly channel: string; readonly message: string }[];
}

let gateway: TestGateway;
const switchedBack: (() => Promise<void>)[] = [];
beforeAll(async () => {
  gateway = await startTestGateway();
  await gateway.query('{ profiles(first: 1) { nodes { omnivibeUserId v2UserId } } }');
});
afterEach(async () => {
  for (const backend of ['mind', 'omnivibe', 'v2'] as const) gateway[backend].switches.clear();
  for (const undo of switchedBack.splice(0)) await undo();
});
afterAll(() => gateway.close());

async function presenceOf(id: string): Promise<Presence> {
  const { profile } = (await gateway.query(`{ profile(id: "${id}") { ${PRESENCE} } }`)) as {
    profile: { presence: Presence };
  };
  return profile.presence;
}
const answersOf = ({ call, chat, ticket }: Presence) => [call.answer, chat.answer, ticket.answer];

describe('somebody who is locked at the desk while Mind would route to her', () => {
  it('takes nothing, for the reasons told', async () => {
    const { call, chat, ticket } = await presenceOf('mind:51');
    const desk = ['v2: status Break', 'v2: status locked'];
    expect({ call, chat, ticket }).toEqual({
      call: { answer: 'NO', reasons: ['Mind: call routing idle', ...desk] },
      chat: {
        answer: 'NO',
        reasons: ['Mind: chat routing idle', ...desk, 'omnivibe: not linked, ignored'],
      },
      ticket: { answer: 'NO', reasons: ['Mind: status available', ...desk] },
    });
  });

  it('shows the lock, and the two who disagree on every channel', async () => {
    const { statusLock, conflicts, availability } = await presenceOf('mind:51');
    expect({ statusLock, availability }).toEqual({
      statusLock: { locked: true, status: { id: '3', name: 'Break', availability: 'AWAY' } },
      availability: 'AVAILABLE',
    });
    const signals = [{ backend: 'MIND' }, { backend: 'V2' }];
    expect(conflicts).toEqual([
      { channel: 'CALL', message: 'Mind: call routing idle; v2: status Break; v2: status locked', signals },
      { channel: 'CHAT', message: 'Mind: chat routing idle; v2: status Break; v2: status locked', signals },
      { channel: 'TICKET', message: 'Mind: status available; v2: status Break; v2: status locked', signals },
    ]);
  });

  it('may take work again as soon as the lock and the break are over', async () => {
    expect(answersOf(await presenceOf('mind:42'))).toEqual(['YES', 'YES', 'YES']);
    switchedBack.push(() => gateway.write('v2', 'POST /api/v2/user/statusLockDelete', { userID: 17 }));
    await gateway.write('v2', 'POST /api/v2/user/statusLock', { userID: 17, status: 1 });
    const locked = await presenceOf('mind:42');
    expect(answersOf(locked)).toEqual(['NO', 'NO', 'NO']);
    // The status itself still says "available": it is the lock that disagrees.
    expect(locked.conflicts.map(({ message }) => message)).toContain(
      'Mind: call routing idle; v2: status Available; v2: status locked',
    );
    await gateway.write('v2', 'POST /api/v2/user/statusLockDelete', { userID: 17 });
    expect(await presenceOf('mind:42')).toMatchObject({ call: { answer: 'YES' }, conflicts: [] });
  });
});

describe('somebody in states that no document knows', () => {
  it('is neither available nor not, and the words are not passed on', async () => {
    const { call, chat, ticket, ...presence } = await presenceOf('mind:52');
    expect({ call, chat, ticket }).toEqual({
      call: { answer: 'UNKNOWN', reasons: ['Mind: call routing unknown', 'v2: status 99'] },
      chat: {
        answer: 'UNKNOWN',
        reasons: ['Mind: chat routing idle', 'v2: status 99', 'omnivibe: not linked, ignored'],
      },
      ticket: { answer: 'UNKNOWN', reasons: ['Mind: status available', 'v2: status 99'] },
    });
    expect(presence).toEqual({
      availability: 'AVAILABLE',
      statusLock: { locked: false, status: { id: '99', name: null, availability: 'UNKNOWN' } },
      signals: [
        { backend: 'MIND', channel: 'CALL', availability: 'UNKNOWN', nativeValue: null },
        { backend: 'MIND', channel: 'CHAT', availability: 'AVAILABLE', nativeValue: 'idle' },
        { backend: 'MIND', channel: 'TICKET', availability: 'AVAILABLE', nativeValue: 'available' },
        { backend: 'V2', channel: null, availability: 'UNKNOWN', nativeValue: '99' },
      ],
      // What is not known contradicts nobody.
      conflicts: [],
    });
    expect(JSON.stringify([call, chat, ticket, presence])).not.toContain('teleporting');
  });

  it('is UNKNOWN at every backend whose words are new', async () => {
    for (const backend of ['mind', 'omnivibe', 'v2'] as const)
      gateway[backend].switches.set({ unknownEnums: true });
    const { signals, ...presence } = await presenceOf('mind:42');
    expect(answersOf(presence as Presence)).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN']);
    // Mind's switch leaves the chat routing as it is.
    expect(signals).toEqual(
      expect.arrayContaining([
        { backend: 'MIND', channel: 'CALL', availability: 'UNKNOWN', nativeValue: null },
        { backend: 'MIND', channel: 'TICKET', availability: 'UNKNOWN', nativeValue: null },
        { backend: 'OMNIVIBE', channel: 'CHAT', availability: 'UNKNOWN', nativeValue: null },
        { backend: 'V2', channel: null, availability: 'UNKNOWN', nativeValue: '987' },
      ]),
    );
    expect(JSON.stringify([signals, presence])).not.toMatch(/teleporting|meditating|wrapping_up/);
  });
});

describe('somebody on some backends only', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    // On Mind alone: signed out of both queues, and there for tickets.
    ['mind:48', ['NO', 'NO', 'YES'], ['v2: not linked, ignored']],
    ['v2:23', ['YES', 'YES', 'YES'], ['Mind: not linked, ignored']],
    ['omnivibe:7', ['UNKNOWN', 'NO', 'UNKNOWN'], ['Mind: not linked, ignored', 'v2: not linked, ignored']],
  ])('%s is judged by those, and the others are named', async (id, answers, ignored) => {
    const presence = await presenceOf(id);
    expect(answersOf(presence)).toEqual(answers);
    expect(presence.call.reasons.filter((reason) => reason.includes('not linked'))).toEqual(ignored);
  });
});

describe('a backend that fails', () => {
  const OFF = { reply: { status: 503 } };
  it.each([
    ['mind', ['UNKNOWN', 'UNKNOWN', 'UNKNOWN'], 'Mind: could not be asked'],
    ['omnivibe', ['YES', 'UNKNOWN', 'YES'], 'omnivibe: could not be asked'],
    ['v2', ['UNKNOWN', 'UNKNOWN', 'UNKNOWN'], 'v2: could not be asked'],
  ] as const)('%s leaves a yes unknown, without an error', async (backend, answers, reason) => {
    gateway[backend].switches.set(OFF);
    const query = `{ profile(id: "mind:42") { presence { ${CAN_TAKE} availability conflicts { channel } } } }`;
    const { profile } = (await gateway.query(query)) as { profile: { presence: Presence } };
    expect(answersOf(profile.presence)).toEqual(answers);
    expect(profile.presence.chat.reasons).toContain(reason);
    expect(profile.presence).toMatchObject({ availability: 'AVAILABLE', conflicts: [] });
  });

  it('does not undo the no of another', async () => {
    gateway.mind.switches.set(OFF);
    expect(answersOf(await presenceOf('mind:51'))).toEqual(['NO', 'NO', 'NO']);
  });

  it('leaves UNKNOWN when it is the only one', async () => {
    gateway.mind.switches.set(OFF);
    const presence = await presenceOf('mind:48');
    expect(answersOf(presence)).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN']);
    expect(presence).toMatchObject({ availability: 'UNKNOWN', conflicts: [] });
  });

  it('makes the lock null with an error, and nothing else', async () => {
    gateway.v2.switches.set(OFF);
    const { data, errors } = await gateway.execute(
      '{ profile(id: "mind:51") { presence { availability statusLock { locked } } } }',
    );
    expect(data).toEqual({ profile: { presence: { availability: 'AVAILABLE', statusLock: null } } });
    expect(errors).toMatchObject([
      { path: ['profile', 'presence', 'statusLock'], extensions: { code: 'UPSTREAM_ERROR', backend: 'V2' } },
    ]);
  });
});

describe('availability in omnivibe', () => {
  const INBOX = `{ profile(id: "omnivibe:5") {
    settings { inbox { availability autoOffline } }
    presence { signals { backend availability nativeValue } }
  } }`;
  const inboxOf = async () => {
    const { profile } = (await gateway.query(INBOX)) as {
      profile: { settings: object; presence: { signals: { backend: string }[] } };
    };
    const effective = profile.presence.signals.filter(({ backend }) => backend === 'OMNIVIBE');
    return { ...profile.settings, effective };
  };
  const set = (what: string, fields: object) =>
    gateway.write(
      'omnivibe',
      `POST /api/v1/profile/${what}`,
      { profile: { account_id: 1, ...fields } },
      gateway.omnivibe.tokenFor(5),
    );

  it('is offline for who has gone, whatever they have chosen', async () => {
    expect(await inboxOf()).toEqual({
      inbox: { availability: 'AVAILABLE', autoOffline: true },
      effective: [{ backend: 'OMNIVIBE', availability: 'OFFLINE', nativeValue: 'offline' }],
    });
    const { chat } = await presenceOf('omnivibe:5');
    expect(chat.reasons).toContain('omnivibe: effective availability offline');
  });

  it('is what they have chosen, for who does not go offline by leaving', async () => {
    switchedBack.push(() => set('auto_offline', { auto_offline: true }));
    switchedBack.push(() => set('availability', { availability: 'online' }));
    await set('availability', { availability: 'busy' });
    expect(await inboxOf()).toMatchObject({
      inbox: { availability: 'BUSY', autoOffline: true },
      effective: [{ availability: 'OFFLINE' }],
    });
    await set('auto_offline', { auto_offline: false });
    expect(await inboxOf()).toMatchObject({
      inbox: { availability: 'BUSY', autoOffline: false },
      effective: [{ availability: 'BUSY', nativeValue: 'busy' }],
    });
  });

  it('is told per account, for who is a member of several', async () => {
    const query =
      '{ profile(id: "mind:42") { omnivibe { memberships { accountId availability effectiveAvailability } } } }';
    expect(await gateway.query(query)).toEqual({
      profile: {
        omnivibe: {
          memberships: [
            { accountId: '1', availability: 'AVAILABLE', effectiveAvailability: 'AVAILABLE' },
            { accountId: '2', availability: 'AVAILABLE', effectiveAvailability: 'OFFLINE' },
          ],
        },
      },
    });
  });
});

describe('the desk’s status', () => {
  it.each([
    [1, 'AVAILABLE', 'YES'],
    [2, 'BUSY', 'NO'],
    [3, 'AWAY', 'NO'],
    [4, 'OFFLINE', 'NO'],
  ])('%i means what the catalogue says', async (statusID, availability, answer) => {
    switchedBack.push(() =>
      gateway.write('v2', 'POST /api/v2/user/updateStatus', { userID: 23, statusID: 1 }),
    );
    await gateway.write('v2', 'POST /api/v2/user/updateStatus', { userID: 23, statusID });
    expect(await presenceOf('v2:23')).toMatchObject({ availability, call: { answer } });
  });

  it('is nobody’s word where none is set', async () => {
    const row = { id: 23, name: 'solo.v2', email: 'sven.solo@example.com', statusID: 0, statusLocked: 0 };
    gateway.v2.switches.set({
      only: { path: '/api/v2/user' },
      reply: { status: 200, body: JSON.stringify({ type: 'user', itemTotal: 1, items: [row] }) },
    });
    expect(await presenceOf('v2:23')).toMatchObject({
      availability: 'UNKNOWN',
      call: { answer: 'UNKNOWN' },
      statusLock: { locked: false, status: null },
    });
  });
});

describe('a channel', () => {
  it.each([
    ['CALL', { mind: 1, omnivibe: 0, v2: 1 }],
    ['TICKET', { mind: 1, omnivibe: 0, v2: 1 }],
    ['CHAT', { mind: 1, omnivibe: 1, v2: 1 }],
  ])('%s asks those who have a say in it', async (channel, calls) => {
    const query = `{ profile(id: "mind:42") { presence { canTake(channel: ${channel}) { answer } } } }`;
    expect(await gateway.cost(query)).toEqual(calls);
  });
});
