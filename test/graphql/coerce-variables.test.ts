import { describe, expect, it } from '@jest/globals';
import type { GraphQLScalarType } from 'graphql';
import {
  buildSchema,
  getOperationAST,
  getVariableValues,
  parse,
  type GraphQLError,
  type GraphQLSchema,
} from 'graphql';
import { coerceVariables } from '../../src/graphql/executor/coerce-variables.js';
import { createSchema } from '../../src/graphql/schema.js';

const SDL = `
  enum Color { RED GREEN }
  scalar Odd
  input Point { x: Int!, y: Int = 2, name: String, next: Point, points: [Point!], color: Color = RED, odd: Odd }
  input Either @oneOf { one: Int, other: String }
  type Query { any: String }
`;
const schema = buildSchema(SDL);
const odd = schema.getType('Odd') as GraphQLScalarType;
odd.parseValue = (value) => (value === 'nothing' ? undefined : value === 'null' ? null : [value]);

function both(
  on: GraphQLSchema,
  declared: string,
  inputs: Readonly<Record<string, unknown>>,
  maxErrors = 50,
) {
  const operation = getOperationAST(parse(`query (${declared}) { any }`));
  if (operation == null) throw new TypeError('no operation');
  const definitions = operation.variableDefinitions ?? [];
  // Twice, since the second time finds what the first has prepared.
  const ours = [0, 1].map(() => coerceVariables(on, operation, inputs, { maxErrors }));
  const theirs = [0, 1].map(() => getVariableValues(on, definitions, inputs, { maxErrors }));
  return [ours, theirs].map((all) =>
    all.map(({ coerced, errors }) => ({ coerced, errors: errors?.map(told) })),
  );
}

const told = ({ message, nodes }: GraphQLError) => ({ message, at: nodes?.map(({ loc }) => loc?.start) });

/** Values with the order of their keys, which is that of the outcomes of a write. */
const inOrder = (value: unknown) => JSON.stringify(value);

describe('variables', () => {
  it.each<[declared: string, inputs: Readonly<Record<string, unknown>>]>([
    ['$a: Int', {}],
    ['$a: Int', { a: null }],
    ['$a: Int', { a: 1, b: 2 }],
    ['$a: Int', { a: 'one' }],
    ['$a: Int!', {}],
    ['$a: Int!', { a: null }],
    ['$a: Int = 3', {}],
    ['$a: Int = 3', { a: null }],
    ['$a: Int! = 3', {}],
    ['$a: Int! = 3', { a: 4 }],
    ['$a: Nothing', { a: 4 }],
    ['$a: Nothing', {}],
    ['$a: Query', { a: 4 }],
    ['$__proto__: Int', JSON.parse('{"__proto__":1}') as Record<string, unknown>],
    ['$a: [Int]', { a: [1, null, 2] }],
    ['$a: [Int]', { a: 1 }],
    ['$a: [Int!]', { a: [1, null] }],
    ['$a: [[Int]]', { a: [[1], [2]] }],
    ['$a: [[Int]]', { a: [1, 2] }],
    ['$a: Color', { a: 'GREEN' }],
    ['$a: Color', { a: 'BLUE' }],
    ['$a: Point', { a: { x: 1 } }],
    ['$a: Point', { a: { color: 'GREEN', y: null, name: 'a', x: 1 } }],
    ['$a: Point', { a: { y: 1 } }],
    ['$a: Point', { a: { x: 1, z: 1 } }],
    ['$a: Point', { a: { x: 1, nam: 'a' } }],
    ['$a: Point', { a: { x: 1, name: undefined } }],
    ['$a: Point', { a: [{ x: 1 }] }],
    ['$a: Point', { a: 'x' }],
    ['$a: Point', { a: { x: 1, next: { x: 2, next: { x: 3 } } } }],
    ['$a: Point', { a: { x: 1, next: { x: 2, next: { x: null } } } }],
    ['$a: Point', { a: { x: 1, points: [{ x: 2 }, { x: 3, points: [] }] } }],
    ['$a: [Point!]!', { a: [{ x: 1 }, { x: '2' }, { y: 3 }] }],
    ['$a: Point, $b: Int!', { a: { x: 1 }, b: 'b' }],
    ['$a: Point', { a: { x: 1, odd: 'any' } }],
    ['$a: Point', { a: { x: 1, odd: 'nothing' } }],
    ['$a: Point', { a: { x: 1, odd: 'null' } }],
    ['$a: Either', { a: { one: 1 } }],
    ['$a: Either', { a: { one: 1, other: 'b' } }],
    ['$a: Either', { a: { one: null } }],
  ])('%s of %j are taken as graphql-js takes them', (declared, inputs) => {
    const [ours, theirs] = both(schema, declared, inputs);
    expect(ours).toStrictEqual(theirs);
    expect(inOrder(ours)).toBe(inOrder(theirs));
  });

  it('are told of as often as graphql-js does', () => {
    const [ours, theirs] = both(schema, '$a: [Int]', { a: Array(9).fill('x') }, 3);
    expect(ours).toStrictEqual(theirs);
  });

  it('of a bulk are taken as graphql-js takes them', () => {
    const profile = createSchema();
    const patch = { settings: { work: { teamIds: [1] } }, firstName: 'A', language: null };
    const updates = [
      { profileId: 'mind:1', patch, backends: ['MIND', 'V2'] },
      { patch: { firstName: 'B' }, profileId: 2 },
    ];
    const [ours, theirs] = both(profile, '$a: [ProfileUpdate!]!', { a: updates });
    expect(ours).toStrictEqual(theirs);
    expect(inOrder(ours)).toBe(inOrder(theirs));
  });

  it('are those of the schema that is asked', () => {
    const operation = getOperationAST(parse('query ($a: Color) { any }'));
    if (operation == null) throw new TypeError('no operation');
    const other = buildSchema('enum Color { BLUE } type Query { any: String }');
    const take = (on: GraphQLSchema) => coerceVariables(on, operation, { a: 'BLUE' }, { maxErrors: 1 });
    expect([take(other).coerced, take(schema).errors?.length]).toEqual([{ a: 'BLUE' }, 1]);
  });
});
