import { listProfiles } from '../../domain/list-profiles.js';
import { getProfile, getProfileByEmail, getProfiles } from '../../domain/read-profiles.js';
import { planUpdateProfile } from '../../domain/update-profiles.js';
import type { QueryResolvers } from '../generated/resolvers.js';
import { selectionOf } from '../selection.js';

export const Query: QueryResolvers = {
  viewer: (_root, _args, { viewer }) => viewer,

  profile: (_root, { id }, { read }, info) => getProfile(read, id, selectionOf(info)),

  async profilesById(_root, { ids }, { read }, info) {
    const people = await getProfiles(read, ids, selectionOf(info));
    return people.map((person) => (person instanceof Error ? Promise.reject(person) : person));
  },

  profileByEmail: (_root, { email }, { read }, info) => getProfileByEmail(read, email, selectionOf(info)),

  profiles: (_root, { first, after, filter, directory }, { read }, info) =>
    listProfiles(
      read,
      { first, after: after ?? null, filter: filter ?? {}, directory: directory ?? null },
      selectionOf(info),
    ),

  planUpdateProfile: (_root, { input }, { plan }) => plan((context) => planUpdateProfile(context, input)),

  deskStatuses: (_root, _args, { read }) => read.readers.v2?.deskStatuses ?? null,
};
