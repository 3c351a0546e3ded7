// Where a value comes from, what the others say, and what the caller may do about it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FIELD_PATHS } from '../../src/domain/ownership.js';
import {
  generatePeople,
  type CastMember,
  type MindSeed,
  type OmnivibeSeed,
  type V2Seed,
} from '../../src/sandbox/people.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

const WARM_UP = '{ profiles(first: 1) { nodes { omnivibeUserId v2UserId } } }';
const OFF = { reply: { status: 503 } };

interface Explained {
  readonly field: string;
  readonly chosen: string | null;
  readonly values: readonly { readonly backend: string; readonly value: unknown }[] | null;
  readonly conflicting: boolean;
  readonly access: readonly {
    readonly backend: string;
    readonly access: string;
    readonly message: string | null;
  }[];
}

const EXPLAIN = 'field chosen values { backend value } conflicting';
async function explain(
  gateway: TestGateway,
  id: string,
  fields?: readonly string[],
): Promise<readonly Explained[]> {
  const query = `query ($fields: [String!]) { profile(id: "${id}") { explain(fields: $fields) { ${EXPLAIN} } } }`;
  const { profile } = (await gateway.query(query, fields === undefined ? {} : { fields })) as {
    profile: { explain: readonly Explained[] };
  };
  return profile.explain;
}

