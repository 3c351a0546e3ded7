// How large an operation may be: at each limit, one beyond, and the same through fragments.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  getIntrospectionQuery,
  getNamedType,
  isCompositeType,
  isUnionType,
  parse,
  type GraphQLOutputType,
} from 'graphql';
import { createSchema } from '../../src/graphql/schema.js';
import { findExcess } from '../../src/server/operation-limits.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { expectRefusal, post } from '../server/client.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent' } });
});
afterAll(() => gateway.close());

const times = (count: number, part: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ');
const nested = (levels: number, through: (inner: string) => string = (inner) => inner): string =>
  levels === 1 ? 'a' : `a { ${through(nested(levels - 1, through))} }`;
const chain = (fragments: number) =>
  `{ ...f0 } ${times(fragments, (i) => `fragment f${i} on Query { ${i === fragments - 1 ? '__typename' : `...f${i + 1}`} }`)}`;
const doubling = (fragments: number, root: (spread: string) => string) =>
  `{ ${root('...f0')} } ${times(fragments, (i) => `fragment f${i} on Query { ${i === fragments - 1 ? '__typename' : `...f${i + 1} ...f${i + 1}`} }`)}`;
const aliases = (count: number) => times(count, (i) => `a${i}: id`);
const inFragment = (fields: string, type: string, spread: string) =>
  `{ ${spread} } fragment f on ${type} { ${fields} }`;
const PERSON = (fields: string) => `profile(id: "mind:42") { ${fields} }`;
const UNLOCK = 'removeStatusLock(input: { profileId: "x" }) { status }';
const BULK = 'bulkUpdateProfiles(input: { updates: [] }) { results { status } }';

/** Documents that a limit refuses, and such as are only just let in. */
const LIMITS: readonly (readonly [
  what: string,
  taken: string,
  refused: string,
  code: string,
  count: RegExp,
])[] = [
  [
    'fields in fields',
    `{ ${nested(10)} }`,
    `{ ${nested(11)} }`,
    'MAX_DEPTH_LIMIT',
    /has 11 levels of fields.* is 10/,
  ],
  [
    'fields through inline fragments',
    `{ ${nested(10, (a) => `... { ${a} }`)} }`,
    `{ ${nested(11, (a) => `... { ${a} }`)} }`,
    'MAX_DEPTH_LIMIT',
    /11 levels/,
  ],
  [
    'fields through fragments',
    `{ a { ...f } } fragment f on A { ${nested(9)} }`,
    `{ a { ...f } } fragment f on A { ${nested(10)} }`,
    'MAX_DEPTH_LIMIT',
    /11 levels/,
  ],
  [
    'a deep one of several operations',
    `query A { a } query B { ${nested(10)} }`,
    `query A { a } query B { ${nested(11)} }`,
    'MAX_DEPTH_LIMIT',
    /11 levels/,
  ],
  [
    'aliases',
    `{ ${PERSON(aliases(30))} }`,
    `{ ${PERSON(aliases(31))} }`,
    'MAX_ALIASES_LIMIT',
    /31 aliases.* is 30/,
  ],
  [
    'aliases in fragments',
    `{ ${PERSON('...f')} b: ${PERSON('id')} } fragment f on Profile { ${aliases(29)} }`,
    `{ ${PERSON('...f')} b: ${PERSON('...f')} } fragment f on Profile { ${aliases(15)} }`,
    'MAX_ALIASES_LIMIT',
    /31 aliases/,
  ],
  [
    'aliases that a variable leaves out',
    `query ($no: Boolean = false) { ${PERSON(`... @include(if: $no) { ${aliases(30)} }`)} }`,
    `query ($no: Boolean = false) { ${PERSON(`... @include(if: $no) { ${aliases(31)} }`)} }`,
    'MAX_ALIASES_LIMIT',
    /31 aliases/,
  ],
  [
    'root fields',
    `{ ${times(20, () => '__typename')} }`,
    `{ ${times(21, () => '__typename')} }`,
    'MAX_ROOT_FIELDS_LIMIT',
    /21 root fields.* is 20/,
  ],
  [
    'root fields in fragments',
    inFragment(
      times(10, () => '__typename'),
      'Query',
      '...f ...f',
    ),
    inFragment(
      times(7, () => '__typename'),
      'Query',
      '...f ... { ...f } ...f',
    ),
    'MAX_ROOT_FIELDS_LIMIT',
    /21 root fields/,
  ],
  [
    'root fields of a mutation',
    `mutation { ${times(5, (i) => `a${i}: ${UNLOCK}`)} }`,
    `mutation { ${times(6, (i) => `a${i}: ${UNLOCK}`)} }`,
    'MAX_ROOT_FIELDS_LIMIT',
    /6 root fields.* is 5/,
  ],
  [
    'bulks',
    `mutation { ${BULK} }`,
    `mutation { ${BULK} b: ${BULK} }`,
    'MAX_ROOT_FIELDS_LIMIT',
    /2 fields bulkUpdateProfiles.* is 1/,
  ],
  [
    'directives',
    `{ ${times(10, () => `a ${times(5, () => '@b')}`)} }`,
    `query @b { ${times(10, () => `a ${times(5, () => '@b')}`)} }`,
    'MAX_DIRECTIVES_LIMIT',
    /51 directives.* is 50/,
  ],
  [
    'directives on all that takes them',
    `query ($a: B @b) { ...f @b ... @b { c @b } } fragment f on Query @b { ...g } fragment g on Query { ${times(9, () => `a ${times(5, () => '@b')}`)} }`,
    `query ($a: B @b) { ...f @b ... @b { c @b } } fragment f on Query @b { ...g @b } fragment g on Query { ${times(9, () => `a ${times(5, () => '@b')}`)} }`,
    'MAX_DIRECTIVES_LIMIT',
    /51 directives/,
  ],
  [
    'selections',
    `{ a { ${times(999, () => 'b')} } }`,
    `{ a { ${times(1_000, () => 'b')} } }`,
    'MAX_SELECTIONS_LIMIT',
    /1,001 selections.* is 1,000/,
  ],
  [
    'selections in fragments',
    `{ a { ...f ...f } } fragment f on A { ${times(498, () => 'b')} }`,
    `{ a { ...f ...f ... { b } } } fragment f on A { ${times(498, () => 'b')} }`,
    'MAX_SELECTIONS_LIMIT',
    /1,001 selections/,
  ],
  ['fragments', chain(50), chain(51), 'MAX_FRAGMENTS_LIMIT', /51 fragments.* is 50/],
  [
    'tokens',
    `{ a(b: [${times(1_991, () => '1')}]) }`,
    `{ a(b: [${times(1_992, () => '1')}]) }`,
    'MAX_TOKENS_LIMIT',
    /more than 2,000 tokens/,
  ],
  [
    'levels of a document that would overflow the parser',
    `{ ${nested(10)} }`,
    `{ ${nested(5_000)} }`,
    'MAX_TOKENS_LIMIT',
    /more than 2,000 tokens/,
  ],
  [
    'comments',
    `{ __typename } ${'#\n'.repeat(2_000)}`,
    `{ __typename } ${'#\n'.repeat(2_001)}`,
    'MAX_TOKENS_LIMIT',
    /more than 2,000 comments/,
  ],
  [
    'fragments that double each other',
    doubling(8, PERSON),
    doubling(50, PERSON),
    'MAX_SELECTIONS_LIMIT',
    /more than a million selections/,
  ],
  [
    'fragments that double root fields',
    doubling(5, (all) => all),
    doubling(6, (all) => all),
    'MAX_ROOT_FIELDS_LIMIT',
    /32 root fields/,
  ],
];

const codeOf = (text: string) =>
  (JSON.parse(text) as { errors?: { extensions: { code: string } }[] }).errors?.[0]?.extensions.code ??
  'none';

describe('an operation', () => {
  it.each(LIMITS)(
    'is let in with as many %s as are taken, and not with one more',
    async (_what, taken, refused, code, count) => {
      gateway.mind.reset();
      expect(codeOf((await post(gateway.url, { query: taken })).text)).not.toMatch(/^MAX_|INTERNAL|PARSE/);
      const before = JSON.stringify(gateway.received());
      for (let i = 0; i < 2; i += 1) {
        expect(expectRefusal(await post(gateway.url, { query: refused }), 400, code)).toMatch(count);
      }
      expect(JSON.stringify(gateway.received())).toBe(before);
    },
  );

  it.each([
    ['fragments in a ring', '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'],
    ['a fragment in itself', '{ ...a } fragment a on Query { __typename ...a ...a }'],
    ['a fragment that is not there', '{ ...a }'],
  ])('with %s is left to validation', async (_what, query) => {
    expectRefusal(await post(gateway.url, { query }), 400, 'GRAPHQL_VALIDATION_FAILED');
  });

  it('may ask everything that the schema says of itself', async () => {
    const query = getIntrospectionQuery({
      descriptions: true,
      inputValueDeprecation: true,
      specifiedByUrl: true,
    });
    const { status, text } = await post(gateway.url, { query });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ data: { __schema: { queryType: { name: 'Query' } } } });
  });

  it('may select the deepest field that there is', () => {
    const levelsBelow = (type: GraphQLOutputType): number => {
      const named = getNamedType(type);
      if (!isCompositeType(named) || isUnionType(named)) return 0;
      return 1 + Math.max(...Object.values(named.getFields()).map((field) => levelsBelow(field.type)));
    };
    const schema = createSchema();
    const roots = [schema.getQueryType(), schema.getMutationType()].flatMap((type) => type ?? []);
    const deepest = Math.max(...roots.map(levelsBelow));
    const levels = (count: number) => `{ ${nested(count)} }`;
    expect(findExcess(parse(levels(deepest)))).toBeNull();
    expect(findExcess(parse(levels(deepest + 3)))).toMatchObject({ code: 'MAX_DEPTH_LIMIT' });
  });
});
