// Hive Gateway over a supergraph that Mesh composes from OpenAPI documents at the start. The fields that join the three are
// additional resolvers, which call through Mesh's SDK.
import http, { createServer } from 'node:http';
import { createGatewayRuntime, createLoggerFromLogging } from '@graphql-hive/gateway';
import { getComposedSchemaFromConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';
import { connections, headers, host, port, printListening, typeDefs, urls } from './backends.mjs';
import { createLoaders, resolvers } from './resolvers.mjs';

// Its fetch goes through this agent.
http.globalAgent.maxSockets = connections;

const subgraph = (name, options) => ({
  sourceHandler: loadOpenAPISubgraph(name, {
    source: new URL(`openapi/${name}.json`, import.meta.url).pathname,
    endpoint: urls[name],
    ...options,
  }),
});

const logger = createLoggerFromLogging('error');
const supergraph = await getComposedSchemaFromConfig(
  {
    subgraphs: [
      subgraph('mind', {
        operationHeaders: { authorization: '{context.headers.authorization}' },
        queryStringOptions: { arrayFormat: 'brackets' },
      }),
      subgraph('v2', { operationHeaders: headers.v2 }),
      subgraph('omnivibe'),
    ],
    additionalTypeDefs: typeDefs,
  },
  logger,
);

const MIND = `{
  id firstName lastName email phone lastSeen type isSsoOnly lang nameAlias externalId
  settings { inheritTeamSettings isPersonalFilters supersetRole nameReports teamIds roleId actualRoleId }
}`;
const V2 = '{ items { id name email telephone_number dateFormat groups active } }';
const OMNIVIBE = '{ id name display_name available_name email confirmed avatar_url }';
const RESULTS = '{ results { id success } }';

function callsOf(context) {
  const { mind, v2, omnivibe } = context;
  const people = (args) =>
    mind.Query.people({ context, args: { format: 'full', ...args }, selectionSet: MIND });
  return {
    mindByIds: (userIds) => people({ userIds, show: ['all'], limit: userIds.length }),
    mindList: (limit) => people({ show: ['users'], limit }),
    writeMind: (profiles) =>
      mind.Mutation.updatePeople({ context, args: { input: { profiles } }, selectionSet: RESULTS }),
    v2ByEmails: async (emails) => {
      const args = emails.length === 1 ? { query: emails[0] } : { itemStart: 0, itemLimit: 999 };
      return (await v2.Query.users({ context, args, selectionSet: V2 })).items;
    },
    omnivibeByEmail: (email) =>
      omnivibe.Query.user({ context, args: headers.omnivibe(email), selectionSet: OMNIVIBE }),
  };
}

/** The resolvers of the others, with the calls of Mesh. */
const perRequest = new WeakMap();
function withCalls(resolve) {
  return (row, args, context) => {
    let found = perRequest.get(context);
    if (found === undefined) {
      const calls = callsOf(context);
      perRequest.set(context, (found = { calls, loaders: createLoaders(calls) }));
    }
    return resolve(row, args, found);
  };
}
const additionalResolvers = Object.fromEntries(
  Object.entries(resolvers).map(([type, fields]) => [
    type,
    Object.fromEntries(Object.entries(fields).map(([name, resolve]) => [name, withCalls(resolve)])),
  ]),
);

// Its JIT, measured too, gains nothing here: most of the work is in the delegation.
const runtime = createGatewayRuntime({ supergraph, additionalResolvers, logging: 'error' });
const server = createServer(runtime);
server.listen(port, host, () => printListening(server.address()));
