// The gateway as it is run in earnest: src/main.ts as a process of its own, with signals, and with a probe inside.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Switches } from '../../src/sandbox/core/switches.js';

/** What the probe is told to do. */
export type Order =
  { readonly order: 'measure' } | { readonly order: 'block'; readonly times: number; readonly ms: number };

/** What the probe has seen since it was last asked. */
export interface Measured {
  /** Of each 503 at /graphql, how long it took from the end of the request's headers to the end of the answer. */
  readonly refusalsMs: readonly number[];
  /** The share of its time in which the event loop was not idle. */
  readonly utilization: number;
  /** 99 of 100 turns of the event loop were late by no more than this. */
  readonly loopDelayMs: number;
}

export interface Program {
  readonly url: string;
  kill(signal: NodeJS.Signals): void;
  /** Exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  measure(): Promise<Measured>;
  /** Keeps the event loop busy so many times, with one turn between; resolves at the end. */
  block(times: number, ms: number): Promise<void>;
  switchOn(sandbox: 'mind' | 'omnivibe' | 'v2', switches: Switches): Promise<void>;
}

/** Starts the gateway, on sandboxes of its own where `env` does not place a backend. */
export async function startProgram(env: Readonly<Record<string, string>> = {}): Promise<Program> {
  const child = fork(new URL('../../src/main.ts', import.meta.url), {
    execArgv: ['--import', 'tsx', '--import', new URL('./program-probe.ts', import.meta.url).href],
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'silent', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let out = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);

  async function printed(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(out)?.[1];
      if (found !== undefined) return found;
      const more = once(child.stdout ?? child, 'data');
      const isOver = await Promise.race([more.then(() => false), ended.then(() => true)]);
      if (isOver) throw new Error(`the gateway ended without ${String(pattern)}`);
    }
  }

  async function order<T>(what: Order): Promise<T> {
    const answer = once(child, 'message');
    child.send(what);
    const [result] = (await answer) as [T];
    return result;
  }

  return {
    url: await printed(/listening on (http:\S+)/),
    ended,
    kill: (signal) => child.kill(signal),
    measure: () => order({ order: 'measure' }),
    block: (times, ms) => order({ order: 'block', times, ms }),
    async switchOn(name, switches) {
      const { origin } = new URL(await printed(new RegExp(`\\*\\*\\* ${name}: SANDBOX .* at (http:\\S+) `)));
      await fetch(`${origin}/_sandbox/switches`, { method: 'PUT', body: JSON.stringify(switches) });
    },
  };
}
