import { describe, expect, it } from '@jest/globals';
import { RollingSum } from '../../src/transport/rolling-sum.js';

describe('a sum over the last second', () => {
  it.each([
    [0, 12],
    [100, 12],
    [300, 12],
    [900, 5],
    [1_000, 0],
    [2_500, 0],
  ])('of 7 and, 500 ms later, 5 is, after another %i ms at once, %i', (ms, expected) => {
    const clock = { ms: 12_300 };
    const sum = new RollingSum(1_000, () => clock.ms);
    sum.add(7);
    clock.ms += 500;
    sum.add(5);
    clock.ms += ms;
    expect(sum.value).toBe(expected);
  });

  it('drops a tenth at a time, and counts on in its place', () => {
    const clock = { ms: 0 };
    const sum = new RollingSum(1_000, () => clock.ms);
    const values = Array.from({ length: 25 }, () => {
      sum.add();
      const { value } = sum;
      clock.ms += 100;
      return value;
    });
    expect(values).toEqual(Array.from({ length: 25 }, (_, i) => Math.min(i + 1, 10)));
  });

  it('is nothing once it is cleared', () => {
    const sum = new RollingSum(1_000, () => 12_345);
    sum.add();
    sum.clear();
    expect(sum.value).toBe(0);
  });
});
