// Configuration → sandboxes for backends without a URL → gateway → signals. The only file that acts on being loaded.
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { createAdapters } from './adapters/index.js';
import { ConfigError, loadConfig, type Config } from './config.js';
import { joinBackends } from './server/backends.js';
import { startGateway } from './server/gateway.js';
import { ListenError } from './server/listen.js';
import { createLogger, openStandardOutput } from './server/logging.js';
import { V8_FLAGS } from './server/v8-flags.js';

const EXIT_BAD_CONFIGURATION = 78;

for (const flag of V8_FLAGS) setFlagsFromString(flag);

function readConfig(): Config {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(`${error.message}\n${error.problems.map((problem) => `  - ${problem}`).join('\n')}`);
    console.error('Every variable is described in docs/configuration.md.');
    process.exit(EXIT_BAD_CONFIGURATION);
  }
}

const config = readConfig();
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const logger = createLogger(config.logLevel, openStandardOutput());

/** Null while the start is under way, which a signal just ends. */
let close: ((lameDuckMs: number) => Promise<void>) | null = null;
let isStopping = false;
async function stop(lameDuckMs: number): Promise<void> {
  if (isStopping) process.exit(1);
  isStopping = true;
  await close?.(lameDuckMs);
  process.exit(0);
}
process.on('SIGTERM', () => void stop(config.drainDelayMs));
// Where somebody presses Ctrl-C or closes the terminal, no balancer has to notice first.
process.on('SIGINT', () => void stop(0));
process.on('SIGHUP', () => void stop(0));

const backends = await joinBackends(config);
const gateway = await startGateway({ config, adapters: createAdapters(backends.options), logger }).catch(
  (error: unknown) => {
    if (!(error instanceof ListenError)) throw error;
    console.error(error.message);
    process.exit(1);
  },
);

close = async (lameDuckMs) => {
  await gateway.close(lameDuckMs);
  await backends.close();
};

console.log(`profile gateway ${version} listening on ${gateway.url} (GraphQL at ${gateway.url}/graphql)`);
for (const { name, url, isSandbox } of backends.described) {
  console.log(isSandbox ? `*** ${name}: SANDBOX with made-up people at ${url} ***` : `${name}: ${url}`);
}
