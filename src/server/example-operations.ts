// What the explorers start with. A test holds the list against the README's queries, and lets each of them run.

export interface ExampleOperation {
  readonly document: string;
  /** Left out: it takes none. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

const PHONE = { profileId: 'mind:42', patch: { phone: '+49 30 5550' } };

/** In the order of the README, the simplest first. */
export const EXAMPLE_OPERATIONS: readonly [ExampleOperation, ...ExampleOperation[]] = [
  {
    document: `query FirstPeople($first: Int = 3) {
  profiles(first: $first) {
    nodes {
      id
      displayName
      email
      presence {
        availability
      }
    }
  }
}
`,
    variables: { first: 3 },
  },
  {
    document: `query OnePerson($id: ID!) {
  profile(id: $id) {
    id
    firstName
    username
    accounts {
      backend
      nativeId
      link {
        origin
      }
    }
    settings {
      work {
        status
        reportName
      }
      desk {
        maxChats
      }
      inbox {
        messageSignature
      }
    }
  }
}
`,
    variables: { id: 'v2:17' },
  },
  {
    document: `query ByEmail($email: EmailAddress!) {
  profileByEmail(email: $email) {
    id
    accounts {
      backend
      email
    }
  }
}
`,
    variables: { email: 'nora.QUANDT@example.com' },
  },
  {
    document: `query Explain($id: ID!) {
  profile(id: $id) {
    lastName
    explain(fields: ["lastName", "phone"]) {
      field
      chosen
      conflicting
      values {
        backend
        value
      }
      access {
        backend
        access
        message
      }
    }
  }
}
`,
    variables: { id: 'mind:49' },
  },
  {
    document: `query CanTakeWork($id: ID!) {
  profile(id: $id) {
    displayName
    presence {
      availability
      statusLock {
        locked
        status {
          name
        }
      }
      canTake(channel: CALL) {
        answer
        reasons
      }
      conflicts {
        channel
        message
      }
    }
  }
}
`,
    variables: { id: 'mind:51' },
  },
  {
    document: `query FirstPage {
  profiles(first: 2, directory: V2) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      id
    }
  }
}
`,
  },
  {
    document: `query NextPage($after: String) {
  profiles(first: 2, directory: V2, after: $after) {
    pageInfo {
      hasNextPage
      hasPreviousPage
    }
    nodes {
      id
      username
    }
  }
}
`,
    variables: { after: 'djIuWFVoSzBrbWsuMQ' },
  },
  {
    document: `query Plan($input: PlanUpdateProfileInput!) {
  planUpdateProfile(input: $input) {
    version
    outcomes {
      backend
      calls {
        method
        path
        body
      }
    }
  }
}
`,
    variables: { input: PHONE },
  },
  {
    document: `mutation Update($input: UpdateProfileInput!) {
  updateProfile(input: $input) {
    status
    outcomes {
      backend
      state
    }
    userErrors {
      code
      message
    }
    profile {
      phone
    }
  }
}
`,
    variables: { input: PHONE },
  },
  {
    document: `mutation UpdateMany($input: BulkUpdateProfilesInput!) {
  bulkUpdateProfiles(input: $input) {
    results {
      profileId
      status
      outcomes {
        backend
        state
      }
      userErrors {
        code
        message
      }
    }
  }
}
`,
    variables: {
      input: {
        updates: [
          { profileId: 'mind:43', patch: { settings: { work: { teamIds: [1, 2] } } } },
          { profileId: 'v2:19', patch: { settings: { desk: { maxChats: 4 } } } },
          { profileId: 'mind:4711', patch: { displayName: 'Nobody' } },
        ],
      },
    },
  },
];
