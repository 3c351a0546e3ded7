import type { MindAccountResolvers } from '../generated/resolvers.js';

export const MindAccount: MindAccountResolvers = {
  nativeId: ({ id }) => id,
  link: ({ person }) => person.link('mind'),
  rawData: ({ id }, _args, { read }) => read.readers.mind?.rawData(id) ?? null,
  supersetRoles: ({ id }, _args, { read }) => read.readers.mind?.supersetRoles(id) ?? null,
};
