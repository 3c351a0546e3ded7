// What one operation leaves behind for others: nothing that another caller, or another selection, could not have seen.
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAdapters } from '../../src/adapters/index.js';
import { loadConfig } from '../../src/config.js';
import { joinBackends, type JoinedBackends } from '../../src/server/backends.js';
import { startGateway, type Gateway } from '../../src/server/gateway.js';
import { createLogger } from '../../src/server/logging.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

/** A Mind that shows its users to the service token only; everybody else sees nobody. */
async function startSecretiveMind(): Promise<Server> {
  const users = [42, 60, 61].map((id) => ({
    id,
    firstName: `User ${id}`,
    email: id === 42 ? 'max.mustermann@example.com' : 'nora.quandt@example.com',
  }));
  const server = createServer((req, res) => {
    const isService = req.headers.authorization === 'Bearer service';
    const url = new URL(req.url ?? '/', 'http://mind');
    const asked = url.searchParams.getAll('userIds[]').map(Number);
    const shown = users.filter(({ id }) => isService && (asked.length === 0 || asked.includes(id)));
    const permissions = isService ? ['readAnyUserProfile'] : [];
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify(url.pathname === '/profile' ? { id: 7, permissions } : { profiles: shown }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('a caller who sees less of Mind than the gateway does', () => {
  let mind: Server;
  let backends: JoinedBackends;
  let gateway: Gateway;
  beforeAll(async () => {
    mind = await startSecretiveMind();
    const { port } = mind.address() as AddressInfo;
    const env = {
      PORT: '0',
      LOG_LEVEL: 'silent',
      MIND_URL: `http://127.0.0.1:${port}`,
      MIND_TOKEN: 'service',
    };
    const config = loadConfig(env);
    backends = await joinBackends(config);
    const logger = createLogger(config.logLevel);
    gateway = await startGateway({ config, adapters: createAdapters(backends.options), logger });
  });
  afterAll(async () => {
    await gateway.close();
    await backends.close();
    mind.closeAllConnections();
    mind.close();
  });

  async function ask(token: string, query: string): Promise<unknown> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const body = JSON.stringify({ query });
    const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body });
    return ((await response.json()) as { data: unknown }).data;
  }

  it('changes nobody’s links', async () => {
    const people = '{ max: profile(id: "mind:42") { v2UserId } nora: profile(id: "v2:20") { id } }';
    const links = { max: { v2UserId: '17' }, nora: { id: 'v2:20' } };
    expect(await ask('service', people)).toEqual(links);
    for (const id of ['mind:42', 'mind:60']) {
      expect(await ask('stranger', `{ profile(id: "${id}") { firstName } }`)).toEqual({ profile: null });
    }
    expect(await ask('service', people)).toEqual(links);
  });
});

describe('what else an operation selects', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ env: { VERSION_KEY: 'a-key-for-this-test' } });
  });
  afterAll(() => gateway.close());

  const FIELDS = '["settings.inbox.autoOffline"]';
  it.each([
    'presence { canTake(channel: CHAT) { answer reasons } }',
    'settings { inbox { autoOffline } }',
    `explain(fields: ${FIELDS}) { chosen values { value } }`,
    `version(fields: ${FIELDS})`,
  ])('changes nothing of %s', async (field) => {
    const alone = `{ a: profile(id: "mind:42") { ${field} } }`;
    const { a } = await gateway.query(alone);
    for (const beside of ['settings { inbox { messageSignature } }', 'omnivibe { memberships { name } }']) {
      const together = await gateway.query(
        `{ a: profile(id: "mind:42") { ${field} } b: profile(id: "mind:42") { ${beside} } }`,
      );
      expect(together['a']).toEqual(a);
      const inOne = await gateway.query(`{ a: profile(id: "mind:42") { ${field} x: ${beside} } }`);
      expect(inOne['a']).toMatchObject(a as object);
    }
  });
});
