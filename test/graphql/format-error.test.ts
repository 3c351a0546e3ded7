import { describe, expect, it, jest } from '@jest/globals';
import { buildSchema, graphqlSync, GraphQLError, parse, validate, type GraphQLFormattedError } from 'graphql';
import { GatewayError } from '../../src/errors.js';
import { createFormatError, foldListErrors } from '../../src/graphql/format-error.js';

type Extensions = Readonly<Record<string, unknown>>;
const fault = (path: (string | number)[] | undefined, extensions: Extensions, message = 'failed') =>
  ({ message, ...(path !== undefined && { path }), extensions }) satisfies GraphQLFormattedError;

const MIND = { code: 'UPSTREAM_ERROR', backend: 'MIND', retryable: true };
const V2 = { ...MIND, backend: 'V2' };
const LOST = { ...MIND, code: 'UPSTREAM_CONNECTION_LOST' };

describe('foldListErrors', () => {
  it.each<[string, GraphQLFormattedError[], GraphQLFormattedError[]]>([
    ['has nothing to do without errors', [], []],
    [
      'leaves errors outside lists as they are',
      [fault(['profile', 'firstName'], MIND), fault(['profile', 'lastName'], MIND), fault(undefined, MIND)],
      [fault(['profile', 'firstName'], MIND), fault(['profile', 'lastName'], MIND), fault(undefined, MIND)],
    ],
    [
      'leaves errors of no backend at their cell',
      [fault(['list', 0], { code: 'BAD_USER_INPUT' }), fault(['list', 1], { code: 'BAD_USER_INPUT' })],
      [fault(['list', 0], { code: 'BAD_USER_INPUT' }), fault(['list', 1], { code: 'BAD_USER_INPUT' })],
    ],
    [
      'says once for a list what it says of each cell, with the first message',
      [
        fault(['list', 0, 'a'], MIND, 'first'),
        fault(['list', 2, 'a'], MIND, 'second'),
        fault(['list', 7], MIND),
      ],
      [fault(['list'], { ...MIND, affected: 3 }, 'first')],
    ],
    [
      'counts items, not fields',
      [fault(['list', 4, 'a'], MIND), fault(['list', 4, 'b'], MIND), fault(['list', 4, 'c', 'd'], MIND)],
      [fault(['list'], { ...MIND, affected: 1 })],
    ],
    [
      'keeps backends and codes apart',
      [fault(['l', 0], MIND), fault(['l', 0], V2), fault(['l', 1], LOST), fault(['l', 1], MIND)],
      [
        fault(['l'], { ...MIND, affected: 2 }),
        fault(['l'], { ...V2, affected: 1 }),
        fault(['l'], { ...LOST, affected: 1 }),
      ],
    ],
    [
      'keeps lists apart',
      [fault(['one', 'nodes', 0], MIND), fault(['two', 'nodes', 0], MIND), fault(['one', 'edges', 0], MIND)],
      [
        fault(['one', 'nodes'], { ...MIND, affected: 1 }),
        fault(['two', 'nodes'], { ...MIND, affected: 1 }),
        fault(['one', 'edges'], { ...MIND, affected: 1 }),
      ],
    ],
    [
      'folds lists within lists at the outermost',
      [
        fault(['list', 0, 'accounts', 1], MIND),
        fault(['list', 1, 'accounts', 0], MIND),
        fault(['list', 1], MIND),
      ],
      [fault(['list'], { ...MIND, affected: 2 })],
    ],
    [
      'keeps the order in which errors were first said',
      [fault(['l', 0], MIND), fault(['profile'], V2), fault(['l', 1], MIND), fault(['other'], LOST)],
      [fault(['l'], { ...MIND, affected: 2 }), fault(['profile'], V2), fault(['other'], LOST)],
    ],
  ])('%s', (_what, errors, folded) => {
    const before = JSON.stringify(errors);
    expect(foldListErrors(errors)).toEqual(folded);
    expect(JSON.stringify(errors)).toBe(before);
  });
});

