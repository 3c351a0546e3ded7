// The commands that people type, as processes of their own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { expectRefusal, post, send } from './server/client.js';

const ROOT = resolve(import.meta.dirname, '..');
const START = 'scripts/start.mjs';
const SANDBOX = ['--import', 'tsx', 'src/sandbox/cli.ts'];
const FIRST_QUERY = '{ profiles(first: 3) { nodes { id displayName email presence { availability } } } }';
const VERSION = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;

type Env = Readonly<Record<string, string>>;

interface Started {
  /** Standard output and standard error so far. */
  readonly printed: { out: string; err: string };
  /** The first group of the pattern, once standard output fits it; fails when the process ends before. */
  print(pattern: RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** A fresh clone, so that building it is nobody else's concern. */
const clone = mkdtempSync(join(tmpdir(), 'profile-gateway-clone-'));
let firstStart: Started;
beforeAll(async () => {
  for (const name of ['package.json', 'tsconfig.json', 'schema', 'scripts', 'src']) {
    cpSync(join(ROOT, name), join(clone, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  firstStart = startGateway();
  await listening(firstStart);
}, 90_000);

const running = new Set<Started>();
afterEach(async () => {
  await Promise.all(
    [...running].map((started) => {
      started.kill('SIGKILL');
      return started.ended;
    }),
  );
});
afterAll(() => {
  rmSync(clone, { recursive: true });
});

const startGateway = (env?: Env) => start([START], { DRAIN_DELAY_MS: '0', ...env }, clone);
const startSandbox = (env?: Env) => start(SANDBOX, env, ROOT);

function start(args: readonly string[], env: Env = {}, cwd: string): Started {
  const child = spawn(process.execPath, args, { cwd, env: { PATH: process.env['PATH'], PORT: '0', ...env } });
  const printed = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.err += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const started: Started = {
    printed,
    ended,
    kill: (signal) => child.kill(signal),
    async print(pattern) {
      for (;;) {
        const found = pattern.exec(printed.out);
        if (found !== null) return found[1] ?? '';
        const isOver = await Promise.race([
          once(child.stdout, 'data').then(() => false),
          ended.then(() => true),
        ]);
        if (isOver && !pattern.test(printed.out))
          throw new Error(`ended without ${String(pattern)}: ${printed.err}`);
      }
    },
  };
  running.add(started);
  void ended.then(() => running.delete(started));
  return started;
}

/** The gateway's URL, once it listens. */
const listening = (started: Started) => started.print(/listening on (http:\S+)/);
const sandboxOf = (started: Started, backend: string) =>
  started.print(new RegExp(`\\*\\*\\* ${backend}: SANDBOX with made-up people at (http:\\S+) \\*\\*\\*`));

async function ask(url: string, query: string, headers: Env = {}) {
  const { status, text } = await post(url, { query }, headers);
  return { status, ...(JSON.parse(text) as { data: unknown; errors?: unknown; extensions?: unknown }) };
}

/** Lines of the log for one request. */
function callsLogged({ printed }: Started, requestId: string) {
  return printed.out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line['requestId'] === requestId && 'backend' in line);
}

/** A port that another program has. */
async function takePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async release() {
      server.close();
      await once(server, 'close');
    },
  };
}

/** Repeats a question until it is answered with yes. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()));
}

describe('npm start', () => {
  it('builds a fresh clone, says what it is, and answers the first query', async () => {
    expect(firstStart.printed.out).toMatch(/^building…\n/);
    expect(firstStart.printed.out).toContain(`profile gateway ${VERSION} listening on http://127.0.0.1:`);
    const { data, errors } = await ask(await listening(firstStart), FIRST_QUERY);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      profiles: { nodes: [{ id: 'mind:42', displayName: 'Max from Support' }, {}, {}] },
    });
  });

  it('builds again where the build is older than the sources, and only there', async () => {
    const again = startGateway();
    await listening(again);
    expect(again.printed.out).not.toContain('building');
    utimesSync(join(clone, 'dist/main.js'), 0, 0);
    const stale = startGateway();
    await listening(stale);
    expect(stale.printed.out).toMatch(/^building…\n/);
  }, 90_000);

  it('announces each sandbox loudly, and logs one line for each call to a backend', async () => {
    const gateway = startGateway();
    const url = await listening(gateway);
    for (const backend of ['mind', 'omnivibe', 'v2']) await sandboxOf(gateway, backend);

    await ask(url, FIRST_QUERY);
    const { extensions } = await ask(url, `query First ${FIRST_QUERY}`, { 'x-request-id': 'warm' });
    expect(extensions).toMatchObject({ upstream: { calls: 3, byBackend: { MIND: 1, OMNIVIBE: 1, V2: 1 } } });
    gateway.kill('SIGTERM');
    await gateway.ended;
    const lines = callsLogged(gateway, 'warm');
    expect(lines.map(({ backend }) => backend).toSorted()).toEqual(['mind', 'omnivibe', 'v2']);
    for (const line of lines) {
      expect(line).toMatchObject({
        operation: 'First',
        method: 'GET',
        outcome: 200,
        durationMs: expect.any(Number),
      });
      expect(line['msg']).toMatch(/^upstream (mind|omnivibe|v2) GET \/\S+: 200/);
      // A wider character makes each line, and those gathered with it, dearer: docs/decisions/0013.
      expect(JSON.stringify(line)).toMatch(/^[\x20-\x7e]+$/);
    }
  });

  it('sets V8 up before it serves: young objects are collected for want of room only', async () => {
    const gateway = start(['--trace-gc', START], { DRAIN_DELAY_MS: '0' }, clone);
    const url = await listening(gateway);
    const before = gateway.printed.out.length;
    // The first one may have been asked for before.
    const collections = () => (gateway.printed.out.slice(before).match(/Scavenge .*/g) ?? []).slice(1);
    await until(async () => {
      await ask(url, FIRST_QUERY);
      return collections().length >= 4;
    });
    // V8's own words for one that it makes between turns of the event loop.
    expect(collections().filter((line) => line.includes('task'))).toEqual([]);
  });

  it('answers what is under way after SIGTERM, takes nothing new, and ends with 0', async () => {
    const gateway = startGateway();
    const url = await listening(gateway);
    const v2 = await sandboxOf(gateway, 'v2');
    await ask(url, FIRST_QUERY);
    await send(`${v2}/_sandbox/switches`, { method: 'PUT', body: '{"latencyMs":2000}' });

    let isAnswered = false;
    const answer = fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'under-way' },
      body: JSON.stringify({ query: FIRST_QUERY }),
    }).finally(() => (isAnswered = true));
    await until(async () => (await send(`${v2}/_sandbox/ledger`, {})).text.includes('under-way'));
    gateway.kill('SIGTERM');
    await until(() =>
      send(`${url}/livez`, {}).then(
        () => false,
        () => true,
      ),
    );
    expect(isAnswered).toBe(false);

    const response = await answer;
    const answeredAt = performance.now();
    expect(response.status).toBe(200);
    expect(await response.json()).not.toHaveProperty('errors');
    expect(await gateway.ended).toBe(0);
    expect(performance.now() - answeredAt).toBeLessThan(2_000);
    expect(gateway.printed.err).toBe('');
  });

  it('cuts short what takes longer than DRAIN_TIMEOUT_MS, and answers it', async () => {
    const gateway = startGateway({ DRAIN_TIMEOUT_MS: '100' });
    const url = await listening(gateway);
    const v2 = await sandboxOf(gateway, 'v2');
    await send(`${v2}/_sandbox/switches`, { method: 'PUT', body: '{"latencyMs":600000}' });
    const answer = ask(url, '{ profiles(first: 3) { nodes { id v2 { username } } } }');
    await until(async () => (await send(`${v2}/_sandbox/ledger`, {})).text.includes('"route"'));
    gateway.kill('SIGINT');
    expect(await answer).toMatchObject({
      status: 200,
      errors: [{ extensions: { code: 'DEADLINE_EXCEEDED' } }],
    });
    expect(await gateway.ended).toBe(0);
  });

  it('ends at once on a second signal', async () => {
    const gateway = startGateway();
    const url = await listening(gateway);
    const v2 = await sandboxOf(gateway, 'v2');
    await send(`${v2}/_sandbox/switches`, { method: 'PUT', body: '{"latencyMs":600000}' });
    post(url, { query: FIRST_QUERY }).catch(() => undefined);
    await until(async () => (await send(`${v2}/_sandbox/ledger`, {})).text.includes('"route"'));
    gateway.kill('SIGTERM');
    await until(() =>
      send(`${url}/livez`, {}).then(
        () => false,
        () => true,
      ),
    );
    gateway.kill('SIGTERM');
    expect(await gateway.ended).toBe(1);
  });
});

