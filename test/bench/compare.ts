// All contenders on one workload: first whether they answer the same, then how they do beside the bound, with which each takes
// turns. Another machine, or a busy one, moves both alike; what is told are ratios.
import { setTimeout as sleep } from 'node:timers/promises';
import { BOUND, type RunningContender, type Upstreams } from './contenders.js';
import { load, createClients, quantile, sample, type Slice, type Stretch } from './measure.js';
import { people } from './people.js';
import type { UpstreamCounts } from './upstreams.js';
import type { Workload } from './workloads.js';

export interface CompareOptions {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly latencyMs: number;
  /** How long nobody is asked anything before each round. */
  readonly lullMs: number;
  /** Load ahead of each slice that does not count: the other one has had the core in between. */
  readonly approachMs: number;
  readonly slice: Stretch;
  /** How often a slice is run again at most, that other programs have disturbed. */
  readonly maxAgain: number;
}

/** Of the ratios of all rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Figures {
  readonly cpu: Spread;
  readonly throughput: Spread;
  readonly p50: Spread;
  readonly p99: Spread;
  /** Of one request, in ms: no ratio, but what the machine took. */
  readonly cpuMs: number;
  /** At the end of a slice, at most. */
  readonly rssMiB: number;
  readonly errors: number;
}

export interface Result {
  readonly name: string;
  /** Of one warm request; null where it was not answered. */
  readonly calls: number | null;
  /** Why it does not take part; null where it does. */
  readonly problem: string | null;
  /** Null where it does not take part, or nobody does beside the bound. */
  readonly figures: Figures | null;
}

export interface Comparison {
  readonly workload: Workload;
  readonly latencyMs: number;
  /** The bound first. */
  readonly results: readonly Result[];
  /** The share of the slices that other programs disturbed although they were run again. */
  readonly disturbed: number;
}

interface Entry {
  readonly contender: RunningContender;
  readonly name: string;
  calls: number | null;
  problem: string | null;
}

/** More than that of one core taken by other programs, and a slice counts as disturbed. */
const MAX_FOREIGN_SHARE = 0.15;

/** `contenders` begin with the bound. */
export async function compare(
  contenders: readonly RunningContender[],
  upstreams: Upstreams,
  workload: Workload,
  options: CompareOptions,
): Promise<Comparison> {
  const entries = await check(contenders, upstreams, workload);
  await upstreams.reset(options.latencyMs);
  const taking = entries.filter(({ problem }) => problem === null);
  const turnsOf = await race(
    taking.map(({ contender }) => contender),
    upstreams,
    workload,
    options,
  );
  await upstreams.reset(0);
  const results = entries.map(({ contender, name, calls, problem }) => {
    const turns = turnsOf.get(contender) ?? [];
    return { name, calls, problem, figures: turns.length === 0 ? null : figuresOf(turns) };
  });
  const all = [...turnsOf.values()].flatMap((turns) => turns.map(({ own }) => own));
  const disturbed = all.filter(({ foreignShare }) => foreignShare > MAX_FOREIGN_SHARE).length;
  return {
    workload,
    latencyMs: options.latencyMs,
    results,
    disturbed: all.length === 0 ? 0 : disturbed / all.length,
  };
}

/** What each answers, and with how many calls. */
async function check(
  contenders: readonly RunningContender[],
  upstreams: Upstreams,
  { bodies }: Workload,
): Promise<readonly Entry[]> {
  const bodiesToCheck = [...new Set([bodies[0] ?? '', bodies.at(-1) ?? ''])];
  const expected: string[] = [];
  const entries: Entry[] = [];
  for (const contender of contenders) {
    const { name } = contender.contender;
    const entry: Entry = { contender, name, calls: null, problem: null };
    entries.push(entry);
    for (const [i, body] of bodiesToCheck.entries()) {
      try {
        const { data, counts } = await sample(contender.url, upstreams, body);
        if (name === BOUND) expected[i] = data;
        entry.calls = callsOf(counts);
        entry.problem ??= data === expected[i] ? miscalled(counts) : difference(data, expected[i] ?? '');
      } catch (error) {
        if (name === BOUND) throw error;
        entry.problem ??= (error as Error).message;
      }
    }
  }
  return entries;
}

