// The only way out: one connection pool per origin, and every limit that protects the gateway from what comes back.
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { Pool, type Dispatcher } from 'undici';
import { GatewayError, type Delivery, type ErrorCode } from '../errors.js';
import type { CallScope } from './call-scope.js';
import { connectionError, errorCode } from './connection-error.js';

export interface UpstreamOptions {
  /** Slug of the backend, for errors, logs and the bill. */
  readonly backend: string;
  /** Absolute http(s) URL without query; calls stay below its path. */
  readonly baseUrl: string;
  /** For one call as a whole: connecting, headers and body. */
  readonly timeoutMs: number;
  /** Of an answer on the wire, and again after decompression. */
  readonly maxBytes?: number;
  readonly connections?: number;
}

export interface UpstreamCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path template for logs, with one `{…}` per id, e.g. `/profile/{id}/routingStatus`. */
  readonly route: string;
  /** Values of the template's `{…}`, in order. Each must be a native id. */
  readonly ids?: readonly string[];
  readonly query?: readonly (readonly [name: string, value: string])[];
  /** The credential; sent to this upstream's origin only. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: { readonly contentType: string; readonly text: string };
  /** True when the credential is the caller's own: its refusal is then the caller's to mend. */
  readonly isCallersCredential?: boolean;
  /** Statuses that are an answer, not a failure, beside 2xx. */
  readonly alsoAccept?: readonly number[];
  /** How many people the call asks for, where it asks for several. */
  readonly batch?: number;
}

export interface UpstreamReply {
  readonly status: number;
  /** The JSON value; undefined when the body is empty. */
  readonly body: unknown;
}

export interface Upstream {
  /** Makes one call. Throws GatewayError with an UPSTREAM_…, FORBIDDEN, UNAUTHENTICATED, DEADLINE_ or BUDGET_EXCEEDED code. */
  request(scope: CallScope, call: UpstreamCall): Promise<UpstreamReply>;
  close(): Promise<void>;
}

const MAX_BYTES = 10 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 1_000;
const MAX_RETRY_AFTER_MS = 60_000;
const NATIVE_ID = /^[1-9][0-9]{0,14}$/;
const HEADER_SAFE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

