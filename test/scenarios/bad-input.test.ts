// What is refused: before any backend is called, naming the argument and what is accepted, without repeating the value.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type GraphQLAnswer, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

const callsSoFar = () =>
  Object.values(gateway.received()).reduce((total, entries) => total + entries.length, 0);

/** Sends what must be refused; the refusal makes no call and is one error. */
async function refusal(query: string, variables: object = {}) {
  const before = callsSoFar();
  const answer: GraphQLAnswer = await gateway.execute(query, variables);
  expect(callsSoFar()).toBe(before);
  expect(answer.errors).toHaveLength(1);
  const [error] = answer.errors;
  expect(error?.extensions).toMatchObject({ retryable: false, requestId: expect.any(String) });
  return { answer, code: error?.extensions['code'], message: error?.message ?? '' };
}

/** Stands in every value whose repetition can be noticed. */
const MARK = 'q7Zk';

describe('an id', () => {
  const PROFILE = 'query ($id: ID!) { profile(id: $id) { id firstName } }';
  const BY_ID = 'query ($id: ID!) { profilesById(ids: ["mind:42", $id]) { id firstName } }';
  const BY_KEY =
    'query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on Profile { id firstName } } }';

  const NATIVE = [
    '1/../../admin',
    '..',
    '.',
    '%2e%2e',
    '1?x=',
    '1#a',
    '1;a',
    '//evil',
    '\\..\\x',
    '1%2f..',
    '@evil',
    '1\r\nX-Evil: 1',
    '1\u0000',
    '１２',
    '٤٢',
    '9'.repeat(10_240),
    '',
    '0',
    '-1',
    '042',
    '4.2',
    '4e1',
    '0x2a',
    '42 ',
    ' 42',
    'NaN',
    MARK,
    '1234567890123456',
  ];
  const IDS = [
    ...NATIVE,
    ...['mind', 'omnivibe', 'v2'].flatMap((backend) => NATIVE.map((native) => `${backend}:${native}`)),
    'MIND:42',
    'Mind:42',
    'mind',
    'mind42',
    'mind::42',
    ':42',
    'toString:1',
    'mind:42:v2',
    'mind:42,v2:17',
    'mind:42\n',
    `${MARK}:42`,
  ];

  it.each(IDS.map((id) => [id.length > 40 ? `${id.slice(0, 20)}… (${id.length})` : id, id]))(
    'is refused wherever ids are taken: %j',
    async (_shown, id) => {
      const refused = [
        { argument: 'id', ...(await refusal(PROFILE, { id })) },
        { argument: 'ids[1]', ...(await refusal(BY_ID, { id })) },
        { argument: 'id', ...(await refusal(BY_KEY, { keys: [{ __typename: 'Profile', id }] })) },
      ];
      for (const { argument, code, message, answer } of refused) {
        expect(code).toBe('BAD_USER_INPUT');
        expect(message).toContain(`"${argument}"`);
        expect(message).toContain('such as "mind:42"');
        expect(message).not.toContain(MARK);
        expect(message.length).toBeLessThan(250);
        expect(answer.status).toBe(200);
      }
    },
  );

  it.each(NATIVE.filter((id) => id !== ''))(
    'of Mind in a router’s key is refused: %j',
    async (mindUserId) => {
      const { code, message } = await refusal(BY_KEY, { keys: [{ __typename: 'Profile', mindUserId }] });
      expect(code).toBe('BAD_USER_INPUT');
      expect(message).toContain('"mindUserId"');
      expect(message).not.toContain(MARK);
    },
  );

  it('is refused as a literal like as a variable', async () => {
    const { code, message } = await refusal('{ profile(id: "mind:..") { id } }');
    expect(code).toBe('BAD_USER_INPUT');
    expect(message).toContain('"id"');
  });

  it('is refused in the 101st place', async () => {
    const ids = Array<string>(101).fill('mind:42');
    const { code, message } = await refusal('query ($ids: [ID!]!) { profilesById(ids: $ids) { id } }', {
      ids,
    });
    expect(code).toBe('BAD_USER_INPUT');
    expect(message).toMatch(/"ids".*at most 100/);
    expect(
      await gateway.query('query ($ids: [ID!]!) { profilesById(ids: $ids) { id } }', { ids: ids.slice(1) }),
    ).toEqual({
      profilesById: Array(100).fill({ id: 'mind:42' }),
    });
  });

  it('that is bad makes its own field null and leaves the others alone', async () => {
    const { data, errors } = await gateway.execute(
      '{ good: profile(id: "mind:42") { id } bad: profile(id: "42") { id } }',
    );
    expect(data).toEqual({ good: { id: 'mind:42' }, bad: null });
    expect(errors).toMatchObject([{ path: ['bad'], extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('a cursor', () => {
  const LIST = 'query ($after: String) { profiles(after: $after) { nodes { id } } }';
  const encode = (text: string) => Buffer.from(text).toString('base64url');

  it.each([
    '',
    MARK,
    '0',
    '!',
    'bWluZA==',
    encode('mind'),
    encode('mind.abcdefgh'),
    encode('mind.abcdefgh.-1'),
    encode('mind.abcdefgh.1e3'),
    encode('mind.abcdefgh.99999999999'),
    encode(' mind.abcdefgh.1'),
    `${encode('mind.abcdefgh.1')}=`,
    `${encode('mind.abcdefgh.1')} `,
    encode(`${MARK}.abcdefgh.1`),
    'A'.repeat(10_240),
  ])('that is malformed is refused: %j', async (after) => {
    const { code, message, answer } = await refusal(LIST, { after });
    expect(answer.data).toEqual({ profiles: null });
    expect(code).toBe('BAD_USER_INPUT');
    expect(message).toMatch(/"after" (must be a cursor|is a cursor of another)/);
    expect(message).not.toContain(MARK);
  });

  it('that was tampered with is refused', async () => {
    const { profiles } = await gateway.query('{ profiles(first: 1) { pageInfo { endCursor } } }');
    const { pageInfo } = profiles as { pageInfo: { endCursor: string } };
    const [directory, fingerprint, offset] = Buffer.from(pageInfo.endCursor, 'base64url')
      .toString()
      .split('.');
    for (const forged of [
      `v2.${fingerprint ?? ''}.${offset ?? ''}`,
      `${directory ?? ''}.AAAAAAAA.${offset ?? ''}`,
      `${directory ?? ''}.${fingerprint ?? ''}.-1`,
      `${directory ?? ''}.${fingerprint ?? ''}.1x`,
    ]) {
      const { code, message } = await refusal(LIST, { after: encode(forged) });
      expect(code).toBe('BAD_USER_INPUT');
      expect(message).toContain('"after"');
    }
  });
});

describe('an argument', () => {
  const EMAIL = 'query ($email: EmailAddress!) { profileByEmail(email: $email) { id } }';
  const FIRST = 'query ($first: Int) { profiles(first: $first) { nodes { id } } }';
  const AFTER = 'query ($after: String) { profiles(after: $after) { nodes { id } } }';
  const ID = 'query ($id: ID!) { profile(id: $id) { id } }';
  const IDS = 'query ($ids: [ID!]!) { profilesById(ids: $ids) { id } }';
  const DIRECTORY = 'query ($directory: Backend) { profiles(directory: $directory) { nodes { id } } }';
  const FILTER = 'query ($filter: ProfileFilter) { profiles(filter: $filter) { nodes { id } } }';
  const AN_ADDRESS = 'an e-mail address such as name@example.com';

  it.each<[string, string, object, string, string]>([
    ['an address without @', EMAIL, { email: `${MARK}.example.com` }, 'email', AN_ADDRESS],
    ['an address with a blank', EMAIL, { email: `${MARK} x@example.com` }, 'email', AN_ADDRESS],
    ['an address with two @', EMAIL, { email: `${MARK}@x@example.com` }, 'email', AN_ADDRESS],
    [
      'an address with a line break',
      EMAIL,
      { email: `${MARK}@example.com\r\nBcc: x@example.com` },
      'email',
      AN_ADDRESS,
    ],
    ['an address with a name', EMAIL, { email: `${MARK} <x@example.com>` }, 'email', AN_ADDRESS],
    ['no address', EMAIL, { email: '' }, 'email', AN_ADDRESS],
    ['a number for an address', EMAIL, { email: 7 }, 'email', AN_ADDRESS],
    ['null for an address', EMAIL, { email: null }, 'email', AN_ADDRESS],
    ['an address left out', EMAIL, {}, 'email', AN_ADDRESS],
    ['an object for an id', ID, { id: { secret: MARK } }, 'id', 'text or a whole number'],
    ['a fraction for an id', ID, { id: 1.5 }, 'id', 'text or a whole number'],
    ['null for an id', ID, { id: null }, 'id', 'text or a whole number'],
    ['an id left out', ID, {}, 'id', 'text or a whole number'],
    ['null among ids', IDS, { ids: ['mind:42', null] }, 'ids', '[ID!]!'],
    ['an object for ids', IDS, { ids: { secret: MARK } }, 'ids', '[ID!]!'],
    ['text for first', FIRST, { first: MARK }, 'first', 'a whole number'],
    ['digits as text for first', FIRST, { first: '10' }, 'first', 'a whole number'],
    ['a fraction for first', FIRST, { first: 1.5 }, 'first', 'a whole number'],
    ['more than 32 bits for first', FIRST, { first: 2 ** 31 }, 'first', 'a whole number'],
    ['a number for after', AFTER, { after: 7 }, 'after', 'text'],
    ['a word that is no backend', DIRECTORY, { directory: MARK }, 'directory', 'Backend'],
    ['a backend in lower case', DIRECTORY, { directory: 'mind' }, 'directory', 'Backend'],
    ['an unknown key in a filter', FILTER, { filter: { [MARK]: 1 } }, 'filter', 'ProfileFilter'],
    ['text among team ids', FILTER, { filter: { teamIds: [MARK] } }, 'filter', 'ProfileFilter'],
    ['an unknown kind', FILTER, { filter: { kind: MARK } }, 'filter', 'ProfileFilter'],
  ])('of a wrong type is refused in a variable: %s', async (_what, query, variables, argument, accepted) => {
    const { code, message, answer } = await refusal(query, variables);
    expect(code).toBe('BAD_USER_INPUT');
    expect(message).toContain(`"${argument}"`);
    expect(message).toContain(accepted);
    expect(JSON.stringify(answer)).not.toContain(MARK);
    expect(answer.status).toBe(400);
    expect(answer.data).toBeUndefined();
  });

  it.each<[string, object, string, RegExp]>([
    ['first: 0', { first: 0 }, 'first', /between 1 and 100/],
    ['first: 101', { first: 101 }, 'first', /between 1 and 100/],
    ['first: -1', { first: -1 }, 'first', /between 1 and 100/],
    ['first: null', { first: null }, 'first', /between 1 and 100/],
    ['filter.query: ""', { filter: { query: '' } }, 'filter.query', /1 to 200 characters/],
    ['filter.query: blanks', { filter: { query: '   ' } }, 'filter.query', /1 to 200 characters/],
    ['filter.query: too long', { filter: { query: MARK.repeat(51) } }, 'filter.query', /1 to 200 characters/],
  ])('out of bounds is refused: %s', async (_what, variables, argument, accepted) => {
    const { code, message, answer } = await refusal(
      'query ($first: Int, $filter: ProfileFilter) { profiles(first: $first, filter: $filter) { nodes { id } } }',
      variables,
    );
    expect(code).toBe('BAD_USER_INPUT');
    expect(message).toContain(`"${argument}"`);
    expect(message).toMatch(accepted);
    expect(message).not.toContain(MARK);
    expect(answer.data).toEqual({ profiles: null });
    expect(answer.status).toBe(200);
  });

  it('that is an address longer than any address is refused', async () => {
    const { code, message } = await refusal(EMAIL, { email: `${MARK.repeat(100)}@example.com` });
    expect(code).toBe('BAD_USER_INPUT');
    expect(message).toContain('"email"');
    expect(message).not.toContain(MARK);
  });

  it('that is left out as a variable takes its default', async () => {
    const { profiles } = await gateway.query(FIRST);
    expect((profiles as { nodes: unknown[] }).nodes).toHaveLength(25);
  });
});

describe('a document', () => {
  it.each<[string, string, string, RegExp]>([
    [
      'an address as a literal',
      '{ profileByEmail(email: "nobody") { id } }',
      'GRAPHQL_VALIDATION_FAILED',
      /^Argument "email" must be an e-mail address such as name@example.com\.$/,
    ],
    [
      'a number for an address',
      '{ profileByEmail(email: 7) { id } }',
      'GRAPHQL_VALIDATION_FAILED',
      /^Argument "email" must be an e-mail/,
    ],
    [
      'text for first',
      '{ profiles(first: "10") { nodes { id } } }',
      'GRAPHQL_VALIDATION_FAILED',
      /^Argument "first" must be a whole/,
    ],
    [
      'a number in a filter',
      '{ profiles(filter: { query: 7 }) { nodes { id } } }',
      'GRAPHQL_VALIDATION_FAILED',
      /^Argument "filter.query" must be text/,
    ],
    [
      'a fraction for first',
      '{ profiles(first: 1.5) { nodes { id } } }',
      'GRAPHQL_VALIDATION_FAILED',
      /^Argument "first" must be a whole/,
    ],
    [
      'a truth value for an id',
      '{ profile(id: true) { id } }',
      'GRAPHQL_VALIDATION_FAILED',
      /^Argument "id" must be an id/,
    ],
    [
      'text for a directory',
      '{ profiles(directory: "MIND") { nodes { id } } }',
      'GRAPHQL_VALIDATION_FAILED',
      /Backend/,
    ],
    [
      'a word that is no backend',
      '{ profiles(directory: FOO) { nodes { id } } }',
      'GRAPHQL_VALIDATION_FAILED',
      /Backend/,
    ],
    ['null for ids', '{ profilesById(ids: null) { id } }', 'GRAPHQL_VALIDATION_FAILED', /ID/],
    ['null among ids', '{ profilesById(ids: ["mind:42", null]) { id } }', 'GRAPHQL_VALIDATION_FAILED', /ID/],
    ['an argument left out', '{ profile { id } }', 'GRAPHQL_VALIDATION_FAILED', /"id"/],
    [
      'an unknown argument',
      '{ profile(id: "mind:42", email: "x") { id } }',
      'GRAPHQL_VALIDATION_FAILED',
      /"email"/,
    ],
    [
      'an unknown key in a filter',
      '{ profiles(filter: { name: "x" }) { nodes { id } } }',
      'GRAPHQL_VALIDATION_FAILED',
      /"name"/,
    ],
    [
      'an unknown field',
      '{ profile(id: "mind:42") { password } }',
      'GRAPHQL_VALIDATION_FAILED',
      /"password"/,
    ],
    ['an unknown query', '{ users { id } }', 'GRAPHQL_VALIDATION_FAILED', /"users"/],
    ['no selection', '{ profile(id: "mind:42") }', 'GRAPHQL_VALIDATION_FAILED', /subfields/],
    [
      'an unknown fragment',
      '{ profile(id: "mind:42") { ...Nobody } }',
      'GRAPHQL_VALIDATION_FAILED',
      /"Nobody"/,
    ],
    ['an undeclared variable', '{ profile(id: $id) { id } }', 'GRAPHQL_VALIDATION_FAILED', /"\$id"/],
    [
      'a variable of another type',
      'query ($id: Int!) { profile(id: $id) { id } }',
      'GRAPHQL_VALIDATION_FAILED',
      /"\$id"/,
    ],
    ['a missing brace', '{ profile(id: "mind:42") { id }', 'GRAPHQL_PARSE_FAILED', /Syntax Error/],
    ['a stray letter', '{ profile(id: "mind:42") { id } } x', 'GRAPHQL_PARSE_FAILED', /Syntax Error/],
    ['an open string', '{ profile(id: "mind:42) { id } }', 'GRAPHQL_PARSE_FAILED', /Syntax Error/],
    [
      'a number of two dots',
      '{ profiles(first: 1..2) { nodes { id } } }',
      'GRAPHQL_PARSE_FAILED',
      /Syntax Error/,
    ],
    ['no operation', 'fragment F on Profile { id }', 'GRAPHQL_VALIDATION_FAILED', /"F"/],
    [
      'two operations without a name',
      '{ deskStatuses { id } } { deskStatuses { name } }',
      'GRAPHQL_VALIDATION_FAILED',
      /operation/,
    ],
    [
      'two operations to choose from',
      'query A { deskStatuses { id } } query B { deskStatuses { id } }',
      'OPERATION_RESOLUTION_FAILURE',
      /operation/,
    ],
    ['nothing', '', 'BAD_REQUEST', /query/],
  ])('is refused with %s', async (_what, query, code, words) => {
    const before = callsSoFar();
    const { status, data, errors } = await gateway.execute(query);
    expect(callsSoFar()).toBe(before);
    expect(status).toBe(400);
    expect(data).toBeUndefined();
    expect(errors.map(({ extensions }) => extensions['code'])).toContain(code);
    expect(errors.map(({ message }) => message).join('\n')).toMatch(words);
    for (const { extensions } of errors)
      expect(extensions).toMatchObject({ retryable: false, requestId: expect.any(String) });
  });

  it.each(['subscription { anything }', 'subscription S { __typename }'])(
    'is refused for a kind of operation that is not offered, as the caller’s fault: %s',
    async (query) => {
      const { status, errors } = await gateway.execute(query);
      expect(status).toBe(400);
      expect(errors[0]?.extensions['code']).not.toBe('INTERNAL_SERVER_ERROR');
    },
  );
});

describe('a variable that is null where its default would not have been', () => {
  it('is refused, and what stands beside it is repeated nowhere', async () => {
    const { code, message } = await refusal(
      `mutation ($id: ID = "mind:42") {
        changePassword(input: { profileId: $id, newPassword: "${MARK}-Secret-1" }) { status }
      }`,
      { id: null },
    );
    expect(code).toBe('BAD_USER_INPUT');
    expect(message + JSON.stringify(gateway.log)).not.toContain(MARK);
  });
});
