// What a stranger learns of the schema in production: nothing that they did not say themselves.
import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
} from 'graphql';
import { createSchema } from '../../src/graphql/schema.js';
import { expectRefusal, JSON_TYPE, post, send } from '../server/client.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

const SECRET = 'router-secret-of-the-test';
const PRODUCTION = { NODE_ENV: 'production', SANDBOX: 'all', LOG_LEVEL: 'silent', ROUTER_SECRET: SECRET };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ env: PRODUCTION });
});
afterAll(() => gateway.close());

const schema = createSchema();
const NAMES = namesOf(schema);
/** Words of the messages themselves that are also names in the schema. */
const PLAIN_WORDS = new Set(['field', 'id', 'name', 'query', 'type', 'value']);

function namesOf(of: GraphQLSchema): Set<string> {
  const names = new Set<string>();
  for (const type of Object.values(of.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    names.add(type.name);
    if (isEnumType(type)) for (const { name } of type.getValues()) names.add(name);
    if (isInputObjectType(type) || isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values<GraphQLInputField | GraphQLField<unknown, unknown>>(
        type.getFields(),
      )) {
        names.add(field.name);
        if ('args' in field) for (const arg of field.args) names.add(arg.name);
      }
    }
  }
  return names;
}

/** The shortest way of asking for each type, from the root: what stands before a selection of it, and how often it is closed. */
function waysTo(): Map<string, (selection: string) => string> {
  const ways = new Map<string, (selection: string) => string>();
  const open: (readonly [type: string, way: (selection: string) => string])[] = [
    ['Query', (selection) => `{ ${selection} }`],
    ['Mutation', (selection) => `mutation { ${selection} }`],
  ];
  for (const [name, way] of open) {
    const type = schema.getType(name);
    if (ways.has(name) || type === undefined) continue;
    ways.set(name, way);
    if (isInterfaceType(type)) {
      for (const { name: possible } of schema.getPossibleTypes(type)) {
        open.push([possible, (selection) => way(`... on ${possible} { ${selection} }`)]);
      }
    }
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const result = getNamedType(field.type);
      if (isCompositeType(result))
        open.push([result.name, (selection) => way(`${field.name}${argumentsOf(field)} { ${selection} }`)]);
    }
  }
  return ways;
}

const argumentsOf = (field: GraphQLField<unknown, unknown>, more = '') => {
  const required = field.args
    .filter(({ type }) => String(type).endsWith('!'))
    .map(({ name }) => `${name}: $v`);
  const all = [...required, ...(more === '' ? [] : [more])];
  return all.length === 0 ? '' : `(${all.join(', ')})`;
};

/** Every name of the schema, spelt wrongly in the place where it belongs, and every place where something is missing. */
function misspelt(): string[] {
  const documents: string[] = [];
  for (const [name, way] of waysTo()) {
    const type = schema.getType(name);
    documents.push(way(`... on ${name}x { __typename }`), `query ($v: ${name}x) { __typename }`);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const result = getNamedType(field.type);
      const below = isCompositeType(result) ? ' { __typename }' : '';
      documents.push(way(`${field.name}x`), way(field.name.slice(0, -1)), way(field.name));
      documents.push(way(`${field.name}${argumentsOf(field)}${below === '' ? ' { x }' : ''}`));
      for (const { name: arg } of field.args) {
        documents.push(way(`${field.name}${argumentsOf(field, `${arg}x: 1`)}${below}`));
        for (const literal of ['1.5', '"x"', 'X', '{ x: 1 }', '[[1]]', 'null', 'true', '$v']) {
          documents.push(way(`${field.name}(${arg}: ${literal})${below}`));
        }
      }
    }
  }
  for (const [field, argument, type] of inputs()) documents.push(...misspeltInputs(field, argument, type));
  return [...new Set(documents)];
}