describe('npm start with a wrong configuration', () => {
  it('names every problem, no value, and ends with 78', async () => {
    const gateway = startGateway({
      NODE_ENV: 'production',
      PORT: '80canary',
      MIND_URL: 'http://canary.example.com',
      MIND_TOKEN: 'Bearer canary',
      V2_URL: 'https://user:canary@example.com',
      OMNIVIBE_TOKENS_FILE: '/canary.json',
      AUTH: 'canary',
    });
    expect(await gateway.ended).toBe(78);
    const { out, err } = gateway.printed;
    expect(out).toBe('');
    expect(err).toMatch(/^The configuration has 8 problems\.\n/);
    const named = [...err.matchAll(/^ {2}- (\w+) .*\.$/gm)].map(([, name]) => name);
    expect(named.toSorted()).toEqual([
      'AUTH',
      'MIND_TOKEN',
      'MIND_URL',
      'OMNIVIBE_TOKENS_FILE',
      'OMNIVIBE_URL',
      'PORT',
      'V2_API_KEY',
      'V2_URL',
    ]);
    expect(err).toMatch(/\nEvery variable is described in docs\/configuration\.md\.\n$/);
    expect(err).not.toContain('canary');
  });

  it('refuses production without backends', async () => {
    const gateway = startGateway({ NODE_ENV: 'production' });
    expect(await gateway.ended).toBe(78);
    for (const name of ['MIND_URL', 'OMNIVIBE_URL', 'V2_URL']) {
      expect(gateway.printed.err).toContain(`  - ${name} is not set; in production set it, or name`);
    }
  });

  it.each([
    [
      'the port is in use',
      '127.0.0.1',
      /^Cannot listen on 127\.0\.0\.1:\d+: the port is in use; stop what uses it, or set PORT.*\n$/,
    ],
    [
      'the machine does not have the address',
      '203.0.113.1',
      /^Cannot listen on 203\.0\.113\.1:\d+: this machine does not have the address; correct HOST\.\n$/,
    ],
    [
      'the host name is unknown',
      'nowhere.invalid',
      /^Cannot listen on nowhere\.invalid:\d+: the host name is not known; correct HOST\.\n$/,
    ],
  ])('says that %s, and ends with 1', async (_what, host, message) => {
    const taken = await takePort();
    const gateway = startGateway({ HOST: host, PORT: String(taken.port) });
    const code = await gateway.ended;
    await taken.release();
    expect({ code, ...gateway.printed }).toEqual({ code: 1, out: '', err: expect.stringMatching(message) });
  });
});

