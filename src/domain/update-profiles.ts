// The use cases of changing people: plan, update, and update many.
import { GatewayError } from '../errors.js';
import { mayWriteAnybody } from './access.js';
import { depthOfFields, fieldsOfVersion, versionOf } from './explain.js';
import {
  problemOf,
  userError,
  userErrorsOf,
  type BackendOutcome,
  type Problem,
  type UserError,
} from './outcome.js';
import { readPatch, type Wish } from './patch.js';
import type { Person } from './person.js';
import { backendsOf, planUpdate, type UpdateState } from './plan-update.js';
import { isPlanVersion, planVersion } from './plan-version.js';
import type { Writers } from './ports.js';
import { formatRef, type Backend } from './profile.js';
import type { Selection } from './read-profiles.js';
import { runOutcomes } from './run-update.js';
import { readUpdateState } from './update-state.js';
import {
  findPerson,
  isProblem,
  readAhead,
  rejected,
  resultOf,
  seenBy,
  type WriteContext,
  type WriteResult,
} from './write-profiles.js';

export interface UpdateRequest {
  readonly profileId: string;
  /** Nested as the profile is; keys that are left out are left alone. */
  readonly patch: object;
  /** Left out: every linked backend that can take a field. */
  readonly backends?: readonly Backend[] | null | undefined;
  /** A token of a profile's version or of a plan. */
  readonly ifVersion?: string | null | undefined;
}

export interface UpdatePlan {
  readonly outcomes: readonly BackendOutcome[];
  readonly userErrors: readonly UserError[];
  /** Null where there is nobody to write. */
  readonly version: string | null;
}

export interface BulkResult {
  /** One for each update, in order. */
  readonly results: readonly (WriteResult & { readonly profileId: string })[];
  /** What concerns the bulk as a whole. */
  readonly userErrors: readonly UserError[];
}

interface UpdateOptions {
  readonly isBulk: boolean;
  readonly verify: boolean;
  /** What the answer shows of each person. */
  readonly selection: Selection;
}

const MAX_UPDATES = 1_000;

/** What an update would do. Reads only. */
export async function planUpdateProfile(context: WriteContext, request: UpdateRequest): Promise<UpdatePlan> {
  const found = await findForUpdate(context, request);
  if (isProblem(found)) return { outcomes: [], userErrors: rejected(found).userErrors, version: null };
  const { person, wishes } = found;
  const state = await readUpdateState(person, wishes, request.backends ?? null);
  const outcomes = planFor(context, found, state, false);
  const version = planVersion(await person.anchorOrSeed(), outcomes, context.versionKey);
  return { outcomes, userErrors: userErrorsOf(outcomes), version };
}

/** Changes one person. */
export async function updateProfile(
  context: WriteContext,
  request: UpdateRequest & { readonly verify?: boolean | null | undefined },
  selection: Selection,
): Promise<WriteResult> {
  const options = { isBulk: false, verify: request.verify ?? true, selection };
  const [result] = await updateProfiles(context, [request], options);
  if (result === undefined) throw new TypeError('an update has no result');
  return result;
}

/** Changes up to 1,000 people. */
export async function bulkUpdateProfiles(
  context: WriteContext,
  request: { readonly updates: readonly UpdateRequest[]; readonly verify?: boolean | null | undefined },
  selection: Selection,
): Promise<BulkResult> {
  const { updates, verify } = request;
  if (updates.length > MAX_UPDATES) {
    const message = `Argument "updates" takes at most ${MAX_UPDATES} updates, ${updates.length} were given. None was made.`;
    return { results: [], userErrors: [userError({ code: 'BAD_USER_INPUT', message })] };
  }
  const results = await updateProfiles(context, updates, { isBulk: true, verify: verify ?? true, selection });
  return {
    results: results.map((result, i) => ({ profileId: updates[i]?.profileId ?? '', ...result })),
    userErrors: [],
  };
}

/**
 * Changes people; answers one result for each request, in order. Nobody's failure is anybody else's. Several requests for
 * one person are all refused with DUPLICATE_ITEM before anything is written.
 */
async function updateProfiles(
  context: WriteContext,
  requests: readonly UpdateRequest[],
  options: UpdateOptions,
): Promise<readonly WriteResult[]> {
  const prepared = await prepareAll(context, requests, options);
  const ready = prepared.filter((each): each is Prepared => !isResult(each));
  const settled = await runOutcomes(
    ready.map(({ outcomes }) => outcomes),
    {
      verify: options.verify,
      reopen: context.reopen,
      onSettled: context.onSettled,
      alongside: (readers) => {
        readAhead(
          ready.map(({ person }) => seenBy(person, readers, options.selection)),
          options.selection,
        );
      },
    },
  );
  const results = new Map(
    ready.map((each, i): [Prepared, WriteResult] => {
      const { outcomes = [], readers = each.person.context.readers } = settled[i] ?? {};
      return [each, resultOf(seenBy(each.person, readers, options.selection), outcomes)];
    }),
  );
  return prepared.map((each) => (isResult(each) ? each : (results.get(each) ?? resultOf(each.person, []))));
}

