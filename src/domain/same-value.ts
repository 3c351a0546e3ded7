// When two values count as the same.
import type { Shown } from './outcome.js';

/** JSON that does not depend on the order in which a backend sends an object's keys. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}

/** Lists of a profile are sets, and an empty list or object is nothing: that is how backends send it back. */
export function isSameValue(left: Shown, right: Shown): boolean {
  // Most values are texts, and need no more than a look.
  if (typeof left === 'string' && typeof right === 'string') return left === right;
  return comparable(left) === comparable(right);
}

function comparable(value: Shown): string {
  if (value === undefined || value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'null' : stableJson(value.map(stableJson).toSorted());
  return typeof value === 'object' && Object.keys(value).length === 0 ? 'null' : stableJson(value);
}
