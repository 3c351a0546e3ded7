// What the description of each mutation promises, `Sent:`, `Cost:`, `Again:` and `Errors:`, is what happens.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ERROR_CODES } from '../../src/errors.js';
import { createSchema } from '../../src/graphql/schema.js';
import type { LedgerEntry } from '../../src/sandbox/core/ledger.js';
import { INITIAL_PASSWORD } from '../../src/sandbox/omnivibe/state.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { describedFields } from './description.js';

const schema = createSchema();
const described = new Map(describedFields(schema).map(({ coordinate, lines }) => [coordinate, lines]));
const linesOf = (mutation: string) => described.get(`Mutation.${mutation}`) ?? {};
const MUTATIONS = Object.keys(schema.getMutationType()?.getFields() ?? {});

const NAMES = { mind: 'Mind', omnivibe: 'omnivibe', v2: 'v2' } as const;
const SLUGS = ['mind', 'omnivibe', 'v2'] as const;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent' } });
});
afterAll(() => gateway.close());

interface Sent {
  readonly slug: (typeof SLUGS)[number];
  readonly writes: readonly LedgerEntry[];
  readonly reads: number;
}
interface Result {
  readonly status: string;
  readonly userErrors: readonly { readonly code: string }[];
}

/** Everything as at the start, and who has which address known. */
async function refresh(): Promise<void> {
  for (const slug of SLUGS) gateway[slug].reset();
  await gateway.query('{ profilesById(ids: ["mind:42", "mind:43", "mind:44"]) { omnivibeUserId v2UserId } }');
}

/** Runs a mutation; what the backends received, and what it answered. */
async function run(mutation: string, input: object): Promise<{ sent: readonly Sent[]; result: Result }> {
  const counts = SLUGS.map((slug) => gateway.received()[slug].length);
  const type = `${mutation.slice(0, 1).toUpperCase()}${mutation.slice(1)}Input!`;
  const fields = 'status userErrors { code }';
  const selection = mutation === 'bulkUpdateProfiles' ? `userErrors { code } results { ${fields} }` : fields;
  const query = `mutation ($input: ${type}) { ${mutation}(input: $input) { ${selection} } }`;
  const { data, errors } = await gateway.execute(query, { input });
  expect(errors).toEqual([]);
  const payload = data?.[mutation] as Result & { readonly results?: readonly Result[] };
  const all = [payload, ...(payload.results ?? [])];
  return {
    sent: SLUGS.map((slug, i) => {
      const entries = gateway.received()[slug].slice(counts[i]);
      const writes = entries.filter(({ method }) => method !== 'GET');
      return { slug, writes, reads: entries.length - writes.length };
    }),
    result: {
      status: all.map(({ status }) => status).find((status) => (status as unknown) !== undefined) ?? '',
      userErrors: all.flatMap(({ userErrors }) => userErrors),
    },
  };
}

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
const shapeOf = ({ writes, reads }: Sent) =>
  [
    ...(writes.length > 0 ? [plural(writes.length, 'write')] : []),
    ...(reads > 0 ? [plural(reads, 'read')] : []),
  ].join(', ');
/** As a `Cost:` line says it: `Mind 1 write, 2 reads; v2 1 write`. */
const costOf = (sent: readonly Sent[]) =>
  sent
    .filter(({ writes, reads }) => writes.length + reads > 0)
    .map((each) => `${NAMES[each.slug]} ${shapeOf(each)}`)
    .join('; ');

const MAX = { profileId: 'mind:42' };
const STATISTIC = { ...MAX, statistic: 'open_tickets' };
const PASSWORD = { ...MAX, newPassword: 'Abcdef1!' };
const ADA = {
  backends: ['MIND', 'OMNIVIBE', 'V2'],
  patch: {
    firstName: 'Ada',
    lastName: 'Bach',
    email: 'ada.bach@example.com',
    username: 'ada.bach',
  },
};
const update = (patch: object, more: object = {}) => ({ ...MAX, patch, ...more });
const forThree = (patch: object) => ({
  updates: ['mind:42', 'mind:43', 'mind:44'].map((profileId) => ({ profileId, patch })),
});

/** One that does what its mutation is for. */
const ORDINARY: Readonly<Record<string, object>> = {
  createProfile: ADA,
  updateProfile: update({ phone: '+49 30 5550' }, { backends: ['MIND', 'V2'] }),
  bulkUpdateProfiles: forThree({ firstName: 'Moritz' }),
  setStatusLock: { ...MAX, statusId: '3' },
  removeStatusLock: { profileId: 'v2:26' },
  changePassword: PASSWORD,
  setDeskStatus: { ...MAX, statusId: '2' },
  setCampaignState: { ...MAX, campaign: 'spring', active: true },
  selectDeskView: { ...MAX, viewId: '2', selected: true },
  addStatistic: STATISTIC,
  removeStatistic: STATISTIC,
  watchStatistic: { ...STATISTIC, watch: true },
  refreshTab: { tabId: 'tickets' },
};

