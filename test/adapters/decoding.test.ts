import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import {
  anyObject,
  decodeRows,
  expectDecoded,
  expectRows,
  flag,
  int,
  list,
  nativeId,
  object,
  orNull,
  text,
  view,
  type Decoder,
} from '../../src/adapters/decoding.js';
import { onDrift } from '../../src/adapters/drift.js';
import { GatewayError } from '../../src/errors.js';

const BAD_RESPONSE: unknown = expect.objectContaining({ code: 'UPSTREAM_BAD_RESPONSE', backend: 'v2' });
/** Everything that can be read of a row. */
const shown = (row: unknown): unknown => JSON.parse(JSON.stringify(row));
/** What a decoder makes of the value of a key. */
const decode = (decoder: Decoder<unknown>, value: unknown): unknown => {
  const row = expectDecoded('v2', 'row', object('v2', 'row', { key: decoder }), { key: value });
  return row.key;
};

const READ: readonly (readonly [string, Decoder<unknown>, readonly (readonly [unknown, unknown])[]])[] = [
  [
    'text',
    text,
    [
      ['a', 'a'],
      [' ', null],
      [7, '7'],
      [0, '0'],
      ['', null],
      [null, null],
      [undefined, null],
    ],
  ],
  [
    'int',
    int,
    [
      [7, 7],
      [-7, -7],
      [0, 0],
      ['12', 12],
      ['-3', -3],
      ['', null],
      [null, null],
    ],
  ],
  [
    'flag',
    flag,
    [
      [true, true],
      [1, true],
      ['1', true],
      ['true', true],
      [false, false],
      [0, false],
      ['0', false],
      ['false', false],
      ['', null],
      [null, null],
    ],
  ],
  [
    'nativeId',
    nativeId,
    [
      [7, '7'],
      ['7', '7'],
      ['999999999999999', '999999999999999'],
      [0, null],
      [-1, null],
      [1.5, null],
      ['07', null],
      ['1 ', null],
      ['１', null],
      [1e15, null],
      [true, null],
      [{}, null],
    ],
  ],
  [
    'list of int',
    list(int),
    [
      [
        [1, '2'],
        [1, 2],
      ],
      [[], []],
      [[1, null], [1]],
      [null, null],
    ],
  ],
  [
    'anyObject',
    anyObject,
    [
      [{ a: [] }, { a: [] }],
      [{}, {}],
      [[], null],
      [null, null],
    ],
  ],
];
const REFUSED: readonly (readonly [string, Decoder<unknown>, readonly unknown[]])[] = [
  ['text', text, [true, {}, [], Number.NaN]],
  ['int', int, [1.5, '1.5', 'x', '1e3', ' 1', '9'.repeat(16), true, {}, [], 2 ** 53]],
  ['flag', flag, [2, -1, 'yes', 'TRUE', {}, []]],
  ['list of int', list(int), ['1', { 0: 1 }, 1, [1, 'x'], [1, {}]]],
  ['anyObject', anyObject, ['x', 7, true, [1]]],
];

describe.each(READ)('%s', (_name, decoder, cases) => {
  it.each(cases)('reads %j as %j', (value, expected) => {
    expect(decode(decoder, value)).toEqual(expected);
  });
});

describe.each(REFUSED)('%s', (_name, decoder, cases) => {
  it.each(cases.map((value) => [value]))('refuses %j', (value) => {
    expect(() => decode(decoder, value)).toThrow(BAD_RESPONSE);
  });
});

