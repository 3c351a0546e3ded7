// Every fault, at every backend, under every kind of operation: what is promised is held against the answer, against what
// arrived at the backends, and against what they hold afterwards. A rejection that nobody handles fails the test by itself.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BACKENDS, type Slug } from '../support/backend-truth.js';
import { faultRows, type FaultRow, type Pace } from './fault-table.js';
import { startFaultedGateway, type FaultedGateway, type FaultedGatewayOptions } from './faulted-gateway.js';
import { environmentOf, prepare, type FaultyBackend, type Findings } from './matrix-cells.js';
import { askHealthy, playRead, rightRead } from './matrix-reads.js';
import { mayHaveApplied, playWrite, rightWrite, WRITES, type WriteOperation } from './matrix-writes.js';
import { PEOPLE, READS, type ReadOperation } from './operations.js';

const GATEWAYS = 16;
const MAX_TRIES = 5;
const CELLS = { atOnce: 1_892, afterAWhile: 207, untrusted: 27 };

interface Cell extends FaultyBackend {
  readonly operation: ReadOperation | WriteOperation;
}

/** Somewhere else on this machine, where nothing of the gateway's must ever arrive. */
const elsewhere = createServer((_, res) => res.end('{}'));
let redirected = 0;

let rows: readonly FaultRow[] = [];
const healthy = new Map<ReadOperation, unknown>();
const directory = mkdtempSync(join(tmpdir(), 'faults-'));
const linksFile = join(directory, 'links.json');

beforeAll(async () => {
  elsewhere.on('connection', () => (redirected += 1));
  elsewhere.listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  rows = faultRows(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`);
  const links = PEOPLE.map(({ ids }) => BACKENDS.map((backend) => `${backend}:${ids[backend]}`));
  writeFileSync(linksFile, JSON.stringify({ links }));
  const gateway = await startFaultedGateway({});
  await prepare(gateway);
  for (const operation of READS) healthy.set(operation, await askHealthy(gateway, operation));
  await gateway.close();
});
afterAll(() => {
  elsewhere.close();
  rmSync(directory, { recursive: true });
});

function cellsAt(backend: Slug, row: FaultRow): readonly Cell[] {
  return [...READS, ...WRITES]
    .map((operation) => ({ row, backend, operation }))
    .filter((cell) => cell.operation !== 'update that is applied' || mayHaveApplied(cell))
    .filter((cell) => !isChance(cell));
}

/** Of several calls that are under way at once, which one is the first to hear of it is chance. */
function isChance({ row, backend, operation }: Cell): boolean {
  const isSeveral =
    operation === 'bulk' ? backend !== 'mind' : typeof operation === 'object' && operation.calls[backend] > 1;
  return isSeveral && (row.isLarge || row.isLasting);
}

function nameOf({ row, backend, operation }: Cell): string {
  return `${row.name}, ${backend}, ${typeof operation === 'string' ? operation : operation.name}`;
}

async function play(gateway: FaultedGateway, cell: Cell): Promise<Findings> {
  await prepare(gateway);
  const { operation } = cell;
  return typeof operation === 'string'
    ? playWrite(gateway, cell, operation)
    : playRead(gateway, cell, operation);
}

function rightOf(cell: Cell): Findings {
  const { operation } = cell;
  return typeof operation === 'string'
    ? rightWrite(cell, operation)
    : rightRead(cell, operation, healthy.get(operation));
}

/** What is wrong with a cell; null where all is right. */
async function verdict(gateway: FaultedGateway, cell: Cell, tries = MAX_TRIES): Promise<string | null> {
  const logged = gateway.log.length;
  const found = await play(gateway, cell);
  try {
    expect(found).toEqual(rightOf(cell));
    return null;
  } catch (error) {
    // A machine that is so busy that a backend without a fault answers too late proves nothing.
    const isSlow = gateway.log.slice(logged).some((line) => isLate(line, cell));
    return isSlow && tries > 1 ? verdict(gateway, cell, tries - 1) : (error as Error).message;
  }
}

function isLate({ backend, method, outcome }: Readonly<Record<string, unknown>>, cell: Cell): boolean {
  if (!/timeout|DEADLINE/.test(String(outcome))) return false;
  const isWritten = cell.operation === 'update' || cell.operation === 'update that is applied';
  const isReadFirst = cell.operation === 'bulk' && cell.row.fault.at === 'connect';
  return backend !== cell.backend || (method === 'GET' && (isWritten || isReadFirst));
}

/** How many cells were played, with which of them something is wrong, and what with the first. */
interface Tally {
  readonly played: number;
  readonly wrong: readonly string[];
  readonly first: string | undefined;
}

/** Plays cells, many at a time. */
async function playAll(cells: readonly Cell[], options: FaultedGatewayOptions): Promise<Tally> {
  const left = cells.values();
  const wrong: { readonly cell: string; readonly message: string }[] = [];
  let played = 0;
  const start = () => startFaultedGateway(options);
  await Promise.all(
    Array.from({ length: Math.min(GATEWAYS, cells.length) }, async () => {
      let gateway = await start();
      try {
        for (const cell of left) {
          const message = await verdict(gateway, cell);
          played += 1;
          if (message !== null) wrong.push({ cell: nameOf(cell), message });
          if (!cell.row.isLasting) continue;
          await gateway.close();
          gateway = await start();
        }
      } finally {
        await gateway.close();
      }
    }),
  );
  return { played, wrong: wrong.map(({ cell }) => cell), first: wrong[0]?.message };
}

/** Three groups by how they are played: with time enough, with so little that silence is noticed soon, and with strangers. */
const plain = (pace: Pace) => async () => {
  const those = rows.filter((row) => row.pace === pace && row.fault.at !== 'tls');
  const cells = those.flatMap((row) => BACKENDS.flatMap((backend) => cellsAt(backend, row)));
  return playAll(cells, { env: environmentOf(pace) });
};

async function withStrangers(): Promise<Tally> {
  const those = rows.filter(({ fault }) => fault.at === 'tls');
  const env = { ...environmentOf('patient'), LINKS_FILE: linksFile };
  const tallies: Tally[] = [];
  for (const backend of BACKENDS) {
    const cells = those.flatMap((row) => cellsAt(backend, row));
    tallies.push(await playAll(cells, { env, tls: backend }));
  }
  return tallies.reduce((sum, each) => ({
    played: sum.played + each.played,
    wrong: [...sum.wrong, ...each.wrong],
    first: sum.first ?? each.first,
  }));
}

describe('whatever goes wrong at one backend', () => {
  it.each<[string, number, () => Promise<Tally>]>([
    ['at once', CELLS.atOnce, plain('patient')],
    ['after a while', CELLS.afterAWhile, plain('hurried')],
    ['before anything is sent, since it is not trusted', CELLS.untrusted, withStrangers],
  ])(
    'costs what hangs on it and nothing else, is told as it is, and leaves nothing behind: %s (%i cells)',
    async (_when, cells, playThem) => {
      expect(await playThem()).toEqual({ played: cells, wrong: [], first: undefined });
      expect(redirected).toBe(0);
    },
    300_000,
  );
});
