/* eslint-disable */
import * as types from './graphql.js';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query FirstPage {\n  profiles(first: 2, directory: V2) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      id\n    }\n  }\n}": typeof types.FirstPageDocument,
    "query NextPage($after: String) {\n  profiles(first: 2, directory: V2, after: $after) {\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n    }\n    nodes {\n      id\n      username\n    }\n  }\n}": typeof types.NextPageDocument,
    "mutation Update($input: UpdateProfileInput!) {\n  updateProfile(input: $input) {\n    status\n    outcomes {\n      backend\n      state\n    }\n    userErrors {\n      code\n      message\n    }\n    profile {\n      phone\n    }\n  }\n}": typeof types.UpdateDocument,
    "query OnePerson($id: ID!) {\n  profile(id: $id) {\n    id\n    firstName\n    username\n    accounts {\n      backend\n      nativeId\n      link {\n        origin\n      }\n    }\n    settings {\n      work {\n        status\n        reportName\n      }\n      desk {\n        maxChats\n      }\n      inbox {\n        messageSignature\n      }\n    }\n  }\n}": typeof types.OnePersonDocument,
    "query ByEmail($email: EmailAddress!) {\n  profileByEmail(email: $email) {\n    id\n    accounts {\n      backend\n      email\n    }\n  }\n}": typeof types.ByEmailDocument,
    "query Plan($input: PlanUpdateProfileInput!) {\n  planUpdateProfile(input: $input) {\n    version\n    outcomes {\n      backend\n      calls {\n        method\n        path\n        body\n      }\n    }\n  }\n}": typeof types.PlanDocument,
    "query Explain($id: ID!) {\n  profile(id: $id) {\n    lastName\n    explain(fields: [\"lastName\", \"phone\"]) {\n      field\n      chosen\n      conflicting\n      values {\n        backend\n        value\n      }\n      access {\n        backend\n        access\n        message\n      }\n    }\n  }\n}": typeof types.ExplainDocument,
    "\n        query Line($id: ID!) {\n          profile(id: $id) {\n            id\n            ...PersonLine\n          }\n        }\n      ": typeof types.LineDocument,
    "\n        query Selections($id: ID!) {\n          profile(id: $id) {\n            id\n            v2 {\n              views {\n                id\n                selected\n              }\n            }\n          }\n        }\n      ": typeof types.SelectionsDocument,
    "\n  query PlanChange($profileId: ID!, $patch: ProfilePatch!) {\n    planUpdateProfile(input: { profileId: $profileId, patch: $patch }) {\n      version\n      outcomes {\n        backend\n        fields {\n          field\n          state\n          before\n          after\n        }\n      }\n      userErrors {\n        code\n        message\n        field\n        backend\n        retryable\n      }\n    }\n  }\n": typeof types.PlanChangeDocument,
    "\n  mutation ChangePerson($profileId: ID!, $patch: ProfilePatch!, $ifVersion: String) {\n    updateProfile(input: { profileId: $profileId, patch: $patch, ifVersion: $ifVersion }) {\n      status\n      outcomes {\n        backend\n        state\n      }\n      userErrors {\n        code\n        message\n        field\n        backend\n        retryable\n      }\n      profile {\n        id\n        phone\n        username\n        ...PersonLine\n      }\n    }\n  }\n": typeof types.ChangePersonDocument,
    "\n  mutation SetPhone($id: ID!, $phone: String) {\n    updateProfile(input: { profileId: $id, patch: { phone: $phone } }) {\n      __typename\n      status\n      userErrors {\n        code\n        message\n        field\n        backend\n        retryable\n      }\n      profile {\n        __typename\n        id\n        phone\n      }\n    }\n  }\n": typeof types.SetPhoneDocument,
    "\n  fragment PersonLine on Profile {\n    id\n    displayName\n    presence {\n      availability\n    }\n  }\n": typeof types.PersonLineFragmentDoc,
    "\n  query People($first: Int, $after: String, $filter: ProfileFilter, $directory: Backend) {\n    profiles(first: $first, after: $after, filter: $filter, directory: $directory) {\n      edges {\n        cursor\n        node {\n          id\n          ...PersonLine\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      totalCount\n    }\n  }\n": typeof types.PeopleDocument,
    "\n  query Person($id: ID!) {\n    profile(id: $id) {\n      id\n      phone\n      username\n      ...PersonLine\n    }\n  }\n": typeof types.PersonDocument,
    "mutation UpdateMany($input: BulkUpdateProfilesInput!) {\n  bulkUpdateProfiles(input: $input) {\n    results {\n      profileId\n      status\n      outcomes {\n        backend\n        state\n      }\n      userErrors {\n        code\n        message\n      }\n    }\n  }\n}": typeof types.UpdateManyDocument,
    "query FirstPeople($first: Int = 3) {\n  profiles(first: $first) {\n    nodes {\n      id\n      displayName\n      email\n      presence {\n        availability\n      }\n    }\n  }\n}": typeof types.FirstPeopleDocument,
    "query CanTakeWork($id: ID!) {\n  profile(id: $id) {\n    displayName\n    presence {\n      availability\n      statusLock {\n        locked\n        status {\n          name\n        }\n      }\n      canTake(channel: CALL) {\n        answer\n        reasons\n      }\n      conflicts {\n        channel\n        message\n      }\n    }\n  }\n}": typeof types.CanTakeWorkDocument,
};
const documents: Documents = {
    "query FirstPage {\n  profiles(first: 2, directory: V2) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      id\n    }\n  }\n}": types.FirstPageDocument,
    "query NextPage($after: String) {\n  profiles(first: 2, directory: V2, after: $after) {\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n    }\n    nodes {\n      id\n      username\n    }\n  }\n}": types.NextPageDocument,
    "mutation Update($input: UpdateProfileInput!) {\n  updateProfile(input: $input) {\n    status\n    outcomes {\n      backend\n      state\n    }\n    userErrors {\n      code\n      message\n    }\n    profile {\n      phone\n    }\n  }\n}": types.UpdateDocument,
    "query OnePerson($id: ID!) {\n  profile(id: $id) {\n    id\n    firstName\n    username\n    accounts {\n      backend\n      nativeId\n      link {\n        origin\n      }\n    }\n    settings {\n      work {\n        status\n        reportName\n      }\n      desk {\n        maxChats\n      }\n      inbox {\n        messageSignature\n      }\n    }\n  }\n}": types.OnePersonDocument,
    "query ByEmail($email: EmailAddress!) {\n  profileByEmail(email: $email) {\n    id\n    accounts {\n      backend\n      email\n    }\n  }\n}": types.ByEmailDocument,
    "query Plan($input: PlanUpdateProfileInput!) {\n  planUpdateProfile(input: $input) {\n    version\n    outcomes {\n      backend\n      calls {\n        method\n        path\n        body\n      }\n    }\n  }\n}": types.PlanDocument,
    "query Explain($id: ID!) {\n  profile(id: $id) {\n    lastName\n    explain(fields: [\"lastName\", \"phone\"]) {\n      field\n      chosen\n      conflicting\n      values {\n        backend\n        value\n      }\n      access {\n        backend\n        access\n        message\n      }\n    }\n  }\n}": types.ExplainDocument,
    "\n        query Line($id: ID!) {\n          profile(id: $id) {\n            id\n            ...PersonLine\n          }\n        }\n      ": types.LineDocument,
    "\n        query Selections($id: ID!) {\n          profile(id: $id) {\n            id\n            v2 {\n              views {\n                id\n                selected\n              }\n            }\n          }\n        }\n      ": types.SelectionsDocument,
    "\n  query PlanChange($profileId: ID!, $patch: ProfilePatch!) {\n    planUpdateProfile(input: { profileId: $profileId, patch: $patch }) {\n      version\n      outcomes {\n        backend\n        fields {\n          field\n          state\n          before\n          after\n        }\n      }\n      userErrors {\n        code\n        message\n        field\n        backend\n        retryable\n      }\n    }\n  }\n": types.PlanChangeDocument,
    "\n  mutation ChangePerson($profileId: ID!, $patch: ProfilePatch!, $ifVersion: String) {\n    updateProfile(input: { profileId: $profileId, patch: $patch, ifVersion: $ifVersion }) {\n      status\n      outcomes {\n        backend\n        state\n      }\n      userErrors {\n        code\n        message\n        field\n        backend\n        retryable\n      }\n      profile {\n        id\n        phone\n        username\n        ...PersonLine\n      }\n    }\n  }\n": types.ChangePersonDocument,
    "\n  mutation SetPhone($id: ID!, $phone: String) {\n    updateProfile(input: { profileId: $id, patch: { phone: $phone } }) {\n      __typename\n      status\n      userErrors {\n        code\n        message\n        field\n        backend\n        retryable\n      }\n      profile {\n        __typename\n        id\n        phone\n      }\n    }\n  }\n": types.SetPhoneDocument,
    "\n  fragment PersonLine on Profile {\n    id\n    displayName\n    presence {\n      availability\n    }\n  }\n": types.PersonLineFragmentDoc,
    "\n  query People($first: Int, $after: String, $filter: ProfileFilter, $directory: Backend) {\n    profiles(first: $first, after: $after, filter: $filter, directory: $directory) {\n      edges {\n        cursor\n        node {\n          id\n          ...PersonLine\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      totalCount\n    }\n  }\n": types.PeopleDocument,
    "\n  query Person($id: ID!) {\n    profile(id: $id) {\n      id\n      phone\n      username\n      ...PersonLine\n    }\n  }\n": types.PersonDocument,
    "mutation UpdateMany($input: BulkUpdateProfilesInput!) {\n  bulkUpdateProfiles(input: $input) {\n    results {\n      profileId\n      status\n      outcomes {\n        backend\n        state\n      }\n      userErrors {\n        code\n        message\n      }\n    }\n  }\n}": types.UpdateManyDocument,
    "query FirstPeople($first: Int = 3) {\n  profiles(first: $first) {\n    nodes {\n      id\n      displayName\n      email\n      presence {\n        availability\n      }\n    }\n  }\n}": types.FirstPeopleDocument,
    "query CanTakeWork($id: ID!) {\n  profile(id: $id) {\n    displayName\n    presence {\n      availability\n      statusLock {\n        locked\n        status {\n          name\n        }\n      }\n      canTake(channel: CALL) {\n        answer\n        reasons\n      }\n      conflicts {\n        channel\n        message\n      }\n    }\n  }\n}": types.CanTakeWorkDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query FirstPage {\n  profiles(first: 2, directory: V2) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      id\n    }\n  }\n}"): (typeof documents)["query FirstPage {\n  profiles(first: 2, directory: V2) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      id\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query NextPage($after: String) {\n  profiles(first: 2, directory: V2, after: $after) {\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n    }\n    nodes {\n      id\n      username\n    }\n  }\n}"): (typeof documents)["query NextPage($after: String) {\n  profiles(first: 2, directory: V2, after: $after) {\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n    }\n    nodes {\n      id\n      username\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation Update($input: UpdateProfileInput!) {\n  updateProfile(input: $input) {\n    status\n    outcomes {\n      backend\n      state\n    }\n    userErrors {\n      code\n      message\n    }\n    profile {\n      phone\n    }\n  }\n}"): (typeof documents)["mutation Update($input: UpdateProfileInput!) {\n  updateProfile(input: $input) {\n    status\n    outcomes {\n      backend\n      state\n    }\n    userErrors {\n      code\n      message\n    }\n    profile {\n      phone\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query OnePerson($id: ID!) {\n  profile(id: $id) {\n    id\n    firstName\n    username\n    accounts {\n      backend\n      nativeId\n      link {\n        origin\n      }\n    }\n    settings {\n      work {\n        status\n        reportName\n      }\n      desk {\n        maxChats\n      }\n      inbox {\n        messageSignature\n      }\n    }\n  }\n}"): (typeof documents)["query OnePerson($id: ID!) {\n  profile(id: $id) {\n    id\n    firstName\n    username\n    accounts {\n      backend\n      nativeId\n      link {\n        origin\n      }\n    }\n    settings {\n      work {\n        status\n        reportName\n      }\n      desk {\n        maxChats\n      }\n      inbox {\n        messageSignature\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ByEmail($email: EmailAddress!) {\n  profileByEmail(email: $email) {\n    id\n    accounts {\n      backend\n      email\n    }\n  }\n}"): (typeof documents)["query ByEmail($email: EmailAddress!) {\n  profileByEmail(email: $email) {\n    id\n    accounts {\n      backend\n      email\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Plan($input: PlanUpdateProfileInput!) {\n  planUpdateProfile(input: $input) {\n    version\n    outcomes {\n      backend\n      calls {\n        method\n        path\n        body\n      }\n    }\n  }\n}"): (typeof documents)["query Plan($input: PlanUpdateProfileInput!) {\n  planUpdateProfile(input: $input) {\n    version\n    outcomes {\n      backend\n      calls {\n        method\n        path\n        body\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Explain($id: ID!) {\n  profile(id: $id) {\n    lastName\n    explain(fields: [\"lastName\", \"phone\"]) {\n      field\n      chosen\n      conflicting\n      values {\n        backend\n        value\n      }\n      access {\n        backend\n        access\n        message\n      }\n    }\n  }\n}"): (typeof documents)["query Explain($id: ID!) {\n  profile(id: $id) {\n    lastName\n    explain(fields: [\"lastName\", \"phone\"]) {\n      field\n      chosen\n      conflicting\n      values {\n        backend\n        value\n      }\n      access {\n        backend\n        access\n        message\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n        query Line($id: ID!) {\n          profile(id: $id) {\n            id\n            ...PersonLine\n          }\n        }\n      "): (typeof documents)["\n        query Line($id: ID!) {\n          profile(id: $id) {\n            id\n            ...PersonLine\n          }\n        }\n      "];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n        query Selections($id: ID!) {\n          profile(id: $id) {\n            id\n            v2 {\n              views {\n                id\n                selected\n              }\n            }\n          }\n        }\n      "): (typeof documents)["\n        query Selections($id: ID!) {\n          profile(id: $id) {\n            id\n            v2 {\n              views {\n                id\n                selected\n              }\n            }\n          }\n        }\n      "];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PlanChange($profileId: ID!, $patch: ProfilePatch!) {\n    planUpdateProfile(input: { profileId: $profileId, patch: $patch }) {\n      version\n      outcomes {\n        backend\n        fields {\n          field\n          state\n          before\n          after\n        }\n      }\n      userErrors {\n        code\n        message\n        field\n        backend\n        retryable\n      }\n    }\n  }\n"): (typeof documents)["\n  query PlanChange($profileId: ID!, $patch: ProfilePatch!) {\n    planUpdateProfile(input: { profileId: $profileId, patch: $patch }) {\n      version\n      outcomes {\n        backend\n        fields {\n          field\n          state\n          before\n          after\n        }\n      }\n      userErrors {\n        code\n        message\n        field\n        backend\n        retryable\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ChangePerson($profileId: ID!, $patch: ProfilePatch!, $ifVersion: String) {\n    updateProfile(input: { profileId: $profileId, patch: $patch, ifVersion: $ifVersion }) {\n      status\n      outcomes {\n        backend\n        state\n      }\n      userErrors {\n        code\n        message\n        field\n        backend\n        retryable\n      }\n      profile {\n        id\n        phone\n        username\n        ...PersonLine\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation ChangePerson($profileId: ID!, $patch: ProfilePatch!, $ifVersion: String) {\n    updateProfile(input: { profileId: $profileId, patch: $patch, ifVersion: $ifVersion }) {\n      status\n      outcomes {\n        backend\n        state\n      }\n      userErrors {\n        code\n        message\n        field\n        backend\n        retryable\n      }\n      profile {\n        id\n        phone\n        username\n        ...PersonLine\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SetPhone($id: ID!, $phone: String) {\n    updateProfile(input: { profileId: $id, patch: { phone: $phone } }) {\n      __typename\n      status\n      userErrors {\n        code\n        message\n        field\n        backend\n        retryable\n      }\n      profile {\n        __typename\n        id\n        phone\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation SetPhone($id: ID!, $phone: String) {\n    updateProfile(input: { profileId: $id, patch: { phone: $phone } }) {\n      __typename\n      status\n      userErrors {\n        code\n        message\n        field\n        backend\n        retryable\n      }\n      profile {\n        __typename\n        id\n        phone\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment PersonLine on Profile {\n    id\n    displayName\n    presence {\n      availability\n    }\n  }\n"): (typeof documents)["\n  fragment PersonLine on Profile {\n    id\n    displayName\n    presence {\n      availability\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query People($first: Int, $after: String, $filter: ProfileFilter, $directory: Backend) {\n    profiles(first: $first, after: $after, filter: $filter, directory: $directory) {\n      edges {\n        cursor\n        node {\n          id\n          ...PersonLine\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      totalCount\n    }\n  }\n"): (typeof documents)["\n  query People($first: Int, $after: String, $filter: ProfileFilter, $directory: Backend) {\n    profiles(first: $first, after: $after, filter: $filter, directory: $directory) {\n      edges {\n        cursor\n        node {\n          id\n          ...PersonLine\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      totalCount\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Person($id: ID!) {\n    profile(id: $id) {\n      id\n      phone\n      username\n      ...PersonLine\n    }\n  }\n"): (typeof documents)["\n  query Person($id: ID!) {\n    profile(id: $id) {\n      id\n      phone\n      username\n      ...PersonLine\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation UpdateMany($input: BulkUpdateProfilesInput!) {\n  bulkUpdateProfiles(input: $input) {\n    results {\n      profileId\n      status\n      outcomes {\n        backend\n        state\n      }\n      userErrors {\n        code\n        message\n      }\n    }\n  }\n}"): (typeof documents)["mutation UpdateMany($input: BulkUpdateProfilesInput!) {\n  bulkUpdateProfiles(input: $input) {\n    results {\n      profileId\n      status\n      outcomes {\n        backend\n        state\n      }\n      userErrors {\n        code\n        message\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query FirstPeople($first: Int = 3) {\n  profiles(first: $first) {\n    nodes {\n      id\n      displayName\n      email\n      presence {\n        availability\n      }\n    }\n  }\n}"): (typeof documents)["query FirstPeople($first: Int = 3) {\n  profiles(first: $first) {\n    nodes {\n      id\n      displayName\n      email\n      presence {\n        availability\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query CanTakeWork($id: ID!) {\n  profile(id: $id) {\n    displayName\n    presence {\n      availability\n      statusLock {\n        locked\n        status {\n          name\n        }\n      }\n      canTake(channel: CALL) {\n        answer\n        reasons\n      }\n      conflicts {\n        channel\n        message\n      }\n    }\n  }\n}"): (typeof documents)["query CanTakeWork($id: ID!) {\n  profile(id: $id) {\n    displayName\n    presence {\n      availability\n      statusLock {\n        locked\n        status {\n          name\n        }\n      }\n      canTake(channel: CALL) {\n        answer\n        reasons\n      }\n      conflicts {\n        channel\n        message\n      }\n    }\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;