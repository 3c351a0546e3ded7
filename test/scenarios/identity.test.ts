// Who is the same person, asked of a running gateway; each case has a small cast of its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CastMember, MindSeed, OmnivibeSeed, V2Seed } from '../../src/sandbox/people.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

const FOLDER = mkdtempSync(join(tmpdir(), 'links-'));
afterAll(() => {
  rmSync(FOLDER, { recursive: true });
});

/** What stands in LINKS_FILE. */
interface Lists {
  readonly links?: readonly (readonly string[])[];
  readonly apart?: readonly (readonly [string, string])[];
  readonly shared?: readonly string[];
}

let files = 0;
function linksFile(lists: Lists): Record<string, string> {
  const path = join(FOLDER, `links-${++files}.json`);
  writeFileSync(path, JSON.stringify(lists));
  return { LINKS_FILE: path };
}

const mind = (id: number, email: string, more: Partial<MindSeed> = {}): CastMember => ({
  mind: { id, firstName: 'Ann', lastName: `Mind ${id}`, email, ...more },
});
const omnivibe = (id: number, email: string, more: Partial<OmnivibeSeed> = {}): CastMember => ({
  omnivibe: { id, name: `Ann Omnivibe ${id}`, email, ...more },
});
const v2 = (id: number, email: string, more: Partial<V2Seed> = {}): CastMember => ({
  v2: { id, username: `ann.${id}`, firstname: 'Ann', lastname: `Desk ${id}`, email, ...more },
});
const withExternalId = (external_id: string) => ({ customAttributes: { external_id } });

const ANN = 'ann@example.com';
const OTHER = 'other@example.com';

const IDS = '{ id mindUserId omnivibeUserId v2UserId }';

/** A person as `IDS` shows them, of `mind:7 v2:8`: the first account gives the id. */
function personOf(accounts: string): object {
  const [id = '', ...others] = accounts.split(' ');
  const idOn = (backend: string) =>
    [id, ...others].find((ref) => ref.startsWith(`${backend}:`))?.slice(backend.length + 1) ?? null;
  return { id, mindUserId: idOn('mind'), omnivibeUserId: idOn('omnivibe'), v2UserId: idOn('v2') };
}

/** Every way to ask for a person by an id. */
const WAYS: Readonly<Record<string, (id: string) => string>> = {
  profile: (id) => `{ profile(id: "${id}") ${IDS} }`,
  profilesById: (id) => `{ profilesById(ids: ["${id}"]) ${IDS} }`,
  _entities: (id) =>
    `{ _entities(representations: [{ __typename: "Profile", id: "${id}" }]) { ... on Profile ${IDS} } }`,
  '_entities by Mind id': (id) =>
    `{ _entities(representations: [{ __typename: "Profile", mindUserId: "${id.slice('mind:'.length)}" }]) { ... on Profile ${IDS} } }`,
};

/** Asks for everybody by every id in every way, each in an operation of its own. */
async function expectPeople(gateway: TestGateway, people: readonly string[]): Promise<void> {
  for (const accounts of people) {
    for (const id of accounts.split(' ')) {
      for (const [way, queryOf] of Object.entries(WAYS)) {
        if (way === '_entities by Mind id' && !id.startsWith('mind:')) continue;
        const [found] = Object.values(await gateway.query(queryOf(id))).flat();
        expect({ [`${way} ${id}`]: found }).toEqual({ [`${way} ${id}`]: personOf(accounts) });
      }
    }
  }
}

interface Case {
  readonly name: string;
  readonly people: readonly CastMember[];
  readonly lists?: Lists;
  /** The accounts of each person, the one that gives the id first. */
  readonly expected: readonly string[];
  /** Whom an address leads to. */
  readonly byEmail?: Readonly<Record<string, string | null>>;
}

const AMBIGUOUS = 'AMBIGUOUS_LINK';

