// Which accounts are one person's: the rules of identity.ts applied to what the backends know, starting from one account.
//
// Accounts linked by hand form a group; an account without such links is a group of its own. A group with a Mind user is the
// core of a person, and each group without one joins at most one core: the first that it matches, if the core takes it.
// Groups that join none may match each other. So every account is one person's, whichever account is asked for.
import type { GatewayError } from '../errors.js';
import type { Caller } from './access.js';
import { after, type Eventual } from './eventual.js';
import {
  ANCHOR_ORDER,
  areFree,
  explicitLink,
  isActive,
  matchAccount,
  tokenOwnerLink,
  type AccountLink,
  type LinkedRef,
  type LinkOrigin,
  type LinkRules,
  type Side,
  type TokenOwner,
} from './identity.js';
import { isCurrent, stampsOf, type LinkMemory, type Stamps } from './link-memory.js';
import type { KnownAccount, Readers } from './ports.js';
import { formatRef, type AccountRef, type Backend } from './profile.js';

export interface LinkContext {
  readonly readers: Readers;
  readonly caller: Caller;
  readonly linkRules: LinkRules;
  /** Left out: everything is found out anew. */
  readonly linkMemory?: LinkMemory;
}

/** The accounts of one person. Nothing is looked up before it is asked for, and nothing twice. */
export interface PersonLinks {
  /** The account that gives the person their id. */
  anchor(): Eventual<AccountRef>;
  /** The account on a backend, and why it is the person's; null when there is none, or the link is not certain. */
  linkTo(backend: Backend): Eventual<LinkedRef | null>;
  /** Accounts that carry the person's address where it belongs to several, so that it links nobody; else []. */
  rivalsOn(backend: Backend): Promise<readonly AccountRef[]>;
}

const ANCHOR_LINK: AccountLink = { origin: 'ANCHOR', evidence: [] };

/** Accounts that are linked by hand, or one account without such links. */
type Group = readonly AccountRef[];

/** A match that leads from one group to another. */
interface Way {
  readonly match: LinkedRef;
  readonly to: Group;
}

/** From the strongest rule to the weakest. */
const STRENGTH: readonly LinkOrigin[] = ['TOKEN_OWNER', 'EXTERNAL_ID', 'EMAIL_MATCH'];

const NOTHING: Side = { sameExternalId: [], sameEmail: [] };

export function createPersonLinks(context: LinkContext, seed: AccountRef): PersonLinks {
  return new RememberedLinks(context, seed);
}

/** Links as they were found before, where the same would be found again; the others are found when they are asked for. */
class RememberedLinks implements PersonLinks {
  readonly #context: LinkContext;
  readonly #seed: AccountRef;
  #found: PersonLinks | null = null;
  /** What the indexes remembered when the first of them was looked for. */
  #stamps: Stamps = null;

  constructor(context: LinkContext, seed: AccountRef) {
    this.#context = context;
    this.#seed = seed;
  }

