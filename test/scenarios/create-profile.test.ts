// New people: an account at each named backend, or a reason why not, and what is there afterwards.
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createAdapters } from '../../src/adapters/index.js';
import { loadConfig } from '../../src/config.js';
import { joinBackends } from '../../src/server/backends.js';
import { startGateway } from '../../src/server/gateway.js';
import { createLogger } from '../../src/server/logging.js';
import type { Switches } from '../../src/sandbox/core/switches.js';
import { loadContract } from '../support/contract.js';
import { startTestGateway, type GraphQLAnswer, type TestGateway } from '../support/gateway.js';

interface Payload {
  readonly status: string;
  readonly profile: Readonly<Record<string, unknown>> | null;
  readonly outcomes: readonly {
    readonly backend: Name;
    readonly state: string;
    readonly message: string | null;
    readonly calls: readonly { readonly method: string; readonly path: string; readonly body: object }[];
    readonly fields: readonly { readonly field: string; readonly state: string; readonly after: unknown }[];
  }[];
  readonly userErrors: readonly {
    readonly code: string;
    readonly message: string;
    readonly backend: Name | null;
    readonly field: readonly string[] | null;
  }[];
}
type Name = 'MIND' | 'OMNIVIBE' | 'V2';

const CREATE = `mutation ($input: CreateProfileInput!) { createProfile(input: $input) {
  status userErrors { code message backend field }
  profile { id email firstName displayName accounts { backend nativeId } }
  outcomes { backend state message calls { method path body } fields { field state before after } }
} }`;
const EVERYWHERE: readonly Name[] = ['MIND', 'OMNIVIBE', 'V2'];
const SLUGS = { MIND: 'mind', OMNIVIBE: 'omnivibe', V2: 'v2' } as const;
const PATCH = { email: 'New.Person@Example.com', firstName: 'New', lastName: 'Person', username: 'new.p' };
const CONTRACTS = { mind: loadContract('mind'), omnivibe: loadContract('omnivibe'), v2: loadContract('v2') };
/** The next ids of the sandboxes. */
const NEXT = { MIND: '1028', OMNIVIBE: '20028', V2: '300028' } as const;

let gateway: TestGateway;
afterEach(async () => {
  await gateway.close();
  for (const slug of Object.values(SLUGS)) {
    const contract = CONTRACTS[slug];
    for (const { method, route, query, headers, body } of gateway.received()[slug]) {
      const exchange = {
        method,
        route: route?.replaceAll(/:(\w+)/g, '{$1}') ?? '',
        query,
        requestBody: body,
      };
      const contentType = headers['content-type']?.split(';')[0] ?? '';
      expect(contract.checkRequest({ ...exchange, contentType })).toEqual([]);
    }
  }
});

async function start(env: Record<string, string> = {}) {
  gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent', ...env } });
}

function payloadOf({ data, errors }: Pick<GraphQLAnswer, 'data' | 'errors'>): Payload {
  expect(errors).toEqual([]);
  return data?.['createProfile'] as Payload;
}
const create = async (backends: readonly Name[], patch: object = PATCH, more: object = {}, headers = {}) =>
  payloadOf(await gateway.execute(CREATE, { input: { backends, patch, ...more } }, headers));

const writes = () =>
  Object.values(gateway.received())
    .flat()
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path, body }) => ({ method, path: path.replace('/api/mind', ''), body }));
const summary = ({ status, outcomes, userErrors }: Payload) => [
  status,
  ...outcomes.map(({ backend, state }) =>
    [backend, state, ...userErrors.filter((error) => error.backend === backend).map(({ code }) => code)].join(
      ' ',
    ),
  ),
];
const statesOf = ({ outcomes }: Payload, backend: Name) =>
  Object.fromEntries(
    (outcomes.find((outcome) => outcome.backend === backend)?.fields ?? []).map(({ field, state }) => [
      field,
      state,
    ]),
  );
const accounts = (...backends: readonly Name[]) =>
  backends.map((backend) => ({ backend, nativeId: NEXT[backend] }));

