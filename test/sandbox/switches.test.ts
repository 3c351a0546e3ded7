// The switches that all three sandboxes share, where they say what became of a write that was not answered truly.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { startV2Sandbox } from '../../src/sandbox/v2/index.js';

type Backend = 'mind' | 'omnivibe' | 'v2';

const BACKENDS: readonly Backend[] = ['mind', 'omnivibe', 'v2'];
/** Is in an answer of the backend once a write of it was applied. */
const NEW_NAME = 'Newname';
const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(() => {
  for (const backend of BACKENDS) sandbox[backend].reset();
});
afterAll(() => sandbox.close());

/** Max in each backend: how his name is written, and the route that shows it. */
function pathsOf(backend: Backend) {
  return {
    mind: { write: 'PATCH /profile/42', body: `{"nameAlias":"${NEW_NAME}"}`, read: '/profile/42' },
    omnivibe: {
      write: 'PATCH /platform/api/v1/users/3',
      body: `{"display_name":"${NEW_NAME}"}`,
      read: '/platform/api/v1/users/3',
    },
    v2: { write: 'PUT /api/v2/user/17', body: `firstname=${NEW_NAME}`, read: '/api/v2/user' },
  }[backend];
}

function headersOf(backend: Backend): Readonly<Record<string, string>> {
  return {
    mind: { authorization: `Bearer ${sandbox.mind.serviceToken}`, ...JSON_TYPE },
    omnivibe: { api_access_token: sandbox.omnivibe.platformToken, ...JSON_TYPE },
    v2: { apiKey: sandbox.v2.apiKey, ...FORM_TYPE },
  }[backend];
}

function send(backend: Backend, request: string, body?: string, signal?: AbortSignal): Promise<Response> {
  const [method = '', path = ''] = request.split(' ');
  return fetch(sandbox[backend].url + path, {
    method,
    headers: headersOf(backend),
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  });
}

function rename(backend: Backend, signal?: AbortSignal): Promise<Response> {
  const { write, body } = pathsOf(backend);
  return send(backend, write, body, signal);
}

async function isRenamed(backend: Backend): Promise<boolean> {
  const response = await send(backend, `GET ${pathsOf(backend).read}`);
  expect(response.status).toBe(200);
  return (await response.text()).includes(NEW_NAME);
}

/** Asks again and again, each time over a socket, until the sandbox has received so many requests. */
async function received(backend: Backend, count: number): Promise<void> {
  const ledger = new URL('/_sandbox/ledger', sandbox[backend].url);
  while (((await (await fetch(ledger)).json()) as unknown[]).length < count);
}

describe.each(BACKENDS)('a write to %s', (backend) => {
  it.each([
    [{}, 200, true],
    [{ reply: { status: 500 } }, 500, false],
    [{ reply: { status: 500, isHandled: false } }, 500, false],
    [{ reply: { status: 500, isHandled: true } }, 500, true],
  ])('under %j is answered with %i, applied: %j', async (switches, status, isApplied) => {
    sandbox[backend].switches.set(switches);
    expect((await rename(backend)).status).toBe(status);
    expect(sandbox[backend].ledger.entries.map((entry) => entry.status)).toEqual([status]);
    sandbox[backend].switches.clear();
    expect(await isRenamed(backend)).toBe(isApplied);
  });

  it('is answered with the body and headers told, although it was applied', async () => {
    const reply = { status: 503, isHandled: true, body: 'busy', headers: { 'retry-after': '7' } };
    sandbox[backend].switches.set({ reply });
    const response = await rename(backend);
    expect([response.headers.get('retry-after'), await response.text()]).toEqual(['7', 'busy']);
  });

  it.each([
    ['before-handling', false],
    ['after-handling', true],
  ] as const)('that hangs %s is never answered, applied: %j', async (hang, isApplied) => {
    const off = sandbox[backend].switches.set({ hang });
    const client = new AbortController();
    let end = 'none';
    const write = rename(backend, client.signal).then(
      () => (end = 'answered'),
      () => (end = 'given up'),
    );
    await received(backend, 1);
    off();
    expect(await isRenamed(backend)).toBe(isApplied);
    expect(end).toBe('none');
    client.abort();
    await write;
    expect(end).toBe('given up');
    expect(sandbox[backend].ledger.entries.map(({ status }) => status)).toEqual([0, 200]);
  });
});

