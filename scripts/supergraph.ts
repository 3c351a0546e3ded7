// `npm run supergraph`: three sandboxes, the gateway, two subgraphs of other teams, and a router before them all.
import { randomUUID } from 'node:crypto';
import { createAdapters } from '../src/adapters/index.js';
import { loadConfig } from '../src/config.js';
import { CAST } from '../src/sandbox/people.js';
import { joinBackends } from '../src/server/backends.js';
import { startGateway } from '../src/server/gateway.js';
import { createLogger } from '../src/server/logging.js';
import { fetchSdl, supergraphOf } from '../test/federation/composition.js';
import { HIVE } from '../test/federation/hive-router.js';
import { SUBGRAPH } from '../test/federation/router.js';
import { startCalls, startTickets } from '../test/federation/subgraphs.js';

const TICKETS = 50;
const QUERY = `{
  tickets { id subject assignee { firstName lastName presence { availability } } }
  calls { id agent { id displayName } }
}`;

const say = (text: string) => process.stdout.write(`${text}\n`);

/** Of the gateway's log, the calls to backends. */
const watchCalls = {
  write(line: string) {
    const { msg = '' } = JSON.parse(line) as { readonly msg?: string };
    if (msg.startsWith('upstream ')) say(msg);
  },
};

const routerSecret = randomUUID();
const config = loadConfig({ PORT: '0', ROUTER_SECRET: routerSecret });
const backends = await joinBackends(config);
const adapters = createAdapters(backends.options);
const logger = createLogger('info', watchCalls);
// The router works in the same event loop, and is no reason to turn it away.
const gateway = await startGateway({ config, adapters, logger, overload: { maxLoopDelayMs: Infinity } });

const mindIds = CAST.flatMap(({ mind }) => (mind === undefined ? [] : [String(mind.id)]));
const v2Ids = CAST.flatMap(({ v2 }) => (v2 === undefined ? [] : [`v2:${v2.id}`]));
const assignees = Array.from({ length: TICKETS }, (_, i) => mindIds[i % mindIds.length] ?? '');
const [tickets, calls] = await Promise.all([startTickets(() => assignees), startCalls(() => v2Ids)]);

const url = `${gateway.url}/graphql`;
const sdl = await fetchSdl(url, { 'x-router-secret': routerSecret });
const supergraph = supergraphOf(HIVE.compose, [{ name: SUBGRAPH, url, sdl }, tickets, calls]);
const router = await HIVE.start({ supergraph, routerSecret });

async function stop(): Promise<void> {
  await router.close();
  await Promise.all([tickets.close(), calls.close()]);
  await gateway.close();
  await backends.close();
  process.exit(0);
}
let stopping: Promise<void> | null = null;
// A terminal and npm may both pass on the same Ctrl-C.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    stopping ??= stop();
  });
}

say(`A supergraph is running; Ctrl-C stops it.

  router     ${router.url}
  profiles   ${url}, which takes _service and _entities from the router only
  tickets    ${tickets.url}, which names people by mindUserId
  calls      ${calls.url}, which names people by id
${backends.described.map(({ name, url: at }) => `  ${name.padEnd(9)}  ${at}, a sandbox`).join('\n')}

Open the router in a browser and paste this query:

${QUERY}

or ask it from another terminal:

  curl ${router.url} -H 'content-type: application/json' \\
    -d '${JSON.stringify({ query: QUERY.replaceAll(/\s+/g, ' ') })}'

Every call to a backend is shown here:
`);
