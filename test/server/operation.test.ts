// What bounds an operation: its time, its calls, and a client that waits for it; and the bill it gets.
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createAdapters } from '../../src/adapters/index.js';
import { loadConfig } from '../../src/config.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { joinBackends } from '../../src/server/backends.js';
import { startGateway, type Gateway } from '../../src/server/gateway.js';
import { createOperation } from '../../src/server/operation.js';
import { createLogger } from '../../src/server/logging.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { JSON_TYPE, post } from './client.js';
import { startRelay, type Relay } from './relay.js';

const NEVER_MS = 600_000;
const LATE_MS = 250;

describe('the signals of an operation', () => {
  const start = (timeoutMs: number) =>
    createOperation({ requestId: 'r', timeoutMs, budget: 1, onCall: () => undefined });

  it('are aborted when the first to heed them comes after their time', () => {
    const operation = start(-1);
    expect([operation.writeSignal.aborted, operation.signal.aborted]).toEqual([true, true]);
    expect(operation.writeSignal.reason).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('are aborted for whoever comes once it is over', () => {
    const operation = start(60_000);
    expect(operation.signal.aborted).toBe(false);
    operation.end();
    expect([operation.signal.aborted, operation.writeSignal.aborted]).toEqual([true, true]);
  });

  it('are those of the time that it was given later', () => {
    const operation = start(60_000);
    operation.extendTo(120_000);
    expect(operation.signal.aborted).toBe(false);
    expect(operation.remainingMs('read')).toBeGreaterThan(100_000);
    operation.end();
  });
});

describe('an operation that runs out of time', () => {
  const TIMEOUT_MS = 1_000;
  const EVERYTHING = '{ profiles(first: 3) { nodes { id firstName v2 { username } } } }';
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ env: { REQUEST_TIMEOUT_MS: String(TIMEOUT_MS) } });
    await gateway.query(EVERYTHING);
  });
  afterEach(() => {
    gateway.v2.switches.clear();
  });
  afterAll(() => gateway.close());

  it('is answered in time, with what is there and DEADLINE_EXCEEDED for the rest', async () => {
    gateway.v2.switches.set({ latencyMs: NEVER_MS });
    const startedAt = performance.now();
    const { status, data, errors } = await gateway.execute(EVERYTHING);
    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + LATE_MS);
    expect(status).toBe(200);
    expect(data).toEqual({
      profiles: {
        nodes: [
          { id: 'mind:42', firstName: 'Max', v2: null },
          { id: 'mind:43', firstName: 'Erika', v2: null },
          { id: 'mind:44', firstName: expect.any(String), v2: null },
        ],
      },
    });
    expect(errors).toMatchObject([
      {
        path: ['profiles', 'nodes'],
        extensions: { code: 'DEADLINE_EXCEEDED', backend: 'V2', retryable: true, affected: 3 },
      },
    ]);
  });
});

describe('an operation that needs more calls than its budget', () => {
  const ONE_CALL_EACH = '{ profiles(first: 3) { nodes { id firstName mind { rawData } } } }';
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ env: { UPSTREAM_BUDGET: '3' } });
  });
  afterAll(() => gateway.close());

  it('makes as many as it may, and gets BUDGET_EXCEEDED for the rest', async () => {
    const { status, data, errors, extensions } = await gateway.execute(ONE_CALL_EACH);
    expect(status).toBe(200);
    const nodes = (data?.['profiles'] as { nodes: { firstName: string; mind: { rawData: unknown } }[] })
      .nodes;
    expect(nodes.map(({ firstName }) => firstName)).toEqual(['Max', 'Erika', expect.any(String)]);
    expect(nodes.filter(({ mind }) => mind.rawData === null)).toHaveLength(1);
    expect(errors).toMatchObject([
      {
        path: ['profiles', 'nodes'],
        extensions: { code: 'BUDGET_EXCEEDED', backend: 'MIND', retryable: false, affected: 1 },
      },
    ]);
    expect(extensions.upstream).toMatchObject({ calls: 3, byBackend: { MIND: 3 } });
    expect(gateway.received().mind).toHaveLength(3);
  });
});

