import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  OVERLOAD_LIMITS,
  startAdmission,
  type Admission,
  type OperationKind,
} from '../../src/server/admission.js';
import type { ShedReason } from '../../src/server/metrics.js';
import { EndSignal } from '../../src/transport/end-signal.js';

const OVERLOADED = { code: 'OVERLOADED', retryAfterMs: 1_000 };
const NEVER_MS = 600_000;

let admission: Admission;
let shed: ShedReason[] = [];
function start(maxInFlight: number, maxWaitMs = NEVER_MS): void {
  admission = startAdmission({
    maxInFlight,
    limits: { ...OVERLOAD_LIMITS, maxLoopDelayMs: Infinity, maxWaitMs },
    onShed: (reason) => shed.push(reason),
  });
}
afterEach(() => {
  admission.close();
  shed = [];
});

interface Job {
  readonly hasStarted: () => boolean;
  readonly finish: () => void;
  readonly leave: (reason: Error) => void;
  /** How it ended: the answer, or the error. */
  readonly result: Promise<unknown>;
}

/** Asks to be let in, and works until told to finish. */
function ask(kind: OperationKind = 'query'): Job {
  let hasStarted = false;
  let finish: () => void = () => undefined;
  const work = () => {
    hasStarted = true;
    return new Promise<string>((resolve) => {
      finish = () => {
        resolve('answered');
      };
    });
  };
  const client = new EndSignal();
  return {
    hasStarted: () => hasStarted,
    finish: () => {
      finish();
    },
    leave(reason) {
      client.abort(() => reason);
    },
    result: admission.run(kind, client, work).catch((error: unknown) => error),
  };
}

const counts = () => ({ inFlight: admission.inFlight, waiting: admission.waiting });

describe('operations', () => {
  it('run as many at a time as may, a quarter as many wait, and the others are turned away at once', async () => {
    start(8);
    const jobs = Array.from({ length: 15 }, () => ask());
    expect(counts()).toEqual({ inFlight: 8, waiting: 2 });
    expect(jobs.map(({ hasStarted }) => hasStarted()).lastIndexOf(true)).toBe(7);
    const refused = await Promise.all(jobs.slice(10).map(({ result }) => result));
    for (const error of refused) expect(error).toMatchObject(OVERLOADED);
    expect(() => {
      admission.assertOpen();
    }).toThrow(expect.objectContaining(OVERLOADED));
    expect(shed).toEqual(Array.from({ length: 6 }, () => 'in_flight'));

    for (const job of jobs.slice(0, 8)) job.finish();
    await Promise.all(jobs.slice(0, 8).map(({ result }) => result));
    await setImmediate();
    for (const job of jobs.slice(8, 10)) job.finish();
    expect(await Promise.all(jobs.slice(0, 10).map(({ result }) => result))).toEqual(
      Array.from({ length: 10 }, () => 'answered'),
    );
    expect(counts()).toEqual({ inFlight: 0, waiting: 0 });
    admission.assertOpen();
  });

  it('that wait have their turn in order, mutations before queries', async () => {
    start(12);
    const running = Array.from({ length: 12 }, () => ask());
    const [first, second, mutation] = [ask(), ask(), ask('mutation')];
    const order: Job[] = [];
    for (const job of running.slice(0, 3)) {
      job.finish();
      await job.result;
      await setImmediate();
      order.push(...[first, second, mutation].filter((each) => each.hasStarted() && !order.includes(each)));
    }
    expect(order.map((job) => [first, second, mutation].indexOf(job))).toEqual([2, 0, 1]);
  });

  it('that wait in vain are turned away', async () => {
    start(1, 20);
    const running = ask();
    const waiting = ask();
    expect(await waiting.result).toMatchObject(OVERLOADED);
    expect(waiting.hasStarted()).toBe(false);
    expect(shed).toEqual(['in_flight']);
    running.finish();
    expect(await running.result).toBe('answered');
  });

  it('that have had their turn in time are not turned away later', async () => {
    start(1, 20);
    const running = ask();
    const waiting = ask();
    running.finish();
    await running.result;
    await setImmediate();
    const later = ask();
    expect(await later.result).toMatchObject(OVERLOADED);
    expect(shed).toEqual(['in_flight']);
    waiting.finish();
    expect(await waiting.result).toBe('answered');
  });

  it('that end while they wait give up their place in the queue, and are not run', async () => {
    start(1);
    const running = ask();
    const gone = ask();
    gone.leave(new Error('gone'));
    expect(await gone.result).toMatchObject({ message: 'gone' });
    const next = ask();
    running.finish();
    await running.result;
    await setImmediate();
    expect([gone.hasStarted(), next.hasStarted()]).toEqual([false, true]);
    expect(shed).toEqual([]);
  });

  it('that end while they run keep their place until their work is done', async () => {
    start(1);
    const running = ask();
    running.leave(new Error('gone'));
    await setImmediate();
    expect(counts()).toEqual({ inFlight: 1, waiting: 0 });
    running.finish();
    expect(await running.result).toBe('answered');
  });

  it('that fail free their place', async () => {
    start(1);
    const failure = new Error('failed');
    const failing = admission.run('query', new EndSignal(), () => Promise.reject(failure));
    await expect(failing).rejects.toBe(failure);
    await setImmediate();
    expect(counts()).toEqual({ inFlight: 0, waiting: 0 });
  });
});
