// One request's life: its id, its time limit, its budget of backend calls, and the bill of those made.
import { setImmediate } from 'node:timers/promises';
import { ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import { GatewayError } from '../errors.js';
import type { UpstreamBill } from '../graphql/context.js';
import type { CallKind, CallRecord, CallScope, RefusalReason } from '../transport/call-scope.js';
import { EndSignal } from '../transport/end-signal.js';

export interface Operation extends CallScope {
  /** Makes the time limit longer; counted from the start, and never shorter than it was. */
  extendTo(timeoutMs: number): void;
  /** Counts the calls to come towards what this caller's operations may make at a time, all together. */
  joinLane(caller: string): void;
  /** Runs work whose calls are bounded otherwise: they stand on the bill and are not held against the budget. */
  unbudgeted<T>(work: () => Promise<T>): Promise<T>;
  bill(): UpstreamBill;
  /**
   * Resolves once no call is under way. GraphQL answers as soon as an error has made its parent null, while the other fields
   * of that parent are still being read; to answer before they are done would leave calls behind that no bill shows.
   */
  settled(): Promise<void>;
  /** The client has gone: calls under way are cut, no new one starts. */
  abandon(): void;
  /** The gateway stops: half a second is left for what is being written, and half a second to find out what came of it. */
  hurry(): void;
  /** Frees the timer and stops what should still wait for its turn; to be called once the request is answered. */
  end(): void;
}

export interface OperationOptions {
  readonly requestId: string;
  readonly timeoutMs: number;
  /** Most calls that the operation may make. */
  readonly budget: number;
  readonly onCall: (call: CallRecord) => void;
  readonly onRefusal?: (backend: string, kind: CallKind, reason: RefusalReason) => void;
  /** What the spans of calls belong to. */
  readonly trace?: Context;
}

/** Of an operation's time, what is kept for reading back what was written: a tenth, and no more than this. */
const MAX_RESERVE_MS = 10_000;
const HURRY_MS = 1_000;

export function createOperation(options: OperationOptions): Operation {
  return new RunningOperation(options);
}

// A class: where each object brings getters of its own, V8 keeps all that they refer to until its next full collection.
class RunningOperation implements Operation {
  readonly requestId: string;
  readonly trace: Context;
  readonly record: CallScope['record'];
  readonly refused: CallScope['refused'];
  readonly #budget: number;
  readonly #startedAt = performance.now();
  readonly #ends = { read: new End(), write: new End() };
  readonly #calls = new Map<string, number>();
  #lane: string | symbol = Symbol('operation');
  #limitMs: number;
  /** Once it is coming to its end, nothing makes it longer. */
  #isEnding = false;
  #total = 0;
  #retries = 0;
  #budgeted = 0;
  #unbudgetedWork = 0;
  #deduplicated = 0;
  #underWay = 0;
  #whenIdle: (() => void)[] = [];

  constructor({ requestId, timeoutMs, budget, onCall, onRefusal, trace }: OperationOptions) {
    this.requestId = requestId;
    this.trace = trace ?? ROOT_CONTEXT;
    this.record = onCall;
    this.refused = onRefusal ?? (() => undefined);
    this.#budget = budget;
    this.#limitMs = timeoutMs;
    this.#limitTo(timeoutMs);
  }

  get signal(): EndSignal {
    return this.#ends.read.signal;
  }

  get writeSignal(): EndSignal {
    return this.#ends.write.signal;
  }

  get lane(): string | symbol {
    return this.#lane;
  }

  joinLane(caller: string): void {
    this.#lane = caller;
  }

  remainingMs(kind: CallKind): number {
    return this.#ends[kind].at - performance.now();
  }

  extendTo(longerMs: number): void {
    if (this.#isEnding || longerMs <= this.#limitMs) return;
    this.#limitMs = longerMs;
    this.#limitTo(longerMs);
  }

  #limitTo(limitMs: number): void {
    const reserveMs = Math.min(limitMs / 10, MAX_RESERVE_MS);
    this.#setLimits(limitMs, limitMs - reserveMs, `The operation took longer than ${limitMs} ms.`);
  }

  /** Both count from the start. */
  #setLimits(readMs: number, writeMs: number, message: string): void {
    this.#ends.read.set(this.#startedAt + readMs, message);
    this.#ends.write.set(this.#startedAt + writeMs, message);
  }

  async unbudgeted<T>(work: () => Promise<T>): Promise<T> {
    this.#unbudgetedWork += 1;
    try {
      return await work();
    } finally {
      this.#unbudgetedWork -= 1;
    }
  }

  begin(): void {
    this.#underWay += 1;
  }

  finish(): void {
    this.#underWay -= 1;
    if (this.#underWay > 0) return;
    for (const resolve of this.#whenIdle) resolve();
    this.#whenIdle = [];
  }

  admit(backend: string, isRetry: boolean): void {
    if (this.#unbudgetedWork === 0 && this.#budgeted >= this.#budget) {
      const message = `The operation needs more than ${this.#budget} backend calls; ask for fewer people or fields at once.`;
      throw new GatewayError('BUDGET_EXCEEDED', message, { backend });
    }
    this.#total += 1;
    if (isRetry) this.#retries += 1;
    if (this.#unbudgetedWork === 0) this.#budgeted += 1;
    this.#calls.set(backend, (this.#calls.get(backend) ?? 0) + 1);
  }

  share(): void {
    this.#deduplicated += 1;
  }

  async settled(): Promise<void> {
    do {
      if (this.#underWay > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
      // What waited for the last call may make another one.
      await setImmediate();
    } while (this.#underWay > 0);
  }

  bill(): UpstreamBill {
    const byBackend: Record<string, number> = {};
    for (const [backend, count] of this.#calls) byBackend[backend.toUpperCase()] = count;
    return { calls: this.#total, byBackend, deduplicated: this.#deduplicated, retries: this.#retries };
  }

  abandon(): void {
    this.#abort('The client has gone.');
  }

  hurry(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const passedMs = performance.now() - this.#startedAt;
    const left = Math.min(HURRY_MS, this.remainingMs('read'));
    this.#setLimits(passedMs + left, passedMs + left / 2, 'The gateway is being stopped.');
  }

  end(): void {
    this.#abort(IS_OVER);
  }

  #abort(message: string): void {
    this.#isEnding = true;
    this.#ends.write.abort(message);
    this.#ends.read.abort(message);
  }
}

const IS_OVER = 'The operation is over.';

/** A time at which work has to stop, and the signal for those who heed it: the timer runs from the first of them on. */
class End {
  /** On the clock of `performance.now`. */
  at = Infinity;
  readonly #signal = new EndSignal();
  #message = '';
  #isHeeded = false;
  #timer: NodeJS.Timeout | undefined;

  get signal(): EndSignal {
    if (!this.#isHeeded) {
      this.#isHeeded = true;
      this.#arm();
    }
    return this.#signal;
  }

  set(at: number, message: string): void {
    this.at = at;
    this.#message = message;
    if (this.#isHeeded) this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#signal.aborted) return;
    const abort = () => {
      this.abort(this.#message);
    };
    const leftMs = this.at - performance.now();
    if (leftMs > 0) this.#timer = setTimeout(abort, leftMs);
    else abort();
  }

  abort(message: string): void {
    clearTimeout(this.#timer);
    this.#signal.abort(() => new GatewayError('DEADLINE_EXCEEDED', message));
  }
}
