import { fork } from 'node:child_process';
import { once } from 'node:events';

/** How the process of a gateway fares. */
export interface Condition {
  readonly cpuMs: number;
  /** What lives after garbage collection. */
  readonly heapBytes: number;
  readonly upstreamCalls: number;
  /** What keeps the process busy or open, such as sockets and timers, by Node's name for it. */
  readonly resources: Readonly<Record<string, number>>;
  /** Unhandled rejections, uncaught exceptions, warnings of leaks, and failures that the log calls the gateway's own. */
  readonly faults: number;
  /** Whether the built-in prototypes are as at the start. */
  readonly isPristine: boolean;
}

export interface GatewayProcess {
  readonly url: string;
  readonly pid: number;
  condition(): Promise<Condition>;
  /** Whether it is still the process that was started. */
  isAlive(): boolean;
  close(): Promise<void>;
}

/** Starts a gateway on sandboxes in a process of its own, so that what it spends and suffers can be told from the test's. */
export async function startGatewayProcess(
  env: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  const child = fork(new URL('./gateway-child.ts', import.meta.url), {
    // While V8 optimizes code in the background, it keeps what that code's closures hold: a whole request, after its answer.
    execArgv: ['--import', 'tsx', '--expose-gc', '--no-concurrent-recompilation'],
    env: { PATH: process.env['PATH'], ...env },
  });
  const closed = once(child, 'close');
  const [url] = (await once(child, 'message')) as [string];
  return {
    url,
    pid: child.pid ?? 0,
    async condition() {
      const answer = once(child, 'message');
      child.send('condition');
      const [condition] = (await answer) as [Condition];
      return condition;
    },
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async close() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
