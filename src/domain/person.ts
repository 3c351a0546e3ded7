// One person of one operation: known by one account, the others are linked and read when something asks for them.
import { GatewayError } from '../errors.js';
import { assertMayRead, type Caller } from './access.js';
import {
  ANCHOR_ORDER,
  explicitLink,
  matchAccount,
  type AccountLink,
  type LinkedRef,
  type LinkRules,
  type Side,
} from './identity.js';
import { FIELD_SOURCES, type PersonField, type PersonFields } from './ownership.js';
import type { KnownAccount, Readers } from './ports.js';
import { presenceSignals, type PresenceSignal, type SourceState } from './presence.js';
import { formatRef, type AccountOf, type AccountRef, type Backend, type OmnivibeDepth } from './profile.js';

/** What a read of people needs: the backends as opened for this operation, for whom, and who is linked by hand. */
export interface ReadContext {
  readonly readers: Readers;
  readonly caller: Caller;
  readonly linkRules: LinkRules;
}

/** An account together with the person it belongs to. */
export type Linked<A> = A & { readonly person: Person };

export interface Person {
  /** The account that the person was found by. */
  readonly seed: AccountRef;
  /** The person's account on a backend; null when there is none, the link is not certain, or the backend takes no part. */
  ref(backend: Backend): Promise<AccountRef | null>;
  /** The account that gives the person their id. */
  anchor(): Promise<AccountRef>;
  /** Why the account on a backend belongs to the person. */
  link(backend: Backend): Promise<AccountLink>;
  /** The account as it is now; null as for `ref`, or when the backend does not know it any more. */
  account<B extends Backend>(backend: B): Promise<Linked<AccountOf[B]> | null>;
  /** A person-level field by the ownership table. */
  field<F extends PersonField>(field: F): Promise<PersonFields[F] | null>;
  signals(): Promise<readonly PresenceSignal[]>;
}

export interface PersonOptions {
  readonly seed: AccountRef;
  /** How much of an omnivibe account the operation selects of this person. */
  readonly omnivibeDepth: OmnivibeDepth;
}

const ANCHOR_LINK: AccountLink = { origin: 'ANCHOR', evidence: [] };
const NOTHING: Side = { sameExternalId: [], sameEmail: [] };