const CASES: readonly Case[] = [
  {
    name: 'one address, on each side once',
    people: [mind(1, ANN), omnivibe(2, ANN), v2(3, ANN)],
    expected: ['mind:1 omnivibe:2 v2:3'],
    byEmail: { [ANN]: 'mind:1', 'ANN@Example.COM': 'mind:1', 'nobody@example.com': null },
  },
  {
    name: 'two people on one shared mailbox',
    people: [mind(1, ANN), mind(2, ANN), omnivibe(3, ANN), v2(4, ANN), v2(5, ANN)],
    // Seen from omnivibe and v2 the address is just as ambiguous.
    expected: ['mind:1', 'mind:2', 'omnivibe:3', 'v2:4', 'v2:5'],
    byEmail: { [ANN]: AMBIGUOUS },
  },
  {
    name: 'a mailbox that only one side shares',
    people: [mind(1, ANN), omnivibe(3, ANN), v2(4, ANN), v2(5, ANN)],
    expected: ['mind:1 omnivibe:3', 'v2:4', 'v2:5'],
    byEmail: { [ANN]: AMBIGUOUS },
  },
  {
    name: 'a mailbox that is listed as shared',
    people: [mind(1, ANN), omnivibe(2, ANN), v2(3, ANN)],
    lists: { shared: ['Ann@Example.com'] },
    expected: ['mind:1', 'omnivibe:2', 'v2:3'],
    byEmail: { [ANN]: AMBIGUOUS },
  },
  {
    name: 'an address that only one account has, listed as shared',
    people: [mind(1, ANN)],
    lists: { shared: [ANN] },
    expected: ['mind:1'],
    byEmail: { [ANN]: AMBIGUOUS },
  },
  {
    name: 'one address in three spellings',
    people: [mind(1, 'Ann@Example.com'), omnivibe(2, ANN), v2(3, 'ANN@EXAMPLE.COM')],
    expected: ['mind:1 omnivibe:2 v2:3'],
    byEmail: { 'aNN@example.com': 'mind:1' },
  },
  {
    name: 'an address with a plus-tag',
    people: [mind(1, ANN), omnivibe(2, 'ann+chat@example.com'), v2(3, 'ann+chat@example.com')],
    expected: ['mind:1', 'v2:3 omnivibe:2'],
    byEmail: { [ANN]: 'mind:1', 'ann+chat@example.com': 'v2:3' },
  },
  {
    name: 'somebody hired again, whose old desk account is inactive',
    people: [mind(1, ANN), v2(2, ANN, { isActive: false }), v2(3, ANN)],
    expected: ['mind:1 v2:3', 'v2:2'],
    byEmail: { [ANN]: 'mind:1' },
  },
  {
    // Mind does not tell which of its users is the old one.
    name: 'somebody hired again under a new Mind id',
    people: [mind(1, ANN), mind(2, ANN), v2(3, ANN, { isActive: false }), v2(4, ANN)],
    expected: ['mind:1', 'mind:2', 'v2:3', 'v2:4'],
    byEmail: { [ANN]: AMBIGUOUS },
  },
  {
    name: 'somebody hired again under a new Mind id, told apart by the operator',
    people: [mind(1, ANN), mind(2, ANN), v2(3, ANN, { isActive: false }), v2(4, ANN)],
    lists: {
      links: [
        ['mind:1', 'v2:3'],
        ['mind:2', 'v2:4'],
      ],
    },
    expected: ['mind:1 v2:3', 'mind:2 v2:4'],
    byEmail: { [ANN]: AMBIGUOUS },
  },
  {
    name: 'an unconfirmed omnivibe account',
    people: [mind(1, ANN), omnivibe(2, ANN, { isConfirmed: false }), v2(3, ANN)],
    expected: ['mind:1 v2:3', 'omnivibe:2'],
  },
  {
    name: 'an unconfirmed omnivibe account with the external id',
    people: [
      mind(1, ANN, { externalId: 'E1' }),
      omnivibe(2, OTHER, { isConfirmed: false, ...withExternalId('E1') }),
    ],
    expected: ['mind:1 omnivibe:2'],
  },
  {
    name: 'a person of the vendor',
    people: [mind(1, ANN, { type: 'enneo' }), omnivibe(2, ANN), v2(3, ANN)],
    expected: ['mind:1 omnivibe:2 v2:3'],
    byEmail: { [ANN]: 'mind:1' },
  },
  {
    name: 'a service worker with somebody’s address',
    people: [mind(1, ANN), mind(2, ANN, { type: 'serviceWorker' }), omnivibe(3, ANN), v2(4, ANN)],
    expected: ['mind:1 omnivibe:3 v2:4', 'mind:2'],
    byEmail: { [ANN]: 'mind:1' },
  },
  {
    name: 'a service worker alone with an address',
    people: [
      mind(2, ANN, { type: 'serviceWorker', externalId: 'E1' }),
      omnivibe(3, ANN, withExternalId('E1')),
      v2(4, ANN),
    ],
    expected: ['mind:2', 'v2:4 omnivibe:3'],
    byEmail: { [ANN]: 'v2:4' },
  },
  {
    name: 'people on one backend only',
    people: [mind(1, 'a@example.com'), omnivibe(2, 'b@example.com'), v2(3, 'c@example.com')],
    expected: ['mind:1', 'omnivibe:2', 'v2:3'],
    byEmail: { 'a@example.com': 'mind:1', 'b@example.com': 'omnivibe:2', 'c@example.com': 'v2:3' },
  },
  {
    name: 'a person without Mind',
    people: [omnivibe(2, ANN), v2(3, ANN)],
    expected: ['v2:3 omnivibe:2'],
    byEmail: { [ANN]: 'v2:3' },
  },
  {
    name: 'an external id against an address',
    people: [mind(1, ANN), mind(2, OTHER, { externalId: 'E2' }), omnivibe(3, ANN, withExternalId('E2'))],
    expected: ['mind:1', 'mind:2 omnivibe:3'],
    byEmail: { [OTHER]: 'mind:2', [ANN]: AMBIGUOUS },
  },
  {
    name: 'an external id that omnivibe holds as a number',
    people: [
      mind(1, ANN, { externalId: '77' }),
      omnivibe(3, OTHER, { customAttributes: { external_id: 77 } }),
    ],
    expected: ['mind:1 omnivibe:3'],
  },
  {
    name: 'an external id that several hold, which leaves it to the address',
    people: [
      mind(1, ANN),
      mind(2, OTHER, { externalId: 'E' }),
      omnivibe(3, ANN, withExternalId('E')),
      omnivibe(4, 'third@example.com', withExternalId('E')),
    ],
    expected: ['mind:1 omnivibe:3', 'mind:2', 'omnivibe:4'],
  },
  {
    name: 'an external id that makes two people of one address with the desk',
    people: [
      mind(1, ANN),
      mind(2, OTHER, { externalId: 'E2' }),
      omnivibe(3, ANN, withExternalId('E2')),
      v2(4, ANN),
    ],
    expected: ['mind:1 v2:4', 'mind:2 omnivibe:3'],
  },
  {
    name: 'an account that is linked by way of another',
    // Mind and omnivibe by external id, omnivibe and the desk by address.
    people: [mind(1, OTHER, { externalId: 'E1' }), omnivibe(2, ANN, withExternalId('E1')), v2(3, ANN)],
    lists: { links: [['omnivibe:2', 'v2:3']] },
    expected: ['mind:1 omnivibe:2 v2:3'],
  },
  {
    name: 'a link by hand that changes who gives the id',
    people: [mind(1, ANN), v2(2, OTHER), omnivibe(3, OTHER)],
    lists: { links: [['mind:1', 'v2:2']] },
    // Without the link the second person was v2:2, and still answers to that.
    expected: ['mind:1 v2:2 omnivibe:3'],
    byEmail: { [ANN]: 'mind:1', [OTHER]: 'mind:1' },
  },
  {
    name: 'a chain of links by hand',
    people: [mind(1, 'a@example.com'), v2(2, 'b@example.com'), omnivibe(3, 'c@example.com')],
    lists: {
      links: [
        ['omnivibe:3', 'v2:2'],
        ['v2:2', 'mind:1'],
      ],
    },
    expected: ['mind:1 v2:2 omnivibe:3'],
    byEmail: { 'a@example.com': 'mind:1', 'b@example.com': 'mind:1', 'c@example.com': 'mind:1' },
  },
  {
    name: 'a link by hand against external ids and addresses',
    people: [mind(1, ANN, { externalId: 'E1' }), omnivibe(2, ANN, withExternalId('E1')), omnivibe(3, OTHER)],
    lists: { links: [['mind:1', 'omnivibe:3']] },
    expected: ['mind:1 omnivibe:3', 'omnivibe:2'],
  },
  {
    name: 'two links by hand whose people an address would join',
    people: [mind(1, ANN), v2(2, 'b@example.com'), omnivibe(3, ANN), v2(4, 'd@example.com')],
    lists: {
      links: [
        ['mind:1', 'v2:2'],
        ['omnivibe:3', 'v2:4'],
      ],
    },
    expected: ['mind:1 v2:2', 'v2:4 omnivibe:3'],
  },
  {
    name: 'a tombstone against an address',
    people: [mind(1, ANN), omnivibe(2, ANN)],
    lists: { apart: [['omnivibe:2', 'mind:1']] },
    expected: ['mind:1', 'omnivibe:2'],
    byEmail: { [ANN]: AMBIGUOUS },
  },
  {
    name: 'a tombstone against an external id and an address',
    people: [mind(1, ANN, { externalId: 'E1' }), omnivibe(2, ANN, withExternalId('E1'))],
    lists: { apart: [['mind:1', 'omnivibe:2']] },
    expected: ['mind:1', 'omnivibe:2'],
  },
  {
    name: 'a tombstone that a third account’s address does not undo',
    people: [mind(1, ANN), omnivibe(2, ANN), v2(3, ANN)],
    lists: { apart: [['mind:1', 'omnivibe:2']] },
    expected: ['mind:1 v2:3', 'omnivibe:2'],
    byEmail: { [ANN]: AMBIGUOUS },
  },
  {
    name: 'a tombstone that a link by hand carries on',
    people: [mind(1, OTHER), v2(3, ANN), omnivibe(2, ANN)],
    lists: { links: [['mind:1', 'v2:3']], apart: [['mind:1', 'omnivibe:2']] },
    expected: ['mind:1 v2:3', 'omnivibe:2'],
  },
];

