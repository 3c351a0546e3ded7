// The whole decision table, written down once more in plain words and held against every combination.
import { describe, expect, it } from '@jest/globals';
import {
  canTake,
  CHANNELS,
  deriveAvailability,
  presenceConflicts,
  presenceSignals,
  type Answer,
  type Channel,
  type PresenceSources,
  type SourceState,
} from '../../src/domain/presence.js';
import type {
  Availability,
  DeskStatus,
  MindAccount,
  OmnivibeAccount,
  RoutingStatus,
  V2Account,
} from '../../src/domain/profile.js';
import { GatewayError } from '../../src/errors.js';

/** What a backend may say, in words; what that means for work and for availability. */
interface Word {
  readonly says: Answer;
  readonly means: Availability;
}
const word = (says: Answer, means: Availability): Word => ({ says, means });

const ROUTING: Readonly<Record<string, Word>> = {
  idle: word('YES', 'AVAILABLE'),
  interacting: word('NO', 'BUSY'),
  beingConnected: word('NO', 'BUSY'),
  acw: word('NO', 'BUSY'),
  notResponding: word('NO', 'AWAY'),
  unavailable: word('NO', 'AWAY'),
  offline: word('NO', 'OFFLINE'),
  'a word nobody knows': word('UNKNOWN', 'UNKNOWN'),
  nothing: word('UNKNOWN', 'UNKNOWN'),
};
const MIND_STATUS: Readonly<Record<string, Word>> = {
  available: word('YES', 'AVAILABLE'),
  busy: word('NO', 'BUSY'),
  'a word nobody knows': word('UNKNOWN', 'UNKNOWN'),
  nothing: word('UNKNOWN', 'UNKNOWN'),
};
const OMNIVIBE: Readonly<Record<string, Word>> = {
  online: word('YES', 'AVAILABLE'),
  busy: word('NO', 'BUSY'),
  offline: word('NO', 'OFFLINE'),
  'a word nobody knows': word('UNKNOWN', 'UNKNOWN'),
  nothing: word('UNKNOWN', 'UNKNOWN'),
};
const DESK: Readonly<Record<string, Word>> = {
  Available: word('YES', 'AVAILABLE'),
  'In conversation': word('NO', 'BUSY'),
  Break: word('NO', 'AWAY'),
  'Signed out': word('NO', 'OFFLINE'),
  'an id nobody knows': word('UNKNOWN', 'UNKNOWN'),
  nothing: word('UNKNOWN', 'UNKNOWN'),
};
/** What the lock adds to the status. */
const LOCK: Readonly<Record<string, Answer>> = {
  locked: 'NO',
  'not locked': 'YES',
  'lock not told': 'UNKNOWN',
  'lock unreadable': 'UNKNOWN',
};

/** One backend's state in words, beside what the gateway makes of its answer. */
interface State<A, W> {
  readonly source: SourceState<A>;
  /** Null where the person is not linked. */
  readonly words: W | null;
}
interface MindWords {
  readonly call: Word;
  readonly chat: Word;
  readonly status: Word;
}
interface DeskWords {
  readonly status: Word;
  readonly lock: Answer;
}

const SILENT = word('UNKNOWN', 'UNKNOWN');
const failed = { kind: 'failed' } as const;
const unlinked = { kind: 'unlinked' } as const;

/** As a vocabulary translates: the native word is told only where it is known. */
function translated<T>(native: string, value: T): { value: T; native: string | null } | null {
  if (native === 'nothing') return null;
  return { value, native: native === 'a word nobody knows' ? null : native };
}

function routingOf(native: string): RoutingStatus {
  const isKnown = native !== 'a word nobody knows' && native !== 'nothing';
  return (isKnown ? native.replace(/[A-Z]/, '_$&').toUpperCase() : 'UNKNOWN') as RoutingStatus;
}

function mindStates(): State<MindAccount, MindWords>[] {
  const states: State<MindAccount, MindWords>[] = [
    { source: failed, words: { call: SILENT, chat: SILENT, status: SILENT } },
    { source: unlinked, words: null },
  ];
  for (const [call, callWord] of Object.entries(ROUTING))
    for (const [chat, chatWord] of Object.entries(ROUTING))
      for (const [status, statusWord] of Object.entries(MIND_STATUS)) {
        const account = {
          callRouting: translated(call, routingOf(call)),
          chatRouting: translated(chat, routingOf(chat)),
          status: translated(status, statusWord.means),
        } as MindAccount;
        const words = { call: callWord, chat: chatWord, status: statusWord };
        states.push({ source: { kind: 'answered', account }, words });
      }
  return states;
}

function omnivibeStates(): State<OmnivibeAccount, Word>[] {
  const answered = Object.entries(OMNIVIBE).map(([native, words]): State<OmnivibeAccount, Word> => {
    const account = { effectiveAvailability: translated(native, words.means) } as OmnivibeAccount;
    return { source: { kind: 'answered', account }, words };
  });
  return [{ source: failed, words: SILENT }, { source: unlinked, words: null }, ...answered];
}

