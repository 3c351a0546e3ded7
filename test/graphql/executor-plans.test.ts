// An operation has as many plans as its Boolean variables have values; who sends them must not fill the memory with plans.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { execute } from '../../src/graphql/executor/index.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const schema = buildSchema('type Query { name: String }');
const VARIABLES = 14;

/** An operation of these fields, one of which asks for each of the Boolean variables. */
function manyPlans(directives: string, fields = '') {
  const names = Array.from({ length: VARIABLES }, (_, i) => `v${i}`);
  const asking = names.map((name) => `${name}: name @include(if: $${name}) ${directives}`);
  const variables = names.map((name) => `$${name}: Boolean!`).join(', ');
  return parse(`query Many(${variables}) { ${asking.join(' ')} ${fields} }`);
}

/** How many megabytes are taken for good by executing `document` with so many combinations of its variables. */
function growth(document: ReturnType<typeof manyPlans>, combinations: number): number {
  const executeWith = (combination: number) => {
    const values = Array.from({ length: VARIABLES }, (_, i) => [`v${i}`, (combination & (1 << i)) !== 0]);
    const variableValues = Object.fromEntries(values) as Record<string, boolean>;
    void execute({ schema, document, variableValues, rootValue: {} });
  };
  executeWith(0);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let combination = 1; combination <= combinations; combination += 1) executeWith(combination);
  collectGarbage();
  return (process.memoryUsage().heapUsed - before) / 1e6;
}

describe('plans of one operation', () => {
  it('with many fields are forgotten before they take 30 MB', () => {
    const fields = Array.from({ length: 300 }, (_, i) => `f${i}: name`).join(' ');
    expect(growth(manyPlans('', fields), 1_000)).toBeLessThan(30);
  });

  it('without any field are before they take 1 MB', () => {
    expect(growth(manyPlans('@skip(if: true)'), 2 ** VARIABLES - 1)).toBeLessThan(1);
  });
});
