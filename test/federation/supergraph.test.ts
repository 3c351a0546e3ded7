// `npm run supergraph`, as a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from '@jest/globals';

it('starts a supergraph, answers the query that it prints at the cost of a call a backend, and ends with Ctrl-C', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/supergraph.ts'], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const print = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(printed);
      if (found !== null) return found;
      const isOver = await Promise.race([
        once(child.stdout, 'data').then(() => false),
        ended.then(() => true),
      ]);
      if (isOver && !pattern.test(printed)) throw new Error(`ended without ${String(pattern)}: ${printed}`);
    }
  };
  try {
    const [, url = '', body = ''] = await print(/curl (http:\S+) [^']*'[^']*' \\\s+-d '([^']+)'/);
    await print(/shown here:\n/);
    const ask = async (sent: string) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url, { method: 'POST', headers, body: sent });
      return (await response.json()) as {
        data: { tickets: { assignee: object }[]; calls?: { agent: object }[] };
        errors?: unknown;
      };
    };
    const { data, errors } = await ask(body);
    expect(errors).toBeUndefined();
    expect(data.tickets).toHaveLength(50);
    expect(data.tickets[0]).toMatchObject({ assignee: { firstName: 'Max', lastName: 'Mustermann' } });
    expect(data.calls?.[0]).toMatchObject({ agent: { id: 'v2:17' } });

    printed = '';
    await ask(JSON.stringify({ query: '{ tickets { assignee { firstName lastName } } }' }));
    await print(/upstream .*\n/);
    expect(printed.trim().split('\n')).toEqual([expect.stringMatching(/^upstream mind GET \/profiles: 200/)]);

    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  } finally {
    child.kill('SIGKILL');
  }
});
