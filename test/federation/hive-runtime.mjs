// Hive Gateway's engine behind a listener. Plain JavaScript: the package's types change those of graphql and Node for the
// whole program that they are imported into.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import * as http from '@graphql-mesh/transport-http';

export async function startHiveRuntime(config, port = 0) {
  const runtime = createGatewayRuntime({ logging: 'error', transports: { http }, ...config });
  const server = createServer(runtime);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/graphql`,
    async close() {
      server.close();
      server.closeAllConnections();
      await runtime[Symbol.asyncDispose]();
    },
  };
}