describe.each(CASES)('$name', ({ people, lists = {}, expected, byEmail = {} }) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ people, env: linksFile(lists) });
  });
  afterAll(() => gateway.close());

  it('gives the same people, whichever account is asked for', async () => {
    await expectPeople(gateway, expected);
  });

  it('gives the people with an address, or says that it is several people’s', async () => {
    for (const [email, id] of Object.entries(byEmail)) {
      const { data, errors } = await gateway.execute(`{ profileByEmail(email: "${email}") { id } }`);
      const codes = errors.map(({ extensions }) => extensions['code']);
      expect({ email, data, codes }).toEqual({
        email,
        data: { profileByEmail: id === null || id === AMBIGUOUS ? null : { id } },
        codes: id === AMBIGUOUS ? [AMBIGUOUS] : [],
      });
    }
  });
});

/** The accounts of the person that an account leads to, the one that gives the id first. */
async function accountsOf(gateway: TestGateway, ids: readonly string[]): Promise<(readonly string[])[]> {
  const found: (readonly string[])[] = [];
  for (let at = 0; at < ids.length; at += 100) {
    const query = `query ($ids: [ID!]!) { profilesById(ids: $ids) ${IDS} }`;
    const { profilesById } = (await gateway.query(query, { ids: ids.slice(at, at + 100) })) as {
      profilesById: ({ id: string } & Record<string, string | null>)[];
    };
    for (const { id, ...native } of profilesById) {
      const refs = (['mind', 'omnivibe', 'v2'] as const).flatMap((backend) => {
        const own = native[`${backend}UserId`];
        return own == null ? [] : [`${backend}:${own}`];
      });
      expect(refs).toContain(id);
      found.push([id, ...refs.filter((ref) => ref !== id)]);
    }
  }
  return found;
}

