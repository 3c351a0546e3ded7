// From `unknown` to wire types. Tolerant of spelling, strict about meaning: a value of a wrong type is not guessed at,
// it makes the one field that needs it fail, and nothing else.
import { GatewayError } from '../errors.js';
import { noteDrift } from './drift.js';

const UNREADABLE = Symbol('unreadable');
type Decoded<T> = T | null | typeof UNREADABLE;

/** Reads one value; absent, null and '' are null; a value of another type is refused. */
export type Decoder<T> = (value: unknown) => Decoded<T>;

/** Text; blanks are null; numbers are accepted, since ids come as either. */
export const text: Decoder<string> = (value) => {
  if (value === undefined || value === null) return null;
  // Blanks are how forms store nothing; as an address they would link strangers.
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : UNREADABLE;
};

/** A whole number; text of digits is accepted. */
export const int: Decoder<number> = (value) => {
  if (value === undefined || value === null || value === '') return null;
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : UNREADABLE;
};

/** A switch; 0/1 and their text spellings are accepted. */
export const flag: Decoder<boolean> = (value) => {
  if (value === undefined || value === null || value === '') return null;
  if (value === true || value === 1 || value === '1' || value === 'true') return true;
  return value === false || value === 0 || value === '0' || value === 'false' ? false : UNREADABLE;
};

/** An id of the backend: a positive whole number, as text. Anything else is null, for such a row is nobody's. */
export const nativeId: Decoder<string> = (value) => {
  const digits = typeof value === 'number' ? String(value) : value;
  return typeof digits === 'string' && /^[1-9][0-9]{0,14}$/.test(digits) ? digits : null;
};

/** A list; one unreadable item makes the list unreadable, since a shortened list would be a wrong answer. */
export function list<T>(item: Decoder<T>): Decoder<readonly T[]> {
  return (value) => {
    if (value === undefined || value === null) return null;
    if (!Array.isArray(value)) return UNREADABLE;
    const items: T[] = [];
    for (const each of value) {
      const decoded = item(each);
      if (decoded === UNREADABLE) return UNREADABLE;
      if (decoded !== null) items.push(decoded);
    }
    return items;
  };
}

/** An object whose keys are not known; they still pass the secrets filter before anybody sees them. */
export const anyObject: Decoder<Readonly<Record<string, unknown>>> = (value) => {
  // PHP encodes an empty map as an empty list.
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return null;
  return typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : UNREADABLE;
};

/** A decoder for each key of a contract's schema, so that none is forgotten and none is made up. */
export type DecodersOf<Keys extends PropertyKey> = Readonly<Record<Keys, Decoder<unknown>>>;
/** The wire type that a decoder makes. */
export type DecodedBy<D> = D extends Decoder<infer T> ? T : never;

type Shape<T> = { readonly [K in keyof T]: Decoder<T[K]> };
type ShapeOf<T> = { readonly [K in keyof T]: T[K] | null };

/** One object of an answer. What is read of it is decoded then, and kept where it is more than a word. */
class Row {
  readonly #raw: Readonly<Record<string, unknown>>;
  #kept: Record<string, unknown> | null = null;

  constructor(raw: Readonly<Record<string, unknown>>) {
    this.#raw = raw;
  }

  static rawOf(row: Row): Readonly<Record<string, unknown>> {
    return row.#raw;
  }