describe('the sandbox’s own people', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
    await gateway.query(WARM_UP);
  });
  afterEach(() => {
    for (const backend of ['mind', 'omnivibe', 'v2'] as const) gateway[backend].switches.clear();
  });
  afterAll(() => gateway.close());

  const says = (mind: unknown, v2: unknown) => [
    { backend: 'MIND', value: mind },
    { backend: 'V2', value: v2 },
  ];

  it.each<[string, string, string, object]>([
    [
      'a name that the desk cannot hold',
      'mind:49',
      'lastName',
      { chosen: 'MIND', values: says("O'Brien", 'OBrien'), conflicting: true },
    ],
    [
      'letters that the desk cannot hold',
      'mind:50',
      'firstName',
      { chosen: 'MIND', values: says('Łukasz', 'Lukasz'), conflicting: true },
    ],
    [
      'one address in three spellings',
      'mind:45',
      'email',
      {
        chosen: 'MIND',
        values: [
          ...says('Nora.Quandt@Example.com', 'NORA.QUANDT@EXAMPLE.COM'),
          { backend: 'OMNIVIBE', value: 'nora.quandt@example.com' },
        ],
        conflicting: false,
      },
    ],
    [
      'one phone number in two spellings',
      'mind:42',
      'phone',
      { chosen: 'MIND', values: says('+49 30 901820', '+4930901820'), conflicting: false },
    ],
    [
      'a number that the desk does not have',
      'mind:45',
      'phone',
      { chosen: 'MIND', values: says('+49 40 1234', null), conflicting: false },
    ],
    [
      'a number that nobody has',
      'mind:51',
      'phone',
      { chosen: null, values: says(null, null), conflicting: false },
    ],
    [
      'a name chosen in omnivibe, and another in Mind',
      'mind:42',
      'displayName',
      {
        chosen: 'OMNIVIBE',
        values: [
          { backend: 'OMNIVIBE', value: 'Max from Support' },
          { backend: 'MIND', value: 'Max M.' },
        ],
        conflicting: true,
      },
    ],
    [
      'a display name that nobody has chosen: the plain name stands in, and is nobody’s choice',
      'mind:51',
      'displayName',
      { chosen: 'MIND', values: [{ backend: 'MIND', value: null }], conflicting: false },
    ],
    [
      'somebody on one backend only',
      'v2:23',
      'firstName',
      { chosen: 'V2', values: [{ backend: 'V2', value: 'Sven' }], conflicting: false },
    ],
    [
      'a field whose owner does not have the person',
      'mind:48',
      'username',
      { chosen: null, values: [], conflicting: false },
    ],
    ['a field that is never shown', 'mind:42', 'avatar', { chosen: null, values: [], conflicting: false }],
    [
      'what is not a text',
      'mind:42',
      'settings.work.teamIds',
      { chosen: 'MIND', values: [{ backend: 'MIND', value: [1, 2] }], conflicting: false },
    ],
  ])('%s', async (_what, id, field, expected) => {
    expect(await explain(gateway, id, [field])).toEqual([{ field, ...expected }]);
  });

  it('every field is explained when none is named, each once', async () => {
    const fields = (await explain(gateway, 'mind:42')).map(({ field }) => field);
    expect(fields).toEqual(FIELD_PATHS);
  });

  it('a field that is named twice is explained once, in the order of naming', async () => {
    const explained = await explain(gateway, 'mind:42', ['username', 'phone', 'username']);
    expect(explained.map(({ field }) => field)).toEqual(['username', 'phone']);
  });

  it.each(['mind:42', 'mind:43', 'mind:44', 'omnivibe:3'])(
    'the chosen backend’s value is the one that the field of %s shows',
    async (id) => {
      const explained = await explain(gateway, id);
      const readable = explained.filter(({ field }) => field !== 'avatar');
      // What is inherited is explained as far as it is the person's own.
      const INHERITED = /(roleId|tagsOnRoute|tagsOnEdit|limitBacklogAccess|backlogRequiredTagIds)$/;
      const pathOf = (field: string) => field.replace('skills.', 'skills.own.').replace(INHERITED, '$1.own');
      const selections = readable.map(({ field }) => {
        const [first = '', ...deeper] = pathOf(field).split('.');
        return `${first} ${deeper.reduceRight((below, step) => `{ ${step} ${below} }`, '')}`;
      });
      const { profile } = (await gateway.query(`{ profile(id: "${id}") { ${selections.join('\n')} } }`)) as {
        profile: Record<string, unknown>;
      };
      const shown = readable.map(({ field }) =>
        pathOf(field)
          .split('.')
          .reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], profile),
      );
      const chosen = readable.map(
        (each) => each.values?.find(({ backend }) => backend === each.chosen)?.value ?? null,
      );
      expect(Object.fromEntries(readable.map(({ field }, i) => [field, chosen[i]]))).toEqual(
        Object.fromEntries(readable.map(({ field }, i) => [field, shown[i]])),
      );
    },
  );

  describe('costs what the selected parts read:', () => {
    it.each<[string, object]>([
      ['{ profile(id: "mind:42") { firstName } }', { mind: 1, omnivibe: 0, v2: 0 }],
      ['{ profile(id: "mind:42") { username } }', { mind: 0, omnivibe: 0, v2: 1 }],
      ['{ profile(id: "mind:42") { explain { field } } }', { mind: 0, omnivibe: 0, v2: 0 }],
      [
        '{ profile(id: "mind:42") { explain { field access { backend access } } } }',
        { mind: 0, omnivibe: 0, v2: 0 },
      ],
      [
        '{ profile(id: "mind:42") { explain(fields: ["phone"]) { chosen } } }',
        { mind: 1, omnivibe: 0, v2: 0 },
      ],
      [
        '{ profile(id: "mind:42") { explain(fields: ["phone"]) { conflicting } } }',
        { mind: 1, omnivibe: 0, v2: 1 },
      ],
      [
        '{ profile(id: "mind:42") { explain(fields: ["phone"]) { values { value } } } }',
        { mind: 1, omnivibe: 0, v2: 1 },
      ],
      // Only one backend holds it: there is nobody to differ from.
      [
        '{ profile(id: "mind:42") { explain(fields: ["username"]) { conflicting } } }',
        { mind: 0, omnivibe: 0, v2: 0 },
      ],
    ])('%s', async (query, calls) => {
      expect(await gateway.cost(query)).toEqual(calls);
    });
  });

  describe('a source that fails', () => {
    it.each([
      ['firstName', 'mind', 'mind:42'],
      ['email', 'mind', 'mind:42'],
      ['phone', 'mind', 'mind:42'],
      ['language', 'mind', 'mind:42'],
      ['displayName', 'omnivibe', 'mind:42'],
    ] as const)('makes %s null with an error, and no other value stands in', async (field, backend, id) => {
      gateway[backend].switches.set(OFF);
      const query = `{ profile(id: "${id}") { v2UserId ${field} explain(fields: ["${field}"]) { chosen values { value } } } }`;
      const { data, errors } = await gateway.execute(query);
      expect(data?.['profile']).toMatchObject({ v2UserId: '17', [field]: null });
      expect(data?.['profile']).toMatchObject({ explain: [{ chosen: null, values: null }] });
      const named = errors.map(({ path, extensions }) => [
        path?.slice(1).join('.'),
        extensions['code'],
        extensions['backend'],
      ]);
      const failed = ['UPSTREAM_ERROR', backend.toUpperCase()];
      // Within the list of explained fields, one error stands for both.
      expect(named).toEqual(
        expect.arrayContaining([
          [field, ...failed],
          ['explain', ...failed],
        ]),
      );
      expect(named).toHaveLength(2);
    });

    it('is not asked for what the source before it has', async () => {
      gateway.v2.switches.set(OFF);
      expect(await gateway.query('{ profile(id: "mind:42") { firstName phone } }')).toEqual({
        profile: { firstName: 'Max', phone: '+49 30 901820' },
      });
    });

    it('does not let anybody say whether values differ', async () => {
      gateway.v2.switches.set(OFF);
      const { data, errors } = await gateway.execute(
        '{ profile(id: "mind:42") { firstName explain(fields: ["firstName"]) { conflicting } } }',
      );
      expect(data).toEqual({ profile: { firstName: 'Max', explain: null } });
      expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_ERROR', backend: 'V2' } }]);
    });
  });

  it.each([
    ['explain', 'explain(fields: ["phone", "no.such"]) { field }'],
    ['explain', 'explain(fields: ["no.such"]) { conflicting }'],
    ['explain', 'explain(fields: ["no.such"]) { chosen }'],
    ['explain', 'explain(fields: ["no.such"]) { access { access } }'],
    ['version', 'version(fields: ["no.such"])'],
  ])('a field that %s does not know is refused before any call: %s', async (_field, selection) => {
    const fresh = await startTestGateway();
    try {
      for (const query of [
        `{ profile(id: "mind:42") { ${selection} } }`,
        `{ profilesById(ids: ["mind:42"]) { ${selection} } }`,
        `{ profiles(first: 2) { nodes { ${selection} } } }`,
      ]) {
        const { errors, extensions } = await fresh.execute(query);
        expect(errors[0]).toMatchObject({
          message: expect.stringContaining('no.such'),
          extensions: { code: 'BAD_USER_INPUT' },
        });
        expect({ query, calls: extensions.upstream?.calls }).toEqual({ query, calls: 0 });
      }
    } finally {
      await fresh.close();
    }
  });

  it('a field that is not known is repeated only where it looks like a field', async () => {
    const { errors } = await gateway.execute(
      '{ profile(id: "mind:42") { explain(fields: ["<script>alert(1)</script>"]) { field } } }',
    );
    expect(errors[0]?.message).toMatch(/not known: what was given/);
    expect(JSON.stringify(errors)).not.toContain('script');
  });
});

