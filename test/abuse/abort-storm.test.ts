// 500 clients connect, ask and vanish: nothing of them is left behind.
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { post } from '../server/client.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

const CLIENTS = 500;
const SETTLED_WITHIN_MS = 5_000;
const BODY = JSON.stringify({
  query:
    '{ profiles(first: 20) { nodes { displayName presence { availability } settings { desk { maxChats } } } } }',
});

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent' } });
});
afterAll(() => gateway.close());

const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

/** Sends a request and hangs up: at once, while it is being worked on, or without having sent all of it. */
function vanish(i: number): Promise<void> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  const head = `POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n`;
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.once('close', () => {
      resolve();
    });
    socket.once('connect', () => {
      socket.write(head + (i % 3 === 0 ? BODY.slice(0, 20) : BODY), () => {
        if (i % 3 === 1) setImmediate(() => socket.destroy());
        else socket.destroy();
      });
    });
  });
}

describe('500 clients who vanish', () => {
  it('leave no connection behind, and the next one is served', async () => {
    const query = JSON.parse(BODY) as { query: string };
    await gateway.query(query.query);
    const before = sockets();
    await Promise.all(Array.from({ length: CLIENTS }, (_, i) => vanish(i)));
    const deadline = performance.now() + SETTLED_WITHIN_MS;
    // Kept-alive connections to the backends are given up after four seconds at most.
    while (sockets() > before && performance.now() < deadline) await wait(50);
    expect(sockets()).toBeLessThanOrEqual(before);
    const { status, text } = await post(gateway.url, query);
    expect({ status, text }).toEqual({ status: 200, text: expect.stringContaining('"displayName"') });
  });
});