interface Found {
  readonly person: Person;
  readonly wishes: readonly Wish[];
}

interface Prepared {
  readonly person: Person;
  readonly outcomes: readonly BackendOutcome[];
}

function isResult(prepared: Prepared | WriteResult): prepared is WriteResult {
  return 'status' in prepared;
}

async function prepareAll(
  context: WriteContext,
  requests: readonly UpdateRequest[],
  options: UpdateOptions,
): Promise<readonly (Prepared | WriteResult)[]> {
  const isRepeated = repeated(requests.map(({ profileId }) => profileId));
  const found = await Promise.all(
    requests.map(async (request, i) => (isRepeated(i) ? DUPLICATE : findForUpdate(context, request))),
  );
  const people = await Promise.all(
    found.map(async (each) => (isProblem(each) ? null : formatRef(await each.person.anchorOrSeed()))),
  );
  const isSamePerson = repeated(people);
  return Promise.all(
    found.map(async (each, i) => {
      if (isProblem(each)) return rejected(each);
      if (isSamePerson(i)) return rejected(DUPLICATE, each.person);
      return prepare(context, each, requests[i]?.backends ?? null, requests[i]?.ifVersion ?? null, options);
    }),
  );
}

const DUPLICATE: Problem = {
  code: 'DUPLICATE_ITEM',
  message: 'Several updates are for this person, and which of them is meant cannot be told. None was made.',
};

async function findForUpdate(context: WriteContext, request: UpdateRequest): Promise<Found | Problem> {
  const wishes = readPatch(request.patch);
  if (isProblem(wishes)) return wishes;
  if (request.backends?.length === 0) {
    return { code: 'BAD_USER_INPUT', message: 'Argument "backends" must name a backend, or be left out.' };
  }
  const wanted = wishes.filter(({ problem }) => problem === null).map(({ field }) => field);
  const backends = new Set(wanted.flatMap((field) => request.backends ?? backendsOf(field)));
  const selection = { backends, omnivibeDepth: depthOfFields(wanted) };
  const person = await findPerson(context, request.profileId, selection);
  return isProblem(person) ? person : { person, wishes };
}

async function prepare(
  context: WriteContext,
  found: Found,
  backends: readonly Backend[] | null,
  ifVersion: string | null,
  { isBulk }: UpdateOptions,
): Promise<Prepared | WriteResult> {
  const { person, wishes } = found;
  const state = await readUpdateState(person, wishes, backends);
  const stale = ifVersion === null ? null : await staleness(context, found, state, ifVersion);
  if (stale !== null) return rejected(stale, person);
  return { person, outcomes: planFor(context, found, state, isBulk) };
}

function planFor(
  { read: { caller }, writers }: { readonly read: WriteContext['read']; readonly writers: Writers },
  { wishes }: Found,
  state: UpdateState,
  isBulk: boolean,
): readonly BackendOutcome[] {
  const isOwnTokenOnly = !mayWriteAnybody(caller);
  // What Mind takes for several people at once needs a permission that changing oneself does not.
  return planUpdate(wishes, state, writers, { isBulk: isBulk && !isOwnTokenOnly, isOwnTokenOnly });
}

/** Why a version does not hold any more; null while it does. */
async function staleness(
  context: WriteContext,
  found: Found,
  state: UpdateState,
  version: string,
): Promise<Problem | null> {
  const { person } = found;
  try {
    const now = isPlanVersion(version)
      ? planVersion(await person.anchorOrSeed(), planFor(context, found, state, false), context.versionKey)
      : await fieldsVersion(person, version, context.versionKey);
    if (now === null) {
      const message = 'Argument "ifVersion" must be a token of Profile.version or of planUpdateProfile.';
      return { code: 'BAD_USER_INPUT', message };
    }
    if (now === version) return null;
    return {
      code: 'STALE_VERSION',
      message: isPlanVersion(version)
        ? 'The update would not make the calls that were planned any more. Plan it again.'
        : 'What the version covers has changed. Read the profile again, then decide.',
    };
  } catch (error) {
    if (error instanceof GatewayError) return problemOf(error);
    throw error;
  }
}

async function fieldsVersion(person: Person, version: string, key: Buffer): Promise<string | null> {
  const fields = fieldsOfVersion(version);
  if (fields === null) return null;
  // Its fields may take deeper reads than those that are written.
  const asDeep = { backends: new Set<Backend>(), omnivibeDepth: depthOfFields(fields) };
  return versionOf(seenBy(person, person.context.readers, asDeep), fields, key);
}

/** Tells by position whether a key stands in a list more than once. */
function repeated(keys: readonly (string | null)[]): (position: number) => boolean {
  const counts = new Map<string | null, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return (position) => keys[position] != null && (counts.get(keys[position]) ?? 0) > 1;
}
