import type { MindAccountResolvers } from '../generated/resolvers.js';

export const MindAccount: MindAccountResolvers = {
  nativeId: ({ id }) => id,
  link: ({ person }) => person.link('mind'),
  rawData: ({ id, person }) => person.context.readers.mind?.rawData(id) ?? null,
  supersetRoles: ({ id, person }) => person.context.readers.mind?.supersetRoles(id) ?? null,
};