function inputs(): (readonly [way: (argument: string) => string, argument: string, type: string])[] {
  const query = Object.values(schema.getQueryType()?.getFields() ?? {}).map((field) => ['', field] as const);
  const mutation = Object.values(schema.getMutationType()?.getFields() ?? {}).map(
    (field) => ['mutation', field] as const,
  );
  return [...query, ...mutation].flatMap(([kind, field]) =>
    field.args.map(({ name, type }) => {
      const below = isCompositeType(getNamedType(field.type)) ? '{ __typename }' : '';
      return [
        (argument: string) => `${kind} { ${field.name}(${argument}) ${below} }`,
        name,
        getNamedType(type).name,
      ] as const;
    }),
  );
}

function misspeltInputs(
  way: (argument: string) => string,
  path: string,
  typeName: string,
  close = '',
): string[] {
  const type = schema.getType(typeName);
  if (isEnumType(type))
    return type
      .getValues()
      .flatMap(({ name }) => [
        way(`${path}: ${name}X${close}`),
        way(`${path}: ${name.slice(1)}${close}`),
        way(`${path}: "${name}"${close}`),
      ]);
  if (!isInputObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => {
    const inner = `${path}: { ${field.name}`;
    return [
      way(`${path}: { ${field.name}x: 1 }${close}`),
      way(`${inner}: { x: 1 } }${close}`),
      way(`${inner}: 1.5 }${close}`),
      way(`${inner}: "x" }${close}`),
      way(`${inner}: null }${close}`),
      ...misspeltInputs(way, inner, getNamedType(field.type).name, ` }${close}`),
    ];
  });
}

const words = (text: string): string[] => text.match(/\w+/g) ?? [];
const messagesIn = (text: string) =>
  ((JSON.parse(text) as { errors?: { message: string }[] }).errors ?? []).map(({ message }) => message);
/** Names of the schema that a message has and the document has not. */
const leaksIn = (message: string, document: string) => {
  const said = new Set(words(document));
  return words(message).filter((word) => NAMES.has(word) && !said.has(word) && !PLAIN_WORDS.has(word));
};

describe('a message in production', () => {
  it('names nothing of the schema that the document does not name itself', async () => {
    const documents = misspelt();
    expect(documents.length).toBeGreaterThan(2_000);
    const leaks = new Map<string, string>();
    let refused = 0;
    const agent = new Agent({ keepAlive: true });
    for (const query of documents) {
      const sent = { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ query }), agent };
      const answer = await send(`${gateway.url}/graphql`, sent);
      // What runs, on sandboxes, is answered by what the documents say of arguments.
      if (answer.status !== 400) continue;
      refused += 1;
      for (const message of messagesIn(answer.text)) {
        if (message.includes('Did you mean') || leaksIn(message, query).length > 0) leaks.set(message, query);
      }
    }
    agent.destroy();
    expect([...leaks]).toEqual([]);
    expect(refused).toBeGreaterThan(documents.length / 2);
  }, 120_000);

  it('names nothing of the schema of wrong variables either', async () => {
    const types = Object.values(schema.getTypeMap()).filter(isInputObjectType);
    for (const [way, argument, typeName] of inputs()) {
      if (!types.some(({ name }) => name === typeName)) continue;
      const document = way(`${argument}: $v`);
      const query = document.startsWith('mutation')
        ? document.replace('mutation', `mutation ($v: ${typeName}!)`)
        : `query ($v: ${typeName}!) ${document}`;
      const { text } = await post(gateway.url, { query, variables: { v: { x: 1, firstNam: 1 } } });
      const leaks = messagesIn(text).flatMap((message) => leaksIn(message, query));
      expect({ query, leaks }).toEqual({ query, leaks: [] });
    }
  });

  it.each([
    '{ __schema { types { name } } }',
    '{ __type(name: "Profile") { fields { name } } }',
    '{ a: __type(name: "Profile") { fields { type { fields { type { fields { name } } } } } } }',
    'mutation { __schema { types { name } } }',
    'query { ...f } fragment f on Query { ... { __schema { queryType { name } } } }',
  ])('says neutrally that the schema is not shown: %s', async (query) => {
    const answer = await post(gateway.url, { query });
    expect(expectRefusal(answer, 400, 'GRAPHQL_VALIDATION_FAILED')).toMatch(
      /^(Introspection is off|Maximum introspection depth exceeded|Cannot query field "__schema")\.?$/,
    );
    expect(answer.text).not.toMatch(/Apollo|introspection: true/);
  });
});

