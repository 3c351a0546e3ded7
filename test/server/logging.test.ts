// No line is lost when the process ends, in whatever way it does.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { post } from './client.js';

const LOGGING = new URL('../../src/server/logging.ts', import.meta.url).href;

interface Ended {
  readonly code: number | null;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  children.push(child);
  return { child, ended: readToEnd() };

  async function readToEnd(): Promise<Ended> {
    const [out, [code]] = await Promise.all([
      text(child.stdout),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    const lines = out.split('\n').filter((line) => line.startsWith('{'));
    return { code, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
  }
}

describe('the log', () => {
  it.each([
    ['has nothing left to do', '', 0],
    ['is told to exit', 'process.exit(3)', 3],
    ['throws', 'throw new Error("on purpose")', 1],
    ['rejects', 'await Promise.reject(new Error("on purpose"))', 1],
    ['logs while it exits', 'process.once("exit", () => logger.info("101")); process.exit(3)', 3],
  ])('holds every line of a process that %s', async (what, end, code) => {
    const program = `
      import { createLogger, openStandardOutput } from ${JSON.stringify(LOGGING)};
      const logger = createLogger('info', openStandardOutput());
      setTimeout(async () => {
        for (let i = 1; i <= 100; i += 1) logger.info(String(i));
        ${end}
      }, 1);`;
    const ended = await start(['--input-type=module', '--eval', program]).ended;
    const count = what.startsWith('logs') ? 101 : 100;
    expect(ended.code).toBe(code);
    expect(ended.lines.map(({ msg }) => msg)).toEqual(Array.from({ length: count }, (_, i) => String(i + 1)));
  });

  it('is written while the process goes on', async () => {
    const program = `
      import { createLogger, openStandardOutput } from ${JSON.stringify(LOGGING)};
      const logger = createLogger('info', openStandardOutput());
      logger.info('first');
      process.stdin.once('data', () => logger.info('second'));
      setInterval(() => undefined, 60_000);`;
    const { child } = start(['--input-type=module', '--eval', program]);
    expect(String(await once(child.stdout, 'data'))).toContain('first');
    child.stdin.write('go on');
    expect(String(await once(child.stdout, 'data'))).toContain('second');
  });

  it('holds every line of a gateway that is told to stop', async () => {
    const main = new URL('../../src/main.ts', import.meta.url).pathname;
    const { child, ended } = start([main], { PORT: '0', SANDBOX: 'all', AUTH: 'none', DRAIN_DELAY_MS: '0' });
    let url: string | undefined;
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    while (url === undefined) {
      await once(child.stdout, 'data');
      url = /listening on (http:\S+)/.exec(printed)?.[1];
    }
    const { origin } = new URL(url);
    for (let i = 0; i < 20; i += 1) {
      const { status } = await post(origin, { query: '{ profile(id: "mind:42") { firstName } }' });
      expect(status).toBe(200);
    }
    child.kill('SIGTERM');
    const { code, lines } = await ended;
    expect(code).toBe(0);
    expect(lines.filter(({ backend }) => backend === 'mind')).toHaveLength(20);
    expect(lines.filter(({ type }) => type === 'query')).toHaveLength(20);
    expect(lines.at(-1)?.['msg']).toMatch(/^stopping: taking nothing new/);
  });
});
