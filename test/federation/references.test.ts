// References as a router may send them, without a router between: doubles, nonsense, many, and while a backend fails.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generatePeople } from '../../src/sandbox/people.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

const PEOPLE = generatePeople(40);
const NAMES = PEOPLE.map(({ mind }) => ({ firstName: mind?.firstName }));
const byMindId = (mindUserId: unknown) => ({ __typename: 'Profile', mindUserId });
const byId = (id: unknown) => ({ __typename: 'Profile', id });
const COUNT_FROM = 1_000;

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway({ people: PEOPLE });
});
afterEach(() => gateway.close());

const entities = (representations: readonly unknown[], selection = 'firstName', headers = {}) =>
  gateway.execute(
    `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Profile { ${selection} } } }`,
    { of: representations },
    headers,
  );

describe('references', () => {
  it('that name one person in many ways are answered each, in one call', async () => {
    const ways = [byMindId('1000'), byMindId(1000), byId('mind:1000'), byId('v2:300000'), byMindId('1000')];
    await entities(ways);
    const { data, errors, extensions } = await entities(ways);
    expect({ data, errors }).toEqual({ data: { _entities: Array(5).fill(NAMES[0]) }, errors: [] });
    expect(extensions.upstream).toMatchObject({ byBackend: { MIND: 1 } });
  });

  it('that carry both keys go by the id of Mind', async () => {
    const { data } = await entities([{ ...byId('v2:300005'), mindUserId: '1001' }], 'id');
    expect(data).toEqual({ _entities: [{ id: 'mind:1001' }] });
  });

  it.each([
    ['another type', { __typename: 'Ticket', id: 'mind:1000' }],
    ['no key', { __typename: 'Profile' }],
    ['a key that is an object', byId({ toString: 1 })],
    ['a key that is no id', byId('somebody')],
    ['a Mind id that is none', byMindId('1000x')],
    ['a text', 'Profile'],
  ])('with %s fail alone', async (_what, nonsense) => {
    const { data, errors } = await entities([byMindId('1000'), nonsense, byId('v2:300001')]);
    expect(data).toEqual({ _entities: [NAMES[0], null, NAMES[1]] });
    expect(errors).toMatchObject([{ path: ['_entities', 1], extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('are to 500 people at most, however often each of them is named', async () => {
    const numbered = (count: number) =>
      Array.from({ length: count }, (_, i) => byMindId(String(COUNT_FROM + i)));
    const people = numbered(500);
    const { data, errors } = await entities([...people, ...people.toReversed()]);
    expect({ named: (data?.['_entities'] as unknown[]).length, errors }).toEqual({
      named: 1_000,
      errors: [],
    });
    const before = gateway.received().mind.length;
    const refused = await entities(numbered(501));
    expect(refused).toMatchObject({
      errors: [
        { message: expect.stringContaining('at most 500 people'), extensions: { code: 'BAD_USER_INPUT' } },
      ],
    });
    expect(gateway.received().mind).toHaveLength(before);
  });
});

describe('a reference whose backend fails before anything is known of it', () => {
  it('is no unknown one: it keeps the id that it was named by, and one error tells why the rest is missing', async () => {
    gateway.mind.switches.set({ reply: { status: 503 } });
    const { data, errors } = await entities(
      [byMindId('1000'), byId('mind:1001'), byId('v2:300002')],
      '__typename id firstName',
    );
    expect(data).toEqual({
      _entities: ['mind:1000', 'mind:1001', 'v2:300002'].map((id) => ({
        __typename: 'Profile',
        id,
        firstName: null,
      })),
    });
    expect(errors).toMatchObject([
      { path: ['_entities'], extensions: { code: 'UPSTREAM_ERROR', backend: 'MIND', affected: 3 } },
    ]);
  });

  it('is null once the backend says that it knows nobody', async () => {
    gateway.mind.switches.set({ reply: { status: 503 } });
    const unknown = [byMindId('999999'), byId('v2:999999')];
    expect((await entities(unknown, 'id firstName')).data).not.toEqual({ _entities: [null, null] });
    gateway.mind.switches.clear();
    expect(await entities(unknown, 'id firstName')).toMatchObject({
      data: { _entities: [null, null] },
      errors: [],
    });
  });
});

describe('a reference that the caller may not follow', () => {
  it('says so, and neither whether it exists nor whose it is', async () => {
    await gateway.close();
    gateway = await startTestGateway({ people: PEOPLE, env: { AUTH: 'mind' } });
    const stranger = { authorization: `Bearer ${gateway.mind.tokenFor(1000)}` };
    const selection = 'id mindUserId omnivibeUserId v2UserId username mind { nativeId } version';
    const ids = ['v2:300001', 'v2:999999'];
    const { data, errors } = await entities(ids.map(byId), selection, stranger);
    const nothing = { mindUserId: null, omnivibeUserId: null, v2UserId: null, username: null, mind: null };
    expect(data).toEqual({ _entities: ids.map((id) => ({ id, ...nothing, version: null })) });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', backend: 'V2', affected: 2 } }]);
  });
});
