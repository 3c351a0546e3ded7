// The gateway in production behind two real routers, with two subgraphs of other teams: what a client of the router gets, what
// reaches the gateway for it, and what it costs.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CAST, generatePeople } from '../../src/sandbox/people.js';
import {
  startTestGateway,
  type CallCounts,
  type GraphQLAnswerError,
  type TestGateway,
} from '../support/gateway.js';
import { expectNoSecrets } from '../support/secrets.js';
import { APOLLO } from './apollo-router.js';
import { fetchSdl, supergraphOf } from './composition.js';
import { HIVE } from './hive-router.js';
import { startRecorder, type Recorded, type Recorder } from './recorder.js';
import { FORWARDED_HEADERS, SUBGRAPH, type Router } from './router.js';
import { startCalls, startTickets, type RunningSubgraph } from './subgraphs.js';

const SECRET = 'a-secret-of-the-router';
const ENV = {
  NODE_ENV: 'production',
  SANDBOX: 'all',
  AUTH: 'mind',
  ROUTER_SECRET: SECRET,
  LOG_LEVEL: 'silent',
};

const PEOPLE = generatePeople(60);
/** May read everybody; the other one only what Mind shows to anybody. */
const [SUPERVISOR, AGENT] = [42, 43];
const UNKNOWN = 999_999;
const FIFTY = PEOPLE.slice(0, 50);
const mindIds = (people = FIFTY) => people.map(({ mind }) => String(mind?.id));
const v2Ids = (people = FIFTY) => people.map(({ v2 }) => `v2:${v2?.id ?? 0}`);
const namesOf = (people = FIFTY) =>
  people.map(({ mind }) => ({ firstName: mind?.firstName, lastName: mind?.lastName }));

/** A person as a subgraph of others refers to them. */
type Shown = Readonly<Record<string, unknown>> | null;

interface Asked {
  readonly status: number;
  readonly people: readonly Shown[];
  readonly errors: readonly GraphQLAnswerError[];
  /** What reached the gateway meanwhile. */
  readonly requests: readonly Recorded[];
  /** What reached the backends meanwhile. */
  readonly calls: CallCounts;
}