describe('a hanging request', () => {
  const REQUEST = 'GET /api/v2/user HTTP/1.1\r\nhost: sandbox\r\n\r\n';

  it('sends nothing, and its connection is let go when the client gives up', async () => {
    sandbox.v2.switches.set({ hang: 'before-handling' });
    const socket = connect(Number(new URL(sandbox.v2.url).port), '127.0.0.1');
    socket.resume();
    socket.write(REQUEST);
    await received('v2', 1);
    socket.end();
    await once(socket, 'close');
    expect(socket.bytesRead).toBe(0);
  });

  it.each(['before-handling', 'after-handling'] as const)('%s does not keep a sandbox open', async (hang) => {
    const other = await startV2Sandbox([]);
    other.switches.set({ hang });
    const socket = connect(Number(new URL(other.url).port), '127.0.0.1');
    const closed = once(socket.resume(), 'close');
    socket.write(REQUEST);
    while (other.ledger.entries.length === 0) await fetch(`${other.url}/_sandbox/ledger`);
    await other.close();
    await closed;
    expect(socket.bytesRead).toBe(0);
  });
});

describe('a switch for one user', () => {
  const OFF = 418;

  it.each([
    ['mind', '42', 'PATCH /profile/42', '{}', true],
    ['mind', '42', 'GET /profile/42', undefined, true],
    ['mind', '42', 'PATCH /profile/43', '{"id":"42"}', false],
    ['mind', '42', 'PATCH /profiles', '{"id":"42","profiles":[{"id":42,"nameAlias":"x"}]}', false],
    ['mind', '42', 'GET /profiles?userIds[]=42', undefined, false],
    ['omnivibe', '3', 'PATCH /platform/api/v1/users/3', '{}', true],
    ['omnivibe', '3', 'PATCH /platform/api/v1/users/4', '{}', false],
    ['v2', '17', 'PUT /api/v2/user/17', 'firstname=Max', true],
    ['v2', '17', 'PUT /api/v2/user/18', 'firstname=Max&id=17', false],
    ['v2', '17', 'PUT /api/v2/user/firstnameUpdate', 'id=17&firstname=Max', true],
    ['v2', '17', 'PUT /api/v2/user/firstnameUpdate', 'id=18&firstname=Max', false],
    ['v2', '17', 'PUT /api/v2/user/maxChats', 'userID=17&maxChats=3', true],
    ['v2', '17', 'PUT /api/v2/user/maxChats', 'userID=18&maxChats=3', false],
    ['v2', '17', 'GET /api/v2/user', undefined, false],
  ] as const)('%s %s: %s with %s is met: %j', async (backend, id, request, body, isMet) => {
    sandbox[backend].switches.set({ only: { id }, reply: { status: OFF } });
    expect((await send(backend, request, body)).status === OFF).toBe(isMet);
  });

  it('meets the POST forms of v2 too', async () => {
    sandbox.v2.switches.set({ only: { id: '17' }, reply: { status: OFF } });
    const statuses = ['17', '18'].map(async (userID) => {
      const body = new FormData();
      body.append('userID', userID);
      body.append('status', '3');
      const headers = { apiKey: sandbox.v2.apiKey };
      return (await fetch(`${sandbox.v2.url}/api/v2/user/statusLock`, { method: 'POST', headers, body }))
        .status;
    });
    expect(await Promise.all(statuses)).toEqual([OFF, 200]);
  });

  it('stands beside those for others and for a route', async () => {
    sandbox.mind.switches.set({ only: { id: '42', method: 'PATCH' }, reply: { status: OFF } });
    sandbox.mind.switches.set({ only: { id: '43' }, reply: { status: 429 } });
    const requests = ['GET /profile/42', 'PATCH /profile/42', 'PATCH /profile/43', 'PATCH /profile/44'];
    const answers = requests.map((request) =>
      send('mind', request, request.startsWith('PATCH') ? '{}' : undefined),
    );
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, OFF, 429, 200]);
  });
});
