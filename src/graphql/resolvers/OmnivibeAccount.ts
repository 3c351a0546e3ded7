import type { OmnivibeAccountResolvers } from '../generated/resolvers.js';

export const OmnivibeAccount: OmnivibeAccountResolvers = {
  nativeId: ({ account }) => account.id,
  link: ({ person }) => person.link('omnivibe'),
};