/** What each backend holds of a field, and whether that is two values. */
interface Spelling {
  readonly what: string;
  readonly field: string;
  readonly mind?: Partial<MindSeed>;
  readonly v2?: Partial<V2Seed>;
  readonly omnivibe?: Partial<OmnivibeSeed>;
  readonly isConflict: boolean;
}
const phone = (what: string, mind: string, telephone: string, isConflict: boolean): Spelling => ({
  what,
  field: 'phone',
  mind: { phone: mind },
  v2: { telephone },
  isConflict,
});
const name = (what: string, firstName: string, firstname: string, isConflict: boolean): Spelling => ({
  what,
  field: 'firstName',
  mind: { firstName },
  v2: { firstname },
  isConflict,
});
const language = (what: string, lang: string, desk: string, isConflict: boolean): Spelling => ({
  what,
  field: 'language',
  mind: { lang },
  v2: { language: desk },
  isConflict,
});

const SPELLINGS: readonly Spelling[] = [
  phone('blanks in a number', '+49 30 901820', '+4930901820', false),
  phone('hyphens and a slash', '+49-30/90-1820', '+4930901820', false),
  phone('00 for the plus', '0049 30 901820', '+4930901820', false),
  phone('the trunk digit in brackets', '+49 (0)30 901820', '+4930901820', false),
  phone('blanks around', ' +4930901820 ', '+4930901820', false),
  phone('a number that one side does not have', '+4930901820', '', false),
  phone('another number', '+49 30 901820', '+4930901821', true),
  phone('another country', '+43 30 901820', '+4930901820', true),
  phone('a number with an extension', '+49 30 901820', '+49309018200', true),
  name('blanks around a name', ' Ann ', 'Ann', false),
  name('two blanks for one', 'Ann  Marie', 'Ann Marie', false),
  name('an accent composed otherwise', 'Ame\u0301lie', 'Am\u00e9lie', false),
  name('an accent left out', 'Amélie', 'Amelie', true),
  name('another case', 'ANN', 'Ann', true),
  name('another name', 'Ann', 'Hanna', true),
  {
    what: 'two surnames',
    field: 'lastName',
    mind: { lastName: 'Gabler' },
    v2: { lastname: 'Mustermann' },
    isConflict: true,
  },
  language('an underscore in a language', 'en_GB', 'en-GB', false),
  language('another case of a language', 'EN-gb', 'en_GB', false),
  language('another case of what is no language tag', 'Deutsch (Du)', 'deutsch (du)', false),
  language('a region on one side only', 'en', 'en-GB', true),
  language('another language', 'de', 'fr', true),
  {
    what: 'case of an address',
    field: 'email',
    mind: { email: 'ANN.CASE@example.com' },
    v2: { email: 'ann.case@Example.com' },
    omnivibe: { email: 'ann.case@example.com' },
    isConflict: false,
  },
  {
    what: 'blanks around an address',
    field: 'email',
    mind: { email: ' ann.blank@example.com' },
    v2: { email: 'ann.blank@example.com' },
    isConflict: false,
  },
  {
    what: 'two addresses',
    field: 'email',
    mind: { email: 'ann.one@example.com' },
    v2: { email: 'ann.two@example.com' },
    isConflict: true,
  },
  {
    what: 'a plus-tag in an address',
    field: 'email',
    mind: { email: 'ann.tag@example.com' },
    v2: { email: 'ann.tag+desk@example.com' },
    isConflict: true,
  },
  {
    what: 'an address that omnivibe alone has otherwise',
    field: 'email',
    mind: { email: 'ann.three@example.com' },
    v2: { email: 'ann.three@example.com' },
    omnivibe: { email: 'ann.chat@example.com' },
    isConflict: true,
  },
  {
    what: 'blanks around a display name',
    field: 'displayName',
    mind: { nameAlias: ' Annie' },
    omnivibe: { displayName: 'Annie ' },
    isConflict: false,
  },
  {
    what: 'a display name that one side has not chosen',
    field: 'displayName',
    mind: { nameAlias: 'Annie' },
    omnivibe: {},
    isConflict: false,
  },
];

