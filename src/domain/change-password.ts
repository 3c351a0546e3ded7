// Setting a person's password at the backends that keep one.
import { GatewayError, type ErrorCode } from '../errors.js';
import { mayWriteAnybody } from './access.js';
import { accessBy } from './explain.js';
import { problemOf, type BackendOutcome, type FieldOutcome, type Problem } from './outcome.js';
import type { Person } from './person.js';
import type { WriteCall } from './ports.js';
import { BACKENDS, type Backend } from './profile.js';
import type { Selection } from './read-profiles.js';
import {
  findPerson,
  isProblem,
  rejected,
  runFor,
  unlinkedProblem,
  type WriteContext,
  type WriteResult,
} from './write-profiles.js';

export interface PasswordRequest {
  readonly profileId: string;
  /** Left out: Mind and omnivibe, as far as the person is there. */
  readonly backends?: readonly Backend[] | null | undefined;
  readonly currentPassword?: string | null | undefined;
  readonly newPassword: string;
}

/** Backends that keep a password of the person's own; v2 has no endpoint for it. */
const KEEPERS: readonly Backend[] = ['mind', 'omnivibe'];
const MAX_LENGTH = 1_024;

export async function changePassword(
  context: WriteContext,
  request: PasswordRequest,
  selection: Selection,
): Promise<WriteResult> {
  const problem = brokenRule(request.newPassword);
  if (problem !== null) return rejected(problem);
  if (request.backends?.length === 0) {
    const message = 'Argument "backends" must name a backend, or be left out.';
    return rejected({ code: 'BAD_USER_INPUT', message });
  }
  const found = await findPerson(context, request.profileId, NOTHING);
  if (isProblem(found)) return rejected(found);
  const asked = BACKENDS.filter((backend) => (request.backends ?? KEEPERS).includes(backend));
  const plans = await Promise.all(asked.map((backend) => planFor(context, found, backend, request)));
  const isOnAny = plans.some((plan) => isOutcome(plan) || plan.code !== 'NOT_LINKED');
  const outcomes = asked.flatMap((backend, i): BackendOutcome[] => {
    const plan = plans[i];
    if (plan === undefined) return [];
    if (isOutcome(plan)) return [plan];
    // Where no backend was named, those that the person is not on are not meant.
    const isMeant = request.backends != null || plan.code !== 'NOT_LINKED' || !isOnAny;
    return isMeant ? [outcomeOf(backend, plan, null)] : [];
  });
  return runFor(context, found, outcomes, selection);
}

const NOTHING: Selection = { backends: new Set(), omnivibeDepth: 'listed' };

function brokenRule(password: string): Problem | null {
  const isUsable =
    password.trim() !== '' && !/\p{Cc}|\p{Cs}/u.test(password) && password.length <= MAX_LENGTH;
  if (isUsable) return null;
  const message = `Argument "newPassword" must have 1 to ${MAX_LENGTH} characters, none of them a control character.`;
  return { code: 'INVALID_VALUE', message };
}

async function planFor(
  context: WriteContext,
  person: Person,
  backend: Backend,
  request: PasswordRequest,
): Promise<BackendOutcome | Problem> {
  try {
    return await planAt(context, person, backend, request);
  } catch (error) {
    if (error instanceof GatewayError) return problemOf(error);
    throw error;
  }
}

async function planAt(
  { writers, read }: WriteContext,
  person: Person,
  backend: Backend,
  { currentPassword, newPassword }: PasswordRequest,
): Promise<BackendOutcome | Problem> {
  if (backend === 'v2') {
    return { code: 'UNSUPPORTED', message: 'v2: there is no endpoint that sets a password.' };
  }
  const ref = await person.ref(backend);
  const { mind, omnivibe } = writers;
  if (ref === null) return unlinkedProblem(person, backend);
  const { access, message } = await accessBy(person, backend, {
    isShown: false,
    writer: {
      as: 'password',
      isWriteOnly: true,
      ...(backend === 'omnivibe' &&
        read.readers.omnivibe?.needsOwnToken('password') === true && { isSelfOnly: true }),
    },
  });
  if (access !== 'WRITE_ONLY') {
    return { code: 'FORBIDDEN', message: `${backend}: not for this caller. ${message ?? ''}`.trim() };
  }
  if (backend === 'mind') {
    return mind === null
      ? { code: 'UNSUPPORTED', message: 'mind: the backend takes no part.' }
      : outcomeOf('mind', null, mind.passwordCall(ref.id, newPassword));
  }
  const acceptance = omnivibe?.acceptPassword(newPassword);
  if (acceptance?.isAccepted === false) {
    return { code: acceptance.code, message: `omnivibe: the password ${acceptance.rule}.` };
  }
  // Held against the present password where the person's own token can do so.
  const isOwn = currentPassword != null && (await person.holdsOwnToken('omnivibe'));
  const passwords = { current: isOwn ? currentPassword : null, next: newPassword };
  const options = { isBulk: false, isOwnTokenOnly: !mayWriteAnybody(read.caller) };
  const call = omnivibe?.passwordCall(ref.id, passwords, options) ?? null;
  if (call !== null) return outcomeOf('omnivibe', null, call);
  const reason = 'omnivibe: setting it with the person’s own token takes "currentPassword".';
  return { code: 'INVALID_VALUE', message: reason };
}

function isOutcome(plan: BackendOutcome | Problem): plan is BackendOutcome {
  return 'backend' in plan;
}

/** What is not sent because it cannot be, rather than because somebody refuses it or fails. */
const SKIPS: readonly ErrorCode[] = ['NOT_LINKED', 'AMBIGUOUS_LINK', 'UNSUPPORTED', 'INVALID_VALUE'];

function outcomeOf(backend: Backend, problem: Problem | null, call: WriteCall | null): BackendOutcome {
  const state = problem === null ? 'PLANNED' : SKIPS.includes(problem.code) ? 'SKIPPED' : 'FAILED';
  const field: FieldOutcome = {
    field: 'password',
    state,
    before: null,
    after: null,
    problem,
    show: null,
    isWriteOnly: true,
  };
  return {
    backend,
    calls: call === null ? [] : [call],
    fields: [field],
    upstreamTxId: null,
    message: null,
    mend: null,
  };
}
