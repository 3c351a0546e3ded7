// Which accounts are one person's: the rules of identity.ts applied to what the backends know, starting from one account.
import type { Caller } from './access.js';
import {
  ANCHOR_ORDER,
  explicitLink,
  matchAccount,
  tokenOwnerLink,
  type AccountLink,
  type LinkedRef,
  type LinkRules,
  type Side,
  type TokenOwner,
} from './identity.js';
import type { KnownAccount, Readers } from './ports.js';
import { formatRef, type AccountRef, type Backend } from './profile.js';

export interface LinkContext {
  readonly readers: Readers;
  readonly caller: Caller;
  readonly linkRules: LinkRules;
}

/** The accounts of one person. Nothing is looked up before it is asked for, and nothing twice. */
export interface PersonLinks {
  /** The account that gives the person their id. */
  anchor(): Promise<AccountRef>;
  /** The account on a backend, and why it is the person's; null when there is none, or the link is not certain. */
  linkTo(backend: Backend): Promise<LinkedRef | null>;
}

const ANCHOR_LINK: AccountLink = { origin: 'ANCHOR', evidence: [] };
const NOTHING: Side = { sameExternalId: [], sameEmail: [] };

export function createPersonLinks(
  { readers, caller, linkRules }: LinkContext,
  seed: AccountRef,
): PersonLinks {
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
    const owner = account.backend === 'v2' || backend === 'v2' ? null : await tokenOwner();
    const callersOwn = owner === null ? null : tokenOwnerLink(account, backend, owner, linkRules);
    if (callersOwn !== null) return callersOwn;
    const known = await knownAccount(account);
    if (known === null) return null;
    const [ownSide, otherSide] = await Promise.all([sideOf(known, account.backend), sideOf(known, backend)]);
    const ids = otherSide.sameEmail.flatMap(({ externalId }) => externalId ?? []);
    const claims = ids.map(async (id) => [id, await own.accountsByExternalId(id)] as const);
    const ownByExternalId = new Map(await Promise.all(claims));
    const match = matchAccount(
      { account: known, own: ownSide, other: otherSide, ownByExternalId },
      linkRules,
    );
    // What the caller has proven to be theirs is nobody else's.
    const proven = owner?.[backend === 'omnivibe' ? 'omnivibe' : 'mind'];
    return proven !== undefined && match?.ref.id === proven.id ? null : match;
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
  return {
    anchor,
    async linkTo(backend) {
      const anchorRef = await anchor();
      return backend === anchorRef.backend
        ? { ref: anchorRef, link: ANCHOR_LINK }
        : linkOfAnchor(anchorRef, backend);
    },
  };
}
