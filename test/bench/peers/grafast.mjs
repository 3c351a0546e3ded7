// Grafast with plans for every field, behind Grafserv, over undici.
import { createServer } from 'node:http';
import { context, get, lambda, loadMany, loadOne, makeGrafastSchema, sideEffect } from 'grafast';
import { grafserv } from 'grafserv/node';
import { chunksOf, host, inOrder, mindIdOf, port, printListening, typeDefs } from './backends.mjs';
import { createCalls } from './rest.mjs';

// Grafast is made for Node.js 22, which has it.
Promise.withResolvers ??= function withResolvers() {
  let resolve, reject;
  const promise = new this((...settle) => ([resolve, reject] = settle));
  return { promise, resolve, reject };
};

const shared = () => context().get('calls');

const mindById = {
  name: 'mindById',
  shared,
  load: async (profileIds, { shared: calls }) => {
    const ids = profileIds.map(mindIdOf);
    const chunks = await Promise.all(chunksOf(ids).map((chunk) => calls.mindByIds(chunk)));
    return inOrder(ids, chunks.flat(), ({ id }) => id);
  },
};
const mindByIds = {
  name: 'mindByIds',
  shared,
  load: (lists, info) => Promise.all(lists.map((profileIds) => mindById.load(profileIds, info))),
};
const mindList = {
  name: 'mindList',
  shared,
  load: (limits, { shared: calls }) => Promise.all(limits.map((limit) => calls.mindList(limit))),
};
const v2ByEmail = {
  name: 'v2ByEmail',
  shared,
  load: async (emails, { shared: calls }) =>
    inOrder(emails, await calls.v2ByEmails(emails), ({ email }) => email),
};
const omnivibeByEmail = {
  name: 'omnivibeByEmail',
  shared,
  load: (emails, { shared: calls }) => Promise.all(emails.map((email) => calls.omnivibeByEmail(email))),
};

const v2Of = ($row) => loadOne(get($row, 'email'), v2ByEmail);
const omnivibeOf = ($row) => loadOne(get($row, 'email'), omnivibeByEmail);

const profileIdOf = (id) => `mind:${id}`;
const fullNameOf = ([firstName, lastName]) => `${firstName} ${lastName}`;

async function bulkUpdate([updates, calls]) {
  const rows = await mindById.load(
    updates.map(({ profileId }) => profileId),
    { shared: calls },
  );
  const patches = updates.flatMap(({ patch }, i) => (rows[i] === null ? [] : [{ id: rows[i].id, ...patch }]));
  const answers = await Promise.all(chunksOf(patches).map((chunk) => calls.writeMind(chunk)));
  const written = new Set(
    answers.flatMap(({ results }) => results.filter(({ success }) => success).map(({ id }) => id)),
  );
  return {
    results: updates.map(({ profileId }) => ({
      profileId,
      status: written.has(mindIdOf(profileId)) ? 'APPLIED' : 'FAILED',
    })),
  };
}

const same = ($step) => $step;
const plan = (name) => ($step) => get($step, name);

const schema = makeGrafastSchema({
  typeDefs,
  objects: {
    Query: {
      plans: {
        profile: (_, { $id }) => loadOne($id, mindById),
        profilesById: (_, { $ids }) => loadMany($ids, mindByIds),
        profiles: (_, { $first }) => loadMany($first, mindList),
      },
    },
    Mutation: {
      plans: {
        bulkUpdateProfiles: (_, { $input: { $updates } }) => sideEffect([$updates, shared()], bulkUpdate),
      },
    },
    ProfileConnection: { plans: { nodes: same } },
    Profile: {
      plans: {
        id: ($row) => lambda(get($row, 'id'), profileIdOf, true),
        mindUserId: plan('id'),
        language: plan('lang'),
        lastSeenAt: plan('lastSeen'),
        mind: same,
        v2UserId: ($row) => get(v2Of($row), 'id'),
        username: ($row) => get(v2Of($row), 'name'),
        v2: v2Of,
        omnivibeUserId: ($row) => get(omnivibeOf($row), 'id'),
        displayName: ($row) => get(omnivibeOf($row), 'display_name'),
        avatarUrl: ($row) => get(omnivibeOf($row), 'avatar_url'),
        omnivibe: omnivibeOf,
      },
    },
    MindAccount: {
      plans: {
        nativeId: plan('id'),
        name: ($row) => lambda([get($row, 'firstName'), get($row, 'lastName')], fullNameOf, true),
        ssoOnly: plan('isSsoOnly'),
      },
    },
    Settings: { plans: { work: same } },
    WorkSettings: {
      plans: {
        inheritsFromTeams: plan('inheritTeamSettings'),
        personalFilters: plan('isPersonalFilters'),
        reportName: plan('nameReports'),
        roleId: same,
      },
    },
    InheritableInt: { plans: { own: plan('roleId'), effective: plan('actualRoleId') } },
    V2Account: { plans: { telephone: plan('telephone_number') } },
    OmnivibeAccount: { plans: { nativeId: plan('id'), availableName: plan('available_name') } },
  },
});

const preset = {
  grafast: {
    context: ({ node }) => ({ calls: createCalls(node.req.headers.authorization) }),
  },
  grafserv: {
    graphqlPath: '/graphql',
    graphiql: false,
    maxRequestLength: 4 * 1024 * 1024,
  },
};

const server = createServer();
await grafserv({ schema, preset }).addTo(server);
server.listen(port, host, () => printListening(server.address()));
