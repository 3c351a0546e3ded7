import type { ApolloClient } from '@apollo/client';
import type { ProfilePatch } from './generated/graphql.js';
import { graphql } from './generated/index.js';

export const PLAN_CHANGE = graphql(`
  query PlanChange($profileId: ID!, $patch: ProfilePatch!) {
    planUpdateProfile(input: { profileId: $profileId, patch: $patch }) {
      version
      outcomes {
        backend
        fields {
          field
          state
          before
          after
        }
      }
      userErrors {
        code
        message
        field
        backend
        retryable
      }
    }
  }
`);

export const CHANGE_PERSON = graphql(`
  mutation ChangePerson($profileId: ID!, $patch: ProfilePatch!, $ifVersion: String) {
    updateProfile(input: { profileId: $profileId, patch: $patch, ifVersion: $ifVersion }) {
      status
      outcomes {
        backend
        state
      }
      userErrors {
        code
        message
        field
        backend
        retryable
      }
      profile {
        id
        phone
        username
        ...PersonLine
      }
    }
  }
`);

/** What a change would do, to be shown before it is confirmed. It holds for this moment only, so it is not kept. */
export function planChange(client: ApolloClient, profileId: string, patch: ProfilePatch) {
  return client.query({
    query: PLAN_CHANGE,
    variables: { profileId, patch },
    fetchPolicy: 'no-cache',
  });
}

/** Does what the plan of this version says, or nothing: then `userErrors` holds STALE_VERSION. */
export function applyChange(
  client: ApolloClient,
  profileId: string,
  patch: ProfilePatch,
  ifVersion: string | null,
) {
  return client.mutate({ mutation: CHANGE_PERSON, variables: { profileId, patch, ifVersion } });
}

export const SET_PHONE = graphql(`
  mutation SetPhone($id: ID!, $phone: String) {
    updateProfile(input: { profileId: $id, patch: { phone: $phone } }) {
      __typename
      status
      userErrors {
        code
        message
        field
        backend
        retryable
      }
      profile {
        __typename
        id
        phone
      }
    }
  }
`);

/** Shows the number at once, everywhere, and what the backends made of it as soon as that is known. */
export function setPhone(client: ApolloClient, id: string, phone: string | null) {
  return client.mutate({
    mutation: SET_PHONE,
    variables: { id, phone },
    optimisticResponse: {
      updateProfile: {
        __typename: 'UpdateProfilePayload',
        status: 'APPLIED',
        userErrors: [],
        profile: { __typename: 'Profile', id, phone },
      },
    },
  });
}
