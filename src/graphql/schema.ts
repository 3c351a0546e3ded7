// The executable schema: the SDL of schema/, the resolvers, and the gate before what only a federation router may ask.
import { readdirSync, readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { concatAST, defaultFieldResolver, parse, type GraphQLSchema } from 'graphql';
import {
  GraphQLByte,
  GraphQLDateTime,
  GraphQLEmailAddress,
  GraphQLJSON,
  GraphQLJSONObject,
} from 'graphql-scalars';
import { z } from 'zod';
import { GatewayError } from '../errors.js';
import type { GraphQLContext } from './context.js';
import type { Resolvers } from './generated/resolvers.js';
import { Backend } from './resolvers/Backend.js';
import { BackendOutcome } from './resolvers/BackendOutcome.js';
import { MindAccount } from './resolvers/MindAccount.js';
import { Mutation } from './resolvers/Mutation.js';
import { OmnivibeAccount } from './resolvers/OmnivibeAccount.js';
import { Presence } from './resolvers/Presence.js';
import { Profile } from './resolvers/Profile.js';
import { ProfileAccount } from './resolvers/ProfileAccount.js';
import { ProfileConnection } from './resolvers/ProfileConnection.js';
import { Query } from './resolvers/Query.js';
import { Settings } from './resolvers/Settings.js';
import { V2Account } from './resolvers/V2Account.js';
import { Viewer } from './resolvers/Viewer.js';

const MAX_REPRESENTATIONS = 500;
/** A person as the router names one, by either key. Other fields are the router's own affair. */
const REPRESENTATION = z.union([
  z.object({ __typename: z.literal('Profile'), mindUserId: z.union([z.string(), z.number()]) }),
  z.object({ __typename: z.literal('Profile'), mindUserId: z.null().optional(), id: z.string() }),
]);

const SDL_FOLDER = new URL('../../schema/', import.meta.url);

const resolvers: Resolvers = {
  Backend,
  BackendOutcome,
  Byte: GraphQLByte,
  DateTime: GraphQLDateTime,
  EmailAddress: GraphQLEmailAddress,
  JSON: GraphQLJSON,
  JSONObject: GraphQLJSONObject,
  MindAccount,
  Mutation,
  OmnivibeAccount,
  Presence,
  Profile,
  ProfileAccount,
  ProfileConnection,
  Query,
  Settings,
  V2Account,
  Viewer,
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
    if (!context.isRouterTrusted) {
      const message = `${name} is open to the federation router only: send x-router-secret.`;
      throw new GatewayError('FORBIDDEN', message);
    }
    const { representations } = args as { readonly representations?: readonly unknown[] };
    if (representations !== undefined) expectRepresentations(representations);
    return resolve(root, args, context, info);
  };
}

/** The scalar of representations takes any JSON, and what resolves them trusts it. */
function expectRepresentations(representations: readonly unknown[]): void {
  if (representations.length > MAX_REPRESENTATIONS) {
    const message = `Argument "representations" takes at most ${MAX_REPRESENTATIONS} items.`;
    throw new GatewayError('BAD_USER_INPUT', message);
  }
  if (!representations.every((each) => REPRESENTATION.safeParse(each).success)) {
    const message =
      'Argument "representations" takes objects with __typename "Profile" and an id or mindUserId only.';
    throw new GatewayError('BAD_USER_INPUT', message);
  }
}
