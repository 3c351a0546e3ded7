// Whether a person is there and may be given work. Pure: derived from what each linked backend told.
import type {
  Availability,
  Backend,
  MindAccount,
  OmnivibeAccount,
  RoutingStatus,
  Translated,
  V2Account,
} from './profile.js';

export const CHANNELS = ['CALL', 'CHAT', 'TICKET'] as const;
export type Channel = (typeof CHANNELS)[number];
export type Answer = 'YES' | 'NO' | 'UNKNOWN';

/** What one backend says of the person's availability. */
export interface PresenceSignal {
  readonly backend: Backend;
  /** Null when it holds for every channel. */
  readonly channel: Channel | null;
  readonly availability: Availability;
  /** The backend's own word; null when it sent none, or one that the gateway does not know. */
  readonly nativeValue: string | null;
}

/** Whether a person may be given work on a channel, and what each asked backend says to it. */
export interface Verdict {
  readonly answer: Answer;
  readonly reasons: readonly string[];
}

/** Two backends that say opposite things about one channel. */
export interface PresenceConflict {
  readonly channel: Channel;
  readonly signals: readonly PresenceSignal[];
  readonly message: string;
}

/** What came of asking one backend. */
export type SourceState<A> =
  | { readonly kind: 'answered'; readonly account: A }
  | { readonly kind: 'failed' }
  | { readonly kind: 'unlinked' };

export interface PresenceSources {
  readonly mind: SourceState<MindAccount>;
  readonly omnivibe: SourceState<OmnivibeAccount>;
  readonly v2: SourceState<V2Account>;
}

/** Which backends have a say about a channel. */
export const ASKED: Readonly<Record<Channel, readonly Backend[]>> = {
  CALL: ['mind', 'v2'],
  CHAT: ['mind', 'omnivibe', 'v2'],
  TICKET: ['mind', 'v2'],
};

const NAMES: Readonly<Record<Backend, string>> = { mind: 'Mind', omnivibe: 'omnivibe', v2: 'v2' };

const MIND_TERMS: Readonly<Record<Channel, string>> = {
  CALL: 'call routing',
  CHAT: 'chat routing',
  TICKET: 'status',
};

const ROUTING_AVAILABILITY: Readonly<Record<RoutingStatus, Availability>> = {
  IDLE: 'AVAILABLE',
  INTERACTING: 'BUSY',
  BEING_CONNECTED: 'BUSY',
  ACW: 'BUSY',
  NOT_RESPONDING: 'AWAY',
  UNAVAILABLE: 'AWAY',
  OFFLINE: 'OFFLINE',
  UNKNOWN: 'UNKNOWN',
};

/** One signal for each thing that a linked backend tells; a failed or silent one is UNKNOWN. */
export function presenceSignals({ mind, omnivibe, v2 }: PresenceSources): PresenceSignal[] {
  return [
    signal('mind', 'CALL', mind, (account) => ofRouting(account.callRouting)),
    signal('mind', 'CHAT', mind, (account) => ofRouting(account.chatRouting)),
    signal('mind', 'TICKET', mind, (account) => account.status),
    signal('omnivibe', 'CHAT', omnivibe, (account) => account.effectiveAvailability),
    signal('v2', null, v2, ({ status }) => status && { value: status.availability, native: status.id }),
  ].flat();
}

/** One value for humans: the first of BUSY, AVAILABLE, AWAY, OFFLINE that any signal says. */
export function deriveAvailability(signals: readonly PresenceSignal[]): Availability {
  const order: readonly Availability[] = ['BUSY', 'AVAILABLE', 'AWAY', 'OFFLINE'];
  return (
    order.find((availability) => signals.some((each) => each.availability === availability)) ?? 'UNKNOWN'
  );
}

/** The decision table: only "available" says YES, what is not known says UNKNOWN, all else NO; NO beats UNKNOWN beats YES. */
export function canTake(channel: Channel, sources: PresenceSources): Verdict {
  const voices = ASKED[channel].flatMap((backend) => voiceOf(backend, channel, sources) ?? []);
  const unlinked = ASKED[channel].filter((backend) => sources[backend].kind === 'unlinked');
  return {
    answer: voices.length === 0 ? 'UNKNOWN' : strongest(voices.map(({ answer }) => answer)),
    reasons: [
      ...voices.flatMap(({ reasons }) => reasons),
      ...unlinked.map((backend) => `${NAMES[backend]}: not linked, ignored`),
    ],
  };
}