/** What holds for all people, however their accounts are linked. */
async function expectSoundPeople(gateway: TestGateway, ids: readonly string[], lists: Lists): Promise<void> {
  const people = await accountsOf(gateway, ids);
  const personOfId = new Map(ids.map((id, i) => [id, people[i] ?? []]));
  const wrong: string[] = [];
  for (const [id, person] of personOfId) {
    for (const other of person) {
      const theirs = personOfId.get(other)?.join(' ');
      if (theirs !== person.join(' '))
        wrong.push(`${id}: ${person.join(' ')}, but ${other}: ${theirs ?? ''}`);
    }
    if (!person.includes(id)) wrong.push(`${id}: ${person.join(' ')} without itself`);
  }
  for (const [left, right] of lists.apart ?? [])
    if (personOfId.get(left)?.includes(right) === true) wrong.push(`${left} and ${right} are kept apart`);
  for (const link of lists.links ?? [])
    if (link.some((id) => link.some((other) => personOfId.get(id)?.includes(other) !== true)))
      wrong.push(`${link.join(' ')} are linked by hand`);
  expect(wrong).toEqual([]);
}

/** Numbers that look random and are the same in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * sides);
  };
}

/** Accounts in clusters that nothing connects: within one they share addresses and external ids in all ways. */
function tangle(clusters: number): { people: CastMember[]; ids: string[]; lists: Required<Lists> } {
  const roll = dice(7);
  const people: CastMember[] = [];
  const ids: string[] = [];
  const links: string[][] = [];
  const apart: [string, string][] = [];
  for (let c = 0; c < clusters; c++) {
    const email = () => `${['a', 'a', 'A', 'b'][roll(4)] ?? ''}.${c}@example.com`;
    const externalId = () => (roll(3) === 0 ? `E${c}-${roll(2)}` : null);
    const here: string[] = [];
    const next = () => 1 + people.length + 1000;
    for (let n = roll(3); n >= 0; n--) {
      const id = externalId();
      here.push(`mind:${next()}`);
      people.push(mind(next(), email(), id === null ? {} : { externalId: id }));
    }
    for (let n = roll(3); n > 0; n--) {
      const id = externalId();
      here.push(`omnivibe:${next()}`);
      people.push(
        omnivibe(next(), email(), { isConfirmed: roll(5) > 0, ...(id === null ? {} : withExternalId(id)) }),
      );
    }
    for (let n = roll(3); n > 0; n--) {
      here.push(`v2:${next()}`);
      people.push(v2(next(), email(), { isActive: roll(5) > 0 }));
    }
    ids.push(...here);
    const two = () => [here[roll(here.length)] ?? '', here[roll(here.length)] ?? ''] as [string, string];
    const areOfTwo = ([left, right]: readonly string[]) => left?.split(':')[0] !== right?.split(':')[0];
    const [link, tombstone] = [two(), two()];
    if (roll(2) === 0 && areOfTwo(link)) links.push(link);
    if (roll(2) === 0 && areOfTwo(tombstone) && !tombstone.every((id) => link.includes(id)))
      apart.push(tombstone);
  }
  return { people, ids, lists: { links, apart, shared: [] } };
}

