// The rules by which accounts are linked, each on the smallest set of accounts that shows it.
import { describe, expect, it } from '@jest/globals';
import {
  createLinkRules,
  explicitLink,
  matchAccount,
  tokenOwnerLink,
  type LinkedRef,
  type LinkRules,
} from '../../src/domain/identity.js';
import type { KnownAccount } from '../../src/domain/ports.js';
import {
  BACKENDS,
  formatRef,
  normalizeEmail,
  parseRef,
  type AccountRef,
  type Backend,
} from '../../src/domain/profile.js';

/** LINKS_FILE in short: ids that are one person, pairs that are not, addresses of several people. */
interface Lists {
  readonly links?: readonly string[];
  readonly apart?: readonly string[];
  readonly shared?: readonly string[];
}

function refOf(text: string): AccountRef {
  const ref = parseRef(text);
  if (ref === null) throw new TypeError(`${text} is no id`);
  return ref;
}

function rulesOf({ links = [], apart = [], shared = [] }: Lists = {}): LinkRules {
  const refsOf = (line: string) => line.split(' ').map(refOf);
  return createLinkRules({
    links: links.map(refsOf),
    apart: apart.map(refsOf) as [AccountRef, AccountRef][],
    shared,
  });
}

/** An ordinary account: active as far as is told, confirmed, a person's. */
function account(id: string, email: string | null, more: Partial<KnownAccount> = {}): KnownAccount {
  const known = { active: null, isConfirmed: true, externalId: null, isPerson: true };
  return { ...refOf(id), email, ...known, ...more };
}

/** What the rules say when the accounts are all that the backends know. */
function decide(from: KnownAccount, backend: Backend, all: readonly KnownAccount[], rules: LinkRules) {
  const explicit = explicitLink(from, backend, rules);
  if (explicit !== null) return explicit;
  const on = (wanted: Backend, isSame: (known: KnownAccount) => boolean) =>
    all.filter((known) => known.backend === wanted && isSame(known));
  const hasExternalId = (id: string | null) => (known: KnownAccount) =>
    id !== null && known.externalId === id;
  const hasEmail = ({ email }: KnownAccount) =>
    email !== null && from.email !== null && normalizeEmail(email) === normalizeEmail(from.email);
  const sideOf = (wanted: Backend) => ({
    sameExternalId: on(wanted, hasExternalId(from.externalId)),
    sameEmail: on(wanted, hasEmail),
  });
  const other = sideOf(backend);
  const ids = other.sameEmail.flatMap(({ externalId }) => externalId ?? []);
  const holdersOn = (wanted: Backend) =>
    new Map(ids.map((id) => [id, on(wanted, hasExternalId(id))] as const));
  const question = {
    account: from,
    own: sideOf(from.backend),
    other,
    ownByExternalId: holdersOn(from.backend),
    otherByExternalId: holdersOn(backend),
  };
  return matchAccount(question, rules);
}

interface Case {
  readonly name: string;
  readonly accounts: readonly KnownAccount[];
  readonly lists?: Lists;
  /** Which two are linked by which rule; all others are not. */
  readonly links: readonly (readonly [string, string, LinkedRef['link']['origin']])[];
}

const ANN = 'ann@example.com';
const BOB = 'bob@example.com';
const X = { externalId: 'X' };

