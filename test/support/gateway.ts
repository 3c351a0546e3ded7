// A gateway with its sandbox backends, all on real sockets, and a client that checks every answer: its bill, the calls behind it, and
// that it holds no secret.
import type { LookupFunction } from 'node:net';
import { expect } from '@jest/globals';
import { createAdapters } from '../../src/adapters/index.js';
import { loadConfig } from '../../src/config.js';
import type { LedgerEntry } from '../../src/sandbox/core/ledger.js';
import type { MindSandbox } from '../../src/sandbox/mind/index.js';
import type { OmnivibeSandbox } from '../../src/sandbox/omnivibe/index.js';
import { CAST, type CastMember } from '../../src/sandbox/people.js';
import type { V2Sandbox } from '../../src/sandbox/v2/index.js';
import { joinBackends } from '../../src/server/backends.js';
import { startGateway } from '../../src/server/gateway.js';
import { createLogger } from '../../src/server/logging.js';
import type { UpstreamLimits } from '../../src/transport/policy.js';
import { assertContractKept } from './contract.js';
import { expectNoSecrets } from './secrets.js';

export interface GraphQLAnswer {
  readonly status: number;
  readonly data: Record<string, unknown> | null | undefined;
  readonly errors: readonly GraphQLAnswerError[];
  readonly extensions: {
    readonly upstream?: { readonly calls: number; readonly byBackend: Record<string, number> };
  };
}
export interface GraphQLAnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

export interface CallCounts {
  readonly mind: number;
  readonly omnivibe: number;
  readonly v2: number;
}

export interface TestGateway {
  readonly url: string;
  readonly mind: MindSandbox;
  readonly omnivibe: OmnivibeSandbox;
  readonly v2: V2Sandbox;
  /** The log so far, one JSON object a line. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** Sends one operation; checks that the bill in its answer equals what the sandboxes received meanwhile. */
  execute(query: string, variables?: object, headers?: Record<string, string>): Promise<GraphQLAnswer>;
  /** As `execute`, but errors fail the test; the data alone. */
  query(query: string, variables?: object): Promise<Record<string, unknown>>;
  /** What an operation costs at each backend. */
  cost(query: string, variables?: object): Promise<CallCounts>;
  /** Everything that the sandboxes received since the last reset. */
  received(): {
    readonly mind: readonly LedgerEntry[];
    readonly omnivibe: readonly LedgerEntry[];
    readonly v2: readonly LedgerEntry[];
  };
  /**
   * Writes at a backend through its own API, past the gateway, e.g. `PATCH /profile/42`; omnivibe takes the platform's token
   * unless told another.
   */
  write(backend: keyof CallCounts, request: string, fields: object, token?: string): Promise<void>;
  close(): Promise<void>;
}

export interface TestGatewayOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly people?: readonly CastMember[];
  /** How calls to the backends are limited and tried again; left out: calmly, as below. */
  readonly limits?: Partial<UpstreamLimits>;
  /** In place of the system's resolver. */
  readonly lookup?: LookupFunction;
}

/** A busy machine is no reason for a call to be given up; tests of time limits set their own. */
const PATIENT = {
  UPSTREAM_TIMEOUT_MS: '60000',
  REQUEST_TIMEOUT_MS: '120000',
  MAX_OPERATIONS: '10000',
  DRAIN_DELAY_MS: '0',
};

/** Many tests let a backend fail many times: no circuit opens, nobody waits before trying again, nor is turned away. */
const CALM: Partial<UpstreamLimits> = {
  maxWaiting: Infinity,
  maxWaitMs: 60_000,
  circuitMinCalls: Infinity,
  retryBaseMs: 1,
  retryFloor: Infinity,
};

