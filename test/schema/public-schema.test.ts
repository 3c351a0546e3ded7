// The snapshot is what clients see, and no change that breaks them goes unnoticed.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, getIntrospectionQuery, printSchema, type IntrospectionQuery } from 'graphql';
import { printPublicSchema, schemaChanges } from '../../scripts/public-schema.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

describe('docs/schema.graphql', () => {
  const snapshot = readFileSync('docs/schema.graphql', 'utf8');
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent' } });
  });
  afterAll(() => gateway.close());

  it('is up to date', () => {
    const args = ['scripts/schema-snapshot.ts', '--check'];
    expect(execFileSync('node_modules/.bin/tsx', args, { encoding: 'utf8' })).toBe('');
  });

  it('is what a gateway serves, but for what is the federation router’s', async () => {
    const { data } = await gateway.execute(getIntrospectionQuery({ specifiedByUrl: true }));
    expect(printPublicSchema(data as unknown as IntrospectionQuery)).toBe(printSchema(buildSchema(snapshot)));
  });
});

describe('a change of the schema', () => {
  const query = (fields: string, more = '') => `type Query { ${fields} } ${more}`;
  const due = '@deprecated(reason: "Use `b`. Removed after 2026-01-31.")';

  it.each<[what: string, before: string, after: string, breaking: readonly string[]]>([
    ['a new field', query('a: Int'), query('a: Int b: Int'), []],
    ['a description', query('a: Int'), query('"A." a: Int'), []],
    ['a field that is gone', query('a: Int b: Int'), query('a: Int'), ['Query.b was removed.']],
    [
      'a field that may be null now',
      query('a: Int!'),
      query('a: Int'),
      ['Query.a changed type from Int! to Int.'],
    ],
    [
      'an argument that must be given now',
      query('a: Int'),
      query('a(b: Int!): Int'),
      ['A required arg b on Query.a was added.'],
    ],
    [
      'a value that is gone',
      query('a: E', 'enum E { X Y }'),
      query('a: E', 'enum E { X }'),
      ['Y was removed from enum type E.'],
    ],
    [
      'a type that is gone',
      query('a: Int b: T', 'type T { c: Int }'),
      query('a: Int'),
      ['T was removed.', 'Query.b was removed.'],
    ],
    ['a deprecated field that is due', query(`a: Int ${due} b: Int`), query('b: Int'), []],
    [
      'a deprecated field that is due, with its type',
      query(`a: T ${due} b: Int`, 'type T { c: Int }'),
      query('b: Int'),
      [],
    ],
    [
      'a deprecated value and argument that are due',
      query(`b(a: Int ${due}): E`, `enum E { A ${due} B }`),
      query('b: E', 'enum E { B }'),
      [],
    ],
    [
      'a deprecated field that is not due yet',
      query(`a: Int ${due.replace('2026', '2028')} b: Int`),
      query('b: Int'),
      ['Query.a was removed.'],
    ],
    [
      'a deprecated field without a date',
      query('a: Int @deprecated(reason: "Use b.") b: Int'),
      query('b: Int'),
      ['Query.a was removed.'],
    ],
  ])('breaks clients or does not: %s', (_what, before, after, breaking) => {
    expect(schemaChanges(before, after, '2027-01-01').breaking).toEqual(breaking);
  });

  it('that may surprise clients is told', () => {
    const before = query('a: E', 'enum E { X }');
    const after = query('a: E', 'enum E { X Y }');
    expect(schemaChanges(before, after, '2027-01-01')).toEqual({
      breaking: [],
      dangerous: ['Y was added to enum type E.'],
    });
  });
});
