// Makes planned outcomes happen, and finds out what has happened: send, read back, settle.
import { setTimeout as wait } from 'node:timers/promises';
import { GatewayError } from '../errors.js';
import { all, type Eventual } from './eventual.js';
import { problemOf, type BackendOutcome, type FieldOutcome, type Mended, type Shown } from './outcome.js';
import { OWNERSHIP, type FieldPath } from './ownership.js';
import type { Readers, WriteCall } from './ports.js';
import { isSameValue } from './same-value.js';

export interface RunOptions {
  /** False: nothing is read back for its own sake. What was lost on the way is, and so are settings. */
  readonly verify: boolean;
  /** Readers that have read nothing yet. */
  readonly reopen: () => Readers;
  /** Told what came of one person's calls to one backend. */
  readonly onSettled: (outcome: BackendOutcome) => void;
  /** Called with the readers of each round, before anything is read back: what is asked there travels along. */
  readonly alongside: (readers: Readers) => void;
}

/** What came of one person's outcomes, and the readers that have seen it. */
export interface Settled {
  readonly outcomes: readonly BackendOutcome[];
  readonly readers: Readers;
}

/** A backend may show for a moment what was there before. */
const SECOND_LOOK_AFTER_MS = 200;

/**
 * Sends the calls of all outcomes of all people, then reads back in as few calls as reading takes. Backends are written in
 * parallel, each backend's calls for one person in order; no failure stops anything but what depends on it.
 */
export async function runOutcomes(
  people: readonly (readonly BackendOutcome[])[],
  options: RunOptions,
): Promise<readonly Settled[]> {
  const runs = people.map((outcomes) => outcomes.map((outcome) => new Run(outcome)));
  const each = runs.flat();
  await all(each.map((run) => run.send()));
  const readers = options.reopen();
  options.alongside(readers);
  await all(each.map((run) => run.look(readers, options.verify)));
  const settle = (own: readonly Run[], seenBy: Readers): Settled => {
    const outcomes = own.map((run) => run.settle());
    for (const outcome of outcomes) options.onSettled(outcome);
    return { outcomes, readers: seenBy };
  };
  const isUnsettled = (own: readonly Run[]) => own.some((run) => run.isSecondLookWanted);
  if (!runs.some(isUnsettled)) return runs.map((own) => settle(own, readers));

  await wait(SECOND_LOOK_AFTER_MS);
  const again = options.reopen();
  return Promise.all(
    runs.map(async (own) => {
      if (!isUnsettled(own)) return settle(own, readers);
      await Promise.all(own.map((run) => run.lookAgain(again)));
      return settle(own, again);
    }),
  );
}

const NOTHING: ReadonlyMap<FieldOutcome, Shown | GatewayError> = new Map();

/** One backend's outcome for one person while it comes true. */
class Run {
  readonly #outcome: BackendOutcome;
  /** What came of the calls that were sent, in order: null, or why it failed. */
  #sent: readonly (GatewayError | null)[] = [];
  /** The fields that are looked for. */
  #wanted: readonly FieldOutcome[] = [];
  /** Of these a value, undefined where nothing told, or why it could not be read. */
  #seen = NOTHING;
  #mended: Mended | null = null;
  isSecondLookWanted = false;

  constructor(outcome: BackendOutcome) {
    this.#outcome = outcome;
  }

  /** Sends the calls, each after the one before. After one without an answer nothing more is sent there: it would be left waiting too. */
  send(): Eventual<void> {
    return this.#outcome.calls[this.#sent.length]?.send().then(
      () => {
        this.#sent = [...this.#sent, null];
        return this.send();
      },
      (error: unknown) => {
        if (!(error instanceof GatewayError)) throw error;
        this.#sent = [...this.#sent, error];
        return error.httpStatus === undefined || error.code === 'UPSTREAM_RATE_LIMITED'
          ? undefined
          : this.send();
      },
    );
  }

  /** Looks for what is to be read back, if anything is; mends what was lost. */
  look(readers: Readers, verify: boolean): Eventual<void> {
    this.#wanted = this.#outcome.fields.filter((field) => {
      const error = this.#errorOf(field);
      return error === null ? verify : error?.delivery === 'unknown';
    });
    const mayHaveHappened = this.#sent.some((error) => error === null || error.delivery === 'unknown');
    const mend = mayHaveHappened ? this.#outcome.mend : null;
    if (mend !== null || this.#wanted.length > 0) return this.#lookFirst(readers, mend);
  }

  async #lookFirst(readers: Readers, mend: BackendOutcome['mend']): Promise<void> {
    this.#mended = await orNothing(mend, readers);
    this.#seen = await this.#see(readers);
    this.isSecondLookWanted =
      this.#mended !== null ||
      this.#wanted.some((field) => {
        const call = this.#callOf(field);
        return call !== undefined && isElsewhere(field, call, this.#seen.get(field));
      });
  }

  async lookAgain(readers: Readers): Promise<void> {
    if (!this.isSecondLookWanted) return;
    const [seen, field] = await Promise.all([this.#see(readers), this.#mended?.confirm(readers)]);
    this.#seen = seen;
    this.#mended = this.#mended === null || field === undefined ? null : { ...this.#mended, field };
  }

  async #see(readers: Readers): Promise<typeof NOTHING> {
    return new Map(
      await Promise.all(
        this.#wanted.map(async (field): Promise<[FieldOutcome, Shown | GatewayError]> => {
          try {
            return [field, await field.show?.(readers)];
          } catch (error) {
            if (error instanceof GatewayError) return [field, error];
            throw error;
          }
        }),
      ),
    );
  }

  /** What has come of it. */
  settle(): BackendOutcome {
    const { backend, calls, fields: planned, message, mend } = this.#outcome;
    const fields = planned.map((field) => (field.state === 'PLANNED' ? this.#settleField(field) : field));
    const attempted = calls.filter((_, i) => i < this.#sent.length && this.#sent[i]?.delivery !== 'unsent');
    const isMoved = fields.some(({ field, state }) => field === 'email' && MAY_BE_THERE.includes(state));
    const failed = this.#sent.find((error) => error?.upstreamTxId !== undefined);
    return {
      backend,
      calls: this.#mended === null ? attempted : [...attempted, this.#mended.call],
      fields: this.#mended === null ? fields : [...fields, this.#mended.field],
      upstreamTxId: failed?.upstreamTxId ?? null,
      message: isMoved ? message : null,
      mend,
    };
  }

  #settleField(field: FieldOutcome): FieldOutcome {
    const call = this.#callOf(field);
    const error = this.#errorOf(field);
    if (call === undefined || error === undefined) return unsent(field, this.#sent.at(-1));
    const seen = this.#seen.get(field);
    return error === null ? settleTaken(field, call, seen) : settleFailed(field, error, seen);
  }

  /** The call that writes a field; undefined for one that is not to be written. */
  #callOf(field: FieldOutcome): WriteCall | undefined {
    if (field.state !== 'PLANNED') return undefined;
    return this.#outcome.calls.find((call) => call.fields.includes(field.field));
  }

  /** What came of the call that writes a field; undefined where none was sent. */
  #errorOf(field: FieldOutcome): GatewayError | null | undefined {
    const call = this.#callOf(field);
    return call === undefined ? undefined : this.#sent[this.#outcome.calls.indexOf(call)];
  }
}

