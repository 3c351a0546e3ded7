import { describe, expect, it } from '@jest/globals';
import { after, afterWith, all, orElse, Outcome } from '../../src/domain/eventual.js';

const boom = new Error('boom');
const fail = (): number => {
  throw boom;
};

describe('what follows from a value', () => {
  it('is at hand where the value is', () => {
    expect(after(1, (value) => value + 1)).toBe(2);
  });

  it('is waited for where the value is', async () => {
    const later = after(Promise.resolve(1), (value) => value + 1);
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toBe(2);
  });

  it('may depend on something else', async () => {
    const sum = (left: number, right: number) => left + right;
    expect(afterWith(1, 2, sum)).toBe(3);
    expect(await afterWith(Promise.resolve(1), 2, sum)).toBe(3);
  });
});

describe('what stands in for a failure', () => {
  it('is used for one at once and for one to come', async () => {
    expect(orElse(fail, () => 'other')).toBe('other');
    expect(
      await orElse(
        () => Promise.reject(boom),
        () => 'other',
      ),
    ).toBe('other');
    expect(
      orElse(
        () => 1,
        () => 'other',
      ),
    ).toBe(1);
  });
});

describe('an outcome', () => {
  it('is at hand once it is known, and the work is done once', async () => {
    let done = 0;
    const outcome = new Outcome(async () => {
      await Promise.resolve();
      return ++done;
    });
    expect(outcome.read()).toBeInstanceOf(Promise);
    expect(await outcome.read()).toBe(1);
    expect(outcome.read()).toBe(1);
    expect(done).toBe(1);
  });

  it('throws a failure each time, whenever it came, and ends no process with it', async () => {
    const now = new Outcome(fail);
    const later = new Outcome(() => Promise.reject(boom));
    await new Promise((resolve) => setImmediate(resolve));
    for (const outcome of [now, later, now, later]) expect(() => outcome.read()).toThrow(boom);
  });
});

describe('all of several values', () => {
  it('are waited for where one has to be', async () => {
    const later = new Promise<number>((resolve) => setImmediate(resolve, 2));
    expect(all([1, later])).toBeInstanceOf(Promise);
    expect(await all([1, later])).toEqual([1, 2]);
  });

  it('are at hand where each is', () => {
    expect(all([1, 2])).toEqual([1, 2]);
  });
});
