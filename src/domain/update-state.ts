// Reads what a plan depends on: the accounts that an update could write, what they show now, and who may change it.
import { GatewayError } from '../errors.js';
import { after, orElse, all, type Eventual } from './eventual.js';
import { accessTo, depthOfFields } from './explain.js';
import { ANCHOR_ORDER } from './identity.js';
import { problemOf, type Problem, type Shown } from './outcome.js';
import { OWNERSHIP, shownAt } from './ownership.js';
import { isTextWanted, type Wish } from './patch.js';
import { readPart, type Person } from './person.js';
import { backendsOf, type Held, type Target, type UpdateState } from './plan-update.js';
import { BACKENDS, formatRef, type AccountRef, type Backend, type OmnivibeDepth } from './profile.js';
import type { Selection } from './read-profiles.js';
import { shownIn } from './shown.js';
import { unlinkedProblem } from './write-profiles.js';

/** What an update reads: it depends on the fields that are wanted and on the backends that are named, and on nobody. */
export interface Aim {
  /** What finds the person. */
  readonly selection: Selection;
  readonly isNamed: boolean;
  /** The backends that answer for a field. */
  readonly backends: readonly Backend[];
}

/** The aims of an operation; those of a bulk are mostly the same, and worked out once. */
export class Aims {
  readonly #known = new Map<string, Aim>();

  /** `named`: the backends that the client named; null for all that can take a field. */
  of(wishes: readonly Wish[], named: readonly Backend[] | null): Aim {
    let key = named === null ? '' : named.join();
    for (const { field, problem } of wishes) key += problem === null ? ` ${field}` : ` not ${field}`;
    let aim = this.#known.get(key);
    if (aim === undefined) this.#known.set(key, (aim = aimOf(wishes, named)));
    return aim;
  }
}

function aimOf(wishes: readonly Wish[], named: readonly Backend[] | null): Aim {
  const wanted = wishes.filter(({ problem }) => problem === null).map(({ field }) => field);
  return {
    selection: {
      backends: new Set(wanted.flatMap((field) => named ?? backendsOf(field))),
      omnivibeDepth: depthOfFields(wanted),
    },
    isNamed: named !== null,
    backends: BACKENDS.filter((backend) =>
      named === null
        ? wishes.some(({ field }) => backendsOf(field).includes(backend))
        : named.includes(backend),
    ),
  };
}

export function readUpdateState(
  person: Person,
  wishes: readonly Wish[],
  { selection: { omnivibeDepth }, isNamed, backends }: Aim,
): Eventual<UpdateState> {
  const read = all([
    all(backends.map((backend) => readTarget(person, backend, wishes, omnivibeDepth))),
    readNames(person, wishes, backends),
    readLinksByEmail(person, wishes),
  ]);
  return after(read, ([targets, names, linkedByEmail]) => ({
    targets,
    isNamed,
    names,
    linkedByEmail,
    omnivibeDepth,
  }));
}

function readTarget(
  person: Person,
  backend: Backend,
  wishes: readonly Wish[],
  depth: OmnivibeDepth,
): Eventual<Target> {
  return orElse(
    () =>
      after(person.ref(backend), (ref) =>
        ref === null
          ? after(unlinkedProblem(person, backend), (problem) => unusable(backend, 'SKIPPED', problem))
          : readAccount(person, ref, wishes, depth),
      ),
    (error) => {
      if (error instanceof GatewayError) return unusable(backend, 'FAILED', problemOf(error));
      throw error;
    },
  );
}

function unusable(backend: Backend, state: 'SKIPPED' | 'FAILED', problem: Problem): Target {
  return { backend, account: null, problem: { ...problem, state }, held: [] };
}

/** The account that a person has at a backend, read as deep as the person was. */
function readAccount(
  person: Person,
  ref: AccountRef,
  wishes: readonly Wish[],
  depth: OmnivibeDepth,
): Eventual<Target> {
  const { backend } = ref;
  const isTaken = ({ field, problem }: Wish) =>
    problem === null && OWNERSHIP[field].write[backend] !== undefined;
  if (!wishes.some(isTaken)) return { backend, account: null, problem: null, held: [] };
  return after(person.account(backend), (account) => {
    if (account === null) {
      const message = `${backend}: ${formatRef(ref)} is not known there any more.`;
      return unusable(backend, 'FAILED', { code: 'NOT_FOUND', message });
    }
    const held = all(wishes.map((wish) => (isTaken(wish) ? readHeld(person, ref, wish, depth) : null)));
    return after(held, (each) => ({ backend, account, problem: null, held: each }));
  });
}

function readHeld(person: Person, ref: AccountRef, wish: Wish, depth: OmnivibeDepth): Eventual<Held> {
  const read = all([accessTo(person, wish.field, ref.backend), readShown(person, ref, wish, depth)]);
  return after(read, ([access, shown]) => ({ access, shown }));
}

function readShown(
  person: Person,
  { backend, id }: AccountRef,
  { field, value }: Wish,
  depth: OmnivibeDepth,
): Eventual<Shown | GatewayError> {
  const source = shownAt(field, backend, value);
  if (source === null) return undefined;
  const { part } = source;
  return orElse(
    () =>
      after(
        part === backend ? person.account(backend) : readPart(person.context.readers, part, id, depth),
        (own) => shownIn(own, source, field),
      ),
    (error) => {
      // A value that cannot be read can be written all the same.
      if (error instanceof GatewayError && error.code === 'UPSTREAM_BAD_RESPONSE') return undefined;
      if (error instanceof GatewayError) return error;
      throw error;
    },
  );
}

const NO_NAMES: UpdateState['names'] = { firstName: null, lastName: null };

/** omnivibe holds the whole name, so the half that is not wanted otherwise must be known. */
function readNames(
  person: Person,
  wishes: readonly Wish[],
  backends: readonly Backend[],
): Eventual<UpdateState['names']> {
  const isFirstWanted = isTextWanted(wishes, 'firstName');
  const isLastWanted = isTextWanted(wishes, 'lastName');
  if (!backends.includes('omnivibe') || isFirstWanted === isLastWanted) return NO_NAMES;
  const ref = orElse(
    () => person.ref('omnivibe'),
    () => null,
  );
  return after(ref, (own) => {
    if (own === null) return NO_NAMES;
    const missing = isFirstWanted ? 'lastName' : 'firstName';
    const read: Eventual<string | null | GatewayError> = orElse(
      () => person.field(missing),
      (error) => {
        if (error instanceof GatewayError) return error;
        throw error;
      },
    );
    return after(read, (name) => ({ ...NO_NAMES, [missing]: name }));
  });
}

/** The accounts that an e-mail change may part. */
function readLinksByEmail(person: Person, wishes: readonly Wish[]): Eventual<readonly AccountRef[]> {
  return wishes.some(({ field, problem }) => field === 'email' && problem === null)
    ? findLinksByEmail(person)
    : [];
}

async function findLinksByEmail(person: Person): Promise<readonly AccountRef[]> {
  try {
    const anchor = await person.anchor();
    const others = await Promise.all(
      ANCHOR_ORDER.map(async (backend) => {
        const link = backend === anchor.backend ? null : await person.links.linkTo(backend);
        return link?.link.origin === 'EMAIL_MATCH' ? [link.ref] : [];
      }),
    );
    return [anchor, ...others.flat()];
  } catch (error) {
    // What is not known cannot be told; the change itself does not depend on it.
    if (error instanceof GatewayError) return [];
    throw error;
  }
}
