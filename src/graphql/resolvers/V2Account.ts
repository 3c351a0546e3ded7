import { checkDeskViews } from '../../domain/read-profiles.js';
import type { V2AccountResolvers } from '../generated/resolvers.js';

export const V2Account: V2AccountResolvers = {
  nativeId: ({ id }) => id,
  link: ({ person }) => person.link('v2'),
  views({ id, person }, args) {
    const { query, limit } = checkDeskViews(args);
    return person.context.readers.v2?.deskViews(id, query, limit) ?? null;
  },
};
