// The use cases of changing people: plan, update, and update many.
import { GatewayError } from '../errors.js';
import { mayWriteAnybody } from './access.js';
import { after, all, type Eventual } from './eventual.js';
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
import { planUpdate, type UpdateState } from './plan-update.js';
import { isPlanVersion, planVersion } from './plan-version.js';
import type { Writers } from './ports.js';
import { formatRef, type AccountRef, type Backend } from './profile.js';
import { expectRef, findByRefs, type Selection } from './read-profiles.js';
import { runOutcomes } from './run-update.js';
import { Aims, readUpdateState, type Aim } from './update-state.js';
import {
  isProblem,
  NOBODY,
  readForAnswer,
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
  const [found = NOBODY] = await findEach(context, [request]);
  if (isProblem(found)) return { outcomes: [], userErrors: rejected(found).userErrors, version: null };
  const { person, wishes, aim } = found;
  const state = await readUpdateState(person, wishes, aim);
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
  const { selection } = options;
  const prepared = await prepareAll(context, requests, options);
  const ready = prepared.filter((each): each is Prepared => !isResult(each));
  const settled = await runOutcomes(
    ready.map(({ outcomes }) => outcomes),
    {
      verify: options.verify,
      reopen: context.reopen,
      onSettled: context.onSettled,
      alongside: (readers) => {
        if (selection.backends.size === 0) return;
        readForAnswer(
          ready.map(({ person }) => seenBy(person, readers, selection)),
          selection,
        );
      },
    },
  );
  const results = settled.values();
  return prepared.map((each) => {
    if (isResult(each)) return each;
    const { outcomes = [], readers = each.person.context.readers } = results.next().value ?? {};
    return resultOf(seenBy(each.person, readers, selection), outcomes);
  });
}

/** A request that can be taken. */
interface Wanted {
  readonly seed: AccountRef;
  readonly wishes: readonly Wish[];
  readonly aim: Aim;
}

interface Found extends Wanted {
  readonly person: Person;
}

interface Prepared {
  readonly person: Person;
  readonly outcomes: readonly BackendOutcome[];
}

function isResult(prepared: Prepared | WriteResult): prepared is WriteResult {
  return 'status' in prepared;
}

/** Everybody is found, then everybody is read, so that what many need is read in few calls. */
async function prepareAll(
  context: WriteContext,
  requests: readonly UpdateRequest[],
  options: UpdateOptions,
): Promise<readonly (Prepared | WriteResult)[]> {
  const isRepeated = repeated(requests.map(({ profileId }) => profileId));
  const found = await findEach(
    context,
    requests.map((request, i) => (isRepeated(i) ? DUPLICATE : request)),
  );
  const people = await all(
    found.map((each) => (isProblem(each) ? null : after(each.person.anchorOrSeed(), formatRef))),
  );
  const isSamePerson = repeated(people);
  return all(
    found.map((each, i) => {
      if (isProblem(each)) return rejected(each);
      if (isSamePerson(i)) return rejected(DUPLICATE, each.person);
      return prepare(context, each, requests[i]?.ifVersion ?? null, options);
    }),
  );
}

const DUPLICATE: Problem = {
  code: 'DUPLICATE_ITEM',
  message: 'Several updates are for this person, and which of them is meant cannot be told. None was made.',
};

/** Whom each request is for. Those of whom the same is read are found together. */
async function findEach(
  { read }: WriteContext,
  requests: readonly (UpdateRequest | Problem)[],
): Promise<readonly (Found | Problem)[]> {
  const aims = new Aims();
  const wanted = requests.map((request) => (isProblem(request) ? request : readRequest(request, aims)));
  const seeds = new Map<Aim, AccountRef[]>();
  for (const each of wanted) {
    if (isProblem(each)) continue;
    const others = seeds.get(each.aim);
    if (others === undefined) seeds.set(each.aim, [each.seed]);
    else others.push(each.seed);
  }
  const people = new Map(
    await Promise.all(
      [...seeds].map(async ([aim, those]) => {
        const found = await findByRefs(read, those, aim.selection);
        return [aim, found.values()] as const;
      }),
    ),
  );
  return wanted.map((each) => {
    if (isProblem(each)) return each;
    const { seed, wishes, aim } = each;
    const person: Person | Error | null = people.get(aim)?.next().value ?? null;
    if (person === null) return NOBODY;
    if (!(person instanceof Error)) return { seed, wishes, aim, person };
    if (person instanceof GatewayError) return problemOf(person);
    throw person;
  });
}

function readRequest({ profileId, patch, backends = null }: UpdateRequest, aims: Aims): Wanted | Problem {
  const wishes = readPatch(patch);
  if (isProblem(wishes)) return wishes;
  if (backends?.length === 0) {
    return { code: 'BAD_USER_INPUT', message: 'Argument "backends" must name a backend, or be left out.' };
  }
  try {
    return { seed: expectRef(profileId, 'profileId'), wishes, aim: aims.of(wishes, backends) };
  } catch (error) {
    if (error instanceof GatewayError) return problemOf(error);
    throw error;
  }
}

function prepare(
  context: WriteContext,
  found: Found,
  ifVersion: string | null,
  { isBulk }: UpdateOptions,
): Eventual<Prepared | WriteResult> {
  const { person, wishes, aim } = found;
  return after(readUpdateState(person, wishes, aim), (state) => {
    const plan = () => ({ person, outcomes: planFor(context, found, state, isBulk) });
    if (ifVersion === null) return plan();
    return after(staleness(context, found, state, ifVersion), (stale) =>
      stale === null ? plan() : rejected(stale, person),
    );
  });
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
  const once = new Set<string | null>();
  const often = new Set<string | null>();
  for (const key of keys) (once.has(key) ? often : once).add(key);
  return (position) => keys[position] != null && often.has(keys[position]);
}
