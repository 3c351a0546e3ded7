/** One request as a sandbox backend received it. */
export interface LedgerEntry {
  readonly method: string;
  /** Path as sent, without the query. */
  readonly path: string;
  /** The route that took it, e.g. `/profile/:id`; null when none did. */
  readonly route: string | null;
  /** Query string as sent, without `?`. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON value, or the fields of a form; null without a body. */
  readonly body: unknown;
  /** Answered status; 0 while unanswered or when the connection was cut. */
  status: number;
}

const KEPT = 20_000;

/** Everything that arrived since the last reset, oldest first; the newest 20,000 are kept. */
export class Ledger {
  #entries: LedgerEntry[] = [];

  add(entry: LedgerEntry): LedgerEntry {
    if (this.#entries.length >= KEPT) this.#entries.shift();
    this.#entries.push(entry);
    return entry;
  }

  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  clear(): void {
    this.#entries = [];
  }
}
