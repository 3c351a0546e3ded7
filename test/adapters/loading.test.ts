import { describe, expect, it } from '@jest/globals';
import { indexById } from '../../src/adapters/loading.js';

interface Row {
  readonly id: string | null;
  readonly data?: unknown;
}
const index = (...rows: readonly Row[]) => indexById<Row>('v2', rows, ({ id }) => id);
const deep = (depth: number): Row => ({
  id: '1',
  data: JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown,
});

describe('indexById', () => {
  it.each<readonly [string, readonly Row[], Readonly<Record<string, unknown>>]>([
    ['each row under its own id', [{ id: '2' }, { id: '1' }], { 1: { id: '1' }, 2: { id: '2' } }],
    [
      'equal doubles once',
      [
        { id: '1', data: [1] },
        { id: '1', data: [1] },
      ],
      { 1: { id: '1', data: [1] } },
    ],
    ['nobody’s rows nowhere', [{ id: null }, { id: '1' }], { 1: { id: '1' } }],
    ['prototype names as any other', [{ id: '__proto__' }], { ['__proto__']: { id: '__proto__' } }],
  ])('puts %s', (_what, rows, expected) => {
    expect([...index(...rows)].sort()).toEqual(Object.entries(expected));
  });

  it.each<readonly [string, readonly Row[]]>([
    [
      'doubles that differ',
      [
        { id: '1', data: 1 },
        { id: '1', data: 2 },
      ],
    ],
    [
      'a third that equals the first of two different',
      [
        { id: '1', data: 1 },
        { id: '1', data: 2 },
        { id: '1', data: 1 },
      ],
    ],
    ['doubles too deep to be compared', [deep(50_000), deep(50_000)]],
  ])('gives nobody %s', (_what, rows) => {
    expect([...index(...rows, { id: '7' })]).toMatchObject([
      ['1', { code: 'UPSTREAM_BAD_RESPONSE', backend: 'v2' }],
      ['7', { id: '7' }],
    ]);
  });
});
