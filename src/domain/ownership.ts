// Whose value a person's field shows. The one table: resolvers, the choice of calls, and the documentation follow it.
import type { Account, AccountOf, Backend, OmnivibeAccount } from './profile.js';

/** One place that a field may come from. */
export interface Source<T> {
  readonly backend: Backend;
  /** Null when the account answers that it has none; then the next source is asked. */
  readonly read: (account: Account) => T | null;
}

const from =
  <B extends Backend>(backend: B) =>
  <T>(read: (account: AccountOf[B]) => T | null): Source<T> => ({
    backend,
    read: (account) => read(account as AccountOf[B]),
  });
const mind = from('mind');
const omnivibe = from('omnivibe');
const v2 = from('v2');

/** The fields of a person that accounts hold between them. */
export interface PersonFields {
  readonly firstName: string;
  readonly lastName: string;
  readonly displayName: string;
  readonly username: string;
  readonly email: string;
  readonly phone: string;
  readonly language: string;
  readonly avatarUrl: string;
  readonly externalId: string;
  readonly lastSeenAt: Date;
}
export type PersonField = keyof PersonFields;

/** Each field's sources in read order. One that fails makes the field fail: nobody else's value stands in for it. */
export const FIELD_SOURCES: { readonly [F in PersonField]: readonly Source<PersonFields[F]>[] } = {
  firstName: [mind((account) => account.firstName), v2((account) => account.firstName)],
  lastName: [mind((account) => account.lastName), v2((account) => account.lastName)],
  displayName: [
    omnivibe(chosenDisplayName),
    mind((account) => account.nameAlias),
    mind((account) => account.name),
    v2((account) => account.name),
  ],
  username: [v2((account) => account.username)],
  email: [
    mind((account) => account.email),
    v2((account) => account.email),
    omnivibe((account) => account.email),
  ],
  phone: [mind((account) => account.phone), v2((account) => account.telephone)],
  language: [mind((account) => account.language), v2((account) => account.language)],
  avatarUrl: [omnivibe((account) => account.avatarUrl)],
  externalId: [mind((account) => account.externalId)],
  lastSeenAt: [mind((account) => account.lastSeenAt)],
};

/**
 * A display name that merely repeats the name was not chosen. The agent list cannot tell the two apart, so neither way of
 * reading does: the same person has the same display name whichever call the selection leads to.
 */
function chosenDisplayName(account: OmnivibeAccount): string | null {
  return account.displayName === account.name ? null : account.displayName;
}
