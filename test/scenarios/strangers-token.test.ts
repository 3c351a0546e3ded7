// A caller who sends along an omnivibe token of somebody else's reads as ever, and writes nothing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { createSchema } from '../../src/graphql/schema.js';
import type { CastMember } from '../../src/sandbox/people.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

const SECRET = 'a-secret-of-at-least-32-characters';
const FOLDER = mkdtempSync(join(tmpdir(), 'strangers-'));
const LINKS_FILE = join(FOLDER, 'links.json');
const WRITE_ANY = ['updateSpecificProfile'];

const mind = (id: number, email: string, externalId?: string): CastMember => ({
  mind: {
    id,
    firstName: 'Ann',
    lastName: `Mind ${id}`,
    email,
    ...(externalId !== undefined && { externalId }),
  },
});
const omnivibe = (id: number, email: string, external_id?: string): CastMember => ({
  omnivibe: {
    id,
    name: `Ann ${id}`,
    email,
    ...(external_id !== undefined && { customAttributes: { external_id } }),
  },
});

const MINDS = [1, 2, 3, 4, 5, 6];
const PEOPLE: readonly CastMember[] = [
  ...[mind(1, 'one@example.com'), mind(2, 'two@example.com'), mind(3, 'three@example.com', 'EMP-3')],
  ...[mind(4, 'shared@example.com'), mind(5, 'shared@example.com'), mind(6, 'six@example.com')],
  ...[
    omnivibe(11, 'one@example.com'),
    omnivibe(12, 'TWO@example.com'),
    omnivibe(13, 'private@example.com', 'EMP-3'),
  ],
  ...[
    omnivibe(14, 'nobody@example.com'),
    omnivibe(15, 'shared@example.com'),
    omnivibe(16, 'elsewhere@example.com'),
  ],
  ...[omnivibe(17, 'other@example.com'), omnivibe(18, 'more@example.com')],
  { v2: { id: 28, username: 'ann.28', firstname: 'Ann', lastname: 'Desk', email: 'desk@example.com' } },
];
const LISTS = {
  links: [
    ['mind:6', 'omnivibe:16'],
    ['omnivibe:18', 'v2:28'],
  ],
  apart: [
    ['mind:1', 'omnivibe:17'],
    ['mind:2', 'v2:28'],
  ],
};

/** Whose each omnivibe account is for certain, why, and who it certainly is not although nobody owns it. */
const TOKENS: readonly (readonly [
  account: number,
  why: string,
  owner: number | null,
  apartFrom: number | null,
])[] = [
  [11, 'by an equal address', 1, null],
  [12, 'by an equal address in other letters', 2, null],
  [13, 'by an equal external id', 3, null],
  [14, 'by nothing', null, null],
  [15, 'by a mailbox that two people share', null, null],
  [16, 'by LINKS_FILE', 6, null],
  [17, 'by nothing, and kept apart from one', null, 1],
  [18, 'by nothing, and linked to what is kept apart from another', null, 2],
];

let gateway: TestGateway;
beforeAll(async () => {
  writeFileSync(LINKS_FILE, JSON.stringify(LISTS));
  gateway = await startTestGateway({
    people: PEOPLE,
    env: { AUTH: 'jwt', JWT_SECRET: SECRET, LINKS_FILE, LOG_LEVEL: 'silent' },
  });
});
beforeEach(() => {
  for (const backend of [gateway.mind, gateway.omnivibe, gateway.v2]) backend.reset();
});
afterAll(async () => {
  await gateway.close();
  rmSync(FOLDER, { recursive: true });
});

async function headersOf(mindId: number | null, token: string | null, permissions: readonly string[] = []) {
  const profile = mindId === null ? {} : { profile: `mind:${mindId}` };
  const jwt = await new SignJWT({ sub: 'ann', permissions, ...profile })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(SECRET));
  return { authorization: `Bearer ${jwt}`, ...(token !== null && { 'x-omnivibe-token': token }) };
}
const tokenOf = (account: number) => gateway.omnivibe.tokenFor(account);
const writes = () =>
  Object.values(gateway.received())
    .flat()
    .filter(({ method }) => method !== 'GET');

interface Refusable {
  readonly status?: string;
  readonly userErrors: readonly {
    readonly code: string;
    readonly backend: string;
    readonly message: string;
  }[];
}
const PHONE = { phone: '+49 30 1' };
const UPDATE = `mutation ($input: UpdateProfileInput!) {
  updateProfile(input: $input) { status userErrors { code backend message } } }`;