it('npm start in production keeps from strangers what is for explorers', async () => {
  const gateway = startGateway({ NODE_ENV: 'production', SANDBOX: 'all' });
  const url = await listening(gateway);
  await sandboxOf(gateway, 'mind');
  const { data, errors, extensions } = await ask(url, FIRST_QUERY);
  expect({ errors, extensions }).toEqual({ errors: undefined, extensions: undefined });
  expect(data).toMatchObject({ profiles: { nodes: [{ id: 'mind:42' }, {}, {}] } });
  expectRefusal(await send(`${url}/`, {}), 404, 'BAD_REQUEST');
  expectRefusal(
    await post(url, { query: '{ __schema { queryType { name } } }' }),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  );
  expect(await ask(url, '{ _service { sdl } }')).toMatchObject({
    data: null,
    errors: [{ extensions: { code: 'FORBIDDEN' } }],
  });
});

describe('npm run sandbox', () => {
  it('tells all that a gateway elsewhere needs, and how to switch a backend off and on', async () => {
    const sandbox = startSandbox({ PEOPLE: '5' });
    await sandbox.print(/(Ctrl-C stops all three)/);
    const { out } = sandbox.printed;
    const [command = ''] = /MIND_URL=[\s\S]*npm start$/m.exec(out) ?? [];
    const env = Object.fromEntries(
      [...command.matchAll(/\b([A-Z0-9_]+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
    );
    const gateway = startGateway(env);
    const url = await listening(gateway);
    expect(gateway.printed.out).not.toContain('SANDBOX');
    const people = '{ profiles(first: 100) { nodes { id omnivibe { role } username } } }';
    const nodes = Array.from({ length: 5 }, (_, i) => ({
      id: `mind:${1000 + i}`,
      omnivibe: { role: 'agent' },
      username: expect.any(String),
    }));
    expect(await ask(url, people)).toMatchObject({ data: { profiles: { nodes } } });

    const [off, on] = [...out.matchAll(/curl -X PUT (\S+) -d '(.*)'/g)];
    const flip = (line: RegExpExecArray | undefined) =>
      send(line?.[1] ?? '', { method: 'PUT', body: line?.[2] ?? '' });
    expect(await flip(off)).toMatchObject({ status: 204 });
    expect(await ask(url, people)).toMatchObject({
      errors: [{ extensions: { code: 'UPSTREAM_ERROR', backend: 'V2' } }],
    });
    expect(await flip(on)).toMatchObject({ status: 204 });
    expect(await ask(url, people)).not.toHaveProperty('errors');

    sandbox.kill('SIGINT');
    expect(await sandbox.ended).toBe(0);
  });

  it('takes the ports it is given, and says so when one is in use', async () => {
    const taken = await takePort();
    const env = { V2_PORT: String(taken.port) };
    const refused = startSandbox(env);
    const code = await refused.ended;
    await taken.release();
    const err = `A sandbox cannot listen on 127.0.0.1:${taken.port} (EADDRINUSE); set MIND_PORT, OMNIVIBE_PORT or V2_PORT to another port.\n`;
    expect({ code, ...refused.printed }).toEqual({ code: 1, out: '', err });
    expect(await startSandbox(env).print(/V2_URL=(\S+)/)).toBe(`http://127.0.0.1:${taken.port}`);
  });

  it.each(['PEOPLE', 'MIND_PORT', 'OMNIVIBE_PORT', 'V2_PORT'])(
    'refuses a %s that is no number',
    async (name) => {
      const sandbox = startSandbox({ [name]: 'many' });
      expect(await sandbox.ended).toBe(78);
      expect(sandbox.printed).toEqual({
        out: '',
        err: expect.stringMatching(`^${name} must be a whole number from 0 to \\d+\\.\n$`),
      });
    },
  );
});
