import { setMaxListeners } from 'node:events';

/**
 * Tells of an end that work has to heed, as an AbortSignal does. Each operation needs some, and hears of hardly any: an
 * AbortSignal takes longer to make than all the rest of an operation's life, and looks through its listeners one by one.
 */
export class EndSignal {
  readonly #listeners = new Set<() => void>();
  #why: (() => Error) | null = null;
  #reason: Error | null = null;
  #abortSignal: AbortSignal | null = null;

  get aborted(): boolean {
    return this.#why !== null;
  }

  /** Not to be asked for before. */
  get reason(): Error {
    if (this.#why === null) throw new TypeError('The end has not come yet.');
    return (this.#reason ??= this.#why());
  }

  isReason(error: unknown): boolean {
    return error === this.#reason;
  }

  /** How many are to be told. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** For code that is not ours. */
  get abortSignal(): AbortSignal {
    if (this.#abortSignal !== null) return this.#abortSignal;
    const controller = new AbortController();
    const abort = () => {
      controller.abort(this.reason);
    };
    // As many as the operation has calls.
    setMaxListeners(0, controller.signal);
    if (this.aborted) abort();
    else this.onAbort(abort);
    return (this.#abortSignal = controller.signal);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  /** Not called where the end has come already. */
  onAbort(listener: () => void): void {
    this.#listeners.add(listener);
  }

  offAbort(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** The first one counts. Its reason is made when somebody asks: an error is dear, and most operations end with nobody left. */
  abort(why: () => Error): void {
    if (this.#why !== null) return;
    this.#why = why;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}