describe('however accounts are entangled', () => {
  it('every account is one person’s, links by hand hold, and so do tombstones', async () => {
    const { people, ids, lists } = tangle(300);
    expect(lists.links.length).toBeGreaterThan(50);
    expect(lists.apart.length).toBeGreaterThan(50);
    const gateway = await startTestGateway({ people, env: linksFile(lists) });
    try {
      await expectSoundPeople(gateway, ids, lists);
    } finally {
      await gateway.close();
    }
  });

  it.each<[string, readonly CastMember[], Lists]>([
    [
      'a tombstone between two accounts whose address a third one has',
      [mind(1, ANN), omnivibe(2, ANN), v2(3, ANN)],
      { apart: [['v2:3', 'omnivibe:2']] },
    ],
  ])('%s', async (_case, people, lists) => {
    const gateway = await startTestGateway({ people, env: linksFile(lists) });
    try {
      await expectSoundPeople(gateway, ['mind:1', 'omnivibe:2', 'v2:3'], lists);
    } finally {
      await gateway.close();
    }
  });
});

describe('an account that a link by hand names and nobody knows any more', () => {
  it('leaves no id that leads nowhere', async () => {
    const people = [v2(2, ANN), omnivibe(3, ANN)];
    const gateway = await startTestGateway({ people, env: linksFile({ links: [['mind:999', 'v2:2']] }) });
    try {
      const { profile } = (await gateway.query('{ profile(id: "v2:2") { id } }')) as {
        profile: { id: string };
      };
      expect(await gateway.query(`{ profile(id: "${profile.id}") { v2UserId omnivibeUserId } }`)).toEqual({
        profile: { v2UserId: '2', omnivibeUserId: '3' },
      });
    } finally {
      await gateway.close();
    }
  });
});

