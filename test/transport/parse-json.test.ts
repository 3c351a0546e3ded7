import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from '../../src/transport/parse-json.js';

/** What would mislead whoever cuts, beside letters of one to four bytes. */
const word = fc
  .array(fc.constantFrom('},{', '[{', '}]', '[', ']', '{', '}', ',', '"', '\\', 'a', 'ß', 'Ł', '😀'), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, word, fc.integer(), fc.constant(null), tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(word, tie('value'), { maxKeys: 4 }),
}));
const rows = fc.array(fc.dictionary(word, value, { maxKeys: 3 }), { maxLength: 12 });
const document = fc.oneof(
  rows,
  value,
  fc
    .tuple(fc.dictionary(word, value, { maxKeys: 2 }), word, rows, fc.dictionary(word, value, { maxKeys: 2 }))
    .map(([before, key, list, after]) => ({ ...before, [key]: list, ...after })),
);
const longest = fc.integer({ min: 2, max: 80 });

type Outcome = { readonly value: unknown } | { readonly error: string };

function outcomeOf(parse: () => unknown): Outcome {
  try {
    return { value: parse() };
  } catch (error) {
    return { error: (error as Error).name };
  }
}

/** How long the texts are that are parsed, in characters. */
function lengthsParsed(text: string, limit: number): readonly number[] {
  const parse = jest.spyOn(JSON, 'parse');
  try {
    parseJson(Buffer.from(text), limit);
    return parse.mock.calls.map(([piece]) => piece.length);
  } finally {
    parse.mockRestore();
  }
}

describe('JSON in pieces', () => {
  const people = Array.from({ length: 40 }, (_, id) => ({ id, name: `Łukasz ${id}`, teams: [1, 2] }));

  it('is the value that it is as a whole, and leaves its bytes as they were', () => {
    fc.assert(
      fc.property(document, longest, (document, longest) => {
        const text = JSON.stringify(document);
        const bytes = Buffer.from(text);
        expect(parseJson(bytes, longest)).toStrictEqual(JSON.parse(text));
        expect(bytes.toString()).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused where it is refused as a whole', () => {
    const place = fc.nat(1_000);
    fc.assert(
      fc.property(document, longest, place, place, word, (document, longest, at, count, word) => {
        const whole = JSON.stringify(document);
        const start = at % (whole.length + 1);
        const text = whole.slice(0, start) + word + whole.slice(start + (count % 5));
        // Halves of a character that the damage has parted are no UTF-8.
        const bytes = Buffer.from(text);
        expect(outcomeOf(() => parseJson(bytes, longest))).toStrictEqual(
          outcomeOf(() => JSON.parse(bytes.toString())),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['a bare list', people],
    ['a list in an envelope', { success: true, profiles: people, total: 40 }],
  ])('takes %s apart', (_, document) => {
    const lengths = lengthsParsed(JSON.stringify(document), 200);
    expect(lengths.length).toBeGreaterThan(10);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(200);
  });

  it.each([
    [
      'rows with rows inside',
      people.map((person) => ({ person, accounts: [{ id: 1 }, { id: 2 }, { id: 3 }] })),
    ],
    ['two lists', { people, others: people }],
  ])('reads %s as a whole where cutting fails', (_, document) => {
    const text = JSON.stringify(document);
    expect(parseJson(Buffer.from(text), 200)).toStrictEqual(document);
    expect(Math.max(...lengthsParsed(text, 200))).toBe(text.length);
  });

  it('leaves out a byte order mark', () => {
    expect(parseJson(Buffer.from(`\ufeff${JSON.stringify(people)}`), 200)).toStrictEqual(people);
  });

  it.each([0, 500, 1_000])('refuses what is not UTF-8 at byte %i', (at) => {
    const bytes = Buffer.from(JSON.stringify(people));
    bytes[bytes.indexOf('u', at)] = 0xff;
    expect(outcomeOf(() => parseJson(bytes, 200))).toStrictEqual({ error: 'TypeError' });
  });

  it('cuts nothing that is short', () => {
    const text = JSON.stringify(people);
    expect(lengthsParsed(text, text.length + 40)).toHaveLength(1);
  });
});