describe('object', () => {
  const row = object('v2', 'row', { id: nativeId, name: text, groups: list(int) });
  const read = (value: unknown) => expectDecoded('v2', 'row', row, value);

  it('reads the named keys only', () => {
    expect(shown(read({ id: 1, name: 'a', token: 'canary' }))).toEqual({ id: '1', name: 'a', groups: null });
  });

  it('lets the key of a wrong type fail when it is read, and no other, naming it and not its value', () => {
    const decoded = read({ id: 1, name: { canary: 1 }, groups: [2] });
    expect([decoded.id, decoded.groups]).toEqual(['1', [2]]);
    expect(() => decoded.name).toThrow('v2: row.name has another type than its contract says.');
    expect(() => decoded.name).toThrow(BAD_RESPONSE);
  });

  it('decodes what is read, when it is read, and keeps it where it is more than a word', () => {
    let decoded = 0;
    const counted: Decoder<readonly number[]> = (value) => {
      decoded += 1;
      return list(int)(value);
    };
    const row = expectDecoded('v2', 'row', object('v2', 'row', { groups: counted, others: counted }), {
      groups: ['1'],
      others: 'unread',
    });
    expect(decoded).toBe(0);
    expect(row.groups).toBe(row.groups);
    expect(decoded).toBe(1);
  });

  it('tells of a key of a wrong type once, however often it is read', () => {
    const told: unknown[] = [];
    const stop = onDrift((drift) => told.push(drift));
    const row = read({ id: 1, name: [] });
    expect(() => row.name).toThrow(BAD_RESPONSE);
    expect(() => row.name).toThrow(BAD_RESPONSE);
    stop();
    expect(told).toEqual([{ backend: 'v2', kind: 'changed type', where: 'row.name', key: null }]);
  });

  it('tells of each new key of each row, whatever the rows before had', () => {
    const told: (string | null)[] = [];
    const stop = onDrift(({ kind, key }) => told.push(kind === 'new key' ? key : null));
    const usual = { id: 1, name: 'a', groups: [] };
    for (const value of [usual, { id: 2 }, { ...usual, fresh: 1 }, { odd: 1, ...usual }, usual, {}])
      read(value);
    read({ id: 1, fresh: 1, name: 'a', other: 1 });
    stop();
    expect(told).toEqual(['fresh', 'odd', 'fresh', 'other']);
  });

  it('can be compared as a whole although a key fails', () => {
    const broken = { id: 1, name: [], groups: [2] };
    expect(JSON.stringify(read(broken))).toBe(JSON.stringify(read(broken)));
    expect(JSON.stringify(read(broken))).not.toBe(JSON.stringify(read({ ...broken, groups: [3] })));
  });

  it('takes no key from a prototype', () => {
    const value = JSON.parse('{"id":1,"__proto__":{"name":"inherited"}}') as unknown;
    expect(shown(read(value))).toEqual({ id: '1', name: null, groups: null });
  });
});

describe('expectRows', () => {
  it.each([
    [
      [1, 2],
      [1, 2],
    ],
    [{ items: [1] }, [1]],
    [{ items: [] }, []],
  ])('finds the rows of %j', (body, rows) => {
    expect(expectRows('v2', 'items', body)).toEqual(rows);
  });

  it.each([[null], [undefined], [42], ['[]'], [{}], [{ items: null }], [{ items: {} }], [{ rows: [] }]])(
    'refuses %j',
    (body) => {
      expect(() => expectRows('v2', 'items', body)).toThrow(BAD_RESPONSE);
    },
  );
});

describe('decodeRows', () => {
  it('leaves out what is no row', () => {
    const rows = decodeRows(object('v2', 'row', { id: nativeId }), [
      { id: 1 },
      null,
      'x',
      [],
      [1],
      { id: 'x' },
    ]);
    expect(rows.map(shown)).toEqual([{ id: '1' }, { id: null }]);
  });
});

describe('view', () => {
  const failure = new GatewayError('UPSTREAM_BAD_RESPONSE', 'broken');
  const fail = (error: Error) => (): string => {
    throw error;
  };

  it('works a field out of its source when it is read, and keeps a failure for those who read it', () => {
    const show = view<{ word: string }, { a: string; b: string }>({
      a: ({ word }) => word,
      b: fail(failure),
    });
    const source = { word: 'first' };
    const value = show(source);
    source.word = 'now';
    expect(value.a).toBe('now');
    expect(() => value.b).toThrow(failure);
  });

  it('shows nothing of its source', () => {
    const value = view<{ secret: string }, { a: string }>({ a: () => 'a' })({ secret: 'canary' });
    expect(inspect(value, { showHidden: true, depth: 5 })).not.toContain('canary');
    expect(JSON.stringify(value)).not.toContain('canary');
  });

  it('gives way to null where nobody is shown the value', () => {
    const value = view<null, { a: string; b: string }>({ a: () => 'a', b: fail(failure) })(null);
    expect([orNull(value, 'a'), orNull(value, 'b')]).toEqual(['a', null]);
  });

  it('does not hide a fault of the gateway', () => {
    const value = view<null, { a: string }>({ a: fail(new TypeError('bug')) })(null);
    expect(() => orNull(value, 'a')).toThrow(TypeError);
  });
});
