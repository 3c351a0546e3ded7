// What random operations do not come to, or come to only by chance; and where the executor is meant to differ from graphql-js.
import { describe, expect, it } from '@jest/globals';
import {
  buildSchema,
  execute as executeByGraphQLJs,
  getIntrospectionQuery,
  parse,
  type ExecutionArgs,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
} from 'graphql';
import { execute } from '../../src/graphql/executor/index.js';
import { createSchema } from '../../src/graphql/schema.js';

type Resolver = GraphQLFieldResolver<never, unknown>;
type Given = Partial<Omit<ExecutionArgs, 'schema' | 'document'>>;

const SDL = `
  interface Node { id: ID }
  type User implements Node { id: ID, name: String!, age: Int, friend: User, strict: User!, friends: [User], all: [User!] }
  union Any = User
  input Point { x: Int!, y: Int = 2 }
  type Query {
    user: User, users: [User], all: [User!], must: User!, echo(text: String, of: [Int!], at: Point): String, must2(it: Int!): String
    node: Node, any: Any, flag: Boolean, numbers: [Int], big: Int, ratio: Float
  }
  type Mutation { a: String, b: String!, c: String, user: User }
`;

function given(sdl: string, resolvers: Readonly<Record<string, Resolver>> = {}) {
  const schema = buildSchema(sdl);
  for (const [coordinate, resolve] of Object.entries(resolvers)) {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const field = (schema.getType(typeName) as GraphQLObjectType).getFields()[fieldName];
    if (field !== undefined) field.resolve = resolve as GraphQLFieldResolver<unknown, unknown>;
  }
  return schema;
}

const rejected = (message: string) => {
  const promise = Promise.reject(new Error(message));
  promise.catch(() => undefined);
  return promise;
};
const later = async <T>(value: T, turns = 3) => {
  for (let i = 0; i < turns; i++) await new Promise(setImmediate);
  return value;
};
const shown = async (answer: ReturnType<typeof execute>) =>
  JSON.parse(JSON.stringify(await answer)) as unknown;

interface Case {
  readonly query: string;
  /** Made anew for each execution. */
  readonly rootValue?: () => unknown;
  readonly resolvers?: () => Readonly<Record<string, Resolver>>;
  readonly args?: Given;
  readonly data?: unknown;
  /** `path: message`. */
  readonly errors?: readonly string[];
}

