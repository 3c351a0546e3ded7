// From wishes to outcomes that have not happened yet. Pure: what is there, who may write and what each backend takes come in,
// the calls to make come out.
import { GatewayError } from '../errors.js';
import { isWritable, type BackendAccess } from './access.js';
import { mendSettings } from './mend-settings.js';
import { problemOf, type BackendOutcome, type FieldOutcome, type Problem, type Shown } from './outcome.js';
import { FIELD_PATHS, OWNERSHIP, ownSource, type FieldPath, type Ownership } from './ownership.js';
import { isTextWanted, wantedText, type Wish } from './patch.js';
import type { BackendWriter, FieldChange, WriteOptions, Writers } from './ports.js';
import {
  BACKENDS,
  formatRef,
  normalizeEmail,
  type Account,
  type AccountRef,
  type Backend,
  type JsonValue,
  type OmnivibeDepth,
} from './profile.js';
import { isSameValue } from './same-value.js';
import { showing } from './shown.js';

/** One backend of one person, as it is before the update. */
export interface Target {
  readonly backend: Backend;
  /** Null where `problem` says why there is none. */
  readonly account: Account | null;
  /** Why nothing can be written here. */
  readonly problem: (Problem & { readonly state: 'SKIPPED' | 'FAILED' }) | null;
  /** One for each wish, in order; null for a field that the backend does not take. */
  readonly held: readonly (Held | null)[];
}

/** One field at one backend, as it is before the update. */
export interface Held {
  readonly access: BackendAccess;
  /** What the backend shows now; undefined where it does not tell. */
  readonly shown: Shown | GatewayError;
}

/** All that the plan depends on beside the wishes. */
export interface UpdateState {
  readonly targets: readonly Target[];
  /** Whether the client named the backends: then each of them answers for every field. */
  readonly isNamed: boolean;
  /** The person's names as they are; omnivibe holds them as one. */
  readonly names: Readonly<Record<'firstName' | 'lastName', string | null | GatewayError>>;
  /** The accounts that are this person's by nothing but an equal address; the first is the one that gives the id. */
  readonly linkedByEmail: readonly AccountRef[];
  readonly omnivibeDepth: OmnivibeDepth;
}

const BACKENDS_OF = new Map(
  FIELD_PATHS.map((field): [FieldPath, readonly Backend[]] => {
    const { write }: Ownership<unknown> = OWNERSHIP[field];
    const isTaken = Object.keys(write).length > 0;
    const answersFor = (backend: Backend) =>
      write[backend] !== undefined || (isTaken && ownSource(field, backend) !== null);
    return [field, BACKENDS.filter(answersFor)];
  }),
);

/** The backends that a field could be written to, and those that show it and do not take it. */
export function backendsOf(field: FieldPath): readonly Backend[] {
  return BACKENDS_OF.get(field) ?? [];
}

export function planUpdate(
  wishes: readonly Wish[],
  state: UpdateState,
  writers: Writers,
  options: WriteOptions,
): readonly BackendOutcome[] {
  const planned = present(state.targets.map((target) => planTarget(wishes, target, state, writers, options)));
  if (state.linkedByEmail.length === 0) return planned;
  return planned.map((outcome) => ({ ...outcome, message: partingMessage(outcome, planned, state) }));
}

/** Whether a backend answers for a wish. Without names, a backend that the person is not on does so only if no other can. */
function isAsked(wish: Wish, wishes: readonly Wish[], target: Target, state: UpdateState): boolean {
  const { field } = wish;
  // The same field of Mind under its own name is meant more closely.
  const isNamedTwice = wishes.some((other) => other.field === 'mind.nameAlias');
  if (field === 'displayName' && target.backend === 'mind' && isNamedTwice) return false;
  if (state.isNamed) return true;
  if (!backendsOf(field).includes(target.backend)) return false;
  if (target.problem?.code !== 'NOT_LINKED') return true;
  return !state.targets.some(
    ({ backend, problem }) => problem?.code !== 'NOT_LINKED' && OWNERSHIP[field].write[backend] !== undefined,
  );
}

/** Null where the backend answers for no wish. */
function planTarget(
  wishes: readonly Wish[],
  target: Target,
  state: UpdateState,
  writers: Writers,
  options: WriteOptions,
): BackendOutcome | null {
  const { backend, account } = target;
  const writer = writers[backend] as BackendWriter<Backend> | null;
  const fields = present(
    wishes.map((wish, i) =>
      isAsked(wish, wishes, target, state)
        ? planField(wish, wishes, target, target.held[i] ?? null, state, writer)
        : null,
    ),
  );
  if (fields.length === 0) return null;
  const changes = changesOf(fields);
  const isWritten = account !== null && writer !== null && changes.length > 0;
  const hasSettings = changes.some(({ field }) => field.startsWith('settings.work.'));
  return {
    backend,
    fields,
    calls: isWritten ? writer.callsFor(account, changes, options) : [],
    upstreamTxId: null,
    message: null,
    mend:
      account?.backend === 'mind' && writers.mind !== null && hasSettings
        ? mendSettings(writers.mind, account, changes)
        : null,
  };
}

/** What planned fields ask of a writer. */
export function changesOf(fields: readonly FieldOutcome[]): readonly FieldChange[] {
  return present(
    fields.map(({ field, state, before, after }) =>
      state === 'PLANNED' ? { field: field as FieldPath, value: after, before } : null,
    ),
  );
}

