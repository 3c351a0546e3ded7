// Whatever is asked, and whatever resolvers do, the answer is that of graphql-js.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  buildSchema,
  execute as executeByGraphQLJs,
  GraphQLError,
  type DocumentNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import { execute } from '../../src/graphql/executor/index.js';
import { createSchema } from '../../src/graphql/schema.js';
import { answerAtRandom, makeLenient, type Leaves, type RandomContext } from './random-answers.js';
import { randomOperation, type VariableValues } from './random-operations.js';

const RUNS = Number(process.env['EXECUTOR_RUNS'] ?? 300);
/** A failure names it; EXECUTOR_SEED repeats that run. */
const SEED = Number(process.env['EXECUTOR_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const EVERY_KIND = `
  scalar Odd
  enum Colour { RED GREEN }
  input Filter { text: String = "x", numbers: [Int!], deeper: Filter, isOn: Boolean! = true, colour: Colour }
  interface Node { id: ID!, self: Node, friends(first: Int! = 2, filter: Filter): [Node!]! }
  interface Named implements Node { id: ID!, self: Node, friends(first: Int! = 2, filter: Filter): [Node!]!, name: String }
  type Leaf implements Node & Named {
    id: ID!, self: Leaf!, friends(first: Int! = 2, filter: Filter): [Node!]!, name: String!,
    size: Int, ratio: Float!, isGreen: Boolean!, colour(only: [Colour!]): Colour!, odd(it: Odd): Odd
  }
  type Branch implements Node & Named {
    id: ID!, self: Node, friends(first: Int! = 2, filter: Filter): [Node!]!, name: String,
    leaves: [Leaf], some: [Leaf!], all: [Leaf]!, every: [Leaf!]!, rows: [[Int!]], table: [[String]!]!, any: Any, anything: [Any]
  }
  type Lone { any: Any!, texts: [String], ids: [ID!], numbers: [Int!]!, odds: [Odd], lone: Lone, it: Lone! }
  union Any = Leaf | Branch | Lone
  type Query { node(id: ID, filter: Filter): Node, leaf: Leaf, branch: Branch!, any: Any, all: [Any!], lone: Lone, count(of: [Int]): Int }
  type Mutation { grow(by: Int!): Branch, fell: Boolean, plant(filter: Filter!): Leaf!, lone: Lone }
`;
const LEAVES: Leaves = {
  String: ['text', '', 'ünïcode', '"'],
  ID: ['a', '7', ''],
  Int: [0, 1, -5, 2_147_483_647],
  Float: [0, 1.5, -2e10],
  Boolean: [true, false],
  Colour: ['RED', 'GREEN'],
  Odd: ['odd', 1, true],
  DateTime: ['2026-01-31T08:00:00Z'],
  EmailAddress: ['name@example.com'],
  JSON: ['json', 1, false],
  JSONObject: [{}, { a: 1 }],
  Byte: ['YQ=='],
};

const told = (error: GraphQLError) => {
  expect(error).toBeInstanceOf(GraphQLError);
  const { message, ...rest } = error.toJSON();
  return {
    ...rest,
    message: OWN_WORDS.reduce((text, [pattern, word]) => text.replace(pattern, word), message),
  };
};
/** What only the log tells, of resolvers that are wrong, is told in the executor's own words. */
const OWN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(Abstract type "|Runtime Object type "|A value of "[\w.]+" is of no type of).*/, 'no such type'],
  [/^(Expected value of type "|A value of "[\w.]+" is not of type).*/, 'not of this type'],
  [/^(Expected `.*` to return non-nullable value|Type "\w+" makes nothing of).*/, 'makes nothing'],
];

type Answer = Awaited<ReturnType<typeof execute>>;

/** How far a path leads before there is a null. */
function lengthInData(data: Answer['data'], path: GraphQLFormattedError['path'] = []): number {
  let value: unknown = data;
  for (const [i, key] of path.entries()) {
    if (value === null) return i;
    value = (value as Record<string | number, unknown>)[key];
  }
  return path.length;
}

/** Errors by the null that they have led to. */
function byNull({ data, errors = [] }: Answer): Map<string, readonly ReturnType<typeof told>[]> {
  const groups = new Map<string, ReturnType<typeof told>[]>();
  for (const error of errors.map(told)) {
    const place = JSON.stringify(error.path?.slice(0, lengthInData(data, error.path)));
    groups.set(place, [...(groups.get(place) ?? []), error]);
  }
  return groups;
}

/**
 * Where promises are, it depends on time which of several errors makes a null of what they all stand below. So the nulls must be the same,
 * each for at least one error, and every error one that is there with `open`, the answer of a schema in which everything may be null.
 */
function expectSameErrors(ours: Answer, theirs: Answer, open: Answer): void {
  const [ourGroups, theirGroups] = [byNull(ours), byNull(theirs)];
  expect([...ourGroups.keys()].sort()).toEqual([...theirGroups.keys()].sort());
  const openErrors = open.errors?.map(told);
  for (const [place, theirErrors] of theirGroups) {
    const ourErrors = ourGroups.get(place) ?? [];
    const isOnly = [...theirErrors, ...ourErrors].every(({ path }) => JSON.stringify(path) === place);
    if (isOnly) expect(ourErrors).toEqual(theirErrors);
    for (const error of ourErrors) {
      const isForNull = error.message.startsWith('Cannot return null for non-nullable field');
      if (isForNull) expect(lengthInData(open.data, error.path)).toBe(error.path?.length);
      else expect(openErrors).toContainEqual(error);
    }
  }
}

interface Schemas {
  readonly schema: GraphQLSchema;
  /** The same, and everything may be null. */
  readonly lenient: GraphQLSchema;
}

describe(`the executor (EXECUTOR_SEED=${SEED})`, () => {
  it.each([
    ['a schema with types of every kind', () => buildSchema(EVERY_KIND), RUNS],
    ['the product’s schema', createSchema, RUNS / 2],
  ] as const)(
    'answers as graphql-js does, with %s',
    async (_name, create, numRuns) => {
      const schemas = { schema: create(), lenient: create() };
      makeLenient(schemas.lenient);
      for (const schema of Object.values(schemas)) answerAtRandom(schema, LEAVES);
      const seen = { data: 0, errors: 0, refused: 0 };
      const how = fc.record({ seed: fc.nat(), isSync: fc.boolean() });
      const property = fc.asyncProperty(
        randomOperation(schemas.schema, LEAVES),
        how,
        async (operation, how) => {
          for (const variableValues of operation.variables) {
            const { data, errors } = await expectSameAnswer(schemas, operation.document, variableValues, how);
            seen[data === undefined ? 'refused' : errors === undefined ? 'data' : 'errors'] += 1;
          }
        },
      );
      await fc.assert(property, { numRuns, seed: SEED });
      // Of each kind there was enough to try.
      for (const count of Object.values(seen)) expect(count).toBeGreaterThan(numRuns / 50);
    },
    60_000 + RUNS * 100,
  );
});

async function expectSameAnswer(
  { schema, lenient }: Schemas,
  document: DocumentNode,
  variableValues: VariableValues,
  { seed, isSync }: Pick<RandomContext, 'seed' | 'isSync'>,
): Promise<Answer> {
  const run = async (by: typeof execute, schema: GraphQLSchema) => {
    const contextValue: RandomContext = { seed, isSync, calls: [] };
    const options = { maxCoercionErrors: 2 };
    const answer = await by({ schema, document, variableValues, rootValue: {}, contextValue, options });
    return { answer, calls: contextValue.calls };
  };
  const theirs = await run(executeByGraphQLJs, schema);
  const ours = await run(execute, schema);
  // The order of the keys counts, too.
  expect(JSON.stringify(ours.answer.data)).toBe(JSON.stringify(theirs.answer.data));
  if (isSync) {
    expect(ours.answer.errors?.map(told)).toEqual(theirs.answer.errors?.map(told));
    expect(ours.calls).toEqual(theirs.calls);
  } else {
    expectSameErrors(ours.answer, theirs.answer, (await run(executeByGraphQLJs, lenient)).answer);
    // What fails at once below a null ends the rest of it at once, where graphql-js waits for what is under way.
    expect(theirs.calls).toEqual(expect.arrayContaining(ours.calls));
    if (theirs.answer.errors === undefined) expect(ours.calls).toHaveLength(theirs.calls.length);
  }
  return theirs.answer;
}
