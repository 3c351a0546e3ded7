import type { OmnivibeAccountResolvers } from '../generated/resolvers.js';

export const OmnivibeAccount: OmnivibeAccountResolvers = {
  nativeId: ({ id }) => id,
  link: ({ person }) => person.link('omnivibe'),
};
