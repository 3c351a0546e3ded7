// Clients who keep no connection, those who wait for their answer and those who do not.
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** Sends an operation, on a connection of its own. */
export function post(
  url: string,
  operation: object,
): Promise<{ readonly status: number; readonly text: string }> {
  const body = JSON.stringify(operation);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const req = request(`${url}/graphql`, { method: 'POST', headers, agent: false }, (res) => {
      text(res).then((received) => {
        resolve({ status: res.statusCode ?? 0, text: received });
      }, reject);
    });
    req.once('error', reject);
    req.end(body);
  });
}

/** Sends an operation; the returned function hangs up. */
export function abandon(url: string, query: string): () => void {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ query });
  const head = `POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  const socket = connect(Number(port), hostname, () => socket.write(head + body));
  socket.on('error', () => undefined);
  return () => {
    socket.destroy();
  };
}
