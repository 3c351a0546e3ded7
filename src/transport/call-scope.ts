/** What one call to a backend looked like; holds no query string, body or credential. */
export interface CallRecord {
  readonly backend: string;
  readonly method: string;
  /** Path template, e.g. `/profile/{id}`. */
  readonly route: string;
  /** How many people the call asks for, where it asks for several. */
  readonly batch: number | undefined;
  /** Status code, or the error code when no usable answer came. */
  readonly outcome: number | string;
  readonly durationMs: number;
}

/** What a call needs to know of the operation that it is made for; each GraphQL operation has its own. */
export interface CallScope {
  /** Aborted when the operation's time is used up or its client has gone; the reason is the error to report. */
  readonly signal: AbortSignal;
  readonly requestId: string;
  /** Counts a call before it is made; throws BUDGET_EXCEEDED when it would be one too many. */
  admit(backend: string): void;
  /** Counts a read that another read's call answers too. */
  share(backend: string): void;
  /** Told of each call that was made, once it is over. */
  record(call: CallRecord): void;
}