describe('why an account is a person’s', () => {
  const LINKED = '{ accounts { backend nativeId link { origin evidence { rule left right } } } }';
  const ANCHOR = { origin: 'ANCHOR', evidence: [] };
  const byMail = (left: string, right: string) => ({
    origin: 'EMAIL_MATCH',
    evidence: [{ rule: 'equal e-mail, unique on both sides', left, right }],
  });
  const byHand = (left: string, right: string) => ({
    origin: 'EXPLICIT',
    evidence: [{ rule: 'linked by the operator', left, right }],
  });

  it.each<[string, readonly CastMember[], Lists, string, readonly object[]]>([
    [
      'equal addresses, as each side spells them',
      [mind(1, 'Ann@Example.com'), omnivibe(2, ANN), v2(3, 'ANN@EXAMPLE.COM')],
      {},
      'mind:1',
      [
        { backend: 'MIND', nativeId: '1', link: ANCHOR },
        { backend: 'OMNIVIBE', nativeId: '2', link: byMail('mind:1 Ann@Example.com', `omnivibe:2 ${ANN}`) },
        { backend: 'V2', nativeId: '3', link: byMail('mind:1 Ann@Example.com', 'v2:3 ANN@EXAMPLE.COM') },
      ],
    ],
    [
      'the same, whichever account was asked for',
      [mind(1, ANN), v2(3, ANN)],
      {},
      'v2:3',
      [
        { backend: 'MIND', nativeId: '1', link: ANCHOR },
        { backend: 'V2', nativeId: '3', link: byMail(`mind:1 ${ANN}`, `v2:3 ${ANN}`) },
      ],
    ],
    [
      'equal external ids, and nothing of addresses',
      [mind(1, ANN, { externalId: 'E1' }), omnivibe(2, ANN, withExternalId('E1'))],
      {},
      'mind:1',
      [
        { backend: 'MIND', nativeId: '1', link: ANCHOR },
        {
          backend: 'OMNIVIBE',
          nativeId: '2',
          link: {
            origin: 'EXTERNAL_ID',
            evidence: [{ rule: 'equal external id', left: 'mind:1 E1', right: 'omnivibe:2 E1' }],
          },
        },
      ],
    ],
    [
      'the operator’s word',
      [mind(1, ANN), v2(3, OTHER)],
      { links: [['v2:3', 'mind:1']] },
      'mind:1',
      [
        { backend: 'MIND', nativeId: '1', link: ANCHOR },
        { backend: 'V2', nativeId: '3', link: byHand('mind:1', 'v2:3') },
      ],
    ],
    [
      'nothing, of somebody on one backend',
      [v2(3, ANN)],
      {},
      'v2:3',
      [{ backend: 'V2', nativeId: '3', link: ANCHOR }],
    ],
  ])('is told: %s', async (_what, people, lists, id, accounts) => {
    const gateway = await startTestGateway({ people, env: linksFile(lists) });
    try {
      expect(await gateway.query(`{ profile(id: "${id}") ${LINKED} }`)).toEqual({ profile: { accounts } });
    } finally {
      await gateway.close();
    }
  });
});

