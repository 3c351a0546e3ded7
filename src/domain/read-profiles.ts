// The use cases of reading: find people by id or by address. Those of a directory stand in list-profiles.ts.
import { GatewayError } from '../errors.js';
import { assertMayRead, mayRead } from './access.js';
import { after, all, orElse, type Eventual } from './eventual.js';
import { ANCHOR_ORDER } from './identity.js';
import { createPerson, readAhead, type Person, type ReadContext } from './person.js';
import { createBrokenLinks } from './person-links.js';
import type { KnownAccount } from './ports.js';
import {
  BACKENDS,
  formatRef,
  normalizeEmail,
  parseRef,
  type AccountRef,
  type Backend,
  type OmnivibeDepth,
} from './profile.js';

/** What an operation selects of the people it finds. */
export interface Selection {
  /** Backends whose account is certainly read: finding out by that read whether somebody exists costs nothing extra. */
  readonly backends: ReadonlySet<Backend>;
  readonly omnivibeDepth: OmnivibeDepth;
  /** Whether there are fields that take calls of their own: these start as soon as they can, and wait for no account but theirs. */
  readonly hasOwnCalls?: boolean;
}

export const MAX_PAGE = 100;
export const MAX_IDS = 100;
/** Of any address, by RFC 5321. */
const MAX_EMAIL = 254;

/** The person with this account; null when no backend knows it. `argument` names the id in messages. */
export async function getProfile(
  context: ReadContext,
  id: string,
  selection: Selection,
  argument = 'id',
): Promise<Person | null> {
  return findByRef(context, expectRef(id, argument), selection);
}

/**
 * As getProfile, for a reference that another system vouches for: whom the gateway cannot look at now, or the caller may not
 * look at, is there all the same, with that id, and every other field says why it is missing. Null is whom no backend knows.
 */
export async function getReferenced(
  context: ReadContext,
  id: string,
  selection: Selection,
  argument = 'id',
): Promise<Person | null> {
  const seed = expectRef(id, argument);
  try {
    return await findByRef(context, seed, selection);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { omnivibeDepth } = selection;
    return createPerson(context, { seed, omnivibeDepth, links: createBrokenLinks(error) });
  }
}

/** As getProfile for each id, in order; one person's failure is that item's own. */
export async function getProfiles(
  context: ReadContext,
  ids: readonly string[],
  selection: Selection,
): Promise<readonly (Person | Error | null)[]> {
  if (ids.length > MAX_IDS) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `Argument "ids" takes at most ${MAX_IDS} ids, ${ids.length} were given.`,
    );
  }
  const refs = ids.map((id, i) => expectRef(id, `ids[${i}]`));
  return findByRefs(context, refs, selection);
}

async function findByRef(
  context: ReadContext,
  seed: AccountRef,
  selection: Selection,
): Promise<Person | null> {
  const [found = null] = await findByRefs(context, [seed], selection);
  if (found instanceof Error) throw found;
  return found;
}

/** Many are found with as many waits as one: a promise for each costs more than all else that is done for a person. */
export async function findByRefs(
  context: ReadContext,
  seeds: readonly AccountRef[],
  selection: Selection,
): Promise<readonly (Person | Error | null)[]> {
  const { backends, hasOwnCalls } = selection;
  const admitted = await all(seeds.map((seed) => orElse(() => admit(context, seed, selection), asError)));
  const people = admitted.filter(isPerson);
  // Started together, so that they travel together.
  const isReadAhead = readAhead(people, selection);
  const isWaitedFor = hasOwnCalls !== true;
  // Whether they are there is then at hand.
  if (isWaitedFor && people.every(({ seed }) => backends.has(seed.backend))) await isReadAhead;
  const found = await all(
    admitted.map((each) =>
      isPerson(each) ? orElse(() => confirm(context, each, selection), asError) : each,
    ),
  );
  // And so is what fields show.
  if (isWaitedFor) await isReadAhead;
  return found;
}

const asError = (error: unknown) => error as Error;

function isPerson(each: Person | Error | null): each is Person {
  return each !== null && !(each instanceof Error);
}

/** The person whose account it would be, if the caller may look; null where the backend takes no part. */
function admit(
  context: ReadContext,
  seed: AccountRef,
  { omnivibeDepth }: Selection,
): Eventual<Person | null> {
  const { backend } = seed;
  const reader = context.readers[backend];
  if (reader === null) return null;
  const person = createPerson(context, { seed, omnivibeDepth });
  if (reader.credential === 'caller' || context.caller.isTrusted) return person;
  const own =
    backend === 'mind'
      ? seed
      : orElse(
          () => person.ref('mind'),
          () => null,
        );
  return after(own, (mind) => {
    assertMayRead(context.caller, backend, mind?.id ?? null);
    return person;
  });
}

/** The person if the account that they were looked for by exists. */
function confirm(context: ReadContext, person: Person, { backends }: Selection): Eventual<Person | null> {
  const { seed } = person;
  if (!backends.has(seed.backend)) {
    return exists(context, seed).then((isThere) => (isThere ? person : null));
  }
  return orElse(
    () => after(person.account(seed.backend), (account) => (account === null ? null : person)),
    async (error) => {
      // The account cannot be read now. If it is known to exist, what other backends hold can still be shown.
      if (await isRemembered(context, seed)) return person;
      throw error;
    },
  );
}

async function isRemembered(context: ReadContext, ref: AccountRef): Promise<boolean> {
  if (!mayAskIndex(context, ref)) return false;
  try {
    return (await context.readers[ref.backend]?.knownById(ref.id)) != null;
  } catch {
    return false;
  }
}

async function exists(context: ReadContext, ref: AccountRef): Promise<boolean> {
  const reader = context.readers[ref.backend];
  if (mayAskIndex(context, ref) && (await reader?.knownById(ref.id)) != null) return true;
  return (await reader?.accountById(ref.id)) != null;
}