function planField(
  wish: Wish,
  wishes: readonly Wish[],
  target: Target,
  held: Held | null,
  state: UpdateState,
  writer: BackendWriter<Backend> | null,
): FieldOutcome {
  const { field } = wish;
  const { backend, account } = target;
  const known = held?.shown;
  const before = known instanceof GatewayError ? null : (known ?? null);

  const kind = OWNERSHIP[field].write[backend];
  if (kind === undefined) {
    const isShown = backendsOf(field).includes(backend);
    return unwritten(field, before, 'SKIPPED', {
      code: isShown ? 'READ_ONLY' : 'UNSUPPORTED',
      message: isShown
        ? `${backend}: ${field} is shown there and cannot be changed.`
        : `${backend}: there is no such field as ${field}.`,
    });
  }
  if (target.problem !== null) {
    const { state: reason, ...problem } = target.problem;
    return unwritten(field, before, reason, problem);
  }
  if (wish.problem !== null) return unwritten(field, before, 'SKIPPED', wish.problem);
  if (held === null || !isWritable(held.access)) {
    const message = `${backend}: ${field} may not be changed by this caller. ${held?.access.message ?? ''}`;
    return unwritten(field, before, 'FAILED', { code: 'FORBIDDEN', message: message.trim() });
  }
  const isPartOfName = isName(field) && backend === 'omnivibe' && wish.value !== null;
  const value = isPartOfName ? wholeName(wishes, state) : wish.value;
  if (value instanceof GatewayError) return unwritten(field, before, 'FAILED', problemOf(value));
  const acceptance = writer?.accept(field, value);
  if (acceptance?.isAccepted !== true) {
    const { code, rule } = acceptance ?? { code: 'UNSUPPORTED' as const, rule: 'cannot be written' };
    return unwritten(field, before, 'SKIPPED', { code, message: `${backend}: ${field} ${rule}.` });
  }
  if (known instanceof GatewayError) return unwritten(field, before, 'FAILED', problemOf(known));
  const wanted = acceptance.value;
  const isThere = known !== undefined && isSameValue(known, wanted);
  return {
    field,
    state: isThere && !isRenamedAway(wish, wishes, target, state) ? 'UNCHANGED' : 'PLANNED',
    before,
    after: wanted,
    problem: null,
    show: account === null ? null : showing(field, account, wanted, state.omnivibeDepth),
    isWriteOnly: kind.isWriteOnly === true,
  };
}

function unwritten(
  field: FieldPath,
  before: JsonValue,
  state: 'SKIPPED' | 'FAILED',
  problem: Problem,
): FieldOutcome {
  return { field, state, before, after: before, problem, show: null, isWriteOnly: false };
}

function isName(field: FieldPath): field is 'firstName' | 'lastName' {
  return field === 'firstName' || field === 'lastName';
}

/** First and last name as one, the wanted ones before those that are there. */
function wholeName(wishes: readonly Wish[], { names }: UpdateState): string | GatewayError {
  const parts: string[] = [];
  for (const field of ['firstName', 'lastName'] as const) {
    const part = isTextWanted(wishes, field) ? wantedText(wishes, field) : names[field];
    if (part instanceof GatewayError) return part;
    if (part === null) {
      const message = `omnivibe: the name is held as a whole, and the ${field} is not known; give both.`;
      return new GatewayError('INVALID_VALUE', message);
    }
    parts.push(part);
  }
  return parts.join(' ');
}

/** A display name that is there only because it equals the name goes when the name changes. */
function isRenamedAway(
  { field, value }: Wish,
  wishes: readonly Wish[],
  { account }: Target,
  state: UpdateState,
): boolean {
  const isHidden = value === null || value === account?.name;
  if (field !== 'displayName' || account?.backend !== 'omnivibe' || !isHidden) return false;
  return wishes.some((wish) => isName(wish.field)) && wholeName(wishes, state) !== account.name;
}

/** What to do about accounts that are linked by an address which this outcome changes. */
function partingMessage(
  outcome: BackendOutcome,
  outcomes: readonly BackendOutcome[],
  { linkedByEmail, targets }: UpdateState,
): string | null {
  const isChanged = outcome.fields.some(({ field, state }) => field === 'email' && state === 'PLANNED');
  const [anchor, ...others] = linkedByEmail;
  if (!isChanged || anchor === undefined) return null;
  const addressOf = ({ backend }: AccountRef) => {
    const planned = outcomes.find((each) => each.backend === backend)?.fields;
    const change = planned?.find(({ field, state }) => field === 'email' && state === 'PLANNED');
    const now = targets.flatMap(({ account }) => (account === null ? [] : (emailOf(account) ?? [])))[0];
    return normalizeEmail(typeof change?.after === 'string' ? change.after : (now ?? ''));
  };
  const concerned = others.filter(
    (ref) =>
      (ref.backend === outcome.backend || anchor.backend === outcome.backend) &&
      addressOf(ref) !== addressOf(anchor),
  );
  if (concerned.length === 0) return null;
  const refs = [anchor, ...concerned].map(formatRef);
  const line = `"links": [${JSON.stringify(refs)}]`;
  return `With different addresses ${refs.join(' and ')} will no longer be linked. To keep them one person, put ${line} into LINKS_FILE.`;
}

/** What is there of a list: the list itself where all of it is. */
function present<T>(list: readonly (T | null)[]): readonly T[] {
  return list.includes(null) ? list.filter((each) => each !== null) : (list as readonly T[]);
}

function emailOf(account: Account): string | null {
  try {
    return account.email;
  } catch {
    return null;
  }
}
