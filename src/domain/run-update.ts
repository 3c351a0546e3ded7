// Makes planned outcomes happen, and finds out what has happened: send, read back, settle.
import { setTimeout as wait } from 'node:timers/promises';
import { GatewayError } from '../errors.js';
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

/** What came of each call that was sent; calls that were not are left out. */
type Sent = ReadonlyMap<WriteCall, GatewayError | null>;

/**
 * Sends the calls of all outcomes of all people, then reads back in as few calls as reading takes. Backends are written in
 * parallel, each backend's calls for one person in order; no failure stops anything but what depends on it.
 */
export async function runOutcomes(
  people: readonly (readonly BackendOutcome[])[],
  options: RunOptions,
): Promise<readonly Settled[]> {
  const sent = await Promise.all(
    people.map((outcomes) =>
      Promise.all(outcomes.map(async (outcome) => ({ outcome, sent: await send(outcome) }))),
    ),
  );
  const readers = options.reopen();
  options.alongside(readers);
  const first = await Promise.all(
    sent.map((runs) => Promise.all(runs.map((run) => lookAfter(run, readers, options)))),
  );
  const isUnsettled = (looks: readonly Look[]) => looks.some(({ isSecondWanted }) => isSecondWanted);
  const settle = (looks: readonly Look[]) =>
    looks.map((look) => {
      const outcome = settleLook(look);
      options.onSettled(outcome);
      return outcome;
    });
  if (!first.some(isUnsettled)) return first.map((looks) => ({ outcomes: settle(looks), readers }));

  await wait(SECOND_LOOK_AFTER_MS);
  const again = options.reopen();
  return Promise.all(
    first.map(async (looks) => {
      if (!isUnsettled(looks)) return { outcomes: settle(looks), readers };
      const seconds = await Promise.all(looks.map((look) => lookAgain(look, again, options)));
      return { outcomes: settle(seconds), readers: again };
    }),
  );
}

interface Run {
  readonly outcome: BackendOutcome;
  readonly sent: Sent;
}

/** A run with what was seen afterwards: by field a value, undefined where nothing told, or why it could not be read. */
interface Look extends Run {
  readonly seen: ReadonlyMap<FieldOutcome, Shown | GatewayError>;
  readonly mended: Mended | null;
  readonly isSecondWanted: boolean;
}

/** One backend's calls, in order. After a call without an answer nothing more is sent there: it would be left waiting too. */
async function send({ calls }: BackendOutcome): Promise<Sent> {
  const sent = new Map<WriteCall, GatewayError | null>();
  for (const call of calls) {
    try {
      await call.send();
      sent.set(call, null);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      sent.set(call, error);
      if (error.httpStatus === undefined || error.code === 'UPSTREAM_RATE_LIMITED') break;
    }
  }
  return sent;
}

async function lookAfter(run: Run, readers: Readers, options: RunOptions): Promise<Look> {
  const mended = await mend(run, readers);
  const seen = await look(run, readers, options);
  const isSecondWanted =
    mended !== null ||
    run.outcome.fields.some((field) => {
      const call = callOf(field, run);
      return call !== undefined && isElsewhere(field, call, seen.get(field));
    });
  return { ...run, seen, mended, isSecondWanted };
}

async function lookAgain(first: Look, readers: Readers, options: RunOptions): Promise<Look> {
  if (!first.isSecondWanted) return first;
  const [seen, field] = await Promise.all([look(first, readers, options), first.mended?.confirm(readers)]);
  const mended = first.mended === null || field === undefined ? null : { ...first.mended, field };
  return { ...first, seen, mended };
}

async function mend({ outcome, sent }: Run, readers: Readers): Promise<Mended | null> {
  const mayHaveHappened = [...sent.values()].some((error) => error === null || error.delivery === 'unknown');
  if (outcome.mend === null || !mayHaveHappened) return null;
  try {
    return await outcome.mend(readers);
  } catch (error) {
    // Nothing can be read back; each field says so itself.
    if (error instanceof GatewayError) return null;
    throw error;
  }
}

async function look(
  run: Run,
  readers: Readers,
  { verify }: RunOptions,
): Promise<ReadonlyMap<FieldOutcome, Shown | GatewayError>> {
  const wanted = run.outcome.fields.filter((field) => {
    const call = callOf(field, run);
    const error = call === undefined ? undefined : run.sent.get(call);
    return error === null ? verify : error?.delivery === 'unknown';
  });
  return new Map(
    await Promise.all(
      wanted.map(async (field): Promise<[FieldOutcome, Shown | GatewayError]> => {
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

function settleLook({ outcome, sent, seen, mended }: Look): BackendOutcome {
  const fields = outcome.fields.map((field) =>
    field.state === 'PLANNED' ? settleField(field, { outcome, sent }, seen.get(field)) : field,
  );
  const attempted = outcome.calls.filter((call) => sent.has(call) && sent.get(call)?.delivery !== 'unsent');
  const errors = [...sent.values()].filter((error) => error !== null);
  const isMoved = fields.some(({ field, state }) => field === 'email' && MAY_BE_THERE.includes(state));
  return {
    ...outcome,
    message: isMoved ? outcome.message : null,
    calls: mended === null ? attempted : [...attempted, mended.call],
    fields: mended === null ? fields : [...fields, mended.field],
    upstreamTxId: errors.find(({ upstreamTxId }) => upstreamTxId !== undefined)?.upstreamTxId ?? null,
  };
}

const MAY_BE_THERE: readonly FieldOutcome['state'][] = ['VERIFIED', 'ACCEPTED', 'UNCERTAIN'];

function settleField(field: FieldOutcome, run: Run, seen: Shown | GatewayError): FieldOutcome {
  const call = callOf(field, run);
  const error = call === undefined ? undefined : run.sent.get(call);
  if (call === undefined || error === undefined) return unsent(field, run);
  if (error === null) return settleTaken(field, call, seen);
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

/** A field whose call was never reached, since an earlier one to the same backend went unanswered. */
function unsent(field: FieldOutcome, { sent }: Run): FieldOutcome {
  const reason = [...sent.values()].at(-1);
  const problem =
    reason == null
      ? ({ code: 'INTERNAL_SERVER_ERROR', message: `No call writes ${field.field}.` } as const)
      : { ...problemOf(reason), message: `${reason.message} What was to follow was not sent.` };
  return { ...field, state: 'FAILED', after: field.before, problem };
}

function callOf(field: FieldOutcome, { outcome }: Run): WriteCall | undefined {
  if (field.state !== 'PLANNED') return undefined;
  return outcome.calls.find((call) => call.fields.includes(field.field));
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
