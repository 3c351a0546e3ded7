// What a client wants changed: a nested patch as a list of wishes by field, held against the rules that hold everywhere.
import type { Problem } from './outcome.js';
import { OWNERSHIP, type FieldPath } from './ownership.js';
import type { JsonValue } from './profile.js';

/** A wanted value; null clears the field. */
export interface Wish {
  readonly field: FieldPath;
  readonly value: JsonValue;
  /** Why no backend is given the value; null when it may be asked of them. */
  readonly problem: Problem | null;
}

/** The text that is wanted for a field; null where none is, or something else than text. */
export function wantedText(wishes: readonly Wish[], field: FieldPath): string | null {
  const value = wishes.find((wish) => wish.field === field)?.value;
  return typeof value === 'string' ? value : null;
}

/** Whether text is wanted for a field that every backend may be asked to take. */
export function isTextWanted(wishes: readonly Wish[], field: FieldPath): boolean {
  return wishes.some(
    (wish) => wish.field === field && wish.problem === null && typeof wish.value === 'string',
  );
}

const MAX_DEPTH = 32;
/** Texts in which lines may break. */
const MULTILINE: readonly FieldPath[] = ['settings.inbox.messageSignature'];

/** The wishes of a patch, or why it cannot be taken at all. Absent fields are left alone. */
export function readPatch(patch: object): readonly Wish[] | Problem {
  const wishes: Wish[] = [];
  const problem = collect(patch, '', wishes);
  return problem ?? wishes;
}

function collect(patch: object, prefix: string, wishes: Wish[]): Problem | null {
  for (const key in patch) {
    const path = prefix + key;
    const value = (patch as Readonly<Record<string, unknown>>)[key];
    if (value === undefined) continue;
    if (isField(path)) {
      const json = toJson(path, value);
      const rule = brokenRule(path, json);
      wishes.push({
        field: path,
        value: json,
        problem: rule === null ? null : { code: 'INVALID_VALUE', message: `${path} ${rule}.` },
      });
    } else if (typeof value === 'object' && value !== null) {
      const problem = collect(value, `${path}.`, wishes);
      if (problem !== null) return problem;
    } else {
      return {
        code: 'INVALID_VALUE',
        message: `${path} cannot be null: leave it out, or name the fields in it.`,
      };
    }
  }
  return null;
}

function isField(path: string): path is FieldPath {
  return Object.hasOwn(OWNERSHIP, path);
}

/** Bytes as base64, a language in the spelling in which it is read; everything else as it is. */
function toJson(field: FieldPath, value: unknown): JsonValue {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return field === 'language' && typeof value === 'string'
    ? (toLanguageTag(value) ?? value)
    : (value as JsonValue);
}

/** The rule that a value breaks at every backend, in words. */
function brokenRule(field: FieldPath, value: JsonValue): string | null {
  if (field === 'avatar') return null;
  if (typeof value === 'string') return brokenTextRule(field, value);
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) {
      const rule = typeof item === 'string' ? brokenTextRule(field, item) : null;
      if (rule !== null) return rule;
    }
    return null;
  }
  return typeof value === 'object' && value !== null ? brokenObjectRule(value, 1) : null;
}

function brokenTextRule(field: FieldPath, text: string): string | null {
  if (text.trim() === '') return 'takes text that is not blank; null clears it';
  const printable = MULTILINE.includes(field) ? text.replaceAll(/[\t\r\n]/g, '') : text;
  if (/\p{Cc}|\p{Cs}/u.test(printable)) return 'takes no control characters and no broken ones';
  if (text === 'UNKNOWN' && isAvailability(field)) return 'cannot be set to UNKNOWN';
  return field === 'language' && toLanguageTag(text) === null
    ? 'takes a language tag such as "de" or "pt-BR" (BCP 47)'
    : null;
}

/** Keys that change what an object is rather than what it holds are refused, and nesting without end. */
function brokenObjectRule(value: object, depth: number): string | null {
  if (depth > MAX_DEPTH) return `takes at most ${MAX_DEPTH} levels`;
  for (const [key, item] of Object.entries(value) as [string, unknown][]) {
    if (key === '__proto__' || key === 'constructor' || key === 'prototype')
      return `takes no key named ${key}`;
    const rule = typeof item === 'object' && item !== null ? brokenObjectRule(item, depth + 1) : null;
    if (rule !== null) return rule;
  }
  return null;
}

function isAvailability(field: FieldPath): boolean {
  return (
    field.startsWith('routing.') ||
    field === 'settings.work.status' ||
    field === 'settings.inbox.availability'
  );
}

function toLanguageTag(text: string): string | null {
  try {
    return Intl.getCanonicalLocales(text)[0] ?? null;
  } catch {
    return null;
  }
}
