// Running a plan: every value goes into its slot of the answer when it is there, at once or after a promise. Promises are counted, and
// the answer is complete when none is left.
import {
  locatedError,
  responsePathAsArray,
  type ExecutionResult,
  type FieldNode,
  type GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
} from 'graphql';

export type Key = string | number;
type Values = Record<Key, unknown>;

/** A field where it is selected. */
export interface Place {
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
}

/** What is known beforehand of the value of a field, or of a list's items. */
export interface Slot {
  readonly place: Place;
  readonly isNonNull: boolean;
  /** Of which JavaScript type values are that are shown as they are; null where none are. */
  readonly shownAsIs: 'string' | 'boolean' | null;
  /** Asks the resolver about the object that has the field. */
  readonly read: (source: unknown, holder: Holder) => unknown;
  /** For values that are neither null nor an error nor a promise. */
  readonly complete: Complete;
}

export interface Field extends Slot {
  readonly key: string;
}

/** Makes of a value what the answer shows; undefined while a promise is waited for. */
export type Complete = (slot: Slot, value: unknown, holder: Holder, key: Key) => unknown;

export interface Selection {
  readonly fields: readonly Field[];
  /** Whether one of the keys would set an object's prototype. */
  readonly isBare: boolean;
}

/** An object or a list of the answer, and where it belongs; `slot` is null for the answer as a whole. */
export interface Holder {
  readonly run: Run;
  readonly parent: Holder | null;
  readonly slot: Slot | null;
  readonly key: Key;
  readonly values: Values;
  /** It gave way to a null. */
  isGone: boolean;
}

/** One execution: what it is given, and what it has come to. */
export interface Run {
  readonly rootValue: unknown;
  readonly contextValue: unknown;
  readonly variableValues: Record<string, unknown>;
  readonly errors: GraphQLError[];
  /** Coerced once for all objects that have the field. */
  readonly args: Map<Place, object>;
  /** How many promises are. */
  waiting: number;
  onIdle: (() => void) | null;
}

/** The answer when nothing is under way any more, which is at once where nothing was a promise. */
export function runSelection(
  selection: Selection,
  isSerial: boolean,
  { rootValue, contextValue, variableValues }: Pick<Run, 'rootValue' | 'contextValue' | 'variableValues'>,
): ExecutionResult | Promise<ExecutionResult> {
  const errors: GraphQLError[] = [];
  const args = new Map<Place, object>();
  const run: Run = { rootValue, contextValue, variableValues, errors, args, waiting: 0, onIdle: null };
  const values = emptyObject(selection);
  const root: Holder = { run, parent: null, slot: null, key: '', values, isGone: false };

  function fillField(field: Field): void {
    try {
      values[field.key] = fill(field, rootValue, root, field.key);
    } catch (error) {
      errors.push(error as GraphQLError);
    }
  }

  async function fillSerially(): Promise<void> {
    for (const field of selection.fields) {
      if (!root.isGone) fillField(field);
      if (run.waiting > 0) await idle(run);
    }
  }

  function result(): ExecutionResult {
    const data = root.isGone ? null : values;
    return errors.length === 0 ? { data } : { errors, data };
  }

  if (isSerial) return fillSerially().then(result);
  for (const field of selection.fields) if (!root.isGone) fillField(field);
  return run.waiting > 0 ? idle(run).then(result) : result();
}

function idle(run: Run): Promise<void> {
  return new Promise((resolve) => {
    // A function expression here would live in V8's old generation, and with it all that it sees until that is collected.
    run.onIdle = resolve;
  });
}

/** The completed value, or null for an error; throws where null may not be. */
function fill(slot: Slot, source: unknown, holder: Holder, key: Key): unknown {
  try {
    return complete(slot, slot.read(source, holder), holder, key);
  } catch (reason) {
    return fail(slot, reason, holder, key);
  }
}

export function fillObject(
  slot: Slot,
  source: unknown,
  parent: Holder,
  key: Key,
  selection: Selection,
): Values {
  const values = emptyObject(selection);
  const holder: Holder = { run: parent.run, parent, slot, key, values, isGone: false };
  for (const field of selection.fields) {
    values[field.key] = fill(field, source, holder, field.key);
  }
  return values;
}