const CASES: readonly Case[] = [
  {
    name: 'an equal address links each two of three',
    accounts: [account('mind:1', ANN), account('omnivibe:2', ANN), account('v2:3', ANN)],
    links: [
      ['mind:1', 'omnivibe:2', 'EMAIL_MATCH'],
      ['mind:1', 'v2:3', 'EMAIL_MATCH'],
      ['omnivibe:2', 'v2:3', 'EMAIL_MATCH'],
    ],
  },
  {
    name: 'case and blanks around an address make no other address',
    accounts: [account('mind:1', ' Ann@Example.COM '), account('v2:3', ANN)],
    links: [['mind:1', 'v2:3', 'EMAIL_MATCH']],
  },
  {
    name: 'a plus-tag makes another address',
    accounts: [account('mind:1', 'ann+desk@example.com'), account('v2:3', ANN)],
    links: [],
  },
  {
    name: 'different addresses link nobody',
    accounts: [account('mind:1', ANN), account('v2:3', BOB)],
    links: [],
  },
  {
    name: 'two accounts without an address are not alike',
    accounts: [account('mind:1', null), account('v2:3', null)],
    links: [],
  },
  {
    name: 'an address that one side has twice links nobody',
    accounts: [account('mind:1', ANN), account('mind:2', ANN), account('v2:3', ANN)],
    links: [],
  },
  {
    name: 'an address that each side has twice links nobody',
    accounts: ['mind:1', 'mind:2', 'v2:3', 'v2:4'].map((id) => account(id, ANN)),
    links: [],
  },
  {
    name: 'an inactive account neither is linked nor stands in the way',
    accounts: [account('mind:1', ANN), account('v2:3', ANN), account('v2:4', ANN, { active: false })],
    links: [['mind:1', 'v2:3', 'EMAIL_MATCH']],
  },
  {
    name: 'an inactive account alone is not linked by its address',
    accounts: [account('mind:1', ANN), account('v2:3', ANN, { active: false })],
    links: [],
  },
  {
    name: 'an inactive account is not linked by its external id',
    accounts: [account('mind:1', ANN, X), account('omnivibe:2', BOB, { ...X, active: false })],
    links: [],
  },
  {
    name: 'an account whose backend does not tell counts as active, like one that says so',
    accounts: [account('mind:1', ANN, { active: null }), account('v2:3', ANN, { active: true })],
    links: [['mind:1', 'v2:3', 'EMAIL_MATCH']],
  },
  {
    name: 'a rival whose backend does not tell counts as active',
    accounts: [account('mind:1', ANN), account('mind:2', ANN, { active: null }), account('v2:3', ANN)],
    links: [],
  },
  {
    name: 'an address that is listed as shared links nobody, however it is spelled',
    accounts: [account('mind:1', 'INFO@example.com'), account('v2:3', 'info@example.com')],
    lists: { shared: ['Info@Example.com'] },
    links: [],
  },
  {
    name: 'an unconfirmed account is not linked by its address',
    accounts: [account('mind:1', ANN), account('omnivibe:2', ANN, { isConfirmed: false })],
    links: [],
  },
  {
    name: 'an unconfirmed account still makes its address ambiguous',
    accounts: [
      account('mind:1', ANN),
      account('omnivibe:2', ANN),
      account('omnivibe:3', ANN, { isConfirmed: false }),
    ],
    links: [],
  },
  {
    name: 'an unconfirmed account is linked by its external id',
    accounts: [account('mind:1', ANN, X), account('omnivibe:2', BOB, { ...X, isConfirmed: false })],
    links: [['mind:1', 'omnivibe:2', 'EXTERNAL_ID']],
  },
  {
    name: 'a program neither is linked nor stands in the way',
    accounts: [account('mind:1', ANN), account('mind:2', ANN, { isPerson: false }), account('v2:3', ANN)],
    links: [['mind:1', 'v2:3', 'EMAIL_MATCH']],
  },
  {
    name: 'a program alone is not linked, neither by address nor by external id',
    accounts: [account('mind:2', ANN, { ...X, isPerson: false }), account('omnivibe:3', ANN, X)],
    links: [],
  },
  {
    name: 'an equal external id links whatever the addresses',
    accounts: [account('mind:1', ANN, X), account('omnivibe:2', BOB, X)],
    links: [['mind:1', 'omnivibe:2', 'EXTERNAL_ID']],
  },
  {
    name: 'an external id decides before an equal address does',
    accounts: [account('mind:1', ANN, X), account('omnivibe:2', ANN, X)],
    links: [['mind:1', 'omnivibe:2', 'EXTERNAL_ID']],
  },
  {
    name: 'an external id takes an account away from who has its address',
    accounts: [account('mind:1', ANN), account('mind:2', BOB, X), account('omnivibe:3', ANN, X)],
    links: [['mind:2', 'omnivibe:3', 'EXTERNAL_ID']],
  },
  {
    name: 'an external id takes a Mind user away from who has its address',
    accounts: [account('mind:1', ANN, X), account('omnivibe:2', ANN), account('omnivibe:3', BOB, X)],
    links: [['mind:1', 'omnivibe:3', 'EXTERNAL_ID']],
  },
  {
    name: 'an external id works for addresses listed as shared',
    accounts: [account('mind:1', ANN, X), account('omnivibe:2', ANN, X)],
    lists: { shared: [ANN] },
    links: [['mind:1', 'omnivibe:2', 'EXTERNAL_ID']],
  },
  {
    name: 'an external id is taken as it is spelled',
    accounts: [account('mind:1', ANN, { externalId: 'x' }), account('omnivibe:2', BOB, X)],
    links: [],
  },
  {
    name: 'an external id that one side has twice decides nothing',
    accounts: [
      account('mind:1', ANN, X),
      account('mind:2', BOB, X),
      account('omnivibe:3', 'c@example.com', X),
    ],
    links: [],
  },
  {
    name: 'an external id that one side has twice leaves it to the address',
    accounts: [account('mind:1', ANN, X), account('mind:2', BOB, X), account('omnivibe:3', ANN, X)],
    links: [['mind:1', 'omnivibe:3', 'EMAIL_MATCH']],
  },
  {
    name: 'different external ids leave it to the address',
    accounts: [account('mind:1', ANN, X), account('omnivibe:2', ANN, { externalId: 'Y' })],
    links: [['mind:1', 'omnivibe:2', 'EMAIL_MATCH']],
  },
  {
    name: 'an inactive account claims nobody by its external id',
    accounts: [
      account('mind:1', ANN, X),
      account('omnivibe:2', ANN),
      account('omnivibe:3', BOB, { ...X, active: false }),
    ],
    links: [['mind:1', 'omnivibe:2', 'EMAIL_MATCH']],
  },
  {
    name: 'what is kept apart is linked neither by external id nor by address',
    accounts: [account('mind:1', ANN, X), account('omnivibe:2', ANN, X)],
    lists: { apart: ['omnivibe:2 mind:1'] },
    links: [],
  },
  {
    name: 'who is kept apart from an account does not claim it by external id either',
    accounts: [account('mind:1', ANN), account('mind:2', BOB, X), account('omnivibe:3', ANN, X)],
    lists: { apart: ['mind:2 omnivibe:3'] },
    links: [['mind:1', 'omnivibe:3', 'EMAIL_MATCH']],
  },
  {
    name: 'keeping one account apart keeps those apart that are linked to it by hand',
    accounts: [account('mind:1', BOB), account('v2:3', ANN), account('omnivibe:2', ANN)],
    lists: { links: ['mind:1 v2:3'], apart: ['mind:1 omnivibe:2'] },
    links: [['mind:1', 'v2:3', 'EXPLICIT']],
  },
  {
    name: 'a link by hand decides before an external id and before an address',
    accounts: [
      account('mind:1', ANN, X),
      account('omnivibe:2', ANN, X),
      account('omnivibe:3', 'somebody@example.com'),
    ],
    lists: { links: ['mind:1 omnivibe:3'] },
    links: [['mind:1', 'omnivibe:3', 'EXPLICIT']],
  },
  {
    name: 'an account that is linked by hand is nobody else’s by its address',
    accounts: [account('mind:1', BOB), account('mind:2', ANN), account('v2:3', ANN)],
    lists: { links: ['mind:1 v2:3'] },
    links: [['mind:1', 'v2:3', 'EXPLICIT']],
  },
  {
    name: 'a chain of links by hand is one person',
    accounts: [account('mind:1', ANN), account('v2:2', BOB), account('omnivibe:3', 'c@example.com')],
    lists: { links: ['mind:1 v2:2', 'v2:2 omnivibe:3'] },
    links: [
      ['mind:1', 'v2:2', 'EXPLICIT'],
      ['v2:2', 'omnivibe:3', 'EXPLICIT'],
      ['mind:1', 'omnivibe:3', 'EXPLICIT'],
    ],
  },
  {
    name: 'no address gives a person a second account beside the one that is linked by hand',
    accounts: [
      account('mind:1', ANN),
      account('v2:1', BOB),
      account('omnivibe:2', ANN),
      account('v2:2', 'c@example.com'),
    ],
    lists: { links: ['mind:1 v2:1', 'omnivibe:2 v2:2'] },
    links: [
      ['mind:1', 'v2:1', 'EXPLICIT'],
      ['omnivibe:2', 'v2:2', 'EXPLICIT'],
    ],
  },
];

