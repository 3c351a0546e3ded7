// The schema for the peers that take resolvers: a profile is Mind's row, and the other two backends are reached by DataLoaders.
import DataLoader from 'dataloader';
import { CHUNK, chunksOf, inOrder, mindIdOf } from './backends.mjs';

/** The loaders of one request, over its calls. */
export function createLoaders(calls) {
  return {
    mind: new DataLoader(async (ids) => inOrder(ids, await calls.mindByIds(ids), ({ id }) => id), {
      maxBatchSize: CHUNK,
    }),
    v2: new DataLoader(async (emails) =>
      inOrder(emails, await calls.v2ByEmails(emails), ({ email }) => email),
    ),
    // One user per token: nothing to batch, but not to be asked twice.
    omnivibe: new DataLoader(([email]) => calls.omnivibeByEmail(email).then((user) => [user]), {
      batch: false,
    }),
  };
}

/** Reads everybody first, as the gateway does, and writes to those who are there. */
async function bulkUpdateProfiles(_, { input }, { calls, loaders }) {
  const rows = await loaders.mind.loadMany(input.updates.map(({ profileId }) => mindIdOf(profileId)));
  const patches = input.updates.flatMap(({ patch }, i) =>
    rows[i]?.id ? [{ id: rows[i].id, ...patch }] : [],
  );
  const answers = await Promise.all(chunksOf(patches).map((chunk) => calls.writeMind(chunk)));
  const written = new Set(
    answers.flatMap(({ results }) => results.filter(({ success }) => success).map(({ id }) => id)),
  );
  return {
    results: input.updates.map(({ profileId }) => ({
      profileId,
      status: written.has(mindIdOf(profileId)) ? 'APPLIED' : 'FAILED',
    })),
  };
}

const v2Of = ({ email }, { loaders }) => loaders.v2.load(email);
const omnivibeOf = ({ email }, { loaders }) => loaders.omnivibe.load(email);

export const resolvers = {
  Query: {
    profile: (_, { id }, { loaders }) => loaders.mind.load(mindIdOf(id)),
    profilesById: (_, { ids }, { loaders }) => loaders.mind.loadMany(ids.map(mindIdOf)),
    profiles: async (_, { first }, { calls }) => ({ nodes: await calls.mindList(first) }),
  },
  Mutation: { bulkUpdateProfiles },
  Profile: {
    id: ({ id }) => `mind:${id}`,
    mindUserId: ({ id }) => id,
    language: ({ lang }) => lang,
    lastSeenAt: ({ lastSeen }) => lastSeen,
    mind: (row) => row,
    v2UserId: async (row, _, context) => (await v2Of(row, context))?.id,
    username: async (row, _, context) => (await v2Of(row, context))?.name,
    v2: (row, _, context) => v2Of(row, context),
    omnivibeUserId: async (row, _, context) => (await omnivibeOf(row, context))?.id,
    displayName: async (row, _, context) => (await omnivibeOf(row, context))?.display_name,
    avatarUrl: async (row, _, context) => (await omnivibeOf(row, context))?.avatar_url,
    omnivibe: (row, _, context) => omnivibeOf(row, context),
  },
  MindAccount: {
    nativeId: ({ id }) => id,
    name: ({ firstName, lastName }) => `${firstName} ${lastName}`,
    ssoOnly: ({ isSsoOnly }) => isSsoOnly,
  },
  Settings: { work: (settings) => settings },
  WorkSettings: {
    inheritsFromTeams: ({ inheritTeamSettings }) => inheritTeamSettings,
    personalFilters: ({ isPersonalFilters }) => isPersonalFilters,
    reportName: ({ nameReports }) => nameReports,
    roleId: (settings) => settings,
  },
  InheritableInt: {
    own: ({ roleId }) => roleId,
    effective: ({ actualRoleId }) => actualRoleId,
  },
  V2Account: { telephone: ({ telephone_number }) => telephone_number },
  OmnivibeAccount: {
    nativeId: ({ id }) => id,
    availableName: ({ available_name }) => available_name,
  },
};
