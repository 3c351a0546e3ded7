// One request and its answer, straight on undici's dispatcher: its own `request` makes a stream of every answer, does not
// give up while it connects, and does not tell whether anything was sent.
import type { Dispatcher } from 'undici';
import { faultError, type Phase } from './faults.js';

export interface RawReply {
  readonly status: number;
  readonly headers: RawHeaders;
  /** As they came, compressed or not. */
  readonly bytes: Uint8Array;
}

export type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface Exchange {
  readonly reply: Promise<RawReply>;
  /** Whether it got so far that the backend may have heard of it. */
  readonly isSent: boolean;
  readonly phase: Phase;
  /** When the last bytes of the answer's body came; null before. */
  readonly lastByteAt: number | null;
  /** Makes `reply` fail with the reason at once, and closes the connection if it was used. */
  abort(reason: Error): void;
}

export interface ExchangeOptions {
  readonly backend: string;
  readonly dispatcher: Dispatcher;
  /** Of all answers that are being read. */
  readonly maxHeldBytes: number;
}

export function createExchanges({ backend, dispatcher, maxHeldBytes }: ExchangeOptions) {
  let heldBytes = 0;

  return (request: Dispatcher.DispatchOptions): Exchange => {
    let controller: Dispatcher.DispatchController | null = null;
    let aborted: Error | null = null;
    let isSent = false;
    let phase: Phase = 'headers';
    let lastByteAt: number | null = null;
    let fail: (reason: Error) => void = () => undefined;
    const reply = new Promise<RawReply>((resolve, reject) => {
      let status = 0;
      let headers: RawHeaders = {};
      const chunks: Uint8Array[] = [];
      let size = 0;
      const release = () => {
        heldBytes -= size;
        size = 0;
      };
      fail = (reason) => {
        release();
        reject(reason);
      };
      dispatcher.dispatch(request, {
        onRequestStart(given) {
          if (aborted !== null) {
            given.abort(aborted);
            return;
          }
          controller = given;
          isSent = true;
        },
        onResponseStart(_, code, given) {
          // What comes before the answer, such as 103, is none.
          if (code < 200) return;
          phase = 'body';
          status = code;
          headers = given;
        },
        onResponseData(_, chunk) {
          lastByteAt = performance.now();
          size += chunk.length;
          heldBytes += chunk.length;
          if (heldBytes > maxHeldBytes) throw faultError(backend, 'memory');
          chunks.push(chunk);
        },
        onResponseEnd() {
          const bytes =
            chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size);
          release();
          resolve({ status, headers, bytes });
        },
        onResponseError(_, error) {
          fail(error);
        },
      });
    });
    return {
      reply,
      get isSent() {
        return isSent;
      },
      get phase() {
        return phase;
      },
      get lastByteAt() {
        return lastByteAt;
      },
      abort(reason) {
        if (aborted !== null) return;
        aborted = reason;
        controller?.abort(reason);
        fail(reason);
      },
    };
  };
}
