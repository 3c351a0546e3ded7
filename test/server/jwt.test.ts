// AUTH=jwt: which tokens are taken, from whom, for how long, and what they let their holders do.
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose';
import { GatewayError } from '../../src/errors.js';
import { createJwtAuthentication, type JwtAuthenticationOptions } from '../../src/server/authenticate-jwt.js';
import type { CallScope } from '../../src/transport/call-scope.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { expectRefusal, post } from './client.js';

const SECRET = 'a-secret-of-at-least-32-characters';
const ISSUER = 'https://login.example.com';
const AUDIENCE = 'profile-gateway';
const CHECKED = { JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE };
const WHO = { query: '{ viewer { subject permissions } }' };

const secretBytes = new TextEncoder().encode(SECRET);
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;
const GOOD: JWTPayload = {
  sub: 'erika',
  iss: ISSUER,
  aud: AUDIENCE,
  exp: inSeconds(600),
  profile: 'mind:43',
};
/** Good claims but for some; undefined leaves one out. */
const claims = (changed: Readonly<Record<string, unknown>> = {}): JWTPayload =>
  JSON.parse(JSON.stringify({ ...GOOD, ...changed })) as JWTPayload;

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** A token put together by hand, as whoever forges one does. */
function forge(header: object, payload: object, sign: (input: string) => string): string {
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${sign(input)}`;
}
const hmac =
  (key: string | Buffer, algorithm = 'sha256') =>
  (input: string) =>
    createHmac(algorithm, key).update(input).digest('base64url');
const bySecret = (payload: object, header: object = { alg: 'HS256' }) => forge(header, payload, hmac(SECRET));

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const all = (gateway: TestGateway) => Object.values(gateway.received()).flat();

interface Issuer {
  readonly url: string;
  /** How the keys are answered from now on. */
  answer: (res: ServerResponse) => void;
  reads: number;
  close(): Promise<void>;
}

const issuers: Issuer[] = [];
afterEach(async () => {
  await Promise.all(issuers.splice(0).map((issuer) => issuer.close()));
});

/** Closed after the test. */
async function startIssuer(): Promise<Issuer> {
  const server: Server = createServer((_req, res) => {
    issuer.reads += 1;
    issuer.answer(res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer: Issuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    answer: (res) => res.end('{}'),
    reads: 0,
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  issuers.push(issuer);
  return issuer;
}
const keys =
  (...set: readonly JWK[]) =>
  (res: ServerResponse) =>
    void res.setHeader('content-type', 'application/jwk-set+json').end(JSON.stringify({ keys: set }));

async function keyPair(alg: string, kid = alg) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid, use: 'sig' };
  const sign = (payload: JWTPayload, header: object = { kid }) =>
    new SignJWT(payload).setProtectedHeader({ alg, ...header }).sign(privateKey);
  return { publicKey, publicJwk, privateJwk: { ...(await exportJWK(privateKey)), kid }, sign };
}

/** Whom the gateway takes the holder of a token for, or how it refuses them. */
async function ask(gateway: TestGateway, token: string): Promise<unknown> {
  const { data } = await gateway.execute(WHO.query, {}, bearer(token));
  return data?.['viewer'];
}

/** The rows that hold for a secret and for a key set: claims that are wrong, and what the refusal says. */
const BAD_CLAIMS: readonly (readonly [what: string, changed: Record<string, unknown>, message: RegExp])[] = [
  ['whose time is over', { exp: inSeconds(-31) }, /has expired/],
  ['without an end', { exp: undefined }, /claim "exp"/],
  ['with an end that is no number', { exp: String(inSeconds(60)) }, /claim "exp"/],
  ['whose time has not come', { nbf: inSeconds(60) }, /claim "nbf"/],
  ['of another issuer', { iss: 'https://evil.example.com' }, /claim "iss"/],
  ['of an issuer that merely begins alike', { iss: `${ISSUER}.evil.example.com` }, /claim "iss"/],
  ['without an issuer', { iss: undefined }, /claim "iss"/],
  ['for another audience', { aud: 'another-service' }, /claim "aud"/],
  ['for several others', { aud: ['another-service', 'third'] }, /claim "aud"/],
  ['without an audience', { aud: undefined }, /claim "aud"/],
  ['that names nobody', { sub: undefined, profile: undefined }, /names nobody/],
  ['that names nobody, in no text', { sub: 42, profile: undefined }, /names nobody/],
  ...['42', 'mind:0', 'mind:042', 'MIND:42', ' mind:42', 'mind:42\n', 'v3:1', 'mind:', ''].map(
    (profile) =>
      [`whose profile is ${JSON.stringify(profile)}`, { profile }, /"profile" is not an id such as/] as const,
  ),
  ...[42, true, [], ['mind:42'], { mind: 42 }].map(
    (profile) =>
      [`whose profile is ${JSON.stringify(profile)}`, { profile }, /"profile" is not an id such as/] as const,
  ),
];

describe('a token checked with a secret', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      env: { AUTH: 'jwt', JWT_SECRET: SECRET, ...CHECKED, LOG_LEVEL: 'silent' },
    });
  });
  beforeEach(() => {
    for (const backend of [gateway.mind, gateway.omnivibe, gateway.v2]) backend.reset();
  });
  afterAll(() => gateway.close());

  const expectRefused = async (token: string, message: RegExp) => {
    const answer = await post(gateway.url, WHO, bearer(token));
    expect(expectRefusal(answer, 401, 'UNAUTHENTICATED')).toMatch(message);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.text).not.toContain(token.slice(0, 12));
    expect(all(gateway)).toEqual([]);
  };

  it.each(['HS256', 'HS384', 'HS512'])('is taken when it is signed by %s', async (alg) => {
    const token = await new SignJWT(claims()).setProtectedHeader({ alg }).sign(secretBytes);
    expect(await ask(gateway, token)).toEqual({ subject: 'erika', permissions: [] });
  });

  it.each([
    ['for several audiences, of which this is one', { aud: ['another', AUDIENCE] }],
    ['within half a minute of its end, as clocks differ', { exp: inSeconds(-20) }],
    ['within half a minute before its begin', { nbf: inSeconds(20) }],
  ])('is taken %s', async (_what, changed) => {
    expect(await ask(gateway, bySecret(claims(changed)))).toMatchObject({ subject: 'erika' });
  });

  it.each(BAD_CLAIMS)('is refused %s', async (_what, changed, message) => {
    await expectRefused(bySecret(claims(changed)), message);
  });

  const FORGED: readonly (readonly [what: string, token: string, message: RegExp])[] = [
    ['unsigned', forge({ alg: 'none' }, claims(), () => ''), /algorithm that is not taken|not a signed JWT/],
    ['unsigned in other letters', forge({ alg: 'NoNe' }, claims(), () => ''), /not taken|not a signed JWT/],
    ['unsigned, with a signature', forge({ alg: 'none' }, claims(), hmac(SECRET)), /not taken/],
    [
      'signed by another secret',
      forge({ alg: 'HS256' }, claims(), hmac(`${SECRET}!`)),
      /signature is not right/,
    ],
    ['signed by an empty secret', forge({ alg: 'HS256' }, claims(), hmac('')), /signature is not right/],
    ['that says it is signed otherwise', bySecret(claims(), { alg: 'HS512' }), /signature is not right/],
    [
      'that says it is signed by a public key',
      bySecret(claims(), { alg: 'RS256' }),
      /algorithm that is not taken/,
    ],
    [
      'with a demand that nobody knows',
      bySecret(claims(), { alg: 'HS256', crit: ['x'], x: 1 }),
      /is not taken/,
    ],
    [
      'whose payload was changed',
      bySecret(claims()).replace(/\.[^.]+\./, `.${part(claims({ sub: 'max' }))}.`),
      /signature/,
    ],
    ['whose payload is no object', forge({ alg: 'HS256' }, ['erika'], hmac(SECRET)), /not a signed JWT/],
    ['that is encrypted', `${part({ alg: 'dir', enc: 'A256GCM' })}.a.b.c.d`, /not a signed JWT/],
    ['in four parts', `${bySecret(claims())}.x`, /not a signed JWT/],
    ['that is no JWT', 'opaque-token-of-somebody-else', /not a signed JWT/],
  ];
  it.each(FORGED)('is refused %s', async (_what, token, message) => {
    await expectRefused(token, message);
  });

  it.each([
    ['no header', {}],
    ['an empty one', { authorization: '' }],
    ['another scheme', { authorization: `Basic ${bySecret(claims())}` }],
    ['no scheme', { authorization: bySecret(claims()) }],
    ['two tokens', { authorization: `Bearer ${bySecret(claims())} ${bySecret(claims())}` }],
    ['a cookie', { cookie: `connect.sid=${bySecret(claims())}` }],
    ['a Mind token', { authorization: 'Bearer sandbox-mind-user-42' }],
  ])('is asked for when there is %s', async (_what, headers) => {
    expectRefusal(await post(gateway.url, WHO, headers), 401, 'UNAUTHENTICATED');
    expect(all(gateway)).toEqual([]);
  });

  it.each<[unknown, readonly string[]]>([
    [
      ['updateSpecificProfile', 'readAnyUserProfile'],
      ['readAnyUserProfile', 'updateSpecificProfile'],
    ],
    [
      ['b', 'a', 'b'],
      ['a', 'b'],
    ],
    [[], []],
    [undefined, []],
    [null, []],
    ['readAnyUserProfile', []],
    ['readAnyUserProfile updateSpecificProfile', []],
    [{ 0: 'readAnyUserProfile', length: 1 }, []],
    [['readAnyUserProfile', 1], []],
    [[['readAnyUserProfile']], []],
    [true, []],
  ])('gives by permissions %j: %j', async (permissions, given) => {
    expect(await ask(gateway, bySecret(claims({ permissions })))).toEqual({
      subject: 'erika',
      permissions: given,
    });
  });

  describe('lets its holder', () => {
    const EVERY_BACKEND = '{ id mind { nativeId } omnivibe { nativeId } v2 { nativeId } }';
    const person = (id: string) => `{ profile(id: "${id}") ${EVERY_BACKEND} }`;
    const erika = {
      id: 'mind:43',
      mind: { nativeId: '43' },
      omnivibe: { nativeId: '4' },
      v2: { nativeId: '18' },
    };

    it.each(['mind:43', 'omnivibe:4', 'v2:18'])(
      'read themselves, as whom the profile %s tells',
      async (profile) => {
        const headers = bearer(bySecret(claims({ profile })));
        const { data, errors } = await gateway.execute(person('mind:43'), {}, headers);
        expect({ data, errors }).toEqual({ data: { profile: erika }, errors: [] });
      },
    );

    it.each<[string, Record<string, unknown>]>([
      ['somebody else', {}],
      ['anybody, without a profile', { profile: undefined }],
      ['anybody, with a profile that nobody knows', { profile: 'v2:999999' }],
    ])('not read %s without a permission', async (_what, changed) => {
      const { data, errors } = await gateway.execute(
        person('mind:44'),
        {},
        bearer(bySecret(claims(changed))),
      );
      expect(data).toEqual({ profile: null });
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', backend: 'MIND' } }]);
    });

    it('read anybody with readAnyUserProfile, and write nobody', async () => {
      const headers = bearer(bySecret(claims({ permissions: ['readAnyUserProfile'] })));
      const read = await gateway.execute(person('mind:44'), {}, headers);
      expect(read).toMatchObject({
        errors: [],
        data: { profile: { id: 'mind:44', omnivibe: { nativeId: '5' } } },
      });
      const write = `mutation { updateProfile(input: { profileId: "mind:44", patch: { phone: "+49 1" } }) {
        status userErrors { code } } }`;
      const { data } = await gateway.execute(write, {}, headers);
      expect(data?.['updateProfile']).toMatchObject({
        status: 'REJECTED',
        userErrors: [{ code: 'FORBIDDEN' }, {}, {}],
      });
      expect(all(gateway).filter(({ method }) => method !== 'GET')).toEqual([]);
    });

    it('write anybody with updateSpecificProfile', async () => {
      const headers = bearer(
        bySecret(claims({ profile: undefined, permissions: ['updateSpecificProfile'] })),
      );
      const write = `mutation { updateProfile(input: { profileId: "mind:44", patch: { lastName: "Durand" } }) {
        status } }`;
      const { data } = await gateway.execute(write, {}, headers);
      expect(data?.['updateProfile']).toEqual({ status: 'APPLIED' });
    });
  });

  it('goes no further: Mind is asked with the gateway’s own token', async () => {
    const token = bySecret(claims({ permissions: ['readAnyUserProfile'] }));
    const query = '{ profile(id: "mind:44") { firstName displayName username mind { supersetRoles } } }';
    await gateway.execute(query, {}, { ...bearer(token), cookie: `connect.sid=${token}` });
    const { mind } = gateway.received();
    expect(mind.length).toBeGreaterThan(0);
    for (const { headers } of mind)
      expect(headers['authorization']).toBe(`Bearer ${gateway.mind.serviceToken}`);
    expect(JSON.stringify(all(gateway))).not.toContain(token.slice(0, 20));
  });
});

describe('a token checked with a key set', () => {
  let issuer: Issuer;
  let gateway: TestGateway;
  beforeEach(async () => {
    issuer = await startIssuer();
    gateway = await startTestGateway({
      env: { AUTH: 'jwt', JWKS_URL: issuer.url, ...CHECKED, UPSTREAM_TIMEOUT_MS: '300' },
    });
  });
  afterEach(() => gateway.close());

  it.each(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'])('is taken when it is signed by %s', async (alg) => {
    const { publicJwk, sign } = await keyPair(alg);
    issuer.answer = keys(publicJwk);
    expect(await ask(gateway, await sign(claims()))).toEqual({ subject: 'erika', permissions: [] });
    expect(issuer.reads).toBe(1);
  });

  it.each(BAD_CLAIMS.filter((_row, i) => i < 10))('is refused %s', async (_what, changed, message) => {
    const { publicJwk, sign } = await keyPair('ES256');
    issuer.answer = keys(publicJwk);
    const answer = await post(gateway.url, WHO, bearer(await sign(claims(changed))));
    expect(expectRefusal(answer, 401, 'UNAUTHENTICATED')).toMatch(message);
  });

  it('is refused when it is signed with the public key as if that were a secret', async () => {
    const { publicKey, publicJwk } = await keyPair('RS256');
    issuer.answer = keys(publicJwk);
    const asSecrets = [await exportSPKI(publicKey), JSON.stringify(publicJwk), publicJwk.n ?? ''];
    for (const secret of [...asSecrets, Buffer.from(publicJwk.n ?? '', 'base64url')]) {
      const token = forge({ alg: 'HS256', kid: 'RS256' }, claims(), hmac(secret));
      const answer = await post(gateway.url, WHO, bearer(token));
      expect(expectRefusal(answer, 401, 'UNAUTHENTICATED')).toMatch(/algorithm that is not taken/);
    }
    expect(issuer.reads).toBe(0);
  });

  it('is refused when it brings its own key, or names a place for it', async () => {
    const [known, own] = [await keyPair('ES256', 'known'), await keyPair('ES256', 'known')];
    const elsewhere = await startIssuer();
    elsewhere.answer = keys(own.publicJwk);
    issuer.answer = keys(known.publicJwk);
    const urls = { jku: elsewhere.url, x5u: elsewhere.url };
    const token = await own.sign(claims(), { kid: 'known', jwk: own.publicJwk, ...urls });
    const answer = await post(gateway.url, WHO, bearer(token));
    expect(expectRefusal(answer, 401, 'UNAUTHENTICATED')).toMatch(/signature is not right/);
    expect(elsewhere.reads).toBe(0);
  });

  it('is refused when its key is not in the set, which is not read for each such token', async () => {
    const [known, other] = [await keyPair('ES256', 'known'), await keyPair('ES256', 'other')];
    issuer.answer = keys(known.publicJwk);
    for (const kid of ['other', 'third', '__proto__', '../../keys']) {
      const answer = await post(gateway.url, WHO, bearer(await other.sign(claims(), { kid })));
      expect(expectRefusal(answer, 401, 'UNAUTHENTICATED')).toMatch(/key that its issuer does not publish/);
    }
    expect(issuer.reads).toBe(1);
    expect(await ask(gateway, await known.sign(claims()))).toMatchObject({ subject: 'erika' });
    expect(issuer.reads).toBe(1);
  });

  it('must name its key where several would do', async () => {
    const [first, second] = [await keyPair('ES256', 'first'), await keyPair('ES256', 'second')];
    issuer.answer = keys(first.publicJwk, second.publicJwk);
    const answer = await post(gateway.url, WHO, bearer(await first.sign(claims(), {})));
    expect(expectRefusal(answer, 401, 'UNAUTHENTICATED')).toMatch(/has no "kid"/);
    expect(await ask(gateway, await second.sign(claims()))).toMatchObject({ subject: 'erika' });
  });

  describe('cannot be checked: 503', () => {
    const ROWS: readonly (readonly [what: string, answer: Issuer['answer'], code: string])[] = [
      ['when nobody answers in time', () => undefined, 'UPSTREAM_TIMEOUT'],
      [
        'when the answer stops half way',
        (res) => void res.writeHead(200).write('{"keys":'),
        'UPSTREAM_TIMEOUT',
      ],
      ['when the connection is cut', (res) => res.destroy(), 'UPSTREAM_UNREACHABLE'],
      ['when the answer is an error', (res) => res.writeHead(500).end('canary'), 'UPSTREAM_ERROR'],
      ['when there is nothing', (res) => res.writeHead(404).end('canary'), 'UPSTREAM_ERROR'],
      ['when the answer is no JSON', (res) => res.end('<html>canary</html>'), 'UPSTREAM_BAD_RESPONSE'],
      ['when the answer is no key set', (res) => res.end('{"keys":"canary"}'), 'UPSTREAM_BAD_RESPONSE'],
      ['when the answer is too large', (res) => res.end(' '.repeat(2 ** 21)), 'UPSTREAM_RESPONSE_TOO_LARGE'],
    ];
    it.each(ROWS)('%s', async (_what, answer, code) => {
      const { publicJwk, sign } = await keyPair('ES256');
      const token = await sign(claims());
      issuer.answer = answer;
      const refused = await post(gateway.url, WHO, bearer(token));
      const message = expectRefusal(refused, 503, code);
      expect(message).toMatch(/^The keys that tokens are checked with c/);
      expect(refused.text).not.toMatch(/canary|127\.0\.0\.1/);
      const warnings = gateway.log.filter(({ level }) => level !== 30);
      expect(warnings).toMatchObject([{ level: 40, msg: expect.stringContaining('nobody can be let in') }]);
      expect(all(gateway)).toEqual([]);
      // As soon as the issuer is back, so are the callers.
      issuer.answer = keys(publicJwk);
      expect(await ask(gateway, token)).toMatchObject({ subject: 'erika' });
    });

    it('when nobody is there', async () => {
      await issuer.close();
      const { sign } = await keyPair('ES256');
      const answer = await post(gateway.url, WHO, bearer(await sign(claims())));
      expectRefusal(answer, 503, 'UPSTREAM_UNREACHABLE');
    });

    it.each([301, 302, 303, 307, 308])(
      'when the keys are said to be elsewhere (%d), where nobody asks',
      async (status) => {
        const elsewhere = await startIssuer();
        const { publicJwk, sign } = await keyPair('ES256');
        elsewhere.answer = keys(publicJwk);
        issuer.answer = (res) => res.writeHead(status, { location: elsewhere.url }).end();
        const answer = await post(gateway.url, WHO, bearer(await sign(claims())));
        expectRefusal(answer, 503, 'UPSTREAM_REDIRECT_BLOCKED');
        expect(elsewhere.reads).toBe(0);
      },
    );

    it('when the key is too weak to prove anything', async () => {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
      issuer.answer = keys({ ...publicKey.export({ format: 'jwk' }), kid: 'weak' });
      const token = forge({ alg: 'RS256', kid: 'weak' }, claims(), (input) =>
        createSign('sha256').update(input).sign(privateKey, 'base64url'),
      );
      expectRefusal(await post(gateway.url, WHO, bearer(token)), 503, 'UPSTREAM_BAD_RESPONSE');
    });

    it('when private keys are published', async () => {
      const { privateJwk, sign } = await keyPair('ES256');
      issuer.answer = keys(privateJwk);
      expectRefusal(await post(gateway.url, WHO, bearer(await sign(claims()))), 503, 'UPSTREAM_BAD_RESPONSE');
    });
  });

  it('costs no backend call, and the reading of keys is none', async () => {
    const { publicJwk, sign } = await keyPair('ES256');
    issuer.answer = keys(publicJwk);
    const { extensions } = await gateway.execute(WHO.query, {}, bearer(await sign(claims())));
    expect(extensions.upstream).toMatchObject({ calls: 0 });
  });
});

describe('a token that was checked', () => {
  const SCOPE = {} as CallScope;
  const START = 1_800_000_000_000;
  const settings: JwtAuthenticationOptions = {
    key: { secret: SECRET },
    issuer: null,
    audience: null,
    timeoutMs: 1_000,
    report: (error) => {
      throw error;
    },
  };

  function startClock(options: Partial<JwtAuthenticationOptions> = {}) {
    let seconds = 0;
    const authenticate = createJwtAuthentication({
      ...settings,
      ...options,
      now: () => START + seconds * 1_000,
    });
    return {
      async at(time: number, token: string) {
        seconds = time;
        return authenticate(bearer(token), SCOPE);
      },
    };
  }
  const endingAfter = (seconds: number) => bySecret({ sub: 'erika', exp: START / 1_000 + seconds });

  it('is remembered for a minute', async () => {
    const clock = startClock();
    const token = endingAfter(600);
    const first = await clock.at(0, token);
    expect(await clock.at(59.9, token)).toBe(first);
    const second = await clock.at(60, token);
    expect(second).toEqual(first);
    expect(second).not.toBe(first);
  });

  it('is forgotten at its end', async () => {
    const clock = startClock();
    const token = endingAfter(5);
    await clock.at(0, token);
    await expect(clock.at(36, token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is told from every other', async () => {
    const clock = startClock();
    const [max, erika] = ['max', 'erika'].map((sub) => bySecret({ sub, exp: START / 1_000 + 60 }));
    for (const [token = '', subject] of [
      [max, 'max'],
      [erika, 'erika'],
      [max, 'max'],
    ]) {
      expect(await clock.at(1, token)).toMatchObject({ viewer: { subject } });
    }
  });

  it.each<[string, JwtAuthenticationOptions['key']]>([
    ['a secret', { secret: SECRET }],
    ['a key set', { jwksUrl: 'http://127.0.0.1:1/keys' }],
  ])('is never taken for nonsense: by %s', async (_what, key) => {
    const authenticate = createJwtAuthentication({ ...settings, key });
    const good = bySecret(claims()).split('.');
    const piece = fc.oneof(
      fc.constantFrom(
        ...good,
        '',
        '.',
        '..',
        'e30',
        'bnVsbA',
        'W10',
        part({ alg: 'HS256' }),
        part({ alg: 'none' }),
      ),
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64url')),
    );
    const token = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('.'));
    await fc.assert(
      fc.asyncProperty(token, async (text) => {
        const taken = await authenticate(bearer(text), SCOPE).catch((error: unknown) => error);
        if (text === good.join('.') && 'secret' in key) return;
        expect(taken).toBeInstanceOf(GatewayError);
        expect(taken).toMatchObject({ code: 'UNAUTHENTICATED' });
      }),
      { numRuns: 3_000 },
    );
  });
});
