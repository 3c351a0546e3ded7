// Changing many people at once: what it costs, and that nobody's failure is anybody else's.
import { afterEach, describe, expect, it } from '@jest/globals';
import type { LedgerEntry } from '../../src/sandbox/core/ledger.js';
import type { MindSwitches } from '../../src/sandbox/mind/switches.js';
import { CAST, generatePeople, type CastMember } from '../../src/sandbox/people.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

interface Outcome {
  readonly backend: string;
  readonly state: string;
  readonly calls: readonly { readonly path: string; readonly body: unknown }[];
}
interface Result {
  readonly profileId: string;
  readonly status: string;
  readonly profile: Readonly<Record<string, unknown>> | null;
  readonly outcomes: readonly Outcome[];
  readonly userErrors: readonly { readonly code: string; readonly backend: string | null }[];
}
interface Payload {
  readonly results: readonly Result[];
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}
interface Update {
  readonly profileId: string;
  readonly patch: object;
  readonly backends?: readonly string[];
  readonly ifVersion?: string;
}

const bulkSelecting = (profile: string) => `
  mutation ($updates: [ProfileUpdate!]!, $verify: Boolean) {
    bulkUpdateProfiles(input: { updates: $updates, verify: $verify }) {
      results {
        profileId status profile { ${profile} } userErrors { code backend }
        outcomes { backend state calls { path body } }
      }
      userErrors { code message }
    }
  }`;
const BULK = bulkSelecting('id lastName');
const WARM_UP = '{ profiles(first: 1) { nodes { omnivibeUserId v2UserId } } }';
const SLUGS = ['mind', 'omnivibe', 'v2'] as const;
/** May change everybody, but not the vendor's own people at Mind. */
const SUPERVISOR = 42;
const bearer = (userId: number) => ({ authorization: `Bearer ${gateway.mind.tokenFor(userId)}` });

let gateway: TestGateway;
afterEach(() => gateway.close());

/** A gateway that knows who has which address, with an empty ledger. */
async function start(people: readonly CastMember[] = CAST, env: Record<string, string> = {}) {
  gateway = await startTestGateway({ people, env: { LOG_LEVEL: 'silent', ...env } });
  await gateway.execute(WARM_UP, {}, bearer(SUPERVISOR));
  for (const backend of SLUGS) gateway[backend].ledger.clear();
}

async function bulk(updates: readonly Update[], options: { verify?: boolean; query?: string } = {}) {
  const { verify = true, query = BULK } = options;
  const answer = await gateway.execute(query, { updates, verify });
  const { bulkUpdateProfiles } = (answer.data ?? {}) as { bulkUpdateProfiles: Payload };
  return { ...answer, ...bulkUpdateProfiles };
}

const renamed = (profileId: string, lastName = 'Renamed'): Update => ({ profileId, patch: { lastName } });
/** Renames so many generated people. */
const renames = (count: number) => Array.from({ length: count }, (_, i) => renamed(`mind:${1_000 + i}`));
const onMind = (update: Update): Update => ({ ...update, backends: ['MIND'] });
const onDesk = (update: Update): Update => ({ ...update, backends: ['V2'] });

const writes = (entries: readonly LedgerEntry[]) => entries.filter(({ method }) => method !== 'GET');
const allWrites = () => writes(Object.values(gateway.received()).flat());
/** How often each route was asked. */
const tally = (entries: readonly LedgerEntry[]) =>
  countOf(entries, ({ method, route }) => `${method} ${route ?? ''}`);

function countOf<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}
const statuses = (results: readonly Result[]) => countOf(results, ({ status }) => status);
const stateOf = ({ outcomes }: Result, backend: string) =>
  outcomes.find((outcome) => outcome.backend === backend)?.state;