describe('values that differ in spelling', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spellings-'));
  let gateway: TestGateway;
  beforeAll(async () => {
    const people = SPELLINGS.map(({ mind, v2, omnivibe }, i): CastMember => {
      const email = `person.${i}@example.com`;
      return {
        mind: { id: 500 + i, firstName: 'Ann', lastName: 'Example', email, ...mind },
        v2: { id: 500 + i, username: `ann.${i}`, firstname: 'Ann', lastname: 'Example', email, ...v2 },
        ...(omnivibe !== undefined && {
          omnivibe: { id: 500 + i, name: 'Ann Example', email, ...omnivibe },
        }),
      };
    });
    // Linked by hand, so that addresses may differ too.
    const links = SPELLINGS.map(({ omnivibe }, i) => [
      `mind:${500 + i}`,
      `v2:${500 + i}`,
      ...(omnivibe === undefined ? [] : [`omnivibe:${500 + i}`]),
    ]);
    const file = join(folder, 'links.json');
    writeFileSync(file, JSON.stringify({ links }));
    gateway = await startTestGateway({ people, env: { LINKS_FILE: file } });
  });
  afterAll(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true });
  });

  it.each(
    SPELLINGS.map(({ what, field, isConflict }, i) => [what, isConflict ? 'is' : 'is no', field, i] as const),
  )('%s: %s conflict of %s', async (_what, verdict, field, i) => {
    const [explained] = await explain(gateway, `mind:${500 + i}`, [field]);
    expect(explained?.conflicting).toBe(verdict === 'is');
  });
});

