import type { MindAccountResolvers } from '../generated/resolvers.js';

export const MindAccount: MindAccountResolvers = {
  nativeId: ({ account }) => account.id,
  link: ({ person }) => person.link('mind'),
  rawData: ({ account, person }) => person.context.readers.mind?.rawData(account.id) ?? null,
  supersetRoles: ({ account, person }) => person.context.readers.mind?.supersetRoles(account.id) ?? null,
};