describe('whose token it is', () => {
  const rows = TOKENS.flatMap(([account, why, owner, apartFrom]) =>
    MINDS.map((caller) => ({
      caller,
      account,
      why: owner === null ? why : `${owner}'s ${why}`,
      isRefused: (owner !== null && owner !== caller) || apartFrom === caller,
    })),
  );

  it.each(rows)(
    'mind:$caller with the token of omnivibe:$account ($why) is refused: $isRefused',
    async ({ caller, account, isRefused }) => {
      const input = { profileId: `mind:${caller}`, patch: PHONE, backends: ['MIND'] };
      const headers = await headersOf(caller, tokenOf(account), WRITE_ANY);
      const { data, errors } = await gateway.execute(UPDATE, { input }, headers);
      expect(errors).toEqual([]);
      if (isRefused) {
        const message = `The token sent as x-omnivibe-token is that of omnivibe:${account}, who is somebody else than mind:${caller}. Nothing was written.`;
        const userErrors = [{ code: 'FORBIDDEN', backend: 'OMNIVIBE', message }];
        expect(data).toEqual({ updateProfile: { status: 'REJECTED', userErrors } });
        expect(writes()).toEqual([]);
      } else {
        expect(data).toEqual({ updateProfile: { status: 'APPLIED', userErrors: [] } });
        expect(writes()).toHaveLength(1);
      }
    },
  );

  it('has both outcomes among these rows', () => {
    expect(new Set(rows.map(({ isRefused }) => isRefused)).size).toBe(2);
  });

  it.each<[string, () => readonly [caller: number | null, token: string | null]]>([
    ['no token', () => [1, null]],
    ['a token that omnivibe does not know', () => [1, 'nobody-knows-this']],
    ['a caller of whom no account is known', () => [null, tokenOf(12)]],
  ])('is no question with %s', async (_what, who) => {
    const input = { profileId: 'mind:3', patch: PHONE, backends: ['MIND'] };
    const { data } = await gateway.execute(UPDATE, { input }, await headersOf(...who(), WRITE_ANY));
    expect(data).toMatchObject({ updateProfile: { status: 'APPLIED' } });
  });

  it('is no question while omnivibe fails', async () => {
    gateway.omnivibe.switches.set({ reply: { status: 503 }, only: { path: '/api/v1/profile' } });
    const input = { profileId: 'mind:1', patch: PHONE, backends: ['MIND'] };
    const headers = await headersOf(1, tokenOf(12), WRITE_ANY);
    const { data } = await gateway.execute(UPDATE, { input }, headers);
    expect(data).toMatchObject({ updateProfile: { status: 'APPLIED' } });
  });
});

describe('with the token of somebody else', () => {
  const profileId = 'mind:1';
  const statistic = { profileId, statistic: 'calls' };
  const INPUTS: Readonly<Record<string, object>> = {
    createProfile: { backends: ['MIND'], patch: { firstName: 'N', lastName: 'P', email: 'n.p@example.com' } },
    updateProfile: { profileId, patch: PHONE },
    bulkUpdateProfiles: { updates: [{ profileId, patch: PHONE }] },
    setStatusLock: { profileId, statusId: '3' },
    removeStatusLock: { profileId },
    changePassword: { profileId, newPassword: 'Abcdef1!' },
    setDeskStatus: { profileId, statusId: '1' },
    setCampaignState: { profileId, campaign: 'spring', active: true },
    selectDeskView: { profileId, viewId: '1', selected: true },
    addStatistic: statistic,
    removeStatistic: statistic,
    watchStatistic: { ...statistic, watch: true },
    refreshTab: { tabId: 'a' },
  };
  const MUTATIONS = Object.keys(createSchema().getMutationType()?.getFields() ?? {});
  const inputType = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}Input`;

  it.each(MUTATIONS)('%s writes nothing, whatever the caller may do otherwise', async (name) => {
    const status = name === 'bulkUpdateProfiles' ? 'results { status }' : 'status';
    const query = `mutation ($input: ${inputType(name)}!) { ${name}(input: $input) { ${status} userErrors { code } } }`;
    for (const permissions of [WRITE_ANY, []]) {
      const headers = await headersOf(1, tokenOf(12), permissions);
      const { data, errors } = await gateway.execute(query, { input: INPUTS[name] }, headers);
      expect(errors).toEqual([]);
      const payload = data?.[name] as Refusable;
      expect(payload).toEqual({
        ...(name === 'bulkUpdateProfiles' ? { results: [] } : { status: 'REJECTED' }),
        userErrors: [{ code: 'FORBIDDEN' }],
      });
    }
    expect(writes()).toEqual([]);
  });

  it('a plan says so too', async () => {
    const query = `query ($input: PlanUpdateProfileInput!) {
      planUpdateProfile(input: $input) { version outcomes { backend } userErrors { code } } }`;
    const input = { profileId, patch: PHONE };
    const { data } = await gateway.execute(query, { input }, await headersOf(1, tokenOf(12), WRITE_ANY));
    const refused = { version: null, outcomes: [], userErrors: [{ code: 'FORBIDDEN' }] };
    expect(data).toEqual({ planUpdateProfile: refused });
  });

  it('is read as ever', async () => {
    const query = '{ profile(id: "mind:3") { firstName omnivibe { nativeId } } }';
    const withIt = await gateway.execute(query, {}, await headersOf(1, tokenOf(12), WRITE_ANY));
    const without = await gateway.execute(query, {}, await headersOf(1, null, WRITE_ANY));
    expect(withIt).toMatchObject({ data: without.data, errors: [] });
    expect(without.data).toEqual({ profile: { firstName: 'Ann', omnivibe: { nativeId: '13' } } });
  });

  it('costs one call more than without a token, and looks nobody up twice', async () => {
    const input = { profileId, patch: PHONE, backends: ['MIND'] };
    const cost = async (token: string | null) => {
      const headers = await headersOf(1, token, WRITE_ANY);
      return (await gateway.execute(UPDATE, { input }, headers)).extensions.upstream?.byBackend;
    };
    await cost(null);
    gateway.mind.reset();
    const { OMNIVIBE: before = 0, ...others } = (await cost(null)) ?? {};
    gateway.mind.reset();
    expect(await cost(tokenOf(11))).toEqual({ ...others, OMNIVIBE: before + 1 });
  });
});
