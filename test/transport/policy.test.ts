// How many calls a backend is given, who waits, who is turned away, and what happens when it fails: over real sockets.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { GatewayError } from '../../src/errors.js';
import { createOperation, type Operation } from '../../src/server/operation.js';
import type { CircuitState } from '../../src/transport/circuit.js';
import { UPSTREAM_LIMITS, type UpstreamLimits } from '../../src/transport/policy.js';
import { createUpstream, type Upstream, type UpstreamCall } from '../../src/transport/upstream-client.js';

const READ: UpstreamCall = { method: 'GET', route: '/thing', headers: {} };
const WRITE: UpstreamCall = { method: 'PUT', route: '/thing', headers: {} };
const NEVER_MS = 600_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Origin {
  /** When each request arrived. */
  readonly arrivals: readonly number[];
  /** Requests that are not answered yet. */
  readonly held: readonly ServerResponse[];
  /** Answers those that are held, and from now on everything at once, with this status. */
  readonly answer: (status?: number, headers?: Record<string, string>) => void;
}

/** A backend that holds every request until it is told what to answer. */
async function start(
  limits: Partial<UpstreamLimits> = {},
): Promise<Origin & { readonly upstream: Upstream }> {
  const arrivals: number[] = [];
  const held: ServerResponse[] = [];
  let reply: ((res: ServerResponse) => void) | null = null;
  const server = createServer((_req, res) => {
    arrivals.push(performance.now());
    if (reply === null) held.push(res);
    else reply(res);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const upstream = createUpstream({
    backend: 'mind',
    baseUrl: `http://127.0.0.1:${port}`,
    timeoutMs: NEVER_MS,
    limits,
  });
  cleanups.push(async () => {
    await upstream.close();
    server.close();
    server.closeAllConnections();
  });
  return {
    upstream,
    arrivals,
    held,
    answer(status = 200, headers = {}) {
      reply = (res) => res.writeHead(status, headers).end(status === 200 ? '{}' : '');
      for (const res of held.splice(0)) reply(res);
    },
  };
}

interface Caller extends Operation {
  readonly refusals: readonly string[];
}
/** An operation of a caller; of its own, unless it has a name. */
function operation(name?: string, timeoutMs = NEVER_MS, budget = 10_000): Caller {
  const refusals: string[] = [];
  const started = createOperation({
    requestId: 'req-1',
    timeoutMs,
    budget,
    onCall: () => undefined,
    onRefusal: (_backend, kind, reason) => refusals.push(`${kind} ${reason}`),
  });
  if (name !== undefined) started.joinLane(name);
  cleanups.push(() => {
    started.end();
  });
  return Object.assign(started, { refusals });
}

const times = <T>(count: number, work: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => work(i));
const until = async (isSo: () => boolean) => {
  while (!isSo()) await turn();
};
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error as GatewayError,
  );
const codesOf = async (calls: readonly Promise<unknown>[]) =>
  (await Promise.all(calls.map(failure))).map((error) => error?.code ?? 'ok');

describe('a bulkhead', () => {
  it('has 16 calls of one caller under way, whatever operations they belong to; the others wait in their lane', async () => {
    const { upstream, held, answer } = await start();
    const [first, second] = [operation('mind:42'), operation('mind:42')];
    const calls = times(40, (i) => upstream.request(i % 2 ? first : second, READ));
    await until(() => held.length === 16);
    expect(upstream.condition('read')).toMatchObject({ inFlight: 16, waiting: 24 });
    answer();
    await Promise.all(calls);
    expect(upstream.condition('read')).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  it('has 64 reads under way, lets 32 wait, and turns away who comes then, unsent', async () => {
    const { upstream, held, arrivals, answer } = await start({ maxWaitMs: NEVER_MS });
    const calls = times(96, () => upstream.request(operation(), READ));
    await until(() => held.length === 64);
    expect(upstream.condition('read')).toMatchObject({ inFlight: 64, waiting: 32 });
    const turnedAway = operation();
    expect(await failure(upstream.request(turnedAway, READ))).toMatchObject({
      code: 'UPSTREAM_BUSY',
      backend: 'mind',
      delivery: 'unsent',
      retryAfterMs: NEVER_MS,
    });
    expect([turnedAway.refusals, turnedAway.bill().calls]).toEqual([['read busy'], 0]);
    answer();
    expect(await codesOf(calls)).toEqual(times(96, () => 'ok'));
    expect(arrivals).toHaveLength(96);
  });

  it('keeps places for writes while reads hang', async () => {
    const { upstream, held } = await start({ maxInFlight: 2 });
    times(2, () => void failure(upstream.request(operation(), READ)));
    await until(() => held.length === 2);
    void failure(upstream.request(operation(), WRITE));
    await until(() => held.length === 3);
    expect(upstream.condition('write')).toMatchObject({ inFlight: 1, waiting: 0 });
  });

  it('turns a read away whose caller was not let through for so long, and lets writes wait', async () => {
    const { upstream, held } = await start({ maxInFlight: 1, maxWaitMs: 50 });
    for (const call of [READ, WRITE]) void failure(upstream.request(operation(), call));
    await until(() => held.length === 2);
    const write = upstream.request(operation(), WRITE);
    void failure(write);
    expect(await failure(upstream.request(operation(), READ))).toMatchObject({
      code: 'UPSTREAM_BUSY',
      retryAfterMs: 50,
    });
    expect(upstream.condition('write')).toMatchObject({ inFlight: 1, waiting: 1 });
  });

  it('lets a caller wait for as long as that caller gets on', async () => {
    const { upstream, held, arrivals } = await start({ maxInFlight: 1, maxWaitMs: 200 });
    const caller = operation();
    const calls = times(6, () => upstream.request(caller, READ));
    const startedAt = performance.now();
    for (const nth of calls.keys()) {
      await until(() => held.length === 1 && arrivals.length === nth + 1);
      const givenAt = performance.now();
      await until(() => performance.now() - givenAt > 80);
      held[0]?.end('{}');
      (held as ServerResponse[]).pop();
    }
    expect(await codesOf(calls)).toEqual(times(6, () => 'ok'));
    expect(performance.now() - startedAt).toBeGreaterThan(400);
  });

  it('lets nobody wait for longer than their operation', async () => {
    const { upstream, held } = await start({ maxInFlight: 1, maxWaitMs: NEVER_MS });
    void failure(upstream.request(operation(), READ));
    await until(() => held.length === 1);
    const caller = operation();
    const calls = times(20, () => upstream.request(caller, READ));
    await until(() => upstream.condition('read').waiting === 20);
    caller.abandon();
    expect((await Promise.all(calls.map(failure))).map((error) => [error?.code, error?.delivery])).toEqual(
      times(20, () => ['DEADLINE_EXCEEDED', 'unsent']),
    );
    expect([caller.bill().calls, upstream.condition('read').waiting]).toEqual([0, 0]);
  });

  it('gets a place back even where somebody fails who is told of the circuit', async () => {
    const { upstream, answer } = await start({ circuitMinCalls: 1 });
    upstream.onCircuitChange(() => {
      throw new Error('not listening');
    });
    answer(500);
    await expect(upstream.request(operation(), WRITE)).rejects.toThrow('not listening');
    expect(upstream.condition('write')).toMatchObject({ circuit: 'open', inFlight: 0 });
  });
});

describe('a rate', () => {
  it('is never exceeded in any second, and those beyond it wait', async () => {
    const { upstream, arrivals, answer } = await start({ ratePerSecond: 20 });
    answer();
    const caller = operation();
    await Promise.all(times(50, (i) => upstream.request(caller, i % 2 ? READ : WRITE)));
    // What was sent within a second may arrive a little closer together.
    const closest = Math.min(...arrivals.slice(20).map((at, i) => at - (arrivals[i] ?? 0)));
    expect(closest).toBeGreaterThan(900);
  });
});

describe('a backend that asks to slow down', () => {
  it('is waited for by everybody, for up to two seconds', async () => {
    const { upstream, arrivals, held, answer } = await start();
    const first = upstream.request(operation(), READ);
    await until(() => held.length === 1);
    held[0]?.writeHead(429, { 'retry-after': '1' }).end();
    (held as ServerResponse[]).pop();
    await until(() => upstream.condition('read').recent.attempts === 1);
    answer();
    await Promise.all([first, upstream.request(operation(), READ), upstream.request(operation(), WRITE)]);
    const [asked = 0, ...others] = arrivals;
    expect(others).toHaveLength(3);
    expect(Math.min(...others) - asked).toBeGreaterThan(950);
  });

  it('is not asked at all when that takes longer', async () => {
    const { upstream, arrivals, answer } = await start();
    answer(429, { 'retry-after': '30' });
    await failure(upstream.request(operation(), READ));
    const caller = operation();
    for (const call of [READ, WRITE]) {
      const error = await failure(upstream.request(caller, call));
      expect(error).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', delivery: 'unsent' });
      expect(error?.retryAfterMs).toBeGreaterThan(20_000);
    }
    expect([arrivals.length, caller.refusals]).toEqual([1, ['read rate_limited', 'write rate_limited']]);
  });
});

it('lets a caller alone wait whose own credential was told to slow down', async () => {
  const { upstream, arrivals, answer } = await start();
  answer(429, { 'retry-after': '30' });
  const own = { ...READ, isCallersCredential: true };
  await failure(upstream.request(operation('mind:1'), own));
  expect(await failure(upstream.request(operation('mind:1'), own))).toMatchObject({ delivery: 'unsent' });
  answer();
  expect(
    await codesOf([upstream.request(operation('mind:2'), own), upstream.request(operation(), READ)]),
  ).toEqual(['ok', 'ok']);
  expect(arrivals).toHaveLength(3);
});

describe('a backend that fails', () => {
  it('is not thought well of again for refusing credentials', async () => {
    const { upstream, answer } = await start({ circuitMinCalls: 1, circuitOpenMs: 1 });
    answer(503);
    const caller = operation();
    await failure(upstream.request(caller, READ));
    await until(() => upstream.condition('read').circuit === 'half-open');
    answer(401);
    await codesOf(times(20, () => upstream.request(caller, { ...READ, isCallersCredential: true })));
    expect(upstream.condition('read').circuit).toBe('half-open');
  });

  it('is what a call failed by whose next try is beyond the budget', async () => {
    const { upstream, answer } = await start();
    answer(503);
    const caller = operation(undefined, NEVER_MS, 1);
    expect(await failure(upstream.request(caller, READ))).toMatchObject({
      code: 'UPSTREAM_ERROR',
      httpStatus: 503,
    });
  });

  it('gets at most 1,203 requests for 1,000 reads', async () => {
    const { upstream, arrivals, answer } = await start({ circuitMinCalls: Infinity, retryBaseMs: 1 });
    answer(502);
    const callers = times(4, () => operation());
    const codes = await codesOf(times(1_000, (i) => upstream.request(callers[i % 4] ?? operation(), READ)));
    expect(new Set(codes)).toEqual(new Set(['UPSTREAM_ERROR']));
    // Two retries a read would be 3,000.
    expect(arrivals.length).toBeGreaterThan(1_000);
    expect(arrivals.length).toBeLessThanOrEqual(1_203);
    expect(callers.flatMap(({ refusals }) => refusals)).toContain('read retry_budget');
  });

  it('is left alone after 20 of 40 calls, asked again after a while, and trusted again once it is well', async () => {
    const { upstream, arrivals, answer } = await start({ circuitOpenMs: 300 });
    const changes: CircuitState[] = [];
    upstream.onCircuitChange((kind, state) => {
      if (kind === 'read') changes.push(state);
    });
    answer(503);
    const caller = operation();
    const errors = [];
    while (errors.length < 40) errors.push(await failure(upstream.request(caller, READ)));
    expect(arrivals.length).toBeLessThanOrEqual(21);
    expect(errors.at(-1)).toMatchObject({ code: 'UPSTREAM_CIRCUIT_OPEN', delivery: 'unsent' });
    const startedAt = performance.now();
    await failure(upstream.request(caller, READ));
    expect(performance.now() - startedAt).toBeLessThan(50);
    answer();
    // Writes have a circuit of their own.
    expect(await codesOf([upstream.request(caller, WRITE)])).toEqual(['ok']);
    let code = 'UPSTREAM_CIRCUIT_OPEN';
    while (code !== 'ok') [code = ''] = await codesOf([upstream.request(caller, READ)]);
    await codesOf(times(2, () => upstream.request(caller, READ)));
    expect(changes).toEqual(['open', 'half-open', 'closed']);
  });

  it.each([
    ['401 of the caller’s own credential', 401, { ...READ, isCallersCredential: true }],
    ['401 of the gateway’s credential', 401, READ],
    ['403', 403, READ],
    ['404', 404, READ],
    ['422', 422, WRITE],
    ['429', 429, READ],
  ])('is not thought ill of for a thousand times %s', async (_what, status, call) => {
    const { upstream, arrivals, answer } = await start();
    answer(status);
    const caller = operation();
    await codesOf(times(1_000, () => upstream.request(caller, call)));
    expect([arrivals.length, upstream.condition('read').circuit]).toEqual([1_000, 'closed']);
    expect(upstream.condition('write').circuit).toBe('closed');
  });

  it('is not thought ill of for clients who have gone', async () => {
    const { upstream, held } = await start();
    for (let round = 0; round < 20; round += 1) {
      const caller = operation();
      const before = held.length;
      const calls = times(16, () => upstream.request(caller, READ));
      await until(() => held.length === before + 16);
      caller.abandon();
      expect(new Set(await codesOf(calls))).toEqual(new Set(['DEADLINE_EXCEEDED']));
    }
    expect(upstream.condition('read').circuit).toBe('closed');
  });

  it('fails with its own words when another try is not let through', async () => {
    const { upstream, answer } = await start({ circuitMinCalls: 1 });
    answer(503);
    expect(await failure(upstream.request(operation(), READ))).toMatchObject({
      code: 'UPSTREAM_ERROR',
      httpStatus: 503,
    });
    expect(upstream.condition('read').circuit).toBe('open');
  });
});

describe('the end of an operation', () => {
  it.each(['hurry', 'abandon'] as const)('is not put off any more after %s', async (what) => {
    const caller = operation(undefined, 1_000);
    caller[what]();
    caller.extendTo(NEVER_MS);
    expect(caller.remainingMs('write')).toBeLessThanOrEqual(1_000);
    await until(() => caller.writeSignal.aborted);
  });

  it('comes sooner for writes, so that they can be read back', async () => {
    const { upstream, held } = await start();
    const caller = operation(undefined, 1_000);
    const startedAt = performance.now();
    const read = failure(upstream.request(caller, READ)).then(() => performance.now() - startedAt);
    const write = failure(upstream.request(caller, WRITE)).then(() => performance.now() - startedAt);
    await until(() => held.length === 2);
    const [readMs, writeMs] = [await read, await write];
    expect(writeMs).toBeGreaterThanOrEqual(890);
    expect(readMs - writeMs).toBeGreaterThan(50);
  });
});

it('keeps the limits that docs/operations.md tells', () => {
  expect(UPSTREAM_LIMITS).toMatchObject({
    maxInFlight: 64,
    maxWaiting: 32,
    maxWaitMs: 500,
    maxPerCaller: 16,
    ratePerSecond: null,
    circuitOpenMs: 5_000,
    maxRetryAfterMs: 2_000,
  });
});
