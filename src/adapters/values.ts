// Readings of values that several backends write alike.
import type { Translated } from '../domain/profile.js';
import { GatewayError } from '../errors.js';
import { TZDate } from '@date-fns/tz';
import { LRUCache } from 'lru-cache';
import { noteDrift } from './drift.js';

/** Reads the words of a vendor's enumeration; a word that the table lacks is UNKNOWN and is not passed on. */
export function vocabulary<T extends string>(
  backend: string,
  name: string,
  table: Readonly<Record<string, T>>,
) {
  return (word: string | null): Translated<T | 'UNKNOWN'> | null => {
    if (word === null) return null;
    const value = Object.hasOwn(table, word) ? table[word] : undefined;
    if (value !== undefined) return { value, native: word };
    noteDrift(backend, 'unknown value', name);
    return { value: 'UNKNOWN', native: null };
  };
}

/** Tags by the text they were written as: everybody speaks one of a few languages. */
const languageTags = new LRUCache<string, string>({ max: 1_000 });

/** A language as BCP 47 writes it, `en_GB` as `en-GB`; text that is no language tag stays as it is. */
export function toLanguageTag(language: string | null): string | null {
  if (language === null) return null;
  let tag = languageTags.get(language);
  if (tag === undefined) {
    tag = canonicalTag(language);
    languageTags.set(language, tag);
  }
  return tag;
}

function canonicalTag(language: string): string {
  try {
    return Intl.getCanonicalLocales(language.trim().replaceAll('_', '-'))[0] ?? language;
  } catch {
    return language;
  }
}

const DATE = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?$/;

/** Already as `toInstant` writes it, on a day that every month has. */
const INSTANT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/**
 * A date and time as RFC 3339 writes it in UTC, with milliseconds; without a zone of its own it is read in `timeZone` (IANA).
 * MySQL's zero date is null.
 */
export function toInstant(backend: string, value: string | null, timeZone: string): string | null {
  if (value === null || value.startsWith('0000-00-00')) return null;
  return INSTANT.test(value) ? value : toDate(backend, value, timeZone).toISOString();
}

function toDate(backend: string, value: string, timeZone: string): Date {
  const [, day = '', time = '', zone] = DATE.exec(value) ?? [];
  const utc = new Date(`${day}T${time}Z`);
  // `Date` would take February 30th for March 1st.
  if (Number.isNaN(utc.getTime()) || utc.getUTCDate() !== Number(day.slice(-2))) throw notADate(backend);
  if (zone !== undefined) {
    const date = new Date(value.replace(' ', 'T'));
    if (Number.isNaN(date.getTime())) throw notADate(backend);
    return date;
  }
  if (timeZone === 'UTC') return utc;
  const [year, month, date] = [utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate()];
  const [hour, minute, second] = [utc.getUTCHours(), utc.getUTCMinutes(), utc.getUTCSeconds()];
  return new Date(+new TZDate(year, month, date, hour, minute, second, timeZone));
}

function notADate(backend: string): GatewayError {
  const message = `${backend}: a date is not of the documented form.`;
  return new GatewayError('UPSTREAM_BAD_RESPONSE', message, { backend });
}
