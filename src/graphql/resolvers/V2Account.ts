import { checkDeskViews } from '../../domain/read-profiles.js';
import type { V2AccountResolvers } from '../generated/resolvers.js';

export const V2Account: V2AccountResolvers = {
  nativeId: ({ account }) => account.id,
  link: ({ person }) => person.link('v2'),
  views({ account, person }, args) {
    const { query, limit } = checkDeskViews(args);
    return person.context.readers.v2?.deskViews(account.id, query, limit) ?? null;
  },
};
