// A backend that fails is not asked more than it must be, and is asked again once it is well.
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { UpstreamLimits } from '../../src/transport/policy.js';
import { abandon } from './clients.js';
import { startFaultedGateway, type FaultedGateway } from './faulted-gateway.js';
import { prepare } from './matrix-cells.js';

/** One call to v2, and none to anybody else. */
const READ = '{ profile(id: "v2:17") { v2 { username } } }';
const AT_ONCE = 20;
const ROUNDS = 50;

let gateway: FaultedGateway;
afterEach(() => gateway.close());

async function start(limits: Partial<UpstreamLimits>, env: Readonly<Record<string, string>> = {}) {
  gateway = await startFaultedGateway({ limits, env: { LOG_LEVEL: 'silent', ...env } });
  await prepare(gateway);
}

const codeOf = async () => (await gateway.execute(READ)).errors[0]?.extensions['code'];

/** 0 closed, 1 half-open, 2 open. */
async function circuit(): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const [, state] = /^upstream_circuit_state\{upstream="v2",kind="read"\} (\d)$/m.exec(text) ?? [];
  return Number(state);
}

async function inRounds(round: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < ROUNDS; i += 1) await round();
}

describe('a backend that answers nothing but 503', () => {
  it('is asked 1,203 times at most by 1,000 reads', async () => {
    await start({ circuitMinCalls: Infinity });
    gateway.faults.v2.inject(({ res }) => res.writeHead(503).end());
    await inRounds(() => Promise.all(Array.from({ length: AT_ONCE }, codeOf)));
    const { length } = gateway.faults.v2.arrivals;
    expect(length).toBeLessThanOrEqual(1_203);
    // Retries there were, as many as are allowed.
    expect(length).toBeGreaterThan(1_150);
  }, 60_000);
});

describe('a circuit', () => {
  it('opens before a failing backend has been asked 22 times, and then answers for it', async () => {
    await start({});
    gateway.faults.v2.inject(({ res }) => res.writeHead(500).end());
    const codes: unknown[] = [];
    for (let i = 0; i < 40; i += 1) codes.push(await codeOf());
    expect(gateway.faults.v2.arrivals.length).toBeLessThanOrEqual(21);
    expect(codes[0]).toBe('UPSTREAM_ERROR');
    expect(codes.slice(21)).toEqual(Array.from({ length: 19 }, () => 'UPSTREAM_CIRCUIT_OPEN'));
    expect(await circuit()).toBe(2);
  });

  it('closes by itself once the backend is well, and stays open as long as it is not', async () => {
    await start({ circuitOpenMs: 100, circuitMaxOpenMs: 400 });
    gateway.faults.v2.inject(({ res }) => res.writeHead(500).end());
    while ((await codeOf()) !== 'UPSTREAM_CIRCUIT_OPEN');
    const asked = gateway.faults.v2.arrivals.length;
    // It is probed, in vain, and opens again.
    while (gateway.faults.v2.arrivals.length === asked)
      expect(await codeOf()).toMatch(/^UPSTREAM_(CIRCUIT_OPEN|ERROR)$/);
    expect(await codeOf()).toBe('UPSTREAM_CIRCUIT_OPEN');

    await gateway.faults.v2.heal();
    while ((await codeOf()) !== undefined) await wait(5);
    await Promise.all(Array.from({ length: AT_ONCE }, codeOf));
    expect(await circuit()).toBe(0);
  });

  it('stays closed when 1,000 clients hang up on a backend that is silent', async () => {
    await start({}, { UPSTREAM_TIMEOUT_MS: '60000' });
    const { v2 } = gateway.faults;
    v2.inject(() => undefined);
    await inRounds(async () => {
      const before = v2.arrivals.length;
      const clients = Array.from({ length: AT_ONCE }, () => abandon(gateway.url, READ));
      while (v2.arrivals.length < before + AT_ONCE) await wait(1);
      for (const hangUp of clients) hangUp();
      while (v2.busy > 0) await wait(1);
    });
    expect(v2.arrivals).toHaveLength(ROUNDS * AT_ONCE);
    expect(await circuit()).toBe(0);
    await v2.heal();
    expect(await codeOf()).toBeUndefined();
  }, 60_000);

  it('stays closed when a credential is refused 1,000 times', async () => {
    await start({});
    gateway.faults.v2.inject(({ res }) => res.writeHead(401).end());
    await inRounds(() => Promise.all(Array.from({ length: AT_ONCE }, codeOf)));
    expect(gateway.faults.v2.arrivals).toHaveLength(ROUNDS * AT_ONCE);
    expect(await circuit()).toBe(0);
    await gateway.faults.v2.heal();
    expect(await codeOf()).toBeUndefined();
  }, 60_000);
});
