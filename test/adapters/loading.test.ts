import { describe, expect, it } from '@jest/globals';
import { createLoader, indexById } from '../../src/adapters/loading.js';
import { startOperation } from './conformance.js';

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

describe('a loader', () => {
  const refused = new Error('refused');
  const start = (maxBatchSize?: number) => {
    const batches: (readonly string[])[] = [];
    const operation = startOperation();
    const fetchBatch = (keys: readonly string[]) => {
      batches.push(keys);
      if (keys.includes('down')) return Promise.reject(refused);
      return Promise.resolve(
        new Map<string, string | Error>([
          ['1', 'one'],
          ['bad', refused],
        ]),
      );
    };
    const loader = createLoader<string | null>(operation, 'v2', null, fetchBatch, maxBatchSize);
    return { loader, batches, shared: () => operation.bill().deduplicated };
  };

  it('fetches together what is asked for in the same turn, whichever way', async () => {
    const { loader, batches, shared } = start();
    const ahead = Promise.all([loader.fetchAhead(['1', '2']), loader.fetchAhead(['2', '3'])]);
    expect(await loader.load('1')).toBe('one');
    await ahead;
    expect([batches, shared()]).toEqual([[['1', '2', '3']], 0]);
  });

  it('has at hand what was fetched ahead or given: values, nothing, and failures', async () => {
    const { loader, batches } = start();
    loader.prime('given', 'as given');
    await loader.fetchAhead(['1', '2', 'bad', 'given']);
    expect(['1', '2', 'given'].map((key) => loader.load(key))).toEqual(['one', null, 'as given']);
    expect(() => loader.load('bad')).toThrow(refused);
    expect(batches).toEqual([['1', '2', 'bad']]);
  });

  it('keeps a failure of a batch for each of its keys', async () => {
    const { loader, batches } = start();
    await loader.fetchAhead(['down', '1']);
    for (const key of ['down', '1']) expect(() => loader.load(key)).toThrow(refused);
    expect(batches).toHaveLength(1);
  });

  it('fetches no more at once than a batch takes, and nothing twice', async () => {
    const { loader, batches } = start(2);
    await Promise.all([loader.fetchAhead(['down', '2', '1', '2']), loader.fetchAhead(['3', '1'])]);
    expect(batches).toEqual([
      ['down', '2'],
      ['1', '3'],
    ]);
    expect(['1', '3'].map((key) => loader.load(key))).toEqual(['one', null]);
    expect(() => loader.load('2')).toThrow(refused);
  });

  it('waits for what is under way, and fetches only the rest', async () => {
    const answers: (() => void)[] = [];
    const asked: (readonly string[])[] = [];
    const loader = createLoader<string | null>(startOperation(), 'v2', null, async (keys) => {
      asked.push(keys);
      await new Promise<void>((resolve) => answers.push(resolve));
      return new Map(keys.map((key) => [key, `fetched ${key}`]));
    });
    void loader.fetchAhead(['1']);
    await new Promise(setImmediate);
    loader.prime('1', 'too late');
    const both = loader.fetchAhead(['1', '2']);
    const first = loader.load('1');
    await new Promise(setImmediate);
    expect(asked).toEqual([['1'], ['2']]);
    for (const answer of answers) answer();
    await both;
    expect([await first, loader.load('1'), loader.load('2')]).toEqual([
      'fetched 1',
      'fetched 1',
      'fetched 2',
    ]);
  });

  it('counts what is loaded again as shared, and nothing that is fetched ahead', async () => {
    const { loader, shared } = start();
    await loader.fetchAhead(['1']);
    for (let i = 0; i < 3; i += 1) await loader.load('1');
    expect(shared()).toBe(2);
  });
});
