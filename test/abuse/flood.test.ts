// A crowd of connections that say nothing or nearly nothing, and whether anybody else is still served.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { post, send } from '../server/client.js';
import { startGatewayProcess, type GatewayProcess } from './gateway-process.js';

const CROWD = 1_500;
const MAX_LIVEZ_MS = 250;
const ASKED = 40;
/** What the crowd says before it falls silent. */
const OPENINGS = [
  '',
  'P',
  'POST /graphql HTTP/1.1\r\nHost: g\r\nX-A: ',
  'POST /graphql HTTP/1.1\r\nHost: g\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"query":"',
];

let gateway: GatewayProcess;
beforeAll(async () => {
  gateway = await startGatewayProcess();
}, 60_000);
afterAll(() => gateway.close());

describe('a crowd of silent connections', () => {
  it('keeps neither health checks nor other clients waiting', async () => {
    // As many as this machine lets two processes open.
    const openFiles = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' })) || Infinity;
    const size = Math.min(CROWD, openFiles - 200);
    const port = Number(new URL(gateway.url).port);
    const crowd: Socket[] = [];
    for (let i = 0; i < size; i += 1) {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      crowd.push(socket);
      await once(socket, 'connect');
      socket.write(OPENINGS[i % OPENINGS.length] ?? '');
    }

    const tookMs: number[] = [];
    for (let i = 0; i < ASKED; i += 1) {
      // The crowd mumbles on.
      for (const socket of crowd.slice(0, 100)) socket.write('X');
      const startedAt = performance.now();
      expect(await send(`${gateway.url}/livez`, {})).toMatchObject({ status: 200 });
      tookMs.push(performance.now() - startedAt);
    }
    expect(tookMs.sort((a, b) => a - b)[ASKED - 3]).toBeLessThan(MAX_LIVEZ_MS);
    const { status } = await post(gateway.url, { query: '{ profile(id: "mind:42") { firstName } }' });
    expect(status).toBe(200);

    for (const socket of crowd) socket.destroy();
    expect(gateway.isAlive()).toBe(true);
    expect((await gateway.condition()).faults).toBe(0);
  }, 60_000);
});
