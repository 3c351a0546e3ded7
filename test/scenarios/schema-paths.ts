// Every way from a field down to a value, read off the schema itself.
import {
  getNamedType,
  GraphQLList,
  GraphQLNonNull,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';

export interface SchemaPath {
  /** Names of the fields, with the type's in brackets where a fragment leads to it: `accounts.[V2Account].username`. */
  readonly path: string;
  /** Schema coordinates of the fields on the way: `Profile.accounts`, `V2Account.username`. */
  readonly coordinates: readonly string[];
  /** Fields with their arguments, and fragments, from the outside in. */
  readonly steps: readonly string[];
  readonly isThroughList: boolean;
}

/** What a field is given by its schema coordinate, e.g. `(first: 100)`; those that need some must be given some. */
export type Arguments = Readonly<Record<string, string>>;

const DEFAULT_ARGUMENTS: Arguments = { 'Presence.canTake': '(channel: CHAT)' };

/** All paths from a type down to its values; a type is not entered a second time on one way. */
export function pathsBelow(schema: GraphQLSchema, typeName: string, args: Arguments = {}): SchemaPath[] {
  const type = schema.getType(typeName);
  if (type === undefined) throw new RangeError(`no type ${typeName}`);
  return below(schema, type, { ...DEFAULT_ARGUMENTS, ...args }, []);
}

/** The one selection that reads all these values. */
export function selectionOf(ways: readonly Pick<SchemaPath, 'steps'>[]): string {
  const inner = new Map<string, Pick<SchemaPath, 'steps'>[]>();
  for (const { steps } of ways) {
    const [first, ...rest] = steps;
    if (first !== undefined) inner.set(first, [...(inner.get(first) ?? []), { steps: rest }]);
  }
  const parts = [...inner].map(([step, rest]) => `${step} ${selectionOf(rest)}`.trim());
  return parts.length === 0 ? '' : `{ ${parts.join(' ')} }`;
}

function below(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  args: Arguments,
  entered: readonly string[],
): SchemaPath[] {
  if (entered.includes(type.name)) return [];
  const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
  const own = fields.flatMap((field) => ofField(schema, type, field, args, [...entered, type.name]));
  if (!isAbstractType(type)) return own;
  const shared = fields.map(({ name }) => name);
  const ofMembers = schema.getPossibleTypes(type).flatMap((member) =>
    below(schema, member, args, entered)
      .filter(({ path }) => !shared.includes(path.split('.')[0] ?? ''))
      .map((way) => ({
        ...way,
        path: `[${member.name}].${way.path}`,
        steps: [`... on ${member.name}`, ...way.steps],
      })),
  );
  return [...own, ...ofMembers];
}

function ofField(
  schema: GraphQLSchema,
  parent: GraphQLNamedType,
  field: GraphQLField<unknown, unknown>,
  args: Arguments,
  entered: readonly string[],
): SchemaPath[] {
  const coordinate = `${parent.name}.${field.name}`;
  const call = `${field.name}${args[coordinate] ?? ''}`;
  if (args[coordinate] === undefined && field.args.some(isRequiredArgument))
    throw new RangeError(`${coordinate} needs arguments: name some`);
  const type = getNamedType(field.type);
  const here = { path: field.name, coordinates: [coordinate], isThroughList: isList(field.type) };
  if (isLeafType(type)) return [{ ...here, steps: [call] }];
  return below(schema, type, args, entered).map((way) => ({
    path: `${field.name}.${way.path}`,
    coordinates: [coordinate, ...way.coordinates],
    steps: [call, ...way.steps],
    isThroughList: here.isThroughList || way.isThroughList,
  }));
}

function isList(type: GraphQLOutputType): boolean {
  return type instanceof GraphQLNonNull
    ? isList(type.ofType as GraphQLOutputType)
    : type instanceof GraphQLList;
}
