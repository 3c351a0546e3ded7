// Reads what a plan depends on: the accounts that an update could write, what they show now, and who may change it.
import { GatewayError } from '../errors.js';
import { orElse } from './eventual.js';
import { accessTo, depthOfFields } from './explain.js';
import { ANCHOR_ORDER } from './identity.js';
import { problemOf, type Problem, type Shown } from './outcome.js';
import { OWNERSHIP, type FieldPath } from './ownership.js';
import { isTextWanted, type Wish } from './patch.js';
import type { Person } from './person.js';
import { backendsOf, showField, type Target, type UpdateState } from './plan-update.js';
import { BACKENDS, formatRef, type AccountRef, type Backend, type OmnivibeDepth } from './profile.js';
import { unlinkedProblem } from './write-profiles.js';

/** `named`: the backends that the client named; null for all that can take a field. */
export async function readUpdateState(
  person: Person,
  wishes: readonly Wish[],
  named: readonly Backend[] | null,
): Promise<UpdateState> {
  const wanted = wishes.filter(({ problem }) => problem === null);
  const omnivibeDepth = depthOfFields(wanted.map(({ field }) => field));
  const backends = BACKENDS.filter((backend) =>
    named === null
      ? wishes.some(({ field }) => backendsOf(field).includes(backend))
      : named.includes(backend),
  );
  const [targets, names, linkedByEmail] = await Promise.all([
    Promise.all(backends.map((backend) => readTarget(person, backend, wishes, omnivibeDepth))),
    readNames(person, wishes, backends),
    readLinksByEmail(person, wishes),
  ]);
  return { targets, isNamed: named !== null, names, linkedByEmail, omnivibeDepth };
}

async function readTarget(
  person: Person,
  backend: Backend,
  wishes: readonly Wish[],
  depth: OmnivibeDepth,
): Promise<Target> {
  const { readers } = person.context;
  const unusable = (state: 'SKIPPED' | 'FAILED', problem: Problem): Target => ({
    backend,
    account: null,
    problem: { ...problem, state },
    access: new Map(),
    shown: new Map(),
  });
  try {
    const ref = await person.ref(backend);
    if (ref === null) return unusable('SKIPPED', await unlinkedProblem(person, backend));
    const fields = wishes.filter(
      ({ field, problem }) => problem === null && OWNERSHIP[field].write[backend] !== undefined,
    );
    const [account, access, shown] = await Promise.all([
      fields.length === 0 ? null : (readers[backend]?.accountById(ref.id, depth) ?? null),
      eachField(fields, ({ field }) => accessTo(person, field, backend)),
      eachField(fields, ({ field, value }) => readShown(person, ref, field, value, depth)),
    ]);
    if (account === null && fields.length > 0) {
      return unusable('FAILED', {
        code: 'NOT_FOUND',
        message: `${backend}: ${formatRef(ref)} is not known there any more.`,
      });
    }
    return { backend, account, problem: null, access, shown };
  } catch (error) {
    if (error instanceof GatewayError) return unusable('FAILED', problemOf(error));
    throw error;
  }
}

async function readShown(
  person: Person,
  ref: AccountRef,
  field: FieldPath,
  value: Wish['value'],
  depth: OmnivibeDepth,
): Promise<Shown | GatewayError> {
  try {
    return await showField(person.context.readers, ref, field, value, depth);
  } catch (error) {
    // A value that cannot be read can be written all the same.
    if (error instanceof GatewayError && error.code === 'UPSTREAM_BAD_RESPONSE') return undefined;
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

/** omnivibe holds the whole name, so the half that is not wanted otherwise must be known. */
async function readNames(
  person: Person,
  wishes: readonly Wish[],
  backends: readonly Backend[],
): Promise<UpdateState['names']> {
  const isWanted = (field: FieldPath) => isTextWanted(wishes, field);
  const isNeeded =
    backends.includes('omnivibe') &&
    isWanted('firstName') !== isWanted('lastName') &&
    (await orElse(
      () => person.ref('omnivibe'),
      () => null,
    )) !== null;
  const read = async (field: 'firstName' | 'lastName') => {
    if (!isNeeded || isWanted(field)) return null;
    try {
      return await person.field(field);
    } catch (error) {
      if (error instanceof GatewayError) return error;
      throw error;
    }
  };
  const [firstName, lastName] = await Promise.all([read('firstName'), read('lastName')]);
  return { firstName, lastName };
}

/** The accounts that an e-mail change may part. */
async function readLinksByEmail(person: Person, wishes: readonly Wish[]): Promise<readonly AccountRef[]> {
  if (!wishes.some(({ field, problem }) => field === 'email' && problem === null)) return [];
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

async function eachField<T>(
  wishes: readonly Wish[],
  read: (wish: Wish) => Promise<T>,
): Promise<ReadonlyMap<FieldPath, T>> {
  return new Map(await Promise.all(wishes.map(async (wish) => [wish.field, await read(wish)] as const)));
}