  /** `key` by its decoder; undecodable values throw, and are told of once. */
  static read(row: Row, key: string, decoder: Decoder<unknown>, onUnreadable: () => void): unknown {
    const kept = row.#kept?.[key];
    if (kept !== undefined) return kept;
    const decoded = decoder(row.#raw[key]);
    if (typeof decoded === 'object' ? decoded !== null : decoded === UNREADABLE) {
      row.#kept ??= {};
      row.#kept[key] = decoded;
    }
    if (decoded === UNREADABLE) onUnreadable();
    return decoded;
  }
}

/** An object as it came, with keys that nobody knows and may be secret: never shown. */
export function rawOf(decoded: object): Readonly<Record<string, unknown>> {
  return Row.rawOf(decoded as Row);
}

/**
 * An object of which only the named keys are read, each when somebody reads it: a list holds thousands of values, and a
 * selection needs few of them. Reading a key of the wrong type throws UPSTREAM_BAD_RESPONSE. `unread` names keys that the
 * contract knows and nobody needs; any other key is new.
 */
export function object<T>(
  backend: string,
  name: string,
  shape: Shape<T>,
  unread: readonly string[] = [],
): Decoder<ShapeOf<T>> {
  const keys = Object.keys(shape) as (keyof T & string)[];
  const known = new Set<string>([...keys, ...unread]);

  class NamedRow extends Row {
    /** What can be read of it, so that rows can be compared as a whole. */
    toJSON(): object {
      return Object.fromEntries(keys.map((key) => [key, orNull(this as unknown as ShapeOf<T>, key)]));
    }
  }
  for (const key of keys) {
    const where = `${name}.${key}`;
    const decoder = shape[key];
    const noteChange = () => {
      noteDrift(backend, 'changed type', where);
    };
    Object.defineProperty(NamedRow.prototype, key, {
      get(this: NamedRow) {
        const decoded = Row.read(this, key, decoder, noteChange);
        return decoded === UNREADABLE ? refuse(backend, where) : decoded;
      },
    });
  }

  /** Those of an object in which nothing is new. Most others have the same, in the same order, which is soon told. */
  let usual: readonly string[] = [];
  const noteNewKeys = (raw: Readonly<Record<string, unknown>>) => {
    const found = Object.keys(raw);
    const fresh = found.filter((key) => !known.has(key));
    for (const key of fresh) noteDrift(backend, 'new key', name, key);
    if (fresh.length === 0) usual = found;
  };
  const isUsual = (raw: Readonly<Record<string, unknown>>) => {
    let i = 0;
    for (const key in raw) if (key !== usual[i++]) return false;
    return true;
  };

  return (value) => {
    const raw = anyObject(value);
    if (raw === null || raw === UNREADABLE) return raw;
    if (!isUsual(raw)) noteNewKeys(raw);
    return new NamedRow(raw) as unknown as ShapeOf<T>;
  };
}

/** Decodes an answer that must be there. */
export function expectDecoded<T>(backend: string, name: string, decoder: Decoder<T>, value: unknown): T {
  const decoded = decoder(value);
  if (decoded !== null && decoded !== UNREADABLE) return decoded;
  noteDrift(backend, decoded === null ? 'missing key' : 'changed type', name);
  return refuse(backend, name);
}

/** The rows of a list answer: a bare array, or the array under `key` of an envelope. */
export function expectRows(backend: string, key: string, body: unknown): readonly unknown[] {
  const rows = Array.isArray(body) ? body : anyObjectOrNull(body)?.[key];
  if (Array.isArray(rows)) return rows as unknown[];
  noteDrift(backend, 'missing key', key);
  return refuse(backend, key);
}

/** Decodes rows; one that is no object cannot be given to anybody and is left out, as if it were missing. */
export function decodeRows<T>(decoder: Decoder<T>, rows: readonly unknown[]): T[] {
  const decoded: T[] = [];
  for (const row of rows) {
    const dto = decoder(row);
    if (dto !== null && dto !== UNREADABLE) decoded.push(dto);
  }
  return decoded;
}

/** An object's own keys, or null for anything else. */
export function anyObjectOrNull(value: unknown): Readonly<Record<string, unknown>> | null {
  const decoded = anyObject(value);
  return decoded === UNREADABLE ? null : decoded;
}

function refuse(backend: string, where: string): never {
  throw new GatewayError(
    'UPSTREAM_BAD_RESPONSE',
    `${backend}: ${where} has another type than its contract says.`,
    {
      backend,
    },
  );
}

/** Makes objects of one shape. */
export interface ViewMaker<Source, T> {
  (source: Source): T;
  /** What such an object was made of; null for any other. */
  sourceOf(made: T): Source | null;
}

/**
 * Makes objects whose fields are worked out of a source when they are read; a field that cannot be read throws then, and
 * only then.
 */
export function view<Source, T extends object>(fields: {
  readonly [K in keyof T]: (source: Source) => T[K];
}): ViewMaker<Source, T> {
  class NamedView extends View<Source> {}
  for (const key of Object.keys(fields) as (keyof T & string)[]) {
    const read = fields[key];
    Object.defineProperty(NamedView.prototype, key, {
      get(this: NamedView) {
        return read(View.sourceOf(this));
      },
    });
  }
  return Object.assign((source: Source) => new NamedView(source) as unknown as T, {
    sourceOf: (made: T) => (made instanceof NamedView ? View.sourceOf<Source>(made) : null),
  });
}

/** One class below all views: a private field for each of them would be looked up by its name at every read. */
class View<Source> {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  static sourceOf<Source>(view: View<Source>): Source {
    return view.#source;
  }
}

/** What an object says of itself, or null where that cannot be read: for what is only remembered, never shown. */
export function orNull<T, K extends keyof T>(object: T, key: K): T[K] | null {
  try {
    return object[key];
  } catch (error) {
    if (error instanceof GatewayError) return null;
    throw error;
  }
}