/** Whether the caller may learn from what is remembered that an account exists: the gateway's own credential may have seen it. */
function mayAskIndex({ readers, caller }: ReadContext, { backend, id }: AccountRef): boolean {
  const reader = readers[backend];
  // Where the gateway's credential reads, it has been decided already that it may.
  const isDecided = reader?.indexCredential === 'caller' || reader?.credential === 'gateway';
  return isDecided || mayRead(caller, backend === 'mind' ? id : null);
}

/** The person with this address; null when nobody has it. Throws AMBIGUOUS_LINK when it does not identify one person. */
export async function getProfileByEmail(
  context: ReadContext,
  email: string,
  selection: Selection,
): Promise<Person | null> {
  if (email.length > MAX_EMAIL) {
    throw new GatewayError('BAD_USER_INPUT', `Argument "email" must have at most ${MAX_EMAIL} characters.`);
  }
  const readers = ANCHOR_ORDER.flatMap((backend) => context.readers[backend] ?? []);
  if (!context.caller.isTrusted) assertMayLookUp(context);
  // What is remembered may be minutes old, so "nobody" and "not any more" are asked of the backends again.
  const isIndexOpen =
    mayRead(context.caller, null) || readers.every(({ indexCredential }) => indexCredential === 'caller');
  const asks = isIndexOpen ? (['accountsByEmail', 'searchByEmail'] as const) : (['searchByEmail'] as const);
  for (const ask of asks) {
    const sides = await Promise.allSettled(readers.map((reader) => reader[ask](email)));
    const accounts = sides.flatMap((side) => (side.status === 'fulfilled' ? side.value : []));
    const anchor = await onePerson(context, email, accounts);
    const person = anchor === null ? null : await findAnchored(context, anchor, accounts, selection);
    const isRemembered = accounts.some(
      (account) => anchor !== null && formatRef(account) === formatRef(anchor),
    );
    if (person !== null && !(isRemembered && (await hasMoved(person, email, selection)))) return person;
    const failed = sides.find((side) => side.status === 'rejected');
    if (failed !== undefined && ask === 'searchByEmail') throw failed.reason;
  }
  return null;
}

/** The person by the anchor; while that cannot be looked at, by the account that has the address. */
async function findAnchored(
  context: ReadContext,
  anchor: AccountRef,
  accounts: readonly KnownAccount[],
  selection: Selection,
): Promise<Person | null> {
  try {
    return await findByRef(context, anchor, selection);
  } catch (error) {
    const seed = accounts.find(({ backend }) => backend !== anchor.backend);
    const isSilent = error instanceof GatewayError && error.code.startsWith('UPSTREAM_');
    if (seed === undefined || !isSilent) throw error;
    return createPerson(context, { seed, omnivibeDepth: selection.omnivibeDepth });
  }
}

/** Whether the account that the person was found by turns out to have another address; told only if it is read anyway. */
async function hasMoved(person: Person, email: string, { backends }: Selection): Promise<boolean> {
  if (!backends.has(person.seed.backend)) return false;
  try {
    const account = await person.account(person.seed.backend);
    return account !== null && normalizeEmail(account.email ?? '') !== normalizeEmail(email);
  } catch (error) {
    if (error instanceof GatewayError) return false;
    throw error;
  }
}

/** The account that gives the id to the one person whom all these accounts belong to; null without any account. */
async function onePerson(
  context: ReadContext,
  email: string,
  accounts: readonly KnownAccount[],
): Promise<AccountRef | null> {
  const people = accounts.filter(({ isPerson }) => isPerson);
  const active = people.filter((account) => account.active !== false);
  const seeds = active.length > 0 ? active : people;
  const anchors = await Promise.all(
    seeds.map(async (seed) => createPerson(context, { seed, omnivibeDepth: 'listed' }).anchor()),
  );
  const [anchor, ...others] = new Map(anchors.map((ref) => [formatRef(ref), ref])).values();
  if (others.length > 0 || (anchor !== undefined && context.linkRules.isShared(email)))
    throw ambiguous(seeds);
  return anchor ?? null;
}

function assertMayLookUp({ readers, caller }: ReadContext): void {
  for (const backend of BACKENDS) {
    if (readers[backend]?.credential === 'gateway') assertMayRead(caller, backend, null);
  }
}

function ambiguous(accounts: readonly KnownAccount[]): GatewayError {
  const names = accounts.map(formatRef).join(', ');
  return new GatewayError(
    'AMBIGUOUS_LINK',
    `The address does not identify one person: ${names} have it. Ask by id.`,
  );
}

export function expectRef(id: string, argument: string): AccountRef {
  const ref = parseRef(id);
  if (ref !== null) return ref;
  const message = `Argument "${argument}" must be "<backend>:<native id>" with one of ${BACKENDS.join(', ')} and a positive whole number, such as "mind:42".`;
  throw new GatewayError('BAD_USER_INPUT', message);
}

/** Checks what is asked of the desk's views before the call. */
export function checkDeskViews(args: {
  readonly query?: string | null | undefined;
  readonly limit?: number | null | undefined;
}): {
  query: string | null;
  limit: number;
} {
  const { query = null, limit } = args;
  if (query !== null && !/^[0-9a-zA-Z _-]{1,100}$/.test(query)) {
    throw new GatewayError('BAD_USER_INPUT', 'Argument "query" takes letters, digits, blanks, "-" and "_".');
  }
  if (limit != null && (limit < 1 || limit > MAX_PAGE)) {
    throw new GatewayError('BAD_USER_INPUT', `Argument "limit" must be between 1 and ${MAX_PAGE}.`);
  }
  return { query, limit: limit ?? 15 };
}
