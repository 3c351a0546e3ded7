// Clients in a closed loop: each asks, waits for the answer, and asks again. They share a core with the upstreams, so they are
// sockets and little else.
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly tookMs: number;
}

export interface Connection {
  /** Opens it again where the server has closed it meanwhile. */
  ready(): Promise<void>;
  ask(body: string): Promise<Answer>;
  close(): void;
}

const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '\r\n0\r\n\r\n';

/** One keep-alive connection of one caller. */
export function createConnection(url: string, caller: number): Connection {
  const { host, hostname, port } = new URL(url);
  const head = [
    'POST /graphql HTTP/1.1',
    `host: ${host}`,
    `authorization: Bearer bench-caller-${caller}`,
    'content-type: application/json',
    'accept: application/json',
    'content-length: ',
  ].join('\r\n');
  const requests = new Map<string, Buffer>();
  let socket: Socket | null = null;

  async function opened(): Promise<Socket> {
    if (socket?.readyState === 'open') return socket;
    socket = connect(Number(port), hostname).setNoDelay();
    await once(socket, 'connect');
    // What is wrong shows as the end of the connection.
    return socket.on('error', () => undefined);
  }

  return {
    async ready() {
      await opened();
    },
    async ask(body) {
      let request = requests.get(body);
      if (request === undefined) {
        request = Buffer.from(`${head}${Buffer.byteLength(body)}${HEAD_END}${body}`);
        requests.set(body, request);
      }
      return exchange(await opened(), request);
    },
    close() {
      socket?.destroy();
    },
  };
}

function exchange(socket: Socket, request: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    let received: Buffer = Buffer.alloc(0);
    let head: Head | null = null;
    const stop = () => {
      socket.off('data', read);
      socket.off('close', fail);
    };
    const read = (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      head ??= readHead(received);
      if (head === null || !isWhole(received, head)) return;
      stop();
      const tookMs = performance.now() - startedAt;
      // Some servers answer so many requests on one connection and no more.
      if (head.isLast) socket.destroy();
      resolve({ status: head.status, body: received.subarray(head.bodyStart), tookMs });
    };
    const fail = () => {
      stop();
      reject(new Error('The connection was closed before the answer.'));
    };
    socket.on('data', read);
    socket.on('close', fail);
    socket.write(request);
  });
}

interface Head {
  readonly status: number;
  readonly bodyStart: number;
  /** Null for a body in chunks. */
  readonly bodyBytes: number | null;
  readonly isLast: boolean;
}

function readHead(received: Buffer): Head | null {
  const end = received.indexOf(HEAD_END);
  if (end < 0) return null;
  const text = received.toString('latin1', 0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  return {
    status: Number(text.slice(9, 12)),
    bodyStart: end + HEAD_END.length,
    bodyBytes: length === undefined ? null : Number(length),
    isLast: /\r\nconnection: *close/i.test(text),
  };
}

/** JSON has no line ends in it, so the last chunk is known by its own. */
function isWhole(received: Buffer, { bodyStart, bodyBytes }: Head): boolean {
  if (bodyBytes !== null) return received.length >= bodyStart + bodyBytes;
  return received.toString('latin1', received.length - LAST_CHUNK.length) === LAST_CHUNK;
}
