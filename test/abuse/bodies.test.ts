// JSON that is well-formed and yet not to be taken, and variables that are wrong in bulk.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectRefusal, JSON_TYPE, post, send } from '../server/client.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent' } });
});
afterAll(() => gateway.close());

const sendText = (body: string) =>
  send(`${gateway.url}/graphql`, { method: 'POST', headers: JSON_TYPE, body });
const withVariables = (variables: string) => `{"query":"{ __typename }","variables":${variables}}`;
const lists = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const objects = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

describe('a body', () => {
  const PAIRS: readonly (readonly [what: string, taken: string, refused: string, problem: RegExp])[] = [
    [
      'nested lists',
      withVariables(`{"a":${lists(30)}}`),
      withVariables(`{"a":${lists(31)}}`),
      /more than 32 levels/,
    ],
    ['nested objects', withVariables(objects(31)), withVariables(objects(32)), /more than 32 levels/],
    [
      'brackets in text',
      withVariables(`{"a":"${'['.repeat(99)}\\"${'{'.repeat(99)}\\\\"}`),
      withVariables(`{"a":"\\\\",${objects(32).slice(1)}`),
      /more than 32 levels/,
    ],
    [
      'levels beside each other',
      withVariables(`{"a":[${lists(29)},${lists(29)}]}`),
      withVariables(`{"a":[${lists(29)},${lists(30)}]}`),
      /more than 32 levels/,
    ],
    [
      'levels that overflow a parser',
      withVariables('{}'),
      withVariables(`{"a":${lists(20_000)}}`),
      /more than 32 levels/,
    ],
    ['surrogates', withVariables('{"a":"\\ud83d\\ude00"}'), withVariables('{"a":"\\ud83d"}'), /surrogate/],
    [
      'surrogates in keys',
      withVariables('{"\\ud83d\\ude00":1}'),
      withVariables('{"a":[{"b\\ude00":1}]}'),
      /surrogate/,
    ],
    [
      'surrogates in the document',
      '{"query":"{ a: __typename } # \\ud83d\\ude00"}',
      '{"query":"{ a: __typename } # \\ude00\\ud83d"}',
      /surrogate/,
    ],
    [
      'keys of prototypes',
      withVariables('{"proto":{"__proto":1}}'),
      withVariables('{"a":[{"b":{"__proto__":{"c":1}}}]}'),
      /a key named __proto__/,
    ],
    [
      'a key in escapes',
      withVariables('{"toString":1}'),
      withVariables('{"\\u005f_proto__":1}'),
      /a key named __proto__/,
    ],
    [
      'a key of what makes objects',
      withVariables('{"valueOf":{"hasOwnProperty":1}}'),
      withVariables('{"a":{"constructor":1}}'),
      /a key named constructor/,
    ],
    [
      'a key of what is inherited',
      withVariables('{"__defineGetter__":1}'),
      withVariables('{"prototype":1}'),
      /a key named prototype/,
    ],
    [
      'keys beside the request',
      '{"query":"{ __typename }","toString":1}',
      '{"query":"{ __typename }","__proto__":{"query":"{ __typename }"}}',
      /a key named __proto__/,
    ],
  ];
  it.each(PAIRS)('with %s is refused only where it is harmful', async (_what, taken, refused, problem) => {
    const before = JSON.stringify(gateway.received());
    expect(await sendText(taken)).toMatchObject({
      status: 200,
      text: expect.stringContaining('"Query"'),
    });
    expect(expectRefusal(await sendText(refused), 400, 'BAD_REQUEST')).toMatch(problem);
    expect(JSON.stringify(gateway.received())).toBe(before);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'may use %s as a name, where it means nothing',
    async (name) => {
      const query = `query ${name}($${name}: ID!) { ${name}: profile(id: $${name}) { ${name}: firstName mind { ${name}: firstName } } }`;
      const variables = `{"${name}":"mind:42"}`;
      const asked = await sendText(
        `{"query":${JSON.stringify(query)},"operationName":"${name}","variables":${variables}}`,
      );
      const isKey = name === '__proto__' || name === 'constructor';
      if (isKey) expectRefusal(asked, 400, 'BAD_REQUEST');
      else expect(asked.text).toContain(`"data":{"${name}":{"${name}":"Max","mind":{"${name}":"Max"}}}`);

      const aliases = await post(gateway.url, {
        query: `query ${name} { ${name}: profile(id: "mind:42") { ${name}: firstName mind { ${name}: firstName } } }`,
        operationName: name,
      });
      expect(aliases.text).toContain(`"data":{"${name}":{"${name}":"Max","mind":{"${name}":"Max"}}}`);
      const id = await post(gateway.url, { query: `{ profile(id: "${name}") { id } }` });
      expect(id.text).toContain('BAD_USER_INPUT');
      const missing = await post(gateway.url, { query: '{ __typename }', operationName: name });
      expectRefusal(missing, 400, 'OPERATION_RESOLUTION_FAILURE');
    },
  );

  it.each(['__proto__', 'constructor', 'tostring', 'x-__proto__'])(
    'may come with a header named %s',
    async (name) => {
      expect((await post(gateway.url, { query: '{ __typename }' }, { [name]: 'x' })).status).toBe(200);
    },
  );
});

describe('variables', () => {
  const SECRET = 'SECRETVALUE';
  const SIX = ['a', 'b', 'c', 'd', 'e', 'f'];
  const IDS = 'query ($ids: [ID!]!) { profilesById(ids: $ids) { id } }';
  const PATCH = 'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { status } }';

  const WRONG: readonly (readonly [what: string, query: string, variables: object, told: number])[] = [
    ['30,000 ids that are none', IDS, { ids: Array<object>(30_000).fill({ token: SECRET }) }, 6],
    [
      'six wrong ones',
      `query (${SIX.map((v) => `$${v}: Int!`).join(' ')}) { ${SIX.map((v) => `${v}: profiles(first: $${v}) { totalCount }`).join(' ')} }`,
      Object.fromEntries(SIX.map((v) => [v, SECRET])),
      6,
    ],
    [
      'a patch of a wrong shape',
      PATCH,
      { input: { profileId: SECRET, patch: { [SECRET]: SECRET, firstName: [SECRET] } } },
      2,
    ],
    [
      'an address that is none',
      'query ($a: EmailAddress!) { profileByEmail(email: $a) { id } }',
      { a: SECRET },
      1,
    ],
    [
      'an enum value that is none',
      'query ($b: Backend) { profiles(directory: $b) { totalCount } }',
      { b: SECRET },
      1,
    ],
    ['bytes that are none', PATCH, { input: { profileId: 'mind:42', patch: { avatar: `${SECRET}!` } } }, 1],
  ];
  it.each(WRONG)(
    'that are wrong are told of five times at most, without a value: %s',
    async (_what, query, variables, told) => {
      const before = JSON.stringify(gateway.received());
      const answer = await post(gateway.url, { query, variables });
      expectRefusal(answer, 400, 'BAD_USER_INPUT');
      const { errors } = JSON.parse(answer.text) as {
        errors: { message: string; extensions: { code: string } }[];
      };
      expect(errors).toHaveLength(told);
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(errors.map(() => 'BAD_USER_INPUT'));
      expect(answer.text).not.toContain(SECRET);
      expect(answer.text).not.toMatch(/Did you mean/);
      expect(JSON.stringify(gateway.received())).toBe(before);
    },
  );

  it('may hold 100 ids, and no more', async () => {
    const ids = Array.from({ length: 101 }, (_, i) => `mind:${i + 1}`);
    expect((await gateway.execute(IDS, { ids: ids.slice(1) })).errors).toEqual([]);
    const before = JSON.stringify(gateway.received());
    const { errors } = await gateway.execute(IDS, { ids });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(JSON.stringify(gateway.received())).toBe(before);
  });
});

describe('what is told of a document', () => {
  it('is five errors at most', async () => {
    const wrong = Array.from({ length: 40 }, (_, i) => `wrong${i}`).join(' ');
    const { text } = await post(gateway.url, { query: `{ ${wrong.split(' ').slice(0, 20).join(' ')} }` });
    expect((JSON.parse(text) as { errors: unknown[] }).errors).toHaveLength(6);
  });

  it('repeats little of it', async () => {
    const { text } = await post(gateway.url, { query: `{ ${'x'.repeat(100_000)} }` });
    expect(text.length).toBeLessThan(2_000);
  });
});