export function createUpstream(options: UpstreamOptions): Upstream {
  const { backend, timeoutMs, maxBytes = MAX_BYTES, connections = 128 } = options;
  const base = new URL(options.baseUrl);
  const basePath = base.pathname.replace(/\/+$/, '');
  const pool = new Pool(base.origin, {
    connections,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: maxBytes,
    maxHeaderSize: 16 * 1024,
    // A quarter of a long time: whoever allows that does not want to give up at once.
    connect: { timeout: Math.max(Math.min(CONNECT_TIMEOUT_MS, timeoutMs), timeoutMs / 4) },
  });

  const fail = (code: ErrorCode, what: string, httpStatus?: number) =>
    new GatewayError(code, `${backend}: ${what}`, {
      backend,
      ...(httpStatus !== undefined && { httpStatus }),
    });

  /** Where the call goes. Refuses what must not be sent, so that it is never counted as a call. */
  function checkedPath(call: UpstreamCall): string {
    for (const [name, value] of Object.entries(call.headers)) {
      if (!HEADER_SAFE.test(value)) {
        throw fail('UNAUTHENTICATED', `the credential for the header ${name} cannot be sent in a header.`);
      }
    }
    return basePath + fillRoute(call.route, call.ids ?? []) + queryString(call.query ?? []);
  }

  async function attempt(scope: CallScope, call: UpstreamCall, path: string): Promise<UpstreamReply> {
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const response = await pool.request({
        method: call.method,
        path,
        headers: {
          accept: 'application/json',
          'accept-encoding': 'gzip, br',
          'x-request-id': scope.requestId,
          ...call.headers,
          ...(call.body !== undefined && { 'content-type': call.body.contentType }),
        },
        body: call.body?.text ?? null,
        signal: AbortSignal.any([scope.signal, deadline]),
      });
      const bytes = await readBody(response);
      return settle(call, response.statusCode, bytes, retryAfterMs(response.headers['retry-after']));
    } catch (error) {
      if (error instanceof GatewayError && error !== scope.signal.reason) throw error;
      if (scope.signal.aborted) throw operationError(backend, scope.signal, 'unknown', error);
      throw connectionError(backend, error, deadline.aborted);
    }
  }

  function settle(
    call: UpstreamCall,
    status: number,
    bytes: Uint8Array,
    waitMs: number | undefined,
  ): UpstreamReply {
    const isAnswer = (status >= 200 && status < 300) || (call.alsoAccept ?? []).includes(status);
    if (!isAnswer) throw refusal(call, status, bytes, waitMs);
    return { status, body: bytes.length === 0 ? undefined : parse(bytes, status) };
  }

  function refusal(
    call: UpstreamCall,
    status: number,
    bytes: Uint8Array,
    waitMs: number | undefined,
  ): GatewayError {
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
        : fail('UPSTREAM_ERROR', 'the gateway’s own credential was not accepted.', status);
    }
    if (status === 402 || status === 403) return fail('FORBIDDEN', `${asked}.`, status);
    if (status === 404) return fail('NOT_FOUND', `${asked}.`, status);
    if (status === 409 || status === 412) return fail('CONFLICT', `${asked}.`, status);
    return fail('UPSTREAM_REJECTED', `${asked}.`, status);
  }

  function parse(bytes: Uint8Array, status: number): unknown {
    try {
      return JSON.parse(UTF8.decode(bytes));
    } catch (error) {
      const what = error instanceof SyntaxError ? 'is not JSON' : 'is not UTF-8';
      throw fail(
        'UPSTREAM_BAD_RESPONSE',
        `the answer (status ${status}, ${bytes.length} bytes) ${what}.`,
        status,
      );
    }
  }

  async function readBody(response: Dispatcher.ResponseData): Promise<Uint8Array> {
    const bytes = new Uint8Array(await response.body.arrayBuffer());
    const encoding = headerText(response.headers['content-encoding']);
    if (encoding === '' || encoding === 'identity' || bytes.length === 0) return bytes;
    const decompress = DECOMPRESSORS.get(encoding);
    if (decompress === undefined)
      throw fail('UPSTREAM_BAD_RESPONSE', 'the answer has an unknown content encoding.');
    try {
      return await decompress(bytes, { maxOutputLength: maxBytes });
    } catch (error) {
      throw errorCode(error) === 'ERR_BUFFER_TOO_LARGE'
        ? fail('UPSTREAM_RESPONSE_TOO_LARGE', `the answer exceeds ${maxBytes} bytes when decompressed.`)
        : fail('UPSTREAM_BAD_RESPONSE', 'the answer cannot be decompressed.');
    }
  }

  return {
    async request(scope, call) {
      const path = checkedPath(call);
      if (scope.signal.aborted) throw operationError(backend, scope.signal, 'unsent');
      scope.admit(backend);
      const startedAt = performance.now();
      let outcome: number | string = 'INTERNAL_SERVER_ERROR';
      try {
        const reply = await attempt(scope, call, path);
        outcome = reply.status;
        return reply;
      } catch (error) {
        if (error instanceof GatewayError) outcome = error.httpStatus ?? error.code;
        throw error;
      } finally {
        const durationMs = performance.now() - startedAt;
        const { method, route, batch } = call;
        scope.record({ backend, method, route, batch, outcome, durationMs });
      }
    },
    close: () => pool.destroy(),
  };
}

const DECOMPRESSORS = new Map([
  ['gzip', promisify<Uint8Array, { maxOutputLength: number }, Uint8Array>(gunzip)],
  ['deflate', promisify<Uint8Array, { maxOutputLength: number }, Uint8Array>(inflate)],
  ['br', promisify<Uint8Array, { maxOutputLength: number }, Uint8Array>(brotliDecompress)],
]);

/** Puts ids into a path. Only digits pass, so no id can leave its segment (`..`, `/`, `?`, encoded or not). */
function fillRoute(route: string, ids: readonly string[]): string {
  let next = 0;
  const path = route.replaceAll(/\{[^}]+\}/g, () => {
    const id = ids[next++] ?? '';
    if (!NATIVE_ID.test(id))
      throw new GatewayError('BAD_USER_INPUT', 'A native id must be a positive whole number.');
    return id;
  });
  if (next !== ids.length) throw new TypeError(`${route} takes ${next} ids, ${ids.length} given`);
  return path;
}

function queryString(query: NonNullable<UpstreamCall['query']>): string {
  if (query.length === 0) return '';
  return `?${new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])).toString()}`;
}

/** Why the operation has ended, as an error of the backend that could not be waited for. */
function operationError(
  backend: string,
  { reason }: AbortSignal,
  delivery: Delivery,
  cause?: unknown,
): GatewayError {
  const message = reason instanceof GatewayError ? reason.message : 'The operation was given up.';
  return new GatewayError('DEADLINE_EXCEEDED', message, { backend, delivery, cause });
}

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
function transactionId(bytes: Uint8Array): string | undefined {
  try {
    const body: unknown = JSON.parse(UTF8.decode(bytes));
    const id = typeof body === 'object' && body !== null && 'txId' in body ? body.txId : undefined;
    return typeof id === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}