describe('a source that answers that it has none', () => {
  it.each<[string, Partial<MindSeed>, Partial<V2Seed>, unknown]>([
    ['phone', {}, { telephone: '+4930901820' }, '+4930901820'],
    ['language', { lang: '' }, { language: 'fr' }, 'fr'],
    ['firstName', { firstName: '' }, { firstname: 'Desky' }, 'Desky'],
    ['email', {}, {}, 'ann@example.com'],
  ])('leaves %s to the next one', async (field, mind, v2, value) => {
    const email = 'ann@example.com';
    const people = [
      { mind: { id: 1, firstName: 'Ann', lastName: 'Mind', email, ...mind } },
      { v2: { id: 2, username: 'ann', firstname: 'Ann', lastname: 'Desk', email, ...v2 } },
    ];
    const gateway = await startTestGateway({ people });
    try {
      const id = field === 'email' ? 'v2:2' : 'mind:1';
      expect(await gateway.query(`{ profile(id: "${id}") { ${field} } }`)).toEqual({
        profile: { [field]: value },
      });
    } finally {
      await gateway.close();
    }
  });

  it('leaves the display name to Mind’s alias, and then to the name', async () => {
    const email = 'ann@example.com';
    const nameOf = async (people: readonly CastMember[], id: string) => {
      const gateway = await startTestGateway({ people });
      try {
        return await gateway.query(`{ profile(id: "${id}") { displayName } }`);
      } finally {
        await gateway.close();
      }
    };
    const chat = { omnivibe: { id: 3, name: 'Ann Chat', email } };
    const mind = { id: 1, firstName: 'Ann', lastName: 'Mind', email };
    expect(await nameOf([{ mind: { ...mind, nameAlias: 'Annie' } }, chat], 'mind:1')).toEqual({
      profile: { displayName: 'Annie' },
    });
    expect(await nameOf([{ mind }, chat], 'mind:1')).toEqual({ profile: { displayName: 'Ann Mind' } });
    const desk = { v2: { id: 2, username: 'ann', firstname: 'Ann', lastname: 'Desk', email } };
    expect(await nameOf([desk, chat], 'v2:2')).toEqual({ profile: { displayName: 'Ann Desk' } });
  });
});

describe('explain { conflicting } of many people', () => {
  it.each([
    [50, 60, 1],
    [50, 2_500, 3],
    [2, 2_500, 2],
  ])('asks Mind once, omnivibe’s list once, and v2 the cheaper way: %i of %i people', async (k, size, v2) => {
    const gateway = await startTestGateway({ people: generatePeople(size) });
    try {
      await gateway.query(WARM_UP);
      const ids = Array.from({ length: k }, (_, i) => `mind:${1000 + i}`);
      const before = gateway.received().omnivibe.length;
      const query = 'query ($ids: [ID!]!) { profilesById(ids: $ids) { explain { field conflicting } } }';
      expect(await gateway.cost(query, { ids })).toEqual({ mind: 1, omnivibe: 1, v2 });
      expect(
        gateway
          .received()
          .omnivibe.slice(before)
          .map(({ route }) => route),
      ).toEqual(['/api/v1/accounts/:account_id/agents']);
    } finally {
      await gateway.close();
    }
  });
});

