// A backend's address on a port of its own, where a connection can go wrong in every way in which one can. While nothing is
// wrong, every request is handed on to the sandbox behind it.
import { once } from 'node:events';
import {
  Agent,
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { STRANGER } from './certificate.js';

/** A request that has arrived as a whole. */
export interface Arrival {
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
}

/** What a sandbox has answered. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request that waits for its answer; `res` answers it properly, `socket` in any way whatever. */
export interface Exchange {
  readonly socket: Socket;
  readonly res: ServerResponse;
  /** Has the sandbox handle the request, once; what it answered. */
  handle(): Promise<Answer>;
}

/** Answers a request, or does not. */
export type Misbehaviour = (exchange: Exchange) => unknown;

/** Why nobody can connect: nobody listens; nobody accepts, and the queue is full; the name leads nowhere, or cannot be looked up now. */
export type ConnectFault = 'refused' | 'never accepted' | 'ENOTFOUND' | 'EAI_AGAIN';

export interface FaultServer {
  /** As the sandbox's URL, with this server's name and port. */
  readonly url: string;
  /** Where the name leads. Throws as a resolver does. */
  address(): string;
  readonly arrivals: readonly Arrival[];
  /** Connections made so far. */
  readonly connections: number;
  /** Connections with a request that has not been answered completely. */
  readonly busy: number;
  /** Connections that are open, busy or idle. */
  readonly open: number;
  /** Misbehaves at the requests for which `isMeant` holds, those of others are handed on. */
  inject(misbehave: Misbehaviour, isMeant?: (arrival: Arrival) => boolean): void;
  /** Lets nobody connect any more. Connections that are open are closed first, and the peer has seen it. */
  injectAtConnect(fault: ConnectFault): Promise<void>;
  /** As `injectAtConnect`, right before the next read is answered. */
  injectAfterRead(fault: ConnectFault): void;
  /** Closes each connection so many milliseconds after an answer, without a word; null leaves it open. */
  closeAfterAnswers(delayMs: () => number | null): void;
  /** Forgets what arrived. */
  forget(): void;
  /** Nothing is wrong any more; what arrived is forgotten. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

export interface FaultServerOptions {
  /** Host in the URL. */
  readonly name: string;
  /** URL of the sandbox behind it. */
  readonly target: string;
  /** Speaks TLS, with a certificate that nobody trusts. */
  readonly isTls?: boolean;
}

/** None that the system gives to outgoing connections: one of those could have it when it is wanted again. */
const anyPort = () => 20_000 + Math.floor(Math.random() * 12_000);

/** Concern one connection and not the next. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding'];

export async function startFaultServer({
  name,
  target,
  isTls = false,
}: FaultServerOptions): Promise<FaultServer> {
  const { hostname, port: targetPort, pathname } = new URL(target);
  // A sandbox closes idle connections after five seconds; none is used any more that is about to be closed.
  const agent = new Agent({ keepAlive: true, timeout: 1_000 });
  const sockets = new Set<Socket>();
  const busy = new Set<Socket>();
  let arrivals: Arrival[] = [];
  let connections = 0;
  let injected: { misbehave: Misbehaviour; isMeant: (arrival: Arrival) => boolean } | null = null;
  let afterRead: ConnectFault | null = null;
  let nameError: string | null = null;
  let blockade: Promise<Blockade> | null = null;
  let closeDelayMs: () => number | null = () => null;

  const server = isTls ? createTlsServer(STRANGER, serve) : createServer(serve);
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      busy.delete(socket);
    });
  });

  function serve(req: IncomingMessage, res: ServerResponse): void {
    answer(req, res).catch(() => req.socket.destroy());
  }

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { socket, method = '', url = '' } = req;
    busy.add(socket);
    res.once('finish', () => {
      busy.delete(socket);
      const delayMs = closeDelayMs();
      if (delayMs !== null) setTimeout(() => !busy.has(socket) && socket.destroy(), delayMs);
    });
    const body = await buffer(req);
    const arrival: Arrival = { method, path: url };
    arrivals.push(arrival);
    let handled: Promise<Answer> | null = null;
    const handle = () => (handled ??= handOn(req, body));
    if (injected?.isMeant(arrival) === true) {
      await injected.misbehave({ socket, res, handle });
      return;
    }
    const { status, headers, body: text } = await handle();
    if (method === 'GET' && afterRead !== null) {
      const fault = afterRead;
      afterRead = null;
      // The peer closes this connection itself, and so never writes to one that is closing.
      res.writeHead(status, { ...headers, connection: 'close' });
      await injectAtConnect(fault);
    } else {
      res.writeHead(status, headers);
    }
    res.end(text);
  }

  async function handOn({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
    const onward = request({ agent, hostname, port: targetPort, method, path: url, headers });
    onward.end(body);
    const [reply] = (await once(onward, 'response')) as [IncomingMessage];
    const kept = Object.entries(reply.headers).filter(([name]) => !HOP_BY_HOP.includes(name));
    return { status: reply.statusCode ?? 0, headers: Object.fromEntries(kept), body: await buffer(reply) };
  }

  function forget(): void {
    arrivals = [];
    connections = 0;
  }

  /** Takes this port, or any. */
  async function listen(port: number | null): Promise<number> {
    for (;;) {
      const tried = port ?? anyPort();
      server.listen(tried, '127.0.0.1');
      try {
        await once(server, 'listening');
        return tried;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
        await wait(20);
      }
    }
  }

  async function closeIdle(): Promise<void> {
    const idle = [...sockets].filter((socket) => !busy.has(socket));
    await Promise.all(
      idle.map(async (socket) => {
        const closed = once(socket, 'close');
        socket.end();
        await closed;
      }),
    );
  }

  async function injectAtConnect(fault: ConnectFault): Promise<void> {
    if (fault === 'ENOTFOUND' || fault === 'EAI_AGAIN') nameError = fault;
    else server.close();
    if (fault === 'never accepted') await (blockade = startBlockade(port));
    await closeIdle();
  }

  const port = await listen(null);
  return {
    url: `${isTls ? 'https' : 'http'}://${name}:${port}${pathname.replace(/\/$/, '')}`,
    address() {
      if (nameError === null) return '127.0.0.1';
      throw Object.assign(new Error(`getaddrinfo ${nameError} ${name}`), { code: nameError });
    },
    get arrivals() {
      return arrivals;
    },
    get connections() {
      return connections;
    },
    get busy() {
      return busy.size;
    },
    get open() {
      return sockets.size;
    },
    inject(misbehave, isMeant = () => true) {
      injected = { misbehave, isMeant };
    },
    injectAtConnect,
    injectAfterRead(fault) {
      afterRead = fault;
    },
    closeAfterAnswers(delayMs) {
      closeDelayMs = delayMs;
    },
    async heal() {
      closeDelayMs = () => null;
      injected = null;
      afterRead = null;
      nameError = null;
      await (await blockade)?.end();
      blockade = null;
      if (!server.listening) await listen(port);
      forget();
    },
    forget,
    async close() {
      await (await blockade)?.end();
      agent.destroy();
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port on which connecting takes forever. */
interface Blockade {
  end(): Promise<void>;
}

/** Listens, and then does nothing any more, so that nobody is accepted. */
const SLEEPER = `
  const { workerData, parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ port: workerData, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage('listening');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

/** Connecting within this machine takes no time; who waits for so long is not let in any more. */
const FULL_AFTER_MS = 50;

async function startBlockade(port: number): Promise<Blockade> {
  const worker = new Worker(SLEEPER, { eval: true, workerData: port });
  await once(worker, 'message');
  // The system completes a few connections by itself, up to the length of the queue.
  const crowd: Socket[] = [];
  for (let isFull = false; !isFull;) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    crowd.push(socket);
    isFull = await Promise.race([once(socket, 'connect').then(() => false), wait(FULL_AFTER_MS, true)]);
  }
  return {
    async end() {
      for (const socket of crowd) socket.destroy();
      await worker.terminate();
    },
  };
}
