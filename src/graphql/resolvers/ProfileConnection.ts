import type { ProfileConnectionResolvers } from '../generated/resolvers.js';

export const ProfileConnection: ProfileConnectionResolvers = {
  edges(page) {
    const cursors = page.cursors();
    return page.people.map((node, i) => ({ cursor: cursors[i] ?? '', node }));
  },
  nodes: ({ people }) => people,
  pageInfo(page) {
    const { hasNextPage, hasPreviousPage } = page;
    const cursors = page.cursors();
    return {
      hasNextPage,
      hasPreviousPage,
      startCursor: cursors[0] ?? null,
      endCursor: cursors.at(-1) ?? null,
    };
  },
};
