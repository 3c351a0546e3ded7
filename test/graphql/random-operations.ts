// Operations that are valid for a schema and otherwise as odd as they come: merged selections, fragments within fragments, conditions,
// and variables that may be missing or wrong.
import fc from 'fast-check';
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isUnionType,
  parse,
  validate,
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import { createRandom, type Random } from './random.js';

export type VariableValues = Readonly<Record<string, unknown>>;

export interface RandomOperation {
  readonly document: DocumentNode;
  /** Two ways to run it. */
  readonly variables: readonly [VariableValues, VariableValues];
  readonly [fc.toStringMethod]: () => string;
}

/** With variables written `$v<index of type>_<n>`, which tells their types. */
interface Parts {
  readonly isMutation: boolean;
  readonly root: string;
  readonly fragments: readonly string[];
}

export function randomOperation(schema: GraphQLSchema, leaves: Readonly<Record<string, readonly unknown[]>>) {
  const composites = Object.values(schema.getTypeMap()).filter(isCompositeType);
  const fragmentTypes = composites.filter(({ name }) => !name.startsWith('__'));
  const inputTypes: string[] = ['Boolean!', 'Boolean'];
  const memo = new Map<string, fc.Arbitrary<string>>();

  function variableOf(type: string, n: number): string {
    if (!inputTypes.includes(type)) inputTypes.push(type);
    return `$v${inputTypes.indexOf(type)}_${n}`;
  }

  /** A literal, perhaps with variables in it. */
  function literalOf(type: GraphQLInputType, random: Random, depth = 0): string {
    if (random.chance(0.25)) return variableOf(String(type), random.below(2));
    if (isNonNullType(type))
      return literalOf(type.ofType, random, depth).replace(/^null$/, fallback(type.ofType));
    if (random.chance(0.1)) return 'null';
    if (isListType(type)) {
      const items = Array.from({ length: random.below(3) }, () => literalOf(type.ofType, random, depth + 1));
      return `[${items.join(', ')}]`;
    }
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter((field) => {
        const isRequired = isNonNullType(field.type) && field.defaultValue === undefined;
        return isRequired || (depth < 3 && random.chance(0.4));
      });
      const some = type.isOneOf ? Object.values(type.getFields()).slice(0, 1) : fields;
      return `{${some.map((field) => `${field.name}: ${literalOf(field.type, random, depth + 1)}`).join(', ')}}`;
    }
    return isEnumType(type)
      ? random.pick(type.getValues()).name
      : JSON.stringify(random.pick(leaves[type.name] ?? ['x']));
  }

  function fallback(type: GraphQLInputType): string {
    if (isListType(type)) return '[]';
    if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
    return isInputObjectType(type) ? '{}' : JSON.stringify((leaves[getNamedType(type).name] ?? ['x'])[0]);
  }

  /** The same for every field of the name and number, so that selections with one key can be merged. */
  function callOf({ name, args }: GraphQLField<unknown, unknown>, n: number): string {
    const random = createRandom(`${name}${n}`);
    const given = args.filter(({ type, defaultValue }) => {
      const isRequired = isNonNullType(type) && defaultValue === undefined;
      return isRequired || (n > 0 && random.chance(0.7));
    });
    const list = given.map((arg) => `${arg.name}: ${literalOf(arg.type, random)}`).join(', ');
    const key = n === 0 ? '' : n === 3 && name.length % 5 === 0 ? '__proto__: ' : `${name}_${n}: `;
    return `${key}${name}${list === '' ? '' : `(${list})`}`;
  }

  const condition = fc.oneof(
    { weight: 6, arbitrary: fc.constant('') },
    {
      weight: 1,
      arbitrary: fc
        .record({
          directive: fc.constantFrom('@skip', '@include'),
          value: fc.constantFrom(
            'true',
            'false',
            variableOf('Boolean!', 0),
            variableOf('Boolean!', 1),
            variableOf('Boolean', 0),
          ),
        })
        .map(({ directive, value }) => ` ${directive}(if: ${value})`),
    },
  );

  function selectionsOf(
    type: GraphQLCompositeType,
    depth: number,
    fragments: readonly string[],
  ): fc.Arbitrary<string> {
    const key = `${type.name} ${depth} ${fragments.join()}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const made = fc
      .array(selectionOf(type, depth, fragments), { minLength: 1, maxLength: depth > 3 ? 6 : 4 })
      .map((list) => `{ ${list.join(' ')} }`);
    memo.set(key, made);
    return made;
  }

  function selectionOf(
    type: GraphQLCompositeType,
    depth: number,
    fragments: readonly string[],
  ): fc.Arbitrary<string> {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const fit = fields.filter((field) => depth > 0 || !isCompositeType(getNamedType(field.type)));
    const fieldOf = (field: GraphQLField<unknown, unknown>) => {
      const below = getNamedType(field.type);
      const sub = isCompositeType(below) ? selectionsOf(below, depth - 1, fragments) : fc.constant('');
      return fc
        .record({ n: fc.nat(3), condition, sub })
        .map(({ n, condition, sub }) => `${callOf(field, n)}${condition} ${sub}`);
    };
    const near = composites.filter((each) => overlaps(each, type) && !each.name.startsWith('__'));
    const inline = fc
      .constantFrom(null, ...near)
      .chain((on) =>
        fc
          .record({ condition, sub: selectionsOf(on ?? type, depth - 1, fragments) })
          .map(({ condition, sub }) => `...${on === null ? '' : ` on ${on.name}`}${condition} ${sub}`),
      );
    const spreads = fragments.filter((name) => {
      const on = schema.getType(name.replace(/^F\d+_/, ''));
      return isCompositeType(on) && overlaps(on, type);
    });
    const choices: fc.WeightedArbitrary<string>[] = [
      { weight: 1, arbitrary: condition.map((text) => `__typename${text}`) },
    ];
    if (fit.length > 0) choices.push({ weight: 12, arbitrary: fc.constantFrom(...fit).chain(fieldOf) });
    if (depth > 0 && near.length > 0)
      choices.push({ weight: isAbstractType(type) ? 6 : 2, arbitrary: inline });
    if (spreads.length > 0) {
      const spread = fc
        .tuple(fc.constantFrom(...spreads), condition)
        .map(([name, text]) => `...${name}${text}`);
      choices.push({ weight: 4, arbitrary: spread });
    }
    return fc.oneof(...choices);
  }

  function overlaps(left: GraphQLCompositeType, right: GraphQLCompositeType): boolean {
    const possible = (type: GraphQLCompositeType) =>
      isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
    return possible(left).some((type) => possible(right).includes(type));
  }

  const parts: fc.Arbitrary<Parts> = fc
    .record({
      isMutation: fc.constantFrom(false, false, false, true),
      on: fc.array(fc.constantFrom(...fragmentTypes), { maxLength: 4 }),
    })
    .chain(({ isMutation, on }) => {
      const names = on.map((type, i) => `F${i}_${type.name}`);
      const root = (isMutation ? schema.getMutationType() : schema.getQueryType()) as GraphQLCompositeType;
      return fc.record({
        isMutation: fc.constant(isMutation),
        root: selectionsOf(root, 4, names),
        // Each may spread those before it.
        fragments: fc.tuple(
          ...on.map((type, i) =>
            selectionsOf(type, 2, names.slice(0, i)).map(
              (body) => `fragment F${i}_${type.name} on ${type.name} ${body}`,
            ),
          ),
        ),
      });
    });

  return parts
    .chain(({ isMutation, root, fragments }) => {
      const used = new Set<string>();
      let body = root;
      // Fragments that nobody spreads are not valid.
      for (let size = -1; size !== used.size;) {
        size = used.size;
        for (const [name = ''] of body.matchAll(/(?<=\.\.\.)F\d+_\w+/g)) used.add(name);
        body = [root, ...fragments.filter((text) => used.has(text.split(' ')[1] ?? ''))].join('\n');
      }
      const names = [...new Set([...body.matchAll(/\$v\d+_\d+/g)].map(([name]) => name))].sort();
      const typeOf = (name: string) => inputTypes[Number(/\d+/.exec(name)?.[0])] ?? '';
      const declared = names.map(
        (name) => `${name}: ${typeOf(name)}${typeOf(name) === 'Boolean' ? ' = true' : ''}`,
      );
      const text = `${isMutation ? 'mutation' : 'query'} Q${declared.length === 0 ? '' : `(${declared.join(', ')})`} ${body}`;
      const values = fc
        .record(Object.fromEntries(names.map((name) => [name.slice(1), valueOf(typeOf(name), leaves)])))
        .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));
      return fc.tuple(values, values).map((variables): RandomOperation => {
        const toText = () => `${text}\n${variables.map((each) => JSON.stringify(each)).join('\n')}`;
        return { document: parse(text), variables, [fc.toStringMethod]: toText };
      });
    })
    .filter(({ document }) => validate(schema, document).length === 0);
}

/** Mostly of the type. */
function valueOf(type: string, leaves: Readonly<Record<string, readonly unknown[]>>): fc.Arbitrary<unknown> {
  const one = fc.constantFrom(...(leaves[type.replaceAll(/[[\]!]/g, '')] ?? [{}]));
  const right = type.startsWith('[') ? fc.array(one, { maxLength: 3 }) : one;
  const wrong = fc.constantFrom<unknown>(undefined, null, { wrong: true }, [[[]]], -1.5, 'wrong');
  return fc.oneof({ weight: 40, arbitrary: right }, { weight: 1, arbitrary: wrong });
}