/** The channels on which one asked backend says YES and another NO, whatever the verdict. */
export function presenceConflicts(sources: PresenceSources): PresenceConflict[] {
  const signals = presenceSignals(sources);
  return CHANNELS.flatMap((channel) => {
    const voices = ASKED[channel].flatMap((backend) => voiceOf(backend, channel, sources) ?? []);
    const opposed = voices.filter(({ answer }) => answer !== 'UNKNOWN');
    if (new Set(opposed.map(({ answer }) => answer)).size < 2) return [];
    const backends = opposed.map(({ backend }) => backend);
    return [
      {
        channel,
        signals: signals.filter(
          (each) => backends.includes(each.backend) && (each.channel ?? channel) === channel,
        ),
        message: opposed.flatMap(({ reasons }) => reasons).join('; '),
      },
    ];
  });
}

interface Voice {
  readonly backend: Backend;
  readonly answer: Answer;
  readonly reasons: readonly string[];
}

/** What one backend says to a channel; null when the person is not linked there. */
function voiceOf(backend: Backend, channel: Channel, sources: PresenceSources): Voice | null {
  const source = sources[backend];
  if (source.kind === 'unlinked') return null;
  if (source.kind === 'failed') {
    return { backend, answer: 'UNKNOWN', reasons: [`${NAMES[backend]}: could not be asked`] };
  }
  const told = presenceSignals(sources).find(
    (each) => each.backend === backend && (each.channel ?? channel) === channel,
  );
  const availability = told?.availability ?? 'UNKNOWN';
  const answer = availability === 'AVAILABLE' ? 'YES' : availability === 'UNKNOWN' ? 'UNKNOWN' : 'NO';
  if (sources.v2.kind === 'answered' && backend === 'v2') return voiceOfDesk(answer, sources.v2.account);
  const what = backend === 'mind' ? MIND_TERMS[channel] : 'effective availability';
  const reason = `${NAMES[backend]}: ${what} ${told?.nativeValue ?? 'unknown'}`;
  return { backend, answer, reasons: [reason] };
}

/** The desk has two things to say: the status, and whether the person is locked to it. */
function voiceOfDesk(status: Answer, account: V2Account): Voice {
  const name = readOrNull(account, (own) => own.status?.name ?? own.status?.id ?? null);
  const isLocked = readOrNull(account, (own) => own.isStatusLocked);
  const lock = isLocked === null ? 'UNKNOWN' : isLocked ? 'NO' : 'YES';
  const lockReason = { UNKNOWN: ['v2: status lock unknown'], NO: ['v2: status locked'], YES: [] }[lock];
  return {
    backend: 'v2',
    answer: strongest([status, lock]),
    reasons: [`v2: status ${name ?? 'unknown'}`, ...lockReason],
  };
}

function strongest(answers: readonly Answer[]): Answer {
  return (['NO', 'UNKNOWN', 'YES'] as const).find((answer) => answers.includes(answer)) ?? 'UNKNOWN';
}

function signal<A>(
  backend: Backend,
  channel: Channel | null,
  source: SourceState<A>,
  read: (account: A) => Translated<Availability> | null,
): PresenceSignal[] {
  if (source.kind === 'unlinked') return [];
  const told = source.kind === 'answered' ? readOrNull(source.account, read) : null;
  return [{ backend, channel, availability: told?.value ?? 'UNKNOWN', nativeValue: told?.native ?? null }];
}

/** A field of an account throws when the backend sent nonsense in it; here that is UNKNOWN like any other failure. */
function readOrNull<A, T>(account: A, read: (account: A) => T | null): T | null {
  try {
    return read(account);
  } catch {
    return null;
  }
}

function ofRouting(routing: Translated<RoutingStatus> | null): Translated<Availability> | null {
  return routing && { value: ROUTING_AVAILABILITY[routing.value], native: routing.native };
}
