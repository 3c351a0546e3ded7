// Whether a person is there. Pure: derived from what each linked backend told.
import type {
  Availability,
  MindAccount,
  OmnivibeAccount,
  RoutingStatus,
  Translated,
  V2Account,
} from './profile.js';
import type { Backend } from './profile.js';

export type Channel = 'CALL' | 'CHAT' | 'TICKET';

/** What one backend says of the person's availability. */
export interface PresenceSignal {
  readonly backend: Backend;
  /** Null when it holds for every channel. */
  readonly channel: Channel | null;
  readonly availability: Availability;
  /** The backend's own word; null when it sent none, or one that the gateway does not know. */
  readonly nativeValue: string | null;
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
function readOrNull<A, T>(account: A, read: (account: A) => T): T | null {
  try {
    return read(account);
  } catch {
    return null;
  }
}

function ofRouting(routing: Translated<RoutingStatus> | null): Translated<Availability> | null {
  return routing && { value: ROUTING_AVAILABILITY[routing.value], native: routing.native };
}
