import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { GraphQLAnswer } from '../support/gateway.js';

/** One request as a router sent it, and what it got. */
export interface Recorded {
  readonly headers: IncomingHttpHeaders;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly answer: GraphQLAnswer;
}

/** Stands before the gateway and writes down what passes, without changing it. */
export interface Recorder {
  readonly url: string;
  /** In the order in which they were answered. */
  readonly requests: readonly Recorded[];
  close(): Promise<void>;
}

export async function startRecorder(target: string): Promise<Recorder> {
  const requests: Recorded[] = [];
  const server = createServer((req, res) => {
    const { method, headers } = req;
    void text(req).then((sent) => {
      const behind = request(target + (req.url ?? ''), { method, headers }, (answered) => {
        void text(answered).then((received) => {
          const { query, variables = {} } = JSON.parse(sent) as Partial<Recorded> & { query: string };
          requests.push({ headers, query, variables, answer: JSON.parse(received) as GraphQLAnswer });
          res.writeHead(answered.statusCode ?? 500, answered.headers).end(received);
        });
      });
      behind.end(sent);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
