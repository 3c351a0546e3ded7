// What every write starts from, and what it ends with.
import { GatewayError } from '../errors.js';
import {
  problemOf,
  statusOf,
  userError,
  userErrorsOf,
  type BackendOutcome,
  type MutationStatus,
  type Problem,
  type UserError,
} from './outcome.js';
import { createPerson, readAhead, type Person, type ReadContext } from './person.js';
import type { Readers, Writers } from './ports.js';
import { formatRef, type Backend } from './profile.js';
import { getProfile, type Selection } from './read-profiles.js';
import { runOutcomes } from './run-update.js';

/** What a write needs of the operation that it is part of. */
export interface WriteContext {
  /** With readers that have read nothing before this write. */
  readonly read: ReadContext;
  readonly writers: Writers;
  /** Readers that have read nothing yet, to see what a write has changed. */
  readonly reopen: () => Readers;
  /** Told what came of one person's calls to one backend. */
  readonly onSettled: (outcome: BackendOutcome) => void;
  /** Key of version tokens. */
  readonly versionKey: Buffer;
}

export interface WriteResult {
  readonly status: MutationStatus;
  /** As the person is afterwards; null where nobody was found or none is meant. */
  readonly profile: Person | null;
  readonly outcomes: readonly BackendOutcome[];
  readonly userErrors: readonly UserError[];
}

export function resultOf(person: Person | null, outcomes: readonly BackendOutcome[]): WriteResult {
  return { status: statusOf(outcomes), profile: person, outcomes, userErrors: userErrorsOf(outcomes) };
}

/** Nothing was sent, for one reason. */
export function rejected(
  problem: Problem,
  person: Person | null = null,
  backend: Backend | null = null,
): WriteResult {
  return { status: 'REJECTED', profile: person, outcomes: [], userErrors: [userError(problem, backend)] };
}

/** The person to write; a problem where there is nobody, or the caller may not know. */
export async function findPerson(
  { read }: WriteContext,
  id: string,
  selection: Selection,
): Promise<Person | Problem> {
  try {
    return (await getProfile(read, id, selection, 'profileId')) ?? NOBODY;
  } catch (error) {
    if (error instanceof GatewayError) return problemOf(error);
    throw error;
  }
}

export const NOBODY: Problem = {
  code: 'NOT_FOUND',
  message: 'Nobody has the account that "profileId" names.',
};

export function isProblem(found: object): found is Problem {
  return 'code' in found;
}

/** The same person, with the same accounts, as other readers see them. */
export function seenBy(person: Person, readers: Readers, { omnivibeDepth }: Selection): Person {
  const { seed, links, context } = person;
  return createPerson({ ...context, readers }, { seed, links, omnivibeDepth });
}

/** Makes one person's outcomes happen; the person in the result is as they are afterwards. */
export async function runFor(
  { read, reopen, onSettled }: WriteContext,
  person: Person,
  outcomes: readonly BackendOutcome[],
  selection: Selection,
): Promise<WriteResult> {
  const [settled] = await runOutcomes([outcomes], {
    verify: true,
    reopen,
    onSettled,
    alongside: (readers) => {
      readForAnswer([seenBy(person, readers, selection)], selection);
    },
  });
  const readers = settled?.readers ?? read.readers;
  return resultOf(seenBy(person, readers, selection), settled?.outcomes ?? []);
}

/** Starts reading what the answer shows of people, so that it travels with what is read back. */
export function readForAnswer(people: readonly Person[], { backends, omnivibeDepth }: Selection): void {
  // Beyond its list, omnivibe takes a call a person: of many, these are the answer's own and held against its budget.
  const isLeftOut = omnivibeDepth !== 'listed' && people.length > 1;
  const asked = isLeftOut ? [...backends].filter((backend) => backend !== 'omnivibe') : backends;
  void readAhead(people, { backends: asked, omnivibeDepth });
}

/** Why a person has no account at a backend. */
export async function unlinkedProblem(person: Person, backend: Backend): Promise<Problem> {
  if (person.context.readers[backend] === null) {
    return { code: 'NOT_LINKED', message: `${backend}: the backend takes no part.` };
  }
  const rivals = await person.links.rivalsOn(backend);
  if (rivals.length === 0) {
    return { code: 'NOT_LINKED', message: `${backend}: the person has no account there.` };
  }
  const message = `${backend}: which account is this person's cannot be told: ${rivals.map(formatRef).join(', ')} have the same address. Link them in LINKS_FILE.`;
  return { code: 'AMBIGUOUS_LINK', message };
}
