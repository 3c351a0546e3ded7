// How query parameters and form fields are read: all arrive as text and are held against the vendor's patterns.

const REFUSED = Symbol('refused');

/** Reads one parameter; `undefined` goes in when it was not sent. */
export type Field<T> = (value: string | undefined) => T | typeof REFUSED;

type Fields = Readonly<Record<string, Field<unknown>>>;

/** The values that a set of fields reads. */
export type Values<F extends Fields> = {
  readonly [Key in keyof F]: Exclude<ReturnType<F[Key]>, typeof REFUSED>;
};

/** The vendor's patterns. `query` and `dateFormat` alternate without grouping, as published; `email` is assumed. */
export const PATTERNS = {
  any: /^/,
  query: /^([0-9a-zA-Z +]+)|([A-Za-z0-9._+\-']+@[A-Za-z0-9.-]+\.[A-Za-z]{2,})$/,
  viewQuery: /^[0-9a-zA-Z \-_]+$/,
  personName: /^[a-zA-ZÀ-ÖØ-Þß-öø-ÿ\- ]+$/,
  username: /^[a-zA-Z0-9.-]+$/,
  email: /^[^\s@]+@[^\s@]+$/,
  telephone: /^\+[0-9]+$/,
  dateFormat: /^([a-z]{2}_[A-Z]{2})|(iso)$/,
  campaign: /^[a-zA-z0-9\-_]+$/,
  statistic: /^[a-zA-Z_]+$/,
  statisticOption: /^[0-9a-zA-Z]+$/,
  watchToggle: /^watch$/,
  tabId: /^[a-zA-Z0-9_]+$/,
} as const;

/** Text that must be there and match. */
export const text = (pattern: RegExp): Field<string> => parsed(pattern, (value) => value);

/** A whole number from `min` to `max`. */
export const wholeNumber =
  (min = 0, max = Number.MAX_SAFE_INTEGER): Field<number> =>
  (value) =>
    value !== undefined && /^[0-9]+$/.test(value) && Number(value) >= min && Number(value) <= max
      ? Number(value)
      : REFUSED;

/** 0 or 1, as numbers that mean a state are sent. */
export const flag = parsed(/^[01]$/, (value) => (value === '1' ? 1 : 0));

/** true, false, 1 or 0. */
export const yesOrNo = parsed(/^(0|1|true|false)$/, (value) => value === '1' || value === 'true');

/** Whole numbers as one JSON array. */
export const numberList = parsed(/^\[([0-9]+(,[0-9]+)*)?\]$/, (value) =>
  Array.from(value.matchAll(/[0-9]+/g), ([digits]) => Number(digits)),
);

/** Takes `fallback` when the parameter was not sent. */
export const optional =
  <T, D>(field: Field<T>, fallback: D): Field<T | D> =>
  (value) =>
    value === undefined ? fallback : field(value);

/** Left out, it changes nothing; sent empty, it becomes `empty` whatever the pattern. */
export const clearable = <T>(field: Field<T>, empty: T): Field<T | undefined> =>
  optional((value) => (value === '' ? empty : field(value)), undefined);

/** Where a page starts and how long it is; the maximum is the vendor's for this controller. */
export const PAGING = {
  itemStart: optional(wholeNumber(), 0),
  itemLimit: optional(wholeNumber(1, 999), 15),
};

/** Reads all fields from a source, or names the first that is missing or does not match. */
export function readFields<F extends Fields>(
  fields: F,
  source: (name: string) => string | undefined,
): { readonly values: Values<F> } | { readonly refused: string } {
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = field(source(name));
    if (value === REFUSED) return { refused: name };
    values[name] = value;
  }
  return { values: values as Values<F> };
}

function parsed<T>(pattern: RegExp, parse: (value: string) => T): Field<T> {
  return (value) => (value !== undefined && pattern.test(value) ? parse(value) : REFUSED);
}
