// Passwords: set where they are kept, by whoever may, and told to nobody on the way.
import { afterEach, describe, expect, it } from '@jest/globals';
import { INITIAL_PASSWORD } from '../../src/sandbox/omnivibe/index.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

interface Payload {
  readonly status: string;
  readonly profile: { readonly id: string } | null;
  readonly outcomes: readonly {
    readonly backend: string;
    readonly state: string;
    readonly calls: readonly { readonly method: string; readonly path: string; readonly body: unknown }[];
    readonly fields: readonly unknown[];
  }[];
  readonly userErrors: readonly { readonly code: string; readonly backend: string | null }[];
}
type Input = Readonly<Record<string, unknown>>;

const CHANGE = `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) {
  status profile { id } userErrors { code backend message field retryable }
  outcomes { backend state message upstreamTxId calls { method path body } fields { field state before after } }
} }`;
const NEW = 'Canary-9!';
/** Fits nobody's rules but Mind's. */
const WEAK = 'canary';
const PROFILE = '/api/v1/profile';
const PLATFORM = '/platform/api/v1/users/3';
const REDACTED = '[redacted]';

let gateway: TestGateway;
/** All answers and log lines of a test. */
let told: unknown[] = [];
afterEach(async () => {
  await gateway.close();
  const everything = JSON.stringify([told, gateway.log]);
  told = [];
  expect(everything).not.toMatch(/canary|Sandbox-1/i);
});

async function start(env: Record<string, string> = {}) {
  gateway = await startTestGateway({ env: { LOG_LEVEL: 'debug', ...env } });
}

async function change(input: Input, headers: Record<string, string> = {}): Promise<Payload> {
  const answer = await gateway.execute(
    CHANGE,
    { input: { profileId: 'mind:42', newPassword: NEW, ...input } },
    headers,
  );
  told.push(answer);
  expect(answer.errors).toEqual([]);
  return answer.data?.['changePassword'] as Payload;
}
const writes = () =>
  Object.values(gateway.received())
    .flat()
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path, body }) => ({ method, path, body }));
/** What came of it, in a line for each backend. */
const summary = ({ status, outcomes, userErrors }: Payload) => [
  status,
  ...outcomes.map(({ backend, state }) =>
    [backend, state, ...userErrors.filter((error) => error.backend === backend).map(({ code }) => code)].join(
      ' ',
    ),
  ),
];

const mindCall = (password: string, id = 42) => ({
  ...{ method: 'PATCH', path: `/api/mind/profile/${id}`, body: { password } },
});
const platformCall = (password: string) => ({ method: 'PATCH', path: PLATFORM, body: { password } });
const ownCall = (current: string, next: string) => ({
  ...{ method: 'PUT', path: PROFILE },
  body: { profile: { current_password: current, password: next, password_confirmation: next } },
});

