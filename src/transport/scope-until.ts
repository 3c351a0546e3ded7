import type { CallKind, CallRecord, CallScope, RefusalReason } from './call-scope.js';
import { EndSignal } from './end-signal.js';

/** The operation's scope, for calls that may be given up before it ends: they count for the operation all the same. */
export class ScopeUntil implements CallScope {
  readonly #scope: CallScope;
  readonly #ending = new EndSignal();

  constructor(scope: CallScope) {
    this.#scope = scope;
    const { signal } = scope;
    const end = () => {
      this.#ending.abort(() => signal.reason);
    };
    if (signal.aborted) end();
    else signal.onAbort(end);
  }

  giveUp(reason: Error): void {
    this.#ending.abort(() => reason);
  }

  get signal(): EndSignal {
    return this.#ending;
  }

  get writeSignal(): EndSignal {
    return this.#ending;
  }

  get requestId(): string {
    return this.#scope.requestId;
  }

  get lane(): string | symbol {
    return this.#scope.lane;
  }

  get trace(): CallScope['trace'] {
    return this.#scope.trace;
  }

  remainingMs(kind: CallKind): number {
    return this.#scope.remainingMs(kind);
  }

  begin(): void {
    this.#scope.begin();
  }

  finish(): void {
    this.#scope.finish();
  }

  admit(backend: string, isRetry: boolean): void {
    this.#scope.admit(backend, isRetry);
  }

  share(backend: string): void {
    this.#scope.share(backend);
  }

  record(call: CallRecord): void {
    this.#scope.record(call);
  }

  refused(backend: string, kind: CallKind, reason: RefusalReason): void {
    this.#scope.refused(backend, kind, reason);
  }
}
