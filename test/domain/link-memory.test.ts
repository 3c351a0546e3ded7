import { describe, expect, it } from '@jest/globals';
import { createLinkMemory, stampsOf } from '../../src/domain/link-memory.js';
import type { Readers } from '../../src/domain/ports.js';

const [ONE, TWO, OTHER] = [Symbol('one'), Symbol('two'), Symbol('other')];
const ANSWER = { backend: 'v2', id: '17' };

/** Readers of which only the stamps of their indexes are looked at. */
const readersWith = (stamps: Readonly<Record<'mind' | 'omnivibe' | 'v2', symbol | null | undefined>>) =>
  Object.fromEntries(
    Object.entries(stamps).map(([backend, stamp]) => [
      backend,
      stamp === undefined ? null : { indexStamp: () => stamp },
    ]),
  ) as unknown as Readers;

/** Mind's and v2's index remember this; omnivibe takes no part. */
const remembering = (mind: symbol | null, v2: symbol | null) =>
  readersWith({ mind, omnivibe: undefined, v2 });
const STAMPS = stampsOf(remembering(ONE, TWO));

describe('links that were found', () => {
  it('are known again while the indexes remember the same, null included', () => {
    const memory = createLinkMemory();
    memory.keep('mind:42 v2', STAMPS, ANSWER);
    memory.keep('mind:42 omnivibe', STAMPS, null);
    expect(memory.recall('mind:42 v2', remembering(ONE, TWO))).toBe(ANSWER);
    expect(memory.recall('mind:42 omnivibe', remembering(ONE, TWO))).toBeNull();
    expect(memory.recall('mind:43 v2', remembering(ONE, TWO))).toBeUndefined();
  });

  it('are forgotten when one index remembers something else', () => {
    const memory = createLinkMemory();
    memory.keep('mind:42 v2', STAMPS, ANSWER);
    expect(memory.recall('mind:42 v2', remembering(ONE, OTHER))).toBeUndefined();
    expect(memory.recall('mind:42 v2', remembering(OTHER, TWO))).toBeUndefined();
    const withOneMore = readersWith({ mind: ONE, omnivibe: OTHER, v2: TWO });
    expect(memory.recall('mind:42 v2', withOneMore)).toBeUndefined();
  });

  it('are neither kept nor known while an index cannot tell', () => {
    const memory = createLinkMemory();
    memory.keep('mind:42 v2', stampsOf(remembering(ONE, null)), ANSWER);
    expect(memory.recall('mind:42 v2', remembering(ONE, null))).toBeUndefined();
    expect(memory.recall('mind:42 v2', remembering(ONE, TWO))).toBeUndefined();
  });
});

describe('the stamps of all backends', () => {
  it('are those of the ones that take part', () => {
    expect(stampsOf(readersWith({ mind: ONE, omnivibe: undefined, v2: TWO }))).toEqual([ONE, undefined, TWO]);
  });

  it('are none while one that takes part has none', () => {
    expect(stampsOf(readersWith({ mind: ONE, omnivibe: null, v2: TWO }))).toBeNull();
  });
});