const ALIKE: Readonly<Record<string, Case>> = {
  'takes __proto__ for a key like any other': {
    query: '{ __proto__: user { __proto__: name, id } }',
    rootValue: () => ({ user: { id: 1, name: 'A' } }),
    data: JSON.parse('{"__proto__":{"__proto__":"A","id":"1"}}'),
  },
  'makes a field error of a getter that throws': {
    query: '{ user { id name } flag }',
    rootValue: () => ({
      flag: true,
      user: {
        get id() {
          throw new Error('no id');
        },
        name: 'A',
      },
    }),
    data: { user: { id: null, name: 'A' }, flag: true },
    errors: ['user.id: no id'],
  },
  'makes a field error of what is thrown and no error': {
    query: '{ user { id } flag }',
    resolvers: () => ({
      'Query.user': () => {
        throw 'words'; // eslint-disable-line @typescript-eslint/only-throw-error
      },
    }),
    rootValue: () => ({ flag: false }),
    data: { user: null, flag: false },
    errors: ['user: Unexpected error value: "words"'],
  },
  'calls methods with their object, arguments, context and info': {
    query: '{ alias: echo(text: "t") }',
    args: { contextValue: 'context' },
    rootValue: () => ({
      own: 'own',
      echo(this: { own: string }, args: { text: string }, context: string, info: { path: { key: string } }) {
        return [this.own, args.text, context, info.path.key].join();
      },
    }),
    data: { alias: 'own,t,context,alias' },
  },
  'gives the defaults of arguments, and none for those that are missing': {
    query: 'query ($no: String) { echo(text: $no, at: { x: 1 }) }',
    resolvers: () => ({ 'Query.echo': (_source, args) => JSON.stringify(args) }),
    data: { echo: '{"at":{"x":1,"y":2}}' },
  },
  'makes a field error of a null that a variable brings to an argument': {
    query: 'query ($it: Int = 1) { must2(it: $it) flag }',
    args: { variableValues: { it: null } },
    rootValue: () => ({ flag: true }),
    data: { must2: null, flag: true },
    errors: ['must2: Argument "it" of non-null type "Int!" must not be null.'],
  },
  'fails as a whole where a condition of the root has no value': {
    query: 'query ($if: Boolean = true) { flag @include(if: $if) }',
    args: { variableValues: { if: null } },
    data: null,
    errors: [': Argument "if" of non-null type "Boolean!" must not be null.'],
  },
  'fails at a field where a condition below it has no value': {
    query: 'query ($if: Boolean = true) { users { id @include(if: $if) } flag }',
    args: { variableValues: { if: null } },
    rootValue: () => ({ users: [{}, null, {}], flag: true }),
    data: { users: [null, null, null], flag: true },
    errors: [0, 2].map((i) => `users.${i}: Argument "if" of non-null type "Boolean!" must not be null.`),
  },
  'heeds a condition by a variable of any name': {
    query:
      'query ($__proto__: Boolean!, $toString: Boolean!) { flag @skip(if: $__proto__) big @skip(if: $toString) }',
    args: { variableValues: JSON.parse('{"__proto__":true,"toString":false}') as Record<string, unknown> },
    rootValue: () => ({ flag: true, big: 1 }),
    data: { big: 1 },
  },
  'merges what is selected twice': {
    query:
      'query { user { id } ...F user { friend { id } } } fragment F on Query { user { id name friend { name } } }',
    rootValue: () => ({ user: { id: 1, name: 'A', friend: { id: 2, name: 'B' } } }),
    data: { user: { id: '1', name: 'A', friend: { name: 'B', id: '2' } } },
  },
  'makes null of the nearest that may be null': {
    query: '{ user { strict { strict { name } } id } flag }',
    rootValue: () => ({ user: { id: 1, strict: { strict: {} } }, flag: true }),
    data: { user: null, flag: true },
    errors: ['user.strict.strict.name: Cannot return null for non-nullable field User.name.'],
  },
  'does so after promises, too': {
    query: '{ user { strict { strict { name } } id } flag }',
    rootValue: () => ({
      user: later({ id: 1, strict: later({ strict: later({ name: later(null) }) }) }),
      flag: later(true),
    }),
    data: { user: null, flag: true },
    errors: ['user.strict.strict.name: Cannot return null for non-nullable field User.name.'],
  },
  'makes null of all where nothing may be null': {
    query: '{ must { strict { name } } flag }',
    rootValue: () => ({ must: later({ strict: later({ name: later(null) }) }), flag: true }),
    data: null,
    errors: ['must.strict.name: Cannot return null for non-nullable field User.name.'],
  },
  'makes null of a list for one of its items': {
    query: '{ all { id } users { all { name } } }',
    rootValue: () => ({
      all: [{ id: 1 }, null],
      users: [{ all: [later({ name: 'A' }), later({ name: null })] }, { all: [] }],
    }),
    data: { all: null, users: [{ all: null }, { all: [] }] },
    errors: [
      'all.1: Cannot return null for non-nullable field Query.all.',
      'users.0.all.1.name: Cannot return null for non-nullable field User.name.',
    ],
  },
  'makes null of an item where it may be null': {
    query: '{ users { name } }',
    rootValue: () => ({
      users: [{ name: 'A' }, {}, new Error('none'), rejected('not'), later({ name: 'B' }), undefined],
    }),
    data: { users: [{ name: 'A' }, null, null, null, { name: 'B' }, null] },
    errors: [
      'users.1.name: Cannot return null for non-nullable field User.name.',
      'users.2: none',
      'users.3: not',
    ],
  },
  'takes a function for an object': {
    query: '{ user { id name } }',
    rootValue: () => ({ user: () => Object.assign(() => null, { id: 1 }) }),
    data: { user: { id: '1', name: '' } },
  },
  'takes anything that can be iterated for a list, and nothing else': {
    query: '{ numbers users { id } a: all { id } }',
    rootValue: () => ({
      numbers: new Set([1, 2]),
      users: 'no list',
      *all() {
        yield { id: 1 };
        yield later({ id: 2 });
      },
    }),
    data: { numbers: [1, 2], users: null, a: [{ id: '1' }, { id: '2' }] },
    errors: ['users: Expected Iterable, but did not find one for field "Query.users".'],
  },
  'serialises what is not of the type yet': {
    query: '{ a: big b: ratio numbers flag user { id } }',
    rootValue: () => ({
      big: '12',
      ratio: '1.5',
      numbers: [true, '7', -0, 2 ** 31, 1.5],
      flag: 0,
      user: { id: 12 },
    }),
    data: { a: 12, b: 1.5, numbers: [1, 7, 0, null, null], flag: false, user: { id: '12' } },
    errors: [
      'numbers.3: Int cannot represent non 32-bit signed integer value: 2147483648',
      'numbers.4: Int cannot represent non-integer value: 1.5',
    ],
  },
  'finds the type of a value by its __typename': {
    query:
      '{ node { __typename id ... on User { name } } any { ... on User { name } } other: any { __typename } }',
    rootValue: () => ({
      node: { __typename: 'User', id: 1, name: 'A' },
      any: later({ __typename: 'User', name: 'B' }),
      other: null,
    }),
    data: {
      node: { __typename: 'User', id: '1', name: 'A' },
      any: { name: 'B' },
      other: { __typename: 'User' },
    },
  },
  'runs mutations one after the other': {
    query: 'mutation { a c b }',
    resolvers: () => mutations('b'),
    data: { a: 'a after ', c: 'c after a', b: 'b after a,c' },
  },
  'does not go on after a mutation that makes null of all': {
    query: 'mutation { b c a }',
    resolvers: () => mutations(null),
    data: null,
    errors: ['b: Cannot return null for non-nullable field Mutation.b.'],
  },
  'wants one of several operations to be named': {
    query: 'query A { flag } query B { flag }',
    errors: [': Must provide operation name if query contains multiple operations.'],
  },
  'wants an operation of the name': {
    query: 'query A { flag } query B { flag }',
    args: { operationName: 'C' },
    errors: [': Unknown operation named "C".'],
  },
  'wants an operation': { query: 'fragment F on Query { flag }', errors: [': Must provide an operation.'] },
  'wants an operation of a kind that there is': {
    query: 'subscription { flag }',
    data: null,
    errors: [': Schema is not configured to execute subscription operation.'],
  },
  'tells of as many wrong variables as it is to': {
    query: 'query ($a: Int!, $b: Int!, $c: Int!) { flag }',
    args: { options: { maxCoercionErrors: 1 } },
    errors: [
      ': Variable "$a" of required type "Int!" was not provided.',
      ': Too many errors processing variables, error limit reached. Execution aborted.',
    ],
  },
};

