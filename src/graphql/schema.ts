// The executable schema: the SDL of schema/, the resolvers, and the gate before what only a federation router may ask.
import { readdirSync, readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { concatAST, defaultFieldResolver, parse, type GraphQLSchema } from 'graphql';
import { GraphQLDateTime, GraphQLEmailAddress, GraphQLJSON, GraphQLJSONObject } from 'graphql-scalars';
import { GatewayError } from '../errors.js';
import type { GraphQLContext } from './context.js';
import type { Resolvers } from './generated/resolvers.js';
import { Backend } from './resolvers/Backend.js';
import { MindAccount } from './resolvers/MindAccount.js';
import { OmnivibeAccount } from './resolvers/OmnivibeAccount.js';
import { Presence } from './resolvers/Presence.js';
import { Profile } from './resolvers/Profile.js';
import { ProfileAccount } from './resolvers/ProfileAccount.js';
import { ProfileConnection } from './resolvers/ProfileConnection.js';
import { Query } from './resolvers/Query.js';
import { Settings } from './resolvers/Settings.js';
import { V2Account } from './resolvers/V2Account.js';

const SDL_FOLDER = new URL('../../schema/', import.meta.url);

const resolvers: Resolvers = {
  Backend,
  DateTime: GraphQLDateTime,
  EmailAddress: GraphQLEmailAddress,
  JSON: GraphQLJSON,
  JSONObject: GraphQLJSONObject,
  MindAccount,
  OmnivibeAccount,
  Presence,
  Profile,
  ProfileAccount,
  ProfileConnection,
  Query,
  Settings,
  V2Account,
};

export function createSchema(): GraphQLSchema {
  const files = readdirSync(SDL_FOLDER).filter((name) => name.endsWith('.graphql'));
  const typeDefs = concatAST(files.map((name) => parse(readFileSync(new URL(name, SDL_FOLDER), 'utf8'))));
  // Always a list: for a single document 2.15 fails.
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: resolvers as Record<string, never> }]);
  for (const name of ['_service', '_entities']) guardRouterField(schema, name);
  return schema;
}

/** The subgraph's own fields show the whole schema and resolve any number of people: they are the router's alone. */
function guardRouterField(schema: GraphQLSchema, name: string): void {
  const field = schema.getQueryType()?.getFields()[name];
  if (field === undefined) return;
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (root, args, context: GraphQLContext, info): unknown => {
    if (context.isRouterTrusted) return resolve(root, args, context, info);
    throw new GatewayError(
      'FORBIDDEN',
      `${name} is open to the federation router only: send x-router-secret.`,
    );
  };
}
