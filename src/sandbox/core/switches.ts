/** What a sandbox backend can be told to do wrong. Several may be on at once; the later one wins per key. */
export interface Switches {
  /**
   * Limits the switch to requests with this method, this route template, e.g. `/profiles`, and/or about this user: the route's
   * `:id`, else a form's `userID` or `id`. A request that names its users elsewhere, or several, is about none.
   */
  readonly only?: { readonly method?: string; readonly path?: string; readonly id?: string };
  /** Answers so many milliseconds late. */
  readonly latencyMs?: number;
  /**
   * Answers this instead of handling the request: status code, and a body as it goes over the wire. With `isHandled` the request
   * is handled first, so that a write is applied although the answer denies it.
   */
  readonly reply?: {
    readonly isHandled?: boolean;
    readonly status: number;
    readonly body?: string;
    readonly headers?: Record<string, string>;
  };
  /** Cuts the connection: before the request is handled, after it was applied, or in the middle of the answer. */
  readonly cut?: 'before-handling' | 'after-handling' | 'inside-body';
  /** Never answers, before the request is handled or after it was applied; ends when the client gives up or the sandbox closes. */
  readonly hang?: 'before-handling' | 'after-handling';
  /** What happens to the rows of a list answer. `foreign` adds a row that was not asked for. */
  readonly rows?: 'reversed' | 'duplicated' | 'foreign' | 'missing';
  /** Wire fields that a write accepts and silently does not store. */
  readonly ignoreWrites?: readonly string[];
  /** Adds keys that no document mentions to every row. */
  readonly extraKeys?: boolean;
  /** Adds credentials, marked `canary`, to every row. */
  readonly canarySecrets?: boolean;
  /** Sends enumeration words that no document mentions. */
  readonly unknownEnums?: boolean;
}

/** The switches of one backend. `S` adds the backend's own ones. */
export class Switchboard<S extends Switches> {
  #on: S[] = [];

  /** Turns switches on; the returned function turns just these off again. */
  set(switches: S): () => void {
    this.#on.push(switches);
    return () => {
      this.#on = this.#on.filter((other) => other !== switches);
    };
  }

  clear(): void {
    this.#on = [];
  }

  /** The switches that apply to a request, merged; `id` is the user that it is about. */
  for(method: string, path: string, id: string | undefined): Omit<S, 'only'> {
    const fitting = this.#on.filter(
      ({ only }) =>
        (only?.method ?? method) === method && (only?.path ?? path) === path && (only?.id ?? id) === id,
    );
    return Object.assign({}, ...fitting) as Omit<S, 'only'>;
  }
}

/** Applies the `rows` switch to a list answer; `all` is where a foreign row is taken from. */
export function shapeRows<Row>(
  rows: readonly Row[],
  all: readonly Row[],
  how: Switches['rows'],
): readonly Row[] {
  switch (how) {
    case 'reversed':
      return rows.toReversed();
    case 'duplicated':
      return rows.flatMap((row) => [row, row]);
    case 'foreign':
      return [...all.filter((row) => !rows.includes(row)).slice(0, 1), ...rows];
    case 'missing':
      return rows.slice(1);
    case undefined:
      return rows;
  }
}