/** Each says which have ended before it. */
function mutations(b: 'b' | null): Readonly<Record<string, Resolver>> {
  const ended: string[] = [];
  const resolverOf = (name: string) => async () => {
    const before = ended.join();
    await later(null);
    ended.push(name);
    return `${name} after ${before}`;
  };
  return {
    'Mutation.a': resolverOf('a'),
    'Mutation.b': b === null ? () => later(null) : resolverOf(b),
    'Mutation.c': resolverOf('c'),
  };
}

async function run(by: typeof execute, { query, rootValue, resolvers, args }: Case) {
  const schema = given(SDL, resolvers?.());
  return by({ schema, document: parse(query), rootValue: rootValue?.(), ...args });
}

describe('the executor, like graphql-js,', () => {
  it.each(Object.entries(ALIKE))('%s', async (_name, each) => {
    const [ours, theirs] = [await run(execute, each), await run(executeByGraphQLJs, each)];
    expect(JSON.stringify(ours.data)).toBe(JSON.stringify(theirs.data));
    expect(JSON.stringify(ours.data)).toBe(JSON.stringify(each.data));
    const told = (errors = ours.errors) =>
      errors?.map(({ path, message }) => `${path?.join('.') ?? ''}: ${message}`);
    expect(told()?.sort()).toEqual(each.errors && [...each.errors].sort());
    expect(ours.errors?.map((error) => error.toJSON())).toEqual(
      theirs.errors?.map((error) => error.toJSON()),
    );
  });

  it('does not begin with a mutation after one that makes null of all', async () => {
    const begun: string[] = [];
    const resolverOf = (name: string) => () => (begun.push(name), later(null));
    const schema = given(SDL, {
      'Mutation.a': resolverOf('a'),
      'Mutation.b': resolverOf('b'),
      'Mutation.c': resolverOf('c'),
    });
    expect(await execute({ schema, document: parse('mutation { a b c }') })).toMatchObject({ data: null });
    expect(begun).toEqual(['a', 'b']);
  });

  it('describes the product’s schema', async () => {
    const schema = createSchema();
    const document = parse(
      getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true, oneOf: true }),
    );
    expect(await shown(execute({ schema, document }))).toEqual(
      await shown(executeByGraphQLJs({ schema, document })),
    );
  });

  it('answers at once where nothing is a promise', () => {
    const document = parse('{ users { id friends { name } } node { id } }');
    const rootValue = { users: [{ id: 1, friends: [{ name: 'A' }] }], node: { __typename: 'User', id: 2 } };
    expect(execute({ schema: given(SDL), document, rootValue })).toEqual({
      data: { users: [{ id: '1', friends: [{ name: 'A' }] }], node: { id: '2' } },
    });
  });
});