describe.each([
  ['Apollo Gateway', APOLLO, ['tickets', '@', 'assignee', '_entities']],
  ['Hive Gateway', HIVE, ['_entities']],
])('behind %s', (_name, kind, pathOfList) => {
  let gateway: TestGateway;
  let recorder: Recorder;
  let subgraphs: readonly RunningSubgraph[];
  let router: Router;
  let assignees: readonly string[] = [];
  let agents: readonly string[] = [];
  let cold: Asked;

  const bearer = (userId: number) => ({ authorization: `Bearer ${gateway.mind.tokenFor(userId)}` });

  async function ask(query: string, headers?: Record<string, string>): Promise<Asked> {
    const counts = () => Object.values(gateway.received()).map(({ length }) => length);
    const before = { requests: recorder.requests.length, calls: counts() };
    const response = await fetch(router.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(headers ?? bearer(SUPERVISOR)) },
      body: JSON.stringify({ query }),
    });
    const text = await response.text();
    expectNoSecrets('an answer of the router', text);
    const { data, errors = [] } = JSON.parse(text) as {
      data: { tickets?: { assignee: Shown }[]; calls?: { agent: Shown }[] };
      errors?: GraphQLAnswerError[];
    };
    const { tickets = [], calls = [] } = data;
    const [mind = 0, omnivibe = 0, v2 = 0] = counts().map((count, i) => count - (before.calls[i] ?? 0));
    return {
      status: response.status,
      people: [...tickets.map(({ assignee }) => assignee), ...calls.map(({ agent }) => agent)],
      errors,
      requests: recorder.requests.slice(before.requests),
      calls: { mind, omnivibe, v2 },
    };
  }

  beforeAll(async () => {
    gateway = await startTestGateway({ env: ENV, people: [...CAST.slice(0, 2), ...PEOPLE] });
    recorder = await startRecorder(gateway.url);
    const url = `${recorder.url}/graphql`;
    const sdl = await fetchSdl(url, { ...bearer(SUPERVISOR), 'x-router-secret': SECRET });
    subgraphs = await Promise.all([startTickets(() => assignees), startCalls(() => agents)]);
    const supergraph = supergraphOf(kind.compose, [{ name: SUBGRAPH, url, sdl }, ...subgraphs]);
    router = await kind.start({ supergraph, routerSecret: SECRET });
    agents = [...v2Ids(), ...v2Ids(generatePeople(40, UNKNOWN)), ...v2Ids(PEOPLE.slice(50))];
    cold = await ask('{ calls { agent { firstName lastName } } }');
  });
  afterAll(async () => {
    await router.close();
    await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
    await recorder.close();
    await gateway.close();
  });

  it('looks up 100 references by v2 id on a cold index with one sweep a side', () => {
    const nobody = { firstName: null, lastName: null };
    const wanted = [...namesOf(), ...Array<object>(40).fill(nobody), ...namesOf(PEOPLE.slice(50))];
    expect(cold).toMatchObject({ people: wanted, errors: [] });
    expect(cold.requests).toHaveLength(1);
    // Mind: the sweep, and 60 people in one read; v2: the sweep.
    expect(cold.calls).toEqual({ mind: 2, omnivibe: 0, v2: 1 });
  });

  describe.each([
    ['mindUserId', 'tickets', 'assignee'],
    ['id', 'calls', 'agent'],
  ])('50 references by %s', (_key, list, person) => {
    it.each(['', 'id', 'mindUserId', 'id mindUserId', '__typename id mindUserId'])(
      'take one request and one call of Mind, with the keys "%s" selected beside the names',
      async (keys) => {
        [assignees, agents] = [mindIds(), v2Ids()];
        const asked = await ask(`{ ${list} { ${person} { ${keys} firstName lastName } } }`);
        expect(asked).toMatchObject({ status: 200, people: namesOf(), errors: [] });
        expect(asked.calls).toEqual({ mind: 1, omnivibe: 0, v2: 0 });
        expect(asked.requests).toMatchObject([{ query: expect.stringContaining('_entities') }]);
      },
    );

    it('cost nothing where only keys are selected', async () => {
      [assignees, agents] = [mindIds(), v2Ids()];
      const { people, errors, calls } = await ask(`{ ${list} { ${person} { id mindUserId } } }`);
      expect({ errors, calls }).toEqual({ errors: [], calls: { mind: 0, omnivibe: 0, v2: 0 } });
      expect(people.map((each) => each?.['mindUserId'])).toEqual(mindIds());
    });
  });

  it('tells whom nobody knows by null, and of nonsense what is wrong with it; the others stand', async () => {
    agents = [v2Ids()[0] ?? '', `v2:${UNKNOWN}`, 'agent-7', v2Ids()[1] ?? ''];
    const { people, errors } = await ask('{ calls { agent { firstName } } }');
    const [first, second] = namesOf();
    expect(people.map((person) => person?.['firstName'] ?? null)).toEqual([
      first?.firstName,
      null,
      null,
      second?.firstName,
    ]);
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('such as "mind:42"'),
        path: expect.arrayContaining(['calls', 2, 'agent']),
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });

  it('names the assignees of 1,000 tickets, who are 40 people, in one call', async () => {
    const forty = Array.from({ length: 1_000 }, (_, i) => i % 40);
    assignees = forty.map((i) => mindIds()[i] ?? '');
    const { people, errors, requests, calls } = await ask('{ tickets { assignee { firstName lastName } } }');
    expect(errors).toEqual([]);
    expect(people).toEqual(forty.map((i) => namesOf()[i]));
    expect(requests).toHaveLength(1);
    expect(calls).toEqual({ mind: 1, omnivibe: 0, v2: 0 });
  });

  describe('what a client sends along', () => {
    const SENT = {
      authorization: 'Bearer of-somebody',
      cookie: 'connect.sid=of-somebody',
      'x-omnivibe-token': 'of-somebody',
      'x-request-id': 'request-of-the-client',
      'x-upstream-bill': '1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'vendor=1',
    };

    it('reaches the gateway, with the secret of the router and not of the client', async () => {
      expect(Object.keys(SENT).toSorted()).toEqual(FORWARDED_HEADERS.toSorted());
      assignees = mindIds().slice(0, 1);
      const headers = { ...SENT, 'x-router-secret': 'of-the-client', 'x-other': 'of-the-client' };
      const { requests } = await ask('{ tickets { assignee { firstName } } }', headers);
      expect(requests).toMatchObject([{ headers: { ...SENT, 'x-router-secret': SECRET } }]);
      expect(requests[0]?.headers).not.toHaveProperty('x-other');
    });

    it('reaches the backends as the caller’s own: bearer token, cookie and request id', async () => {
      assignees = mindIds().slice(0, 1);
      const token = gateway.mind.tokenFor(SUPERVISOR);
      for (const proof of [{ authorization: `Bearer ${token}` }, { cookie: `connect.sid=${token}` }]) {
        await ask('{ tickets { assignee { firstName } } }', { ...proof, 'x-request-id': 'of-the-client' });
        const { headers } = gateway.mind.ledger.entries.at(-1) ?? {};
        expect(headers).toMatchObject({ ...proof, 'x-request-id': 'of-the-client' });
      }
    });

    it('reads the caller’s own account by their own token of omnivibe', async () => {
      const own = CAST.find(({ mind }) => mind?.id === AGENT)?.omnivibe;
      const token = gateway.omnivibe.userTokens[own?.email ?? ''] ?? '';
      assignees = [String(AGENT)];
      const { people, errors } = await ask(
        '{ tickets { assignee { settings { inbox { messageSignature } } } } }',
        {
          ...bearer(AGENT),
          'x-omnivibe-token': token,
        },
      );
      expect({ errors, people }).toMatchObject({ errors: [], people: [{ settings: { inbox: {} } }] });
      expect(gateway.omnivibe.ledger.entries.map(({ headers }) => headers['api_access_token'])).toContain(
        token,
      );
    });

    it('keeps callers apart who ask the same at the same time', async () => {
      agents = v2Ids().slice(0, 3);
      const query = '{ calls { agent { id firstName } } }';
      const [supervisor, agent] = await Promise.all([
        ask(query, bearer(SUPERVISOR)),
        ask(query, bearer(AGENT)),
      ]);
      const shown = agents.map((id, i) => ({ id, firstName: namesOf()[i]?.firstName }));
      expect(supervisor).toMatchObject({ errors: [], people: shown });
      expect(agent.people).toEqual(agents.map((id) => ({ id, firstName: null })));
      expect(agent.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', backend: 'V2', affected: 3 } }]);
    });

    it('is needed: without it tickets come, without their assignees', async () => {
      assignees = mindIds().slice(0, 3);
      const { status, people, errors, calls } = await ask('{ tickets { assignee { firstName } } }', {});
      expect({ status, people }).toEqual({ status: 200, people: Array(3).fill({ firstName: null }) });
      const codes = errors.map(({ extensions }) => extensions['code']);
      expect([...new Set(codes)]).toEqual(['UNAUTHENTICATED']);
      expect(calls).toEqual({ mind: 0, omnivibe: 0, v2: 0 });
    });

    it('brings the router the bill', async () => {
      assignees = mindIds();
      const headers = { ...bearer(SUPERVISOR), 'x-upstream-bill': '1' };
      const { requests } = await ask('{ tickets { assignee { firstName } } }', headers);
      const upstream = { calls: 1, byBackend: { MIND: 1 } };
      expect(requests).toMatchObject([{ answer: { extensions: { upstream } } }]);
    });
  });

  describe('while Mind fails', () => {
    const failure = { code: 'UPSTREAM_ERROR', backend: 'MIND', httpStatus: 503, retryable: true };

    beforeAll(async () => {
      // Their tokens are checked before.
      assignees = mindIds().slice(0, 1);
      for (const userId of [SUPERVISOR, AGENT]) await ask('{ tickets { assignee { id } } }', bearer(userId));
      gateway.mind.switches.set({ reply: { status: 503 } });
    });
    afterAll(() => {
      gateway.mind.switches.clear();
    });

    it('shows tickets with what others hold of their assignees, and tells the client why once', async () => {
      assignees = mindIds();
      const { status, people, errors, requests } = await ask(
        '{ tickets { assignee { id firstName lastName username } } }',
      );
      expect(status).toBe(200);
      expect(people).toEqual(
        FIFTY.map(({ mind, v2 }) => ({
          id: `mind:${mind?.id ?? 0}`,
          firstName: null,
          lastName: null,
          username: v2?.username,
        })),
      );
      expect(errors).toMatchObject([{ path: pathOfList, extensions: { ...failure, affected: 50 } }]);
      expect(requests).toHaveLength(1);
    });

    it('does so for who may not know of others whether they exist', async () => {
      assignees = mindIds();
      const { people, errors } = await ask('{ tickets { assignee { id firstName } } }', bearer(AGENT));
      expect(people).toEqual(mindIds().map((id) => ({ id: `mind:${id}`, firstName: null })));
      expect(errors).toMatchObject([{ extensions: { ...failure, affected: 50 } }]);
    });
  });

  it('needs no introspection, and is the only one who gets the schema', async () => {
    const headers = { 'content-type': 'application/json', ...bearer(SUPERVISOR) };
    for (const query of ['{ __schema { types { name } } }', '{ _service { sdl } }']) {
      const body = JSON.stringify({ query });
      const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body });
      expect(await response.text()).not.toMatch(/Profile/);
    }
  });
});
