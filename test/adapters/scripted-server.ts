// A backend that answers what a test says, per request; for faults that concern one of several requests.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ScriptedServer {
  readonly url: string;
  /** Path and query of each request, in the order of arrival. */
  readonly received: readonly string[];
  /** The most requests that were under way at the same time. */
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

/** Answers JSON with status 200, or a bare status for a number; 20 ms late, so that what is sent at once is under way at once. */
export async function startScriptedServer(answer: (url: URL) => unknown): Promise<ScriptedServer> {
  const received: string[] = [];
  let underWay = 0;
  let mostAtOnce = 0;
  const server = createServer((req, res) => {
    received.push(req.url ?? '');
    underWay += 1;
    mostAtOnce = Math.max(mostAtOnce, underWay);
    const reply = answer(new URL(req.url ?? '', 'http://scripted'));
    setTimeout(() => {
      underWay -= 1;
      if (typeof reply === 'number') res.writeHead(reply).end();
      else res.end(JSON.stringify(reply));
    }, 20);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    get mostAtOnce() {
      return mostAtOnce;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