function callsOf({ calls }: UpstreamCounts): number {
  // Who the caller is counts like any other: once warm, nobody has to ask that.
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}

/** Why calls are wrong whatever they came to; null where they are not. */
function miscalled({ calls, written }: UpstreamCounts): string | null {
  if (calls.other > 0) return `made ${calls.other} calls that no backend knows`;
  if (calls['mind.write'] === 0) return null;
  const isOnceEach = written.people === people.length && written.items === people.length;
  return isOnceEach ? null : `wrote ${written.people} of ${people.length} people in ${written.items} items`;
}

const AROUND = 40;

function difference(data: string, expected: string): string {
  let at = 0;
  while (data[at] === expected[at]) at += 1;
  const around = (text: string) => text.slice(Math.max(0, at - AROUND), at + AROUND);
  return `answers other JSON: …${around(data)}… instead of …${around(expected)}…`;
}

/** One slice of a contender, and that of the bound beside it. */
interface Turn {
  readonly own: Slice;
  readonly bound: Slice;
}

/** In pairs: in the time that all others need for their turns, V8 throws compiled code away, of some more than of others. */
async function race(
  contenders: readonly RunningContender[],
  upstreams: Upstreams,
  { bodies, clients: count }: Workload,
  { rounds, warmUpMs, lullMs, approachMs, slice, maxAgain }: CompareOptions,
): Promise<ReadonlyMap<RunningContender, readonly Turn[]>> {
  const runners = contenders.map((contender) => {
    const clients = createClients(contender.url, count);
    const run = (stretch: Stretch) => load(contender, upstreams, clients, bodies, stretch);
    const warmUp = () => run({ forMs: warmUpMs, minRequests: count });
    async function takeTurn(): Promise<Slice> {
      if (approachMs > 0) await run({ forMs: approachMs, minRequests: 0 });
      return undisturbed(maxAgain, () => run(slice));
    }
    return { contender, clients, warmUp, takeTurn, turns: [] as Turn[] };
  });
  const [bound, ...others] = runners;
  if (bound === undefined) throw new TypeError('nothing to compare with');
  await bound.warmUp();
  for (const other of others) {
    await other.warmUp();
    for (let round = 0; round < rounds; round += 1) {
      await sleep(lullMs);
      const isBoundFirst = Math.random() < 0.5;
      const first = await (isBoundFirst ? bound : other).takeTurn();
      const second = await (isBoundFirst ? other : bound).takeTurn();
      const turn = isBoundFirst ? { bound: first, own: second } : { bound: second, own: first };
      other.turns.push(turn);
      bound.turns.push({ bound: turn.bound, own: turn.bound });
    }
  }
  for (const client of runners.flatMap(({ clients }) => clients)) client.close();
  return new Map(runners.map(({ contender, turns }) => [contender, turns]));
}

/** The first slice that nobody disturbed, or else the one that was disturbed least. */
async function undisturbed(maxAgain: number, run: () => Promise<Slice>): Promise<Slice> {
  let best = await run();
  for (let again = 0; again < maxAgain && best.foreignShare > MAX_FOREIGN_SHARE; again += 1) {
    const next = await run();
    if (next.foreignShare < best.foreignShare) best = next;
  }
  return best;
}

function figuresOf(turns: readonly Turn[]): Figures {
  const spread = (of: (slice: Slice) => number): Spread => {
    const ratios = turns.map(({ own, bound }) => of(own) / of(bound));
    return { median: quantile(ratios, 0.5), min: Math.min(...ratios), max: Math.max(...ratios) };
  };
  return {
    cpu: spread(({ cpuMs }) => cpuMs),
    throughput: spread(({ perSecond }) => perSecond),
    p50: spread(({ p50Ms }) => p50Ms),
    p99: spread(({ p99Ms }) => p99Ms),
    cpuMs: quantile(
      turns.map(({ own }) => own.cpuMs),
      0.5,
    ),
    rssMiB: Math.max(...turns.map(({ own }) => own.rssMiB)),
    errors: turns.reduce((sum, { own }) => sum + own.errors, 0),
  };
}
