// Creating a person: one account at each named backend, then what the creation could not take, then a look at what is there.
import { GatewayError } from '../errors.js';
import { mayWriteAnybody } from './access.js';
import { depthOfFields } from './explain.js';
import { ANCHOR_ORDER } from './identity.js';
import { problemOf, type BackendOutcome, type FieldOutcome, type Problem } from './outcome.js';
import { OWNERSHIP, type FieldPath } from './ownership.js';
import { readPatch, wantedText, type Wish } from './patch.js';
import { orElse } from './eventual.js';
import { createPerson } from './person.js';
import { changesOf } from './plan-update.js';
import type { BackendWriter, Readers, WriteCall } from './ports.js';
import { BACKENDS, formatRef, type AccountRef, type Backend, type JsonValue } from './profile.js';
import type { Selection } from './read-profiles.js';
import { runOutcomes } from './run-update.js';
import { isSameValue } from './same-value.js';
import { showing } from './shown.js';
import {
  isProblem,
  readForAnswer,
  rejected,
  resultOf,
  type WriteContext,
  type WriteResult,
} from './write-profiles.js';

export interface CreateRequest {
  readonly backends: readonly Backend[];
  readonly patch: object;
  readonly sendActivationMail?: boolean | null | undefined;
}

/** Without these nobody is complete anywhere; v2 wants a username too. */
const REQUIRED: readonly FieldPath[] = ['email', 'firstName', 'lastName'];

/** Creates the accounts. Refused as a whole with CONFLICT where a named backend already has one with that address. */
export async function createProfile(
  context: WriteContext,
  request: CreateRequest,
  selection: Selection,
): Promise<WriteResult> {
  const read = readPatch(request.patch);
  if (isProblem(read)) return rejected(read);
  // There is nothing to clear yet.
  const wishes = read.filter(({ value }) => value !== null);
  const problem = whyRefused(request, wishes);
  if (problem !== null) return rejected(problem);
  const backends = BACKENDS.filter((backend) => request.backends.includes(backend));
  if (!mayWriteAnybody(context.read.caller)) {
    const denied = new GatewayError('FORBIDDEN', 'Creating people needs updateSpecificProfile.');
    const plans = backends.map((backend) =>
      failedPlan(planCreation(context, backend, wishes, request), denied),
    );
    const outcomes = await Promise.all(
      plans.map((plan) => outcomeOf(context, { plan, ref: null }, context.read.readers)),
    );
    return resultOf(null, outcomes);
  }
  const email = wantedText(wishes, 'email') ?? '';
  const holders = await Promise.all(
    backends.map((backend) => findHolders(context.read.readers, backend, email)),
  );
  const taken = holders.flatMap((found) => (found instanceof GatewayError ? [] : found));
  if (taken.length > 0) {
    const message = `The address is already that of ${taken.map(formatRef).join(', ')}. Nothing was created.`;
    return rejected({ code: 'CONFLICT', message }, null, taken[0]?.backend ?? null);
  }

  const created = await Promise.all(
    backends.map(async (backend, i): Promise<Created> => {
      const unsearched = holders[i];
      const plan = planCreation(context, backend, wishes, request);
      // Whether somebody has the address could not be found out, so nobody may be created.
      if (unsearched instanceof GatewayError) return { plan: failedPlan(plan, unsearched), ref: null };
      return create(context, plan, email);
    }),
  );
  return finish(context, created, selection);
}

function whyRefused({ backends }: CreateRequest, wishes: readonly Wish[]): Problem | null {
  if (backends.length === 0) {
    return { code: 'BAD_USER_INPUT', message: 'Argument "backends" must name at least one backend.' };
  }
  const refused = wishes.find(({ field, problem }) => REQUIRED.includes(field) && problem !== null);
  if (refused?.problem != null) return refused.problem;
  const missing = REQUIRED.filter((field) => wishes.every((wish) => wish.field !== field));
  if (missing.length === 0) return null;
  return { code: 'INVALID_VALUE', message: `A new person needs ${missing.join(', ')}.` };
}

