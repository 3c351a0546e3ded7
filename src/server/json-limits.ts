// What a JSON body may not be, however well-formed: nested without end, or holding keys and text that do harm further on.
const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Whether JSON text in UTF-8 nests deeper than that. Looks at bytes alone, so that nothing recurses into the depth. */
export function nestsDeeper(json: Uint8Array, levels: number): boolean {
  let depth = 0;
  for (let i = 0; i < json.length; i += 1) {
    const byte = json[i] ?? 0;
    if (byte === QUOTE) {
      i += 1;
      while (i < json.length && json[i] !== QUOTE) i += json[i] === BACKSLASH ? 2 : 1;
    } else if (OPENING.has(byte)) {
      depth += 1;
      if (depth > levels) return true;
    } else if (CLOSING.has(byte)) {
      depth -= 1;
    }
  }
  return false;
}

/** Keys that change what an object is rather than what it holds. */
const RESERVED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
/** Half of a pair, which no UTF-8 can hold; JSON can spell it as an escape. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Why parsed JSON is not taken, in words; null when it is. */
export function flawOf(value: unknown): string | null {
  if (typeof value === 'string') {
    return LONE_SURROGATE.test(value) ? 'holds a surrogate without its other half' : null;
  }
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, item] of Object.entries(value)) {
    if (RESERVED_KEYS.has(key)) return `has a key named ${key}`;
    const flaw = flawOf(key) ?? flawOf(item);
    if (flaw !== null) return flaw;
  }
  return null;
}