describe('a new password', () => {
  it('is sent to Mind and omnivibe, shown to nobody, and ACCEPTED since nothing shows it', async () => {
    await start();
    const { status, profile, outcomes, userErrors } = await change({});
    const fields = [{ field: 'password', state: 'ACCEPTED', before: null, after: null }];
    const rest = { state: 'ACCEPTED', message: null, upstreamTxId: null, fields };
    expect({ status, profile, outcomes, userErrors }).toEqual({
      ...{ status: 'APPLIED', profile: { id: 'mind:42' }, userErrors: [] },
      outcomes: [
        { ...rest, backend: 'MIND', calls: [{ ...mindCall(REDACTED), path: '/profile/42' }] },
        { ...rest, backend: 'OMNIVIBE', calls: [platformCall(REDACTED)] },
      ],
    });
    expect(writes()).toEqual([mindCall(NEW), platformCall(NEW)]);
    expect(gateway.mind.writeOnlyOf(42)?.passwordChanges).toBe(1);
    // It is really omnivibe's now: it is the current one of the next change.
    const next = await change({ backends: ['OMNIVIBE'], currentPassword: NEW, newPassword: 'Canary-10!' });
    expect(next.status).toBe('APPLIED');
  });

  it.each<[string, Input, readonly string[], readonly unknown[]]>([
    ['Mind alone', { backends: ['MIND'] }, ['APPLIED', 'MIND ACCEPTED'], [mindCall(NEW)]],
    ['omnivibe alone', { backends: ['OMNIVIBE'] }, ['APPLIED', 'OMNIVIBE ACCEPTED'], [platformCall(NEW)]],
    [
      'omnivibe, held against the present one',
      { backends: ['OMNIVIBE'], currentPassword: INITIAL_PASSWORD },
      ['APPLIED', 'OMNIVIBE ACCEPTED'],
      [ownCall(INITIAL_PASSWORD, NEW)],
    ],
    [
      'omnivibe, held against a wrong one',
      { backends: ['OMNIVIBE'], currentPassword: 'Wrong-canary-1' },
      ['FAILED', 'OMNIVIBE FAILED UPSTREAM_REJECTED'],
      [ownCall('Wrong-canary-1', NEW)],
    ],
    [
      'both, held against a wrong one, which Mind does not ask for',
      { currentPassword: 'Wrong-canary-1' },
      ['PARTIAL', 'MIND ACCEPTED', 'OMNIVIBE FAILED UPSTREAM_REJECTED'],
      [mindCall(NEW), ownCall('Wrong-canary-1', NEW)],
    ],
    ['v2, which has no endpoint for it', { backends: ['V2'] }, ['REJECTED', 'V2 SKIPPED UNSUPPORTED'], []],
    [
      'all three',
      { backends: ['V2', 'OMNIVIBE', 'MIND'] },
      ['APPLIED', 'MIND ACCEPTED', 'OMNIVIBE ACCEPTED', 'V2 SKIPPED UNSUPPORTED'],
      [mindCall(NEW), platformCall(NEW)],
    ],
    ['somebody on Mind only', { profileId: 'mind:48' }, ['APPLIED', 'MIND ACCEPTED'], [mindCall(NEW, 48)]],
    [
      'somebody on Mind only, with omnivibe named',
      { profileId: 'mind:48', backends: ['MIND', 'OMNIVIBE'] },
      ['APPLIED', 'MIND ACCEPTED', 'OMNIVIBE SKIPPED NOT_LINKED'],
      [mindCall(NEW, 48)],
    ],
    [
      'somebody on v2 only',
      { profileId: 'v2:23' },
      ['REJECTED', 'MIND SKIPPED NOT_LINKED', 'OMNIVIBE SKIPPED NOT_LINKED'],
      [],
    ],
    [
      'one of two people with one address',
      { profileId: 'v2:21' },
      ['REJECTED', 'MIND SKIPPED AMBIGUOUS_LINK'],
      [],
    ],
    [
      'a weak one',
      { newPassword: WEAK },
      ['PARTIAL', 'MIND ACCEPTED', 'OMNIVIBE SKIPPED INVALID_VALUE'],
      [mindCall(WEAK)],
    ],
  ])('goes where it can: %s', async (_what, input, wanted, sent) => {
    await start();
    expect(summary(await change(input))).toEqual(wanted);
    expect(writes()).toEqual(sent);
  });

  it('is not held against the present one where no token of the person is at hand to do so', async () => {
    await start();
    const user = { name: 'Nils Neu', email: 'nils.neu@example.com', password: INITIAL_PASSWORD };
    await gateway.write('omnivibe', 'POST /platform/api/v1/users', user);
    gateway.omnivibe.ledger.clear();
    const payload = await change({ profileId: 'omnivibe:20028', currentPassword: INITIAL_PASSWORD });
    expect(summary(payload)).toEqual(['APPLIED', 'OMNIVIBE ACCEPTED']);
    expect(writes()).toEqual([{ ...platformCall(NEW), path: '/platform/api/v1/users/20028' }]);
  });

  it.each([
    ['Canary1', 'no special character'],
    ['canary-1', 'no upper-case letter'],
    ['CANARY-1', 'no lower-case letter'],
    ['Canary--', 'no digit'],
    ['Ca-1!', 'five characters'],
    [`Ca-1${'y'.repeat(125)}`, '129 characters'],
    ['Äanary-1', 'no upper-case letter from A to Z'],
  ])('is held against omnivibe’s rules before anything is sent: %s has %s', async (newPassword) => {
    await start();
    const payload = await change({ backends: ['OMNIVIBE'], newPassword });
    expect(summary(payload)).toEqual(['REJECTED', 'OMNIVIBE SKIPPED INVALID_VALUE']);
    expect(payload.userErrors).toMatchObject([
      { field: ['password'], message: expect.stringContaining('6 to 128') },
    ]);
    expect(writes()).toEqual([]);
  });

  it.each<[string, Input, string]>([
    ['empty', { newPassword: '' }, 'INVALID_VALUE'],
    ['blank', { newPassword: '  \u2003 ' }, 'INVALID_VALUE'],
    ['with a control character', { newPassword: `${NEW}\u0000` }, 'INVALID_VALUE'],
    ['longer than 1,024 characters', { newPassword: 'Canary-9!'.repeat(114) }, 'INVALID_VALUE'],
    ['for no backend at all', { backends: [] }, 'BAD_USER_INPUT'],
    ['for nobody', { profileId: 'mind:999' }, 'NOT_FOUND'],
    ['for what is no id', { profileId: 'canary' }, 'BAD_USER_INPUT'],
  ])('is refused when it is %s', async (_what, input, code) => {
    await start();
    const { status, profile, outcomes, userErrors } = await change(input);
    expect({ status, profile, outcomes }).toEqual({ status: 'REJECTED', profile: null, outcomes: [] });
    expect(userErrors).toMatchObject([{ code, backend: null }]);
    expect(writes()).toEqual([]);
    if (code !== 'NOT_FOUND') expect(Object.values(gateway.received()).flat()).toEqual([]);
  });

  const written = (fields: string) => `mutation { changePassword(input: { profileId: "mind:42", ${fields}`;
  it.each([
    ['of another type', CHANGE, { input: { profileId: 'mind:42', newPassword: [NEW] } }],
    ['under an unknown name', CHANGE, { input: { profileId: 'mind:42', [NEW]: NEW } }],
    ['of another type in the document', written(`newPassword: ["${NEW}"] }) { status } }`), {}],
    ['in a document that breaks off', written(`newPassword: "${NEW}) { status } }`), {}],
    ['beside a field that is not there', written(`newPassword: "${NEW}" }) { password } }`), {}],
  ])('is not repeated in the error of a request that cannot run: %s', async (_what, document, variables) => {
    await start();
    const answer = await gateway.execute(document, variables);
    told.push(answer);
    expect({ status: answer.status, hasErrors: answer.errors.length > 0 }).toEqual({
      status: 400,
      hasErrors: true,
    });
    expect(Object.values(gateway.received()).flat()).toEqual([]);
  });

  // A careless server repeats what it was sent.
  const echo = JSON.stringify({ error: NEW, message: NEW, details: NEW, errors: [NEW] });
  it.each([
    ['refused', { reply: { status: 400, body: echo } }, 'FAILED', 'FAILED', 'UPSTREAM_REJECTED'],
    ['not permitted', { reply: { status: 403, body: echo } }, 'FAILED', 'FAILED', 'FORBIDDEN'],
    ['answered with 500', { reply: { status: 500, body: echo } }, 'PARTIAL', 'UNCERTAIN', 'UPSTREAM_ERROR'],
    ['never answered', { hang: 'after-handling' }, 'PARTIAL', 'UNCERTAIN', 'UPSTREAM_TIMEOUT'],
    ['cut off', { cut: 'after-handling' }, 'PARTIAL', 'UNCERTAIN', 'UPSTREAM_CONNECTION_LOST'],
  ] as const)(
    'that is %s is told so, sent once, and not repeated',
    async (_what, own, status, state, code) => {
      await start('hang' in own ? { UPSTREAM_TIMEOUT_MS: '500' } : {});
      for (const backend of [gateway.mind, gateway.omnivibe]) {
        backend.switches.set({ only: { method: 'PATCH' }, ...own });
      }
      expect(summary(await change({}))).toEqual([
        status,
        `MIND ${state} ${code}`,
        `OMNIVIBE ${state} ${code}`,
      ]);
      expect(writes()).toEqual([mindCall(NEW), platformCall(NEW)]);
    },
  );
});

