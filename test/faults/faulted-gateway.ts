// A gateway whose way to each backend leads through a fault server.
import type { LookupFunction } from 'node:net';
import { createAdapters } from '../../src/adapters/index.js';
import { loadConfig } from '../../src/config.js';
import { CAST } from '../../src/sandbox/people.js';
import { joinBackends, type Sandboxes } from '../../src/server/backends.js';
import { startGateway } from '../../src/server/gateway.js';
import { createLogger } from '../../src/server/logging.js';
import type { UpstreamLimits } from '../../src/transport/policy.js';
import { BACKENDS, type Slug } from '../support/backend-truth.js';
import { expectNoSecrets } from '../support/secrets.js';
import { post } from './clients.js';
import { startFaultServer, type FaultServer } from './fault-server.js';

export interface FaultedAnswer {
  readonly status: number;
  /** From the request to the last byte of the answer. */
  readonly tookMs: number;
  readonly data: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors: readonly {
    readonly path?: readonly (string | number)[];
    readonly message: string;
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
  readonly bill: { readonly byBackend: Readonly<Record<string, number>>; readonly retries: number };
}

type RunningSandboxes = { readonly [K in Slug]: NonNullable<Sandboxes[K]> };

export interface FaultedGateway extends RunningSandboxes {
  readonly url: string;
  readonly faults: Readonly<Record<Slug, FaultServer>>;
  /** The log so far, one object a line. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  execute(query: string, variables?: object): Promise<FaultedAnswer>;
  close(): Promise<void>;
}

export interface FaultedGatewayOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Left out: no circuit opens, and retries are neither rationed nor waited for. */
  readonly limits?: Partial<UpstreamLimits>;
  /** A backend that is reached by TLS, where nobody trusts its certificate. */
  readonly tls?: Slug;
}

/** Nobody has this name anywhere. */
const nameOf = (backend: Slug) => `${backend}.test`;

const CALM: Partial<UpstreamLimits> = { circuitMinCalls: Infinity, retryBaseMs: 1, retryFloor: Infinity };

export async function startFaultedGateway({
  env = {},
  limits = CALM,
  tls,
}: FaultedGatewayOptions): Promise<FaultedGateway> {
  const config = loadConfig({ PORT: '0', ...env });
  const lookup: LookupFunction = (hostname, options, callback) => {
    const backend = BACKENDS.find((each) => nameOf(each) === hostname);
    try {
      const address = backend === undefined ? '' : faults[backend].address();
      if (options.all === true) callback(null, [{ address, family: 4 }]);
      else callback(null, address, 4);
    } catch (error) {
      callback(error as NodeJS.ErrnoException, '', 4);
    }
  };
  const backends = await joinBackends(config, CAST.slice(0, 3), { limits, lookup });
  const { mind, omnivibe, v2 } = backends.sandboxes;
  const { options } = backends;
  if (mind === null || omnivibe === null || v2 === null) throw new Error('all three sandboxes are needed');
  if (options.mind === null || options.omnivibe === null || options.v2 === null)
    throw new Error('and their options');
  const sandboxes = { mind, omnivibe, v2 };
  const startFor = (backend: Slug) =>
    startFaultServer({
      name: nameOf(backend),
      target: sandboxes[backend].url,
      isTls: tls === backend,
    });
  const faults = {
    mind: await startFor('mind'),
    omnivibe: await startFor('omnivibe'),
    v2: await startFor('v2'),
  };
  const adapters = createAdapters({
    mind: { ...options.mind, url: faults.mind.url },
    omnivibe: { ...options.omnivibe, url: faults.omnivibe.url, platformUrl: faults.omnivibe.url },
    v2: { ...options.v2, url: faults.v2.url },
  });
  const lines: string[] = [];
  const log: Record<string, unknown>[] = [];
  const logger = createLogger(config.logLevel, {
    write(line) {
      lines.push(line);
      log.push(JSON.parse(line) as Record<string, unknown>);
    },
  });
  // The test itself works in the same event loop, and is no reason to turn anybody away.
  const overload = { maxLoopDelayMs: Infinity };
  const gateway = await startGateway({ config, adapters, logger, overload });

  return {
    ...sandboxes,
    url: gateway.url,
    faults,
    log,
    async execute(query, variables = {}) {
      const startedAt = performance.now();
      const { status, text } = await post(gateway.url, { query, variables });
      const tookMs = performance.now() - startedAt;
      expectNoSecrets('an answer', text);
      const {
        data,
        errors = [],
        extensions,
      } = JSON.parse(text) as {
        data?: FaultedAnswer['data'];
        errors?: FaultedAnswer['errors'];
        extensions: { upstream: FaultedAnswer['bill'] };
      };
      return { status, tookMs, data, errors, bill: extensions.upstream };
    },
    async close() {
      expectNoSecrets('the log', lines.join(''));
      await gateway.close();
      await Promise.all(BACKENDS.map((backend) => faults[backend].close()));
      await backends.close();
    },
  };
}
