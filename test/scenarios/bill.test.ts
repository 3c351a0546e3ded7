// What an operation has cost is told truthfully, and what it may cost is bounded.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type GraphQLAnswer, type TestGateway } from '../support/gateway.js';

const WARM_UP = '{ profiles(first: 1) { nodes { omnivibeUserId v2UserId } } }';
const OFF = { reply: { status: 503 } };

interface Bill {
  readonly calls: number;
  readonly byBackend: Readonly<Record<string, number>>;
  readonly deduplicated: number;
  readonly retries: number;
}
function billOf({ extensions }: GraphQLAnswer): Bill {
  expect(extensions.upstream).toBeDefined();
  const bill = extensions.upstream as Bill;
  expect(bill.calls).toBe(Object.values(bill.byBackend).reduce((sum, calls) => sum + calls, 0));
  return bill;
}

describe('the bill', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
    await gateway.query(WARM_UP);
  });
  afterEach(() => {
    for (const backend of ['mind', 'omnivibe', 'v2'] as const) gateway[backend].switches.clear();
  });
  afterAll(() => gateway.close());

  it.each<[string, string, Bill]>([
    ['nothing asked', '{ __typename }', { calls: 0, byBackend: {}, deduplicated: 0, retries: 0 }],
    [
      'one backend',
      '{ profile(id: "mind:42") { firstName lastName phone } }',
      { calls: 1, byBackend: { MIND: 1 }, deduplicated: 0, retries: 0 },
    ],
    [
      'all backends',
      '{ profiles(first: 3) { nodes { displayName email presence { availability } } } }',
      { calls: 3, byBackend: { MIND: 1, OMNIVIBE: 1, V2: 1 }, deduplicated: 0, retries: 0 },
    ],
    [
      'one person under two names',
      '{ a: profile(id: "mind:42") { firstName } b: profile(id: "mind:42") { lastName } }',
      { calls: 1, byBackend: { MIND: 1 }, deduplicated: 1, retries: 0 },
    ],
    [
      'one person under three names, by different ids',
      `{ a: profile(id: "mind:42") { username } b: profile(id: "v2:17") { username } c: profile(id: "omnivibe:3") { username } }`,
      { calls: 1, byBackend: { V2: 1 }, deduplicated: 2, retries: 0 },
    ],
    [
      'calls that one person takes each',
      '{ profilesById(ids: ["mind:42", "mind:43", "mind:44"]) { settings { desk { maxChats } } } }',
      { calls: 3, byBackend: { V2: 3 }, deduplicated: 0, retries: 0 },
    ],
  ])('tells what was sent: %s', async (_what, query, bill) => {
    expect(billOf(await gateway.execute(query))).toEqual(bill);
  });

  it('tells of calls that failed too, and of those that were tried again', async () => {
    gateway.mind.switches.set(OFF);
    gateway.v2.switches.set({ cut: 'before-handling' });
    const bill = billOf(await gateway.execute('{ profile(id: "mind:42") { firstName username } }'));
    // A 503 is tried again once, a broken connection twice.
    expect(bill).toMatchObject({ calls: 5, byBackend: { MIND: 2, V2: 3 }, retries: 3 });
  });

  it.each([
    'explain(fields: ["firstName"]) { values { value } }',
    'explain(fields: ["firstName"]) { conflicting }',
    'version(fields: ["firstName"])',
    'accounts { nativeId }',
    'presence { availability }',
  ])('is complete when one backend fails before the others have answered: %s', async (selection) => {
    gateway.mind.switches.set(OFF);
    gateway.v2.switches.set({ latencyMs: 30 });
    const query = `{ profile(id: "mind:42") { ${selection} } }`;
    const asked = gateway.received().v2.length;
    const { byBackend } = billOf(await gateway.execute(query));
    expect(byBackend).toMatchObject({ MIND: 2, V2: 1 });
    expect(gateway.received().v2.length).toBe(asked + 1);
  });

  it('would not pass for true if a backend had counted another call', async () => {
    const query = '{ profile(id: "mind:42") { firstName } }';
    gateway.mind.switches.set({ only: { path: '/profiles' }, latencyMs: 100 });
    // Somebody else calls Mind meanwhile.
    const answer = gateway.execute(query);
    const [checked] = await Promise.allSettled([answer, gateway.write('mind', 'PATCH /profile/42', {})]);
    expect(checked.status).toBe('rejected');
    await gateway.execute(query);
  });

  it('names each call in the log, as many as it counts', async () => {
    const from = gateway.log.length;
    const { calls } = billOf(
      await gateway.execute(
        '{ profiles(first: 5) { nodes { displayName username settings { desk { maxChats } } } } }',
      ),
    );
    const lines = gateway.log.slice(from).filter(({ msg }) => String(msg).startsWith('upstream '));
    expect(lines).toHaveLength(calls);
  });
});

