// The executable schema: the SDL of schema/, the resolvers, and the gate before what only a federation router may ask.
import { readdirSync, readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  concatAST,
  defaultFieldResolver,
  GraphQLScalarType,
  GraphQLString,
  Kind,
  parse,
  type DocumentNode,
  type GraphQLInterfaceType,
  type GraphQLSchema,
} from 'graphql';
import {
  GraphQLByte,
  GraphQLDateTime,
  GraphQLEmailAddress,
  GraphQLJSON,
  GraphQLJSONObject,
} from 'graphql-scalars';
import { z } from 'zod';
import type { AccountOf } from '../domain/profile.js';
import { GatewayError } from '../errors.js';
import type { GraphQLContext } from './context.js';
import type { Resolvers } from './generated/resolvers.js';
import type { Linked } from './mappers.js';
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

/** As it is: the domain writes instants as the package would, which makes a Date of each that is a text again in the answer. */
const DateTime = new GraphQLScalarType({
  ...GraphQLDateTime.toConfig(),
  serialize: GraphQLString.serialize,
});

const MAX_PEOPLE = 500;
/** A person as the router names one, by either key. Other fields are the router's own affair. */
const REPRESENTATION = z.union([
  z
    .object({ __typename: z.literal('Profile'), mindUserId: z.union([z.string(), z.number()]) })
    .transform(({ mindUserId }) => `mind:${mindUserId}`),
  z
    .object({ __typename: z.literal('Profile'), mindUserId: z.null().optional(), id: z.string() })
    .transform(({ id }) => id),
]);

const SDL_FOLDER = new URL('../../schema/', import.meta.url);

const resolvers: Resolvers = {
  Backend,
  BackendOutcome,
  Byte: GraphQLByte,
  DateTime,
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
  showAccounts(schema);
  describeScalars(schema, typeDefs);
  return schema;
}

/** What an account shows of itself, beside what its resolvers find out. */
function showAccounts(schema: GraphQLSchema): void {
  for (const type of schema.getImplementations(schema.getType('ProfileAccount') as GraphQLInterfaceType)
    .objects) {
    for (const field of Object.values(type.getFields())) {
      const name = field.name as keyof AccountOf[keyof AccountOf];
      field.resolve ??= ({ account }: Linked<AccountOf[keyof AccountOf]>) => account[name];
    }
  }
}

/** The scalars' package brings descriptions of its own; schema/ tells what holds here. */
function describeScalars(schema: GraphQLSchema, { definitions }: DocumentNode): void {
  for (const definition of definitions) {
    if (definition.kind !== Kind.SCALAR_TYPE_DEFINITION) continue;
    const scalar = schema.getType(definition.name.value);
    if (scalar !== undefined) scalar.description = definition.description?.value;
  }
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
    if (representations === undefined) return resolve(root, args, context, info);
    const names = representations.map((each) => REPRESENTATION.safeParse(each).data);
    expectFewPeople(names);
    // One by one: the scalar takes any JSON, what resolves it trusts it, and one that is nonsense is nobody else's failure.
    return representations.map((each, i) => {
      if (names[i] === undefined) return notRepresentation();
      return (resolve(root, { representations: [each] }, context, info) as readonly unknown[])[0];
    });
  };
}

/** Some routers send one representation for each place that a person stands in, so people are counted. */
function expectFewPeople(names: readonly (string | undefined)[]): void {
  const people = new Set(names.map((name, i) => name ?? i));
  if (people.size <= MAX_PEOPLE) return;
  const message = `Argument "representations" takes at most ${MAX_PEOPLE} people.`;
  throw new GatewayError('BAD_USER_INPUT', message);
}

function notRepresentation(): GatewayError {
  const message =
    'Argument "representations" takes objects with __typename "Profile" and an id or mindUserId only.';
  return new GatewayError('BAD_USER_INPUT', message);
}
