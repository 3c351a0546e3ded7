// Who is the same person: the rules, in the order in which they decide. Pure: accounts are looked up elsewhere.
import type { KnownAccount } from './ports.js';
import { formatRef, normalizeEmail, type AccountRef, type Backend } from './profile.js';

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

/** An account that belongs to the same person as another one, and why. */
export interface LinkedRef {
  readonly ref: AccountRef;
  readonly link: AccountLink;
}

/** What the operator has decided by hand. */
export interface LinkRules {
  /** The account and those linked to it, directly or through others; just the account when there are none. */
  groupOf(account: AccountRef): readonly AccountRef[];
  isApart(left: AccountRef, right: AccountRef): boolean;
  /** Whether the address is known to belong to several people. */
  isShared(email: string): boolean;
  /** Whether anything is linked by hand. */
  readonly hasLinks: boolean;
  /** Whether anything is said of accounts without a Mind user among them: only then can two be at odds over joining one. */
  readonly isEntangled: boolean;
}

export interface LinkLists {
  readonly links: readonly (readonly AccountRef[])[];
  readonly apart: readonly (readonly [AccountRef, AccountRef])[];
  readonly shared: readonly string[];
}

/** Throws RangeError when the links would give one person two accounts on one backend, or link what is kept apart. */
export function createLinkRules({ links, apart, shared }: LinkLists): LinkRules {
  const groups = new Map<string, readonly AccountRef[]>();
  const groupOf = (account: AccountRef) => groups.get(formatRef(account)) ?? [account];
  for (const link of links) {
    const members = new Map(link.flatMap(groupOf).map((account) => [formatRef(account), account]));
    for (const key of members.keys()) groups.set(key, [...members.values()]);
  }
  for (const members of groups.values()) {
    if (new Set(members.map(({ backend }) => backend)).size < members.length) {
      throw new RangeError(
        `links give one person two accounts on one backend: ${members.map(formatRef).join(', ')}`,
      );
    }
  }
  const tombstones = new Set(apart.flatMap(([left, right]) => [pairKey(left, right), pairKey(right, left)]));
  const isApart = (left: AccountRef, right: AccountRef) =>
    groupOf(left).some((one) => groupOf(right).some((other) => tombstones.has(pairKey(one, other))));
  for (const [left, right] of apart) {
    if (groupOf(left).some((account) => formatRef(account) === formatRef(right))) {
      throw new RangeError(`${formatRef(left)} and ${formatRef(right)} are both linked and kept apart`);
    }
  }
  const sharedAddresses = new Set(shared.map(normalizeEmail));
  const isBeyondMind = (accounts: readonly AccountRef[]) =>
    accounts.every(({ backend }) => backend !== 'mind');
  return {
    groupOf,
    isApart,
    isShared: (email) => sharedAddresses.has(normalizeEmail(email)),
    hasLinks: groups.size > 0,
    isEntangled: [...groups.values(), ...apart].some(isBeyondMind),
  };
}

/** The account of a backend that the operator has linked to this one. */
export function explicitLink(account: AccountRef, backend: Backend, rules: LinkRules): LinkedRef | null {
  const ref = rules
    .groupOf(account)
    .find((member) => member.backend === backend && formatRef(member) !== formatRef(account));
  if (ref === undefined) return null;
  const evidence = [{ rule: 'linked by the operator', left: formatRef(account), right: formatRef(ref) }];
  return { ref, link: { origin: 'EXPLICIT', evidence } };
}

/** What the caller proves by a token of their own: this omnivibe account and this Mind account are theirs. */
export interface TokenOwner {
  readonly mind: AccountRef;
  readonly omnivibe: AccountRef;
}

/** The caller's account of a backend, if the other account is the caller's too. */
export function tokenOwnerLink(
  account: AccountRef,
  backend: Backend,
  owner: TokenOwner,
  rules: LinkRules,
): LinkedRef | null {
  const [left, right] = backend === 'omnivibe' ? [owner.mind, owner.omnivibe] : [owner.omnivibe, owner.mind];
  if (right.backend !== backend || formatRef(left) !== formatRef(account) || !isFree(left, right, rules))
    return null;
  const evidence = [
    { rule: 'the caller holds a token of it', left: formatRef(left), right: formatRef(right) },
  ];
  return { ref: right, link: { origin: 'TOKEN_OWNER', evidence } };
}

