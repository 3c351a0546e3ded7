// What the gateway takes as work grows: more people in one operation, and more clients at a time.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CONTENDERS,
  GATEWAY,
  startContender,
  startUpstreams,
  type RunningContender,
  type Upstreams,
} from './contenders.js';
import { createConnection, type Answer, type Connection } from './load.js';
import { createClients, quantile, sample } from './measure.js';
import { people } from './people.js';
import { MIND_FIELDS, ON_THREE, WORKLOADS } from './workloads.js';

export interface PeopleStep {
  readonly people: number;
  readonly calls: number;
  readonly medianMs: number;
  readonly peakMiB: number;
}

export interface ClientsStep {
  readonly clients: number;
  /** Answered in full. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The share of the requests that were refused, or answered in part. */
  readonly refused: number;
  readonly rssMiB: number;
}

/** Curves by what was asked for. */
export interface Growth {
  readonly byPeople: Readonly<Record<string, readonly PeopleStep[]>>;
  readonly byClients: Readonly<Record<string, readonly ClientsStep[]>>;
}

export interface GrowthOptions {
  /** Of one step. */
  readonly forMs: number;
}

const PEOPLE = [1, 10, 100, 300, 1_000];
const CLIENTS = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/** What one field takes. */
const PEOPLE_PER_FIELD = 100;
/** So that one caller's share limits nobody: it is another matter. */
const CALLERS = 32;
export const LATENCY_MS = 20;
/** One call for each of 1,000 people at omnivibe is more than an operation may make of itself. */
export const UPSTREAM_BUDGET = 1_100;
const REFUSED_WAIT_MS = 1_000;
const MIN_REQUESTS = 10;
const ERRORS = Buffer.from('"errors"');

/** Everybody is on all three backends here. */
export async function measureGrowth(options: GrowthOptions): Promise<Growth> {
  const upstreams = await startUpstreams(people.length);
  try {
    return {
      byPeople: {
        'from one backend': await growPeople(upstreams, MIND_FIELDS, options),
        'from three backends': await growPeople(upstreams, ON_THREE, options),
      },
      byClients: {
        'one person from three backends': await growClients(upstreams, 'one3', options),
        '100 people from two backends': await growClients(upstreams, 'list100', options),
      },
    };
  } finally {
    await upstreams.stop();
  }
}

/** A gateway of its own for each curve, so that none begins with another one's memory. */
async function withGateway<T>(
  upstreams: Upstreams,
  work: (gateway: RunningContender) => Promise<T>,
): Promise<T> {
  const [contender] = CONTENDERS.filter(({ name }) => name === GATEWAY);
  if (contender === undefined) throw new Error('There is no gateway to measure');
  const env = { UPSTREAM_BUDGET: String(UPSTREAM_BUDGET) };
  const gateway = await startContender(contender, upstreams, env);
  try {
    return await work(gateway);
  } finally {
    await gateway.stop();
  }
}

function growPeople(upstreams: Upstreams, fields: string, { forMs }: GrowthOptions): Promise<PeopleStep[]> {
  return withGateway(upstreams, async (gateway) => {
    const steps: PeopleStep[] = [];
    for (const count of PEOPLE) {
      const body = bodyFor(count, fields);
      const { counts } = await sample(gateway.url, upstreams, body);
      const client = createConnection(gateway.url, 0);
      await repeat(client, body, forMs);
      gateway.resetPeak();
      const tookMs = await repeat(client, body, forMs);
      client.close();
      steps.push({
        people: count,
        calls: Object.values(counts.calls).reduce((sum, calls) => sum + calls, 0),
        medianMs: quantile(tookMs, 0.5),
        peakMiB: gateway.figures().peakRssMiB,
      });
    }
    return steps;
  });
}

function bodyFor(count: number, fields: string): string {
  const lists = Array.from({ length: Math.ceil(count / PEOPLE_PER_FIELD) }, (_, i) =>
    people
      .slice(i * PEOPLE_PER_FIELD, Math.min(count, (i + 1) * PEOPLE_PER_FIELD))
      .map(({ mind }) => `mind:${mind.id}`),
  );
  const names = lists.map((_, i) => `ids${i}`);
  const roots = names.map((name) => `${name}: profilesById(ids: $${name}) { ...Row }`);
  const query = `query People(${names.map((name) => `$${name}: [ID!]!`).join(', ')}) { ${roots.join('\n')} }
    fragment Row on Profile { ${fields} }`;
  return JSON.stringify({ query, variables: Object.fromEntries(lists.map((ids, i) => [`ids${i}`, ids])) });
}

/** One request after the other. A refusal, for which a busy machine is enough, is no answer; too many of them are an error. */
async function repeat(client: Connection, body: string, forMs: number): Promise<readonly number[]> {
  const tookMs: number[] = [];
  let refused = 0;
  for (const until = performance.now() + forMs; performance.now() < until || tookMs.length < MIN_REQUESTS;) {
    const answer = await client.ask(body);
    if (isFull(answer)) {
      tookMs.push(answer.tookMs);
    } else {
      if (answer.status !== 503 || refused++ > MIN_REQUESTS)
        throw new Error(`answered ${answer.status} with ${answer.body.toString('utf8', 0, 300)}`);
      await sleep(REFUSED_WAIT_MS);
    }
  }
  return tookMs;
}

const isFull = ({ status, body }: Answer) => status === 200 && !body.includes(ERRORS);

function growClients(
  upstreams: Upstreams,
  workload: string,
  { forMs }: GrowthOptions,
): Promise<ClientsStep[]> {
  const bodies = WORKLOADS.find(({ name }) => name === workload)?.bodies ?? [];
  return withGateway(upstreams, async (gateway) => {
    const steps: ClientsStep[] = [];
    for (const count of CLIENTS) {
      const clients = createClients(gateway.url, count, CALLERS);
      await upstreams.reset(LATENCY_MS);
      await crowd(clients, bodies, forMs / 2);
      const { tookMs, refused, elapsedMs } = await crowd(clients, bodies, forMs);
      for (const client of clients) client.close();
      steps.push({
        clients: count,
        perSecond: (tookMs.length / elapsedMs) * 1_000,
        p50Ms: quantile(tookMs, 0.5),
        p99Ms: quantile(tookMs, 0.99),
        refused: refused / (refused + tookMs.length),
        rssMiB: gateway.figures().rssMiB,
      });
    }
    await upstreams.reset(0);
    return steps;
  });
}

/** Clients that ask again once they are answered; who is refused comes back later, as the gateway asks them to. */
async function crowd(clients: readonly Connection[], bodies: readonly string[], forMs: number) {
  const tookMs: number[] = [];
  let [asked, refused] = [0, 0];
  await Promise.all(clients.map((client) => client.ready()));
  const startedAt = performance.now();
  const ask = async (client: Connection) => {
    while (performance.now() - startedAt < forMs) {
      const answer = await client.ask(bodies[asked++ % bodies.length] ?? '');
      if (isFull(answer)) {
        tookMs.push(answer.tookMs);
      } else {
        refused += 1;
        const leftMs = forMs - (performance.now() - startedAt);
        await sleep(Math.max(0, Math.min(REFUSED_WAIT_MS, leftMs)));
      }
    }
  };
  await Promise.all(clients.map(ask));
  return { tookMs, refused, elapsedMs: performance.now() - startedAt };
}
