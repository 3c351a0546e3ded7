// Mercurius on Fastify over undici. What other backends know of a person comes by the loaders of its documentation; with
// DATALOADER=1 by DataLoaders alone, since its own write each person out as text, field by field, to know whom they have seen.
// With JIT=1 queries are compiled from the first execution on.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { host, mindIdOf, port, printListening, typeDefs } from './backends.mjs';
import { createLoaders, resolvers } from './resolvers.mjs';
import { createCalls } from './rest.mjs';

const { env } = process;

// The fields of a backend are apart here, so a DataLoader below lets them share its call.
const of = (backend, valueOf) => async (queries, context) => {
  const found = await context.loaders[backend].loadMany(queries.map(({ obj }) => obj.email));
  return found.map((row) => row && valueOf(row));
};
const loaders = {
  Query: {
    profile: (queries, context) =>
      context.loaders.mind.loadMany(queries.map(({ params }) => mindIdOf(params.id))),
  },
  Profile: {
    v2UserId: of('v2', ({ id }) => id),
    username: of('v2', ({ name }) => name),
    v2: of('v2', (row) => row),
    omnivibeUserId: of('omnivibe', ({ id }) => id),
    displayName: of('omnivibe', ({ display_name }) => display_name),
    avatarUrl: of('omnivibe', ({ avatar_url }) => avatar_url),
    omnivibe: of('omnivibe', (user) => user),
  },
};

const app = Fastify({ bodyLimit: 4 * 1024 * 1024 });

app.register(mercurius, {
  schema: typeDefs,
  resolvers,
  // They replace the resolvers of the same fields.
  loaders: env.DATALOADER ? {} : loaders,
  jit: env.JIT ? 1 : 0,
  context: (request) => {
    const calls = createCalls(request.headers.authorization);
    return { calls, loaders: createLoaders(calls) };
  },
});

await app.listen({ port, host });
printListening(app.server.address());
