// Keeps docs/federation.md true: what it tells others to write composes, what it tells routers works, what it says of costs is so.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { generatePeople } from '../../src/sandbox/people.js';
import { startTestGateway, type CallCounts, type TestGateway } from '../support/gateway.js';
import { APOLLO } from './apollo-router.js';
import { fetchSdl, supergraphOf, type Subgraph } from './composition.js';
import { startHiveRuntime, type HiveConfig } from './hive-runtime.mjs';
import { HIVE } from './hive-router.js';
import { startRecorder, type Recorder } from './recorder.js';
import { FORWARDED_HEADERS, SUBGRAPH } from './router.js';
import { startTickets } from './subgraphs.js';

const TEXT = readFileSync('docs/federation.md', 'utf8');
const blocksOf = (language: string) =>
  [...TEXT.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text);

const PEOPLE = generatePeople(60);
const SECRET = 'a-secret-of-the-router';

describe('docs/federation.md', () => {
  let gateway: TestGateway;
  let recorder: Recorder;
  let profiles: Subgraph;
  beforeAll(async () => {
    gateway = await startTestGateway({ people: PEOPLE });
    recorder = await startRecorder(gateway.url);
    const url = `${recorder.url}/graphql`;
    profiles = { name: SUBGRAPH, url, sdl: await fetchSdl(url, {}) };
  });
  afterAll(async () => {
    await recorder.close();
    await gateway.close();
  });

  it('shows subgraphs that compose with the gateway without errors or hints, alone and together', () => {
    const others = blocksOf('graphqls').map((sdl, i) => ({
      name: `other${i}`,
      url: 'http://127.0.0.1:1',
      sdl,
    }));
    expect(others).toHaveLength(2);
    for (const each of [others.slice(0, 1), others.slice(1), others]) {
      for (const { compose } of [APOLLO, HIVE]) {
        expect(compose([profiles, ...each])).toMatchObject({ errors: [], hints: [] });
      }
    }
  });

  it('shows a composer the subgraphs by the names that routers go by', () => {
    const [composer] = blocksOf('yaml').map((text) => parseYaml(text) as unknown);
    expect(composer).toEqual({
      federation_version: expect.stringMatching(/^=2\.\d+\.\d+$/),
      subgraphs: Object.fromEntries(
        [SUBGRAPH, 'tickets'].map((name) => [
          name,
          {
            routing_url: `https://${name}.example.com/graphql`,
            schema: { file: `./${name}.graphql` },
          },
        ]),
      ),
    });
  });

  it('lets Apollo Router hand on what the tests of other routers do', () => {
    const [, router] = blocksOf('yaml').map((text) => parseYaml(text) as unknown);
    const secret = { name: 'x-router-secret', value: '${env.ROUTER_SECRET}' };
    expect(router).toEqual({
      headers: {
        subgraphs: {
          [SUBGRAPH]: {
            request: [...FORWARDED_HEADERS.map((named) => ({ propagate: { named } })), { insert: secret }],
          },
        },
      },
      include_subgraph_errors: { subgraphs: { [SUBGRAPH]: true } },
    });
  });

  it('shows a configuration that Hive Gateway runs with', async () => {
    const [program = ''] = blocksOf('js');
    const { gatewayConfig } = (await import(`data:text/javascript,${encodeURIComponent(program)}`)) as {
      gatewayConfig: HiveConfig;
    };
    expect(gatewayConfig.supergraph).toBe('./supergraph.graphql');
    const tickets = await startTickets(() => ['1000']);
    const supergraph = supergraphOf(HIVE.compose, [profiles, tickets]);
    process.env['ROUTER_SECRET'] = SECRET;
    const router = await startHiveRuntime({ ...gatewayConfig, supergraph });
    try {
      const sent = Object.fromEntries(FORWARDED_HEADERS.map((name) => [name, `the-${name}`]));
      const response = await fetch(router.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...sent },
        body: JSON.stringify({ query: '{ tickets { assignee { firstName } } }' }),
      });
      expect(await response.json()).toEqual({ data: { tickets: [{ assignee: { firstName: 'Anna' } }] } });
      expect(recorder.requests.at(-1)?.headers).toMatchObject({ ...sent, 'x-router-secret': SECRET });
    } finally {
      delete process.env['ROUTER_SECRET'];
      await router.close();
      await tickets.close();
    }
  });

  describe('tells what references to 50 people cost', () => {
    const rows = [...TEXT.matchAll(/^\| `(mindUserId|id)`[^|]*\| `([^`]+)` *\|([^|]*)\|([^|]*)\|$/gm)].map(
      ([, key = '', selection = '', warm = '', cold = '']) => ({ key, selection, warm, cold }),
    );
    const callsIn = (cell: string): CallCounts => {
      const calls = (name: string) => Number(new RegExp(`${name} (\\d+)`).exec(cell)?.[1] ?? 0);
      return { mind: calls('Mind'), omnivibe: calls('omnivibe'), v2: calls('v2') };
    };
    const references = PEOPLE.slice(0, 50).map(({ mind, v2 }) => ({
      mindUserId: { __typename: 'Profile', mindUserId: String(mind?.id) },
      id: { __typename: 'Profile', id: `v2:${v2?.id ?? 0}` },
    }));

    it('in a table', () => {
      expect(rows.length).toBeGreaterThanOrEqual(8);
    });

    it.each(rows)('by $key: $selection', async ({ key, selection, warm, cold }) => {
      const fresh = await startTestGateway({ people: PEOPLE });
      try {
        const of = references.map((reference) => reference[key as 'id' | 'mindUserId']);
        const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Profile { ${selection} } } }`;
        const coldCost = await fresh.cost(query, { of });
        await fresh.query('{ profiles(first: 1) { nodes { omnivibeUserId v2UserId } } }');
        expect({ cold: coldCost, warm: await fresh.cost(query, { of }) }).toEqual({
          cold: callsIn(cold),
          warm: callsIn(warm),
        });
      } finally {
        await fresh.close();
      }
    });
  });
});