export function createPerson(context: ReadContext, { seed, omnivibeDepth }: PersonOptions): Person {
  const { readers, caller, linkRules } = context;
  const accounts = new Map<Backend, Promise<unknown>>();
  const links = new Map<string, Promise<LinkedRef | null>>();
  let anchored: Promise<AccountRef> | null = null;

  /** The account of a backend that one rule links to another account, not looking any further. */
  function linkOnce(account: AccountRef, backend: Backend): Promise<LinkedRef | null> {
    const key = `${formatRef(account)} ${backend}`;
    const link = links.get(key) ?? findLink(account, backend);
    links.set(key, link);
    return link;
  }

  async function findLink(account: AccountRef, backend: Backend): Promise<LinkedRef | null> {
    const own = readers[account.backend];
    const other = readers[backend];
    if (own === null || other === null) return null;
    const explicit = explicitLink(account, backend, linkRules);
    if (explicit !== null) return explicit;
    const known = await own.knownById(account.id);
    if (known === null) return null;
    const [ownSide, otherSide] = await Promise.all([sideOf(known, account.backend), sideOf(known, backend)]);
    const ids = otherSide.sameEmail.flatMap(({ externalId }) => externalId ?? []);
    const claims = ids.map(async (id) => [id, await own.accountsByExternalId(id)] as const);
    const ownByExternalId = new Map(await Promise.all(claims));
    return matchAccount({ account: known, own: ownSide, other: otherSide, ownByExternalId }, linkRules);
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

  /** The first link that any account of a group has to a backend: those linked by hand count as one. */
  async function linkOfGroup(account: AccountRef, backend: Backend): Promise<LinkedRef | null> {
    for (const member of linkRules.groupOf(account)) {
      const link = await linkOnce(member, backend);
      if (link !== null) return link;
    }
    return null;
  }

  /** The account that an anchor's person has on a backend. One that itself leads to a Mind user is that user's. */
  async function linkOfAnchor(anchor: AccountRef, backend: Backend): Promise<LinkedRef | null> {
    const link = await linkOfGroup(anchor, backend);
    if (link === null || anchor.backend === 'mind') return link;
    return (await linkOfGroup(link.ref, 'mind')) === null ? link : null;
  }

  async function findAnchor(): Promise<AccountRef> {
    if (seed.backend === 'mind') return seed;
    const candidates: AccountRef[] = [];
    for (const backend of ANCHOR_ORDER.slice(0, ANCHOR_ORDER.indexOf(seed.backend))) {
      const link = await linkOfGroup(seed, backend);
      if (link === null) continue;
      const beyond = backend === 'mind' ? null : await linkOfGroup(link.ref, 'mind');
      candidates.push(...(beyond === null ? [] : [beyond.ref]), link.ref);
    }
    for (const candidate of candidates) {
      const back = await linkOfAnchor(candidate, seed.backend);
      if (back?.ref.id === seed.id) return candidate;
    }
    return seed;
  }

  const anchor = () => (anchored ??= findAnchor());

  async function linkTo(backend: Backend): Promise<LinkedRef | null> {
    if (backend === seed.backend) return { ref: seed, link: ANCHOR_LINK };
    const anchorRef = await anchor();
    if (backend === anchorRef.backend) return { ref: anchorRef, link: ANCHOR_LINK };
    return linkOfAnchor(anchorRef, backend);
  }

  async function ref(backend: Backend): Promise<AccountRef | null> {
    const reader = readers[backend];
    if (reader === null) return null;
    if (reader.credential === 'gateway' && !caller.isTrusted) {
      assertMayRead(caller, backend, (await linkTo('mind'))?.ref.id ?? null);
    }
    return (await linkTo(backend))?.ref ?? null;
  }

  async function loadAccount<B extends Backend>(backend: B): Promise<Linked<AccountOf[B]> | null> {
    const reader = readers[backend];
    const own = await ref(backend);
    if (reader === null || own === null) return null;
    const account = (await reader.accountById(own.id, omnivibeDepth)) as AccountOf[B] | null;
    // Not a copy: a field that the backend sent nonsense in must throw when it is read, not now.
    return account === null
      ? null
      : (Object.create(account, { person: { value: person } }) as Linked<AccountOf[B]>);
  }

  function account<B extends Backend>(backend: B): Promise<Linked<AccountOf[B]> | null> {
    const loaded =
      (accounts.get(backend) as Promise<Linked<AccountOf[B]> | null> | undefined) ?? loadAccount(backend);
    accounts.set(backend, loaded);
    return loaded;
  }

  async function source<B extends Backend>(backend: B): Promise<SourceState<AccountOf[B]>> {
    try {
      const own = await account(backend);
      return own === null ? { kind: 'unlinked' } : { kind: 'answered', account: own };
    } catch (error) {
      if (error instanceof GatewayError) return { kind: 'failed' };
      throw error;
    }
  }

  const person: Person = {
    seed,
    ref,
    anchor,
    account,

    async link(backend) {
      const anchorRef = await anchor();
      if (backend === anchorRef.backend) return ANCHOR_LINK;
      const link = await linkOfAnchor(anchorRef, backend);
      if (link === null) throw new TypeError(`${formatRef(anchorRef)} has no account on ${backend}`);
      return link.link;
    },

    async field<F extends PersonField>(field: F) {
      for (const { backend, read } of FIELD_SOURCES[field]) {
        const own = await account(backend);
        const value = own === null ? null : read(own);
        if (value !== null) return value;
      }
      return null;
    },

    async signals() {
      const [mind, omnivibe, v2] = await Promise.all([source('mind'), source('omnivibe'), source('v2')]);
      return presenceSignals({ mind, omnivibe, v2 });
    },
  };
  return person;
}
