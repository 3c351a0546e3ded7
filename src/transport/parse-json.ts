// JSON as it comes from a backend. A long list is parsed in pieces: a text of more than 64 Ki characters gets pages of its own from
// V8, fresh from the kernel and given back to it. What that takes: docs/decisions/0013-what-a-value-may-cost.md.
import { isUtf8, transcode } from 'node:buffer';

/** In bytes, each of which may be a character. */
const LONG = 65_000;
/** From here on, `transcode` takes a half of what a TextDecoder takes, below it more. */
const LONG_TO_DECODE = 2_048;

const [OPENING, COMMA, CLOSING] = [0x5b, 0x2c, 0x5d];
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The value of a JSON text in UTF-8, with or without a byte order mark; throws SyntaxError for what is no JSON, TypeError for what is
 * not UTF-8. While it works, `bytes` are changed in places; afterwards they are as they were.
 */
export function parseJson(bytes: Buffer, longest = LONG): unknown {
  if (bytes.length > longest) {
    try {
      const value = parseList(bytes, longest);
      if (value !== undefined) return value;
    } catch (error) {
      // It was cut where it must not be, if it is JSON at all.
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return JSON.parse(decode(bytes));
}

/** A list, bare or in an envelope that holds no other; undefined for anything else. */
function parseList(bytes: Buffer, longest: number): unknown {
  const start = bytes.indexOf('[');
  const end = bytes.lastIndexOf(']') + 1;
  if (start === -1 || end === 0) return undefined;
  // No other array can open ahead of this one, nor close behind it: an array in the frame is the list's place.
  const frame: unknown = JSON.parse(`${decode(bytes.subarray(0, start))}[]${decode(bytes.subarray(end))}`);
  const place = Array.isArray(frame) ? frame : Object.values(Object(frame) as object).find(Array.isArray);
  if (place === undefined) return undefined;
  for (const row of parseRows(bytes.subarray(start, end), longest)) place.push(row);
  return frame;
}

/** Cut between two rows, both halves are lists when they are bracketed; cut inside of one, the first lacks brackets that close. */
function parseRows(list: Buffer, longest: number): unknown[] {
  const cut = list.length > longest ? list.indexOf('},{', list.length >> 1) + 1 : 0;
  if (cut === 0) return JSON.parse(decode(list)) as unknown[];
  try {
    list[cut] = CLOSING;
    const rows = parseRows(list.subarray(0, cut + 1), longest);
    list[cut] = OPENING;
    return rows.concat(parseRows(list.subarray(cut), longest));
  } finally {
    list[cut] = COMMA;
  }
}

function decode(bytes: Buffer): string {
  const isMarked = bytes[0] === 0xef;
  if (bytes.length < LONG_TO_DECODE || isMarked || !isUtf8(bytes)) return UTF8.decode(bytes);
  return transcode(bytes, 'utf8', 'utf16le').toString('utf16le');
}
