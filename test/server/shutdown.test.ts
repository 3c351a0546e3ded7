// The end of a gateway, from the signal to the exit code, as balancers, clients and backends see it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startMindSandbox, type MindSandbox } from '../../src/sandbox/mind/index.js';
import { generatePeople } from '../../src/sandbox/people.js';
import { JSON_TYPE, send } from './client.js';
import { createClient, type Answer } from './load.js';
import { startProgram, type Program } from './program.js';

const LONG_MS = 600_000;
const ASK = { query: '{ profile(id: "mind:1000") { firstName } }' };

const closeables: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closeables.splice(0)) await close();
});

interface Scene {
  readonly program: Program;
  readonly mind: MindSandbox;
}

/** A gateway before a Mind that survives it. */
async function start(env: Readonly<Record<string, string>> = {}): Promise<Scene> {
  const mind = await startMindSandbox(generatePeople(50));
  const program = await startProgram({
    MIND_URL: mind.url,
    MIND_TOKEN: mind.serviceToken,
    DISABLED_BACKENDS: 'omnivibe,v2',
    AUTH: 'none',
    ...env,
  });
  closeables.push(
    () => {
      program.kill('SIGKILL');
      return program.ended;
    },
    () => mind.close(),
  );
  return { program, mind };
}

async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  closeables.push(() => socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Asks again until it is so. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(5);
}
const statusOf = (program: Program, path: string) =>
  send(program.url + path, {}).then(
    ({ status }) => status,
    () => null,
  );
/** Resolves once a request has got as far as Mind. */
const reached = (mind: MindSandbox) => until(() => mind.ledger.entries.length > 0);