describe('a bulk', () => {
  it('has a result for every update, in their order, and a bad one fails alone', async () => {
    await start();
    const rows: readonly (readonly [Update, status: string, code: string | null])[] = [
      [renamed('v2:23'), 'APPLIED', null],
      [renamed('mind:999'), 'REJECTED', 'NOT_FOUND'],
      [renamed('v2:999'), 'REJECTED', 'NOT_FOUND'],
      [renamed('nobody'), 'REJECTED', 'BAD_USER_INPUT'],
      [renamed('mind:0'), 'REJECTED', 'BAD_USER_INPUT'],
      [{ profileId: 'mind:43', patch: { lastName: 'Renamed', settings: null } }, 'REJECTED', 'INVALID_VALUE'],
      [{ ...renamed('mind:44'), ifVersion: `plan.${'A'.repeat(43)}` }, 'REJECTED', 'STALE_VERSION'],
      [{ ...renamed('mind:45'), ifVersion: 'no token' }, 'REJECTED', 'BAD_USER_INPUT'],
      [{ ...renamed('mind:48'), backends: [] }, 'REJECTED', 'BAD_USER_INPUT'],
      [renamed('mind:50', ''), 'REJECTED', 'INVALID_VALUE'],
      [{ profileId: 'mind:51', patch: {} }, 'UNCHANGED', null],
      [renamed('mind:52', 'Unbekannt'), 'UNCHANGED', null],
      [renamed('mind:49', "O'Neill"), 'PARTIAL', 'INVALID_VALUE'],
      [{ profileId: 'omnivibe:7', patch: { username: 'petra' } }, 'REJECTED', 'NOT_LINKED'],
      [renamed('mind:42'), 'APPLIED', null],
    ];
    const { results, userErrors, errors } = await bulk(rows.map(([update]) => update));
    expect(results.map((r) => [r.profileId, r.status, r.userErrors[0]?.code ?? null])).toEqual(
      rows.map(([{ profileId }, status, code]) => [profileId, status, code]),
    );
    expect({ userErrors, errors }).toEqual({ userErrors: [], errors: [] });
    // Backends are written side by side, so the order is nobody's.
    const sent = allWrites().map(({ path, body }) => `${path} ${JSON.stringify(body)}`);
    expect(sent.sort()).toEqual([
      `/api/mind/profiles {"profiles":[{"id":49,"lastName":"O'Neill"},{"id":42,"lastName":"Renamed"}]}`,
      '/api/v2/user/lastnameUpdate {"id":"17","lastname":"Renamed"}',
      '/api/v2/user/lastnameUpdate {"id":"23","lastname":"Renamed"}',
      '/platform/api/v1/users/3 {"name":"Max Renamed"}',
      `/platform/api/v1/users/8 {"name":"Conan O'Neill"}`,
    ]);
  });

  it.each<[string, readonly Update[], string]>([
    ['one id twice', [renamed('mind:42', 'A'), renamed('mind:42', 'B')], 'DD'],
    [
      'one id three times, with an empty and a bad patch too',
      [
        { profileId: 'v2:17', patch: {} },
        renamed('v2:17'),
        { profileId: 'v2:17', patch: { settings: null } },
      ],
      'DDD',
    ],
    ['two ids of a person', [renamed('mind:42'), renamed('v2:17', 'B'), renamed('mind:43')], 'DDA'],
    [
      'three ids of a person, apart from each other and for different backends',
      [
        onMind(renamed('omnivibe:3')),
        renamed('mind:43'),
        onDesk(renamed('v2:17')),
        onMind(renamed('mind:42')),
      ],
      'DADD',
    ],
  ])('refuses %s with DUPLICATE_ITEM and writes nothing of them', async (_what, updates, wanted) => {
    await start();
    const { results, extensions } = await bulk(updates);
    const told = results.map(({ status, outcomes, userErrors }) => {
      if (status === 'APPLIED') return 'A';
      expect({ status, outcomes, userErrors }).toMatchObject({
        ...{ status: 'REJECTED', outcomes: [] },
        userErrors: [{ code: 'DUPLICATE_ITEM' }],
      });
      return 'D';
    });
    expect(told.join('')).toBe(wanted);
    // Erika, beside them, is written as if alone.
    expect(allWrites()).toHaveLength(wanted.includes('A') ? 3 : 0);
    expect(JSON.stringify(allWrites().map(({ path, body }) => [path, body]))).not.toMatch(
      /Max|\b(42|3|17)\b/,
    );
    if (!wanted.includes('A')) expect(extensions.upstream?.calls).toBe(0);
  });

  it('takes 1,000 updates and refuses more as a whole, without a call', async () => {
    await start();
    const { results, userErrors, errors, extensions } = await bulk(renames(1_001));
    expect({ results, errors, calls: extensions.upstream?.calls }).toEqual({
      results: [],
      errors: [],
      calls: 0,
    });
    expect(userErrors).toEqual([
      { code: 'BAD_USER_INPUT', message: expect.stringMatching(/at most 1000 updates, 1001 were given/) },
    ]);
  });

  it('of nobody has no results, and makes no call', async () => {
    await start();
    const { results, userErrors, extensions } = await bulk([]);
    expect({ results, userErrors, calls: extensions.upstream?.calls }).toEqual({
      results: [],
      userErrors: [],
      calls: 0,
    });
  });
});

