// A long day in short: rounds of mixed requests to a gateway whose backends fail now and then, and what is left of them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CAST } from '../../src/sandbox/people.js';
import { startMindSandbox } from '../../src/sandbox/mind/index.js';
import { startOmnivibeSandbox } from '../../src/sandbox/omnivibe/index.js';
import { startV2Sandbox } from '../../src/sandbox/v2/index.js';
import { startGatewayProcess, type Condition } from '../abuse/gateway-process.js';
import { BACKENDS } from '../support/backend-truth.js';
import { post } from './clients.js';
import { startFaultServer, type Misbehaviour } from './fault-server.js';
import { faultRows } from './fault-table.js';
import { BULK, PEOPLE, PLAN, READS, UPDATE } from './operations.js';

export interface SoakFigures {
  /** What lives in the gateway after each round, the first of which warms it up. */
  readonly heapBytes: readonly number[];
  /** Sockets, timers and the like before the first round, and some seconds after the last. */
  readonly resourcesBefore: Readonly<Record<string, number>>;
  readonly resourcesAfter: Readonly<Record<string, number>>;
  /** Answers without and with an error. */
  readonly answered: { readonly well: number; readonly withErrors: number };
  /** Requests that arrived at the backends, and those of them that went wrong. */
  readonly arrived: number;
  readonly misbehaved: number;
  /** Of the gateway itself. */
  readonly faults: number;
}

const AT_ONCE = 16;
/** Few enough for every circuit to stay closed most of the time. */
const FAULT_SHARE = 0.15;
const HANG_SHARE = 0.01;
const SETTLED_WITHIN_MS = 15_000;

/** Every fault that is over at once, and does not keep the backend from being asked again. */
const MISBEHAVIOURS: readonly Misbehaviour[] = faultRows('/elsewhere').flatMap(
  ({ fault, pace, isLarge, error }) =>
    fault.at === 'answer' && pace === 'patient' && !isLarge && error?.retryAfterMs === undefined
      ? [fault.misbehave]
      : [],
);

export async function soak(rounds: number, requests: number): Promise<SoakFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'soak-'));
  const people = CAST.slice(0, 3);
  const mind = await startMindSandbox(people);
  const omnivibe = await startOmnivibeSandbox(people);
  const v2 = await startV2Sandbox(people);
  const sandboxes = { mind, omnivibe, v2 };
  const name = '127.0.0.1';
  const [mindServer, omnivibeServer, v2Server] = await Promise.all([
    startFaultServer({ name, target: mind.url }),
    startFaultServer({ name, target: omnivibe.url }),
    startFaultServer({ name, target: v2.url }),
  ]);
  const servers = [mindServer, omnivibeServer, v2Server];
  const tokensFile = join(directory, 'tokens.json');
  writeFileSync(tokensFile, JSON.stringify(omnivibe.userTokens));
  const gateway = await startGatewayProcess({
    AUTH: 'none',
    MIND_URL: mindServer.url,
    MIND_TOKEN: mind.serviceToken,
    OMNIVIBE_URL: omnivibeServer.url,
    OMNIVIBE_TOKEN: omnivibe.adminToken,
    OMNIVIBE_ACCOUNT_ID: String(omnivibe.accountId),
    OMNIVIBE_PLATFORM_TOKEN: omnivibe.platformToken,
    OMNIVIBE_TOKENS_FILE: tokensFile,
    V2_URL: v2Server.url,
    V2_API_KEY: v2.apiKey,
    UPSTREAM_TIMEOUT_MS: '300',
    REQUEST_TIMEOUT_MS: '2000',
  });

  let misbehaved = 0;
  for (const server of servers) {
    const any = (exchange: Parameters<Misbehaviour>[0]) => {
      misbehaved += 1;
      if (Math.random() < HANG_SHARE / FAULT_SHARE) return undefined;
      return MISBEHAVIOURS[Math.floor(Math.random() * MISBEHAVIOURS.length)]?.(exchange);
    };
    server.inject(any, () => Math.random() < FAULT_SHARE);
  }

  const answered = { well: 0, withErrors: 0 };
  let arrived = 0;
  async function round(): Promise<number> {
    let left = requests;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (left > 0) {
          left -= 1;
          const { text } = await post(gateway.url, nthRequest(left));
          if (/"errors"|"code"/.test(text)) answered.withErrors += 1;
          else answered.well += 1;
        }
      }),
    );
    for (const backend of BACKENDS) sandboxes[backend].ledger.clear();
    arrived += servers.reduce((sum, server) => sum + server.arrivals.length, 0);
    for (const server of servers) server.forget();
    return (await gateway.condition()).heapBytes;
  }

  try {
    const resourcesBefore = (await gateway.condition()).resources;
    const heapBytes: number[] = [];
    for (let i = 0; i <= rounds; i += 1) heapBytes.push(await round());
    const settled = await settle(() => gateway.condition(), resourcesBefore);
    return {
      heapBytes,
      resourcesBefore,
      resourcesAfter: settled.resources,
      answered,
      arrived,
      misbehaved,
      faults: settled.faults,
    };
  } finally {
    await gateway.close();
    for (const server of servers) await server.close();
    for (const backend of BACKENDS) await sandboxes[backend].close();
    rmSync(directory, { recursive: true });
  }
}

/** Connections to the backends are given up after some seconds without work. */
async function settle(
  condition: () => Promise<Condition>,
  before: Readonly<Record<string, number>>,
): Promise<Condition> {
  const until = performance.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const now = await condition();
    const isSettled = Object.entries(now.resources).every(([kind, count]) => count <= (before[kind] ?? 0));
    if (isSettled || performance.now() > until) return now;
    await wait(200);
  }
}

/** Reads of all kinds, and a write now and then. */
function nthRequest(n: number): { readonly query: string; readonly variables: object } {
  const ids = PEOPLE.map(({ seed, ids: of }) => `${seed}:${of[seed]}`);
  const updates = PEOPLE.map(({ before, after }, i) => ({
    profileId: ids[i],
    patch: Math.random() < 0.5 ? before : after,
  }));
  const [update] = updates;
  const kind = n % (READS.length + 3);
  const read = READS[kind];
  if (read !== undefined) return { query: read.document, variables: { id: ids[0], ids } };
  if (kind === READS.length) return { query: PLAN, variables: { input: update } };
  if (kind === READS.length + 1) return { query: UPDATE, variables: { input: update } };
  return { query: BULK, variables: { input: { updates } } };
}
