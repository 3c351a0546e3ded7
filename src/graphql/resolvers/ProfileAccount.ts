import type { ProfileAccountResolvers } from '../generated/resolvers.js';

const TYPE_NAMES = { mind: 'MindAccount', omnivibe: 'OmnivibeAccount', v2: 'V2Account' } as const;

export const ProfileAccount: ProfileAccountResolvers = {
  __resolveType: ({ account }) => TYPE_NAMES[account.backend],
};
