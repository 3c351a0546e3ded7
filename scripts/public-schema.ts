// The schema as clients see it, without what is the federation router's alone, and what a change of it breaks for them.
import {
  buildClientSchema,
  buildSchema,
  findBreakingChanges,
  findDangerousChanges,
  GraphQLSchema,
  introspectionFromSchema,
  isObjectType,
  parse,
  print,
  printSchema,
  specifiedDirectives,
  visit,
  type ASTNode,
  type ConstDirectiveNode,
} from 'graphql';
import { createSchema } from '../src/graphql/schema.js';

/** Types and fields of the router have a name of their own form: `_Any`, `_entities`, `federation__Scope`, `link__Purpose`. */
const isRouters = (name: string) => /^_(?!_)|\w__/.test(name);

/** The schema as it is served, printed; in the order of the files in schema/. */
export function printPublicSchema({ __schema: seen } = introspectionFromSchema(createSchema())): string {
  const types = seen.types
    .filter(({ name }) => !isRouters(name))
    .map((type) =>
      type.kind === 'OBJECT' ? { ...type, fields: type.fields.filter(({ name }) => !isRouters(name)) } : type,
    );
  const directives = seen.directives.filter((each) =>
    specifiedDirectives.some(({ name }) => name === each.name),
  );
  return printSchema(buildClientSchema({ __schema: { ...seen, types, directives } }));
}

export interface SchemaChanges {
  /** What makes operations fail that worked before, but for what was announced and is due. */
  readonly breaking: readonly string[];
  /** What may surprise clients, such as a new value of an enum. */
  readonly dangerous: readonly string[];
}

/** What has changed for clients between two printed schemas. `today` is a date such as 2027-01-31. */
export function schemaChanges(before: string, after: string, today: string): SchemaChanges {
  const now = buildSchema(after);
  const told = (changes: readonly { readonly description: string }[]) =>
    changes.map(({ description }) => description);
  return {
    breaking: told(findBreakingChanges(withoutDue(before, today), now)),
    dangerous: told(findDangerousChanges(buildSchema(before), now)),
  };
}

/** The schema without what is deprecated until a day that has passed: that may be gone. */
function withoutDue(sdl: string, today: string): GraphQLSchema {
  const dropDue = (node: ASTNode & { readonly directives?: readonly ConstDirectiveNode[] | undefined }) => {
    const reason = node.directives?.find(({ name }) => name.value === 'deprecated')?.arguments?.[0]?.value;
    const [, date] =
      /Removed after (\d{4}-\d{2}-\d{2})/.exec(reason === undefined ? '' : print(reason)) ?? [];
    return date !== undefined && date < today ? null : undefined;
  };
  const left = visit(parse(sdl), {
    FieldDefinition: dropDue,
    InputValueDefinition: dropDue,
    EnumValueDefinition: dropDue,
  });
  const schema = buildSchema(print(left));
  // Types that only such fields have led to may be gone, too.
  return new GraphQLSchema({
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    types: Object.values(schema.getTypeMap()).filter(
      (type) => isObjectType(type) && type.getInterfaces().length > 0,
    ),
  });
}
