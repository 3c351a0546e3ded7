// What it takes to read a source, in words: one vocabulary for docs/field-ownership.md and the `Cost:` lines of schema/.
import type { Source } from '../src/domain/ownership.js';

/** By what is read, and of omnivibe how deep: the class that the document names, and the words that the schema uses. */
export const READ_COSTS = {
  mind: { label: 'batched', words: 'Mind one call per 100 people' },
  rawData: { label: 'a call', words: 'Mind one call per person' },
  listed: { label: 'batched', words: 'omnivibe one call for all people' },
  profile: { label: 'profile', words: 'omnivibe one call per person' },
  presence: {
    label: 'presence',
    words: 'omnivibe one call per person, and one for all people whose own token is not known',
  },
  v2: { label: 'batched', words: 'v2 one call per person, at most one per 999 desk users' },
  desk: { label: 'a call', words: 'v2 one call per person' },
} as const;

/** What reading a source costs. */
export function readCostOf({
  part,
  omnivibeDepth,
}: Source<unknown>): (typeof READ_COSTS)[keyof typeof READ_COSTS] {
  return READ_COSTS[part === 'omnivibe' ? omnivibeDepth : part];
}
