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
  NOT_LINKED: {
    retryable: false,
    meaning: 'The person has no account on the backend that would have to be written.',
  },
  INVALID_VALUE: {
    retryable: false,
    meaning: 'A value is not acceptable, for every backend or for the one named; the message tells the rule.',
  },
  READ_ONLY: { retryable: false, meaning: 'The backend shows the field and does not let it be changed.' },
  NOT_CLEARABLE: { retryable: false, meaning: 'The backend cannot be without a value in this field.' },
  UNSUPPORTED: {
    retryable: false,
    meaning: 'No backend offers this with the credentials that the gateway holds.',
  },
  STALE_VERSION: {
    retryable: false,
    meaning: 'What `ifVersion` stands for has changed since; read again before writing.',
  },
  CONFLICT: { retryable: false, meaning: 'Somebody or something else already has what was asked for.' },
  DUPLICATE_ITEM: { retryable: false, meaning: 'Several updates of one bulk name the same person.' },
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
  UPSTREAM_REJECTED: {
    retryable: false,
    meaning: 'The backend refused the request, or took it and does not show what was written.',
  },
  UPSTREAM_RATE_LIMITED: { retryable: true, meaning: 'The backend asks to slow down.' },
  UPSTREAM_BAD_RESPONSE: { retryable: true, meaning: 'The backend’s answer is not what its contract says.' },
  UPSTREAM_RESPONSE_TOO_LARGE: { retryable: false, meaning: 'The backend’s answer exceeds the size limit.' },
  UPSTREAM_REDIRECT_BLOCKED: {
    retryable: false,
    meaning: 'The backend answered with a redirect, which is never followed.',
  },
  UPSTREAM_CIRCUIT_OPEN: {
    retryable: true,
    meaning: 'The backend has failed so often of late that it is left alone for a while; nothing was sent.',
  },
  UPSTREAM_BUSY: {
    retryable: true,
    meaning: 'Too many requests to the backend, or too large answers, are under way already.',
  },
  DEADLINE_EXCEEDED: { retryable: true, meaning: 'The time for the whole operation was used up.' },
  BUDGET_EXCEEDED: {
    retryable: false,
    meaning: 'The operation would need more backend calls than one operation may make.',
  },
  OVERLOADED: {
    retryable: true,
    meaning: 'The gateway has more to do than it can take on; the operation was not run.',
  },
  INTERNAL_SERVER_ERROR: {
    retryable: false,
    meaning: 'A fault of the gateway; the request id finds it in the log.',
  },
} as const satisfies Record<string, CodeFacts>;

/** Codes of requests that are refused before an operation runs. */
export const REQUEST_ERROR_CODES = {
  BAD_REQUEST: { retryable: false, meaning: 'The HTTP request is not a GraphQL request.' },
  HEADERS_TOO_LARGE: { retryable: false, meaning: 'The headers of the request exceed 16 KiB.' },
  REQUEST_TIMEOUT: {
    retryable: true,
    meaning: 'The request did not arrive in time: its headers within 10 seconds, the whole of it within 15.',
  },
  METHOD_NOT_ALLOWED: {
    retryable: false,
    meaning: 'The path does not take this HTTP method; see the Allow header.',
  },
  PAYLOAD_TOO_LARGE: { retryable: false, meaning: 'The request body exceeds the size limit.' },
  UNSUPPORTED_MEDIA_TYPE: { retryable: false, meaning: 'The body is not application/json in UTF-8.' },
  MAX_TOKENS_LIMIT: { retryable: false, meaning: 'The document has more than 2,000 tokens or comments.' },
  MAX_FRAGMENTS_LIMIT: { retryable: false, meaning: 'The document has more than 50 fragments.' },
  MAX_DEPTH_LIMIT: {
    retryable: false,
    meaning: 'The operation nests fields deeper than 10 levels; introspection does not count.',
  },
  MAX_ALIASES_LIMIT: { retryable: false, meaning: 'The operation has more than 30 aliases.' },
  MAX_ROOT_FIELDS_LIMIT: {
    retryable: false,
    meaning: 'The operation has more than 20 root fields, or a mutation more than 5 or more than one bulk.',
  },
  MAX_DIRECTIVES_LIMIT: { retryable: false, meaning: 'The operation has more than 50 directives.' },
  MAX_SELECTIONS_LIMIT: { retryable: false, meaning: 'The operation has more than 1,000 selections.' },
  DOCUMENT_NOT_TRUSTED: {
    retryable: false,
    meaning: 'Only documents that the operator has listed are taken, and this is none of them.',
  },
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
  /** Left out: as its code. */
  readonly retryable?: boolean;
  /** The backend's own id of the failed request, for its support. */
  readonly upstreamTxId?: string;
  /** What went wrong on the wire, as metrics and logs name it. */
  readonly fault?: string;
  /** What is known of a request that failed; left out, the status and the code tell. */
  readonly delivery?: Delivery;
  readonly cause?: unknown;
}

/**
 * Where a failed request got to: `unsent`, it never left the gateway; `refused`, the backend answered no; `unknown`, it may
 * have taken effect.
 */
export type Delivery = 'unsent' | 'refused' | 'unknown';

/** Codes under which a request may have taken effect although its answer is lost or unusable. */
const UNKNOWN_DELIVERY: readonly ErrorCode[] = [
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_CONNECTION_LOST',
  'UPSTREAM_ERROR',
  'UPSTREAM_BAD_RESPONSE',
  'UPSTREAM_RESPONSE_TOO_LARGE',
  'DEADLINE_EXCEEDED',
];

/** Every failure the gateway reports on purpose; the message is written for clients and holds no secrets. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly backend: string | undefined;
  readonly httpStatus: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly upstreamTxId: string | undefined;
  readonly retryable: boolean;
  readonly fault: string | undefined;
  readonly delivery: Delivery;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.backend = details.backend;
    this.httpStatus = details.httpStatus;
    this.retryAfterMs = details.retryAfterMs;
    this.upstreamTxId = details.upstreamTxId;
    this.retryable = details.retryable ?? ERROR_CODES[code].retryable;
    this.fault = details.fault;
    this.delivery = details.delivery ?? deliveryOf(code, details.httpStatus);
  }
}

/** The backend, or a proxy before it, gave up waiting: what was sent may have arrived. */
const GIVEN_UP = [408, 499];

function deliveryOf(code: ErrorCode, httpStatus: number | undefined): Delivery {
  if (httpStatus !== undefined && GIVEN_UP.includes(httpStatus)) return 'unknown';
  if (httpStatus !== undefined && httpStatus >= 300 && httpStatus < 500) return 'refused';
  return UNKNOWN_DELIVERY.includes(code) ? 'unknown' : 'unsent';
}
