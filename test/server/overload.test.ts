// More than the gateway can carry: who is let in, who is told to come again, and who is always heard.
import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createAdapters } from '../../src/adapters/index.js';
import { loadConfig } from '../../src/config.js';
import { joinBackends, type JoinedBackends } from '../../src/server/backends.js';
import { startGateway, type Gateway } from '../../src/server/gateway.js';
import { createLogger } from '../../src/server/logging.js';
import { expectRefusal, JSON_TYPE, post, send, type Received } from './client.js';
import { overload } from './overload-scenario.js';
import { startProgram, type Program } from './program.js';

const LONG_MS = 600_000;
const ASK = { query: '{ profile(id: "mind:42") { firstName } }' };
const UNLOCK = { query: 'mutation { removeStatusLock(input: { profileId: "mind:42" }) { status } }' };
const ALWAYS_HEARD = ['/livez', '/readyz', '/metrics'];

/** Asks again until it is so. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(5);
}

describe('a gateway with all its places taken', () => {
  const PLACES = 4;
  const BODY = JSON.stringify(ASK);
  const HEAD = `POST /graphql HTTP/1.1\r\nHost: g\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n`;

  let backends: JoinedBackends;
  let gateway: Gateway;
  beforeAll(async () => {
    const env = { UPSTREAM_TIMEOUT_MS: String(LONG_MS), REQUEST_TIMEOUT_MS: String(LONG_MS) };
    const config = loadConfig({ PORT: '0', LOG_LEVEL: 'silent', MAX_OPERATIONS: String(PLACES), ...env });
    backends = await joinBackends(config);
    gateway = await startGateway({
      config,
      adapters: createAdapters(backends.options),
      logger: createLogger(config.logLevel),
      overload: { maxLoopDelayMs: Infinity, maxWaitMs: LONG_MS },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await backends.close();
  });

  const sockets = new Set<Socket>();
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    backends.sandboxes.mind?.reset();
    await until(async () => (await post(gateway.url, ASK)).status === 200);
    backends.sandboxes.mind?.reset();
  });

  async function open(sent: string): Promise<Socket> {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    sockets.add(socket);
    await once(socket, 'connect');
    socket.write(sent);
    return socket;
  }
  const firstAnswer = async (socket: Socket) => String((await once(socket, 'data'))[0]);
  const calls = () => backends.sandboxes.mind?.ledger.entries.length ?? 0;

  /** Takes every place, and the one of who waits; `first` has a place, `last` waits. */
  async function fill(): Promise<{ readonly first: Socket; readonly last: Socket }> {
    backends.sandboxes.mind?.switches.set({ latencyMs: LONG_MS });
    const first = await open(`${HEAD}\r\n${BODY}`);
    for (let i = 1; i < PLACES; i += 1) await open(`${HEAD}\r\n${BODY}`);
    await until(() => calls() === PLACES);
    const last = await open(`${HEAD}\r\n${BODY}`);
    // Who comes next finds the door shut, once the last one has come in.
    await until(async () =>
      (await firstAnswer(await open(`${HEAD}Expect: 100-continue\r\n\r\n`))).includes(' 503 '),
    );
    return { first, last };
  }

  it('turns others away at once, and says when to come again', async () => {
    await fill();
    const refused = await Promise.all(Array.from({ length: 20 }, () => post(gateway.url, ASK)));
    for (const answer of refused) {
      expectRefusal(answer, 503, 'OVERLOADED');
      expect(answer.headers['retry-after']).toBe('1');
    }
    expect(calls()).toBe(PLACES);
  });

  it.each([
    ['that is announced', HEAD],
    ['that is on its way', `${HEAD}X-A: b\r\n`],
    ['that asks to be invited', `${HEAD}Expect: 100-continue\r\n`],
  ])('turns them away before it has read a body %s', async (_what, head) => {
    await fill();
    const body = head.includes('X-A') ? BODY.slice(0, 10) : '';
    expect(await firstAnswer(await open(`${head}\r\n${body}`))).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('is heard by those who look after it', async () => {
    await fill();
    for (const path of ALWAYS_HEARD)
      expect(await send(gateway.url + path, {})).toMatchObject({ status: 200 });
  });

  it('gives a place that is left to who waits', async () => {
    const { first } = await fill();
    expect(calls()).toBe(PLACES);
    first.destroy();
    await until(() => calls() === PLACES + 1);
  });

  it('has room again when somebody who waits has left', async () => {
    const { last } = await fill();
    last.destroy();
    await until(async () =>
      (await firstAnswer(await open(`${HEAD}Expect: 100-continue\r\n\r\n`))).includes(' 100 '),
    );
  });

  it('is not one whose clients only send slowly', async () => {
    for (let i = 0; i < 3 * PLACES; i += 1) await open(`${HEAD}\r\n${BODY.slice(0, -1)}`);
    expect(await post(gateway.url, ASK)).toMatchObject({ status: 200 });
  });

  it('invites a body otherwise, and answers it', async () => {
    const socket = await open(`${HEAD}Expect: 100-continue\r\n\r\n`);
    expect(await firstAnswer(socket)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write(BODY);
    expect(await firstAnswer(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });
});

describe('an event loop that is late', () => {
  const SHED_WITHIN_MS = 1_000;
  const RECOVERED_WITHIN_MS = 2_000;
  const TURN_MS = 300;
  const ASK_EACH_MS = 100;
  /** Connections that are there before: in each turn of the loop, Node accepts no more than one. */
  const CONNECTIONS = 100;

  const agent = new Agent({ keepAlive: true });
  let gateway: Program;
  const ask = (what: string) => {
    const body = { query: ASK, mutation: UNLOCK }[what];
    if (body === undefined) return send(gateway.url + what, { agent });
    const sent = { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body), agent };
    return send(`${gateway.url}/graphql`, sent);
  };
  const EVERYBODY = ['query', 'mutation', ...ALWAYS_HEARD];

  beforeAll(async () => {
    gateway = await startProgram();
    await ask('mutation');
    await Promise.all(Array.from({ length: CONNECTIONS }, () => ask('query')));
  }, 60_000);
  afterAll(() => {
    agent.destroy();
    gateway.kill('SIGKILL');
    return gateway.ended;
  });

  interface Heard {
    readonly what: string;
    readonly status: number;
    readonly atMs: number;
  }

  /** What is answered to people who go on asking while the loop is kept busy. */
  async function askWhileBlocked(turns: number, ms: number): Promise<readonly Heard[]> {
    const startedAt = performance.now();
    const asked: Promise<Heard>[] = [];
    const blocked = gateway.block(turns, ms);
    while (performance.now() < startedAt + turns * ms) {
      for (const what of EVERYBODY) {
        const note = ({ status }: Received) => ({ what, status, atMs: performance.now() - startedAt });
        asked.push(ask(what).then(note));
      }
      await wait(ASK_EACH_MS);
    }
    await blocked;
    return Promise.all(asked);
  }
  const shedAt = (heard: readonly Heard[], what: string) =>
    heard.filter((each) => each.what === what && each.status === 503).map(({ atMs }) => atMs);

  it('sheds queries, later mutations, never those who look after it, and recovers', async () => {
    const heard = await askWhileBlocked(10, TURN_MS);
    const endedAt = performance.now();
    await until(async () => (await ask('query')).status === 200);
    expect(performance.now() - endedAt).toBeLessThan(RECOVERED_WITHIN_MS);

    const [queries, mutations] = [shedAt(heard, 'query'), shedAt(heard, 'mutation')];
    // Who is turned away is told in a turn of the loop, too.
    expect(Math.min(...queries)).toBeLessThan(SHED_WITHIN_MS + 2 * TURN_MS);
    expect(Math.min(...mutations) - Math.min(...queries)).toBeGreaterThan(SHED_WITHIN_MS / 2);
    expect(heard.filter(({ what, status }) => ALWAYS_HEARD.includes(what) && status !== 200)).toEqual([]);
    expect(new Set(heard.map(({ status }) => status))).toEqual(new Set([200, 503]));
  }, 60_000);

  it.each([
    ['works to capacity in short turns', 150, 10],
    ['takes one long turn', 1, 450],
  ])(
    'is not one that %s',
    async (_what, turns, ms) => {
      await gateway.measure();
      const heard = await askWhileBlocked(turns, ms);
      const { utilization } = await gateway.measure();
      expect(utilization).toBeGreaterThan(0.9);
      expect(heard.filter(({ status }) => status !== 200)).toEqual([]);
    },
    60_000,
  );
});

describe('three times as many operations as can be answered', () => {
  it('cost no goodput, and nobody waits to be refused', async () => {
    const figures = await overload(3_000);
    const { peakPerSecond, goodPerSecond, refused, failed, refusalMs, recoveryMs } = figures;
    expect(goodPerSecond).toBeGreaterThan(0.8 * peakPerSecond);
    expect({ failed, isRefused: refused > 0 }).toEqual({ failed: 0, isRefused: true });
    expect(refusalMs.p50).toBeLessThan(5);
    expect(recoveryMs).toBeLessThan(2_000);
  }, 60_000);
});

describe('a client that keeps its connection', () => {
  it('may pause for longer than headers may take, and than a balancer does', async () => {
    const config = loadConfig({ PORT: '0', LOG_LEVEL: 'silent' });
    const backends = await joinBackends(config);
    const gateway = await startGateway({
      config,
      adapters: createAdapters(backends.options),
      logger: createLogger(config.logLevel),
      limits: { headersTimeoutMs: 100, requestTimeoutMs: 200, checkIntervalMs: 20 },
    });
    const { hostname, port } = new URL(gateway.url);
    const kept = connect(Number(port), hostname);
    const message = 'GET /livez HTTP/1.1\r\nHost: g\r\n\r\n';
    kept.write(message);
    expect(String((await once(kept, 'data'))[0])).toMatch(/\r\nKeep-Alive: timeout=65(,|\r\n)/);
    for (let i = 0; i < 3; i += 1) {
      // Somebody who came later, and says nothing, is cut off meanwhile.
      const silent = connect(Number(port), hostname).resume();
      await once(silent, 'close');
    }
    kept.write(message);
    expect(String((await once(kept, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    await gateway.close();
    await backends.close();
  });
});
