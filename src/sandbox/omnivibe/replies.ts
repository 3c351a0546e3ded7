// The answers of the omnivibe sandbox that several endpoints share.
import type { components } from '../../adapters/omnivibe/wire.generated.js';
import type { SandboxReply } from '../core/backend-server.js';

type Schemas = components['schemas'];

/** One rule that a value breaks, in the vendor's words. */
export interface Violation {
  readonly attribute: string;
  readonly message: string;
}

/** 200, empty without a value. */
export function ok(json?: unknown): SandboxReply {
  return { status: 200, json };
}

/** What the application answers when it refuses. */
export function problem(status: number, error: string): SandboxReply {
  return { status, json: { error } satisfies Schemas['Problem'] };
}

/** What the framework answers when no code of the application did. */
export function frameworkProblem(status: number, error: string): SandboxReply {
  return { status, json: { status, error } satisfies Schemas['FrameworkProblem'] };
}

/** 422 that lists every broken rule. */
export function invalid(violations: readonly Violation[]): SandboxReply {
  const json: Schemas['ValidationProblem'] = {
    message: violations.map(({ message }) => message).join(', '),
    attributes: [...new Set(violations.map(({ attribute }) => attribute))],
  };
  return { status: 422, json };
}

/** No credential reached the app API. */
export const NOT_SIGNED_IN: SandboxReply = {
  status: 401,
  json: {
    errors: ['You need to sign in or sign up before continuing.'],
  } satisfies Schemas['SignInProblem'],
};
/** The app API's 404. */
export const RECORD_MISSING = problem(404, 'Resource could not be found');
/** The platform API's 404, and that of unknown paths. */
export const NOT_FOUND = frameworkProblem(404, 'Not Found');
/** An exception that nobody caught. */
export const SERVER_ERROR = frameworkProblem(500, 'Internal Server Error');