describe('PATCH /profiles', () => {
  const answered = (...results: object[]) => ({ body: JSON.stringify({ results }) });
  const only = { method: 'PATCH', path: '/profiles' };

  it.each<NonNullable<MindSwitches['rows']>>(['reversed', 'duplicated', 'missing', 'foreign'])(
    'carries 100 people, and what it answers is read by id when rows are %s',
    async (rows) => {
      await start(generatePeople(250));
      gateway.mind.switches.set({ only, rows });
      const { results } = await bulk(renames(250).map(onMind));
      expect(statuses(results)).toEqual({ APPLIED: 250 });
      const sent = writes(gateway.received().mind).map(
        ({ body }) => (body as { profiles: { id: number }[] }).profiles,
      );
      expect(sent.map(({ length }) => length).sort()).toEqual([100, 100, 50]);
      const ids = generatePeople(250).map(({ mind }) => mind?.id);
      expect(new Set(sent.flat().map(({ id }) => id))).toEqual(new Set(ids));
    },
  );

  it('is settled by reading where a result is missing, even when nothing else is read back', async () => {
    await start(generatePeople(101));
    gateway.mind.switches.set({ only, rows: 'missing' });
    const { results } = await bulk(renames(101).map(onMind), { verify: false, query: bulkSelecting('id') });
    // The first of each of the two chunks.
    expect(results.map((result) => stateOf(result, 'MIND'))).toEqual([
      'VERIFIED',
      ...Array<string>(99).fill('ACCEPTED'),
      'VERIFIED',
    ]);
  });

  it.each<[string, NonNullable<MindSwitches['reply']>, readonly [max: string, erika: string]]>([
    [
      'results in another order',
      { status: 200, ...answered({ id: 43, success: true }, { id: 42, success: false }) },
      ['FAILED UPSTREAM_REJECTED', 'MISMATCH UPSTREAM_REJECTED'],
    ],
    [
      'a 400 that carries results, one of them good',
      { status: 400, isHandled: true, ...answered({ id: 43, success: true }) },
      ['VERIFIED', 'VERIFIED'],
    ],
    [
      'a 400 that carries no result and has stored nothing',
      { status: 400, ...answered({ success: false, message: 'canary' }) },
      ['FAILED UPSTREAM_REJECTED', 'FAILED UPSTREAM_REJECTED'],
    ],
    [
      'a 200 without results, though all is stored',
      { status: 200, isHandled: true, ...answered() },
      ['VERIFIED', 'VERIFIED'],
    ],
    [
      'results that contradict each other',
      {
        status: 200,
        ...answered({ id: 42, success: true }, { id: 43, success: true }, { id: 42, success: false }),
      },
      ['FAILED UPSTREAM_BAD_RESPONSE', 'MISMATCH UPSTREAM_REJECTED'],
    ],
    [
      'a 500 although all is stored',
      { status: 500, isHandled: true, body: '{"error":"canary"}' },
      ['VERIFIED', 'VERIFIED'],
    ],
    [
      'a 500',
      { status: 500, body: '{"error":"canary"}' },
      ['FAILED UPSTREAM_ERROR', 'FAILED UPSTREAM_ERROR'],
    ],
    ['a 403', { status: 403, body: '{"success":false}' }, ['FAILED FORBIDDEN', 'FAILED FORBIDDEN']],
  ])('is told person by person after %s', async (_what, reply, wanted) => {
    await start();
    gateway.mind.switches.set({ only, reply });
    const answer = await bulk([renamed('mind:42'), renamed('mind:43')]);
    expect(
      answer.results.map((result) =>
        [stateOf(result, 'MIND'), ...result.userErrors.map(({ code }) => code)].join(' '),
      ),
    ).toEqual(wanted);
    // Whatever Mind does, the others are written.
    const others = answer.results.map((result) => [stateOf(result, 'OMNIVIBE'), stateOf(result, 'V2')]);
    expect(others.flat()).toEqual(Array<string>(4).fill('VERIFIED'));
    expect(JSON.stringify(answer)).not.toContain('canary');
    expect(writes(gateway.received().mind)).toHaveLength(1);
  });

  it('shows each person their own share of it', async () => {
    await start();
    const { results } = await bulk([renamed('mind:42', 'A'), renamed('mind:43', 'B')].map(onMind));
    expect(results.map(({ outcomes }) => outcomes[0]?.calls)).toEqual([
      [{ path: '/profiles', body: { profiles: [{ id: 42, lastName: 'A' }] } }],
      [{ path: '/profiles', body: { profiles: [{ id: 43, lastName: 'B' }] } }],
    ]);
  });
});