describe('who may', () => {
  const as = (userId: number, more: Record<string, string> = {}) => ({
    authorization: `Bearer ${gateway.mind.tokenFor(userId)}`,
    ...more,
  });

  it.each<[string, userId: number, Input, readonly string[], readonly unknown[]]>([
    [
      'a supervisor sets anybody’s',
      42,
      { profileId: 'mind:43' },
      ['APPLIED', 'MIND ACCEPTED', 'OMNIVIBE ACCEPTED'],
      [mindCall(NEW, 43), { ...platformCall(NEW), path: '/platform/api/v1/users/4' }],
    ],
    [
      'an agent sets one’s own, at omnivibe with the present one',
      43,
      { profileId: 'mind:43', currentPassword: INITIAL_PASSWORD },
      ['APPLIED', 'MIND ACCEPTED', 'OMNIVIBE ACCEPTED'],
      [mindCall(NEW, 43), ownCall(INITIAL_PASSWORD, NEW)],
    ],
    [
      'an agent who does not tell the present one sets one’s own at Mind alone',
      43,
      { profileId: 'mind:43' },
      ['PARTIAL', 'MIND ACCEPTED', 'OMNIVIBE SKIPPED INVALID_VALUE'],
      [mindCall(NEW, 43)],
    ],
    [
      'an agent sets nobody else’s',
      43,
      { profileId: 'mind:44', currentPassword: INITIAL_PASSWORD },
      ['REJECTED', 'MIND FAILED FORBIDDEN', 'OMNIVIBE FAILED FORBIDDEN'],
      [],
    ],
  ])('%s', async (_what, userId, input, wanted, sent) => {
    await start({ AUTH: 'mind' });
    expect(summary(await change(input, as(userId)))).toEqual(wanted);
    expect(writes()).toEqual(sent);
    const credentials = gateway
      .received()
      .mind.filter(({ method }) => method === 'PATCH')
      .map(({ headers }) => headers['authorization']);
    expect(credentials.every((credential) => credential === as(userId).authorization)).toBe(true);
  });
});
