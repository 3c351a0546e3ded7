// Who is the same person. Pure: the accounts are looked up elsewhere.
import type { KnownAccount } from './ports.js';
import { formatRef, type AccountRef, type Backend } from './profile.js';

/** Whose account gives a person their id: the first backend that the person is linked on. */
export const ANCHOR_ORDER: readonly Backend[] = ['mind', 'v2', 'omnivibe'];

export type LinkOrigin = 'ANCHOR' | 'EXPLICIT' | 'TOKEN_OWNER' | 'EXTERNAL_ID' | 'EMAIL_MATCH';

/** Why an account belongs to a person. */
export interface AccountLink {
  readonly origin: LinkOrigin;
  readonly evidence: readonly LinkEvidence[];
}

export interface LinkEvidence {
  readonly rule: string;
  readonly left: string;
  readonly right: string;
}

/**
 * The account of the other backend that belongs to the same person, by equal address: each side has exactly one active
 * account with it, and neither of the two is unconfirmed. Both lists hold every account of their side with the address.
 */
export function linkByEmail(
  account: KnownAccount,
  ownSide: readonly KnownAccount[],
  otherSide: readonly KnownAccount[],
): AccountRef | null {
  if (account.active === false || !account.isConfirmed) return null;
  const others = ownSide.filter((own) => isActive(own) && own.id !== account.id);
  const candidates = otherSide.filter(isActive);
  const [candidate] = candidates;
  if (others.length > 0 || candidates.length !== 1 || !candidate?.isConfirmed) return null;
  return { backend: candidate.backend, id: candidate.id };
}

/** The one person behind an address, as the account that gives the id; null without any; `ambiguous` when they are several. */
export function personBehindEmail(
  accounts: readonly KnownAccount[],
):
  | { readonly kind: 'one'; readonly anchor: KnownAccount }
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous' } {
  const active = accounts.filter(isActive);
  const usable = active.length > 0 ? active : accounts;
  const backends = new Set(usable.map(({ backend }) => backend));
  const [anchor] = ANCHOR_ORDER.flatMap((backend) => usable.filter((account) => account.backend === backend));
  if (anchor === undefined) return { kind: 'none' };
  const isLinkable = usable.length === 1 || usable.every((account) => account.isConfirmed);
  return backends.size === usable.length && isLinkable ? { kind: 'one', anchor } : { kind: 'ambiguous' };
}

/** The words for a link by address. */
export function emailMatch(anchor: KnownAccount, account: KnownAccount): AccountLink {
  const told = (side: KnownAccount) => `${formatRef(side)} ${side.email ?? ''}`.trim();
  return {
    origin: 'EMAIL_MATCH',
    evidence: [{ rule: 'equal e-mail, unique on both sides', left: told(anchor), right: told(account) }],
  };
}

function isActive(account: KnownAccount): boolean {
  return account.active !== false;
}
