// Keeps the gateway as fast as it is: beside the bound, on whatever machine this runs, and with room for a busy one.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compare, type Result } from './compare.js';
import {
  BOUND,
  CONTENDERS,
  GATEWAY,
  startContender,
  startUpstreams,
  type RunningContender,
  type Upstreams,
} from './contenders.js';
import { WORKLOADS } from './workloads.js';

/** The most CPU time of a request, as a multiple of the bound’s: two to three times what it is on a machine that is warm. */
const MAX_CPU: Readonly<Record<string, number>> = {
  one1: 9,
  one3: 7,
  mind100: 4,
  list100: 4,
  join100: 5,
  dup20: 6,
  bulk1000: 7,
};

const OPTIONS = {
  rounds: 3,
  warmUpMs: 3_000,
  lullMs: 0,
  approachMs: 200,
  latencyMs: 0,
  slice: { forMs: 250, minRequests: 4 },
  // Other tests run beside this one; a share of CPU time takes no harm of that.
  maxAgain: 0,
};
/** The gateway is built where the build is older than the sources. */
const TIMEOUT_MS = 120_000;

/** What another process takes is told by Linux only. */
const itWithCpuTimes = process.platform === 'linux' ? it : it.skip;

let upstreams: Upstreams;
let running: readonly RunningContender[];
beforeAll(async () => {
  upstreams = await startUpstreams();
  const both = CONTENDERS.filter(({ name }) => name === BOUND || name === GATEWAY);
  running = await Promise.all(both.map((contender) => startContender(contender, upstreams)));
}, TIMEOUT_MS);
afterAll(async () => {
  await Promise.all([...running, upstreams].map((started) => started.stop()));
});

describe.each(WORKLOADS)('$name: $title', (workload) => {
  let gateway: Result | undefined;
  beforeAll(async () => {
    const { results } = await compare(running, upstreams, workload, OPTIONS);
    gateway = results.find(({ name }) => name === GATEWAY);
  }, TIMEOUT_MS);

  it('answers as the bound does, and with as many calls', () => {
    expect(gateway).toMatchObject({ problem: null, calls: workload.calls, figures: { errors: 0 } });
  });

  itWithCpuTimes('stays within its share of CPU time', () => {
    expect(gateway?.figures?.cpu.median).toBeLessThanOrEqual(MAX_CPU[workload.name] ?? 0);
  });
});
