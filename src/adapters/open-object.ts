// Objects of which the vendor knows no keys, such as raw data: clients see them without what is named like a secret, and
// what they do not see they cannot delete by writing the rest.
import type { JsonObject, JsonValue } from '../domain/profile.js';
import { withoutSecrets, withSecretsOf } from '../transport/redact.js';

/** What lies behind the objects that were shown, secrets included. Nothing but a write of the same object uses it. */
const originals = new WeakMap<object, Readonly<Record<string, unknown>>>();

/** An object as clients may see it: without anything that is named like a secret. */
export function toJsonObject(value: Readonly<Record<string, unknown>> | null): JsonObject | null {
  if (value === null) return null;
  const shown = withoutSecrets(value) as JsonObject;
  originals.set(shown, value);
  return shown;
}

/** A new value with the secrets that the object it replaces holds and did not show; a value that is no object as it is. */
export function withHidden(value: JsonValue, before: JsonValue | undefined): JsonValue {
  const original = typeof before === 'object' && before !== null ? originals.get(before) : undefined;
  return original === undefined || value === null ? value : withSecretsOf(value, original);
}

/** For people. */
export const OPEN_OBJECT_RULE =
  'takes an object in which no key is named like a secret, since such keys are never shown';

/** True for an object that would be shown as it is. */
export function isShownWhole(value: JsonValue): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && JSON.stringify(withoutSecrets(value)) === JSON.stringify(value);
}
