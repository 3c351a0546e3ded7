import { describe, expect, it } from '@jest/globals';
import { soak } from './soak.js';

/** The long form is `npx tsx scripts/soak.ts`. */
const ROUNDS = 3;
const REQUESTS = 400;
const MIB = 1024 * 1024;

describe('a gateway whose backends fail now and then', () => {
  it('keeps nothing of what it has been asked', async () => {
    const { heapBytes, resourcesBefore, resourcesAfter, answered, misbehaved, faults } = await soak(
      ROUNDS,
      REQUESTS,
    );
    const [first = 0] = heapBytes;
    expect((heapBytes.at(-1) ?? 0) - first).toBeLessThan(3 * MIB);
    expect(resourcesAfter).toEqual(resourcesBefore);
    expect(faults).toBe(0);
    // There was something to keep.
    expect(Math.min(answered.well, answered.withErrors, misbehaved)).toBeGreaterThan(100);
  }, 120_000);
});
