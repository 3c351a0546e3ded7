// One request and its answer, straight on undici's dispatcher: its own `request` makes a stream of every answer, does not
// give up while it connects, and does not tell whether anything was sent.
import type { Dispatcher } from 'undici';
import { faultError, type Phase } from './faults.js';

export interface RawReply {
  readonly status: number;
  readonly headers: RawHeaders;
  /** As they came, compressed or not. */
  readonly bytes: Buffer;
}

export type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** What answers that are being read take up, all together. */
export interface HeldBytes {
  readonly max: number;
  now: number;
}

/** To be given to a dispatcher. A class, since each call needs one: an object of closures and getters is dear to make. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly reply: Promise<RawReply>;
  /** Whether it got so far that the backend may have heard of it. */
  isSent = false;
  phase: Phase = 'headers';
  /** When the last bytes of the answer's body came; null before. */
  lastByteAt: number | null = null;

  readonly #backend: string;
  readonly #held: HeldBytes;
  #resolve!: (reply: RawReply) => void;
  #reject!: (reason: Error) => void;
  #controller: Dispatcher.DispatchController | null = null;
  #aborted: Error | null = null;
  #status = 0;
  #headers: RawHeaders = {};
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(backend: string, held: HeldBytes) {
    this.#backend = backend;
    this.#held = held;
    this.reply = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Makes `reply` fail with the reason at once, and closes the connection if it was used. */
  abort(reason: Error): void {
    if (this.#aborted !== null) return;
    this.#aborted = reason;
    this.#controller?.abort(reason);
    this.#fail(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#aborted !== null) {
      controller.abort(this.#aborted);
      return;
    }
    this.#controller = controller;
    this.isSent = true;
  }

  onResponseStart(_: unknown, status: number, headers: RawHeaders): void {
    // What comes before the answer, such as 103, is none.
    if (status < 200) return;
    this.phase = 'body';
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    this.lastByteAt = performance.now();
    this.#size += chunk.length;
    this.#held.now += chunk.length;
    if (this.#held.now > this.#held.max) throw faultError(this.#backend, 'memory');
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const bytes =
      this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks, this.#size);
    this.#release();
    this.#resolve({ status: this.#status, headers: this.#headers, bytes });
  }

  onResponseError(_: unknown, error: Error): void {
    this.#fail(error);
  }

  #fail(reason: Error): void {
    this.#release();
    this.#reject(reason);
  }

  #release(): void {
    this.#held.now -= this.#size;
    this.#size = 0;
  }
}
