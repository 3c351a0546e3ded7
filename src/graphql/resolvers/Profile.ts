import { expectFieldPaths, explainField, VERSIONED_FIELDS, versionOf } from '../../domain/explain.js';
import { FIELD_PATHS } from '../../domain/ownership.js';
import { BACKENDS, formatRef } from '../../domain/profile.js';
import { getReferenced } from '../../domain/read-profiles.js';
import type { ProfileResolvers } from '../generated/resolvers.js';
import { selectionOf } from '../selection.js';

// Required: a field without a resolver would be null for everybody.
export const Profile: Required<ProfileResolvers> = {
  __resolveReference: (reference, { read }, info) =>
    'mindUserId' in reference && reference.mindUserId != null
      ? getReferenced(read, `mind:${reference.mindUserId}`, selectionOf(info), 'mindUserId')
      : getReferenced(read, (reference as { id: string }).id, selectionOf(info)),

  id: async (person) => formatRef(await person.anchorOrSeed()),
  mindUserId: async (person) => (await person.ref('mind'))?.id ?? null,
  omnivibeUserId: async (person) => (await person.ref('omnivibe'))?.id ?? null,
  v2UserId: async (person) => (await person.ref('v2'))?.id ?? null,

  firstName: (person) => person.field('firstName'),
  lastName: (person) => person.field('lastName'),
  displayName: (person) => person.field('displayName'),
  username: (person) => person.field('username'),
  email: (person) => person.field('email'),
  phone: (person) => person.field('phone'),
  language: (person) => person.field('language'),
  avatarUrl: (person) => person.field('avatarUrl'),
  externalId: (person) => person.field('externalId'),
  lastSeenAt: (person) => person.field('lastSeenAt'),

  async routing(person) {
    const account = await person.account('mind');
    if (account === null) return null;
    const { callRouting: call, chatRouting: chat } = account;
    return call === null && chat === null ? null : { call: call?.value ?? null, chat: chat?.value ?? null };
  },
  settings: (person) => person,
  presence: (person) => person,

  explain: (person, { fields }) =>
    (fields == null ? FIELD_PATHS : expectFieldPaths(fields)).map((field) => explainField(person, field)),
  version: (person, { fields }, { versionKey }) =>
    versionOf(person, fields == null ? VERSIONED_FIELDS : expectFieldPaths(fields), versionKey),

  mind: (person) => person.account('mind'),
  omnivibe: (person) => person.account('omnivibe'),
  v2: (person) => person.account('v2'),
  async accounts(person) {
    const accounts = await Promise.allSettled(BACKENDS.map((backend) => person.account(backend)));
    return accounts.flatMap((each) => {
      if (each.status === 'rejected') return [Promise.reject(each.reason as Error)];
      return each.value === null ? [] : [Promise.resolve(each.value)];
    });
  },
};
