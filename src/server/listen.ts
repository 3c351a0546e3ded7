import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The address cannot be listened on; the message says why and what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use; stop what uses it, or set PORT to another one (0 takes any free one)',
  EACCES: 'this user may not use the port; set PORT to 1024 or above',
  EADDRNOTAVAIL: 'this machine does not have the address; correct HOST',
  ENOTFOUND: 'the host name is not known; correct HOST',
};

/** Starts to listen and answers the URL. Throws ListenError. */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  const shownHost = host.includes(':') ? `[${host}]` : host;
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const reason = REASONS[code] ?? `the system says ${code}`;
    throw new ListenError(`Cannot listen on ${shownHost}:${port}: ${reason}.`, { cause: error });
  }
  return `http://${shownHost}:${(server.address() as AddressInfo).port}`;
}
