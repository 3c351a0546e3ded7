import { checkDeskViews } from '../../domain/read-profiles.js';
import type { V2AccountResolvers } from '../generated/resolvers.js';

export const V2Account: V2AccountResolvers = {
  nativeId: ({ id }) => id,
  link: ({ person }) => person.link('v2'),
  views({ id }, args, { read }) {
    const { query, limit } = checkDeskViews(args);
    return read.readers.v2?.deskViews(id, query, limit) ?? null;
  },
};
