import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { expectRefusal, JSON_TYPE, post, send } from './client.js';

const SUPERVISOR = 42;
const AGENT = 43;
const OTHER = 44;
const NAME = { query: '{ profile(id: "mind:43") { firstName } }' };
const EVERY_BACKEND = '{ id firstName mind { nativeId } omnivibe { nativeId } v2 { nativeId username } }';
const person = (id: string) => `{ profile(id: "${id}") ${EVERY_BACKEND} }`;

/** Whether the gateway asked Mind whose credential it holds. */
const checks = ({ mind }: TestGateway) =>
  mind.ledger.entries.filter(({ route }) => route === '/profile').length;
const all = (gateway: TestGateway) => Object.values(gateway.received()).flat();

describe('AUTH=mind', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ env: { AUTH: 'mind', LOG_LEVEL: 'silent' } });
  });
  beforeEach(() => {
    for (const backend of [gateway.mind, gateway.omnivibe, gateway.v2]) backend.reset();
  });
  afterAll(() => gateway.close());

  const bearer = (userId: number) => ({ authorization: `Bearer ${gateway.mind.tokenFor(userId)}` });

  describe('proof', () => {
    it.each([
      ['no credential', {}],
      ['an empty one', { authorization: '' }],
      ['a scheme without a token', { authorization: 'Bearer ' }],
      ['two tokens', { authorization: 'Bearer a b' }],
      ['another scheme', { authorization: 'Basic c2FuZGJveDpzYW5kYm94' }],
      ['a token that is not printable ASCII', { authorization: 'Bearer t\u00e4' }],
      ['another cookie', { cookie: 'session=sandbox-mind-user-43; xconnect.sid=sandbox-mind-user-43' }],
      ['a token in a header of ours', { 'x-omnivibe-token': 'sandbox-omnivibe-user-4' }],
    ])('is missing with %s: 401, and nobody is asked', async (_what, headers) => {
      const answer = await post(gateway.url, NAME, headers);
      expect(expectRefusal(answer, 401, 'UNAUTHENTICATED')).toMatch(/Authorization: Bearer .* connect\.sid/);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(all(gateway)).toEqual([]);
    });

    it.each([
      ['bearer token', { authorization: 'Bearer nobody-knows-this' }],
      ['cookie', { cookie: 'connect.sid=nobody-knows-this' }],
    ])('is refused with a wrong %s: 401 without repeating it', async (_what, headers) => {
      const answer = await post(gateway.url, NAME, headers);
      expectRefusal(answer, 401, 'UNAUTHENTICATED');
      expect(answer.text).not.toContain('nobody-knows-this');
      expect(all(gateway)).toHaveLength(1);
    });

    it('is refused where Mind answers 403 to a bad token', async () => {
      gateway.mind.switches.set({ reply: { status: 403 } });
      expectRefusal(await post(gateway.url, NAME, { authorization: 'Bearer x' }), 401, 'UNAUTHENTICATED');
    });

    it.each([
      ['a bearer token', () => bearer(AGENT)],
      [
        'a bearer token, whatever the case of the scheme',
        () => ({ authorization: `bEARER ${gateway.mind.tokenFor(AGENT)}` }),
      ],
      [
        'a session cookie',
        () => ({ cookie: `theme=dark; connect.sid=${gateway.mind.tokenFor(AGENT)}; a=b` }),
      ],
      [
        'a bearer token before a cookie',
        () => ({ ...bearer(AGENT), cookie: 'connect.sid=nobody-knows-this' }),
      ],
    ])('is %s', async (_what, headers) => {
      const { status, data, errors } = await gateway.execute(NAME.query, {}, headers());
      expect({ status, data, errors }).toEqual({
        status: 200,
        data: { profile: { firstName: 'Erika' } },
        errors: [],
      });
    });

    it.each([
      ['answers 500', { reply: { status: 500, body: '{"error":"canary"}' } }, 'UPSTREAM_ERROR', 2],
      ['answers nonsense', { reply: { status: 200, body: 'canary' } }, 'UPSTREAM_BAD_RESPONSE', 2],
      ['asks to slow down', { reply: { status: 429 } }, 'UPSTREAM_RATE_LIMITED', 1],
      ['cuts the connection', { cut: 'before-handling' }, 'UPSTREAM_CONNECTION_LOST', 3],
    ] as const)('cannot be checked while Mind %s: 503', async (_what, switches, code, attempts) => {
      gateway.mind.switches.set(switches);
      const answer = await post(gateway.url, NAME, { authorization: `Bearer fresh-${code}` });
      expectRefusal(answer, 503, code);
      expect(answer.text).not.toContain('canary');
      expect(all(gateway)).toHaveLength(attempts);
    });

    it('is asked for before the operation is looked at', async () => {
      expectRefusal(await post(gateway.url, { query: '{ nothing }' }), 401, 'UNAUTHENTICATED');
    });
  });

  describe('the check', () => {
    // Tokens of people whom no other test of this file signs in.
    const [first, second] = [1001, 1002];

    it('is made once for a credential, and anew for another', async () => {
      const ask = async (headers: Record<string, string>) => {
        const { status, errors } = await gateway.execute(NAME.query, {}, headers);
        expect({ status, errors }).toEqual({ status: 200, errors: [] });
        return checks(gateway);
      };
      const cookie = { cookie: `connect.sid=${gateway.mind.tokenFor(first)}` };
      expect([await ask(bearer(first)), await ask(bearer(first)), await ask(bearer(first))]).toEqual([
        1, 1, 1,
      ]);
      expect([await ask(bearer(second)), await ask(bearer(first)), await ask(bearer(second))]).toEqual([
        2, 2, 2,
      ]);
      expect([await ask(cookie), await ask(cookie)]).toEqual([3, 3]);
    });

    it('is not remembered when it fails', async () => {
      const headers = { authorization: 'Bearer nobody-either' };
      await post(gateway.url, NAME, headers);
      await post(gateway.url, NAME, headers);
      expect(checks(gateway)).toBe(2);
    });

    it('stands on the bill', async () => {
      const cost = async () =>
        (await gateway.execute(NAME.query, {}, bearer(1003))).extensions.upstream?.calls;
      expect([await cost(), await cost()]).toEqual([2, 1]);
    });
  });

  describe('a caller', () => {
    const own = {
      id: 'mind:43',
      firstName: 'Erika',
      mind: { nativeId: '43' },
      omnivibe: { nativeId: '4' },
      v2: { nativeId: '18', username: 'erika.g' },
    };

    it.each(['mind:43', 'omnivibe:4', 'v2:18'])(
      'reads their own profile on all backends, by %s',
      async (id) => {
        const { data, errors } = await gateway.execute(person(id), {}, bearer(AGENT));
        expect({ data, errors }).toEqual({ data: { profile: own }, errors: [] });
      },
    );

    it('without readAnyUserProfile reads of others what Mind shows them, and the gateway’s credentials stay shut', async () => {
      const { status, data, errors } = await gateway.execute(person(`mind:${OTHER}`), {}, bearer(AGENT));
      expect(status).toBe(200);
      expect(data).toEqual({
        profile: {
          id: 'mind:44',
          firstName: expect.any(String),
          mind: { nativeId: '44' },
          omnivibe: null,
          v2: null,
        },
      });
      expect(errors).toHaveLength(2);
      for (const [field, backend] of [
        ['omnivibe', 'OMNIVIBE'],
        ['v2', 'V2'],
      ]) {
        expect(errors).toContainEqual(
          expect.objectContaining({
            path: ['profile', field],
            message: expect.stringContaining('needs readAnyUserProfile'),
            extensions: expect.objectContaining({ code: 'FORBIDDEN', backend, retryable: false }),
          }),
        );
      }
      expect(gateway.received()).toMatchObject({ omnivibe: [], v2: [] });
    });

    it.each([
      ['an id of a backend that the gateway’s credential opens', '{ profile(id: "v2:19") { username } }'],
      ['an id there that nobody has', '{ profile(id: "v2:999999") { username } }'],
      [
        'a directory that the gateway’s credential opens',
        '{ profiles(first: 1, directory: V2) { nodes { username } } }',
      ],
      ['an address', '{ profileByEmail(email: "max.mustermann@example.com") { firstName } }'],
    ])('without it is refused %s', async (_what, query) => {
      const { data, errors } = await gateway.execute(query, {}, bearer(AGENT));
      expect(Object.values(data ?? {})).toEqual([null]);
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    });

    it.each([
      [`mind:${AGENT}`, own],
      ['v2:18', own],
      [`mind:${OTHER}`, { id: 'mind:44', omnivibe: { nativeId: '5' }, v2: { nativeId: '19' } }],
    ])('with readAnyUserProfile reads everything of everybody: %s', async (id, profile) => {
      const { data, errors } = await gateway.execute(person(id), {}, bearer(SUPERVISOR));
      expect(errors).toEqual([]);
      expect(data).toMatchObject({ profile });
    });

    it('sends their credential to Mind, and to Mind only', async () => {
      const token = gateway.mind.tokenFor(SUPERVISOR);
      await gateway.execute(person(`mind:${OTHER}`), {}, bearer(SUPERVISOR));
      const { mind, omnivibe, v2 } = gateway.received();
      const reads = mind.filter(({ query }) => !query.includes('format=short'));
      expect(reads.map(({ headers }) => headers['authorization'])).toContain(`Bearer ${token}`);
      for (const { headers } of reads) expect(headers['authorization']).toBe(`Bearer ${token}`);
      expect([omnivibe.length, v2.length]).not.toContain(0);
      expect(JSON.stringify([omnivibe, v2])).not.toContain(token);
    });

    it('sends their session cookie to Mind alone, and no other cookie with it', async () => {
      const session = `connect.sid=${gateway.mind.tokenFor(SUPERVISOR)}`;
      await gateway.execute(person(`mind:${OTHER}`), {}, { cookie: `tracking=canary; ${session}` });
      const { mind, omnivibe, v2 } = gateway.received();
      expect(mind.map(({ headers }) => headers['cookie'])).toContain(session);
      expect(JSON.stringify([mind, omnivibe, v2])).not.toContain('canary');
      expect(JSON.stringify([omnivibe, v2])).not.toContain(session);
    });
  });
});

