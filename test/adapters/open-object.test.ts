import { describe, expect, it } from '@jest/globals';
import { isShownWhole, toJsonObject, withHidden } from '../../src/adapters/open-object.js';

describe('an object whose keys the vendor does not know', () => {
  it('is shown without what is named like a secret', () => {
    expect(toJsonObject({ a: 1, apiKey: 'x', b: { token: 'y', c: [] } })).toEqual({ a: 1, b: { c: [] } });
    expect(toJsonObject(null)).toBeNull();
  });

  it.each([
    [
      'keeps the hidden keys of what it replaces',
      { a: 2, b: { d: 3 } },
      { a: 2, apiKey: 'x', b: { token: 'y', d: 3 } },
    ],
    ['loses those of an object that is gone', { a: 2 }, { a: 2, apiKey: 'x' }],
    ['loses those of an object that has become something else', { b: [1] }, { apiKey: 'x', b: [1] }],
    ['loses them all when it is cleared', null, null],
  ])('%s', (_what, next, sent) => {
    const before = toJsonObject({ a: 1, apiKey: 'x', b: { token: 'y', c: [] } });
    expect(withHidden(next, before)).toEqual(sent);
  });

  it('is sent as it is where nothing was read before', () => {
    expect(withHidden({ a: 1 }, undefined)).toEqual({ a: 1 });
    expect(withHidden({ a: 1 }, { apiKey: 'x' })).toEqual({ a: 1 });
  });

  it.each([
    [{}, true],
    [{ a: { b: [1, { c: null }] } }, true],
    [{ a: { sessionToken: 1 } }, false],
    [[], false],
    ['text', false],
    [null, false],
  ])('%j is shown whole: %s', (value, isWhole) => {
    expect(isShownWhole(value)).toBe(isWhole);
  });
});
