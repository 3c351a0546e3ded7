// Apollo Server with its RESTDataSource, a DataLoader in front of it; with NAIVE=1 without, one call per field and person.
import http from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { RESTDataSource } from '@apollo/datasource-rest';
import {
  chunksOf,
  connections,
  headers,
  host,
  paths,
  port,
  printListening,
  typeDefs,
  urls,
} from './backends.mjs';
import { createLoaders, resolvers } from './resolvers.mjs';

// A data source calls with node-fetch, which goes through this agent.
http.globalAgent.maxSockets = connections;

class MindApi extends RESTDataSource {
  baseURL = urls.mind;

  constructor(authorization, options) {
    super(options);
    this.authorization = authorization;
  }

  willSendRequest(_path, request) {
    Object.assign(request.headers, headers.mind(this.authorization));
  }

  getByIds(ids) {
    return this.get(paths.mindByIds(ids));
  }

  getList(limit) {
    return this.get(paths.mindList(limit));
  }

  write(profiles) {
    return this.patch(paths.mindWrite, { body: { profiles } });
  }
}

class V2Api extends RESTDataSource {
  baseURL = urls.v2;

  async getByEmails(emails) {
    const { items } = await this.get(paths.v2ByEmails(emails), { headers: headers.v2 });
    return items;
  }
}

class OmnivibeApi extends RESTDataSource {
  baseURL = urls.omnivibe;

  // Everybody is at the same address: the token says who is meant.
  cacheKeyFor(url, request) {
    return `${super.cacheKeyFor(url, request)} ${request.headers.api_access_token}`;
  }

  getByEmail(email) {
    return this.get(paths.omnivibe, { headers: headers.omnivibe(email) });
  }
}

/** In place of DataLoaders: RESTDataSource alone, which shares equal calls in flight. */
function createNaiveLoaders({ mindByIds, v2ByEmails, omnivibeByEmail }) {
  const first = async (rows) => (await rows)[0] ?? null;
  const inChunks = async (ids) => (await Promise.all(chunksOf(ids).map(mindByIds))).flat();
  return {
    mind: { load: (id) => first(mindByIds([id])), loadMany: inChunks },
    v2: { load: (email) => first(v2ByEmails([email])) },
    omnivibe: { load: omnivibeByEmail },
  };
}

const loadersOf = process.env.NAIVE ? createNaiveLoaders : createLoaders;

const server = new ApolloServer({
  typeDefs,
  resolvers,
  plugins: [ApolloServerPluginCacheControlDisabled()],
});

const { url } = await startStandaloneServer(server, {
  listen: { port, host },
  context: async ({ req }) => {
    const options = { cache: server.cache };
    const mind = new MindApi(req.headers.authorization, options);
    const v2 = new V2Api(options);
    const omnivibe = new OmnivibeApi(options);
    const calls = {
      mindByIds: (ids) => mind.getByIds(ids),
      mindList: (limit) => mind.getList(limit),
      writeMind: (profiles) => mind.write(profiles),
      v2ByEmails: (emails) => v2.getByEmails(emails),
      omnivibeByEmail: (email) => omnivibe.getByEmail(email),
    };
    return { calls, loaders: loadersOf(calls) };
  },
});
printListening(new URL(url));