function unreadable(): never {
  throw new GatewayError('UPSTREAM_BAD_RESPONSE', 'v2: user.statusLocked has another type.');
}

function deskAccount(name: string, means: Availability, lock: string): V2Account {
  const isKnown = name !== 'an id nobody knows';
  const status: DeskStatus = { id: '7', name: isKnown ? name : null, availability: means };
  const account = { status: name === 'nothing' ? null : status } as V2Account;
  if (lock === 'lock unreadable')
    return Object.defineProperty(account, 'isStatusLocked', { get: unreadable });
  return { ...account, isStatusLocked: lock === 'lock not told' ? null : lock === 'locked' };
}

function deskStates(): State<V2Account, DeskWords>[] {
  const states: State<V2Account, DeskWords>[] = [
    { source: failed, words: { status: SILENT, lock: 'UNKNOWN' } },
    { source: unlinked, words: null },
  ];
  for (const [name, status] of Object.entries(DESK))
    for (const [lock, answer] of Object.entries(LOCK)) {
      const account = deskAccount(name, status.means, lock);
      states.push({ source: { kind: 'answered', account }, words: { status, lock: answer } });
    }
  return states;
}

/** Everything that the three backends may say together. */
interface Situation {
  readonly sources: PresenceSources;
  readonly mind: MindWords | null;
  readonly omnivibe: Word | null;
  readonly desk: DeskWords | null;
}

const SITUATIONS: readonly Situation[] = mindStates().flatMap((mind) =>
  omnivibeStates().flatMap((omnivibe) =>
    deskStates().map((desk) => ({
      sources: { mind: mind.source, omnivibe: omnivibe.source, v2: desk.source },
      mind: mind.words,
      omnivibe: omnivibe.words,
      desk: desk.words,
    })),
  ),
);

/** What one backend as a whole says to a channel, and who is not linked. Calls and tickets are not omnivibe's business. */
function opinions(channel: Channel, { mind, omnivibe, desk }: Situation) {
  const mindWord = { CALL: mind?.call, CHAT: mind?.chat, TICKET: mind?.status }[channel];
  const deskAnswer = desk === null ? null : together([desk.status.says, desk.lock]);
  const asked: [string, Answer | null][] = [
    ['Mind', mindWord?.says ?? null],
    ...(channel === 'CHAT' ? [['omnivibe', omnivibe?.says ?? null] as [string, Answer | null]] : []),
    ['v2', deskAnswer],
  ];
  return {
    answers: asked.flatMap(([, answer]) => answer ?? []),
    unlinked: asked.flatMap(([name, answer]) => (answer === null ? [name] : [])),
  };
}

/** NO beats UNKNOWN beats YES; nobody's word is UNKNOWN. */
function together(answers: readonly Answer[]): Answer {
  if (answers.includes('NO')) return 'NO';
  return answers.length > 0 && answers.every((answer) => answer === 'YES') ? 'YES' : 'UNKNOWN';
}

/** All situations in which the code and the table differ; one line each, so that a fault can be read. */
function differences<T>(
  actual: (situation: Situation) => T,
  expected: (situation: Situation) => T,
): string[] {
  return SITUATIONS.flatMap((situation) => {
    const [is, should] = [actual(situation), expected(situation)].map((value) => JSON.stringify(value));
    return is === should
      ? []
      : [`${JSON.stringify(situation.sources)}: ${is ?? ''} instead of ${should ?? ''}`];
  }).slice(0, 5);
}