describe('createFormatError', () => {
  const schema = buildSchema(`
    type Query { find(id: ID!, ids: [ID!], count: Int, filter: Filter): String }
    input Filter { name: String! }
  `);

  function format(error: GraphQLError) {
    const report = jest.fn<(error: unknown) => void>();
    return { formatted: createFormatError(report)(error.toJSON(), error), report };
  }

  /** As the server hands it over: the resolver's error inside one that knows the place. */
  const raised = (originalError: Error, extensions: Extensions = {}) =>
    new GraphQLError(originalError.message, { path: ['profile', 'firstName'], originalError, extensions });

  it('tells of a known failure what is meant for clients, in the words of the schema', () => {
    const cause = new Error('connect ECONNREFUSED 10.1.2.3 token=SECRET');
    const error = new GatewayError('UPSTREAM_RATE_LIMITED', 'mind: asks to slow down.', {
      backend: 'mind',
      httpStatus: 429,
      retryAfterMs: 1_000,
      upstreamTxId: 'tx-1',
      cause,
    });
    const { formatted, report } = format(raised(error, { stack: 'SECRET', headers: { token: 'SECRET' } }));
    expect(formatted).toEqual({
      message: 'mind: asks to slow down.',
      path: ['profile', 'firstName'],
      extensions: {
        code: 'UPSTREAM_RATE_LIMITED',
        backend: 'MIND',
        httpStatus: 429,
        retryable: true,
        retryAfterMs: 1_000,
        upstreamTxId: 'tx-1',
      },
    });
    expect(report).not.toHaveBeenCalled();
  });

  it('leaves out what is not known', () => {
    const { formatted } = format(raised(new GatewayError('AMBIGUOUS_LINK', 'Ask by id.')));
    expect(formatted.extensions).toEqual({ code: 'AMBIGUOUS_LINK', retryable: false });
  });

  it.each([
    ['an error that nobody foresaw', new Error('SECRET at /srv/app.js:1'), {}],
    ['a code that is nobody’s', new Error('SECRET'), { code: 'ECONNREFUSED', address: 'SECRET' }],
    ['a code that is no text', new Error('SECRET'), { code: 7 }],
  ])('hides and reports %s', (_what, error, extensions) => {
    const { formatted, report } = format(raised(error, extensions));
    expect(formatted).toEqual({
      message: expect.stringContaining('request id'),
      path: ['profile', 'firstName'],
      extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
    });
    expect(JSON.stringify(formatted)).not.toContain('SECRET');
    expect(report).toHaveBeenCalledWith(error);
  });

  it.each([
    'GRAPHQL_PARSE_FAILED',
    'GRAPHQL_VALIDATION_FAILED',
    'OPERATION_RESOLUTION_FAILURE',
    'BAD_REQUEST',
  ])('passes on what %s says, and no other extension', (code) => {
    const { formatted, report } = format(
      new GraphQLError('Cannot query field "x".', { extensions: { code, stacktrace: ['SECRET'] } }),
    );
    expect(formatted).toEqual({
      message: 'Cannot query field "x".',
      extensions: { code, retryable: false },
    });
    expect(report).not.toHaveBeenCalled();
  });

  it.each<[string, object, string]>([
    [
      'query ($id: ID!) { find(id: $id) }',
      { id: { SECRET: 1 } },
      'Argument "id" (variable "$id") must be an id: text or a whole number.',
    ],
    [
      'query ($id: ID!) { find(id: $id) }',
      {},
      'Argument "id" (variable "$id") must be an id: text or a whole number.',
    ],
    [
      'query ($n: Int) { find(id: 1, count: $n) }',
      { n: 'SECRET' },
      'Argument "count" (variable "$n") must be a whole number of at most 32 bits.',
    ],
    [
      'query ($all: [ID!]) { find(id: 1, ids: $all) }',
      { all: [null] },
      'Argument "ids" (variable "$all") must be of type [ID!].',
    ],
    [
      'query ($f: Filter) { find(id: 1, filter: $f) }',
      { f: { SECRET: 1 } },
      'Argument "filter" (variable "$f") must be of type Filter.',
    ],
    [
      'query ($name: String!) { find(id: 1, filter: { name: $name }) }',
      { name: ['SECRET'] },
      'Variable "$name" must be text.',
    ],
  ])(
    'names variable, argument and what is accepted, never the value: %s %j',
    (source, variableValues, message) => {
      const [error] = graphqlSync({ schema, source, variableValues: { ...variableValues } }).errors ?? [];
      expect(error).toBeDefined();
      if (error === undefined) return;
      Object.assign(error.extensions, { code: 'BAD_USER_INPUT' });
      const { formatted, report } = format(error);
      expect(formatted).toMatchObject({ message, extensions: { code: 'BAD_USER_INPUT', retryable: false } });
      expect(JSON.stringify(formatted)).not.toContain('SECRET');
      expect(report).not.toHaveBeenCalled();
    },
  );

  it.each([
    'query ($id: Int!) { find(id: $id) }',
    'query ($id: ID!, $id: ID!) { find(id: $id) }',
    'query ($unused: ID!) { find(id: 1) }',
    'query ($id: Query!) { find(id: 1) }',
  ])('takes a wrong document for no wrong value, though a variable is named: %s', (source) => {
    const [error] = validate(schema, parse(source));
    expect(error).toBeDefined();
    if (error === undefined) return;
    Object.assign(error.extensions, { code: 'GRAPHQL_VALIDATION_FAILED' });
    const { formatted } = format(error);
    expect(formatted.message).toBe(error.message);
    expect(formatted.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED', retryable: false });
  });
});