describe('a plan', () => {
  const document = parse(`
    query ($a: Boolean!, $b: Boolean = true, $c: Boolean!, $text: String) {
      user { id @include(if: $a) ...F @skip(if: $b) friend @include(if: $a) { name } friend { id @skip(if: $c) } }
      echo(text: $text)
    }
    fragment F on User { name age @skip(if: $c) }
  `);
  const user = { id: 1, name: 'A', age: 2, friend: { id: 3, name: 'B' } };
  const schema = given(SDL, { 'Query.echo': (_source, { text }: { text?: string }) => text });

  it('serves all variables', async () => {
    for (let i = 0; i < 40; i++) {
      const [a, b, c] = [(i & 1) === 0, (i & 2) === 0, (i & 4) === 0];
      const args = { schema, document, rootValue: { user }, variableValues: { a, b, c, text: `text ${i}` } };
      expect(await shown(execute(args))).toEqual(await shown(executeByGraphQLJs(args)));
    }
  });

  it('serves more ways to skip than are kept', async () => {
    const names = Array.from({ length: 6 }, (_, i) => `v${i}`);
    const fields = names.map((name) => `${name}: flag @skip(if: $${name})`).join(' ');
    const many = parse(`query (${names.map((name) => `$${name}: Boolean!`).join()}) { flag ${fields} }`);
    for (let i = 0; i < 64; i++) {
      const variableValues = Object.fromEntries(names.map((name, bit) => [name, ((i >> bit) & 1) === 1]));
      const args = { schema, document: many, rootValue: { flag: true }, variableValues };
      expect(await shown(execute(args))).toEqual(await shown(executeByGraphQLJs(args)));
    }
  });

  it('is of one schema', () => {
    const asked = parse('{ flag }');
    const other = given('type Query { flag: String }');
    const answers = [schema, other, schema].map((each) =>
      execute({ schema: each, document: asked, rootValue: { flag: true } }),
    );
    expect(answers).toEqual([true, 'true', true].map((flag) => ({ data: { flag } })));
  });

  it('hands nothing from one execution to another', async () => {
    const echo = (_source: unknown, args: { of: number[]; at: { x: number } }) => {
      args.of.push(args.of.length);
      args.at.x += 1;
      return JSON.stringify(args);
    };
    const asked = parse('{ echo(of: [7], at: { x: 1 }) }');
    const each = given(SDL, { 'Query.echo': echo });
    const expected = { data: { echo: '{"of":[7,1],"at":{"x":2,"y":2}}' } };
    for (let i = 0; i < 3; i++) expect(await execute({ schema: each, document: asked })).toEqual(expected);
  });
});

