import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A stand-in's address on another port, where one can see the connections that the gateway opens and closes. */
export interface Relay {
  readonly url: string;
  /** The next connection, once something was sent through it. */
  nextUsed(): Promise<Socket>;
  close(): Promise<void>;
}

export async function startRelay(target: string): Promise<Relay> {
  const { port, pathname } = new URL(target);
  const server = createServer((socket) => {
    const behind = connect(Number(port), '127.0.0.1');
    socket.pipe(behind).pipe(socket);
    socket.on('error', () => behind.destroy()).on('close', () => behind.destroy());
    behind.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname.replace(/\/$/, '')}`,
    async nextUsed() {
      const [socket] = (await once(server, 'connection')) as [Socket];
      await once(socket, 'data');
      return socket;
    },
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}
