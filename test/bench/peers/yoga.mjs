// GraphQL Yoga with DataLoaders and the fetch of its documentation; with JIT=1 its GraphQL JIT plugin.
import http, { createServer } from 'node:http';
import { useGraphQlJit } from '@envelop/graphql-jit';
import { fetch } from '@whatwg-node/fetch';
import { createSchema, createYoga } from 'graphql-yoga';
import { connections, headers, host, paths, port, printListening, typeDefs, urls } from './backends.mjs';
import { createLoaders, resolvers } from './resolvers.mjs';

// On Node.js this fetch goes through this agent.
http.globalAgent.maxSockets = connections;

async function call(url, options) {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(`${url} was answered with status ${response.status}.`);
  return response.json();
}

function createCalls(authorization) {
  const mindHeaders = headers.mind(authorization);
  return {
    mindByIds: (ids) => call(urls.mind + paths.mindByIds(ids), { headers: mindHeaders }),
    mindList: (limit) => call(urls.mind + paths.mindList(limit), { headers: mindHeaders }),
    writeMind: (profiles) =>
      call(urls.mind + paths.mindWrite, {
        method: 'PATCH',
        headers: { ...mindHeaders, 'content-type': 'application/json' },
        body: JSON.stringify({ profiles }),
      }),
    v2ByEmails: async (emails) =>
      (await call(urls.v2 + paths.v2ByEmails(emails), { headers: headers.v2 })).items,
    omnivibeByEmail: (email) => call(urls.omnivibe + paths.omnivibe, { headers: headers.omnivibe(email) }),
  };
}

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  context: ({ request }) => {
    const calls = createCalls(request.headers.get('authorization'));
    return { calls, loaders: createLoaders(calls) };
  },
  plugins: process.env.JIT ? [useGraphQlJit()] : [],
  logging: false,
  multipart: false,
  graphiql: false,
});

const server = createServer(yoga);
server.listen(port, host, () => printListening(server.address()));