describe('permissions', () => {
  const bulkAs = async (userId: number, updates: readonly Update[]) => {
    const { data } = await gateway.execute(BULK, { updates }, bearer(userId));
    return (data as { bulkUpdateProfiles: Payload }).bulkUpdateProfiles.results;
  };

  it('of the vendor’s own people are asked in a call of their own, so that its refusal spares everybody else', async () => {
    await start(CAST, { AUTH: 'mind' });
    const results = await bulkAs(
      SUPERVISOR,
      [renamed('mind:43'), renamed('mind:1'), renamed('mind:44')].map(onMind),
    );
    expect(results.map(({ status, userErrors }) => [status, ...userErrors.map(({ code }) => code)])).toEqual([
      ['APPLIED'],
      ['FAILED', 'FORBIDDEN'],
      ['APPLIED'],
    ]);
    expect(writes(gateway.received().mind).map(({ body, status }) => [status, body])).toEqual(
      expect.arrayContaining([
        [
          200,
          {
            profiles: [
              { id: 43, lastName: 'Renamed' },
              { id: 44, lastName: 'Renamed' },
            ],
          },
        ],
        [403, { profiles: [{ id: 1, lastName: 'Renamed' }] }],
      ]),
    );
  });

  it('that one does not have let one change oneself alone, and by the call for one person', async () => {
    await start(CAST, { AUTH: 'mind' });
    const results = await bulkAs(43, [renamed('mind:43'), renamed('mind:44')].map(onMind));
    expect(results.map(({ status }) => status)).toEqual(['APPLIED', 'REJECTED']);
    expect(allWrites().map(({ method, path }) => `${method} ${path}`)).toEqual([
      'PATCH /api/mind/profile/43',
    ]);
  });
});

