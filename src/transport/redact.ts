// The one place that knows what a secret looks like by its name.

const SECRET_KEY =
  /token|secret|passw(or)?[dt]|kennwort|geheim|\botp|totp|sess(ion)?_?id|client[ ._-]?key|passphrase|passcode|pwd|jwt|bearer|hmac|credential|authorization|cookie|session|connect\.sid|(api|access|private|auth|shared|signature|signing|encryption)[ ._-]?(key|auth)/i;
const MAX_DEPTH = 32;

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A copy of a JSON value without the keys that name a secret, at any depth; what lies deeper than 32 levels is left out. */
export function withoutSecrets(value: unknown, depth = 0): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !SECRET_KEY.test(key) && key !== '__proto__')
      .map(([key, item]) => [key, withoutSecrets(item, depth + 1)]),
  );
}

/** A copy of a JSON value in which what is named like a secret is replaced by "[redacted]"; what lies deeper than 32 levels is left out. */
export function redacted(value: unknown, depth = 0): Json {
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) return withoutSecrets(value, depth);
  if (Array.isArray(value)) return value.map((item) => redacted(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      SECRET_KEY.test(key) ? '[redacted]' : redacted(item, depth + 1),
    ]),
  );
}

/** A JSON value with the secrets of another one, each where it was, as far as that place still exists. */
export function withSecretsOf(value: Json, original: unknown, depth = 0): Json {
  if (!isObject(value) || !isObject(original) || depth >= MAX_DEPTH) return value;
  const secrets = Object.entries(original).filter(([key]) => SECRET_KEY.test(key)) as [string, Json][];
  const others = Object.entries(value).map(([key, item]): [string, Json] => [
    key,
    withSecretsOf(item, original[key], depth + 1),
  ]);
  return Object.fromEntries([...secrets, ...others]);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