it('every mutation is described, and tried here', () => {
  expect(Object.keys(ORDINARY).toSorted()).toEqual(MUTATIONS.toSorted());
  for (const mutation of MUTATIONS)
    expect(Object.keys(linesOf(mutation))).toEqual(['Sent', 'Cost', 'Again', 'Errors', 'Example']);
});

describe.each(Object.entries(ORDINARY))('the description of %s', (mutation, input) => {
  beforeAll(refresh);

  it('names every endpoint that is written, and what the same once more does', async () => {
    const { Sent = '', Again = '' } = linesOf(mutation);
    const first = await run(mutation, input);
    expect(first.result.status).toBe('APPLIED');
    for (const { slug, writes } of first.sent) {
      if (slug !== 'mind' && mutation.endsWith('Profile') && mutation.startsWith('update')) continue;
      if (slug !== 'mind' && mutation === 'bulkUpdateProfiles') continue;
      for (const { method, route } of writes) {
        const path = (route ?? '').replaceAll(/:(\w+)/g, '{$1}');
        const short = `${method} ${path.replace(/^\/api\/v2\/user\//, '')}`;
        expect(Sent).toContain(`\`${short}\``);
      }
    }
    const { sent, result } = await run(mutation, input);
    const written = sent.reduce((sum, { writes }) => sum + writes.length, 0);
    const told =
      written > 0 ? 'sent again' : `${result.userErrors[0]?.code ?? result.status}, nothing is sent`;
    expect(Again.slice(0, told.length)).toBe(told);
  });
});

describe('the cost that is told', () => {
  /** Words of a `Cost:` line, and an operation that costs what they say: as a whole, or at each backend that is asked. */
  const COSTS: readonly (readonly [mutation: string, words: string, input: object])[] = [
    ...Object.entries(ORDINARY)
      .filter(([mutation]) => !/^(update|bulk|create|change)/.test(mutation))
      .map(([mutation, input]) => [mutation, linesOf(mutation)['Cost'] ?? '', input] as const),
    ['createProfile', 'Mind 1 write, 2 reads; omnivibe 1 write, 3 reads; v2 1 write, 3 reads', ADA],
    ['changePassword', 'Mind 1 write; omnivibe 1 write', PASSWORD],
    [
      'bulkUpdateProfiles',
      'Mind 1 write, 2 reads; omnivibe 3 writes, 2 reads; v2 3 writes, 2 reads',
      forThree({ firstName: 'Moritz' }),
    ],
  ];
  /** What the words mean for three people. */
  const THREE: Readonly<Record<string, string>> = {
    'Mind 1 write, 2 reads; omnivibe 3 writes, 2 reads; v2 3 writes, 2 reads':
      'Mind 1 write, 2 reads per 100 people; omnivibe 1 write per person and endpoint, 2 reads; v2 1 write per person and endpoint, 2 reads per 999 desk users',
  };

  it.each(COSTS)('is counted: %s, %s', async (mutation, words, input) => {
    await refresh();
    expect(linesOf(mutation)['Cost']).toContain(THREE[words] ?? words);
    expect(costOf((await run(mutation, input)).sent)).toBe(words);
  });

  it.each<[words: string, shape: string, patch: object]>([
    ['1 write, 2 reads at each backend that is written', '1 write, 2 reads', { firstName: 'Moritz' }],
    ['where nothing differs 1 read', '1 read', { firstName: 'Max' }],
    [
      'v2 1 write for each endpoint; for desk settings 3 reads',
      '2 writes, 3 reads',
      { settings: { desk: { maxChats: 9, autoAnswerCalls: true } } },
    ],
    [
      'omnivibe and v2 1 write for each endpoint',
      '2 writes, 2 reads',
      {
        settings: { inbox: { autoOffline: true, messageSignature: 'Bye', availability: 'BUSY' } },
      },
    ],
  ])('is counted: updateProfile, %s', async (words, shape, patch) => {
    await refresh();
    expect(linesOf('updateProfile')['Cost']).toContain(words);
    const { sent } = await run('updateProfile', update(patch));
    const shapes = sent.map(shapeOf).filter((each) => each !== '');
    expect(new Set(shapes)).toEqual(new Set([shape]));
  });

  it('is counted: changePassword, with the person’s own token 1 read too', async () => {
    await refresh();
    expect(linesOf('changePassword')['Cost']).toContain("with the person's own token 1 read too");
    const input = { ...PASSWORD, currentPassword: INITIAL_PASSWORD };
    const { sent } = await run('changePassword', input);
    expect(costOf(sent)).toBe('Mind 1 write; omnivibe 1 write, 1 read');
    const path = sent[1]?.writes[0]?.route ?? '';
    expect(linesOf('changePassword')['Sent']).toContain(`\`PUT ${path}\` with the person's own token`);
  });
});

