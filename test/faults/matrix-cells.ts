// One cell of the fault matrix, and what is looked at when it has been played.
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { BACKENDS, eachBackend, type Slug } from '../support/backend-truth.js';
import type { Arrival } from './fault-server.js';
import type { FaultRow, Pace } from './fault-table.js';
import type { FaultedAnswer, FaultedGateway } from './faulted-gateway.js';
import type { Someone } from './operations.js';

export interface FaultyBackend {
  readonly row: FaultRow;
  readonly backend: Slug;
}

/** What was found when a cell was played, or what is right. */
export interface Findings {
  readonly status: number;
  readonly data: unknown;
  /** By path; without the request's id. */
  readonly errors: readonly object[];
  /** Reads and writes that arrived at each backend. */
  readonly arrived: Readonly<Record<Slug, readonly [reads: number, writes: number]>>;
  /** Attempts by backend. */
  readonly bill: Readonly<Record<string, unknown>>;
  readonly retries: number;
  /** What people are called at each backend afterwards, where that may have changed. */
  readonly held?: readonly (readonly string[])[];
  /** By how much the answer came too late. */
  readonly lateMs: number;
  /** Connections on which the gateway still waits for something. */
  readonly left: number;
}

/** How long an attempt and a query may take; a mutation may take twice as long as a query. */
export const TIMES: Readonly<Record<Pace, { readonly attemptMs: number; readonly queryMs: number }>> = {
  patient: { attemptMs: 4_000, queryMs: 10_000 },
  hurried: { attemptMs: 400, queryMs: 1_000 },
};
/** What must be left of an operation's time for another attempt. */
const RESERVE_MS = 200;
const GRACE_MS = 250;
const LEFT_WITHIN_MS = 1_000;

export const environmentOf = (pace: Pace) => ({
  UPSTREAM_TIMEOUT_MS: String(TIMES[pace].attemptMs),
  REQUEST_TIMEOUT_MS: String(TIMES[pace].queryMs),
  BULK_TIMEOUT_MS: String(2 * TIMES[pace].queryMs),
});

/** How often a read is tried in so much time; where time is short, each try takes as long as it may. */
export function triesIn(leftMs: number, { pace, retries }: FaultRow): number {
  if (pace === 'patient') return 1 + retries;
  let tries = 1;
  while (tries <= retries && leftMs - tries * TIMES[pace].attemptMs > RESERVE_MS) tries += 1;
  return tries;
}

/** By whose id somebody is asked for. A backend that was never reached does not even know its own people. */
export function idOf({ seed, ids }: Someone, { row, backend }: FaultyBackend): string {
  const isUnknown = row.fault.at === 'tls' && seed === backend;
  const from = isUnknown ? (BACKENDS.find((other) => other !== backend) ?? seed) : seed;
  return `${from}:${ids[from]}`;
}

/** Everything as at the start, and the gateway as one that has been at work for a while: it knows who has which address. */
export async function prepare(gateway: FaultedGateway): Promise<void> {
  for (const backend of BACKENDS) {
    await gateway.faults[backend].heal();
    gateway[backend].reset();
  }
  await gateway.execute('{ profiles(first: 3) { nodes { firstName displayName username } } }');
  for (const backend of BACKENDS) await gateway.faults[backend].heal();
}

/** Looks at an answer, and at what the backends have seen of it. */
export async function lookAt(
  gateway: FaultedGateway,
  { status, data, errors, bill, tookMs }: FaultedAnswer,
  limitMs: number,
): Promise<Findings> {
  const busy = () => BACKENDS.reduce((sum, backend) => sum + gateway.faults[backend].busy, 0);
  const until = performance.now() + LEFT_WITHIN_MS;
  while (busy() > 0 && performance.now() < until) await wait(5);
  return {
    status,
    data,
    errors: errors
      .map(({ path = [], extensions: { requestId, ...extensions } }) => {
        expect(requestId).toMatch(/^[\w-]{1,64}$/);
        return { path: path.join('.'), ...extensions };
      })
      .sort(byPath),
    arrived: eachBackend((backend) => {
      const { arrivals } = gateway.faults[backend];
      const writes = arrivals.filter(isWrite).length;
      return [arrivals.length - writes, writes] as const;
    }),
    bill: bill.byBackend,
    retries: bill.retries,
    lateMs: Math.max(0, Math.round(tookMs - limitMs - GRACE_MS)),
    left: busy(),
  };
}

export function isWrite({ method }: Arrival): boolean {
  return method !== 'GET';
}

export function byPath(left: { readonly path: string }, right: { readonly path: string }): number {
  return left.path.localeCompare(right.path);
}

/** Attempts as a bill shows them. */
export function billOf(attempts: Readonly<Record<Slug, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    BACKENDS.filter((backend) => attempts[backend] !== 0).map((backend) => [
      backend.toUpperCase(),
      attempts[backend],
    ]),
  );
}
