import type { ProfileConnectionResolvers } from '../generated/resolvers.js';

export const ProfileConnection: ProfileConnectionResolvers = {
  edges: ({ people }) => people.map(({ person, cursor }) => ({ cursor, node: person })),
  nodes: ({ people }) => people.map(({ person }) => person),
  pageInfo: ({ people, hasNextPage, hasPreviousPage }) => ({
    hasNextPage,
    hasPreviousPage,
    startCursor: people[0]?.cursor ?? null,
    endCursor: people.at(-1)?.cursor ?? null,
  }),
};