describe('the errors that are told', () => {
  const DESK = { NOT_LINKED: { profileId: 'mind:48' }, AMBIGUOUS_LINK: { profileId: 'mind:46' } };
  const desk = (mutation: string, more: Readonly<Record<string, object>>) =>
    Object.fromEntries(
      Object.entries({ ...DESK, ...more }).map(([code, input]) => [
        code,
        { ...ORDINARY[mutation], ...input },
      ]),
    );
  const UPDATES: Readonly<Record<string, object>> = {
    INVALID_VALUE: update({ settings: { desk: { maxChats: -1 } } }),
    NOT_CLEARABLE: update({ lastName: null }),
    READ_ONLY: update({ email: 'a@example.com' }),
    NOT_LINKED: { profileId: 'mind:48', patch: { username: 'a' } },
    AMBIGUOUS_LINK: { profileId: 'mind:46', patch: { username: 'a' } },
    UNSUPPORTED: update({ username: 'a' }, { backends: ['MIND'] }),
    STALE_VERSION: update({ phone: '+49 30 1' }, { ifVersion: `plan.${'A'.repeat(43)}` }),
    BAD_USER_INPUT: update({ phone: '+49 30 1' }, { backends: [] }),
  };

  /** By mutation and code, what leads to it. */
  const PROVOKED: Readonly<Record<string, Readonly<Record<string, object>>>> = {
    createProfile: {
      CONFLICT: { ...ADA, patch: { ...ADA.patch, email: 'max.mustermann@example.com' } },
      INVALID_VALUE: { ...ADA, patch: { firstName: 'Ada' } },
      UNSUPPORTED: { backends: ['MIND'], patch: ADA.patch },
      BAD_USER_INPUT: { ...ADA, backends: [] },
    },
    updateProfile: UPDATES,
    bulkUpdateProfiles: {
      DUPLICATE_ITEM: { updates: [update({ phone: '+49 30 1' }), update({ phone: '+49 30 2' })] },
    },
    setStatusLock: desk('setStatusLock', { INVALID_VALUE: { statusId: 'x' } }),
    removeStatusLock: desk('removeStatusLock', {}),
    changePassword: {
      INVALID_VALUE: { ...PASSWORD, newPassword: 'short' },
      UNSUPPORTED: { ...PASSWORD, backends: ['V2'] },
      NOT_LINKED: { ...PASSWORD, profileId: 'mind:48', backends: ['OMNIVIBE'] },
      BAD_USER_INPUT: { ...PASSWORD, backends: [] },
    },
    setDeskStatus: desk('setDeskStatus', {
      INVALID_VALUE: { statusId: 'x' },
      UPSTREAM_REJECTED: { profileId: 'v2:26' },
    }),
    setCampaignState: desk('setCampaignState', { INVALID_VALUE: { campaign: 'a b' } }),
    selectDeskView: desk('selectDeskView', { INVALID_VALUE: { viewId: 'x' } }),
    addStatistic: desk('addStatistic', { INVALID_VALUE: { statistic: 'a b' } }),
    removeStatistic: desk('removeStatistic', { INVALID_VALUE: { statistic: 'a b' } }),
    watchStatistic: desk('watchStatistic', {
      INVALID_VALUE: { statistic: 'a b' },
      UNSUPPORTED: { watch: false },
    }),
    refreshTab: { INVALID_VALUE: { tabId: 'a b' } },
  };

  it.each(MUTATIONS)('are those that can be provoked, and codes: %s', (mutation) => {
    const told = (linesOf(mutation)['Errors'] ?? '').match(/\b[A-Z]{3,}(?:_[A-Z]+)*\b/g) ?? [];
    expect(told.toSorted()).toEqual(Object.keys(PROVOKED[mutation] ?? {}).toSorted());
    expect(told.filter((code) => !(code in ERROR_CODES))).toEqual([]);
  });

  const rows = Object.entries(PROVOKED).flatMap(([mutation, codes]) =>
    Object.entries(codes).map(([code, input]) => ({ mutation, code, input })),
  );
  it.each(rows)('come: $mutation, $code', async ({ mutation, code, input }) => {
    await refresh();
    const { result } = await run(mutation, input);
    expect(result.userErrors.map((error) => error.code)).toContain(code);
  });
});
