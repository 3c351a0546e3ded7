// The only way out: one connection pool per origin, and a time limit for every attempt.
import type { LookupFunction } from 'node:net';
import { Pool } from 'undici';
import { GatewayError, type Delivery } from '../errors.js';
import type { CallKind, CallScope } from './call-scope.js';
import { startCallSpan } from './call-span.js';
import type { CircuitState } from './circuit.js';
import type { EndSignal } from './end-signal.js';
import { Exchange } from './exchange.js';
import { faultError, faultOf, type Fault } from './faults.js';
import { createReplyReader, isCompressed, type UpstreamReply } from './reply.js';
import { createPolicy, UPSTREAM_LIMITS, type UpstreamCondition, type UpstreamLimits } from './policy.js';

/** What a deployment, or a test, sets for every upstream alike. */
export interface UpstreamSettings {
  /** Left out: as `UPSTREAM_LIMITS`. */
  readonly limits?: Partial<UpstreamLimits>;
  /** In place of the system's resolver. */
  readonly lookup?: LookupFunction;
}

export interface UpstreamOptions extends UpstreamSettings {
  /** Slug of the backend, for errors, logs and the bill. */
  readonly backend: string;
  /** Tells several upstreams of one backend apart in metrics and logs; left out: the backend's. */
  readonly name?: string;
  /** Absolute http(s) URL without query; calls stay below its path. */
  readonly baseUrl: string;
  /** For one attempt as a whole: connecting, headers and body. */
  readonly timeoutMs: number;
  /** Of an answer on the wire, and again after decompression. */
  readonly maxBytes?: number;
  /** Of all answers that are being read. */
  readonly maxHeldBytes?: number;
}

export interface UpstreamCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path template for logs, with one `{…}` per id, e.g. `/profile/{id}/routingStatus`. */
  readonly route: string;
  /** Values of the template's `{…}`, in order. Each must be a native id. */
  readonly ids?: readonly string[];
  readonly query?: readonly [name: string, value: string][];
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

/** What is seen of an upstream from outside. */
export interface UpstreamMonitor {
  readonly name: string;
  condition(kind: CallKind): UpstreamCondition;
  onCircuitChange(listener: (kind: CallKind, state: CircuitState) => void): void;
}

export interface Upstream extends UpstreamMonitor {
  /**
   * Makes one call, in several attempts where its policy says so. Throws GatewayError with an UPSTREAM_…, FORBIDDEN,
   * UNAUTHENTICATED, DEADLINE_ or BUDGET_EXCEEDED code.
   */
  request(scope: CallScope, call: UpstreamCall): Promise<UpstreamReply>;
  close(): Promise<void>;
}

const MAX_BYTES = 10 * 1024 * 1024;
const MAX_HELD_BYTES = 24 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 1_000;
const KEEP_ALIVE_MS = 4_000;
const OUT_OF_TIME = new Error('The attempt has taken too long.');
const GIVEN_UP = new Error('The operation has ended.');
const NATIVE_ID = /^[1-9][0-9]{0,14}$/;
const HEADER_SAFE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

