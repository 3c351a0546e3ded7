// What is measured of one contender: what it answers, which calls that takes, and how it does under load.
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningContender, Upstreams } from './contenders.js';
import { createConnection, type Connection } from './load.js';
import { machineCpuMs, ownProcess } from './processes.js';
import type { UpstreamCounts } from './upstreams.js';

/** What one request is answered, and which calls it came to. */
export interface Sample {
  /** As JSON. */
  readonly data: string;
  readonly counts: UpstreamCounts;
}

/** One stretch of load on one contender. */
export interface Slice {
  /** Not answered with 200, or with errors. */
  readonly errors: number;
  readonly perSecond: number;
  /** Of one request. */
  readonly cpuMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** At the end of it. */
  readonly rssMiB: number;
  /** What other programs took meanwhile, as a share of one core. */
  readonly foreignShare: number;
}

export interface Stretch {
  readonly forMs: number;
  /** However long these take. */
  readonly minRequests: number;
}

const MAX_TRIES = 5;
const TRY_AGAIN_MS = 500;
const ERRORS = Buffer.from('"errors"');

/** Asks twice, and looks at the second time: by then, what is remembered is known. */
export async function sample(url: string, upstreams: Upstreams, body: string): Promise<Sample> {
  await ask(url, body);
  await upstreams.reset(0);
  const data = await ask(url, body);
  return { data: JSON.stringify(data), counts: await upstreams.counts() };
}

async function ask(url: string, body: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer bench-caller-0' };
  const send = () => fetch(`${url}/graphql`, { method: 'POST', headers, body });
  let response = await send();
  // Just loaded, it may still refuse more.
  for (let tries = 1; tries < MAX_TRIES && response.status === 503; tries += 1) {
    await response.text();
    await sleep(TRY_AGAIN_MS);
    response = await send();
  }
  const text = await response.text();
  const { data, errors } = JSON.parse(text) as { readonly data?: unknown; readonly errors?: unknown };
  if (response.status === 200 && errors === undefined && data !== undefined) return data;
  throw new Error(`answered ${response.status} with ${text.slice(0, 300)}`);
}

/** Connections to a contender, each of a caller of its own where there are as many. */
export function createClients(url: string, clients: number, callers = clients): readonly Connection[] {
  return Array.from({ length: clients }, (_, i) => createConnection(url, i % callers));
}

/** Loads a contender with bodies in turn: each client asks again once it is answered. */
export async function load(
  contender: RunningContender,
  upstreams: Upstreams,
  clients: readonly Connection[],
  bodies: readonly string[],
  { forMs, minRequests }: Stretch,
): Promise<Slice> {
  const tookMs: number[] = [];
  let asked = 0;
  let errors = 0;
  await Promise.all(clients.map((client) => client.ready()));
  const cpuMs = () => contender.figures().cpuMs;
  const ownMs = () => ownProcess.figures().cpuMs + upstreams.figures().cpuMs;
  const before = { machineMs: machineCpuMs(), ownMs: ownMs(), cpuMs: cpuMs() };
  const startedAt = performance.now();
  const ask = async (client: Connection) => {
    while (asked < minRequests || performance.now() - startedAt < forMs) {
      const body = bodies[asked % bodies.length] ?? '';
      asked += 1;
      const answer = await client.ask(body);
      tookMs.push(answer.tookMs);
      if (answer.status !== 200 || answer.body.includes(ERRORS)) errors += 1;
    }
  };
  await Promise.all(clients.map(ask));
  const elapsedMs = performance.now() - startedAt;
  const spentMs = cpuMs() - before.cpuMs;
  const foreignMs = machineCpuMs() - before.machineMs - (ownMs() - before.ownMs) - spentMs;
  return {
    errors,
    perSecond: (tookMs.length / elapsedMs) * 1_000,
    cpuMs: spentMs / tookMs.length,
    p50Ms: quantile(tookMs, 0.5),
    p99Ms: quantile(tookMs, 0.99),
    rssMiB: contender.figures().rssMiB,
    foreignShare: Math.max(0, foreignMs / elapsedMs),
  };
}

/** The value that a share of all values does not exceed, such as 0.99. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
