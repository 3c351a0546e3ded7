// A gateway as a process of its own, which tells its parent how it fares. Started by gateway-process.ts.
import { createAdapters } from '../../src/adapters/index.js';
import { loadConfig } from '../../src/config.js';
import { joinBackends } from '../../src/server/backends.js';
import { startGateway } from '../../src/server/gateway.js';
import { createLogger } from '../../src/server/logging.js';
import type { Condition } from './gateway-process.js';

const BUILT_INS = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  String.prototype,
  Promise.prototype,
];
const builtInKeys = () => BUILT_INS.map((each) => Reflect.ownKeys(each).map(String));

const countEach = (names: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...new Set(names)].map((name) => [name, names.filter((each) => each === name).length]));

const before = JSON.stringify(builtInKeys());
let faults = 0;
for (const event of ['unhandledRejection', 'uncaughtException']) process.on(event, () => (faults += 1));
process.on('warning', ({ name }) => {
  if (name === 'MaxListenersExceededWarning') faults += 1;
});

const config = loadConfig({ PORT: '0', ...process.env });
const backends = await joinBackends(config);
const write = (line: string) => {
  const { level, backend } = JSON.parse(line) as { readonly level: number; readonly backend?: string };
  if (level >= 50 && backend === undefined) faults += 1;
};
const logger = createLogger('info', { write });
const gateway = await startGateway({ config, adapters: createAdapters(backends.options), logger });
const { mind, omnivibe, v2 } = backends.sandboxes;

process.on('message', () => {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const condition: Condition = {
    cpuMs: (user + system) / 1_000,
    heapBytes: process.memoryUsage().heapUsed,
    upstreamCalls: [mind, omnivibe, v2].reduce((sum, each) => sum + (each?.ledger.entries.length ?? 0), 0),
    resources: countEach(process.getActiveResourcesInfo()),
    faults,
    isPristine: JSON.stringify(builtInKeys()) === before,
  };
  process.send?.(condition);
});
process.on('disconnect', () => process.exit(0));
process.send?.(gateway.url);
