import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { astFromValue, isInputType, Kind, parse, print, typeFromAST, visit, type ValueNode } from 'graphql';
import { createSchema } from '../../src/graphql/schema.js';
import { EXAMPLE_OPERATIONS, type ExampleOperation } from '../../src/server/example-operations.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

const schema = createSchema();

/** As the README writes it: without a name, and the variables' values in their places. */
function plain({ document, variables = {} }: ExampleOperation): string {
  const values = new Map<string, ValueNode>();
  const ast = visit(parse(document), {
    OperationDefinition: {
      enter({ variableDefinitions = [] }) {
        for (const { variable, type: node } of variableDefinitions) {
          const type = typeFromAST(schema, node);
          const value = isInputType(type) ? astFromValue(variables[variable.name.value], type) : null;
          if (value) values.set(variable.name.value, value);
        }
      },
      leave: ({ kind, operation, selectionSet }) => ({ kind, operation, selectionSet }),
    },
    Variable: { leave: ({ name }) => values.get(name.value) },
  });
  return print(ast);
}

/** A plan's token is another one each time, so the examples do without. */
function withoutToken(query: string): string {
  return print(
    visit(parse(query), {
      [Kind.OBJECT_FIELD]: { enter: ({ name }) => (name.value === 'ifVersion' ? null : undefined) },
    }),
  );
}

describe('the example operations', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.close());

  it('are the README’s queries and mutations, up to where it leaves the explorers', () => {
    const [start = ''] = readFileSync('README.md', 'utf8').split('\n## Watch the batching\n');
    const shown = [...start.matchAll(/^```graphql\n(.*?)^```$/gms)].map(([, query = '']) => query);
    expect(EXAMPLE_OPERATIONS.map(plain)).toEqual(shown.map(withoutToken));
  });

  it.each(EXAMPLE_OPERATIONS)('run without an error: $document', async ({ document, variables }) => {
    const { data, errors } = await gateway.execute(document, variables);
    expect(errors).toEqual([]);
    expect(Object.values(data ?? {})).not.toContain(null);
  });

  it('have names that tell them apart', () => {
    const names = EXAMPLE_OPERATIONS.map(({ document }) => /^(?:query|mutation) (\w+)/.exec(document)?.[1]);
    expect(names).not.toContain(undefined);
    expect(new Set(names).size).toBe(names.length);
  });
});