describe('a gateway that is told to stop', () => {
  it('says so at /readyz, and serves on, each answer the last one of its connection', async () => {
    const { program, mind } = await start({ DRAIN_DELAY_MS: '1500' });
    mind.switches.set({ latencyMs: 500 });
    const agent = new Agent({ keepAlive: true });
    const sent = { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(ASK), agent };
    const underWay = send(`${program.url}/graphql`, sent);
    await reached(mind);
    program.kill('SIGTERM');
    await until(async () => (await statusOf(program, '/readyz')) === 503);
    const answers = await Promise.all([
      underWay,
      send(`${program.url}/graphql`, sent),
      send(`${program.url}/livez`, { agent }),
      send(`${program.url}/metrics`, { agent }),
    ]);
    for (const { status, headers } of answers) {
      expect({ status, connection: headers.connection }).toEqual({ status: 200, connection: 'close' });
    }
    await until(async () => (await statusOf(program, '/livez')) === null);
    expect(await program.ended).toBe(0);
  });

  it('ends at once when nothing is under way, whoever is connected', async () => {
    const { program } = await start({ DRAIN_DELAY_MS: '0' });
    const { ask, close } = createClient(program.url);
    closeables.push(close);
    expect(await ask(ASK.query)).toMatchObject({ status: 200 });
    await open(program.url);
    (await open(program.url)).write('POST /graphql HTTP/1.1\r\nHost: g');
    const toldAt = performance.now();
    program.kill('SIGTERM');
    expect(await program.ended).toBe(0);
    // 500 ms and room for a busy machine; waiting for any of the three would take 20 s.
    expect(performance.now() - toldAt).toBeLessThan(2_000);
  });

  it.each(['SIGINT', 'SIGHUP'] as const)(
    'waits for nobody to notice when it is a person who stops it by %s',
    async (signal) => {
      const { program } = await start({ DRAIN_DELAY_MS: String(LONG_MS) });
      program.kill(signal);
      expect(await program.ended).toBe(0);
    },
  );

  it.each(['SIGTERM', 'SIGINT'] as const)('ends at once, with 1, when told again by %s', async (signal) => {
    const { program } = await start({ DRAIN_DELAY_MS: String(LONG_MS) });
    program.kill('SIGTERM');
    await until(async () => (await statusOf(program, '/readyz')) === 503);
    program.kill(signal);
    expect(await program.ended).toBe(1);
  });

  it('answers a request that was begun before', async () => {
    const { program, mind } = await start({ DRAIN_DELAY_MS: '0' });
    mind.switches.set({ latencyMs: 700 });
    const body = JSON.stringify(ASK);
    const head = `POST /graphql HTTP/1.1\r\nHost: g\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const [whole, begun] = [await open(program.url), await open(program.url)];
    whole.write(head + body);
    begun.write(head + body.slice(0, 10));
    await reached(mind);
    program.kill('SIGTERM');
    await until(async () => (await statusOf(program, '/livez')) === null);
    begun.write(body.slice(10));
    const answers = [whole, begun].map(async (socket) => {
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      return text;
    });
    for (const text of await Promise.all(answers)) {
      expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(text.toLowerCase()).toContain('\r\nconnection: close\r\n');
    }
    expect(await program.ended).toBe(0);
  });

  it('runs nothing that follows the last answer of a connection', async () => {
    const { program, mind } = await start({ DRAIN_DELAY_MS: '1000' });
    mind.switches.set({ latencyMs: 300 });
    const body = JSON.stringify(ASK);
    const message = `POST /graphql HTTP/1.1\r\nHost: g\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const socket = await open(program.url);
    socket.write(message);
    await reached(mind);
    program.kill('SIGTERM');
    await until(async () => (await statusOf(program, '/readyz')) === 503);
    socket.write(message);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(await program.ended).toBe(0);
    expect(mind.ledger.entries).toHaveLength(1);
  });

  it('may still be starting', async () => {
    const hang = `import net from 'node:net';
      net.Server.prototype.listen = function () { process.send('starting'); setInterval(() => {}, 1000); return this; };`;
    const child = fork(new URL('../../src/main.ts', import.meta.url), {
      execArgv: ['--import', 'tsx', '--import', `data:text/javascript,${encodeURIComponent(hang)}`],
      env: { PATH: process.env['PATH'], DRAIN_DELAY_MS: String(LONG_MS) },
    });
    closeables.push(() => child.kill('SIGKILL'));
    await once(child, 'message');
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});

describe('what takes longer than DRAIN_TIMEOUT_MS', () => {
  let scene: Scene;
  let client: ReturnType<typeof createClient>;
  beforeEach(async () => {
    scene = await start({ DRAIN_DELAY_MS: '0', DRAIN_TIMEOUT_MS: '100' });
    client = createClient(scene.program.url);
    closeables.push(client.close);
  });

  it('is cut short, and answers with what there is', async () => {
    const { program, mind } = scene;
    mind.switches.set({ latencyMs: LONG_MS });
    const asked = client.ask(ASK.query);
    await reached(mind);
    program.kill('SIGTERM');
    const { status, text } = await asked;
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      data: { profile: null },
      errors: [{ extensions: { code: 'DEADLINE_EXCEEDED', backend: 'MIND' } }],
    });
    expect(await program.ended).toBe(0);
  });

  it('finds out what came of a write before it answers', async () => {
    const { program, mind } = scene;
    mind.switches.set({ hang: 'after-handling', only: { method: 'PATCH' } });
    const asked = client.ask(update(1000, '+49 151 1'));
    await until(() => mind.ledger.entries.some(({ method }) => method === 'PATCH'));
    program.kill('SIGTERM');
    expect(statusIn(await asked)).toBe('APPLIED');
    expect(await program.ended).toBe(0);
  });

  it('does not say of a write that it has failed, which a backend may still be at', async () => {
    const { program, mind } = scene;
    mind.switches.set({ latencyMs: 2_000, only: { method: 'PATCH' } });
    const asked = client.ask(
      'mutation { updateProfile(input: { profileId: "mind:1000", backends: [MIND], patch: { phone: "+49 1" } }) { outcomes { state } } }',
    );
    await until(() => mind.ledger.entries.some(({ method }) => method === 'PATCH'));
    program.kill('SIGTERM');
    const { text } = await asked;
    expect(JSON.parse(text)).toMatchObject({
      data: { updateProfile: { outcomes: [{ state: 'UNCERTAIN' }] } },
    });
    expect(await program.ended).toBe(0);
  });
});