describe('the check of who asks', () => {
  it('is on the bill of the operation that it was made for', async () => {
    const gateway = await startTestGateway({ env: { AUTH: 'mind' } });
    try {
      await gateway.execute(WARM_UP, {}, { authorization: `Bearer ${gateway.mind.tokenFor(42)}` });
      const headers = { authorization: `Bearer ${gateway.mind.tokenFor(43)}` };
      const query = '{ profile(id: "mind:43") { firstName } }';
      expect(billOf(await gateway.execute(query, {}, headers)).byBackend).toEqual({ MIND: 2 });
      expect(billOf(await gateway.execute(query, {}, headers)).byBackend).toEqual({ MIND: 1 });
    } finally {
      await gateway.close();
    }
  });
});

describe('in production', () => {
  it.each([
    ['is not shown unasked', 42, {}, false],
    ['is shown to who may read everybody and asks', 42, { 'x-upstream-bill': '1' }, true],
    ['is not shown to others', 43, { 'x-upstream-bill': '1' }, false],
  ])('the bill %s', async (_rule, mindId, header, isShown) => {
    const gateway = await startTestGateway({ env: { NODE_ENV: 'production', SANDBOX: 'all', AUTH: 'mind' } });
    try {
      const headers = { authorization: `Bearer ${gateway.mind.tokenFor(mindId)}`, ...header };
      const answer = await gateway.execute(`{ profile(id: "mind:${mindId}") { firstName } }`, {}, headers);
      expect(answer.errors).toEqual([]);
      expect(answer.extensions.upstream !== undefined).toBe(isShown);
    } finally {
      await gateway.close();
    }
  });
});

describe('the budget', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ env: { UPSTREAM_BUDGET: '6' } });
    await gateway.query(WARM_UP);
  });
  afterAll(() => gateway.close());

  const IDS = Array.from({ length: 10 }, (_, i) => `"mind:${1000 + i}"`).join(', ');
  const DESKS = `{ profilesById(ids: [${IDS}]) { firstName username settings { desk { maxChats } } } }`;
  interface Person {
    readonly firstName: string | null;
    readonly username: string | null;
    readonly settings: { readonly desk: { readonly maxChats: number } | null };
  }

  it('stops the reads beyond it, and delivers the rest', async () => {
    const answer = await gateway.execute(DESKS);
    const people = answer.data?.['profilesById'] as readonly Person[];
    // One call reads everybody at Mind, one at v2; four are left for ten desks.
    expect(people.every(({ firstName, username }) => firstName !== null && username !== null)).toBe(true);
    expect(people.filter(({ settings }) => settings.desk?.maxChats === 3)).toHaveLength(4);
    expect(people.filter(({ settings }) => settings.desk === null)).toHaveLength(6);
    expect(answer.status).toBe(200);
    expect(answer.errors).toMatchObject([
      {
        path: ['profilesById'],
        message: expect.stringContaining('6 backend calls'),
        extensions: { code: 'BUDGET_EXCEEDED', backend: 'V2', affected: 6, retryable: false },
      },
    ]);
  });

  it('is never overspent', async () => {
    expect(billOf(await gateway.execute(DESKS)).calls).toBe(6);
  });

  it('is each operation’s own', async () => {
    await gateway.execute(DESKS);
    expect(billOf(await gateway.execute('{ profile(id: "mind:42") { firstName } }'))).toMatchObject({
      calls: 1,
    });
    const [first, second] = await Promise.all(
      [1, 2].map(async () => {
        const response = await fetch(`${gateway.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: DESKS }),
        });
        return (await response.json()) as GraphQLAnswer;
      }),
    );
    for (const answer of [first, second]) expect(answer?.extensions.upstream?.calls).toBe(6);
  });

  it('is enough to the call', async () => {
    const six = `{ profilesById(ids: [${IDS.split(', ').slice(0, 6).join(', ')}]) { settings { desk { maxChats } } } }`;
    expect(billOf({ ...(await gateway.execute(six)) }).calls).toBe(6);
    expect((await gateway.query(six))['profilesById']).toHaveLength(6);
  });

  it('counts sweeps, and one that it stops is made by the next operation', async () => {
    const small = await startTestGateway({ env: { UPSTREAM_BUDGET: '1' } });
    try {
      const query = '{ profile(id: "mind:42") { id omnivibeUserId } }';
      const answer = await small.execute(query);
      expect(answer.data).toEqual({ profile: { id: 'mind:42', omnivibeUserId: null } });
      expect(answer.errors).toMatchObject([
        { path: ['profile', 'omnivibeUserId'], extensions: { code: 'BUDGET_EXCEEDED' } },
      ]);
      expect(billOf(answer).calls).toBe(1);
      expect(await small.query(query)).toEqual({ profile: { id: 'mind:42', omnivibeUserId: '3' } });
    } finally {
      await small.close();
    }
  });
});
