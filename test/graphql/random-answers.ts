// Resolvers that do everything a resolver can do, and do it again for the same seed: values, nulls, errors returned and thrown, promises that
// settle early, late or not well, lists with all of it, and values of the wrong kind.
import {
  getNullableType,
  GraphQLError,
  GraphQLList,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isInterfaceType,
  isObjectType,
  responsePathAsArray,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import { createRandom, type Random } from './random.js';

export interface RandomContext {
  readonly seed: number;
  /** Without promises the order of everything is certain. */
  readonly isSync: boolean;
  /** What resolvers were told. */
  readonly calls: string[];
}

const ID = Symbol('id');
interface Source {
  readonly [ID]: string;
}

export type Leaves = Readonly<Record<string, readonly unknown[]>>;

/** Gives every field of the schema's own types such a resolver, or none: then objects have getters and methods for it. */
export function answerAtRandom(schema: GraphQLSchema, leaves: Leaves): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) {
      const kind = createRandom(type.name).below(3);
      if (kind === 0) delete (type as { resolveType?: unknown }).resolveType;
      else
        type.resolveType = (value: Source, context: RandomContext, info) => {
          const random = createRandom(`${context.seed} type of ${value[ID]}`);
          if (kind === 2) context.calls.push(`type ${value[ID]} ${told(info)}`);
          const name = random.chance(0.03) ? random.pick(['Query', 'Nothing', 'Int']) : typenameOf(value);
          if (random.chance(0.02)) throw new Error(`no type for ${value[ID]}`);
          return random.chance(0.3) && !context.isSync ? Promise.resolve(name) : name;
        };
    }
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    if (createRandom(`${type.name} is`).chance(0.3)) {
      type.isTypeOf = (value: Source, context: RandomContext) => {
        const random = createRandom(`${context.seed} is ${type.name} ${value[ID]}`);
        const isOfType = typenameOf(value) === type.name && !random.chance(0.02);
        return random.chance(0.3) && !context.isSync ? Promise.resolve(isOfType) : isOfType;
      };
    } else delete (type as { isTypeOf?: unknown }).isTypeOf;
    for (const field of Object.values(type.getFields())) {
      const answer = (source: Source | undefined, args: object, context: RandomContext) => {
        const id = `${source?.[ID] ?? ''}.${field.name}${JSON.stringify(args)}`;
        return valueOf(field.type, id, context, createRandom(`${context.seed} ${id}`), true);
      };
      const kind = kindOf(type, field.name);
      if (kind === 'resolver') field.resolve = answer;
      else if (kind === 'informed') {
        field.resolve = (source: Source | undefined, args: object, context: RandomContext, info) => {
          context.calls.push(`${source?.[ID] ?? ''}.${field.name} ${told(info)}`);
          return answer(source, args, context);
        };
      } else delete field.resolve;
    }
  }

  function valueOf(
    type: GraphQLOutputType,
    id: string,
    context: RandomContext,
    random: Random,
    mayThrow: boolean,
  ): unknown {
    const way = random.below(100);
    if (way < 3) return null;
    if (way < 5) return undefined;
    if (way < 8) return failureOf(id, random);
    if (way < 10 && mayThrow) throw failureOf(id, random, true);
    if (way < 40 && !context.isSync) {
      const isRejected = way < 12;
      const value = isRejected ? failureOf(id, random, true) : rightOf(type, id, context, random);
      const settle = async () => {
        if (isRejected) throw value;
        return Promise.resolve(value);
      };
      const turns = random.below(4);
      if (random.chance(0.1))
        return { then: (...handlers: Parameters<Promise<unknown>['then']>) => settle().then(...handlers) };
      return turns === 0 ? settle() : after(turns).then(settle);
    }
    return rightOf(type, id, context, random);
  }

  function rightOf(type: GraphQLOutputType, id: string, context: RandomContext, random: Random): unknown {
    if (isNonNullType(type)) return rightOf(type.ofType, id, context, random);
    if (isListType(type)) {
      if (random.chance(0.02)) return random.pick<unknown>(['no list', 1, {}, true]);
      // Where an item takes the whole list with it, graphql-js leaves the promises of others unhandled unless all are promises.
      const arePromises = isNonNullType(type.ofType) && !context.isSync;
      const items = Array.from({ length: random.below(4) }, (_, i) => {
        const item = valueOf(type.ofType, `${id}[${i}]`, context, random, false);
        return arePromises ? Promise.resolve(item) : item;
      });
      return random.chance(0.1) ? { [Symbol.iterator]: () => items[Symbol.iterator]() } : items;
    }
    if (isLeafType(type)) {
      const right = leaves[type.name] ?? ['x'];
      return random.chance(0.04)
        ? random.pick<unknown>([Symbol('wrong'), {}, Number.NaN, [[1]], 'wrong', 1.5])
        : random.pick(right);
    }
    if (random.chance(0.01)) return random.pick<unknown>([1, 'text', []]);
    const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
    return sourceOf(random.pick(possible), id, context);
  }

  /** An object with a property for each field that has no resolver. */
  function sourceOf(type: GraphQLObjectType, id: string, context: RandomContext): Source {
    const source = { [ID]: id, __typename: type.name };
    for (const field of Object.values(type.getFields())) {
      const kind = kindOf(type, field.name);
      const answer = (args: object) => {
        const full = `${id}.${field.name}${JSON.stringify(args)}`;
        return valueOf(field.type, full, context, createRandom(`${context.seed} ${full}`), true);
      };
      if (kind === 'property') Object.defineProperty(source, field.name, { get: () => answer({}) });
      if (kind === 'method') {
        const value = (args: object, given: RandomContext, info: GraphQLResolveInfo) => {
          if (given !== context) throw new Error('wrong context');
          context.calls.push(`${id}.${field.name} ${told(info)}`);
          return answer(args);
        };
        Object.defineProperty(source, field.name, { value });
      }
    }
    return source;
  }
}

