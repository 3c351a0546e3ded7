import { after, afterWith, type Eventual } from '../../domain/eventual.js';
import { expectFieldPaths, explainField, VERSIONED_FIELDS, versionOf } from '../../domain/explain.js';
import { FIELD_PATHS } from '../../domain/ownership.js';
import type { Person } from '../../domain/person.js';
import { BACKENDS, formatRef, type AccountOf, type AccountRef, type Backend } from '../../domain/profile.js';
import { getReferenced } from '../../domain/read-profiles.js';
import type { ProfileResolvers } from '../generated/resolvers.js';
import type { Linked, LinkedAccount } from '../mappers.js';
import { selectionOf } from '../selection.js';

// Required: a field without a resolver would be null for everybody.
export const Profile: Required<ProfileResolvers> = {
  __resolveReference: (reference, { read }, info) =>
    'mindUserId' in reference && reference.mindUserId != null
      ? getReferenced(read, `mind:${reference.mindUserId}`, selectionOf(info), 'mindUserId')
      : getReferenced(read, (reference as { id: string }).id, selectionOf(info)),

  id: (person) => after(person.anchorOrSeed(), formatRef),
  mindUserId: (person) => idOn(person, 'mind'),
  omnivibeUserId: (person) => idOn(person, 'omnivibe'),
  v2UserId: (person) => idOn(person, 'v2'),

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

  routing: (person) =>
    after(person.account('mind'), (account) => {
      if (account === null) return null;
      const { callRouting: call, chatRouting: chat } = account;
      return call === null && chat === null ? null : { call: call?.value ?? null, chat: chat?.value ?? null };
    }),
  settings: (person) => person,
  presence: (person) => person,

  explain: (person, { fields }) =>
    (fields == null ? FIELD_PATHS : expectFieldPaths(fields)).map((field) => explainField(person, field)),
  version: (person, { fields }, { versionKey }) =>
    versionOf(person, fields == null ? VERSIONED_FIELDS : expectFieldPaths(fields), versionKey),

  mind: (person) => accountOn(person, 'mind'),
  omnivibe: (person) => accountOn(person, 'omnivibe'),
  v2: (person) => accountOn(person, 'v2'),
  async accounts(person) {
    const accounts = await Promise.allSettled(
      BACKENDS.map(async (backend) => accountOn(person, backend) as Eventual<LinkedAccount | null>),
    );
    return accounts.flatMap((each) => {
      if (each.status === 'rejected') return [Promise.reject(each.reason as Error)];
      return each.value === null ? [] : [Promise.resolve(each.value)];
    });
  },
};

const idOf = (ref: AccountRef | null) => ref?.id ?? null;
const link = <A>(account: A | null, person: Person) => account && { person, account };

function idOn(person: Person, backend: Backend): Eventual<string | null> {
  return after(person.ref(backend), idOf);
}

function accountOn<B extends Backend>(person: Person, backend: B): Eventual<Linked<AccountOf[B]> | null> {
  return afterWith(person.account(backend), person, link);
}
