// What an operation asks of the schema, found out once: its fields, by which resolvers, and how their values are completed. A plan is
// made of closures, and is only as deep as the answers have been so far.
import {
  defaultFieldResolver,
  defaultTypeResolver,
  getArgumentValues,
  GraphQLBoolean,
  GraphQLError,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  isAbstractType,
  isLeafType,
  isNonNullType,
  isObjectType,
  isScalarType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import {
  coordinateOf,
  fillList,
  fillObject,
  pathOf,
  proceed,
  type Complete,
  type Field,
  type Holder,
  type Key,
  type Place,
  type Run,
  type Selection,
  type Slot,
} from './run.js';

const NO_ARGUMENTS = Object.freeze({});
const NO_INFO = undefined as unknown as GraphQLResolveInfo;

export interface PlanOptions {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Values of the variables that `@skip` and `@include` may ask for. */
  readonly conditions: Record<string, unknown>;
  /** Told how many fields have been planned, whenever the plan grows. */
  readonly onGrowth: (fields: number) => void;
}

/** What the operation selects of its root type; throws a GraphQLError where there is no such type, or a condition has no value. */
export function planOperation(options: PlanOptions): Selection {
  const { schema, document, operation, conditions, onGrowth } = options;
  const fragments = Object.create(null) as Record<string, FragmentDefinitionNode>;
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node;
  }
  /** By their first node: a field is planned once, however often its fragments are spread. */
  const planned = new Map<FieldNode, Field[]>();
  const rootType = schema.getRootType(operation.operation);
  if (rootType == null) {
    const message = `Schema is not configured to execute ${operation.operation} operation.`;
    throw new GraphQLError(message, { nodes: operation });
  }
  return select(rootType, collectFields(schema, fragments, conditions, rootType, operation.selectionSet));

  function select(type: GraphQLObjectType, nodesByKey: ReadonlyMap<string, readonly FieldNode[]>): Selection {
    const fields = [...nodesByKey].flatMap(([key, nodes]) => fieldOf(type, key, nodes) ?? []);
    onGrowth(fields.length);
    return { fields, isBare: fields.some(({ key }) => key === '__proto__') };
  }

  function fieldOf(parentType: GraphQLObjectType, key: string, nodes: readonly FieldNode[]): Field | null {
    const [node] = nodes as readonly [FieldNode];
    const alike = planned.get(node) ?? [];
    const known = alike.find(({ place }) => place.parentType === parentType && areSame(place.nodes, nodes));
    const definition = definitionOf(parentType, node.name.value);
    if (known !== undefined || definition === undefined) return known ?? null;
    const place = { parentType, definition, nodes };
    const { isNonNull, shownAsIs, read, complete } = slotOf(
      place,
      definition.type,
      readerOf(place, key, node),
    );
    // Written out, since what is spread into objects is slow to read from.
    const field = { place, isNonNull, shownAsIs, read, complete, key };
    planned.set(node, [...alike, field]);
    return field;
  }

  function definitionOf(type: GraphQLObjectType, name: string): Place['definition'] | undefined {
    if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
    const isQuery = type === schema.getQueryType();
    if (isQuery && name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (isQuery && name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    return type.getFields()[name];
  }

  function readerOf(place: Place, key: string, node: FieldNode): Slot['read'] {
    const { parentType, definition } = place;
    const { name, resolve = defaultFieldResolver } = definition;
    if (definition === TypeNameMetaFieldDef) return () => parentType.name;
    const argumentsOf = (run: Run): object => {
      if (definition.args.length === 0) return NO_ARGUMENTS;
      const args = run.args.get(place) ?? getArgumentValues(definition, node, run.variableValues);
      run.args.set(place, args);
      return args;
    };
    if (resolve === defaultFieldResolver) {
      return (source, holder) => {
        const args = argumentsOf(holder.run);
        if (source === null || (typeof source !== 'object' && typeof source !== 'function')) return undefined;
        const value = (source as Readonly<Record<string, unknown>>)[name];
        if (typeof value !== 'function') return value;
        return value.call(source, args, holder.run.contextValue, infoOf(place, holder, key)) as unknown;
      };
    }
    const takesInfo = mayTake(4, resolve);
    return (source, holder) => {
      const info = takesInfo ? infoOf(place, holder, key) : NO_INFO;
      return resolve(source, argumentsOf(holder.run), holder.run.contextValue, info);
    };
  }

  function infoOf(place: Place, holder: Holder, key: Key): GraphQLResolveInfo {
    const { parentType, definition, nodes } = place;
    // An item's type is found out in the name of the field.
    if (typeof key === 'number' && holder.parent !== null) return infoOf(place, holder.parent, holder.key);
    return {
      fieldName: definition.name,
      fieldNodes: nodes,
      returnType: definition.type,
      parentType,
      path: pathOf(holder, key, place),
      schema,
      fragments,
      rootValue: holder.run.rootValue,
      operation,
      variableValues: holder.run.variableValues,
    };
  }

  function slotOf(place: Place, type: GraphQLOutputType, read: Slot['read']): Slot {
    const isNonNull = isNonNullType(type);
    const nullable = isNonNull ? type.ofType : type;
    const complete = completerOf(place, nullable);
    return { place, isNonNull, shownAsIs: shownAsIs(nullable), read, complete };
  }

  function completerOf(place: Place, type: GraphQLOutputType): Complete {
    if (isLeafType(type)) return leafCompleter(type);
    if (isAbstractType(type)) return abstractCompleter(place, type);
    if (isObjectType(type)) return objectCompleter(place, type);
    const item = slotOf(place, type.ofType as GraphQLOutputType, (item) => item);
    return (slot, value, holder, key) => {
      if (isIterable(value)) return fillList(slot, value, holder, key, item);
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${coordinateOf(place)}".`);
    };
  }

  function objectCompleter(place: Place, type: GraphQLObjectType): Complete {
    let selection: Selection | undefined;
    const selected = () =>
      (selection ??= select(type, collectSubfields(schema, fragments, conditions, type, place.nodes)));
    const fill: Complete = (slot, value, holder, key) => fillObject(slot, value, holder, key, selected());
    const { isTypeOf } = type;
    if (isTypeOf == null) return fill;
    return (slot, value, holder, key) => {
      // A condition without a value fails before it is asked what the value is.
      selected();
      const isOfType = isTypeOf(value, holder.run.contextValue, infoOf(place, holder, key));
      return proceed(slot, isOfType, holder, key, (_slot, isOfType) => {
        if (isOfType) return fill(slot, value, holder, key);
        throw new TypeError(`A value of "${coordinateOf(place)}" is not of type "${type.name}".`);
      });
    };
  }

  function abstractCompleter(place: Place, type: GraphQLAbstractType): Complete {
    const resolveType = type.resolveType ?? defaultTypeResolver;
    const takesInfo = mayTake(3, resolveType);
    const completers = new Map<unknown, Complete>();
    return (slot, value, holder, key) => {
      const info = takesInfo ? infoOf(place, holder, key) : NO_INFO;
      const typeName = resolveType(value, holder.run.contextValue, info, type);
      return proceed(slot, typeName, holder, key, (_slot, typeName) => {
        const complete =
          completers.get(typeName) ?? objectCompleter(place, possibleType(type, typeName, place));
        completers.set(typeName, complete);
        return complete(slot, value, holder, key);
      });
    };
  }

  function possibleType(abstract: GraphQLAbstractType, name: unknown, place: Place): GraphQLObjectType {
    const type = typeof name === 'string' ? schema.getType(name) : undefined;
    if (isObjectType(type) && schema.isSubType(abstract, type)) return type;
    const told = typeof name === 'string' ? `"${name}"` : typeof name;
    throw new TypeError(`A value of "${coordinateOf(place)}" is of no type of "${abstract.name}": ${told}.`);
  }
}

function areSame(left: readonly FieldNode[], right: readonly FieldNode[]): boolean {
  return left.length === right.length && left.every((node, i) => node === right[i]);
}

/** By its formal parameters; without any, a function may look at its arguments by other means. */
function mayTake(parameters: number, { length }: { readonly length: number }): boolean {
  return length >= parameters || length === 0;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return (
    typeof value === 'object' && typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function'
  );
}

/** What these scalars would make of such values is the same. */
function shownAsIs(type: GraphQLOutputType): Slot['shownAsIs'] {
  switch (isScalarType(type) ? type.serialize : null) {
    case GraphQLString.serialize:
    case GraphQLID.serialize:
      return 'string';
    case GraphQLBoolean.serialize:
      return 'boolean';
    default:
      return null;
  }
}

function leafCompleter(type: GraphQLLeafType): Complete {
  const serialize = (value: unknown): unknown => {
    const shown: unknown = type.serialize(value);
    if (shown == null) throw new TypeError(`Type "${type.name}" makes nothing of a value.`);
    return shown;
  };
  if (type !== GraphQLInt) return (_slot, value) => serialize(value);
  return (_slot, value) => (typeof value === 'number' && (value | 0) === value ? value : serialize(value));
}
