import { InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import introspection from './generated/possible-types.js';

/** They have no id of their own; what one query reads of them is kept beside what another has read. */
const PARTS_OF_A_PERSON = [
  'AccountLink',
  'DeskSettings',
  'InboxSettings',
  'InheritableBoolean',
  'InheritableInt',
  'InheritableIntList',
  'InheritableSkills',
  'MindAccount',
  'OmnivibeAccount',
  'Presence',
  'Routing',
  'Settings',
  'Skills',
  'StatusLock',
  'TicketFilters',
  'V2Account',
  'Verdict',
  'WorkSettings',
];

/** People are kept by `Profile.id`, so whatever reads or changes one shows everywhere. */
export function createCache(): InMemoryCache {
  return new InMemoryCache({
    possibleTypes: introspection.possibleTypes,
    typePolicies: {
      ...Object.fromEntries(PARTS_OF_A_PERSON.map((name) => [name, { merge: true }])),
      // `selected` is this person's, while the id is the same for everybody who has the view.
      DeskView: { keyFields: false },
      Query: {
        fields: {
          profiles: relayStylePagination(['directory', 'filter']),
          // Whoever stands in a list already needs no second question.
          profile: (known: unknown, { args, toReference }) =>
            known === undefined ? toReference({ __typename: 'Profile', id: String(args?.['id']) }) : known,
        },
      },
    },
  });
}
