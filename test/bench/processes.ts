// Processes of the bench: started on a core of their own, and what they take of it, as Linux counts it.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Load and upstreams share the first core, contenders have the second: neither takes the other's time. */
export type Core = 0 | 1;

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface BenchProcess {
  /** Of the process and of those that it started. */
  figures(): ProcessFigures;
  /** Takes the memory of now for the peak. */
  resetPeak(): void;
  stop(): Promise<void>;
}

export interface ProcessFigures {
  /** Since the start, in ms. */
  readonly cpuMs: number;
  readonly rssMiB: number;
  readonly peakRssMiB: number;
}

/** What all processes of the machine have taken since it started, in ms. */
export function machineCpuMs(): number {
  const [, ...ticks] = readOr('/proc/stat', '').split('\n', 1)[0]?.split(/\s+/) ?? [];
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0, stolen = 0] =
    ticks.map(Number);
  return (user + nice + system + interrupts + softInterrupts + stolen) * TICK_MS;
}

/** What this process takes, which makes the load. */
export const ownProcess: Pick<BenchProcess, 'figures'> = { figures: () => figuresOf([process.pid]) };

const START_TIMEOUT_MS = 120_000;
const STDERR_CHARACTERS = 4_000;
const TICK_MS = 10;
/** What Linux understands as that. */
const RESET_PEAK = '5';
/** Two cores that this process may use; null where there are no two, or no program that keeps a process to one. */
const CORES = coresOf(readOr('/proc/self/status', ''));

/** Moves this process, which makes the load, to the first core. */
export async function pinLoad(): Promise<void> {
  if (CORES === null) return;
  const args = ['-a', '-c', '-p', CORES[0], String(process.pid)];
  await once(spawn('taskset', args, { stdio: 'ignore' }), 'exit');
}

/** Starts a server that takes HOST and PORT from its environment; resolves with its URL once it takes connections. */
export async function startServer(
  command: Command,
  core: Core,
): Promise<BenchProcess & { readonly url: string }> {
  const port = await freePort();
  const env = { ...command.env, HOST: '127.0.0.1', PORT: String(port) };
  const started = startProcess({ ...command, env }, core, 'ignore');
  for (const until = performance.now() + START_TIMEOUT_MS; !(await isTaken(port));) {
    if (started.hasEnded()) throw new Error(`${describe(command)} has ended: ${started.stderr()}`);
    if (performance.now() > until) throw new Error(`${describe(command)} does not listen`);
    await sleep(50);
  }
  return { ...started, url: `http://127.0.0.1:${port}` };
}

/** Starts a process that tells in its first line of output where it listens: an object of URLs, as JSON. */
export async function startAnnounced(
  command: Command,
  core: Core,
): Promise<BenchProcess & { readonly announced: Readonly<Record<string, string>> }> {
  const started = startProcess(command, core, 'pipe');
  const found = /\{.*\}/.exec(await started.firstLine());
  if (found === null) throw new Error(`${describe(command)} announces nothing: ${started.stderr()}`);
  return { ...started, announced: JSON.parse(found[0]) as Record<string, string> };
}

function coresOf(status: string): readonly [string, string] | null {
  const [, ranges = ''] = /^Cpus_allowed_list:\s*(\S+)/m.exec(status) ?? [];
  const [first, second] = ranges.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: Math.min(2, to - from + 1) }, (_, i) => String(from + i));
  });
  if (first === undefined || second === undefined) return null;
  return spawnSync('taskset', ['--version']).status === 0 ? [first, second] : null;
}

const describe = ({ file, args }: Command) => [file, ...args].join(' ');

function startProcess({ file, args, cwd, env }: Command, core: Core, output: 'ignore' | 'pipe') {
  const pinned = CORES === null ? [file, ...args] : ['taskset', '-c', CORES[core], file, ...args];
  const [first = '', ...rest] = pinned;
  // What is not read goes to /dev/null, so that a contender's log costs the others nothing.
  const child = spawn(first, rest, {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', output, 'pipe'],
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_CHARACTERS);
  });
  const ended = once(child, 'close');
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    figures: () => figuresOf(familyOf(child.pid ?? 0)),
    resetPeak() {
      for (const pid of familyOf(child.pid ?? 0)) writeFileSync(`/proc/${pid}/clear_refs`, RESET_PEAK);
    },
    stderr: () => stderr,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async firstLine(): Promise<string> {
      let out = '';
      child.stdout?.setEncoding('utf8');
      while (!out.includes('\n')) {
        const more = child.stdout === null ? ended : once(child.stdout, 'data');
        const [text] = (await Promise.race([more, ended.then(() => [null])])) as [string | null];
        if (text === null) break;
        out += text;
      }
      return out;
    },
    async stop() {
      process.off('exit', kill);
      kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

function familyOf(pid: number): number[] {
  const children = tasksOf(pid).flatMap((task) =>
    readOr(`${task}/children`, '').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(familyOf)];
}

function figuresOf(pids: readonly number[]): ProcessFigures {
  const sum = (valueOf: (pid: number) => number) => pids.reduce((total, pid) => total + valueOf(pid), 0);
  return {
    cpuMs: sum(cpuMsOf),
    rssMiB: sum((pid) => statusMiB(pid, 'VmRSS')),
    peakRssMiB: sum((pid) => statusMiB(pid, 'VmHWM')),
  };
}

function cpuMsOf(pid: number): number {
  const nanoseconds = tasksOf(pid).map((task) => Number(readOr(`${task}/schedstat`, '').split(' ')[0]));
  if (nanoseconds.some((value) => value > 0)) return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e6;
  // A kernel without schedstat counts in ticks only.
  const [, fields = ''] = readOr(`/proc/${pid}/stat`, '').split(') ');
  const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number);
  return (user + system) * TICK_MS;
}

function statusMiB(pid: number, key: string): number {
  const [, kib] = new RegExp(`^${key}:\\s*(\\d+) kB`, 'm').exec(readOr(`/proc/${pid}/status`, '')) ?? [];
  return Number(kib ?? 0) / 1024;
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((task) => `/proc/${pid}/task/${task}`);
  } catch {
    return [];
  }
}

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return fallback;
  }
}
