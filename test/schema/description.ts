// The fixed lines of a description: `- Source: …`, `- Cost: …` and their like, each by its name.
import { isInterfaceType, isObjectType, type GraphQLField, type GraphQLSchema } from 'graphql';

export interface DescribedField {
  /** Its schema coordinate: `Profile.phone`. */
  readonly coordinate: string;
  readonly field: GraphQLField<unknown, unknown>;
  readonly lines: Readonly<Record<string, string>>;
}

/** The lines of a description, those that go on over several lines put together. */
export function linesOf(description: string | null | undefined): Readonly<Record<string, string>> {
  const items = [...(description ?? '').matchAll(/^- ([\w ]+): (.*(?:\n {2}.*)*)$/gm)];
  return Object.fromEntries(items.map(([, name = '', text = '']) => [name, text.replaceAll(/\s+/g, ' ')]));
}

/** All fields that can be selected, with what their descriptions say. What is the federation router's alone has none. */
export function describedFields(schema: GraphQLSchema): DescribedField[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) || isInterfaceType(type))
    .filter(({ name }) => !name.startsWith('_'))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ name }) => !name.startsWith('_'))
        .map((field) => ({
          coordinate: `${type.name}.${field.name}`,
          field,
          lines: linesOf(field.description),
        })),
    );
}