/** The accounts of one backend that carry the same values as a given account, itself included on its own side. */
export interface Side {
  readonly sameExternalId: readonly KnownAccount[];
  readonly sameEmail: readonly KnownAccount[];
}

export interface LinkQuestion {
  readonly account: KnownAccount;
  readonly own: Side;
  readonly other: Side;
  /** Accounts of the own side by external id, for those ids that accounts of the other side's `sameEmail` carry. */
  readonly ownByExternalId: ReadonlyMap<string, readonly KnownAccount[]>;
  /** The same of the other side. */
  readonly otherByExternalId: ReadonlyMap<string, readonly KnownAccount[]>;
}

/**
 * The account of the other backend that belongs to the same person by equal external id, or else by equal address.
 * An address decides when each side has exactly one active account with it, nobody has said that it is shared, neither
 * account is unconfirmed, and the other account is not somebody else's by a stronger rule.
 */
export function matchAccount(question: LinkQuestion, rules: LinkRules): LinkedRef | null {
  const { account, own, other } = question;
  const byId = onlyPair(account, own.sameExternalId, other.sameExternalId);
  if (byId !== null && account.externalId !== null && isFree(account, byId, rules)) {
    return linked('EXTERNAL_ID', 'equal external id', account, byId, ({ externalId }) => externalId);
  }
  if (account.email === null || rules.isShared(account.email)) return null;
  const byEmail = onlyPair(account, own.sameEmail, other.sameEmail);
  if (byEmail === null || !account.isConfirmed || !byEmail.isConfirmed || !isFree(account, byEmail, rules))
    return null;
  const externalId = byEmail.externalId ?? '';
  const ownHolders = question.ownByExternalId.get(externalId) ?? [];
  const claimant = onlyPair(byEmail, question.otherByExternalId.get(externalId) ?? [], ownHolders);
  if (claimant !== null && claimant.id !== account.id && isFree(claimant, byEmail, rules)) return null;
  return linked('EMAIL_MATCH', 'equal e-mail, unique on both sides', account, byEmail, ({ email }) => email);
}

/** The other side's only active account, when the given one is its own side's only one. */
function onlyPair(
  account: KnownAccount,
  ownSide: readonly KnownAccount[],
  otherSide: readonly KnownAccount[],
): KnownAccount | null {
  const rivals = ownSide.filter((own) => isActive(own) && own.id !== account.id);
  const [candidate, ...others] = otherSide.filter(isActive);
  return isActive(account) && rivals.length === 0 && others.length === 0 ? (candidate ?? null) : null;
}

/** Whether the two could be one person's, given those linked to them by hand: one account a backend, and nobody kept apart. */
function isFree(account: AccountRef, candidate: AccountRef, rules: LinkRules): boolean {
  return areFree(rules.groupOf(account), rules.groupOf(candidate), rules);
}

/** As for two accounts, of two groups of accounts. */
export function areFree(
  group: readonly AccountRef[],
  others: readonly AccountRef[],
  rules: LinkRules,
): boolean {
  return group.every((account) =>
    others.every((other) => account.backend !== other.backend && !rules.isApart(account, other)),
  );
}

function linked(
  origin: LinkOrigin,
  rule: string,
  account: KnownAccount,
  ref: KnownAccount,
  value: (account: KnownAccount) => string | null,
): LinkedRef {
  const told = (side: KnownAccount) => `${formatRef(side)} ${value(side) ?? ''}`.trim();
  return {
    ref: { backend: ref.backend, id: ref.id },
    link: { origin, evidence: [{ rule, left: told(account), right: told(ref) }] },
  };
}

/** Inactive accounts and programs neither are linked by their values nor stand in the way of those that are. */
export function isActive(account: KnownAccount): boolean {
  return account.active !== false && account.isPerson;
}

function pairKey(left: AccountRef, right: AccountRef): string {
  return `${formatRef(left)} ${formatRef(right)}`;
}
