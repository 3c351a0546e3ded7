// What came of a write, or would come of it: one outcome a backend, one field outcome a field. A plan is an outcome that has
// not happened yet.
import { ERROR_CODES, type ErrorCode, type GatewayError } from '../errors.js';
import type { Readers, WriteCall } from './ports.js';
import type { Backend, JsonValue } from './profile.js';

/** From the worst to the best: a backend's state is the worst of its fields. */
const STATES = [
  'UNCERTAIN',
  'FAILED',
  'MISMATCH',
  'SKIPPED',
  'PLANNED',
  'ACCEPTED',
  'VERIFIED',
  'UNCHANGED',
] as const;
export type OutcomeState = (typeof STATES)[number];

/** Why a field was not written, or not as wanted. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  /** Left out: as its code. */
  readonly retryable?: boolean;
}

/** What a backend shows of a field; undefined where it does not tell. */
export type Shown = JsonValue | undefined;

export interface FieldOutcome {
  /** Dotted path, as in the ownership table; what is no field of a profile has a name of the same form. */
  readonly field: string;
  readonly state: OutcomeState;
  readonly before: JsonValue;
  /** What shall be there; once settled, what was found to be there, or, where nothing shows it, what was sent. */
  readonly after: JsonValue;
  readonly problem: Problem | null;
  /** Reads what is there; null where nothing shows it. Throws GatewayError. */
  readonly show: ((readers: Readers) => Promise<Shown>) | null;
  /** True where the backend is not documented to show it: what is found there is no proof, ACCEPTED is as good as it gets. */
  readonly isWriteOnly: boolean;
}

export interface BackendOutcome {
  readonly backend: Backend;
  readonly calls: readonly WriteCall[];
  readonly fields: readonly FieldOutcome[];
  /** The backend's own id of a request that failed, for its support. */
  readonly upstreamTxId: string | null;
  /** What to know beside the state. */
  readonly message: string | null;
  /** Looks whether the calls have cost anything that they were not meant to change, and brings it back. */
  readonly mend: ((readers: Readers) => Promise<Mended | null>) | null;
}

/** Something that a write has cost and that was brought back, as far as that could be done. */
export interface Mended {
  readonly call: WriteCall;
  readonly field: FieldOutcome;
  /** The field as it turns out to be. */
  readonly confirm: (readers: Readers) => Promise<FieldOutcome>;
}

export type MutationStatus = 'APPLIED' | 'PARTIAL' | 'UNCHANGED' | 'REJECTED' | 'FAILED';

/** A failure or a skip, told once. */
export interface UserError extends Problem {
  /** The fields that it concerns; null for the whole update. */
  readonly field: readonly string[] | null;
  readonly backend: Backend | null;
  readonly retryable: boolean;
}

export function worstState(fields: readonly FieldOutcome[]): OutcomeState {
  return STATES.find((state) => fields.some((field) => field.state === state)) ?? 'UNCHANGED';
}

/** Nobody expects these to be written, so they do not make an update less than applied. */
const NOT_COUNTED: readonly ErrorCode[] = ['NOT_LINKED', 'AMBIGUOUS_LINK', 'READ_ONLY', 'UNSUPPORTED'];

/** The state of the whole, from the fields of all backends. */
export function statusOf(outcomes: readonly BackendOutcome[]): MutationStatus {
  const count = { told: 0, unchanged: 0, written: 0, unwritten: 0, uncertain: 0 };
  let isRefused = true;
  for (const { fields, calls } of outcomes) {
    if (calls.length > 0) isRefused = false;
    for (const field of fields) {
      const { state, problem } = field;
      count.told += 1;
      if (state === 'SKIPPED' && problem !== null && NOT_COUNTED.includes(problem.code)) continue;
      if (state === 'UNCHANGED') count.unchanged += 1;
      else if (state === 'UNCERTAIN') count.uncertain += 1;
      else if (state === 'VERIFIED' || state === 'ACCEPTED') count.written += 1;
      else {
        count.unwritten += 1;
        if (isBackendsFault(field)) isRefused = false;
      }
    }
  }
  if (count.uncertain > 0) return 'PARTIAL';
  if (count.unwritten > 0 && count.written > 0) return 'PARTIAL';
  if (count.unwritten > 0) return isRefused ? 'REJECTED' : 'FAILED';
  if (count.written > 0) return 'APPLIED';
  return count.unchanged > 0 || count.told === 0 ? 'UNCHANGED' : 'REJECTED';
}

function isBackendsFault({ problem }: FieldOutcome): boolean {
  return problem !== null && (ERROR_CODES[problem.code].retryable || problem.code.startsWith('UPSTREAM_'));
}

/** Every failure and skip of the outcomes, once: fields with the same problem at the same backend share an error. */
export function userErrorsOf(outcomes: readonly BackendOutcome[]): UserError[] {
  return outcomes.flatMap(({ backend, fields }) => {
    if (fields.every(({ problem }) => problem === null)) return [];
    const errors = new Map<string, UserError>();
    for (const { field, problem } of fields) {
      if (problem === null) continue;
      const key = `${problem.code} ${problem.message}`;
      const others = errors.get(key)?.field ?? [];
      errors.set(key, { ...userError(problem, backend), field: [...others, field] });
    }
    return [...errors.values()];
  });
}

export function userError(problem: Problem, backend: Backend | null = null): UserError {
  const retryable = problem.retryable ?? ERROR_CODES[problem.code].retryable;
  return { ...problem, field: null, backend, retryable };
}

export function problemOf({ code, message, retryable }: GatewayError): Problem {
  // Only where it differs from what the code says.
  return retryable === ERROR_CODES[code].retryable ? { code, message } : { code, message, retryable };
}
