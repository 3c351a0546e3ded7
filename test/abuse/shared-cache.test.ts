// A backend that invites everybody to keep its answers: what one caller was answered must not be answered to another.
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAdapters } from '../../src/adapters/index.js';
import { loadConfig } from '../../src/config.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { joinBackends } from '../../src/server/backends.js';
import { startGateway, type Gateway } from '../../src/server/gateway.js';
import { createLogger } from '../../src/server/logging.js';
import { post } from '../server/client.js';

const ROUNDS = 10;
const VIEWERS = [42, 43, 44, 45, 46];

let sandbox: Sandbox;
let inviting: Server;
let gateway: Gateway;
beforeAll(async () => {
  sandbox = await startSandbox();
  const { hostname, port } = new URL(sandbox.mind.url);
  inviting = createServer((req, res) => {
    const { method, url: path, headers } = req;
    const onwards = request({ hostname, port, method, path, headers }, (answer) => {
      const invitation = {
        'cache-control': 'public, max-age=3600',
        etag: '"same"',
        age: '0',
        vary: 'accept',
      };
      res.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...invitation });
      answer.pipe(res);
    });
    req.pipe(onwards);
  }).listen(0, '127.0.0.1');
  await once(inviting, 'listening');
  const origin = `http://127.0.0.1:${(inviting.address() as AddressInfo).port}`;
  const config = loadConfig({
    PORT: '0',
    AUTH: 'mind',
    MIND_URL: sandbox.mind.url.replace(new URL(sandbox.mind.url).origin, origin),
    DISABLED_BACKENDS: 'omnivibe,v2',
    LOG_LEVEL: 'silent',
  });
  const backends = await joinBackends(config);
  const logger = createLogger(config.logLevel);
  gateway = await startGateway({ config, adapters: createAdapters(backends.options), logger });
});
afterAll(async () => {
  await gateway.close();
  inviting.close();
  await sandbox.close();
});

interface Shown {
  readonly nativeId: string | undefined;
  /** Mind shows settings to their owner and to supervisors only. */
  readonly isPrivateShown: boolean;
}

async function ask(viewer: number, person: number): Promise<Shown> {
  const query = `{ profile(id: "mind:${person}") { mind { nativeId } settings { work { roleId { effective } } } } }`;
  const headers = { authorization: `Bearer ${sandbox.mind.tokenFor(viewer)}` };
  const { data } = JSON.parse((await post(gateway.url, { query }, headers)).text) as {
    data: {
      profile: {
        mind: { nativeId: string } | null;
        settings: { work: { roleId: { effective: number | null } | null } | null } | null;
      } | null;
    };
  };
  const roleId = data.profile?.settings?.work?.roleId?.effective ?? null;
  return { nativeId: data.profile?.mind?.nativeId, isPrivateShown: roleId !== null };
}

/** What Mind itself says, asked past everything. */
async function mayReadAnybody(viewer: number): Promise<boolean> {
  const headers = { authorization: `Bearer ${sandbox.mind.tokenFor(viewer)}` };
  const answer = await (await fetch(`${sandbox.mind.url}/profile`, { headers })).text();
  return answer.includes('readAnyUserProfile');
}

describe('answers that a backend declares to be for everybody', () => {
  it('are never shown to another caller', async () => {
    const may = new Map<number, boolean>();
    for (const viewer of VIEWERS) may.set(viewer, await mayReadAnybody(viewer));
    expect(new Set(may.values())).toEqual(new Set([true, false]));
    for (let round = 0; round < ROUNDS; round += 1) {
      const pairs = VIEWERS.flatMap((viewer) => VIEWERS.map((person) => [viewer, person] as const));
      const shown = await Promise.all(pairs.map(([viewer, person]) => ask(viewer, person)));
      const due = pairs.map(([viewer, person]) => ({
        nativeId: String(person),
        isPrivateShown: may.get(viewer) === true || viewer === person,
      }));
      expect(shown).toEqual(due);
    }
  });
});
