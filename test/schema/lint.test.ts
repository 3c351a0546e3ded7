// Each rule for the schema catches what it is for. That schema/ itself keeps them is a step of its own of `npm test`.
import { describe, expect, it } from '@jest/globals';
import { Linter } from 'eslint';

/** It is JavaScript, of which the compiler knows no types. */
const CONFIG = new URL('../../eslint.config.js', import.meta.url).href;
const { default: config } = (await import(CONFIG)) as { readonly default: readonly Linter.Config[] };
const ours = config.find(({ files }) => files?.includes('schema/!(federation).graphql')) ?? {};

/** Words of a description; each is followed by what it describes. */
const D = '"""\nWords.\n"""\n';
const LIST = `bs(${D} first: Int ${D} after: String): BConnection`;
const PAGE = `${D} hasNextPage: Boolean! ${D} hasPreviousPage: Boolean! ${D} startCursor: String ${D} endCursor: String`;
const CONNECTION = `${D} edges: [BEdge!]! ${D} pageInfo: PageInfo!`;
const EDGE = `${D} node: Int ${D} cursor: String!`;

interface Parts {
  readonly fields?: string;
  readonly mutations?: string;
  readonly types?: string;
  readonly list?: string;
  readonly connection?: string;
  readonly edge?: string;
  readonly page?: string;
}

/** A schema that keeps every rule, with a place for more, and parts to be put in place of others. */
const schemaWith = ({
  fields = '',
  mutations = '',
  types = '',
  list = LIST,
  connection = CONNECTION,
  edge = EDGE,
  page = PAGE,
}: Parts) => `
"""
Reads.
"""
type Query {
  """
  A.
  """
  a: Int
  ${D} ${list}
  ${fields}
}

"""
Writes.
"""
type Mutation {
  """
  Sets a.
  """
  setA(
    """
    Which.
    """
    input: SetAInput!
  ): SetAPayload
  ${mutations}
}

"""
What a is.
"""
input SetAInput {
  """
  A.
  """
  a: Int
}

"""
What came of it.
"""
type SetAPayload {
  """
  A.
  """
  a: Int
}
${D} type BConnection { ${connection} }
${D} type BEdge { ${edge} }
${D} type PageInfo { ${page} }
${types}`;

function problemsOf(text: string): string[] {
  const parserOptions = { schemaSdl: text };
  const linter = new Linter({ configType: 'flat' });
  const found = linter.verify(
    text,
    [{ ...ours, languageOptions: { ...ours.languageOptions, parserOptions } }],
    {
      filename: 'schema/example.graphql',
    },
  );
  return [...new Set(found.map(({ ruleId, message }) => ruleId ?? message))];
}

describe('the lint of the schema', () => {
  it('finds nothing in a schema that keeps every rule', () => {
    expect(ours.rules).toBeDefined();
    expect(problemsOf(schemaWith({}))).toEqual([]);
    const deprecated = '@deprecated(reason: "Use `a`. Removed after 2027-01-31.")';
    expect(problemsOf(schemaWith({ fields: `${D} b: Int ${deprecated}` }))).toEqual([]);
  });

  const NAMING = '@graphql-eslint/naming-convention';
  const DESCRIBED = '@graphql-eslint/require-description';

  it.each<[rule: string, what: string, parts: Parts]>([
    [NAMING, 'a snake-case field', { fields: `${D} telephone_number: String` }],
    [NAMING, 'a field that is a getter', { fields: `${D} getName: String` }],
    [NAMING, 'a root field that is a verb', { fields: `${D} listPeople: [Int]` }],
    [NAMING, 'a flag as code names it', { fields: `${D} isActive: Boolean` }],
    [NAMING, 'a flag that has something', { fields: `${D} hasLock: Boolean` }],
    [NAMING, 'an id in capitals', { fields: `${D} b(${D} userID: ID): Int` }],
    [NAMING, 'a mutation that is a noun', { mutations: `${D} statusLock: SetAPayload` }],
    [NAMING, 'a type in camel case', { fields: `${D} b: person`, types: `${D} type person { ${D} b: Int }` }],
    [NAMING, 'a type of the wire', { fields: `${D} b: BDto`, types: `${D} type BDto { ${D} c: Int }` }],
    [NAMING, 'a value in lower case', { fields: `${D} b: E`, types: `${D} enum E { ${D} idle }` }],
    [
      NAMING,
      'an input without its word',
      { fields: `${D} b(${D} c: Wishes): Int`, types: `${D} input Wishes { ${D} d: Int }` },
    ],
    [DESCRIBED, 'a field', { fields: 'b: Int' }],
    [DESCRIBED, 'an argument', { fields: `${D} b(c: Int): Int` }],
    [DESCRIBED, 'a type', { fields: `${D} b: B`, types: `type B { ${D} c: Int }` }],
    [DESCRIBED, 'a value', { fields: `${D} b: E`, types: `${D} enum E { X }` }],
    [
      DESCRIBED,
      'an input’s field',
      { fields: `${D} b(${D} c: BInput): Int`, types: `${D} input BInput { d: Int }` },
    ],
    [DESCRIBED, 'a scalar', { fields: `${D} b: S`, types: 'scalar S' }],
    ['@graphql-eslint/description-style', 'one in quotes', { fields: '"Words." b: Int' }],
    ['@graphql-eslint/no-hashtag-description', 'one as a comment', { types: '# Words.\ntype B { a: Int }' }],
    ['@graphql-eslint/no-unreachable-types', 'a type that nothing leads to', { types: `${D} scalar S` }],
    [
      '@graphql-eslint/no-typename-prefix',
      'a field that repeats its type',
      { fields: `${D} b: Person`, types: `${D} type Person { ${D} personName: Int }` },
    ],
    ['@graphql-eslint/require-deprecation-reason', 'no reason', { fields: `${D} b: Int @deprecated` }],
    ['schema/deprecation-date', 'no date', { fields: `${D} b: Int @deprecated(reason: "Use a.")` }],
    [
      'schema/deprecation-date',
      'no day of the calendar',
      { fields: `${D} b: Int @deprecated(reason: "Use a. Removed after 2027-13-01.")` },
    ],
    [
      '@graphql-eslint/no-scalar-result-type-on-mutation',
      'a mutation that answers a number',
      { mutations: `${D} setB(${D} input: SetAInput): Int` },
    ],
    [
      '@graphql-eslint/input-name',
      'a mutation with several arguments',
      { mutations: `${D} setB(${D} a: Int): SetAPayload` },
    ],
    [
      '@graphql-eslint/relay-page-info',
      'a page without cursors',
      { page: `${D} hasNextPage: Boolean! ${D} hasPreviousPage: Boolean!` },
    ],
    ['@graphql-eslint/relay-arguments', 'a list without pages', { list: 'bs: BConnection' }],
    [
      '@graphql-eslint/relay-connection-types',
      'a connection without edges',
      { connection: CONNECTION.replace('edges: [BEdge!]!', 'edge: BEdge') },
    ],
    [
      '@graphql-eslint/relay-edge-types',
      'an edge without a cursor',
      { edge: EDGE.replace('cursor: String!', 'place: String!') },
    ],
  ])('finds by %s: %s', (rule, _what, parts) => {
    expect(problemsOf(schemaWith(parts))).toContain(rule);
  });
});