describe('one person’s failing backend', () => {
  it.each<[string, (g: TestGateway) => void, string, string]>([
    [
      'v2 refuses one',
      ({ v2 }) => v2.switches.set({ only: { method: 'PUT', id: '18' }, reply: { status: 400 } }),
      'V2',
      'UPSTREAM_REJECTED',
    ],
    [
      'v2 loses one',
      ({ v2 }) => v2.switches.set({ only: { method: 'PUT', id: '18' }, cut: 'before-handling' }),
      'V2',
      'UPSTREAM_CONNECTION_LOST',
    ],
    [
      'omnivibe does not let one be changed',
      ({ omnivibe }) => omnivibe.switches.set({ only: { method: 'PATCH' }, notPermissible: [4] }),
      'OMNIVIBE',
      'FORBIDDEN',
    ],
  ])('fails nobody else: %s', async (_what, breakIt, backend, code) => {
    await start();
    breakIt(gateway);
    const { results } = await bulk(['mind:42', 'mind:43', 'mind:44'].map((id) => renamed(id)));
    expect(results.map(({ status, userErrors }) => [status, userErrors])).toEqual([
      ['APPLIED', []],
      ['PARTIAL', [{ code, backend }]],
      ['APPLIED', []],
    ]);
    expect(results.map((result) => stateOf(result, backend))).toEqual(['VERIFIED', 'FAILED', 'VERIFIED']);
  });
});

describe('1,000 renames', () => {
  it('cost 10 + 10 + 10 calls at Mind, and at the others one write a person and what is read before and after', async () => {
    await start(generatePeople(1_000));
    const { results, errors, extensions } = await bulk(renames(1_000));
    expect(errors).toEqual([]);
    expect(statuses(results)).toEqual({ APPLIED: 1_000 });
    expect(
      countOf(
        results.flatMap(({ outcomes }) => outcomes),
        ({ backend, state }) => `${backend} ${state}`,
      ),
    ).toEqual({
      'MIND VERIFIED': 1_000,
      'OMNIVIBE VERIFIED': 1_000,
      'V2 VERIFIED': 1_000,
    });
    // What the answer shows of them travels with what is read back.
    expect(results.map(({ profile }) => profile)).toEqual(
      generatePeople(1_000).map(({ mind }) => ({ id: `mind:${mind?.id ?? ''}`, lastName: 'Renamed' })),
    );
    const { mind, omnivibe, v2 } = gateway.received();
    expect(tally(mind)).toEqual({ 'GET /profiles': 20, 'PATCH /profiles': 10 });
    expect(tally(omnivibe)).toEqual({
      'GET /api/v1/accounts/:account_id/agents': 2,
      'PATCH /platform/api/v1/users/:id': 1_000,
    });
    // The desk holds one user more, its key's own: a second page.
    expect(tally(v2)).toEqual({ 'GET /api/v2/user': 2 * 2, 'PUT /api/v2/user/lastnameUpdate': 1_000 });
    expect(extensions.upstream?.byBackend).toEqual({ MIND: 30, OMNIVIBE: 1_002, V2: 1_004 });
    // Everybody once.
    expect(new Set(writes(omnivibe).map(({ path }) => path)).size).toBe(1_000);
    expect(new Set(writes(v2).map(({ body }) => (body as { id: string }).id)).size).toBe(1_000);
  });

  it('cost 10 + 10 calls at Mind alone without reading back', async () => {
    await start(generatePeople(1_000));
    const query = bulkSelecting('id');
    const { results } = await bulk(renames(1_000).map(onMind), { verify: false, query });
    expect(statuses(results)).toEqual({ APPLIED: 1_000 });
    expect(countOf(results, (result) => stateOf(result, 'MIND') ?? '')).toEqual({ ACCEPTED: 1_000 });
    const { mind, omnivibe, v2 } = gateway.received();
    expect(tally(mind)).toEqual({ 'GET /profiles': 10, 'PATCH /profiles': 10 });
    expect([...omnivibe, ...v2]).toEqual([]);
  });
});

describe('what the answer shows', () => {
  it('of one person is read together with what is read back', async () => {
    await start();
    const query = bulkSelecting('settings { inbox { messageSignature } }');
    const { results } = await bulk([{ ...renamed('mind:42'), backends: ['OMNIVIBE'] }], { query });
    expect(results[0]).toMatchObject({
      ...{ status: 'APPLIED', profile: { settings: { inbox: { messageSignature: 'Kind regards, Max' } } } },
    });
    // Two depths, one call.
    expect(tally(gateway.received().omnivibe)).toEqual({
      'GET /api/v1/accounts/:account_id/agents': 1,
      'PATCH /platform/api/v1/users/:id': 1,
      'GET /api/v1/profile': 1,
    });
  });
});

