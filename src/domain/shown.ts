// What a backend shows of a field that is written there.
import type { FieldOutcome, Shown } from './outcome.js';
import { shownAt, type FieldPath, type Part, type Parts, type Source } from './ownership.js';
import { readPart } from './person.js';
import type { AccountRef, JsonValue, OmnivibeDepth } from './profile.js';

/** How to read a field of an account after `value` was written to it; null where nothing shows it. */
export function showing(
  field: FieldPath,
  { backend, id }: AccountRef,
  value: JsonValue,
  omnivibeDepth: OmnivibeDepth,
): FieldOutcome['show'] {
  const source = shownAt(field, backend, value);
  if (source === null) return null;
  return async (readers) => shownIn(await readPart(readers, source.part, id, omnivibeDepth), source, field);
}

/** What a part shows of a field by one of its sources; undefined where it does not tell. */
export function shownIn(part: Parts[Part] | null, source: Source<unknown>, field: FieldPath): Shown {
  if (part === null) return source.part === 'rawData' ? null : undefined;
  const shown = source.read(part) as JsonValue;
  return shown === null && isUntold(field, part) ? undefined : shown;
}

/** Whether null means that the way of reading, or the credential, does not show the field. */
function isUntold(field: FieldPath, part: object): boolean {
  if (field.startsWith('settings.work.') || field.startsWith('routing.'))
    return 'work' in part && part.work === null;
  return field === 'settings.inbox.availability' || field === 'settings.inbox.autoOffline';
}