/** Starts everything on free ports. `env` as for `npm start`; all three backends are sandboxes. */
export async function startTestGateway({
  env = {},
  people = CAST,
  limits = CALM,
  lookup,
}: TestGatewayOptions = {}): Promise<TestGateway> {
  const config = loadConfig({ ...PATIENT, PORT: '0', ...env });
  const backends = await joinBackends(config, people, { limits, ...(lookup !== undefined && { lookup }) });
  const { mind, omnivibe, v2 } = backends.sandboxes;
  if (mind === null || omnivibe === null || v2 === null)
    throw new Error('a test gateway needs all three sandboxes');
  const log: Record<string, unknown>[] = [];
  const lines: string[] = [];
  const logger = createLogger(config.logLevel, {
    write(line) {
      lines.push(line);
      log.push(JSON.parse(line) as Record<string, unknown>);
    },
  });
  const gateway = await startGateway({
    config,
    adapters: createAdapters(backends.options),
    logger,
    // The test itself works in the same event loop, and is no reason to turn anybody away.
    overload: { maxLoopDelayMs: Infinity },
  });

  const received = () => ({
    mind: mind.ledger.entries,
    omnivibe: omnivibe.ledger.entries,
    v2: v2.ledger.entries,
  });
  const counts = (): CallCounts => {
    const { mind: m, omnivibe: o, v2: v } = received();
    return { mind: m.length, omnivibe: o.length, v2: v.length };
  };

  async function execute(query: string, variables: object = {}, headers: Record<string, string> = {}) {
    const before = counts();
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    expectNoSecrets('an answer', text + JSON.stringify([...response.headers]));
    const body = JSON.parse(text) as Partial<GraphQLAnswer>;
    const answer: GraphQLAnswer = {
      status: response.status,
      data: body.data,
      errors: body.errors ?? [],
      extensions: body.extensions ?? {},
    };
    expectTrueBill(answer, before, counts());
    const { mind: m, omnivibe: o, v2: v } = received();
    assertContractKept('mind', m.slice(before.mind));
    assertContractKept('omnivibe', o.slice(before.omnivibe));
    assertContractKept('v2', v.slice(before.v2));
    return answer;
  }

  return {
    url: gateway.url,
    mind,
    omnivibe,
    v2,
    log,
    execute,
    async query(query, variables) {
      const { data, errors } = await execute(query, variables);
      expect(errors).toEqual([]);
      return data ?? {};
    },
    async cost(query, variables) {
      const before = counts();
      await execute(query, variables);
      const after = counts();
      return {
        mind: after.mind - before.mind,
        omnivibe: after.omnivibe - before.omnivibe,
        v2: after.v2 - before.v2,
      };
    },
    received,
    async write(backend, request, fields, token = omnivibe.platformToken) {
      const [method = '', path = ''] = request.split(' ');
      const json = { 'content-type': 'application/json' };
      const { url, ...sent } = {
        mind: () => ({
          url: mind.url,
          headers: { authorization: `Bearer ${mind.serviceToken}`, ...json },
          body: JSON.stringify(fields),
        }),
        omnivibe: () => ({
          url: omnivibe.url,
          headers: { api_access_token: token, ...json },
          body: JSON.stringify(fields),
        }),
        v2: () => ({ url: v2.url, headers: { apiKey: v2.apiKey }, body: toForm(method, fields) }),
      }[backend]();
      const { status } = await fetch(url + path, { method, ...sent });
      expect({ request, status }).toEqual({ request, status: 200 });
    },
    async close() {
      expectNoSecrets('the metrics', await (await fetch(`${gateway.url}/metrics`)).text());
      expectNoSecrets('the log', lines.join(''));
      await gateway.close();
      await backends.close();
    },
  };
}

/** v2 takes multipart where it creates, and the encoding of a URL's query elsewhere. */
function toForm(method: string, fields: object): FormData | URLSearchParams {
  const form = method === 'POST' ? new FormData() : new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
  return form;
}

/** The shared assertion: an operation's bill is what the backends counted. One operation at a time. */
function expectTrueBill({ extensions }: GraphQLAnswer, before: CallCounts, after: CallCounts): void {
  if (extensions.upstream === undefined) return;
  const counted = Object.entries({
    MIND: after.mind - before.mind,
    OMNIVIBE: after.omnivibe - before.omnivibe,
    V2: after.v2 - before.v2,
  }).filter(([, calls]) => calls > 0);
  expect(extensions.upstream.byBackend).toEqual(Object.fromEntries(counted));
  expect(extensions.upstream.calls).toBe(counted.reduce((sum, [, calls]) => sum + calls, 0));
}