describe('a caller’s own omnivibe token', () => {
  const people = [
    mind(60, 'cora@example.com'),
    omnivibe(61, 'cora.private@example.com'),
    mind(70, 'boss@example.com', { roleId: 3 }),
    omnivibe(71, 'boss@example.com'),
    omnivibe(72, 'boss.private@example.com'),
    mind(80, 'dora@example.com'),
    omnivibe(81, 'dora@example.com'),
  ];
  const TELLING = `{ id omnivibeUserId omnivibe { nativeId link { origin evidence { rule left right } } } firstName }`;
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ people, env: { AUTH: 'mind', ...linksFile({}) } });
  });
  afterAll(() => gateway.close());

  const as = (mindId: number, token?: string) => ({
    authorization: `Bearer ${gateway.mind.tokenFor(mindId)}`,
    ...(token !== undefined && { 'x-omnivibe-token': token }),
  });

  it('makes its account the caller’s, whatever the addresses', async () => {
    const { data, errors } = await gateway.execute(
      `{ profile(id: "mind:60") ${TELLING} }`,
      {},
      as(60, gateway.omnivibe.tokenFor(61)),
    );
    const evidence = [{ rule: 'the caller holds a token of it', left: 'mind:60', right: 'omnivibe:61' }];
    expect({ data, errors }).toEqual({
      data: {
        profile: {
          id: 'mind:60',
          omnivibeUserId: '61',
          omnivibe: { nativeId: '61', link: { origin: 'TOKEN_OWNER', evidence } },
          firstName: 'Ann',
        },
      },
      errors: [],
    });
  });

  it('leads from that account to the caller', async () => {
    const { data } = await gateway.execute(
      '{ profile(id: "omnivibe:61") { id mindUserId } }',
      {},
      as(60, gateway.omnivibe.tokenFor(61)),
    );
    expect(data).toEqual({ profile: { id: 'mind:60', mindUserId: '60' } });
  });

  it('is stronger than an equal address', async () => {
    const ask = async (token?: string) => {
      const query = `{ profilesById(ids: ["mind:70", "omnivibe:71", "omnivibe:72"]) ${IDS} }`;
      return (await gateway.execute(query, {}, as(70, token))).data?.['profilesById'];
    };
    const own = (accounts: string) => personOf(accounts);
    expect(await ask()).toEqual([own('mind:70 omnivibe:71'), own('mind:70 omnivibe:71'), own('omnivibe:72')]);
    expect(await ask(gateway.omnivibe.tokenFor(72))).toEqual([
      own('mind:70 omnivibe:72'),
      own('omnivibe:71'),
      own('mind:70 omnivibe:72'),
    ]);
  });

  it('takes its account away from who has its address, as long as the caller shows it', async () => {
    const ask = async (token?: string) => {
      const query = '{ profile(id: "mind:80") { omnivibeUserId } }';
      return (await gateway.execute(query, {}, as(70, token))).data?.['profile'];
    };
    expect(await ask()).toEqual({ omnivibeUserId: '81' });
    expect(await ask(gateway.omnivibe.tokenFor(81))).toEqual({ omnivibeUserId: null });
  });

  it('changes nothing for other callers', async () => {
    const { data } = await gateway.execute('{ profile(id: "mind:60") { omnivibeUserId } }', {}, as(70));
    expect(data).toEqual({ profile: { omnivibeUserId: null } });
  });

  it('is refused at what it is used for alone, when it is nobody’s', async () => {
    const { data, errors, status } = await gateway.execute(
      `{ profile(id: "mind:60") { id mindUserId firstName v2UserId omnivibeUserId omnivibe { nativeId } } }`,
      {},
      as(60, 'not-a-token'),
    );
    expect({ status, data }).toEqual({
      status: 200,
      data: {
        profile: {
          id: 'mind:60',
          mindUserId: '60',
          firstName: 'Ann',
          v2UserId: null,
          omnivibeUserId: null,
          omnivibe: null,
        },
      },
    });
    expect(
      errors.map(({ path, extensions }) => [path?.join('.'), extensions['code'], extensions['backend']]),
    ).toEqual(
      expect.arrayContaining([
        ['profile.omnivibeUserId', 'UNAUTHENTICATED', 'OMNIVIBE'],
        ['profile.omnivibe', 'UNAUTHENTICATED', 'OMNIVIBE'],
      ]),
    );
    expect(errors).toHaveLength(2);
  });

  it('goes to omnivibe and nowhere else, and no answer or log line repeats it', async () => {
    const token = gateway.omnivibe.tokenFor(61);
    const everything =
      '{ profile(id: "mind:60") { id displayName username settings { inbox { availability } } } }';
    const answer = await gateway.execute(everything, {}, as(60, token));
    const { mind: atMind, v2: atV2, omnivibe: atOmnivibe } = gateway.received();
    expect(JSON.stringify([atMind, atV2, gateway.log, answer])).not.toContain(token);
    const holders = atOmnivibe.filter((entry) => JSON.stringify(entry).includes(token));
    expect(new Set(holders.map(({ route }) => route))).toEqual(new Set(['/api/v1/profile']));
    expect(holders.every(({ headers, query }) => headers['api_access_token'] === token && query === '')).toBe(
      true,
    );
  });
});