function emptyObject({ isBare }: Selection): Values {
  return isBare ? (Object.create(null) as Values) : {};
}

export function fillList(
  slot: Slot,
  items: Iterable<unknown>,
  parent: Holder,
  key: Key,
  item: Slot,
): unknown[] {
  const values: unknown[] = [];
  const holder: Holder = { run: parent.run, parent, slot, key, values: values as never, isGone: false };
  const all: readonly unknown[] = Array.isArray(items) ? items : [...items];
  try {
    for (const each of all) values.push(fill(item, each, holder, values.length));
  } catch (error) {
    // A rejection that nobody takes notice of would end the process.
    for (const each of all) if (isPromise(each)) Promise.resolve(each).catch(() => undefined);
    throw error;
  }
  return values;
}

function complete(slot: Slot, value: unknown, holder: Holder, key: Key): unknown {
  if (typeof value === slot.shownAsIs) return value;
  if (value == null) {
    if (!slot.isNonNull) return null;
    throw new Error(`Cannot return null for non-nullable field ${coordinateOf(slot.place)}.`);
  }
  if (isPromise(value)) {
    wait(slot, value, holder, key, complete);
    return undefined;
  }
  if (value instanceof Error) throw value;
  return slot.complete(slot, value, holder, key);
}

/** Goes on with a value at once or, where it is a promise, with what comes of it. */
export function proceed(slot: Slot, value: unknown, holder: Holder, key: Key, next: Complete): unknown {
  if (!isPromise(value)) return next(slot, value, holder, key);
  wait(slot, value, holder, key, next);
  return undefined;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isObject && typeof (value as Partial<PromiseLike<unknown>>).then === 'function';
}

function wait(slot: Slot, promise: PromiseLike<unknown>, holder: Holder, key: Key, next: Complete): void {
  const { run } = holder;
  run.waiting += 1;
  void Promise.resolve(promise).then(
    (value) => {
      try {
        holder.values[key] = next(slot, value, holder, key);
      } catch (reason) {
        failLate(slot, reason, holder, key);
      }
      leave(run);
    },
    (reason: unknown) => {
      failLate(slot, reason, holder, key);
      leave(run);
    },
  );
}

function leave(run: Run): void {
  run.waiting -= 1;
  if (run.waiting === 0) run.onIdle?.();
}

/** Null, and an error to tell of; where null may not be, the error is thrown for the holder to give way. */
function fail(slot: Slot, reason: unknown, holder: Holder, key: Key): null {
  const { place, isNonNull } = slot;
  const error = locatedError(reason, place.nodes, responsePathAsArray(pathOf(holder, key, place)));
  if (isNonNull) {
    holder.isGone = true;
    throw error;
  }
  if (!isLost(holder)) holder.run.errors.push(error);
  return null;
}

/** As `fail`, when those who would have caught the error have long returned. */
function failLate(slot: Slot, reason: unknown, holder: Holder, key: Key): void {
  if (isLost(holder)) return;
  try {
    holder.values[key] = fail(slot, reason, holder, key);
  } catch (error) {
    if (holder.parent === null || holder.slot === null) holder.run.errors.push(error as GraphQLError);
    else failLate(holder.slot, error, holder.parent, holder.key);
  }
}

/** What fails below a null is of no interest any more. */
function isLost(holder: Holder): boolean {
  return holder.isGone || (holder.parent !== null && isLost(holder.parent));
}

export function coordinateOf({ parentType, definition }: Place): string {
  return `${parentType.name}.${definition.name}`;
}

/** Put together only when somebody asks. */
export function pathOf(holder: Holder, key: Key, { parentType }: Place): GraphQLResolveInfo['path'] {
  const { parent, slot } = holder;
  const prev = parent === null || slot === null ? undefined : pathOf(parent, holder.key, slot.place);
  return { prev, key, typename: typeof key === 'number' ? undefined : parentType.name };
}
