// What is asked of three people while a backend misbehaves, and what hangs on which backend.
import type { Slug } from '../support/backend-truth.js';

/** A read; `$id` and `$ids` are of the first of them and of all. Paths are dotted; `*` stands for every item of a list. */
export interface ReadOperation {
  readonly name: string;
  readonly document: string;
  /** What is null without the backend. */
  readonly lost: Readonly<Record<Slug, readonly string[]>>;
  /** Calls that it takes. */
  readonly calls: Calls;
  /** Calls that are made while a backend fails, where they are others. */
  readonly callsWithout?: Readonly<Partial<Record<Slug, Calls>>>;
  /** The same of a gateway that has never heard of anybody, where they are others again. */
  readonly callsWithoutAtFirst?: Readonly<Partial<Record<Slug, Calls>>>;
  /** Whose call is given up when a backend fails, so that it arrives or not. */
  readonly givenUpWithout?: Readonly<Partial<Record<Slug, Slug>>>;
}
type Calls = Readonly<Record<Slug, number>>;

const PERSON = 'id firstName displayName username mind { phone } omnivibe { role } v2 { telephone }';
const lostBelow = (place: string) => ({
  mind: [`${place}.firstName`, `${place}.mind`],
  omnivibe: [`${place}.displayName`, `${place}.omnivibe`],
  v2: [`${place}.username`, `${place}.v2`],
});
const ONE_EACH = { mind: 1, omnivibe: 1, v2: 1 };

export const READS: readonly ReadOperation[] = [
  {
    name: 'profile',
    document: `query ($id: ID!) { profile(id: $id) { ${PERSON} } }`,
    lost: lostBelow('profile'),
    calls: ONE_EACH,
  },
  {
    name: 'profilesById',
    document: `query ($ids: [ID!]!) { profilesById(ids: $ids) { ${PERSON} } }`,
    lost: lostBelow('profilesById.*'),
    calls: ONE_EACH,
  },
  {
    name: 'profiles',
    document: `{ profiles(first: 3) { nodes { ${PERSON} } pageInfo { hasNextPage } } }`,
    // The directory is Mind's; the desk is asked beside it.
    lost: { ...lostBelow('profiles.nodes.*'), mind: ['profiles'] },
    calls: ONE_EACH,
    callsWithout: { mind: { mind: 1, omnivibe: 0, v2: 1 } },
    givenUpWithout: { mind: 'v2' },
    callsWithoutAtFirst: { mind: { mind: 1, omnivibe: 0, v2: 0 } },
  },
  {
    name: 'profileByEmail',
    document: `{ profileByEmail(email: "erika.gabler@example.com") { ${PERSON} } }`,
    lost: lostBelow('profileByEmail'),
    calls: ONE_EACH,
  },
  {
    name: 'explain',
    document: `query ($id: ID!) { profile(id: $id) {
      id
      explain(fields: ["firstName", "displayName", "username"]) { field chosen values { backend value } }
    } }`,
    lost: {
      mind: ['profile.explain.0.chosen', 'profile.explain.0.values', 'profile.explain.1.values'],
      omnivibe: ['profile.explain.1.chosen', 'profile.explain.1.values'],
      v2: ['profile.explain.0.values', 'profile.explain.2.chosen', 'profile.explain.2.values'],
    },
    calls: ONE_EACH,
  },
  {
    name: 'accounts and settings',
    document: `query ($id: ID!) { profile(id: $id) {
      id
      accounts { backend nativeId }
      settings { work { status } inbox { availability messageSignature } desk { maxChats } }
      mind { rawData }
    } }`,
    lost: {
      mind: ['profile.accounts.0', 'profile.settings.work', 'profile.mind'],
      omnivibe: ['profile.accounts.1', 'profile.settings.inbox'],
      v2: ['profile.accounts.2', 'profile.settings.desk'],
    },
    calls: { mind: 2, omnivibe: 1, v2: 2 },
    // What is stored with a user is asked for once the user is there.
    callsWithout: { mind: { mind: 1, omnivibe: 1, v2: 2 } },
  },
];

/** What somebody is called. */
interface Names {
  readonly firstName: string;
  readonly lastName: string;
}

export interface Someone {
  /** The backend by whose id they are asked for. */
  readonly seed: Slug;
  readonly ids: Readonly<Record<Slug, string>>;
  /** Everywhere, before and after they are renamed. */
  readonly before: Names;
  readonly after: Names;
}

export const PEOPLE: readonly Someone[] = [
  {
    seed: 'mind',
    ids: { mind: '42', omnivibe: '3', v2: '17' },
    before: { firstName: 'Max', lastName: 'Mustermann' },
    after: { firstName: 'Moritz', lastName: 'Neumann' },
  },
  {
    seed: 'v2',
    ids: { mind: '43', omnivibe: '4', v2: '18' },
    before: { firstName: 'Erika', lastName: 'Gabler' },
    after: { firstName: 'Elisa', lastName: 'Vogel' },
  },
  {
    seed: 'omnivibe',
    ids: { mind: '44', omnivibe: '5', v2: '19' },
    before: { firstName: 'Amélie', lastName: 'Duval' },
    after: { firstName: 'Aurore', lastName: 'Petit' },
  },
];

const TOLD = `outcomes { backend state calls { method } fields { field state before after } }
  userErrors { backend code field retryable }`;

export const PLAN = `query ($input: PlanUpdateProfileInput!) { payload: planUpdateProfile(input: $input) { ${TOLD} } }`;
export const UPDATE = `mutation ($input: UpdateProfileInput!) { payload: updateProfile(input: $input) { status ${TOLD} } }`;
export const BULK = `mutation ($input: BulkUpdateProfilesInput!) {
  bulk: bulkUpdateProfiles(input: $input) { results { status ${TOLD} } userErrors { code } }
}`;