describe('the memory of addresses', () => {
  const people = [mind(1, ANN), omnivibe(2, ANN, { displayName: 'Ann at omnivibe' }), v2(3, ANN)];
  const NAMES = `{ profile(id: "mind:1") {
    firstName displayName username mind { firstName } omnivibe { displayName } v2 { firstName username }
  } }`;
  let gateway: TestGateway;
  // A new one each: what is remembered is what is looked at.
  beforeEach(async () => {
    gateway = await startTestGateway({ people });
  });
  afterEach(() => gateway.close());

  it('costs one sweep a side when cold, and nothing when warm', async () => {
    const query = `{ profilesById(ids: ["mind:1", "omnivibe:2", "v2:3"]) ${IDS} }`;
    expect(await gateway.cost(query)).toEqual({ mind: 1, omnivibe: 1, v2: 1 });
    expect(gateway.received().mind.map((entry) => new URLSearchParams(entry.query).get('format'))).toEqual([
      'short',
    ]);
    for (const id of ['mind:1', 'omnivibe:2', 'v2:3']) {
      expect(await gateway.cost(`{ profile(id: "${id}") ${IDS} }`)).toEqual({ mind: 0, omnivibe: 0, v2: 0 });
      expect(await gateway.cost(`{ profileByEmail(email: "${ANN}") { id } }`)).toEqual({
        mind: 0,
        omnivibe: 0,
        v2: 0,
      });
    }
  });

  it('sweeps only the sides that a link is looked for between', async () => {
    expect(await gateway.cost('{ profile(id: "mind:1") { v2UserId } }')).toEqual({
      mind: 1,
      omnivibe: 0,
      v2: 1,
    });
  });

  it('never stands in for what a backend says now', async () => {
    await gateway.query(NAMES);
    await gateway.write('mind', 'PATCH /profile/1', { firstName: 'Mindy' });
    await gateway.write('omnivibe', 'PATCH /platform/api/v1/users/2', { display_name: 'Chatty' });
    await gateway.write('v2', 'PUT /api/v2/user/3', { firstname: 'Desky', name: 'desky' });
    expect(await gateway.query(NAMES)).toEqual({
      profile: {
        firstName: 'Mindy',
        displayName: 'Chatty',
        username: 'desky',
        mind: { firstName: 'Mindy' },
        omnivibe: { displayName: 'Chatty' },
        v2: { firstName: 'Desky', username: 'desky' },
      },
    });
  });

  it('finds who has an address only since it was built, and then parts who had it before', async () => {
    await gateway.query(`{ profile(id: "mind:1") ${IDS} }`);
    await gateway.write('v2', 'PUT /api/v2/user/3', { email: OTHER });
    expect(await gateway.query(`{ profileByEmail(email: "${OTHER}") { id email } }`)).toEqual({
      profileByEmail: { id: 'v2:3', email: OTHER },
    });
    await expectPeople(gateway, ['mind:1 omnivibe:2', 'v2:3']);
  });

  it('finds a Mind user who was created since it was built', async () => {
    await gateway.query(`{ profile(id: "mind:1") ${IDS} }`);
    await gateway.write('mind', 'POST /profile', { firstName: 'Neo', lastName: 'New', email: OTHER });
    expect(await gateway.query(`{ profileByEmail(email: "${OTHER}") { id firstName } }`)).toEqual({
      profileByEmail: { id: 'mind:2', firstName: 'Neo' },
    });
  });

  it('links a Mind user who was asked for before they were created', async () => {
    await gateway.query(`{ profile(id: "mind:1") ${IDS} }`);
    const asked = `{ profile(id: "mind:2") ${IDS} }`;
    expect(await gateway.query(asked)).toEqual({ profile: null });
    await gateway.write('v2', 'PUT /api/v2/user/3', { email: OTHER });
    await gateway.query('{ profile(id: "v2:3") { username } }');
    expect(await gateway.query(asked)).toEqual({ profile: null });
    await gateway.write('mind', 'POST /profile', { firstName: 'Neo', lastName: 'New', email: OTHER });
    expect(await gateway.query(asked)).toMatchObject({ profile: { id: 'mind:2', v2UserId: '3' } });
  });

  it.each([
    ['v2', 'PUT /api/v2/user/3', 'username', ['mind:1 omnivibe:2', 'v2:3']],
    ['omnivibe', 'PATCH /platform/api/v1/users/2', 'avatarUrl', ['mind:1 v2:3', 'omnivibe:2']],
  ] as const)(
    'takes over another address that a read of %s shows',
    async (backend, request, field, expected) => {
      await gateway.query(`{ profile(id: "mind:1") ${IDS} }`);
      await gateway.write(backend, request, { email: OTHER });
      const read = `{ profile(id: "mind:1") { ${field} } }`;
      await gateway.query(read);
      await expectPeople(gateway, expected);
    },
  );

  it('does not pay again and again for an address that has changed', async () => {
    const read = '{ profile(id: "v2:3") { username } }';
    await gateway.query(read);
    await gateway.write('v2', 'PUT /api/v2/user/3', { email: OTHER });
    await gateway.query(read);
    expect(await gateway.cost(read)).toEqual({ mind: 0, omnivibe: 0, v2: 1 });
  });
});
