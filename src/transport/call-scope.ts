import type { Context } from '@opentelemetry/api';
import type { EndSignal } from './end-signal.js';

/** Reads can be repeated; a write may have taken effect although its answer is lost. */
export type CallKind = 'read' | 'write';

/** What one attempt to call a backend looked like; holds no query string, body or credential. */
export interface CallRecord {
  readonly backend: string;
  readonly kind: CallKind;
  readonly method: string;
  /** Path template, e.g. `/profile/{id}`. */
  readonly route: string;
  /** How many people the call asks for, where it asks for several. */
  readonly batch: number | undefined;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Status code, or what went wrong when no usable answer came. */
  readonly outcome: number | string;
  /** Whether it was not what was asked for. */
  readonly isFailure: boolean;
  readonly durationMs: number;
}

/** Why a call, or another try of it, was not sent. */
export type RefusalReason = 'circuit_open' | 'busy' | 'rate_limited' | 'retry_budget';

/** What a call needs to know of the operation that it is made for; each GraphQL operation has its own. */
export interface CallScope {
  /** Aborted when the operation's time is used up or its client has gone; the reason is the error to report. */
  readonly signal: EndSignal;
  /** As `signal`, for writes: aborted somewhat earlier, so that what came of them can still be read. */
  readonly writeSignal: EndSignal;
  readonly requestId: string;
  /** Whose share of the connections the calls take: a caller's, or the operation's own where callers are not known. */
  readonly lane: string | symbol;
  /** What the spans of calls belong to. */
  readonly trace: Context;
  /** How long the signal of this kind has yet to go. */
  remainingMs(kind: CallKind): number;
  /** Tells the operation of what may wait and make calls, so that it does not end before it. */
  begin(): void;
  /** To be called once for each `begin`. */
  finish(): void;
  /** Counts an attempt before it is made; throws BUDGET_EXCEEDED when it would be one too many. */
  admit(backend: string, isRetry: boolean): void;
  /** Counts a read that another read's call answers too. */
  share(backend: string): void;
  /** Told of each attempt that was made, once it is over. */
  record(call: CallRecord): void;
  /** Told of each call, or another try of one, that was not sent. */
  refused(backend: string, kind: CallKind, reason: RefusalReason): void;
}
