// Finding, creating and renaming users.
import type { Route } from '../core/backend-server.js';
import { done, page, refused } from './answers.js';
import { endpoint, store, withAccount } from './endpoint.js';
import { clearable, numberList, optional, PAGING, PATTERNS, text, wholeNumber, yesOrNo } from './fields.js';
import type { V2State, V2UserRow } from './state.js';
import type { V2Switches } from './switches.js';

/** What the index shows only with `extended`. */
const EXTENSION = new Set(['groups', 'dateFormat', 'statusID', 'statusLocked']);

const personName = text(PATTERNS.personName);

/** The routes that read and write a user's own fields. */
export function userRoutes(state: V2State): readonly Route<V2Switches>[] {
  return [listUsers(state), createUser(state), updateUsername(state), ...renames(state)];
}

/** PUT /{id}, to stand after every route with a word in that place. */
export function updateUser(state: V2State): Route<V2Switches> {
  const fields = {
    id: wholeNumber(),
    firstname: clearable(personName, ''),
    lastname: clearable(personName, ''),
    name: clearable(text(PATTERNS.username), ''),
    email: clearable(text(PATTERNS.email), ''),
    telephone: clearable(text(PATTERNS.telephone), ''),
    language: clearable(text(PATTERNS.any), ''),
    dateFormat: clearable(text(PATTERNS.dateFormat), ''),
    groups: clearable(numberList, []),
  };
  return endpoint('PUT', '/:id', fields, ({ id, telephone, ...values }, request) =>
    withAccount(state, id, ({ user }) => {
      const taken = findTaken(state, values, user);
      if (taken !== null) return taken;
      store(request, user, { ...values, telephone_number: telephone }, { telephone_number: 'telephone' });
      return done('The user was updated.');
    }),
  );
}

function listUsers(state: V2State): Route<V2Switches> {
  const fields = {
    ...PAGING,
    query: optional(text(PATTERNS.query), null),
    activeOnly: optional(yesOrNo, false),
    extended: optional(yesOrNo, true),
  };
  return endpoint('GET', '', fields, ({ query, activeOnly, extended, ...paging }, { switches }) => {
    const all = Array.from(state.accounts.values(), ({ user }) => user);
    const matching = all.filter(
      (user) => (!activeOnly || user.active === 1) && (query === null || isFoundBy(query, user)),
    );
    return page('user', matching, all, paging, switches, extended ? undefined : withoutExtension);
  });
}

function createUser(state: V2State): Route<V2Switches> {
  const fields = {
    firstname: personName,
    lastname: personName,
    name: text(PATTERNS.username),
    email: text(PATTERNS.email),
    telephone_number: optional(text(PATTERNS.telephone), ''),
    language: optional(text(PATTERNS.any), 'en'),
    dateFormat: optional(text(PATTERNS.dateFormat), 'en_GB'),
    groups: optional(numberList, []),
    sendActivationMail: optional(yesOrNo, true),
  };
  return endpoint('POST', '', fields, ({ sendActivationMail, ...values }, request) => {
    const taken = findTaken(state, values);
    if (taken !== null) return taken;
    store(request, state.add().user, values);
    return done(`The user was created${sendActivationMail ? ' and gets an activation mail' : ''}.`);
  });
}

function updateUsername(state: V2State): Route<V2Switches> {
  const fields = { id: wholeNumber(), username: text(PATTERNS.username) };
  return endpoint('PUT', '/usernameUpdate', fields, ({ id, username }, request) =>
    withAccount(state, id, ({ user }) => {
      const taken = findTaken(state, { name: username }, user);
      if (taken !== null) return taken;
      store(request, user, { name: username }, { name: 'username' });
      return done('The username was updated.');
    }),
  );
}

function renames(state: V2State): readonly Route<V2Switches>[] {
  return [
    endpoint('PUT', '/firstnameUpdate', { id: wholeNumber(), firstname: personName }, (values, request) =>
      withAccount(state, values.id, ({ user }) => {
        store(request, user, { firstname: values.firstname });
        return done('The first name was updated.');
      }),
    ),
    endpoint('PUT', '/lastnameUpdate', { id: wholeNumber(), lastname: personName }, (values, request) =>
      withAccount(state, values.id, ({ user }) => {
        store(request, user, { lastname: values.lastname });
        return done('The last name was updated.');
      }),
    ),
  ];
}

function isFoundBy(query: string, user: V2UserRow): boolean {
  const wanted = query.toLowerCase();
  return (
    user.email.toLowerCase() === wanted ||
    user.name.toLowerCase().includes(wanted) ||
    user.telephone_number.includes(wanted)
  );
}

function withoutExtension(user: V2UserRow): object {
  return Object.fromEntries(Object.entries(user).filter(([key]) => !EXTENSION.has(key)));
}

/** Refuses a username or address that someone else has; writing again what is there already is fine. */
function findTaken(
  state: V2State,
  wanted: { readonly name?: string | undefined; readonly email?: string | undefined },
  self?: V2UserRow,
) {
  for (const key of ['name', 'email'] as const) {
    const value = wanted[key]?.toLowerCase() ?? '';
    if (value === '' || value === self?.[key].toLowerCase()) continue;
    const isTaken = [...state.accounts.values()].some(({ user }) => user[key].toLowerCase() === value);
    if (isTaken) return refused(`This ${key} is already in use.`);
  }
  return null;
}