const mindPost = (more: object = {}) => ({
  ...{ method: 'POST', path: '/profile' },
  body: { email: PATCH.email, firstName: 'New', lastName: 'Person', ...more },
});
const agentPost = (more: object = {}) => ({
  ...{ method: 'POST', path: '/api/v1/accounts/1/agents' },
  body: { email: PATCH.email.toLowerCase(), name: 'New Person', role: 'agent', ...more },
});
const v2Post = (more: object = {}) => ({
  ...{ method: 'POST', path: '/api/v2/user' },
  body: {
    ...{ email: PATCH.email, firstname: 'New', lastname: 'Person', name: 'new.p' },
    ...{ sendActivationMail: 'true', ...more },
  },
});

describe('a new person', () => {
  it('gets an account at each of three backends, and what the creation does not take right after it', async () => {
    await start();
    const patch = {
      ...PATCH,
      ...{ phone: '+49 (0)30 123', language: 'de', displayName: 'Newbie', externalId: 'EMP-9' },
      ...{ routing: { call: 'IDLE' }, mind: { rawData: { seat: 7 } }, v2: { groups: [1, 2] } },
      settings: { work: { status: 'BUSY' }, desk: { maxChats: 7 }, inbox: { availability: 'BUSY' } },
    };
    const payload = await create(EVERYWHERE, patch);
    const sent = {
      MIND: [
        mindPost({
          ...{ phone: '+49 (0)30 123', lang: 'de', nameAlias: 'Newbie', externalId: 'EMP-9' },
          settings: { status: 'busy', callRoutingStatus: 'idle' },
        }),
        { method: 'PATCH', path: '/profile/1028', body: { rawData: { seat: 7 } } },
      ],
      OMNIVIBE: [
        agentPost({ availability: 'busy' }),
        {
          ...{ method: 'PATCH', path: '/platform/api/v1/users/20028' },
          body: { display_name: 'Newbie', custom_attributes: { phone_number: '+49 (0)30 123' } },
        },
      ],
      V2: [
        v2Post({ telephone_number: '+4930123', language: 'de', groups: '[1,2]' }),
        { method: 'PUT', path: '/api/v2/user/maxChats', body: { userID: '300028', maxChats: '7' } },
      ],
    };
    expect(payload).toMatchObject({ status: 'APPLIED', userErrors: [] });
    expect(payload.outcomes.map(({ backend, calls }) => [backend, calls])).toEqual(Object.entries(sent));
    expect(writes()).toEqual(Object.values(sent).flat());
    const states = payload.outcomes.flatMap(({ backend, fields }) =>
      fields.map(({ field, state }) => `${backend} ${field} ${state}`),
    );
    expect(states).toHaveLength(10 + 6 + 8);
    // The one is not documented to be shown, the other only to the person.
    expect(states.filter((each) => !each.endsWith('VERIFIED'))).toEqual([
      'OMNIVIBE phone ACCEPTED',
      'OMNIVIBE settings.inbox.availability ACCEPTED',
    ]);
    expect(payload.profile).toMatchObject({
      id: 'mind:1028',
      email: PATCH.email,
      accounts: accounts('MIND', 'V2'),
    });
  });

  it.each<[Name, object, string]>([
    ['MIND', mindPost(), 'mind:1028'],
    ['OMNIVIBE', agentPost(), 'omnivibe:20028'],
    ['V2', v2Post(), 'v2:300028'],
  ])('gets an account at %s alone when only that is named', async (backend, call, id) => {
    await start();
    const payload = await create([backend, backend], PATCH);
    // Where there is no such field it is skipped, which does not make the creation less than applied.
    const isSkipped = backend !== 'V2';
    expect(summary(payload)).toEqual([
      'APPLIED',
      `${backend} ${isSkipped ? 'SKIPPED UNSUPPORTED' : 'VERIFIED'}`,
    ]);
    expect(statesOf(payload, backend)).toEqual({
      ...{ email: 'VERIFIED', firstName: 'VERIFIED', lastName: 'VERIFIED' },
      username: isSkipped ? 'SKIPPED' : 'VERIFIED',
    });
    expect(payload.profile).toMatchObject({ id, accounts: accounts(backend) });
    expect(writes()).toEqual([call]);
    for (const [name, slug] of Object.entries(SLUGS))
      if (name !== backend)
        expect(gateway.received()[slug].filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('joins the person who has the address at a backend that is not named', async () => {
    await start();
    const { status, profile } = await create(['V2'], { ...PATCH, email: 'OLAF.Einzig@example.com' });
    expect({ status, profile }).toMatchObject({
      ...{ status: 'APPLIED', profile: { id: 'mind:48', firstName: 'Olaf' } },
    });
    expect(profile?.['accounts']).toEqual([{ backend: 'MIND', nativeId: '48' }, ...accounts('V2')]);
  });

  it('is told how to be linked while omnivibe’s account is not confirmed', async () => {
    await start();
    const { outcomes } = await create(['MIND', 'OMNIVIBE']);
    expect(outcomes.map(({ message }) => message)).toEqual([
      null,
      'omnivibe:20028 is not linked to mind:1028 yet, as while an address is not confirmed. To link them now, put "links": [["mind:1028","omnivibe:20028"]] into LINKS_FILE.',
    ]);
  });

  it.each([
    ['unless told otherwise', {}, 'true'],
    ['when told so', { sendActivationMail: true }, 'true'],
    ['unless told not to', { sendActivationMail: false }, 'false'],
    ['when nothing is told', { sendActivationMail: null }, 'true'],
  ])('is sent an activation mail by v2 %s', async (_when, more, sendActivationMail) => {
    await start();
    expect((await create(['V2'], PATCH, more)).status).toBe('APPLIED');
    expect(writes()).toEqual([v2Post({ sendActivationMail })]);
  });

  it('is created elsewhere where one backend cannot take what it needs, and is told its rule', async () => {
    await start();
    const { username, ...nameless } = PATCH;
    const rows: readonly (readonly [object, RegExp])[] = [
      [nameless, /username/],
      [{ ...PATCH, username: 'new p' }, /username takes letters from a to z/],
      [{ ...PATCH, lastName: "O'Brien" }, /lastName takes letters from A to ÿ/],
      [{ ...PATCH, firstName: 'Łukasz' }, /firstName takes letters from A to ÿ/],
    ];
    expect(username).toBe('new.p');
    for (const [i, [patch, rule]] of rows.entries()) {
      const payload = await create(EVERYWHERE, { ...patch, email: `new.${i}@example.com` });
      expect(summary(payload)).toEqual([
        'PARTIAL',
        ...['MIND VERIFIED', 'OMNIVIBE VERIFIED', 'V2 SKIPPED INVALID_VALUE'],
      ]);
      expect(payload.userErrors.map(({ message }) => message)).toEqual([expect.stringMatching(rule)]);
      const { calls, fields } = payload.outcomes[2] ?? {};
      expect({ calls, told: fields?.filter(({ after }) => after !== null) }).toEqual({ calls: [], told: [] });
    }
    expect(gateway.received().v2.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('has an account although what follows the creation fails', async () => {
    await start();
    gateway.v2.switches.set({ only: { method: 'PUT' }, reply: { status: 400 } });
    const payload = await create(['V2'], { ...PATCH, settings: { desk: { maxChats: 7 } } });
    expect(summary(payload)).toEqual(['PARTIAL', 'V2 FAILED UPSTREAM_REJECTED']);
    expect(statesOf(payload, 'V2')).toMatchObject({ email: 'VERIFIED', 'settings.desk.maxChats': 'FAILED' });
    expect(payload.profile).toMatchObject({ id: 'v2:300028' });
  });

  it('is not told to have what a backend took and did not store', async () => {
    await start();
    gateway.mind.switches.set({ ignoreWrites: ['phone'] });
    const payload = await create(['MIND'], { ...PATCH, phone: '+49 30 1' });
    expect(statesOf(payload, 'MIND')).toMatchObject({ firstName: 'VERIFIED', phone: 'MISMATCH' });
    expect(payload.status).toBe('PARTIAL');
  });
});

describe('CONFLICT', () => {
  it.each<[string, readonly Name[], string, string]>([
    ['at one backend of three', EVERYWHERE, 'olaf.einzig@example.com', 'mind:48'],
    ['at omnivibe', ['MIND', 'OMNIVIBE'], 'petra.allein@example.com', 'omnivibe:7'],
    ['at v2', EVERYWHERE, 'sven.solo@example.com', 'v2:23'],
    ['at all three', EVERYWHERE, 'MAX.mustermann@Example.com', 'mind:42, omnivibe:3, v2:17'],
    ['twice at each', EVERYWHERE, 'info@example.com', 'mind:46, mind:47, v2:21, v2:22'],
    ['of an inactive user', ['V2'], 'rita.wieder@example.com', 'v2:28, v2:29'],
    ['of one who is not confirmed', ['OMNIVIBE'], 'tom.neu@example.com', 'omnivibe:10'],
  ])('refuses it as a whole and names who has the address: %s', async (_where, backends, email, names) => {
    await start();
    const { status, profile, outcomes, userErrors } = await create(backends, { ...PATCH, email });
    expect({ status, profile, outcomes }).toEqual({ status: 'REJECTED', profile: null, outcomes: [] });
    expect(userErrors).toMatchObject([
      { code: 'CONFLICT', message: `The address is already that of ${names}. Nothing was created.` },
    ]);
    expect(writes()).toEqual([]);
  });
});

describe('what is refused before any call', () => {
  const missing = (...fields: (keyof typeof PATCH)[]) =>
    Object.fromEntries(Object.entries(PATCH).filter(([field]) => !fields.some((each) => each === field)));
  it.each<[string, readonly Name[], object, string, string]>([
    ['no backend', [], PATCH, 'BAD_USER_INPUT', '"backends"'],
    ['no address', ['MIND'], missing('email'), 'INVALID_VALUE', 'email'],
    ['no names', ['MIND'], missing('firstName', 'lastName'), 'INVALID_VALUE', 'firstName, lastName'],
    ['nothing', ['MIND'], {}, 'INVALID_VALUE', 'email, firstName, lastName'],
    ['null for what is needed', EVERYWHERE, { ...PATCH, lastName: null }, 'INVALID_VALUE', 'lastName'],
    ['a blank name', EVERYWHERE, { ...PATCH, firstName: ' ' }, 'INVALID_VALUE', 'firstName'],
    ['null in place of an object', EVERYWHERE, { ...PATCH, settings: null }, 'INVALID_VALUE', 'settings'],
  ])('is a person with %s', async (_what, backends, patch, code, words) => {
    await start();
    const { status, outcomes, userErrors } = await create(backends, patch);
    expect({ status, outcomes }).toEqual({ status: 'REJECTED', outcomes: [] });
    expect(userErrors).toMatchObject([{ code, message: expect.stringContaining(words) }]);
    expect(Object.values(gateway.received()).flat()).toEqual([]);
  });

  it('is not an address that is none: each backend has its own rule', async () => {
    await start();
    const payload = await create(EVERYWHERE, { ...PATCH, email: 'nobody' });
    expect(summary(payload)).toEqual([
      'REJECTED',
      ...EVERYWHERE.map((name) => `${name} SKIPPED INVALID_VALUE`),
    ]);
    expect({ profile: payload.profile, writes: writes() }).toEqual({ profile: null, writes: [] });
  });

  it('is a caller without updateSpecificProfile', async () => {
    await start({ AUTH: 'mind' });
    const as = (userId: number) => ({ authorization: `Bearer ${gateway.mind.tokenFor(userId)}` });
    const refused = await create(EVERYWHERE, PATCH, {}, as(43));
    expect(refused).toMatchObject({
      status: 'REJECTED',
      outcomes: EVERYWHERE.map((backend) => ({ backend, state: 'FAILED', calls: [] })),
    });
    expect(refused.userErrors.filter(({ code }) => code === 'FORBIDDEN')).toHaveLength(EVERYWHERE.length);
    // Who the caller is, and nothing else, was asked.
    expect(
      Object.values(gateway.received())
        .flat()
        .map(({ route }) => route),
    ).toEqual(['/profile']);
    const { data } = await gateway.execute(CREATE, { input: { backends: EVERYWHERE, patch: PATCH } }, as(42));
    expect((data?.['createProfile'] as Payload).status).toBe('APPLIED');
  });
});

describe('a creation whose answer is lost', () => {
  const LOST: readonly (readonly [string, Omit<Switches, 'only'>, isStored: boolean, code: string])[] = [
    ['a 500 though it is stored', { reply: { status: 500, isHandled: true } }, true, 'UPSTREAM_ERROR'],
    ['a 500', { reply: { status: 500 } }, false, 'UPSTREAM_ERROR'],
    ['no answer though it is stored', { hang: 'after-handling' }, true, 'UPSTREAM_TIMEOUT'],
    ['no answer', { hang: 'before-handling' }, false, 'UPSTREAM_TIMEOUT'],
    ['a cut connection though it is stored', { cut: 'after-handling' }, true, 'UPSTREAM_CONNECTION_LOST'],
    ['a cut connection', { cut: 'before-handling' }, false, 'UPSTREAM_CONNECTION_LOST'],
  ];
  const cells = EVERYWHERE.flatMap((name) => LOST.map((lost) => [name, ...lost] as const));

  it.each(cells)(
    'is settled by looking for the address: %s, %s',
    async (name, _what, own, isStored, code) => {
      await start('hang' in own ? { UPSTREAM_TIMEOUT_MS: '500' } : {});
      gateway[SLUGS[name]].switches.set({ only: { method: 'POST' }, ...own });
      const payload = await create(EVERYWHERE);
      const told = isStored ? `${name} VERIFIED` : `${name} FAILED ${code}`;
      expect(summary(payload)).toEqual([
        isStored ? 'APPLIED' : 'PARTIAL',
        ...EVERYWHERE.map((each) => (each === name ? told : `${each} VERIFIED`)),
      ]);
      expect(gateway.received()[SLUGS[name]].filter(({ method }) => method === 'POST')).toHaveLength(1);
    },
  );

  it.each(cells)(
    'is UNCERTAIN when looking fails, too: %s, %s',
    async (name, _what, own, _isStored, code) => {
      await start('hang' in own ? { UPSTREAM_TIMEOUT_MS: '500' } : {});
      const backend = gateway[SLUGS[name]];
      // Late enough for what follows to take effect before the answer.
      backend.switches.set({ only: { method: 'POST' }, latencyMs: 100, ...own });
      const progress = { isOver: false };
      const creating = create([name]).finally(() => (progress.isOver = true));
      const isSent = () => backend.ledger.entries.some(({ method }) => method === 'POST');
      while (!isSent() && !progress.isOver) await setImmediate();
      backend.switches.set({ only: { method: 'GET' }, reply: { status: 500 } });
      const payload = await creating;
      expect([payload.status, payload.profile]).toEqual(['PARTIAL', null]);
      expect(statesOf(payload, name)).toMatchObject({
        ...{ email: 'UNCERTAIN', firstName: 'UNCERTAIN', lastName: 'UNCERTAIN' },
      });
      expect(payload.userErrors[0]).toMatchObject({
        code,
        message: expect.stringMatching(/could not be found out/),
      });
    },
  );

  it('is FAILED when the backend refuses it, and the others are created', async () => {
    await start();
    gateway.omnivibe.switches.set({ agentLimit: 1 });
    gateway.v2.switches.set({
      only: { method: 'POST' },
      reply: { status: 400, body: '{"message":"canary"}' },
    });
    const payload = await create(EVERYWHERE);
    expect(summary(payload)).toEqual([
      'PARTIAL',
      ...['MIND VERIFIED', 'OMNIVIBE FAILED FORBIDDEN', 'V2 FAILED UPSTREAM_REJECTED'],
    ]);
    expect(JSON.stringify(payload)).not.toContain('canary');
    expect(payload.profile).toMatchObject({ id: 'mind:1028', accounts: accounts('MIND') });
  });

  it('is not even tried where it cannot be found out who has the address', async () => {
    await start();
    gateway.v2.switches.set({ only: { method: 'GET' }, reply: { status: 500 } });
    const { data } = await gateway.execute(CREATE.replace('displayName', ''), {
      input: { backends: EVERYWHERE, patch: PATCH },
    });
    const payload = data?.['createProfile'] as Payload;
    expect(summary(payload)).toEqual([
      'PARTIAL',
      'MIND VERIFIED',
      'OMNIVIBE VERIFIED',
      'V2 FAILED UPSTREAM_ERROR',
    ]);
    expect(payload.outcomes[2]?.calls).toEqual([]);
    expect(gateway.received().v2.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('is UNCERTAIN where v2 took it and does not show it', async () => {
    await start();
    gateway.v2.switches.set({ only: { method: 'GET' }, rows: 'missing' });
    const payload = await create(['V2']);
    expect([payload.status, payload.profile, statesOf(payload, 'V2')['email']]).toEqual([
      'PARTIAL',
      null,
      'UNCERTAIN',
    ]);
  });
});

describe('with a platform token only', () => {
  /** Creates an omnivibe account through a gateway of its own that has no other credential. */
  async function createByPlatform(patch: object): Promise<{ payload: Payload; told: string }> {
    const { url, platformToken } = gateway.omnivibe;
    const config = loadConfig({
      ...{ PORT: '0', AUTH: 'none', LOG_LEVEL: 'debug' },
      ...{ OMNIVIBE_URL: url, OMNIVIBE_PLATFORM_TOKEN: platformToken },
    });
    const backends = await joinBackends(config);
    const log: string[] = [];
    const logger = createLogger(config.logLevel, { write: (line) => log.push(line) });
    const other = await startGateway({ config, adapters: createAdapters(backends.options), logger });
    try {
      const input = { backends: ['OMNIVIBE'], patch };
      const body = JSON.stringify({ query: CREATE, variables: { input } });
      const headers = { 'content-type': 'application/json' };
      const text = await (await fetch(`${other.url}/graphql`, { method: 'POST', headers, body })).text();
      const { createProfile } = (JSON.parse(text) as { data: { createProfile: Payload } }).data;
      return { payload: createProfile, told: text + log.join('') };
    } finally {
      await other.close();
      await backends.close();
    }
  }

  it('omnivibe creates a confirmed user with a password that is never shown', async () => {
    await start();
    const { payload, told } = await createByPlatform({
      ...PATCH,
      displayName: 'Newbie',
      phone: '+49 30 1',
    });
    const [sent] = gateway.omnivibe.ledger.entries.filter(({ method }) => method === 'POST');
    const { password, ...user } = sent?.body as Record<string, unknown>;
    expect(user).toEqual({
      ...{ name: 'New Person', email: 'new.person@example.com', display_name: 'Newbie' },
      custom_attributes: { phone_number: '+49 30 1' },
    });
    expect(password).toMatch(/^[\w-]{32}-aA1$/);
    expect(payload.outcomes[0]?.calls).toEqual([
      { method: 'POST', path: '/platform/api/v1/users', body: { ...user, password: '[redacted]' } },
    ]);
    expect(payload.status).toBe('APPLIED');
    expect(payload.profile).toMatchObject({ id: 'omnivibe:20028', displayName: 'Newbie' });
    expect(told).not.toContain(String(password));
  });

  it('a taken address, which nobody can be looked up by, is noticed in the answer, and its owner left alone', async () => {
    await start();
    const { payload } = await createByPlatform({
      ...PATCH,
      email: 'petra.allein@example.com',
      phone: '+49 1',
    });
    expect(payload.status).toBe('FAILED');
    expect(payload.profile).toBeNull();
    // omnivibe has no username.
    expect(payload.userErrors.map(({ code }) => code)).toEqual(['CONFLICT', 'UNSUPPORTED']);
    const writes = gateway.omnivibe.ledger.entries.filter(({ method }) => method !== 'GET');
    expect(writes.map(({ method }) => method)).toEqual(['POST']);
  });

  it('whether somebody was created whose answer is lost cannot be told', async () => {
    await start();
    gateway.omnivibe.switches.set({ only: { method: 'POST' }, reply: { status: 500, isHandled: true } });
    const { payload } = await createByPlatform(PATCH);
    expect([payload.status, statesOf(payload, 'OMNIVIBE')['email']]).toEqual(['PARTIAL', 'UNCERTAIN']);
  });
});

describe('a creation that has no time left for its answer', () => {
  it('is uncertain, since the account may be there a moment later', async () => {
    await start({ REQUEST_TIMEOUT_MS: '1000' });
    gateway.v2.switches.set({ only: { method: 'POST' }, latencyMs: 2_500 });
    const payload = await create(['V2']);
    expect(payload.status).toBe('PARTIAL');
    expect(payload.outcomes).toMatchObject([{ backend: 'V2', state: 'UNCERTAIN' }]);
    expect(new Set(payload.userErrors.map(({ code }) => code))).toEqual(new Set(['DEADLINE_EXCEEDED']));
  });
});