describe('the landing page in production', () => {
  it.each(['/', '/explorer', '/graphql'])('is not there: %s', async (path) => {
    const { status, headers, text } = await send(gateway.url + path, { headers: { accept: 'text/html' } });
    expect([404, 405]).toContain(status);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(text).not.toMatch(/<html|<script/);
  });
});

describe('what only a federation router may ask', () => {
  const ENTITIES =
    'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Profile { id firstName } } }';
  const person = (id: unknown) => ({ __typename: 'Profile', id });
  const ask = (variables: object, headers: Record<string, string> = { 'x-router-secret': SECRET }) =>
    gateway.execute(ENTITIES, variables, headers);

  it.each([undefined, '', 'wrong', SECRET.slice(0, -1), `${SECRET}x`, `${SECRET},${SECRET}`])(
    'is shut without the right secret: %s',
    async (secret) => {
      const headers = secret === undefined ? {} : { 'x-router-secret': secret };
      const service = await gateway.execute('{ _service { sdl } }', {}, headers);
      const entities = await ask({ r: [person('mind:42')] }, headers);
      for (const { errors, data } of [service, entities]) {
        expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
        expect(JSON.stringify(data)).not.toMatch(/type |Max/);
      }
    },
  );

  it('is 500 people at once, and no more', async () => {
    const many = (count: number) => ({ r: Array.from({ length: count }, (_, i) => person(`mind:${i + 1}`)) });
    const { data } = await ask(many(500));
    expect(data?.['_entities']).toHaveLength(500);
    const before = JSON.stringify(gateway.received());
    const { data: none, errors } = await ask(many(501));
    expect(none?.['_entities'] ?? null).toBeNull();
    expect(errors).toMatchObject([
      { message: expect.stringContaining('at most 500'), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(JSON.stringify(gateway.received())).toBe(before);
  });

  it.each([
    ['another type', { ...person('mind:42'), __typename: 'Query' }],
    ['a type that is none', { ...person('mind:42'), __typename: 'Nobody' }],
    ['a type of the prototype', { ...person('mind:42'), __typename: 'toString' }],
    ['no type', { id: 'mind:42' }],
    ['a type that is a list', { id: 'mind:42', __typename: ['Profile'] }],
    ['no key', { __typename: 'Profile' }],
    ['a key that is an object', person({ toString: 1 })],
    ['a key that is a list', person(['mind:42'])],
    ['a key that is true', { __typename: 'Profile', mindUserId: true }],
    ['a key that climbs', person('mind:42/../../admin')],
    ['a key that is empty', person('')],
    ['a key of another system', person('admin:1')],
    ['a number that is no key', { __typename: 'Profile', mindUserId: -1 }],
    ['a fraction', { __typename: 'Profile', mindUserId: 4.2 }],
    ['a number in words', { __typename: 'Profile', mindUserId: '42 OR 1=1' }],
    ['text', 'Profile'],
    ['a list', [person('mind:42')]],
  ])('is refused before any call when it names %s', async (_what, representation) => {
    const before = JSON.stringify(gateway.received());
    const { data, errors } = await ask({ r: [representation] });
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT']);
    expect([null, [null]]).toContainEqual(data?.['_entities'] ?? null);
    expect(JSON.stringify(gateway.received())).toBe(before);
  });

  it('may carry fields of others, which reach nothing', async () => {
    const r = [{ ...person('mind:42'), firstName: 'Eve', mind: { firstName: 'Eve' }, anchorOrSeed: 1 }];
    expect((await ask({ r })).data).toEqual({ _entities: [{ id: 'mind:42', firstName: 'Max' }] });
  });

  it('gets no timings, whatever header asks for them', async () => {
    const { extensions } = await gateway.execute(
      '{ __typename }',
      {},
      { 'apollo-federation-include-trace': 'ftv1', 'x-router-secret': SECRET },
    );
    expect(extensions).not.toHaveProperty('ftv1');
  });
});
