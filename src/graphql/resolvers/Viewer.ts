import { formatRef } from '../../domain/profile.js';
import { getProfile } from '../../domain/read-profiles.js';
import type { ViewerResolvers } from '../generated/resolvers.js';
import { selectionOf } from '../selection.js';

export const Viewer: ViewerResolvers = {
  profile: ({ account }, _args, { read }, info) =>
    account === null ? null : getProfile(read, formatRef(account), selectionOf(info)),
  permissions: (_viewer, _args, { read }) => [...read.caller.permissions].toSorted(),
};