describe('limits', () => {
  it.each<[string, string, 'MIND' | 'OMNIVIBE' | 'V2' | null]>([
    ['nothing that takes calls of its own', 'id lastName presence { availability }', null],
    ['a setting of the desk', 'settings { desk { maxChats } }', 'V2'],
    ['a field of the profile at omnivibe', 'settings { inbox { messageSignature } }', 'OMNIVIBE'],
    ['data that costs a call a person', 'mind { rawData }', 'MIND'],
  ])(
    'of the budget hold for what the answer selects, not for the writes: %s',
    async (_what, selected, over) => {
      await start(generatePeople(300), { UPSTREAM_BUDGET: '50' });
      const { results, errors } = await bulk(renames(300), { query: bulkSelecting(selected) });
      expect(statuses(results)).toEqual({ APPLIED: 300 });
      expect(allWrites()).toHaveLength(3 + 300 + 300);
      expect(errors.map(({ extensions: { code, backend } }) => ({ code, backend }))).toEqual(
        over === null ? [] : [{ code: 'BUDGET_EXCEEDED', backend: over }],
      );
    },
  );

  it('of the time end a bulk that a slow backend draws out, and each result tells what came of it', async () => {
    const [people, limitMs, atOnce] = [200, 5_000, 16];
    const timeout = { REQUEST_TIMEOUT_MS: '1200', UPSTREAM_TIMEOUT_MS: '1200' };
    await start(generatePeople(people), { BULK_TIMEOUT_MS: String(limitMs), ...timeout });
    gateway.v2.switches.set({ only: { method: 'PUT' }, latencyMs: 600 });
    const startedAt = performance.now();
    const { results } = await bulk(renames(people), { query: bulkSelecting('__typename') });
    const tookMs = performance.now() - startedAt;
    // The last tenth is kept for reading back.
    expect(tookMs).toBeGreaterThan(0.9 * limitMs - 10);
    // 250 ms more are meant; the rest is for a machine that is busy.
    expect(tookMs).toBeLessThan(limitMs + 250 + 750);

    const arrived = new Map(
      writes(gateway.received().v2).map(({ body, status }) => [(body as { id: string }).id, status]),
    );
    expect(arrived.size).toBeLessThan(people);
    const told = results.map(({ outcomes }, i) => {
      const { state, calls } = outcomes.find(({ backend }) => backend === 'V2') ?? {};
      return { id: String(300_000 + i), state, isSent: calls?.length === 1 };
    });
    for (const { id, state, isSent } of told) {
      // What has not left the gateway is not said to have been sent, nor the other way round.
      expect({ id, isSent }).toEqual({ id, isSent: arrived.has(id) });
      expect({ id, state }).toEqual({
        id,
        state: isSent ? expect.stringMatching(/^(VERIFIED|UNCERTAIN)$/) : 'FAILED',
      });
      if (state === 'VERIFIED') expect({ id, status: arrived.get(id) }).toEqual({ id, status: 200 });
    }
    // Those under way when the time for writing was up may still be taken; those before were.
    const states = countOf(told, ({ state }) => state ?? '');
    expect(states['UNCERTAIN'] ?? 0).toBeLessThanOrEqual(atOnce);
    expect(states['VERIFIED']).toBeGreaterThanOrEqual(atOnce);
    expect(statuses(results)).toEqual({
      APPLIED: states['VERIFIED'],
      PARTIAL: people - (states['VERIFIED'] ?? 0),
    });
    expect(countOf(results, (result) => stateOf(result, 'MIND') ?? '')).toEqual({ VERIFIED: people });
    const errors = new Set(results.flatMap(({ userErrors }) => userErrors.map(({ code }) => code)));
    expect(errors).toEqual(new Set(['DEADLINE_EXCEEDED']));
  });
});
