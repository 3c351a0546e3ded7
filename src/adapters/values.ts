// Readings of values that several backends write alike.
import type { JsonObject, Translated } from '../domain/profile.js';
import { GatewayError } from '../errors.js';
import { TZDate } from '@date-fns/tz';
import { withoutSecrets } from '../transport/redact.js';

/** A word of a vendor's enumeration; a word that the table lacks is UNKNOWN and is not passed on. */
export function translate<T extends string>(
  table: Readonly<Record<string, T>>,
  word: string | null,
): Translated<T | 'UNKNOWN'> | null {
  if (word === null) return null;
  const value = Object.hasOwn(table, word) ? table[word] : undefined;
  return value === undefined ? { value: 'UNKNOWN', native: null } : { value, native: word };
}

/** A language as BCP 47 writes it, `en_GB` as `en-GB`; text that is no language tag stays as it is. */
export function toLanguageTag(language: string | null): string | null {
  if (language === null) return null;
  try {
    return Intl.getCanonicalLocales(language.trim().replace('_', '-'))[0] ?? language;
  } catch {
    return language;
  }
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?$/;

/** A date and time; without a zone of its own it is read in `timeZone` (IANA). MySQL's zero date is null. */
export function toDate(backend: string, value: string | null, timeZone: string): Date | null {
  if (value === null || value.startsWith('0000-00-00')) return null;
  const match = DATE.exec(value);
  if (match?.[7] !== undefined) return validDate(backend, new Date(value.replace(' ', 'T')));
  if (match === null) return validDate(backend, new Date(NaN));
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  if (timeZone === 'UTC')
    return validDate(backend, new Date(Date.UTC(year, month - 1, day, hour, minute, second)));
  return validDate(backend, new Date(+new TZDate(year, month - 1, day, hour, minute, second, timeZone)));
}

function validDate(backend: string, date: Date): Date {
  if (!Number.isNaN(date.getTime())) return date;
  throw new GatewayError('UPSTREAM_BAD_RESPONSE', `${backend}: a date is not of the documented form.`, {
    backend,
  });
}

/** An object as clients may see it: without anything that is named like a secret. */
export function toJsonObject(value: Readonly<Record<string, unknown>> | null): JsonObject | null {
  return value === null ? null : (withoutSecrets(value) as JsonObject);
}
