import type { ApolloClient } from '@apollo/client';
import { graphql, unmask, type FragmentType } from './generated/index.js';

/** What a line of a list shows of a person. */
const PERSON_LINE = graphql(`
  fragment PersonLine on Profile {
    id
    displayName
    presence {
      availability
    }
  }
`);

export function personLine(person: FragmentType<typeof PERSON_LINE>): string {
  const { id, displayName, presence } = unmask(PERSON_LINE, person);
  return `${id} ${displayName ?? '?'}: ${presence?.availability ?? 'UNKNOWN'}`;
}

export const PEOPLE = graphql(`
  query People($first: Int, $after: String, $filter: ProfileFilter, $directory: Backend) {
    profiles(first: $first, after: $after, filter: $filter, directory: $directory) {
      edges {
        cursor
        node {
          id
          ...PersonLine
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount
    }
  }
`);

export const PERSON = graphql(`
  query Person($id: ID!) {
    profile(id: $id) {
      id
      phone
      username
      ...PersonLine
    }
  }
`);

/** Ends when the signal does, and with it every call to a backend that was made for it. */
export function searchPeople(client: ApolloClient, words: string, signal: AbortSignal) {
  return client.query({
    query: PEOPLE,
    variables: { first: 10, filter: { query: words } },
    context: { fetchOptions: { signal }, queryDeduplication: false },
  });
}