async function orNothing(mend: BackendOutcome['mend'], readers: Readers): Promise<Mended | null> {
  try {
    return (await mend?.(readers)) ?? null;
  } catch (error) {
    // Nothing can be read back; each field says so itself.
    if (error instanceof GatewayError) return null;
    throw error;
  }
}

const MAY_BE_THERE: readonly FieldOutcome['state'][] = ['VERIFIED', 'ACCEPTED', 'UNCERTAIN'];

function settleFailed(field: FieldOutcome, error: GatewayError, seen: Shown | GatewayError): FieldOutcome {
  const failed = { ...field, state: 'FAILED', after: field.before, problem: problemOf(error) } as const;
  if (error.delivery !== 'unknown') return failed;
  if (seen instanceof GatewayError || seen === undefined) {
    const message = `${error.message} Whether ${field.field} was changed could not be found out by reading.`;
    return { ...field, state: 'UNCERTAIN', problem: { ...problemOf(error), message } };
  }
  if (isThere(field, seen))
    return { ...field, state: field.isWriteOnly ? 'ACCEPTED' : 'VERIFIED', after: seen };
  // A backend that was not heard to the end may still be at it.
  if (error.code === 'DEADLINE_EXCEEDED') {
    const message = `${error.message} ${field.field} had not been changed by then, and may be changed still.`;
    return { ...field, state: 'UNCERTAIN', after: seen, problem: { ...problemOf(error), message } };
  }
  return { ...failed, after: seen };
}

function settleTaken(field: FieldOutcome, call: WriteCall, seen: Shown | GatewayError): FieldOutcome {
  if (isElsewhere(field, call, seen)) {
    const message = `The backend took ${field.field} and shows another value.`;
    return {
      ...field,
      state: 'MISMATCH',
      after: seen as FieldOutcome['after'],
      problem: { code: 'UPSTREAM_REJECTED', message },
    };
  }
  const isProven =
    seen !== undefined && !(seen instanceof GatewayError) && !field.isWriteOnly && isShown(field, call);
  return isProven ? { ...field, state: 'VERIFIED', after: seen } : { ...field, state: 'ACCEPTED' };
}

/** A field whose call was never reached, since an earlier one to the same backend went unanswered: the `last` that was sent. */
function unsent(field: FieldOutcome, last: GatewayError | null | undefined): FieldOutcome {
  const problem =
    last == null
      ? ({ code: 'INTERNAL_SERVER_ERROR', message: `No call writes ${field.field}.` } as const)
      : { ...problemOf(last), message: `${last.message} What was to follow was not sent.` };
  return { ...field, state: 'FAILED', after: field.before, problem };
}

function isShown(field: FieldOutcome, call: WriteCall): boolean {
  return call.unshown?.includes(field.field) !== true;
}

/** Whether what was read back is certainly not what was written. */
function isElsewhere(field: FieldOutcome, call: WriteCall, seen: Shown | GatewayError): boolean {
  if (seen === undefined || seen instanceof GatewayError || !isShown(field, call)) return false;
  return !isThere(field, seen);
}

/** A backend may spell a text in its own way; what merely stands where it stood was not written. */
function isThere(field: FieldOutcome, seen: Shown): boolean {
  if (isSameValue(seen, field.after)) return true;
  return !isSameValue(seen, field.before) && isSameSpelling(field.field, seen, field.after);
}

function isSameSpelling(field: string, seen: Shown, wanted: Shown): boolean {
  const normalize = Object.hasOwn(OWNERSHIP, field) ? OWNERSHIP[field as FieldPath].normalize : undefined;
  if (normalize === undefined || typeof seen !== 'string' || typeof wanted !== 'string') return false;
  return normalize(seen) === normalize(wanted);
}
