// What a JSON body may not be, however well-formed: nested without end, or holding keys and text that do harm further on.
const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const COMMA = 0x2c;
const [OPENING_LIST, OPENING_OBJECT] = [0x5b, 0x7b];
const [CLOSING_LIST, CLOSING_OBJECT] = [0x5d, 0x7d];

export interface JsonLimits {
  readonly levels: number;
  /** Items of lists and keys of objects, all together. */
  readonly values: number;
}

/** Which limit JSON text in UTF-8 exceeds; null when none. Looks at bytes alone, so that nothing is built or recurses. */
export function excessOfJson(json: Uint8Array, { levels, values }: JsonLimits): keyof JsonLimits | null {
  let depth = 0;
  let separators = 0;
  for (let i = 0; i < json.length; i += 1) {
    const byte = json[i] ?? 0;
    if (byte === QUOTE) {
      i += 1;
      while (i < json.length && json[i] !== QUOTE) i += json[i] === BACKSLASH ? 2 : 1;
    } else if (byte === COMMA) {
      separators += 1;
      if (separators >= values) return 'values';
    } else if (byte === OPENING_LIST || byte === OPENING_OBJECT) {
      depth += 1;
      if (depth > levels) return 'levels';
    } else if (byte === CLOSING_LIST || byte === CLOSING_OBJECT) {
      depth -= 1;
    }
  }
  return null;
}

/** Keys that change what an object is rather than what it holds. */
const RESERVED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
/** Why parsed JSON is not taken, in words; null when it is. */
export function flawOf(value: unknown): string | null {
  if (typeof value === 'string') {
    // Half of a pair, which no UTF-8 can hold; JSON can spell it as an escape.
    return value.isWellFormed() ? null : 'holds a surrogate without its other half';
  }
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      const flaw = flawOf(item);
      if (flaw !== null) return flaw;
    }
    return null;
  }
  for (const key in value) {
    if (RESERVED_KEYS.has(key)) return `has a key named ${key}`;
    const flaw = flawOf(key) ?? flawOf((value as Readonly<Record<string, unknown>>)[key]);
    if (flaw !== null) return flaw;
  }
  return null;
}