export function createUpstream(options: UpstreamOptions): Upstream {
  const { backend, name = backend, timeoutMs, maxBytes = MAX_BYTES, maxHeldBytes = MAX_HELD_BYTES } = options;
  const limits = { ...UPSTREAM_LIMITS, ...options.limits };
  const base = new URL(options.baseUrl);
  const basePath = base.pathname.replace(/\/+$/, '');
  const pool = new Pool(base.origin, {
    // One for every place of the two bulkheads.
    connections: 2 * limits.maxInFlight,
    // Each attempt has a time limit as a whole, which is exact.
    headersTimeout: 0,
    bodyTimeout: 0,
    // Whatever the backend allows: what was idle for longer may have been closed on the way.
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    maxResponseSize: maxBytes,
    maxHeaderSize: 16 * 1024,
    // A quarter of a long time: whoever allows that does not want to give up at once.
    connect: {
      timeout: Math.max(Math.min(CONNECT_TIMEOUT_MS, timeoutMs), timeoutMs / 4),
      ...(options.lookup !== undefined && { lookup: options.lookup }),
    },
  });
  const listeners: ((kind: CallKind, state: CircuitState) => void)[] = [];
  const policy = createPolicy({
    backend,
    limits,
    onCircuitChange(kind, state) {
      for (const listener of listeners) listener(kind, state);
    },
  });
  const held = { max: maxHeldBytes, now: 0 };
  const { readReply, decompress } = createReplyReader(backend, maxBytes);

  /** Where the call goes. Refuses what must not be sent, so that it is never counted as a call. */
  function checkedPath(call: UpstreamCall): string {
    for (const [name, value] of Object.entries(call.headers)) {
      if (!HEADER_SAFE.test(value)) {
        const message = `${backend}: the credential for the header ${name} cannot be sent in a header.`;
        throw new GatewayError('UNAUTHENTICATED', message, { backend });
      }
    }
    return basePath + fillRoute(call.route, call.ids ?? []) + queryString(call.query ?? []);
  }

  /** Why an attempt has failed, by what was thrown. */
  function failureOf(thrown: unknown, ended: EndSignal, exchange: Exchange, startedAt: number): GatewayError {
    if (thrown instanceof GatewayError) return thrown;
    if (ended.aborted) return operationError(backend, ended, exchange.isSent ? 'unknown' : 'unsent', thrown);
    const fault = thrown === OUT_OF_TIME ? timeoutFault(exchange, startedAt) : faultOf(thrown, exchange);
    return faultError(backend, fault, { cause: thrown });
  }

  /** Silence may be an accident; an answer that is still arriving is slow. */
  function timeoutFault({ isSent, phase, lastByteAt }: Exchange, startedAt: number): Fault {
    if (!isSent) return 'connect_timeout';
    if (phase === 'headers') return 'headers_timeout';
    const isArriving = lastByteAt !== null && lastByteAt - startedAt > timeoutMs / 2;
    return isArriving ? 'total_timeout' : 'body_timeout';
  }

  /** One attempt, of which the operation's bill, its trace, the log and the metrics get to know. */
  async function attempt(scope: CallScope, call: UpstreamCall, path: string, number: number) {
    const ended = signalFor(scope, call);
    if (ended.aborted) throw operationError(backend, ended, 'unsent');
    scope.admit(backend, number > 1);
    const { method, route, batch } = call;
    const span = startCallSpan(scope.trace, {
      backend,
      method,
      route,
      attempt: number,
      address: base.hostname,
    });
    const startedAt = performance.now();
    const exchange = new Exchange(backend, held);
    const timer = setTimeout(() => {
      exchange.abort(OUT_OF_TIME);
    }, timeoutMs);
    const giveUp = () => {
      exchange.abort(GIVEN_UP);
    };
    ended.onAbort(giveUp);
    let status: number | undefined;
    let failure: number | string | undefined;
    try {
      pool.dispatch(
        {
          method,
          path,
          headers: {
            accept: 'application/json',
            'accept-encoding': 'gzip, br',
            'x-request-id': scope.requestId,
            ...span.headers,
            ...call.headers,
            ...(call.body !== undefined && { 'content-type': call.body.contentType }),
          },
          body: call.body?.text ?? null,
        },
        exchange,
      );
      const raw = await exchange.reply;
      const reply = readReply(call, raw, isCompressed(raw) ? await decompress(raw) : raw.bytes);
      status = reply.status;
      return reply;
    } catch (thrown) {
      const error = failureOf(thrown, ended, exchange, startedAt);
      status = error.httpStatus;
      failure = error.fault ?? error.httpStatus ?? error.code;
      throw error;
    } finally {
      clearTimeout(timer);
      ended.offAbort(giveUp);
      span.end({ status, fault: failure?.toString() });
      scope.record({
        backend,
        method,
        route,
        attempt: number,
        kind: kindOf(call),
        batch,
        outcome: failure ?? status ?? '',
        isFailure: failure !== undefined,
        durationMs: performance.now() - startedAt,
      });
    }
  }

  return {
    name,
    condition: (kind) => policy.condition(kind),
    onCircuitChange(listener) {
      listeners.push(listener);
    },
    async request(scope, call) {
      const path = checkedPath(call);
      const kind = kindOf(call);
      const ended = signalFor(scope, call);
      if (ended.aborted) throw operationError(backend, ended, 'unsent');
      const policed = { kind, isCallersCredential: call.isCallersCredential === true };
      scope.begin();
      try {
        return await policy.run(scope, policed, (number) => attempt(scope, call, path, number));
      } catch (error) {
        // The operation has ended while the call was waiting for its turn.
        throw ended.isReason(error) ? operationError(backend, ended, 'unsent') : error;
      } finally {
        scope.finish();
      }
    },
    close: () => pool.destroy(),
  };
}

/** No backend has a read that is not a GET. */
function kindOf({ method }: UpstreamCall): CallKind {
  return method === 'GET' ? 'read' : 'write';
}

function signalFor(scope: CallScope, call: UpstreamCall): EndSignal {
  return kindOf(call) === 'read' ? scope.signal : scope.writeSignal;
}

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
  return `?${new URLSearchParams(query).toString()}`;
}

/** Why the operation has ended, as an error of the backend that could not be waited for. */
function operationError(
  backend: string,
  { reason }: EndSignal,
  delivery: Delivery,
  cause?: unknown,
): GatewayError {
  const message = reason instanceof GatewayError ? reason.message : 'The operation was given up.';
  return new GatewayError('DEADLINE_EXCEEDED', message, { backend, delivery, cause });
}
