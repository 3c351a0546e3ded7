// What every contender is asked, and how many upstream calls it may take for it.
import { LINKED_PEOPLE, people } from './people.js';

export interface Workload {
  readonly name: string;
  /** For the table. */
  readonly title: string;
  /** Bodies of requests, sent in turn. */
  readonly bodies: readonly string[];
  /** Upstream calls of one request, once the contender is warm. */
  readonly calls: number;
  /** Requests at a time. */
  readonly clients: number;
}

export const MIND_FIELDS = `
  id mindUserId firstName lastName email phone language externalId lastSeenAt
  mind { nativeId name nameAlias type ssoOnly }
  settings { work { inheritsFromTeams personalFilters supersetRole reportName teamIds roleId { own effective } } }`;
const V2_FIELDS = 'v2UserId username v2 { active telephone dateFormat groups }';
const OMNIVIBE_FIELDS =
  'omnivibeUserId displayName avatarUrl omnivibe { nativeId name email availableName confirmed }';

const ON_TWO = `${MIND_FIELDS}\n  ${V2_FIELDS}`;
export const ON_THREE = `${ON_TWO}\n  ${OMNIVIBE_FIELDS}`;

const VARIANTS = 60;
const PAGE = 100;
const BULK = people.length;
const ALIASES = 20;
const DIFFERENT = 5;

/** Ids of people who are on all three backends; another window of them for each variant. */
const idsOf = (count: number, variant: number): string[] =>
  Array.from({ length: count }, (_, i) => `mind:${people[(variant + i) % LINKED_PEOPLE]?.mind.id ?? 0}`);

function variants(query: string, variablesOf: (variant: number) => object): readonly string[] {
  return Array.from({ length: VARIANTS }, (_, i) => JSON.stringify({ query, variables: variablesOf(i) }));
}

const one = (fields: string) =>
  variants(`query One($id: ID!) { profile(id: $id) { ${fields} } }`, (i) => ({ id: idsOf(1, i)[0] }));

const list = (fields: string) => [
  JSON.stringify({
    query: `query List($first: Int!) { profiles(first: $first) { nodes { ${fields} } } }`,
    variables: { first: PAGE },
  }),
];

function aliases(): readonly string[] {
  const names = Array.from({ length: DIFFERENT }, (_, i) => `id${i}`);
  const fields = Array.from(
    { length: ALIASES },
    (_, i) => `p${i}: profile(id: $id${i % DIFFERENT}) { ...Row }`,
  );
  const query = `query Twenty(${names.map((name) => `$${name}: ID!`).join(', ')}) { ${fields.join('\n')} }
    fragment Row on Profile { ${ON_THREE} }`;
  return variants(query, (i) => Object.fromEntries(idsOf(DIFFERENT, i).map((id, j) => [`id${j}`, id])));
}

/** Everybody is renamed; the name differs from one body to the next, and from what the upstream shows. */
function bulk(): readonly string[] {
  const query = `mutation Bulk($updates: [ProfileUpdate!]!) {
    bulkUpdateProfiles(input: { updates: $updates, verify: false }) { results { profileId status } } }`;
  return ['Ada', 'Grace'].map((firstName) => {
    const updates = people.map(({ mind }) => ({
      profileId: `mind:${mind.id}`,
      patch: { firstName },
      backends: ['MIND'],
    }));
    return JSON.stringify({ query, variables: { updates } });
  });
}

export const WORKLOADS: readonly Workload[] = [
  { name: 'one1', title: 'one person, one backend', bodies: one(MIND_FIELDS), calls: 1, clients: 8 },
  { name: 'one3', title: 'one person, three backends', bodies: one(ON_THREE), calls: 3, clients: 8 },
  {
    name: 'mind100',
    title: '100 people by id, one backend',
    bodies: variants(`query Many($ids: [ID!]!) { profilesById(ids: $ids) { ${MIND_FIELDS} } }`, (i) => ({
      ids: idsOf(PAGE, i),
    })),
    calls: 1,
    clients: 4,
  },
  { name: 'list100', title: '100 people by list, two backends', bodies: list(ON_TWO), calls: 2, clients: 4 },
  {
    name: 'join100',
    title: '100 people by list, three backends',
    bodies: list(ON_THREE),
    calls: 2 + PAGE,
    clients: 4,
  },
  { name: 'dup20', title: '20 aliases over 5 people', bodies: aliases(), calls: 7, clients: 4 },
  {
    name: 'bulk1000',
    title: `${BULK} people renamed at Mind, not read back`,
    bodies: bulk(),
    calls: BULK / 50,
    clients: 1,
  },
];