describe('the executor, unlike graphql-js,', () => {
  it('waits for what is under way below a null', async () => {
    const ended: string[] = [];
    const slow = () => later('slow', 10).then((value) => (ended.push(value), 1));
    const document = parse('{ must { age name } }');
    const rootValue = { must: { age: slow, name: null } };
    const answer = await execute({ schema: given(SDL), document, rootValue });
    expect(answer).toMatchObject({ data: null, errors: [{ path: ['must', 'name'] }] });
    expect(ended).toEqual(['slow']);
  });

  it.each([
    ['of the field', () => ({ age: () => rejected('no age'), name: null })],
    ['further down', () => ({ friend: later({ age: new Error('no age'), name: 'A' }), name: null })],
  ])('tells of no error %s below a null that is there already', async (_where, must) => {
    const document = parse('{ user { age friend { age name } name } }');
    const told = async (by: typeof execute) => {
      const { errors } = await by({ schema: given(SDL), document, rootValue: { user: must } });
      return errors?.map(({ path }) => path?.join('.'));
    };
    expect(await told(execute)).toEqual(['user.name']);
    expect(await told(executeByGraphQLJs)).toHaveLength(2);
  });

  it('leaves no rejection alone when an item takes the list with it', async () => {
    // Jest fails a test for a rejection that nobody handles.
    const all = () => [later({ name: null }), null, Promise.reject(new Error('late')), rejected('later')];
    const answer = await execute({
      schema: given(SDL),
      document: parse('{ all { name } }'),
      rootValue: { all },
    });
    await later(null);
    expect(answer.errors).toMatchObject([{ path: ['all', 1] }]);
  });

  it.each([
    ['Node', 'resolveType', () => 'Nothing', '{ node { id } }', 'is of no type of "Node": "Nothing".'],
    ['Node', 'resolveType', () => 'Query', '{ node { id } }', 'is of no type of "Node": "Query".'],
    ['Node', 'resolveType', () => null, '{ node { id } }', 'is of no type of "Node": object.'],
    ['User', 'isTypeOf', () => later(false), '{ node: user { id } }', 'is not of type "User".'],
    ['Odd', 'serialize', () => null, '{ node: odd }', 'Type "Odd" makes nothing of a value.'],
  ])(
    'tells in its own words that %s has no %s that is right',
    async (type, method, wrong, query, message) => {
      const schema = given(`${SDL} scalar Odd extend type Query { odd: Odd }`);
      Object.assign(schema.getType(type) as object, { [method]: wrong });
      const rootValue = { node: {}, user: {}, odd: {} };
      const { data, errors } = await execute({ schema, document: parse(query), rootValue });
      expect(data).toEqual({ node: null });
      expect(errors).toMatchObject([{ path: ['node'] }]);
      expect(errors?.[0]?.message).toContain(message);
    },
  );

  it('coerces arguments once for all objects that have the field', async () => {
    let count = 0;
    const sdl = 'scalar Odd type Query { users: [User] } type User { odd(it: Odd): Int }';
    const schema = given(sdl, { 'User.odd': (_source, { it }: { it: number }) => it });
    Object.assign(schema.getType('Odd') as object, { parseLiteral: () => (count += 1) });
    const document = parse('{ users { odd(it: 1) } }');
    expect(await execute({ schema, document, rootValue: { users: [{}, {}, {}] } })).toEqual({
      data: { users: [{ odd: 1 }, { odd: 1 }, { odd: 1 }] },
    });
  });

  it('tells resolvers about the operation that have a parameter for it, or none at all', async () => {
    const seen: unknown[] = [];
    const schema = given('type Query { one: Int, three: Int, four: Int, none: Int }', {
      'Query.one': (_source, ...rest: unknown[]) => seen.push(rest[2]),
      'Query.three': (_source, _args, _context, ...rest: unknown[]) => seen.push(rest[0]),
      'Query.four': (_source, _args, _context, info) => seen.push(info.fieldName),
      'Query.none': (...all: unknown[]) => seen.push((all[3] as { fieldName: string }).fieldName),
    });
    await execute({ schema, document: parse('{ one three four none }') });
    expect(seen).toEqual([undefined, undefined, 'four', 'none']);
  });
});
