// What came back from a backend, told apart into answers, refusals and failures.
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { GatewayError, type ErrorCode } from '../errors.js';
import type { RawReply } from './exchange.js';
import { errorCode, faultError } from './faults.js';
import { parseJson } from './parse-json.js';

/** What the meaning of an answer depends on. */
export interface AskedFor {
  readonly method: string;
  readonly route: string;
  readonly isCallersCredential?: boolean;
  readonly alsoAccept?: readonly number[];
}

export interface UpstreamReply {
  readonly status: number;
  /** The JSON value; undefined when the body is empty. */
  readonly body: unknown;
}

const MAX_RETRY_AFTER_MS = 60_000;

/** `maxBytes`: of an answer once it is decompressed. */
export function createReplyReader(backend: string, maxBytes: number) {
  const fail = (code: ErrorCode, what: string, httpStatus: number) =>
    new GatewayError(code, `${backend}: ${what}`, { backend, httpStatus });

  /** Throws GatewayError for what is no answer. `bytes`: decompressed. */
  function readReply(call: AskedFor, { status, headers }: RawReply, bytes: Buffer): UpstreamReply {
    const isAnswer = (status >= 200 && status < 300) || (call.alsoAccept ?? []).includes(status);
    if (!isAnswer) throw refusal(call, status, bytes, retryAfterMs(headers['retry-after']));
    if (bytes.length > 0) return { status, body: parse(bytes, status, headerText(headers['content-type'])) };
    if (call.method === 'GET' && status < 300) throw faultError(backend, 'empty', { httpStatus: status });
    return { status, body: undefined };
  }

  function refusal(call: AskedFor, status: number, bytes: Buffer, waitMs: number | undefined): GatewayError {
    const asked = `${call.method} ${call.route} was answered with status ${status}`;
    if (status < 400)
      return fail('UPSTREAM_REDIRECT_BLOCKED', `${asked}, a redirect; check the configured URL.`, status);
    if (status === 429 || status >= 500) {
      const upstreamTxId = transactionId(bytes);
      const code = status === 429 ? 'UPSTREAM_RATE_LIMITED' : 'UPSTREAM_ERROR';
      return new GatewayError(code, `${backend}: ${asked}.`, {
        backend,
        httpStatus: status,
        ...(waitMs !== undefined && { retryAfterMs: waitMs }),
        ...(upstreamTxId !== undefined && { upstreamTxId }),
      });
    }
    if (status === 401) {
      return call.isCallersCredential === true
        ? fail('UNAUTHENTICATED', 'the caller’s credential was not accepted.', status)
        : faultError(backend, 'own_credential', { httpStatus: status });
    }
    if (status === 402 || status === 403) return fail('FORBIDDEN', `${asked}.`, status);
    if (status === 404) return fail('NOT_FOUND', `${asked}.`, status);
    if (status === 409 || status === 412) return fail('CONFLICT', `${asked}.`, status);
    return fail('UPSTREAM_REJECTED', `${asked}.`, status);
  }

  function parse(bytes: Buffer, httpStatus: number, contentType: string): unknown {
    try {
      return parseJson(bytes);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw faultError(backend, 'bad_utf8', { httpStatus });
      throw faultError(backend, contentType.startsWith('text/html') ? 'html' : 'bad_json', { httpStatus });
    }
  }

  async function decompress({ headers, bytes }: RawReply): Promise<Buffer> {
    const inflate = DECOMPRESSORS.get(headerText(headers['content-encoding']));
    if (inflate === undefined) throw faultError(backend, 'bad_encoding');
    try {
      return await inflate(bytes, { maxOutputLength: maxBytes });
    } catch (error) {
      throw faultError(backend, errorCode(error) === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'bad_encoding');
    }
  }

  return { readReply, decompress };
}

export function isCompressed({ headers, bytes }: RawReply): boolean {
  const encoding = headerText(headers['content-encoding']);
  return encoding !== '' && encoding !== 'identity' && bytes.length > 0;
}

const DECOMPRESSORS = new Map([
  ['gzip', promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)],
  ['deflate', promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate)],
  ['br', promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress)],
]);

/** Retry-After in seconds or as an HTTP date, brought into 0 to 60 s; undefined when absent or unreadable. */
function retryAfterMs(header: string | string[] | undefined): number | undefined {
  const text = headerText(header);
  const ms = /^-?\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

function headerText(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().toLowerCase();
}

/** The `txId` of a server error's body, when it looks like one; nothing else of an error body is ever used. */
function transactionId(bytes: Buffer): string | undefined {
  try {
    const body = parseJson(bytes);
    const id = typeof body === 'object' && body !== null && 'txId' in body ? body.txId : undefined;
    return typeof id === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}