describe('who is the same person', () => {
  it.each(CASES)('$name', ({ accounts, lists, links }) => {
    const rules = rulesOf(lists);
    const expected = links.flatMap(([left, right, origin]) => [
      `${left} ${right} ${origin}`,
      `${right} ${left} ${origin}`,
    ]);
    const decided = accounts.flatMap((from) =>
      BACKENDS.filter((backend) => backend !== from.backend).flatMap((backend) => {
        const found = decide(from, backend, accounts, rules);
        return found === null ? [] : [`${formatRef(from)} ${formatRef(found.ref)} ${found.link.origin}`];
      }),
    );
    expect(decided.toSorted()).toEqual(expected.toSorted());
  });

  it.each<[string, readonly KnownAccount[], Lists, object]>([
    [
      'addresses as each side spells them',
      [account('mind:1', 'Ann@example.com'), account('v2:3', ANN)],
      {},
      {
        origin: 'EMAIL_MATCH',
        evidence: [
          {
            rule: 'equal e-mail, unique on both sides',
            left: 'mind:1 Ann@example.com',
            right: 'v2:3 ann@example.com',
          },
        ],
      },
    ],
    [
      'external ids',
      [account('mind:1', ANN, X), account('omnivibe:3', BOB, X)],
      {},
      {
        origin: 'EXTERNAL_ID',
        evidence: [{ rule: 'equal external id', left: 'mind:1 X', right: 'omnivibe:3 X' }],
      },
    ],
    [
      'a link by hand',
      [account('mind:1', ANN), account('v2:3', BOB)],
      { links: ['mind:1 v2:3'] },
      {
        origin: 'EXPLICIT',
        evidence: [{ rule: 'linked by the operator', left: 'mind:1', right: 'v2:3' }],
      },
    ],
  ])('a link names what it compared: %s', (_what, accounts, lists, link) => {
    const [from, to] = accounts;
    if (from === undefined || to === undefined) throw new TypeError('two accounts are needed');
    expect(decide(from, to.backend, accounts, rulesOf(lists))?.link).toEqual(link);
  });
});