describe('the decision table', () => {
  it('is looked at as a whole', () => {
    const mind = 9 * 9 * 4 + 2;
    const omnivibe = 5 + 2;
    const desk = 6 * 4 + 2;
    expect(SITUATIONS).toHaveLength(mind * omnivibe * desk);
  });

  it.each(CHANNELS)('says who can take a %s', (channel) => {
    const expected = (situation: Situation) => together(opinions(channel, situation).answers);
    expect(differences((situation) => canTake(channel, situation.sources).answer, expected)).toEqual([]);
  });

  it.each(CHANNELS)('names every asked backend in its reasons, for a %s', (channel) => {
    const namesOf = ({ sources }: Situation) =>
      [...new Set(canTake(channel, sources).reasons.map((reason) => reason.split(':')[0]))].toSorted();
    const asked = channel === 'CHAT' ? ['Mind', 'omnivibe', 'v2'] : ['Mind', 'v2'];
    expect(differences(namesOf, () => asked)).toEqual([]);
  });

  it.each(CHANNELS)('ignores who is not linked and says so, for a %s', (channel) => {
    const ignored = ({ sources }: Situation) =>
      canTake(channel, sources).reasons.filter((reason) => reason.endsWith(': not linked, ignored'));
    const expected = (situation: Situation) =>
      opinions(channel, situation).unlinked.map((name) => `${name}: not linked, ignored`);
    expect(differences(ignored, expected)).toEqual([]);
  });

  it('makes one availability of all signals', () => {
    const expected = ({ mind, omnivibe, desk }: Situation): Availability => {
      const meant = [mind?.call, mind?.chat, mind?.status, omnivibe, desk?.status].map((each) => each?.means);
      for (const first of ['BUSY', 'AVAILABLE', 'AWAY', 'OFFLINE'] as const)
        if (meant.includes(first)) return first;
      return 'UNKNOWN';
    };
    expect(differences(({ sources }) => deriveAvailability(presenceSignals(sources)), expected)).toEqual([]);
  });

  it('has one signal for each thing that a linked backend tells', () => {
    const told = ({ sources }: Situation) =>
      presenceSignals(sources).map(({ backend, channel, availability }) => [backend, channel, availability]);
    const expected = ({ mind, omnivibe, desk }: Situation) => [
      ...(mind === null ? [] : [['mind', 'CALL', mind.call.means]]),
      ...(mind === null ? [] : [['mind', 'CHAT', mind.chat.means]]),
      ...(mind === null ? [] : [['mind', 'TICKET', mind.status.means]]),
      ...(omnivibe === null ? [] : [['omnivibe', 'CHAT', omnivibe.means]]),
      ...(desk === null ? [] : [['v2', null, desk.status.means]]),
    ];
    expect(differences(told, expected)).toEqual([]);
  });

  it('calls it a conflict when one asked backend says yes and another no, whatever the verdict', () => {
    const expected = (situation: Situation) =>
      CHANNELS.filter((channel) => {
        const { answers } = opinions(channel, situation);
        return answers.includes('YES') && answers.includes('NO');
      });
    const found = ({ sources }: Situation) => presenceConflicts(sources).map(({ channel }) => channel);
    expect(differences(found, expected)).toEqual([]);
  });

  it('shows a conflict by the signals of those who disagree, and of nobody else', () => {
    const idle = { value: 'IDLE', native: 'idle' } as const;
    const account = { callRouting: idle, chatRouting: idle, status: null } as MindAccount;
    const omnivibe = {
      effectiveAvailability: translated('a word nobody knows', 'UNKNOWN'),
    } as OmnivibeAccount;
    const sources: PresenceSources = {
      mind: { kind: 'answered', account },
      omnivibe: { kind: 'answered', account: omnivibe },
      v2: { kind: 'answered', account: deskAccount('Available', 'AVAILABLE', 'locked') },
    };
    const v2 = { backend: 'v2', channel: null, availability: 'AVAILABLE', nativeValue: '7' };
    expect(presenceConflicts(sources)).toEqual([
      {
        channel: 'CALL',
        signals: [{ backend: 'mind', channel: 'CALL', availability: 'AVAILABLE', nativeValue: 'idle' }, v2],
        message: 'Mind: call routing idle; v2: status Available; v2: status locked',
      },
      {
        channel: 'CHAT',
        signals: [{ backend: 'mind', channel: 'CHAT', availability: 'AVAILABLE', nativeValue: 'idle' }, v2],
        message: 'Mind: chat routing idle; v2: status Available; v2: status locked',
      },
    ]);
  });

  it.each<[string, PresenceSources, readonly string[]]>([
    [
      'the words of the backends',
      {
        mind: { kind: 'answered', account: { chatRouting: { value: 'ACW', native: 'acw' } } as MindAccount },
        omnivibe: {
          kind: 'answered',
          account: { effectiveAvailability: { value: 'BUSY', native: 'busy' } } as OmnivibeAccount,
        },
        v2: { kind: 'answered', account: deskAccount('Break', 'AWAY', 'not locked') },
      },
      ['Mind: chat routing acw', 'omnivibe: effective availability busy', 'v2: status Break'],
    ],
    [
      'who could not be asked',
      { mind: failed, omnivibe: failed, v2: failed },
      ['Mind: could not be asked', 'omnivibe: could not be asked', 'v2: could not be asked'],
    ],
    [
      'what is not known, without repeating it',
      {
        mind: {
          kind: 'answered',
          account: { chatRouting: translated('a word nobody knows', 'UNKNOWN') } as MindAccount,
        },
        omnivibe: unlinked,
        v2: { kind: 'answered', account: deskAccount('an id nobody knows', 'UNKNOWN', 'lock not told') },
      },
      [
        'Mind: chat routing unknown',
        'v2: status 7',
        'v2: status lock unknown',
        'omnivibe: not linked, ignored',
      ],
    ],
  ])('gives as reasons %s', (_what, sources, reasons) => {
    expect(canTake('CHAT', sources).reasons).toEqual(reasons);
  });
});
