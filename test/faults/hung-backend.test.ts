// A backend that takes requests and never answers: those who do not need it hardly notice.
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startMindSandbox, type MindSandbox } from '../../src/sandbox/mind/index.js';
import { CAST } from '../../src/sandbox/people.js';
import { startGatewayProcess, type GatewayProcess } from '../abuse/gateway-process.js';
import { createClient, quantile, type Client } from '../server/load.js';
import { startFaultServer, type FaultServer } from './fault-server.js';

const CROWD = 500;
const SAMPLES = 1_000;
/** The slowest tenth and hundredth, and what is allowed for the other things that a machine does. */
const ALLOWANCES = [
  [0.9, 0],
  [0.99, 25],
] as const;
const NEEDS_MIND = '{ profile(id: "mind:42") { mind { phone } } }';
const NEEDS_OMNIVIBE = '{ profile(id: "omnivibe:3") { omnivibe { role } } }';
const WARM_UP = '{ profiles(first: 3) { nodes { displayName username } } }';

/** A gateway in a process of its own, with a Mind that can be made to hang. */
interface Place {
  readonly gateway: GatewayProcess;
  readonly mind: FaultServer;
  readonly sandbox: MindSandbox;
  readonly ask: Client;
  readonly hangUp: () => void;
}

async function startPlace(): Promise<Place> {
  const sandbox = await startMindSandbox(CAST);
  const mind = await startFaultServer({ name: '127.0.0.1', target: sandbox.url });
  const gateway = await startGatewayProcess({
    MIND_URL: mind.url,
    MIND_TOKEN: sandbox.serviceToken,
    AUTH: 'none',
  });
  const { ask, close: hangUp } = createClient(gateway.url);
  return { gateway, mind, sandbox, ask, hangUp };
}

describe('500 clients of a backend that hangs', () => {
  let healthy: Place;
  let hung: Place;
  beforeAll(async () => {
    [healthy, hung] = await Promise.all([startPlace(), startPlace()]);
    for (const place of [healthy, hung]) {
      for (let i = 0; i < 300; i += 1) await place.ask(i % 10 === 0 ? WARM_UP : NEEDS_OMNIVIBE);
    }
  }, 60_000);
  afterAll(async () => {
    for (const { gateway, mind, sandbox, hangUp } of [healthy, hung]) {
      hangUp();
      await gateway.close();
      await mind.close();
      await sandbox.close();
    }
  });

  it('keep nobody waiting who needs another one', async () => {
    hung.mind.inject(() => undefined);
    const over = new AbortController();
    const crowd = [healthy, hung].flatMap((place) =>
      Array.from({ length: CROWD }, async () => {
        while (!over.signal.aborted) {
          await wait(Math.random() * 6_000);
          await place.ask(NEEDS_MIND);
        }
      }),
    );
    const took = new Map<Place, number[]>([
      [healthy, []],
      [hung, []],
    ]);
    const refused: string[] = [];
    // By turns, so that whatever else this machine does hits both.
    for (let i = 0; i < SAMPLES; i += 1) {
      for (const place of [healthy, hung]) {
        const { text, tookMs } = await place.ask(NEEDS_OMNIVIBE);
        took.get(place)?.push(tookMs);
        if (!text.includes('"role"')) refused.push(text);
      }
      await wait(4);
    }
    over.abort();
    await Promise.all(crowd);
    expect(refused).toEqual([]);
    for (const [share, roomMs] of ALLOWANCES) {
      const [usual, now] = [healthy, hung].map((place) => quantile(took.get(place) ?? [], share));
      expect(now).toBeLessThanOrEqual(1.5 * (usual ?? 0) + roomMs);
    }
  }, 120_000);
});
