// Values that are at hand, or will be. What is at hand is not waited for: a list shows thousands of values, and a promise for
// each of them costs more than everything else that is done for it.
export type Eventual<T> = T | Promise<T>;

/** What follows from a value, at once if it is at hand. */
export function after<T, R>(value: Eventual<T>, next: (value: T) => Eventual<R>): Eventual<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** As `after`, with what else the answer depends on: a closure over that would be made for each value that is at hand. */
export function afterWith<T, A, R>(
  value: Eventual<T>,
  argument: A,
  next: (value: T, argument: A) => Eventual<R>,
): Eventual<R> {
  return value instanceof Promise ? thenWith(value, argument, next) : next(value, argument);
}

function thenWith<T, A, R>(
  value: Promise<T>,
  argument: A,
  next: (value: T, argument: A) => Eventual<R>,
): Promise<R> {
  return value.then((value) => next(value, argument));
}

/** A value, or what stands in for it when it cannot be had. */
export function orElse<T, R>(
  start: () => Eventual<T>,
  otherwise: (error: unknown) => Eventual<R>,
): Eventual<T | R> {
  try {
    const value = start();
    return value instanceof Promise ? value.catch(otherwise) : value;
  } catch (error) {
    return otherwise(error);
  }
}

/** All of them, in order; at hand where each of them is. */
export function all<T extends readonly unknown[]>(
  values: readonly [...{ [K in keyof T]: Eventual<T[K]> }],
): Eventual<T>;
export function all(values: readonly unknown[]): Eventual<readonly unknown[]> {
  return values.some((value) => value instanceof Promise) ? Promise.all(values) : values;
}

/** What came of work that is done once: at hand as soon as it is known, be it a failure, which is thrown each time. */
export class Outcome<T> {
  #pending: Promise<T> | null = null;
  #value: T | undefined;
  #error: { readonly reason: unknown } | null = null;

  constructor(work: () => Eventual<T>) {
    try {
      const started = work();
      if (started instanceof Promise) this.#await(started);
      else this.#value = started;
    } catch (reason) {
      this.#error = { reason };
    }
  }

  #await(started: Promise<T>): void {
    this.#pending = started;
    started.then(
      (value) => {
        this.#value = value;
        this.#pending = null;
      },
      (reason: unknown) => {
        this.#error = { reason };
        this.#pending = null;
      },
    );
  }

  read(): Eventual<T> {
    if (this.#pending !== null) return this.#pending;
    if (this.#error !== null) throw this.#error.reason;
    return this.#value as T;
  }
}