describe('a credential', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ env: { AUTH: 'mind', LOG_LEVEL: 'silent' } });
    // Who has which address is known from here on.
    const supervisor = { authorization: `Bearer ${gateway.mind.tokenFor(SUPERVISOR)}` };
    await gateway.execute(person('mind:43'), {}, supervisor);
  });
  beforeEach(() => {
    for (const backend of [gateway.mind, gateway.omnivibe, gateway.v2]) backend.ledger.clear();
  });
  afterAll(() => gateway.close());

  const TOKEN = 'sandbox-mind-user-43';
  const signedIn = { authorization: `Bearer ${TOKEN}` };
  const PRESENCE = '{ profile(id: "mind:43") { omnivibe { memberships { effectiveAvailability } } } }';
  const WRITE = `mutation { updateProfile(input: { profileId: "mind:43", patch: { phone: "+49 1" } }) {
    status outcomes { backend state } userErrors { code backend message } } }`;

  it.each<[string, string, Record<string, string>, object]>([
    ['a query parameter', `?access_token=${TOKEN}&authorization=Bearer%20${TOKEN}`, {}, {}],
    ['the body', '', {}, { authorization: `Bearer ${TOKEN}`, token: TOKEN }],
    ['the extensions of the operation', '', {}, { extensions: { headers: signedIn } }],
    ['its variables', '', {}, { variables: { authorization: `Bearer ${TOKEN}` } }],
    ['a header of another name', '', { 'x-authorization': `Bearer ${TOKEN}`, 'api-key': TOKEN }, {}],
    ['the credentials of a proxy', '', { 'proxy-authorization': `Bearer ${TOKEN}` }, {}],
  ])('is not taken from %s', async (_where, query, headers, body) => {
    const sent = { method: 'POST', headers: { ...JSON_TYPE, ...headers } };
    const answer = await send(`${gateway.url}/graphql${query}`, {
      ...sent,
      body: JSON.stringify({ ...NAME, ...body }),
    });
    expectRefusal(answer, 401, 'UNAUTHENTICATED');
    expect(answer.text).not.toContain(TOKEN);
    expect(all(gateway)).toEqual([]);
  });

  it.each([
    ['a session that is not ASCII', { cookie: 'connect.sid=canary\u00e4' }],
    ['a session with a control character', { cookie: 'connect.sid=canary\u0080x' }],
    ['a token that is not ASCII', { authorization: 'Bearer canary\u00e4' }],
    ['a token with a tab', { authorization: 'Bearer canary\tcanary' }],
  ])('cannot be sent on, so that nobody is asked: %s', async (_what, headers) => {
    const answer = await post(gateway.url, NAME, headers);
    expectRefusal(answer, 401, 'UNAUTHENTICATED');
    expect(answer.text).not.toContain('canary');
    expect(all(gateway)).toEqual([]);
  });

  /** What HTTP itself has no place for, in each header that carries a credential. */
  const BROKEN = ['\r\nx-injected: canary', '\nx-injected: canary', '\rx-injected: canary', '\0canary'];
  const HEADERS = ['authorization: Bearer ', 'cookie: connect.sid=', 'x-omnivibe-token: '];
  it.each(HEADERS.flatMap((header) => BROKEN.map((broken) => [header, broken] as const)))(
    'gets no second header past the gateway: %j %j',
    async (header, broken) => {
      const body = JSON.stringify(NAME);
      const head = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close`;
      const own = header.startsWith('x-') ? `\r\nauthorization: Bearer ${TOKEN}` : '';
      const raw = `${head}\r\ncontent-length: ${body.length}${own}\r\n${header}${TOKEN}${broken}\r\n\r\n${body}`;
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
      socket.write(raw, 'latin1');
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 (200|400) /);
      for (const { headers } of all(gateway)) expect(JSON.stringify(headers)).not.toContain('canary');
    },
  );

  describe.each([
    ['not ASCII', 'canary\u00e4'],
    ['a blank at its side', '\u00a0canary'],
    ['a control character', 'canary\u0080'],
  ])('for omnivibe that has %s', (_what, token) => {
    const headers = { ...signedIn, 'x-omnivibe-token': token };

    it('is refused where it is needed, unsent', async () => {
      const { data, errors } = await gateway.execute(PRESENCE, {}, headers);
      expect(data).toEqual({ profile: { omnivibe: null } });
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', backend: 'OMNIVIBE' } }]);
      expect(errors[0]?.message).toMatch(/cannot be sent in a header/);
      expect(JSON.stringify([errors, all(gateway)])).not.toContain('canary');
    });

    it('hinders nothing where it is not', async () => {
      const { data, errors } = await gateway.execute(NAME.query, {}, headers);
      expect({ data, errors }).toEqual({ data: { profile: { firstName: 'Erika' } }, errors: [] });
    });

    it('writes nothing at omnivibe', async () => {
      const { data } = await gateway.execute(WRITE, {}, headers);
      const { userErrors } = data?.['updateProfile'] as { userErrors: { code: string; backend: string }[] };
      expect(userErrors).toContainEqual(
        expect.objectContaining({ code: 'UNAUTHENTICATED', backend: 'OMNIVIBE' }),
      );
      expect(gateway.received().omnivibe.filter(({ method }) => method !== 'GET')).toEqual([]);
      expect(JSON.stringify([data, all(gateway)])).not.toContain('canary');
    });
  });
});

describe('AUTH=none', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ env: { AUTH: 'none' } });
  });
  afterAll(() => gateway.close());

  it.each([
    ['none', {}],
    ['a wrong one', { authorization: 'Bearer canary', cookie: 'connect.sid=canary' }],
    ['a broken one', { authorization: 'canary' }],
  ])('lets everybody read everything, whatever credential they send: %s', async (_what, headers) => {
    const { status, data, errors } = await gateway.execute(person('v2:18'), {}, headers);
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(data).toMatchObject({ profile: { id: 'mind:43', v2: { username: 'erika.g' } } });
    expect(checks(gateway)).toBe(0);
    expect(JSON.stringify(all(gateway))).not.toContain('canary');
  });
});

describe('what only a federation router may ask', () => {
  const SECRET = 'a-secret-of-the-router';
  const PRODUCTION = { NODE_ENV: 'production', SANDBOX: 'all' };
  const SERVICE = '{ _service { sdl } }';
  const ENTITIES =
    '{ _entities(representations: [{ __typename: "Profile", id: "mind:43" }]) { ... on Profile { firstName } } }';
  const right = { 'x-router-secret': SECRET };

  const ROWS: readonly (readonly [
    promise: string,
    env: Record<string, string>,
    headers: Record<string, string>,
    isOpen: boolean,
  ])[] = [
    ['is open outside production', {}, {}, true],
    ['is shut in production', PRODUCTION, {}, false],
    ['is shut in production, whatever is sent, while no secret is configured', PRODUCTION, right, false],
    ['is open in production to the right secret', { ...PRODUCTION, ROUTER_SECRET: SECRET }, right, true],
    [
      'is shut in production to a wrong secret',
      { ...PRODUCTION, ROUTER_SECRET: SECRET },
      { 'x-router-secret': `${SECRET}!` },
      false,
    ],
    [
      'is shut in production to an empty secret',
      { ...PRODUCTION, ROUTER_SECRET: SECRET },
      { 'x-router-secret': '' },
      false,
    ],
    ['is shut in production without a secret', { ...PRODUCTION, ROUTER_SECRET: SECRET }, {}, false],
    ['is shut outside production too, once a secret is configured', { ROUTER_SECRET: SECRET }, {}, false],
    ['is open outside production to the configured secret', { ROUTER_SECRET: SECRET }, right, true],
  ];

  it.each(ROWS)('%s', async (_promise, env, headers, isOpen) => {
    const gateway = await startTestGateway({ env });
    try {
      const service = await gateway.execute(SERVICE, {}, headers);
      const entities = await gateway.execute(ENTITIES, {}, headers);
      if (isOpen) {
        expect(service).toMatchObject({
          errors: [],
          data: { _service: { sdl: expect.stringContaining('type Profile') } },
        });
        expect(entities).toMatchObject({ errors: [], data: { _entities: [{ firstName: 'Erika' }] } });
      } else {
        for (const { data, errors } of [service, entities]) {
          expect(data).toBeNull();
          expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
        }
        expect(all(gateway)).toEqual([]);
      }
    } finally {
      await gateway.close();
    }
  });

  it('is no way around authentication', async () => {
    const gateway = await startTestGateway({ env: { AUTH: 'mind', ROUTER_SECRET: SECRET } });
    try {
      const answer = await post(gateway.url, { query: ENTITIES }, right);
      expectRefusal(answer, 401, 'UNAUTHENTICATED');
    } finally {
      await gateway.close();
    }
  });
});