const update = (id: number, phone: string) =>
  `mutation { updateProfile(input: { profileId: "mind:${id}", patch: { phone: "${phone}" } }) { status } }`;

/** What a mutation says came of it; null when it was not answered. */
function statusIn({ status, text }: Answer): string | null {
  if (status !== 200) return null;
  const { data } = JSON.parse(text) as { data: { updateProfile: { status: string } | null } };
  return data.updateProfile?.status ?? null;
}

/** The phone numbers that Mind has taken. */
const phonesTaken = ({ ledger }: MindSandbox) =>
  ledger.entries
    .filter(({ method, status }) => method === 'PATCH' && status === 200)
    .map(({ body }) => /\+49 \d+ \d+/.exec(JSON.stringify(body))?.[0] ?? 'another write');

interface Round {
  readonly answers: readonly Answer[];
  /** By phone number, what came of each write that was asked for. */
  readonly fates: ReadonlyMap<string, string | null>;
  readonly exitCode: number | null;
}

/** Clients who ask without a pause, reading and writing by turns, until the gateway has ended; it is told so amidst. */
async function endUnderLoad({ program }: Scene, afterAnswers: number): Promise<Round> {
  const answers: Answer[] = [];
  const fates = new Map<string, string | null>();
  let isReady = true;
  const client = async (i: number) => {
    const { ask, close } = createClient(program.url);
    for (let turn = 0; isReady; turn += 1) {
      const phone = `+49 ${100 + i} ${turn}`;
      const isWrite = turn % 2 === 1;
      const answer = await ask(isWrite ? update(1000 + i, phone) : ASK.query);
      if (isWrite) fates.set(phone, statusIn(answer));
      answers.push(answer);
      if (answers.length === afterAnswers) program.kill('SIGTERM');
    }
    close();
  };
  const balancer = async () => {
    while ((await statusOf(program, '/readyz')) === 200) await wait(BALANCER_LOOKS_MS);
    isReady = false;
  };
  await Promise.all([balancer(), ...Array.from({ length: CLIENTS }, (_, i) => client(i))]);
  return { answers, fates, exitCode: await program.ended };
}

const CLIENTS = 10;
const BALANCER_LOOKS_MS = 50;
const ROUNDS = 20;
const ROUNDS_AT_A_TIME = 2;

describe(`${ROUNDS} gateways that are stopped under load`, () => {
  it('fail nobody who heeds /readyz, and tell of every write that was applied', async () => {
    let next = 0;
    const lane = async () => {
      while (next < ROUNDS) {
        const afterAnswers = 10 + ((next++ * 37) % 101);
        const scene = await start({ DRAIN_DELAY_MS: '600' });
        // Some writes last longer than the lame duck.
        scene.mind.switches.set({ latencyMs: next % 2 === 0 ? 5 : 400, only: { method: 'PATCH' } });
        const { answers, fates, exitCode } = await endUnderLoad(scene, afterAnswers);
        expect({ exitCode, failed: answers.filter(({ status }) => status !== 200) }).toEqual({
          exitCode: 0,
          failed: [],
        });
        const taken = phonesTaken(scene.mind);
        expect(taken.length).toBeGreaterThan(0);
        expect(taken.map((phone) => [phone, fates.get(phone)])).toEqual(
          taken.map((phone) => [phone, 'APPLIED']),
        );
      }
    };
    await Promise.all(Array.from({ length: ROUNDS_AT_A_TIME }, lane));
  }, 180_000);
});
