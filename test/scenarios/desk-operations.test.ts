// What only the v2 desk has, one call each: sent exactly, to the person who is meant, and told as it is afterwards.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { V2Switches } from '../../src/sandbox/v2/switches.js';
import { loadContract } from '../support/contract.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

interface Payload {
  readonly status: string;
  readonly profile: Readonly<Record<string, unknown>> | null;
  readonly outcomes: readonly {
    readonly backend: string;
    readonly state: string;
    readonly calls: readonly object[];
    readonly fields: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[];
  }[];
  readonly userErrors: readonly {
    readonly code: string;
    readonly message: string;
    readonly backend: string | null;
  }[];
}

const SHOWN = `
  id presence { statusLock { locked status { id } } } v2 { status { id name } views { id selected } }`;
const mutation = (operation: string, shown = SHOWN) => {
  const input = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Input!`;
  return `mutation ($input: ${input}) { ${operation}(input: $input) {
    status profile { ${shown} } userErrors { code message backend }
    outcomes { backend state calls { method path body } fields { field state before after } }
  } }`;
};

const contract = loadContract('v2');
const SLUGS = ['mind', 'omnivibe', 'v2'] as const;
const USER = '/api/v2/user';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent' } });
});
afterEach(() => {
  const sent = gateway.received().v2.filter(isWrite);
  for (const backend of SLUGS) gateway[backend].reset();
  for (const { method, route, headers, body } of sent) {
    const contentType = headers['content-type']?.split(';')[0] ?? '';
    const exchange = { method, route: route ?? '', contentType, requestBody: body };
    expect(contract.checkRequest(exchange)).toEqual([]);
  }
});
afterAll(() => gateway.close());

const isWrite = ({ method }: { readonly method: string }) => method !== 'GET';
const writes = (at = gateway) => Object.values(at.received()).flat().filter(isWrite);

async function run(operation: string, input: object): Promise<Payload> {
  const { data, errors } = await gateway.execute(mutation(operation), { input });
  expect(errors).toEqual([]);
  return data?.[operation] as Payload;
}

/** One operation on Max, who is v2:17, in status 1, not locked, with view 1 of 3 selected. */
interface Row {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly request: string;
  readonly form: Readonly<Record<string, string>>;
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
  /** Whether the desk shows it. */
  readonly isShown: boolean;
  /** What makes the sandbox take the call and store nothing. */
  readonly ignored: readonly string[];
}
const row = (
  operation: string,
  input: object,
  [request, form]: readonly [string, Readonly<Record<string, string>>],
  [field, before, after]: readonly [string, unknown, unknown],
  ignored: readonly string[],
): Row => ({
  ...{ operation, input: { profileId: 'mind:42', ...input }, request, field, before, after, ignored },
  ...{ form: { userID: '17', ...form }, isShown: before !== null },
});

const STATISTIC = { statistic: 'open_tickets', primaryOption: 'today', secondaryOption: 'EN1' };
const OPTIONS = { statisticSecondaryOption: 'EN1' };
const ONLY_STATISTIC = { statistic: 'open_tickets', primaryOption: null, secondaryOption: null };

const ROWS: readonly Row[] = [
  row(
    'setStatusLock',
    { statusId: '3' },
    ['POST statusLock', { status: '3' }],
    ['presence.statusLock', { locked: false, statusId: '1' }, { locked: true, statusId: '3' }],
    ['status'],
  ),
  row(
    'removeStatusLock',
    { profileId: 'v2:26' },
    ['POST statusLockDelete', { userID: '26' }],
    ['presence.statusLock', { locked: true }, { locked: false }],
    ['statusLocked'],
  ),
  row(
    'setDeskStatus',
    { statusId: '2' },
    ['POST updateStatus', { statusID: '2' }],
    ['v2.status', '1', '2'],
    ['statusID'],
  ),
  row(
    'setDeskStatus',
    { statusId: '2', lastInternalCallId: '77' },
    ['POST updateStatus', { statusID: '2', lastInternalCallID: '77' }],
    ['v2.status', '1', '2'],
    ['statusID'],
  ),
  row(
    'selectDeskView',
    { viewId: '2', selected: true },
    ['PUT updateUserView', { viewID: '2', newValue: '1' }],
    ['v2.views', { viewId: '2', selected: false }, { viewId: '2', selected: true }],
    ['newValue'],
  ),
  row(
    'selectDeskView',
    { viewId: '1', selected: false },
    ['PUT updateUserView', { viewID: '1', newValue: '0' }],
    ['v2.views', { viewId: '1', selected: true }, { viewId: '1', selected: false }],
    ['newValue'],
  ),
  ...[true, false].map((active) =>
    row(
      'setCampaignState',
      { campaign: 'win-back_2', active },
      ['POST userCampaignState', { campaign: 'win-back_2', state: active ? '1' : '0' }],
      ['v2.campaigns', null, { campaign: 'win-back_2', active }],
      ['campaign'],
    ),
  ),
  row(
    'addStatistic',
    STATISTIC,
    ['POST userStatistic', { statistic: 'open_tickets', statisticOption: 'today', ...OPTIONS }],
    ['v2.statistics', null, { ...STATISTIC, isAdded: true }],
    ['statistic'],
  ),
  row(
    'addStatistic',
    { statistic: 'open_tickets' },
    ['POST userStatistic', { statistic: 'open_tickets' }],
    ['v2.statistics', null, { ...ONLY_STATISTIC, isAdded: true }],
    ['statistic'],
  ),
  row(
    'removeStatistic',
    STATISTIC,
    ['DELETE userStatistic', { statistic: 'open_tickets', statisticPrimaryOption: 'today', ...OPTIONS }],
    ['v2.statistics', null, { ...STATISTIC, isAdded: false }],
    ['statistic'],
  ),
  row(
    'watchStatistic',
    { ...STATISTIC, watch: true },
    [
      'PUT watch',
      { statistic: 'open_tickets', statisticPrimaryOption: 'today', ...OPTIONS, watchToggle: 'watch' },
    ],
    ['v2.watchedStatistics', null, { ...STATISTIC, isWatched: true }],
    ['statistic'],
  ),
];
const OPERATIONS = [...new Map(ROWS.map((each) => [each.operation, each]))];
const NAMED = ROWS.map((each) => [`${each.operation} ${JSON.stringify(each.input)}`, each] as const);
const SHOWN_ROWS = NAMED.filter(([, { isShown }]) => isShown);

const requestOf = ({ request, form }: Row) => {
  const [method = '', path = ''] = request.split(' ');
  return { method, path: `${USER}/${path}`, body: form };
};
const settings = (own: Partial<V2Switches>): V2Switches => ({ only: { method: 'POST' }, ...own });
/** For writes only, so that reading back works. */
function breakWrites(own: Omit<V2Switches, 'only'>): void {
  for (const method of ['POST', 'PUT', 'DELETE'])
    gateway.v2.switches.set({ ...settings(own), only: { method } });
}

describe('a desk operation', () => {
  it.each(NAMED)('sends its one call and tells what came of it: %s', async (_what, each) => {
    const { operation, input, field, before, after, isShown } = each;
    const { status, outcomes, userErrors } = await run(operation, input);
    const state = isShown ? 'VERIFIED' : 'ACCEPTED';
    expect({ status, outcomes, userErrors }).toEqual({
      status: 'APPLIED',
      outcomes: [
        { backend: 'V2', state, calls: [requestOf(each)], fields: [{ field, state, before, after }] },
      ],
      userErrors: [],
    });
    expect(writes().map(({ method, path, body }) => ({ method, path, body }))).toEqual([requestOf(each)]);
    expect(gateway.received().v2.find(isWrite)?.status).toBe(200);
  });

  it.each(SHOWN_ROWS)('that the desk takes and does not store is a MISMATCH: %s', async (_what, each) => {
    breakWrites({ ignoreWrites: each.ignored });
    const { status, outcomes, userErrors } = await run(each.operation, each.input);
    expect({ status, outcomes }).toMatchObject({
      status: 'FAILED',
      outcomes: [{ state: 'MISMATCH', fields: [{ before: each.before, after: each.before }] }],
    });
    expect(userErrors).toMatchObject([{ code: 'UPSTREAM_REJECTED', backend: 'V2' }]);
    expect(writes()).toHaveLength(1);
  });

  const LOST: readonly (readonly [string, Omit<V2Switches, 'only'>, isStored: boolean, code: string])[] = [
    ['a 500 though it is stored', { reply: { status: 500, isHandled: true } }, true, 'UPSTREAM_ERROR'],
    ['a 500', { reply: { status: 500 } }, false, 'UPSTREAM_ERROR'],
    ['a cut connection though it is stored', { cut: 'after-handling' }, true, 'UPSTREAM_CONNECTION_LOST'],
    ['a cut connection', { cut: 'before-handling' }, false, 'UPSTREAM_CONNECTION_LOST'],
  ];
  async function expectSettled(each: Row, [, own, isStored, code]: (typeof LOST)[number]): Promise<void> {
    breakWrites(own);
    const { status, outcomes, userErrors } = await run(each.operation, each.input);
    const settled = isStored ? ['APPLIED', 'VERIFIED'] : ['FAILED', 'FAILED'];
    const wanted = each.isShown ? settled : ['PARTIAL', 'UNCERTAIN'];
    expect([status, outcomes[0]?.state]).toEqual(wanted);
    expect(userErrors.map((error) => error.code)).toEqual(wanted[1] === 'VERIFIED' ? [] : [code]);
    if (each.isShown)
      expect(outcomes[0]?.fields).toMatchObject([{ after: isStored ? each.after : each.before }]);
    expect(writes()).toHaveLength(1);
  }
  it.each(
    OPERATIONS.flatMap(([operation, each]) => LOST.map((lost) => [operation, lost[0], each, lost] as const)),
  )('is settled by reading, as far as that tells: %s after %s', (_operation, _what, each, lost) =>
    expectSettled(each, lost),
  );

  it('is settled by reading after no answer, too', async () => {
    const patient = gateway;
    gateway = await startTestGateway({ env: { UPSTREAM_TIMEOUT_MS: '500', LOG_LEVEL: 'silent' } });
    try {
      for (const hang of ['after-handling', 'before-handling'] as const) {
        for (const [operation, each] of OPERATIONS) {
          if (!['setDeskStatus', 'setCampaignState'].includes(operation)) continue;
          await expectSettled(each, ['', { hang }, hang === 'after-handling', 'UPSTREAM_TIMEOUT']);
          gateway.v2.reset();
        }
      }
    } finally {
      await gateway.close();
      gateway = patient;
    }
  });

  it.each(NAMED)('that the desk refuses is FAILED, and its words stay there: %s', async (_what, each) => {
    breakWrites({ reply: { status: 400, body: '{"status":"error","message":"canary"}' } });
    const payload = await run(each.operation, each.input);
    expect(payload).toMatchObject({
      ...{ status: 'FAILED', outcomes: [{ state: 'FAILED' }] },
      userErrors: [{ code: 'UPSTREAM_REJECTED', backend: 'V2' }],
    });
    expect(JSON.stringify(payload)).not.toContain('canary');
    expect(writes()).toHaveLength(1);
  });

  it.each([
    ['a lock in this status', 'setStatusLock', { profileId: 'v2:26', statusId: '3' }],
    ['no lock', 'removeStatusLock', { profileId: 'mind:42' }],
    ['this status', 'setDeskStatus', { profileId: 'mind:42', statusId: '1' }],
    ['this view selected', 'selectDeskView', { profileId: 'mind:42', viewId: '1', selected: true }],
    ['this view not selected', 'selectDeskView', { profileId: 'mind:42', viewId: '3', selected: false }],
  ])('is UNCHANGED and sends nothing where there is already: %s', async (_what, operation, input) => {
    const { status, outcomes, userErrors } = await run(operation, input);
    expect({ status, outcomes, userErrors }).toMatchObject({
      ...{ status: 'UNCHANGED', userErrors: [] },
      outcomes: [{ state: 'UNCHANGED', calls: [] }],
    });
    expect(writes()).toEqual([]);
  });

  it.each([
    [
      'a status with the last call, which is told all the same',
      'setDeskStatus',
      { statusId: '1', lastInternalCallId: '9' },
    ],
    ['a lock in another status', 'setStatusLock', { profileId: 'v2:26', statusId: '2' }],
  ])('is sent although it is there, in part or as a whole: %s', async (_what, operation, input) => {
    const { status, outcomes } = await run(operation, { profileId: 'mind:42', ...input });
    expect({ status, state: outcomes[0]?.state }).toEqual({ status: 'APPLIED', state: 'VERIFIED' });
    expect(writes()).toHaveLength(1);
  });

  it('shows the person as they are afterwards', async () => {
    const locked = await run('setStatusLock', { profileId: 'mind:42', statusId: '3' });
    expect(locked.profile).toMatchObject({
      ...{ id: 'mind:42', presence: { statusLock: { locked: true, status: { id: '3' } } } },
      v2: { status: { id: '3', name: 'Break' } },
    });
    const view = await run('selectDeskView', { profileId: 'omnivibe:3', viewId: '2', selected: true });
    expect(view.profile).toMatchObject({
      id: 'mind:42',
      v2: { views: [{}, { id: '2', selected: true }, {}] },
    });
    const unlocked = await run('removeStatusLock', { profileId: 'mind:42' });
    expect(unlocked.profile).toMatchObject({
      presence: { statusLock: { locked: false, status: { id: '3' } } },
    });
  });

  it('does not change the status of somebody who is locked, and says that the desk refused', async () => {
    const { status, outcomes, userErrors, profile } = await run('setDeskStatus', {
      profileId: 'v2:26',
      statusId: '1',
    });
    expect({ status, state: outcomes[0]?.state }).toEqual({ status: 'FAILED', state: 'FAILED' });
    expect(userErrors).toMatchObject([{ code: 'UPSTREAM_REJECTED', backend: 'V2' }]);
    expect(profile).toMatchObject({ v2: { status: { id: '3' } } });
  });

  it('is sent even when what is there cannot be read, and is then ACCEPTED', async () => {
    // The desk's users are read once to find Max; from then on nothing is.
    await gateway.query('{ profile(id: "mind:42") { username } }');
    gateway.v2.switches.set({ only: { method: 'GET' }, reply: { status: 500 } });
    const input = { profileId: 'mind:42', statusId: '2' };
    const { data } = await gateway.execute(mutation('setDeskStatus', 'id'), { input });
    expect(data?.['setDeskStatus']).toMatchObject({
      ...{ status: 'APPLIED', userErrors: [] },
      outcomes: [{ state: 'ACCEPTED', fields: [{ before: null, after: '2' }] }],
    });
  });
});

describe('without any write', () => {
  const BAD: readonly (readonly [operation: string, input: object, code: string, message: RegExp])[] = [
    ...['0', '-1', '1.5', 'break', '', '01', '9'.repeat(16)].flatMap((id) => [
      ['setStatusLock', { statusId: id }, 'INVALID_VALUE', /"statusId"/] as const,
      ['setDeskStatus', { statusId: id }, 'INVALID_VALUE', /"statusId"/] as const,
      [
        'setDeskStatus',
        { statusId: '1', lastInternalCallId: id },
        'INVALID_VALUE',
        /"lastInternalCallId"/,
      ] as const,
      ['selectDeskView', { viewId: id, selected: true }, 'INVALID_VALUE', /"viewId"/] as const,
    ]),
    ...['', 'two words', 'ä', 'a.b', `a${'b'.repeat(255)}`].map(
      (campaign) => ['setCampaignState', { campaign, active: true }, 'INVALID_VALUE', /"campaign"/] as const,
    ),
    ...['addStatistic', 'removeStatistic', 'watchStatistic'].flatMap((operation) => {
      const watch = operation === 'watchStatistic' ? { watch: true } : {};
      const bad = (input: object, name: RegExp) =>
        [operation, { ...watch, statistic: 'calls', ...input }, 'INVALID_VALUE', name] as const;
      return [
        ...['', 'calls2', 'a-b'].map((statistic) => bad({ statistic }, /"statistic"/)),
        ...['', 'to_day', 'ü'].flatMap((option) => [
          bad({ primaryOption: option }, /"primaryOption"/),
          bad({ secondaryOption: option }, /"secondaryOption"/),
        ]),
      ];
    }),
    ['watchStatistic', { statistic: 'calls', watch: false }, 'UNSUPPORTED', /stop watching/],
  ];
  it.each(BAD)('nor any read, %s refuses %p', async (operation, input, code, message) => {
    const { status, profile, outcomes, userErrors } = await run(operation, {
      profileId: 'mind:42',
      ...input,
    });
    expect({ status, profile, outcomes }).toEqual({ status: 'REJECTED', profile: null, outcomes: [] });
    expect(userErrors).toEqual([{ code, backend: 'V2', message: expect.stringMatching(message) }]);
    expect(Object.values(gateway.received()).flat()).toEqual([]);
  });

  it.each(
    OPERATIONS.flatMap(([operation, { input }]) =>
      [
        ['mind:48', 'NOT_LINKED', 'V2'],
        ['omnivibe:7', 'NOT_LINKED', 'V2'],
        ['mind:46', 'AMBIGUOUS_LINK', 'V2'],
        ['mind:999', 'NOT_FOUND', null],
        ['v2:999', 'NOT_FOUND', null],
        ['v2:x', 'BAD_USER_INPUT', null],
      ].map(([id, code, backend]) => [operation, id, code, backend, input] as const),
    ),
  )('%s of %s is %s', async (operation, profileId, code, backend, input) => {
    const { status, outcomes, userErrors } = await run(operation, { ...input, profileId });
    expect({ status, outcomes, userErrors }).toMatchObject({
      ...{ status: 'REJECTED', outcomes: [], userErrors: [{ code, backend }] },
    });
    expect(writes()).toEqual([]);
  });
});

describe('refreshTab', () => {
  it('sends its call, which names no user, and shows nobody', async () => {
    const { status, profile, outcomes, userErrors } = await run('refreshTab', { tabId: 'tab_12' });
    const call = { method: 'POST', path: `${USER}/refreshTab`, body: { tabID: 'tab_12' } };
    const fields = [{ field: 'v2.tabs', state: 'ACCEPTED', before: null, after: 'tab_12' }];
    expect({ status, profile, outcomes, userErrors }).toEqual({
      ...{ status: 'APPLIED', profile: null, userErrors: [] },
      outcomes: [{ backend: 'V2', state: 'ACCEPTED', calls: [call], fields }],
    });
    expect(Object.values(gateway.received()).flat()).toMatchObject([call]);
    expect(gateway.v2.writeOnly.refreshedTabs).toEqual(['tab_12']);
  });

  it.each(['', 'tab-12', 'a b', 'ä'])('refuses the tab "%s" without a call', async (tabId) => {
    const { status, userErrors } = await run('refreshTab', { tabId });
    expect({ status, userErrors }).toMatchObject({
      status: 'REJECTED',
      userErrors: [{ code: 'INVALID_VALUE' }],
    });
    expect(Object.values(gateway.received()).flat()).toEqual([]);
  });

  it('is UNCERTAIN after a lost answer', async () => {
    breakWrites({ cut: 'after-handling' });
    const { status, outcomes } = await run('refreshTab', { tabId: 'tab_12' });
    expect({ status, state: outcomes[0]?.state }).toEqual({ status: 'PARTIAL', state: 'UNCERTAIN' });
  });
});

describe('who may', () => {
  let guarded: TestGateway;
  beforeAll(async () => {
    guarded = await startTestGateway({ env: { AUTH: 'mind', LOG_LEVEL: 'silent' } });
  });
  afterEach(() => {
    for (const backend of SLUGS) guarded[backend].reset();
  });
  afterAll(() => guarded.close());
  async function runAs(userId: number, operation: string, input: object): Promise<Payload> {
    const headers = { authorization: `Bearer ${guarded.mind.tokenFor(userId)}` };
    const { data } = await guarded.execute(mutation(operation, 'id'), { input }, headers);
    return data?.[operation] as Payload;
  }

  it.each(OPERATIONS)('%s takes updateSpecificProfile, for oneself too', async (operation, { input }) => {
    for (const profileId of ['mind:43', 'v2:18', 'mind:44']) {
      const payload = await runAs(43, operation, { ...input, profileId });
      expect(payload).toMatchObject({
        status: 'REJECTED',
        outcomes: [{ backend: 'V2', state: 'FAILED', calls: [] }],
        userErrors: [{ code: 'FORBIDDEN' }],
      });
    }
    expect(writes(guarded)).toEqual([]);
    // Ines and Max are what the rows are about.
    const { status } = await runAs(42, operation, input);
    expect(status).toBe('APPLIED');
    expect(guarded.received().v2.filter(isWrite)).toHaveLength(1);
  });

  it('refreshTab takes it, too, whoever’s tab it is', async () => {
    const refused = await runAs(43, 'refreshTab', { tabId: 'tab_12' });
    expect(refused).toMatchObject({ status: 'REJECTED', userErrors: [{ code: 'FORBIDDEN', backend: 'V2' }] });
    expect(guarded.received().v2).toEqual([]);
    expect(await runAs(42, 'refreshTab', { tabId: 'tab_12' })).toMatchObject({
      status: 'APPLIED',
    });
  });
});