describe('a caller’s own token', () => {
  const owner = { mind: refOf('mind:1'), omnivibe: refOf('omnivibe:9') };
  it.each<[string, string, Backend, string | null, Lists]>([
    ['leads from the caller’s Mind user to the token’s account', 'mind:1', 'omnivibe', 'omnivibe:9', {}],
    ['leads back', 'omnivibe:9', 'mind', 'mind:1', {}],
    ['says nothing of other Mind users', 'mind:2', 'omnivibe', null, {}],
    ['says nothing of other omnivibe accounts', 'omnivibe:8', 'mind', null, {}],
    ['says nothing of the desk', 'mind:1', 'v2', null, {}],
    ['says nothing of a desk account with the same number', 'v2:1', 'omnivibe', null, {}],
    ['does not undo a tombstone', 'mind:1', 'omnivibe', null, { apart: ['mind:1 omnivibe:9'] }],
    [
      'does not undo a tombstone, seen from the other side',
      'omnivibe:9',
      'mind',
      null,
      { apart: ['mind:1 omnivibe:9'] },
    ],
    [
      'does not take an account that is linked to somebody else by hand',
      'mind:1',
      'omnivibe',
      null,
      { links: ['mind:2 omnivibe:9'] },
    ],
    [
      'does not give an account to who is linked to another by hand',
      'omnivibe:9',
      'mind',
      null,
      { links: ['mind:1 omnivibe:8'] },
    ],
  ])('%s', (_promise, from, backend, to, lists) => {
    const link = tokenOwnerLink(refOf(from), backend, owner, rulesOf(lists));
    expect(link === null ? null : formatRef(link.ref)).toBe(to);
    if (link !== null)
      expect(link.link).toEqual({
        origin: 'TOKEN_OWNER',
        evidence: [{ rule: 'the caller holds a token of it', left: from, right: to }],
      });
  });
});

describe('what the operator has decided', () => {
  it('an account that is not listed stands alone', () => {
    expect(rulesOf().groupOf(refOf('mind:1'))).toEqual([refOf('mind:1')]);
    expect(rulesOf().isApart(refOf('mind:1'), refOf('v2:1'))).toBe(false);
    expect(rulesOf().isShared(ANN)).toBe(false);
  });

  it('links that share an account are one, in whatever order they stand', () => {
    for (const links of [
      ['mind:1 v2:2', 'v2:2 omnivibe:3'],
      ['omnivibe:3 v2:2', 'v2:2 mind:1'],
      ['mind:1 v2:2 omnivibe:3'],
      ['mind:1 v2:2 mind:1', 'omnivibe:3 mind:1', 'mind:1 v2:2'],
    ]) {
      const rules = rulesOf({ links });
      for (const id of ['mind:1', 'v2:2', 'omnivibe:3'])
        expect(rules.groupOf(refOf(id)).map(formatRef).toSorted()).toEqual(['mind:1', 'omnivibe:3', 'v2:2']);
    }
  });

  it.each<[string, Lists, string]>([
    ['two accounts of one backend', { links: ['mind:1 mind:2'] }, 'mind:1, mind:2'],
    ['two by way of a third', { links: ['mind:1 v2:1', 'v2:1 mind:2'] }, 'mind:1, v2:1, mind:2'],
    [
      'two by way of a link that comes later',
      { links: ['mind:1 v2:1', 'omnivibe:1 v2:2', 'omnivibe:1 mind:1'] },
      'v2:1',
    ],
    ['a link that is a tombstone too', { links: ['mind:1 v2:1'], apart: ['v2:1 mind:1'] }, 'v2:1 and mind:1'],
    [
      'a tombstone between the ends of a chain',
      { links: ['mind:1 v2:1', 'v2:1 omnivibe:1'], apart: ['mind:1 omnivibe:1'] },
      'mind:1 and omnivibe:1',
    ],
    ['an account apart from itself', { apart: ['mind:1 mind:1'] }, 'mind:1 and mind:1'],
  ])('lists that contradict themselves are refused: %s', (_what, lists, named) => {
    expect(() => rulesOf(lists)).toThrow(RangeError);
    expect(() => rulesOf(lists)).toThrow(named);
  });
});
