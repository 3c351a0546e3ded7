// `viewer`: who asks, by each way of proving it.
import { afterEach, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.js';

const SECRET = 'a-secret-of-at-least-32-characters';
const VIEWER = '{ viewer { subject permissions profile { id } } }';

let gateway: TestGateway;
async function start(env: Record<string, string>, options: TestGatewayOptions = {}) {
  gateway = await startTestGateway({ ...options, env: { LOG_LEVEL: 'silent', ...env } });
}
afterEach(() => gateway.close());

const byMind = (userId: number) => ({ authorization: `Bearer ${gateway.mind.tokenFor(userId)}` });
async function byJwt(claims: Readonly<Record<string, unknown>>) {
  const token = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('5m');
  return { authorization: `Bearer ${await token.sign(new TextEncoder().encode(SECRET))}` };
}
const JWT = { AUTH: 'jwt', JWT_SECRET: SECRET };

async function viewer(headers: Record<string, string>, query = VIEWER): Promise<unknown> {
  const { data, errors } = await gateway.execute(query, {}, headers);
  expect(errors).toEqual([]);
  return data?.['viewer'];
}

describe('with AUTH=none', () => {
  it('is nobody, whatever is sent', async () => {
    await start({ AUTH: 'none' });
    expect(await viewer({})).toBeNull();
    expect(await viewer(byMind(43))).toBeNull();
  });
});

describe('with AUTH=mind', () => {
  it.each<[number, readonly string[]]>([
    [42, ['readAnyUserProfile', 'readUserLastSeenDate', 'updateSpecificProfile', 'updateUserProfileSkills']],
    [43, []],
  ])('is the Mind user %d, with their permissions in order', async (id, permissions) => {
    await start({ AUTH: 'mind' });
    const subject = `mind:${id}`;
    expect(await viewer(byMind(id))).toEqual({ subject, permissions, profile: { id: subject } });
  });

  it('shows their own profile on every backend, though they may read nobody else there', async () => {
    await start({ AUTH: 'mind' });
    const query = '{ viewer { profile { firstName displayName username omnivibeUserId v2UserId } } }';
    expect(await viewer(byMind(43), query)).toEqual({
      profile: {
        firstName: 'Erika',
        displayName: 'Erika G.',
        username: 'erika.g',
        omnivibeUserId: '4',
        v2UserId: '18',
      },
    });
  });

  /** Selections, and the calls that they cost once the caller is known and the addresses are. */
  it.each<[string, Record<string, number>]>([
    ['subject permissions', {}],
    ['subject profile { id }', {}],
    ['profile { firstName lastName }', { MIND: 1 }],
    ['profile { username }', { V2: 1 }],
    ['profile { firstName displayName username }', { MIND: 1, OMNIVIBE: 1, V2: 1 }],
    ['subject profile { firstName @include(if: false) id }', {}],
  ])('costs what is selected: %s', async (selection, cost) => {
    await start({ AUTH: 'mind' });
    const query = `{ viewer { ${selection} } }`;
    await gateway.execute('{ viewer { profile { firstName displayName username } } }', {}, byMind(43));
    const { extensions, errors } = await gateway.execute(query, {}, byMind(43));
    expect(errors).toEqual([]);
    expect(extensions.upstream?.byBackend).toEqual(cost);
  });

  it('costs the check alone at first, where nothing of the profile is selected', async () => {
    await start({ AUTH: 'mind' });
    const { extensions } = await gateway.execute('{ viewer { subject permissions } }', {}, byMind(43));
    expect(extensions.upstream?.byBackend).toEqual({ MIND: 1 });
  });

  it('says what fails, where it is selected', async () => {
    await start({ AUTH: 'mind' });
    await viewer(byMind(43), '{ viewer { profile { username } } }');
    gateway.v2.switches.set({ reply: { status: 503 } });
    const query = '{ viewer { subject profile { firstName username } } }';
    const { data, errors } = await gateway.execute(query, {}, byMind(43));
    expect(data).toEqual({ viewer: { subject: 'mind:43', profile: { firstName: 'Erika', username: null } } });
    expect(errors).toMatchObject([
      { path: ['viewer', 'profile', 'username'], extensions: { code: 'UPSTREAM_ERROR', backend: 'V2' } },
    ]);
  });
});

describe('with AUTH=jwt', () => {
  const erika = { id: 'mind:43' };
  it.each<[string, Record<string, unknown>, unknown]>([
    ['by sub and profile', { sub: 'e.gabler', profile: 'mind:43' }, { subject: 'e.gabler', profile: erika }],
    ['by profile alone', { profile: 'mind:43' }, { subject: 'mind:43', profile: erika }],
    [
      'by an empty sub and a profile',
      { sub: '', profile: 'mind:43' },
      { subject: 'mind:43', profile: erika },
    ],
    ['by their v2 account', { profile: 'v2:18' }, { subject: 'v2:18', profile: erika }],
    ['by their omnivibe account', { sub: 'e', profile: 'omnivibe:4' }, { subject: 'e', profile: erika }],
    ['without a profile', { sub: 'e.gabler' }, { subject: 'e.gabler', profile: null }],
    ['with null for a profile', { sub: 'e', profile: null }, { subject: 'e', profile: null }],
    ['by an account that is gone', { sub: 'e', profile: 'mind:999999' }, { subject: 'e', profile: null }],
  ])('is whom the token names: %s', async (_what, claims, expected) => {
    await start(JWT);
    expect(await viewer(await byJwt(claims), '{ viewer { subject profile { id } } }')).toEqual(expected);
  });

  it('is known by their v2 account as the Mind user that it belongs to, and may see what is theirs', async () => {
    await start(JWT);
    const headers = await byJwt({ profile: 'v2:18' });
    const query = '{ viewer { profile { mindUserId firstName displayName username } } }';
    expect(await viewer(headers, query)).toEqual({
      profile: { mindUserId: '43', firstName: 'Erika', displayName: 'Erika G.', username: 'erika.g' },
    });
    // Once the addresses are known, whose account it is costs nothing.
    const { extensions } = await gateway.execute('{ viewer { subject } }', {}, headers);
    expect(extensions.upstream).toMatchObject({ calls: 0 });
  });

  it('is nobody’s self while it cannot be found out whose v2 account it is', async () => {
    await start(JWT);
    gateway.v2.switches.set({ reply: { status: 503 } });
    const query = '{ viewer { subject profile { firstName } } profile(id: "mind:43") { firstName } }';
    const { status, data, errors } = await gateway.execute(query, {}, await byJwt({ profile: 'v2:18' }));
    expect(status).toBe(200);
    expect(data).toEqual({ viewer: { subject: 'v2:18', profile: null }, profile: null });
    expect(errors.map(({ path, extensions }) => [path, extensions['code']])).toEqual(
      expect.arrayContaining([
        [['viewer', 'profile'], 'FORBIDDEN'],
        [['profile'], 'FORBIDDEN'],
      ]),
    );
  });

  it('without a Mind user sees their own profile only if they may read anybody', async () => {
    const people = [
      { v2: { id: 7, username: 'ada', firstname: 'Ada', lastname: 'A', email: 'a@example.com' } },
    ];
    await start(JWT, { people });
    const { data, errors } = await gateway.execute(VIEWER, {}, await byJwt({ sub: 'a', profile: 'v2:7' }));
    expect(data).toMatchObject({ viewer: { subject: 'a', profile: null } });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    const reader = { permissions: ['readAnyUserProfile'] };
    expect(await viewer(await byJwt({ sub: 'a', profile: 'v2:7', ...reader }))).toMatchObject({
      profile: { id: 'v2:7' },
    });
  });
});
