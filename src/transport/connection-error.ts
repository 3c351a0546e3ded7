import { GatewayError, type ErrorCode } from '../errors.js';

const BY_UNDICI_CODE: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: 'UPSTREAM_UNREACHABLE',
  ENOTFOUND: 'UPSTREAM_UNREACHABLE',
  EAI_AGAIN: 'UPSTREAM_UNREACHABLE',
  EHOSTUNREACH: 'UPSTREAM_UNREACHABLE',
  ENETUNREACH: 'UPSTREAM_UNREACHABLE',
  UND_ERR_CONNECT_TIMEOUT: 'UPSTREAM_UNREACHABLE',
  UND_ERR_HEADERS_TIMEOUT: 'UPSTREAM_TIMEOUT',
  UND_ERR_BODY_TIMEOUT: 'UPSTREAM_TIMEOUT',
  ECONNRESET: 'UPSTREAM_CONNECTION_LOST',
  EPIPE: 'UPSTREAM_CONNECTION_LOST',
  UND_ERR_SOCKET: 'UPSTREAM_CONNECTION_LOST',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'UPSTREAM_BAD_RESPONSE',
  UND_ERR_HEADERS_OVERFLOW: 'UPSTREAM_BAD_RESPONSE',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'UPSTREAM_RESPONSE_TOO_LARGE',
};

const WORDS: Partial<Record<ErrorCode, string>> = {
  UPSTREAM_UNREACHABLE: 'no connection could be made; check that it runs and that its URL is right.',
  UPSTREAM_TIMEOUT: 'no complete answer came in time.',
  UPSTREAM_CONNECTION_LOST: 'the connection broke before the answer was complete.',
  UPSTREAM_RESPONSE_TOO_LARGE: 'the answer exceeds the size limit.',
};

/** Names what undici raised. `timedOut`: the call's own total time was used up. */
export function connectionError(backend: string, error: unknown, timedOut: boolean): GatewayError {
  const code = timedOut ? 'UPSTREAM_TIMEOUT' : classify(error);
  const words = WORDS[code] ?? 'the answer is not proper HTTP.';
  return new GatewayError(code, `${backend}: ${words}`, { backend, cause: error });
}

/** The `code` that Node and undici put on what they throw; '' without one. */
export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

function classify(error: unknown): ErrorCode {
  const code = errorCode(error);
  if (/^(ERR_TLS|CERT_|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)) return 'UPSTREAM_UNREACHABLE';
  return BY_UNDICI_CODE[code] ?? 'UPSTREAM_BAD_RESPONSE';
}
