import { CombinedGraphQLErrors, ServerError } from '@apollo/client';
import type { Backend, ErrorCode } from './generated/graphql.js';

/** One of an answer's `errors`, or of a write's `userErrors`. */
export interface Problem {
  /** An ErrorCode, or the code of a request that was refused before it ran. */
  readonly code: string;
  readonly message: string;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
  readonly backend?: Backend | null;
  readonly retryAfterMs?: number;
  /** Finds the request in the gateway's log. */
  readonly requestId?: string;
}

/** What an error of the client's stands for; the gateway's own words where it has answered. */
export function problemsOf(error: unknown): readonly Problem[] {
  if (error === undefined || error === null) return [];
  if (CombinedGraphQLErrors.is(error)) return error.errors.map(toProblem);
  const refusals = refusalsOf(error);
  if (refusals.length > 0) return refusals;
  return [{ code: 'NO_ANSWER', message: 'The gateway did not answer.', retryable: true }];
}

/** Why the gateway has refused a request as a whole, without running it; none when somebody else has, or nobody answered. */
export function refusalsOf(error: unknown): readonly Problem[] {
  if (!ServerError.is(error)) return [];
  try {
    const { errors } = JSON.parse(error.bodyText) as { readonly errors?: readonly Answered[] };
    return errors?.map(toProblem) ?? [];
  } catch {
    return [];
  }
}

/** What the user interface does about a problem. */
export type Reaction =
  'SIGN_IN' | 'TRY_AGAIN' | 'CORRECT_INPUT' | 'READ_AGAIN' | 'ASK_FOR_LESS' | 'SAY_SO' | 'REPORT';

const REACTIONS: Readonly<Record<ErrorCode, Reaction>> = {
  UNAUTHENTICATED: 'SIGN_IN',
  UPSTREAM_UNREACHABLE: 'TRY_AGAIN',
  UPSTREAM_TIMEOUT: 'TRY_AGAIN',
  UPSTREAM_CONNECTION_LOST: 'TRY_AGAIN',
  UPSTREAM_ERROR: 'TRY_AGAIN',
  UPSTREAM_RATE_LIMITED: 'TRY_AGAIN',
  UPSTREAM_BAD_RESPONSE: 'TRY_AGAIN',
  UPSTREAM_CIRCUIT_OPEN: 'TRY_AGAIN',
  UPSTREAM_BUSY: 'TRY_AGAIN',
  DEADLINE_EXCEEDED: 'TRY_AGAIN',
  OVERLOADED: 'TRY_AGAIN',
  BAD_USER_INPUT: 'CORRECT_INPUT',
  INVALID_VALUE: 'CORRECT_INPUT',
  NOT_CLEARABLE: 'CORRECT_INPUT',
  DUPLICATE_ITEM: 'CORRECT_INPUT',
  STALE_VERSION: 'READ_AGAIN',
  CONFLICT: 'READ_AGAIN',
  NOT_FOUND: 'READ_AGAIN',
  UPSTREAM_REJECTED: 'READ_AGAIN',
  BUDGET_EXCEEDED: 'ASK_FOR_LESS',
  UPSTREAM_RESPONSE_TOO_LARGE: 'ASK_FOR_LESS',
  FORBIDDEN: 'SAY_SO',
  NOT_LINKED: 'SAY_SO',
  AMBIGUOUS_LINK: 'SAY_SO',
  READ_ONLY: 'SAY_SO',
  UNSUPPORTED: 'SAY_SO',
  UPSTREAM_REDIRECT_BLOCKED: 'REPORT',
  INTERNAL_SERVER_ERROR: 'REPORT',
};

/** Releases may add codes; those that are not known here are judged by `retryable`. */
export function reactionTo({ code, retryable }: Problem): Reaction {
  const known: Readonly<Partial<Record<string, Reaction>>> = REACTIONS;
  return known[code] ?? (retryable ? 'TRY_AGAIN' : 'REPORT');
}

interface Answered {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

function toProblem({ message, extensions = {} }: Answered): Problem {
  return { code: 'INTERNAL_SERVER_ERROR', retryable: false, ...extensions, message };
}