  get #links(): PersonLinks {
    if (this.#found === null) {
      this.#stamps = stampsOf(this.#context.readers);
      this.#found = findLinks(this.#context, this.#seed);
    }
    return this.#found;
  }

  anchor(): Eventual<AccountRef> {
    return this.#isCore() ? this.#seed : this.#remembered('anchor', () => this.#links.anchor());
  }

  linkTo(backend: Backend): Eventual<LinkedRef | null> {
    if (this.#context.readers[backend] === null) return null;
    if (backend === 'mind' && this.#isCore()) return { ref: this.#seed, link: ANCHOR_LINK };
    return this.#remembered(backend, () => this.#links.linkTo(backend));
  }

  rivalsOn(backend: Backend): Promise<readonly AccountRef[]> {
    return this.#links.rivalsOn(backend);
  }

  /** A Mind user is whom everybody else is linked to, and so gives the id. */
  #isCore(): boolean {
    const { readers, linkRules } = this.#context;
    return this.#seed.backend === 'mind' && readers.mind !== null && !linkRules.hasLinks;
  }

  #remembered<T extends object | null>(what: string, find: () => Eventual<T>): Eventual<T> {
    const { linkMemory, linkRules, readers } = this.#context;
    // A token that the caller sent along, and accounts linked by hand, are looked at each time.
    if (linkMemory === undefined || linkRules.hasLinks || readers.omnivibe?.hasCallersToken === true)
      return find();
    const question = `${formatRef(this.#seed)} ${what}`;
    const known = linkMemory.recall(question, readers);
    return known === undefined ? after(find(), (found) => this.#keep(question, found)) : (known as T);
  }

  async #keep<T extends object | null>(question: string, found: T): Promise<T> {
    const { linkMemory, readers } = this.#context;
    // Who is not known yet may be there at the next look.
    const isKnown = (await readers[this.#seed.backend]?.knownById(this.#seed.id)) != null;
    if (isKnown && isCurrent(this.#stamps, readers)) linkMemory?.keep(question, this.#stamps, found);
    return found;
  }
}

function findLinks({ readers, caller, linkRules }: LinkContext, seed: AccountRef): PersonLinks {
  const matches = new Map<string, Promise<LinkedRef | null>>();
  let found: Promise<Group> | null = null;

  /** The account of a backend that matches another by what both carry, not looking any further. */
  function match(account: AccountRef, backend: Backend): Promise<LinkedRef | null> {
    const key = `${formatRef(account)} ${backend}`;
    const found = matches.get(key) ?? findMatch(account, backend);
    matches.set(key, found);
    return found;
  }

  async function findMatch(account: AccountRef, backend: Backend): Promise<LinkedRef | null> {
    const own = readers[account.backend];
    const other = readers[backend];
    if (own === null || other === null) return null;
    const owner = account.backend === 'v2' || backend === 'v2' ? null : await tokenOwner();
    const callersOwn = owner === null ? null : tokenOwnerLink(account, backend, owner, linkRules);
    if (callersOwn !== null) return callersOwn;
    const known = await knownAccount(account);
    if (known === null) return null;
    const [ownSide, otherSide] = await Promise.all([sideOf(known, account.backend), sideOf(known, backend)]);
    const ids = otherSide.sameEmail.flatMap(({ externalId }) => externalId ?? []);
    const holders = async (reader: typeof own) =>
      new Map(await Promise.all(ids.map(async (id) => [id, await reader.accountsByExternalId(id)] as const)));
    const [ownByExternalId, otherByExternalId] = await Promise.all([holders(own), holders(other)]);
    const question = { account: known, own: ownSide, other: otherSide, ownByExternalId, otherByExternalId };
    const link = matchAccount(question, linkRules);
    // What the caller has proven to be theirs is nobody else's.
    const proven = owner?.[backend === 'omnivibe' ? 'omnivibe' : 'mind'];
    return proven !== undefined && link?.ref.id === proven.id ? null : link;
  }

  /** What is remembered of an account; one that is too new to be remembered is read first. */
  async function knownAccount({ backend, id }: AccountRef): Promise<KnownAccount | null> {
    const reader = readers[backend];
    if (reader === null) return null;
    const known = await reader.knownById(id);
    if (known !== null) return known;
    return (await reader.accountById(id)) === null ? null : reader.knownById(id);
  }

  async function tokenOwner(): Promise<TokenOwner | null> {
    if (caller.mindUserId === null) return null;
    const omnivibe = (await readers.omnivibe?.callersAccount()) ?? null;
    return omnivibe === null ? null : { mind: { backend: 'mind', id: caller.mindUserId }, omnivibe };
  }

  async function sideOf({ email, externalId }: KnownAccount, backend: Backend): Promise<Side> {
    const reader = readers[backend];
    if (reader === null) return NOTHING;
    const [sameExternalId, sameEmail] = await Promise.all([
      externalId === null ? [] : reader.accountsByExternalId(externalId),
      email === null ? [] : reader.accountsByEmail(email),
    ]);
    return { sameExternalId, sameEmail };
  }

  /** The accounts linked by hand to one that exists, less those that no backend knows any more. */
  async function groupOf(account: AccountRef): Promise<Group> {
    const members = linkRules.groupOf(account);
    if (members.length === 1) return members;
    // A backend that fails is no proof that its account has gone.
    const isThere = async (member: AccountRef) =>
      formatRef(member) === formatRef(account) || (await knownAccount(member).catch(() => member)) !== null;
    const there = await Promise.all(members.map(isThere));
    return members.filter((_, i) => there[i]);
  }

  /** The other groups that a group's accounts match on some backends, by the strength of the rule. */
  async function waysFrom(group: Group, backends: readonly Backend[]): Promise<readonly Way[]> {
    const ways = await Promise.all(
      group.flatMap((account) =>
        backends.filter(isMissingIn(group)).map(async (backend): Promise<Way[]> => {
          const link = await match(account, backend);
          return link === null ? [] : [{ match: link, to: await groupOf(link.ref) }];
        }),
      ),
    );
    return ways
      .flat()
      .toSorted(
        (left, right) => STRENGTH.indexOf(left.match.link.origin) - STRENGTH.indexOf(right.match.link.origin),
      );
  }

  /** The core that a group without a Mind user would join. */
  async function choiceOf(group: Group): Promise<Group | null> {
    const [direct] = await waysFrom(group, ['mind']);
    if (direct !== undefined) return direct.to;
    // By way of an account that is linked to a Mind user by hand.
    if (!linkRules.hasLinks) return null;
    return (await waysFrom(group, ANCHOR_ORDER)).find(({ to }) => hasMind(to))?.to ?? null;
  }

  /** The groups that join a core over these backends: those that choose it, the strongest first, while they get along. */
  async function joinersOf(core: Group, backends: readonly Backend[]): Promise<readonly Way[]> {
    const joiners: Way[] = [];
    // Groups that could be at odds must be known whichever of them is asked for.
    for (const way of await waysFrom(core, linkRules.isEntangled ? ANCHOR_ORDER : backends)) {
      const choice = hasMind(way.to) ? null : await choiceOf(way.to);
      const isFree = joiners.every(({ to }) => areFree(to, way.to, linkRules));
      if (choice !== null && isSame(choice, core) && isFree) joiners.push(way);
    }
    return joiners;
  }

  /** The core that a group without a Mind user belongs to; null when it belongs to none. */
  async function coreOf(group: Group): Promise<Group | null> {
    const choice = await choiceOf(group);
    if (choice === null) return null;
    const backends = group.map(({ backend }) => backend);
    return (await joinersOf(choice, backends)).some(({ to }) => isSame(to, group)) ? choice : null;
  }

  async function findHome(): Promise<Group> {
    const group = await groupOf(seed);
    return hasMind(group) ? group : ((await coreOf(group)) ?? group);
  }

  /** The groups that are one person's with the home group, as far as one backend is concerned. */
  async function othersOf(home: Group, backend: Backend): Promise<readonly Way[]> {
    if (hasMind(home)) return joinersOf(home, [backend]);
    for (const way of await waysFrom(home, [backend])) {
      if (!hasMind(way.to) && (await coreOf(way.to)) === null) return [way];
    }
    return [];
  }

  const home = () => (found ??= findHome());

  /** The account on a backend, without regard to which one gives the id. */
  async function linkedOn(backend: Backend): Promise<LinkedRef | null> {
    const own = await home();
    const member = own.find((account) => account.backend === backend);
    if (member !== undefined) {
      const [leader = member] = ANCHOR_ORDER.flatMap((each) =>
        own.filter((account) => account.backend === each),
      );
      return explicitLink(leader, backend, linkRules) ?? { ref: member, link: ANCHOR_LINK };
    }
    for (const { match: link, to } of await othersOf(own, backend)) {
      if (link.ref.backend === backend) return link;
      // Brought along by hand.
      if (to.some((account) => account.backend === backend))
        return explicitLink(link.ref, backend, linkRules);
    }
    return null;
  }

  async function anchor(): Promise<AccountRef> {
    for (const backend of ANCHOR_ORDER) {
      const link = readers[backend] === null ? null : await linkedOn(backend);
      if (link !== null) return link.ref;
    }
    return seed;
  }

  async function linkTo(backend: Backend): Promise<LinkedRef | null> {
    const link = await linkedOn(backend);
    if (link === null) return null;
    const anchorRef = await anchor();
    return anchorRef.backend === backend ? { ref: link.ref, link: ANCHOR_LINK } : link;
  }

  return {
    anchor,
    linkTo,
    async rivalsOn(backend) {
      const known = await knownAccount(seed);
      if (known?.email == null) return [];
      const [own, other] = await Promise.all([sideOf(known, seed.backend), sideOf(known, backend)]);
      const rivals = own.sameEmail.filter(isActive);
      const candidates = other.sameEmail.filter(
        (candidate) => isActive(candidate) && !linkRules.isApart(seed, candidate),
      );
      const isAmbiguous = rivals.length > 1 || candidates.length > 1 || linkRules.isShared(known.email);
      return candidates.length > 0 && isAmbiguous ? [...rivals, ...candidates] : [];
    },
  };
}

/** Those of somebody whose account cannot be looked at: each question fails with the reason. */
export function createBrokenLinks(reason: GatewayError): PersonLinks {
  const fail = () => Promise.reject(reason);
  return { anchor: fail, linkTo: fail, rivalsOn: fail };
}

function hasMind(group: Group): boolean {
  return group.some(({ backend }) => backend === 'mind');
}

function isMissingIn(group: Group) {
  return (backend: Backend) => group.every((account) => account.backend !== backend);
}

function isSame(left: Group, right: Group): boolean {
  return left.some((account) => right.some((other) => formatRef(account) === formatRef(other)));
}