function kindOf(type: GraphQLObjectType, field: string): 'resolver' | 'informed' | 'property' | 'method' {
  const isRoot = ['Query', 'Mutation'].includes(type.name);
  const random = createRandom(`${type.name}.${field}`);
  return isRoot
    ? random.pick(['resolver', 'informed'])
    : random.pick(['resolver', 'informed', 'property', 'method']);
}

function typenameOf(value: unknown): string | undefined {
  return (value as { readonly __typename?: string }).__typename;
}

function failureOf(id: string, random: Random, isThrown = false) {
  if (isThrown && random.chance(0.15))
    return random.pick<unknown>(['a text', undefined, null, { an: 'object' }]);
  const message = `failed: ${id}`;
  return random.chance(0.3) ? new GraphQLError(message, { extensions: { code: 'ODD' } }) : new Error(message);
}

function told(info: GraphQLResolveInfo): string {
  const {
    fieldName,
    fieldNodes,
    returnType,
    parentType,
    path,
    fragments,
    operation,
    variableValues,
    rootValue,
  } = info;
  const typenames: unknown[] = [];
  for (let at: GraphQLResolveInfo['path'] | undefined = path; at !== undefined; at = at.prev)
    typenames.push(at.typename);
  const nodes = fieldNodes.map(({ loc }) => loc?.start);
  const rest = [
    nodes,
    Object.keys(fragments),
    operation.loc?.end,
    variableValues,
    rootValue,
    typenames,
    Object.keys(info),
  ];
  return `${parentType.name}.${fieldName}: ${String(returnType)} at ${responsePathAsArray(path).join('/')} ${JSON.stringify(rest)}`;
}

async function after(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise(setImmediate);
}

/** Makes all answers nullable, so that every error is told and none takes others with it. */
export function makeLenient(schema: GraphQLSchema): void {
  const lenient = (type: GraphQLOutputType): GraphQLOutputType => {
    const nullable = getNullableType(type);
    return isListType(nullable) ? new GraphQLList(lenient(nullable.ofType)) : nullable;
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue;
    for (const field of Object.values(type.getFields())) field.type = lenient(field.type);
  }
}