describe('the bill', () => {
  const ASK = { query: '{ profile(id: "mind:43") { firstName } }' };
  const BILL = { upstream: { calls: 2, byBackend: { MIND: 2 }, deduplicated: 0, retries: 0 } };
  const PRODUCTION = { NODE_ENV: 'production', SANDBOX: 'all' };
  const WANTED = { 'x-upstream-bill': '1' };
  const MAY_READ_ANYBODY = 42;
  const MAY_NOT = 43;

  it.each([
    ['is always shown outside production', { AUTH: 'mind' }, {}, MAY_NOT, BILL],
    [
      'is shown in production to who asks and may read anybody',
      { ...PRODUCTION, AUTH: 'mind' },
      WANTED,
      MAY_READ_ANYBODY,
      BILL,
    ],
    ['is not shown in production unasked', { ...PRODUCTION, AUTH: 'mind' }, {}, MAY_READ_ANYBODY, undefined],
    ['is not shown in production to others', { ...PRODUCTION, AUTH: 'mind' }, WANTED, MAY_NOT, undefined],
    [
      'is asked for with 1 only',
      { ...PRODUCTION, AUTH: 'mind' },
      { 'x-upstream-bill': 'true' },
      MAY_READ_ANYBODY,
      undefined,
    ],
  ])('%s', async (_when, env, headers, userId, bill) => {
    const gateway = await startTestGateway({ env });
    try {
      const authorization = `Bearer ${gateway.mind.tokenFor(userId)}`;
      const { text } = await post(gateway.url, ASK, { ...headers, authorization });
      const { data, extensions } = JSON.parse(text) as { data: unknown; extensions?: unknown };
      expect(data).toEqual({ profile: { firstName: 'Erika' } });
      expect(extensions).toEqual(bill);
    } finally {
      await gateway.close();
    }
  });
});

describe('a client that hangs up', () => {
  let sandbox: Sandbox;
  let relay: Relay;
  let gateway: Gateway;
  beforeAll(async () => {
    sandbox = await startSandbox();
    relay = await startRelay(sandbox.mind.url);
    const config = loadConfig({
      PORT: '0',
      AUTH: 'none',
      MIND_URL: relay.url,
      MIND_TOKEN: sandbox.mind.serviceToken,
      V2_URL: sandbox.v2.url,
      V2_API_KEY: sandbox.v2.apiKey,
      DISABLED_BACKENDS: 'omnivibe',
      UPSTREAM_TIMEOUT_MS: String(NEVER_MS),
      REQUEST_TIMEOUT_MS: String(NEVER_MS),
      LOG_LEVEL: 'silent',
    });
    const backends = await joinBackends(config);
    const logger = createLogger(config.logLevel);
    gateway = await startGateway({ config, adapters: createAdapters(backends.options), logger });
  });
  afterAll(async () => {
    await gateway.close();
    await sandbox.close();
    await relay.close();
  });

  it('has the connections to backends closed, and no further call made', async () => {
    // One call to the directory of Mind; the calls to v2 would follow it.
    const query = '{ profiles(first: 1) { nodes { firstName username } } }';
    sandbox.mind.switches.set({ latencyMs: NEVER_MS });
    const used = relay.nextUsed();
    const headers = { ...JSON_TYPE, 'x-request-id': 'gone' };
    const client = request(`${gateway.url}/graphql`, { method: 'POST', headers });
    client.on('error', () => undefined);
    client.end(JSON.stringify({ query }));
    const connection = await used;

    client.destroy();
    await once(connection, 'close');

    // What would have followed the cut call has had its turn once another operation is through.
    sandbox.mind.switches.clear();
    const other = await post(gateway.url, { query });
    expect(JSON.parse(other.text)).toMatchObject({
      data: { profiles: { nodes: [{ firstName: 'Max', username: 'max.m' }] } },
    });
    const received = [...sandbox.mind.ledger.entries, ...sandbox.v2.ledger.entries];
    expect(received.filter(({ headers: sent }) => sent['x-request-id'] === 'gone')).toHaveLength(1);
  });
});