async function findHolders(
  readers: Readers,
  backend: Backend,
  email: string,
): Promise<readonly AccountRef[] | GatewayError> {
  try {
    return (await readers[backend]?.searchByEmail(email)) ?? [];
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

/** What is to be created at a backend; without a call, nothing is, and each field says why. */
interface CreationPlan {
  readonly backend: Backend;
  readonly call: WriteCall | null;
  readonly fields: readonly FieldOutcome[];
}

/** A creation that was tried; `ref` is the new account, where there is one. */
interface Created {
  readonly plan: CreationPlan;
  readonly ref: AccountRef | null;
  /** Undefined: never sent; null: taken. */
  readonly error?: GatewayError | null;
}

function planCreation(
  { writers }: WriteContext,
  backend: Backend,
  wishes: readonly Wish[],
  { backends, sendActivationMail }: CreateRequest,
): CreationPlan {
  const writer = writers[backend] as BackendWriter<Backend> | null;
  const isTaken = (field: FieldPath, at: Backend) => isTakenBy(field, at) && !isOutdone(field, at, wishes);
  const mine = wishes.filter(
    ({ field }) => isTaken(field, backend) || !backends.some((other) => isTaken(field, other)),
  );
  const fields = mine.map((wish) => planField(wish, wishes, backend, writer));
  const skipAll = (problem: Problem): CreationPlan => ({
    backend,
    call: null,
    fields: fields.map((field) =>
      field.state === 'PLANNED' ? { ...field, state: 'SKIPPED', after: null, problem } : field,
    ),
  });
  if (writer === null)
    return skipAll({ code: 'UNSUPPORTED', message: `${backend}: the backend takes no part.` });
  const lacking = fields.find(({ field, state }) => state !== 'PLANNED' && isNeeded(field, backend));
  if (lacking?.problem != null) return skipAll(lacking.problem);
  try {
    const call = writer.createCall({
      fields: changesOf(fields),
      sendActivationMail: sendActivationMail ?? true,
    });
    return { backend, call, fields };
  } catch (error) {
    if (error instanceof GatewayError) return skipAll(problemOf(error));
    throw error;
  }
}

function isNeeded(field: string, backend: Backend): boolean {
  return REQUIRED.some((required) => required === field) || (backend === 'v2' && field === 'username');
}

/** The same field of Mind under its own name is meant more closely. */
function isOutdone(field: FieldPath, backend: Backend, wishes: readonly Wish[]): boolean {
  const isOwnNameGiven = wishes.some((wish) => wish.field === 'mind.nameAlias');
  return field === 'displayName' && backend === 'mind' && isOwnNameGiven;
}

/** Mind takes the address on creation, and only then. */
function isTakenBy(field: FieldPath, backend: Backend): boolean {
  return OWNERSHIP[field].write[backend] !== undefined || (backend === 'mind' && field === 'email');
}

function planField(
  wish: Wish,
  wishes: readonly Wish[],
  backend: Backend,
  writer: BackendWriter<Backend> | null,
): FieldOutcome {
  const { field } = wish;
  const isWhole = backend === 'omnivibe' && (field === 'firstName' || field === 'lastName');
  const value = isWhole ? wholeName(wishes) : wish.value;
  const outcome = (
    state: 'PLANNED' | 'SKIPPED',
    after: JsonValue,
    problem: Problem | null,
  ): FieldOutcome => ({
    field,
    state,
    before: null,
    after,
    problem,
    show: null,
    isWriteOnly: OWNERSHIP[field].write[backend]?.isWriteOnly === true,
  });
  if (wish.problem !== null) return outcome('SKIPPED', null, wish.problem);
  if (!isTakenBy(field, backend) || isOutdone(field, backend, wishes)) {
    const message = `${backend}: there is no such field as ${field}.`;
    return outcome('SKIPPED', null, { code: 'UNSUPPORTED', message });
  }
  const acceptance = writer?.accept(field, value);
  if (acceptance?.isAccepted === false) {
    const { code, rule } = acceptance;
    return outcome('SKIPPED', null, { code, message: `${backend}: ${field} ${rule}.` });
  }
  return outcome('PLANNED', acceptance?.value ?? value, null);
}

function wholeName(wishes: readonly Wish[]): string {
  return `${wantedText(wishes, 'firstName') ?? ''} ${wantedText(wishes, 'lastName') ?? ''}`;
}

function failedPlan(plan: CreationPlan, error: GatewayError): CreationPlan {
  const failed = { state: 'FAILED', after: null, problem: problemOf(error) } as const;
  const fields = plan.fields.map((field) => (field.state === 'PLANNED' ? { ...field, ...failed } : field));
  return { ...plan, call: null, fields };
}

/** Sends the creation, and finds the new account where the answer does not name it or was lost. */
async function create(context: WriteContext, plan: CreationPlan, email: string): Promise<Created> {
  const { backend, call } = plan;
  if (call === null) return { plan, ref: null };
  try {
    const id = await call.send();
    if (id !== null) return await unlessKnown(context, plan, { backend, id });
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (error.delivery !== 'unknown') return { plan, ref: null, error };
    const ref = await findCreated(context, backend, email);
    // Who was not heard to the end may still be at it.
    const isOpen = ref === undefined || (ref === null && error.code === 'DEADLINE_EXCEEDED');
    if (isOpen) return { plan, ref: null, error };
    if (ref !== null) return { plan, ref, error: null };
    const notCreated = new GatewayError(error.code, error.message, { backend, delivery: 'refused' });
    return { plan, ref: null, error: notCreated };
  }
  const ref = await findCreated(context, backend, email);
  if (ref != null) return { plan, ref, error: null };
  const message = `${backend}: the new account was taken and is not found there.`;
  return { plan, ref: null, error: new GatewayError('UPSTREAM_BAD_RESPONSE', message, { backend }) };
}

/** omnivibe answers a taken address with the user who has it, unchanged: under another name, or with memberships already, an account is no new one. */
async function unlessKnown(context: WriteContext, plan: CreationPlan, ref: AccountRef): Promise<Created> {
  const created: Created = { plan, ref, error: null };
  if (ref.backend !== 'omnivibe') return created;
  try {
    const { omnivibe } = context.reopen();
    const account = await omnivibe?.accountById(ref.id, 'profile');
    const wanted = plan.fields.find(({ field }) => field === 'firstName')?.after;
    // The platform makes users who are a member of nothing yet.
    const isMember = omnivibe?.canSearch !== true && (account?.memberships?.length ?? 0) > 0;
    if (account?.name == null || (isSameValue(account.name, wanted) && !isMember)) return created;
  } catch (error) {
    // What is there is read again, and said, in the end.
    if (error instanceof GatewayError) return created;
    throw error;
  }
  const message = `omnivibe: the address is already that of ${formatRef(ref)}. Nobody was created there.`;
  const error = new GatewayError('CONFLICT', message, { backend: 'omnivibe', delivery: 'refused' });
  return { plan, ref: null, error };
}

/** The account with this address; null when there is none, undefined when that cannot be told. */
async function findCreated(
  context: WriteContext,
  backend: Backend,
  email: string,
): Promise<AccountRef | null | undefined> {
  const readers = context.reopen();
  if (backend === 'omnivibe' && readers.omnivibe?.canSearch !== true) return undefined;
  const found = await findHolders(readers, backend, email);
  return found instanceof GatewayError ? undefined : (found[0] ?? null);
}

async function finish(
  context: WriteContext,
  created: readonly Created[],
  selection: Selection,
): Promise<WriteResult> {
  const readers = context.reopen();
  const outcomes = await Promise.all(created.map((each) => outcomeOf(context, each, readers)));
  const refs = ANCHOR_ORDER.flatMap((backend) =>
    created.flatMap(({ ref }) => (ref?.backend === backend ? ref : [])),
  );
  const [seed] = refs;
  const personSeenBy = (seenBy: Readers) =>
    seed === undefined
      ? null
      : createPerson({ ...context.read, readers: seenBy }, { seed, omnivibeDepth: selection.omnivibeDepth });
  const [settled] = await runOutcomes([outcomes], {
    verify: true,
    reopen: context.reopen,
    onSettled: context.onSettled,
    alongside: (fresh) => {
      const person = personSeenBy(fresh);
      if (person !== null) readForAnswer([person], selection);
    },
  });
  const person = personSeenBy(settled?.readers ?? readers);
  const told = await Promise.all(
    (settled?.outcomes ?? []).map(async (outcome) => {
      const ref = refs.find(({ backend }) => backend === outcome.backend);
      const linked = await orElse(
        () => person?.ref(outcome.backend),
        () => ref,
      );
      return ref === undefined || seed === undefined || linked?.id === ref.id
        ? outcome
        : { ...outcome, message: unlinkedMessage(seed, ref) };
    }),
  );
  return resultOf(person, told);
}

function unlinkedMessage(seed: AccountRef, ref: AccountRef): string {
  const refs = [formatRef(seed), formatRef(ref)];
  return `${refs[1]} is not linked to ${refs[0]} yet, as while an address is not confirmed. To link them now, put "links": [${JSON.stringify(refs)}] into LINKS_FILE.`;
}

/** The creation and what follows it, as an outcome to be run: the creation itself is not sent again. */
async function outcomeOf(
  { writers }: WriteContext,
  { plan, ref, error }: Created,
  readers: Readers,
): Promise<BackendOutcome> {
  const { backend, call } = plan;
  const depth = depthOfFields(plan.fields.map(({ field }) => field as FieldPath));
  const fields = plan.fields.map((field) => ({
    ...field,
    show: ref === null ? null : showing(field.field as FieldPath, ref, field.after, depth),
  }));
  const outcome = { backend, fields, upstreamTxId: error?.upstreamTxId ?? null, message: null, mend: null };
  if (call === null) return { ...outcome, calls: [] };
  const sent: WriteCall = {
    ...call,
    send: () => (error == null ? Promise.resolve(ref?.id ?? null) : Promise.reject(error)),
  };
  const rest = changesOf(fields).filter(({ field }) => !call.fields.includes(field));
  const account = ref === null || rest.length === 0 ? null : await readers[backend]?.accountById(ref.id);
  const writer = writers[backend] as BackendWriter<Backend> | null;
  const followUps =
    account == null || writer === null
      ? []
      : writer.callsFor(account, rest, { isBulk: false, isOwnTokenOnly: false });
  return { ...outcome, calls: [sent, ...followUps] };
}
