// Everything that can go wrong on the wire, in one table: the code that clients read, how often a read is tried again, and
// whether it speaks against the backend's health. The names are those of metrics and logs.
import { GatewayError, type ErrorCode } from '../errors.js';

interface FaultFacts {
  readonly code: ErrorCode;
  readonly words: string;
  /** How often a read is tried again at most. */
  readonly retries: 0 | 1 | 2;
  /** Whether the backend is to blame; false where the answer is merely too much, or the configuration wrong. */
  readonly isFailure: boolean;
}

const CANNOT_CONNECT = 'no connection could be made; check that it runs and that its URL is right.';
const TOO_LATE = 'no complete answer came in time.';
const BROKEN = 'the connection broke before the answer was complete.';

export const FAULTS = {
  connect_refused: { code: 'UPSTREAM_UNREACHABLE', words: CANNOT_CONNECT, retries: 2, isFailure: true },
  connect_timeout: { code: 'UPSTREAM_UNREACHABLE', words: CANNOT_CONNECT, retries: 2, isFailure: true },
  connect_failed: { code: 'UPSTREAM_UNREACHABLE', words: CANNOT_CONNECT, retries: 2, isFailure: true },
  dns_unavailable: { code: 'UPSTREAM_UNREACHABLE', words: CANNOT_CONNECT, retries: 2, isFailure: true },
  dns: { code: 'UPSTREAM_UNREACHABLE', words: CANNOT_CONNECT, retries: 0, isFailure: true },
  tls: { code: 'UPSTREAM_UNREACHABLE', words: CANNOT_CONNECT, retries: 0, isFailure: true },
  reset_headers: { code: 'UPSTREAM_CONNECTION_LOST', words: BROKEN, retries: 2, isFailure: true },
  reset_body: { code: 'UPSTREAM_CONNECTION_LOST', words: BROKEN, retries: 2, isFailure: true },
  headers_timeout: { code: 'UPSTREAM_TIMEOUT', words: TOO_LATE, retries: 2, isFailure: true },
  body_timeout: { code: 'UPSTREAM_TIMEOUT', words: TOO_LATE, retries: 2, isFailure: true },
  // What is merely slow does not become faster by being asked twice.
  total_timeout: { code: 'UPSTREAM_TIMEOUT', words: TOO_LATE, retries: 0, isFailure: true },
  bad_http: {
    code: 'UPSTREAM_BAD_RESPONSE',
    words: 'the answer is not proper HTTP.',
    retries: 0,
    isFailure: true,
  },
  bad_encoding: {
    code: 'UPSTREAM_BAD_RESPONSE',
    words: 'the answer cannot be decompressed.',
    retries: 1,
    isFailure: true,
  },
  bad_utf8: {
    code: 'UPSTREAM_BAD_RESPONSE',
    words: 'the answer is not UTF-8.',
    retries: 0,
    isFailure: true,
  },
  bad_json: { code: 'UPSTREAM_BAD_RESPONSE', words: 'the answer is not JSON.', retries: 1, isFailure: true },
  html: {
    code: 'UPSTREAM_BAD_RESPONSE',
    words: 'the answer is a page of HTML; check that the URL is that of the API.',
    retries: 0,
    isFailure: true,
  },
  empty: { code: 'UPSTREAM_BAD_RESPONSE', words: 'the answer is empty.', retries: 1, isFailure: true },
  too_large: {
    code: 'UPSTREAM_RESPONSE_TOO_LARGE',
    words: 'the answer exceeds the size limit.',
    retries: 0,
    isFailure: false,
  },
  own_credential: {
    code: 'UPSTREAM_ERROR',
    words: 'the gateway’s own credential was not accepted.',
    retries: 0,
    isFailure: false,
  },
  memory: {
    code: 'UPSTREAM_BUSY',
    words: 'answers that are being read take up the memory set apart for them.',
    retries: 0,
    isFailure: false,
  },
} as const satisfies Record<string, FaultFacts>;

export type Fault = keyof typeof FAULTS;

/** How far an answer had come when it failed. */
export type Phase = 'headers' | 'body';

export function faultError(
  backend: string,
  fault: Fault,
  details: { readonly httpStatus?: number; readonly cause?: unknown } = {},
): GatewayError {
  const { code, words } = FAULTS[fault];
  // A server that has begun to answer has taken the request.
  const delivery = fault === 'memory' ? ({ delivery: 'unknown' } as const) : {};
  // A certificate does not become right by itself.
  const retryable = fault === 'tls' ? ({ retryable: false } as const) : {};
  return new GatewayError(code, `${backend}: ${words}`, {
    backend,
    fault,
    ...delivery,
    ...retryable,
    ...details,
  });
}

const BY_ERROR_CODE: Readonly<Record<string, Fault>> = {
  ECONNREFUSED: 'connect_refused',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  EHOSTUNREACH: 'connect_failed',
  ENETUNREACH: 'connect_failed',
  EADDRNOTAVAIL: 'connect_failed',
  EMFILE: 'connect_failed',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns_unavailable',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too_large',
};
const BROKEN_CONNECTION = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ETIMEDOUT'];
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/;

/** Names what Node or undici raised, by how far the request and its answer had come. */
export function faultOf(
  error: unknown,
  { isSent, phase }: { readonly isSent: boolean; readonly phase: Phase },
): Fault {
  const fault = nameOf(error, phase);
  const isOfConnecting = FAULTS[fault].code === 'UPSTREAM_UNREACHABLE';
  // The system may say of a connection that is in use what it usually says of one that cannot be made, and the other way round.
  if (isSent && isOfConnecting) return phase === 'headers' ? 'reset_headers' : 'reset_body';
  return !isSent && fault === 'reset_headers' ? 'connect_failed' : fault;
}

function nameOf(error: unknown, phase: Phase): Fault {
  const code = errorCode(error);
  // So it calls an informational answer that nobody has asked for.
  if (code === 'UND_ERR_SOCKET' && (error as Error).message === 'bad response') return 'bad_http';
  if (BROKEN_CONNECTION.includes(code)) return phase === 'headers' ? 'reset_headers' : 'reset_body';
  return TLS.test(code) ? 'tls' : (BY_ERROR_CODE[code] ?? 'bad_http');
}

/** The `code` that Node and undici put on what they throw; '' without one. */
export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

/** Gateways before a backend speak of a moment; the backend itself rarely changes its mind. */
const RETRIES_BY_STATUS: Readonly<Record<number, number>> = { 502: 2, 504: 2 };

/** How often a read that failed like this is tried again at most. */
export function retriesAfter({ fault, httpStatus = 0, retryAfterMs }: GatewayError): number {
  if (fault !== undefined && Object.hasOwn(FAULTS, fault)) return FAULTS[fault as Fault].retries;
  // Whoever asks to slow down without saying for how long is not asked again.
  if (httpStatus === 429) return retryAfterMs === undefined ? 0 : 1;
  return httpStatus >= 500 ? (RETRIES_BY_STATUS[httpStatus] ?? 1) : 0;
}

/** Whether a failed call speaks against the backend's health: no 4xx does, nor what the gateway itself gave up. */
export function isBackendFailure({ fault, httpStatus = 0 }: GatewayError): boolean {
  if (fault !== undefined && Object.hasOwn(FAULTS, fault)) return FAULTS[fault as Fault].isFailure;
  return httpStatus >= 500;
}