describe('what a caller may do', () => {
  const ACCESS = 'explain(fields: $fields) { field access { backend access message } }';
  const FIELDS = ['phone', 'displayName', 'settings.inbox.messageSignature', 'avatar', 'lastSeenAt'];
  type Rights = readonly [mind: string, omnivibe: string, v2: string];

  let open: TestGateway;
  let guarded: TestGateway;
  beforeAll(async () => {
    [open, guarded] = await Promise.all([startTestGateway(), startTestGateway({ env: { AUTH: 'mind' } })]);
  });
  afterAll(() => Promise.all([open.close(), guarded.close()]));

  async function rightsOf(gateway: TestGateway, id: string, headers: Record<string, string>) {
    const query = `query ($fields: [String!]) { profile(id: "${id}") { ${ACCESS} } }`;
    const { data, errors } = await gateway.execute(query, { fields: FIELDS }, headers);
    expect(errors).toEqual([]);
    const { explain: explained } = data?.['profile'] as { explain: readonly Explained[] };
    for (const { access } of explained)
      for (const { access: right, message } of access) expect(message === null).toBe(right === 'READ_WRITE');
    return Object.fromEntries(
      explained.map(({ field, access }) => {
        expect(access.map(({ backend }) => backend)).toEqual(['MIND', 'OMNIVIBE', 'V2']);
        return [field, access.map(({ access: right }) => right)];
      }),
    );
  }

  const EVERYTHING: readonly Rights[] = [
    ['READ_WRITE', 'WRITE_ONLY', 'READ_WRITE'],
    ['READ_WRITE', 'READ_WRITE', 'UNSUPPORTED'],
    ['UNSUPPORTED', 'READ_WRITE', 'UNSUPPORTED'],
    ['WRITE_ONLY', 'UNSUPPORTED', 'UNSUPPORTED'],
    ['READ_ONLY', 'UNSUPPORTED', 'UNSUPPORTED'],
  ];

  it.each<[string, 'open' | 'guarded', number | null, string, readonly Rights[]]>([
    ['with authentication switched off', 'open', null, 'mind:44', EVERYTHING],
    ['with the permission to change others', 'guarded', 42, 'mind:44', EVERYTHING],
    ['with it, themselves', 'guarded', 42, 'mind:42', EVERYTHING],
    [
      'without it, somebody else',
      'guarded',
      43,
      'mind:44',
      [
        ['READ_ONLY', 'DENIED', 'DENIED'],
        ['READ_ONLY', 'DENIED', 'UNSUPPORTED'],
        ['UNSUPPORTED', 'DENIED', 'UNSUPPORTED'],
        ['DENIED', 'UNSUPPORTED', 'UNSUPPORTED'],
        ['READ_ONLY', 'UNSUPPORTED', 'UNSUPPORTED'],
      ],
    ],
  ])('%s', async (_who, which, mindId, id, rights) => {
    const gateway = which === 'open' ? open : guarded;
    const headers = mindId === null ? {} : { authorization: `Bearer ${gateway.mind.tokenFor(mindId)}` };
    expect(await rightsOf(gateway, id, headers)).toEqual(
      Object.fromEntries(FIELDS.map((field, i) => [field, rights[i]])),
    );
  });

  it('without it, themselves: by their own credentials, which the desk does not know', async () => {
    const headers = {
      authorization: `Bearer ${guarded.mind.tokenFor(43)}`,
      'x-omnivibe-token': guarded.omnivibe.tokenFor(4),
    };
    expect(await rightsOf(guarded, 'mind:43', headers)).toEqual({
      phone: ['READ_WRITE', 'WRITE_ONLY', 'READ_ONLY'],
      displayName: ['READ_WRITE', 'READ_WRITE', 'UNSUPPORTED'],
      'settings.inbox.messageSignature': ['UNSUPPORTED', 'READ_WRITE', 'UNSUPPORTED'],
      avatar: ['WRITE_ONLY', 'UNSUPPORTED', 'UNSUPPORTED'],
      lastSeenAt: ['READ_ONLY', 'UNSUPPORTED', 'UNSUPPORTED'],
    });
  });

  it('nobody but the person can write what takes the person’s own token', async () => {
    // The administrator is not one of those whose tokens the gateway holds.
    expect(await rightsOf(open, 'omnivibe:900', {})).toMatchObject({
      'settings.inbox.messageSignature': ['UNSUPPORTED', 'SELF_ONLY', 'UNSUPPORTED'],
      displayName: ['READ_WRITE', 'READ_WRITE', 'UNSUPPORTED'],
    });
  });
});
