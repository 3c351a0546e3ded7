// graphql-js's `getVariableValues` by other means: how a type's values are taken is worked out once. A bulk holds thousands.
import {
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  typeFromAST,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

/** What is not plainly right. graphql-js is asked then: it says what is wrong, or takes it all the same. */
const UNCLEAR = Symbol('unclear');
/** What a value becomes, or UNCLEAR. */
type Coerce = (value: unknown) => unknown;
type Values = Readonly<Record<string, unknown>>;

interface Variable {
  readonly name: string;
  readonly coerce: Coerce;
  /** What it is where it is not given: undefined, or UNCLEAR. */
  readonly otherwise: unknown;
}

/** Of one operation. */
interface Variables {
  readonly schema: GraphQLSchema;
  readonly list: readonly Variable[];
}

/** As long as their documents are kept. */
const variablesOf = new WeakMap<OperationDefinitionNode, Variables>();
/** As long as their schemas are. */
const coercersOf = new WeakMap<GraphQLInputObjectType, Coerce>();

/** Answers as `getVariableValues` does. */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  inputs: Values,
  options: { readonly maxErrors: number },
): ReturnType<typeof getVariableValues> {
  let variables = variablesOf.get(operation);
  if (variables?.schema !== schema) {
    variables = { schema, list: readDefinitions(schema, operation) };
    variablesOf.set(operation, variables);
  }
  const coerced: [string, unknown][] = [];
  for (const { name, coerce, otherwise } of variables.list) {
    const value = Object.hasOwn(inputs, name) ? coerce(inputs[name]) : otherwise;
    if (value === UNCLEAR) {
      return getVariableValues(schema, operation.variableDefinitions ?? [], inputs, options);
    }
    if (value !== undefined) coerced.push([name, value]);
  }
  return { coerced: Object.fromEntries(coerced) };
}

function readDefinitions(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): readonly Variable[] {
  return variableDefinitions.map(({ variable, type: node, defaultValue }) => {
    const type = typeFromAST(schema, node);
    const isPlain = isInputType(type) && !isNonNullType(type) && defaultValue === undefined;
    return {
      name: variable.name.value,
      coerce: isInputType(type) ? coercerOf(type) : () => UNCLEAR,
      otherwise: isPlain ? undefined : UNCLEAR,
    };
  });
}

function coercerOf(type: GraphQLInputType): Coerce {
  if (isNonNullType(type)) return unlessNull(coercerOf(type.ofType), UNCLEAR);
  if (isListType(type)) return unlessNull(listOf(coercerOf(type.ofType)), null);
  if (isInputObjectType(type)) {
    let known = coercersOf.get(type);
    if (known === undefined) coercersOf.set(type, (known = unlessNull(objectOf(type), null)));
    return known;
  }
  const leaf = (value: unknown) => {
    try {
      const parsed: unknown = type.parseValue(value);
      return parsed === undefined ? UNCLEAR : parsed;
    } catch {
      return UNCLEAR;
    }
  };
  return unlessNull(leaf, null);
}

/** What is left out counts as null here: whoever calls has seen to it. */
function unlessNull(coerce: Coerce, otherwise: unknown): Coerce {
  return (value) => (value == null ? otherwise : coerce(value));
}

function listOf(coerce: Coerce): Coerce {
  return (value) => {
    if (!Array.isArray(value)) return UNCLEAR;
    const items = value.map(coerce);
    return items.includes(UNCLEAR) ? UNCLEAR : items;
  };
}

function objectOf(type: GraphQLInputObjectType): Coerce {
  // Types may lead back to themselves, so those of the fields are looked at when a value is there.
  let fields: readonly (readonly [name: string, coerce: Coerce, otherwise: unknown])[] | null = null;
  const readFields = () =>
    Object.values(type.getFields()).map((field) => {
      const isNeeded = isNonNullType(field.type) && field.defaultValue === undefined;
      return [field.name, coercerOf(field.type), isNeeded ? UNCLEAR : field.defaultValue] as const;
    });
  return (value) => {
    if (typeof value !== 'object' || Array.isArray(value) || type.isOneOf) return UNCLEAR;
    const given = value as Values;
    const coerced: Record<string, unknown> = {};
    let unknown = Object.keys(given).length;
    for (const [name, coerce, otherwise] of (fields ??= readFields())) {
      const isGiven = given[name] !== undefined;
      if (isGiven) unknown -= 1;
      const each = isGiven ? coerce(given[name]) : otherwise;
      if (each === UNCLEAR) return UNCLEAR;
      if (each !== undefined) coerced[name] = each;
    }
    return unknown === 0 ? coerced : UNCLEAR;
  };
}
