// The one closed table of error codes. The schema's ErrorCode, docs/errors.md and every raised error are held against it.

interface CodeFacts {
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
  /** What happened, as clients and operators read it. */
  readonly meaning: string;
}

/** Codes of errors that occur while an operation runs: `extensions.code` and, on writes, `userErrors`. */
export const ERROR_CODES = {
  BAD_USER_INPUT: {
    retryable: false,
    meaning: 'An argument or variable is not acceptable; the message names it.',
  },
  UNAUTHENTICATED: {
    retryable: false,
    meaning: 'The caller, or the credential used at a backend, was not accepted.',
  },
  FORBIDDEN: { retryable: false, meaning: 'The caller may not do this.' },
  NOT_FOUND: { retryable: false, meaning: 'The backend does not know the account.' },
  AMBIGUOUS_LINK: {
    retryable: false,
    meaning: 'An address belongs to several accounts, so it identifies nobody.',
  },
  UNSUPPORTED: {
    retryable: false,
    meaning: 'No backend offers this with the credentials that the gateway holds.',
  },
  UPSTREAM_UNREACHABLE: {
    retryable: true,
    meaning: 'No connection to the backend: refused, DNS, TLS or connect timeout.',
  },
  UPSTREAM_TIMEOUT: { retryable: true, meaning: 'The backend did not answer in time.' },
  UPSTREAM_CONNECTION_LOST: {
    retryable: true,
    meaning: 'The connection broke before the answer was complete.',
  },
  UPSTREAM_ERROR: {
    retryable: true,
    meaning: 'The backend answered with a server error, or refused the gateway’s own credential.',
  },
  UPSTREAM_REJECTED: { retryable: false, meaning: 'The backend refused the request.' },
  UPSTREAM_RATE_LIMITED: { retryable: true, meaning: 'The backend asks to slow down.' },
  UPSTREAM_BAD_RESPONSE: { retryable: true, meaning: 'The backend’s answer is not what its contract says.' },
  UPSTREAM_RESPONSE_TOO_LARGE: { retryable: false, meaning: 'The backend’s answer exceeds the size limit.' },
  UPSTREAM_REDIRECT_BLOCKED: {
    retryable: false,
    meaning: 'The backend answered with a redirect, which is never followed.',
  },
  DEADLINE_EXCEEDED: { retryable: true, meaning: 'The time for the whole operation was used up.' },
  BUDGET_EXCEEDED: {
    retryable: false,
    meaning: 'The operation would need more backend calls than one operation may make.',
  },
  INTERNAL_SERVER_ERROR: {
    retryable: false,
    meaning: 'A fault of the gateway; the request id finds it in the log.',
  },
} as const satisfies Record<string, CodeFacts>;

/** Codes of requests that are refused before an operation runs. */
export const REQUEST_ERROR_CODES = {
  BAD_REQUEST: { retryable: false, meaning: 'The HTTP request is not a GraphQL request.' },
  METHOD_NOT_ALLOWED: {
    retryable: false,
    meaning: 'The path does not take this HTTP method; see the Allow header.',
  },
  PAYLOAD_TOO_LARGE: { retryable: false, meaning: 'The request body exceeds the size limit.' },
  UNSUPPORTED_MEDIA_TYPE: { retryable: false, meaning: 'The body is not application/json in UTF-8.' },
  GRAPHQL_PARSE_FAILED: { retryable: false, meaning: 'The document is not GraphQL.' },
  GRAPHQL_VALIDATION_FAILED: { retryable: false, meaning: 'The document does not fit the schema.' },
  OPERATION_RESOLUTION_FAILURE: {
    retryable: false,
    meaning: 'The document holds no operation of the given name.',
  },
} as const satisfies Record<string, CodeFacts>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorDetails {
  /** Slug of the backend that failed. */
  readonly backend?: string;
  /** The backend's status code; absent when no answer arrived. */
  readonly httpStatus?: number;
  readonly retryAfterMs?: number;
  /** The backend's own id of the failed request, for its support. */
  readonly upstreamTxId?: string;
  readonly cause?: unknown;
}

/** Every failure the gateway reports on purpose; the message is written for clients and holds no secrets. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly backend: string | undefined;
  readonly httpStatus: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly upstreamTxId: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.backend = details.backend;
    this.httpStatus = details.httpStatus;
    this.retryAfterMs = details.retryAfterMs;
    this.upstreamTxId = details.upstreamTxId;
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }
}
