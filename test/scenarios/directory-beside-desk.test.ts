// The desk is asked beside the directory where one call reads everybody there; what is not needed after all holds nobody up.
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

const QUERY = '{ profiles(first: 5) { nodes { id v2 { nativeId } } } }';
const SOON_MS = 2_000;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
  await gateway.query(QUERY);
});
afterEach(() => {
  for (const backend of [gateway.mind, gateway.v2]) backend.switches.clear();
});
afterAll(() => gateway.close());

it('asks both at once, and each of them once', async () => {
  gateway.mind.switches.set({ latencyMs: 300 });
  gateway.v2.switches.set({ latencyMs: 300 });
  const startedAt = performance.now();
  expect(await gateway.cost(QUERY)).toEqual({ mind: 1, omnivibe: 0, v2: 1 });
  expect(performance.now() - startedAt).toBeLessThan(590);
});

it('does not wait for the desk when the directory fails', async () => {
  gateway.mind.switches.set({ reply: { status: 403 } });
  gateway.v2.switches.set({ hang: 'before-handling' });
  const startedAt = performance.now();
  const { data, errors } = await gateway.execute(QUERY);
  expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
  expect(data).toEqual({ profiles: null });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', backend: 'MIND' } }]);
});

it('does not wait for the desk when there is nobody on the page', async () => {
  const last = '{ profiles(first: 100) { pageInfo { endCursor } } }';
  const { profiles } = (await gateway.query(last)) as { profiles: { pageInfo: { endCursor: string } } };
  gateway.v2.switches.set({ hang: 'before-handling' });
  const startedAt = performance.now();
  const page =
    'query ($after: String) { profiles(first: 5, after: $after) { nodes { id v2 { nativeId } } } }';
  const data = await gateway.query(page, { after: profiles.pageInfo.endCursor });
  expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
  expect(data).toEqual({ profiles: { nodes: [] } });
});

it('does not ask the desk where the page is of some people only', async () => {
  const some = '{ profiles(first: 5, filter: { query: "nobody at all" }) { nodes { id v2 { nativeId } } } }';
  expect(await gateway.cost(some)).toEqual({ mind: 1, omnivibe: 0, v2: 0 });
});
