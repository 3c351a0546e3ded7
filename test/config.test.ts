import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig, VARIABLE_NAMES, type Config } from '../src/config.js';

type Env = Readonly<Record<string, string>>;

const folder = mkdtempSync(join(tmpdir(), 'profile-gateway-config-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let files = 0;
function file(content: string): string {
  const path = join(folder, `canary-${(files += 1)}.json`);
  writeFileSync(path, content);
  return path;
}

function problemsOf(env: Env): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const MIND = { MIND_URL: 'https://mind.example.com/api/mind', MIND_TOKEN: 'mind-token' };
const OMNIVIBE = { OMNIVIBE_URL: 'https://omnivibe.example.com' };
const V2 = { V2_URL: 'https://v2.example.com', V2_API_KEY: 'v2-key' };
const PRODUCTION = { NODE_ENV: 'production' };
const DOCUMENT = 'query One { __typename }';
const STATUSES = [{ id: 7, name: 'Lunch', availability: 'AWAY' }];
const isLinked = ({ linkRules }: Config) => linkRules.groupOf({ backend: 'mind', id: '42' }).length > 1;

const SANDBOXES = { mind: 'sandbox', omnivibe: 'sandbox', v2: 'sandbox' };
const without = (...backends: string[]) => ({
  ...SANDBOXES,
  ...Object.fromEntries(backends.map((backend) => [backend, 'disabled'])),
});
const omnivibeOf = ({ backends }: Config) => backends.omnivibe;
const OMNIVIBE_ALONE = { url: OMNIVIBE.OMNIVIBE_URL, platformUrl: OMNIVIBE.OMNIVIBE_URL, token: null };
const NO_OMNIVIBE_TOKENS = { accountId: null, platformToken: null, userTokens: {} };
const OMNIVIBE_READ = { ...OMNIVIBE_ALONE, ...NO_OMNIVIBE_TOKENS };
const ADMIN = { OMNIVIBE_TOKEN: 'admin', OMNIVIBE_ACCOUNT_ID: '12' };
const ADMIN_READ = { ...OMNIVIBE_READ, token: 'admin', accountId: '12' };
const KEYS = 'https://login.example.com/keys';
const THIRTY_TWO = 'thirty-two-characters-and-no-less';
const JWT = { AUTH: 'jwt', JWT_SECRET: THIRTY_TWO };
const JWT_READ = { key: { secret: THIRTY_TWO }, issuer: null, audience: null };
const EXPECTED = { JWT_ISSUER: 'https://login.example.com', JWT_AUDIENCE: 'gateway' };
const COLLECTOR = 'http://collector.example.com:4318';
const APOLLO = ['https://studio.apollographql.com', 'https://sandbox.embed.apollographql.com'];

type Row = readonly [
  read: (config: Config) => unknown,
  unset: unknown,
  good: string,
  readAs: unknown,
  besides?: Env,
];

/** Of each variable: where it ends up, what stands there when it is not set, a good value, what that is read as, and what else it needs. */
const GOOD: Readonly<Record<string, Row>> = {
  NODE_ENV: [(c) => c.isProduction, false, 'production', true, { SANDBOX: 'all' }],
  HOST: [(c) => c.host, '127.0.0.1', '::', '::'],
  PORT: [(c) => c.port, 4000, '0', 0],
  SANDBOX: [(c) => c.backends, SANDBOXES, 'all', SANDBOXES],
  DISABLED_BACKENDS: [(c) => c.backends, SANDBOXES, 'v2, omnivibe', without('v2', 'omnivibe')],
  MIND_URL: [(c) => c.backends.mind, 'sandbox', MIND.MIND_URL, { url: MIND.MIND_URL, token: null }],
  MIND_TOKEN: [(c) => c.backends.mind, 'sandbox', 'abc', { url: MIND.MIND_URL, token: 'abc' }, MIND],
  MIND_TIMEZONE: [(c) => c.mindTimeZone, 'UTC', 'Europe/Berlin', 'Europe/Berlin'],
  MIND_SETTINGS_PATCH: [(c) => c.mindSettingsPatch, 'merge', 'replace', 'replace'],
  OMNIVIBE_URL: [omnivibeOf, 'sandbox', OMNIVIBE.OMNIVIBE_URL, OMNIVIBE_READ],
  OMNIVIBE_TOKENS_FILE: [
    omnivibeOf,
    'sandbox',
    file('{"max@example.com":"t0ken"}'),
    { ...OMNIVIBE_READ, userTokens: { 'max@example.com': 't0ken' } },
    OMNIVIBE,
  ],
  OMNIVIBE_TOKEN: [omnivibeOf, 'sandbox', 'admin', ADMIN_READ, { ...OMNIVIBE, ...ADMIN }],
  OMNIVIBE_ACCOUNT_ID: [omnivibeOf, 'sandbox', '12', ADMIN_READ, { ...OMNIVIBE, ...ADMIN }],
  OMNIVIBE_PLATFORM_URL: [
    omnivibeOf,
    'sandbox',
    'https://platform.example.com',
    { ...OMNIVIBE_READ, platformUrl: 'https://platform.example.com' },
    OMNIVIBE,
  ],
  OMNIVIBE_PLATFORM_TOKEN: [omnivibeOf, 'sandbox', 'x', { ...OMNIVIBE_READ, platformToken: 'x' }, OMNIVIBE],
  OMNIVIBE_TOKEN_HEADER: [(c) => c.omnivibeTokenHeader, 'api_access_token', 'api-token', 'api-token'],
  V2_URL: [(c) => c.backends.v2, 'sandbox', V2.V2_URL, { url: V2.V2_URL, apiKey: V2.V2_API_KEY }, V2],
  V2_API_KEY: [(c) => c.backends.v2, 'sandbox', 'key', { url: V2.V2_URL, apiKey: 'key' }, V2],
  V2_STATUSES_FILE: [
    (c) => c.deskStatuses,
    null,
    file(JSON.stringify(STATUSES)),
    [{ ...STATUSES[0], id: '7' }],
  ],
  AUTH: [(c) => c.auth, 'none', 'mind', 'mind'],
  JWKS_URL: [(c) => c.jwt, null, KEYS, { ...JWT_READ, key: { jwksUrl: KEYS } }, { AUTH: 'jwt' }],
  JWT_SECRET: [(c) => c.jwt, null, THIRTY_TWO, JWT_READ, { AUTH: 'jwt' }],
  JWT_ISSUER: [(c) => c.jwt, null, 'https://a.io/', { ...JWT_READ, issuer: 'https://a.io/' }, JWT],
  JWT_AUDIENCE: [(c) => c.jwt, null, 'profile gateway', { ...JWT_READ, audience: 'profile gateway' }, JWT],
  LINKS_FILE: [isLinked, false, file('{"links":[["mind:42","v2:17"]]}'), true],
  VERSION_KEY: [(c) => c.versionKey.length, 32, 'sixteen-letters!', 16],
  ROUTER_SECRET: [(c) => c.routerSecret, null, 'sixteen-letters!', 'sixteen-letters!'],
  CORS_ORIGINS: [
    (c) => c.corsOrigins,
    APOLLO,
    'https://a.io, http://localhost:1',
    ['https://a.io', 'http://localhost:1'],
  ],
  EXPLORER: [(c) => c.isExplorerOn, true, 'off', false],
  TRUSTED_DOCUMENTS_FILE: [
    (c) => c.trustedDocuments,
    null,
    file(JSON.stringify({ abc: DOCUMENT })),
    { manifest: new Map([['abc', DOCUMENT]]), isEnforced: true },
  ],
  TRUSTED_DOCUMENTS: [
    (c) => c.trustedDocuments,
    null,
    'log',
    { manifest: new Map(), isEnforced: false },
    { TRUSTED_DOCUMENTS_FILE: file('{}') },
  ],
  UPSTREAM_TIMEOUT_MS: [(c) => c.upstreamTimeoutMs, 4_000, '250', 250],
  REQUEST_TIMEOUT_MS: [(c) => c.requestTimeoutMs, 10_000, '600000', 600_000],
  BULK_TIMEOUT_MS: [(c) => c.bulkTimeoutMs, 120_000, '1', 1],
  MIND_RATE_PER_SECOND: [(c) => c.ratesPerSecond.mind, null, '5', 5],
  OMNIVIBE_RATE_PER_SECOND: [(c) => c.ratesPerSecond.omnivibe, null, '40', 40],
  V2_RATE_PER_SECOND: [(c) => c.ratesPerSecond.v2, null, '100000', 100_000],
  UPSTREAM_BUDGET: [(c) => c.upstreamBudget, 200, '1', 1],
  MAX_OPERATIONS: [(c) => c.maxOperations, 128, '1', 1],
  DRAIN_DELAY_MS: [(c) => c.drainDelayMs, 5_000, '0', 0],
  DRAIN_TIMEOUT_MS: [(c) => c.drainTimeoutMs, 20_000, '1', 1],
  LOG_LEVEL: [(c) => c.logLevel, 'info', 'silent', 'silent'],
  OTEL_EXPORTER_OTLP_ENDPOINT: [(c) => c.tracesUrl, null, COLLECTOR, `${COLLECTOR}/v1/traces`],
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: [
    (c) => c.tracesUrl,
    null,
    'https://traces.example.com/in',
    'https://traces.example.com/in',
    { OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR },
  ],
  OTEL_SDK_DISABLED: [(c) => c.tracesUrl, null, 'TRUE', null, { OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR }],
};

const NOT_A_CREDENTIAL = /must be printable ASCII without blanks; give the bare token/;
const NOT_A_CLAIM = /must be printable ASCII of at most 1000 characters/;
const NOT_MILLISECONDS = /must be a whole number from 1 to 600000/;
const BAD_CREDENTIALS = ['Bearer canary', 'canary\ncanary', 'canary\tcanary', 'canáry', 'canary\u0000'];
const NOT_A_RATE = /must be a whole number from 5 to 100000/;
const BAD_RATES = ['0', '4', '100001', '-5', '7.5', 'canary'];
const BAD_MILLISECONDS = ['0', '600001', '-5', '2.5', '4e3', '0x10', '5s', 'canary', 'Infinity'];
const BAD_FILES: readonly (readonly [value: string, problem: RegExp])[] = [
  [join(folder, 'canary-missing.json'), /names a file that cannot be read; check the path/],
  [folder, /names a file that cannot be read/],
  [file('{"canary": '), /names a file that is not JSON/],
  [file(''), /names a file that is not JSON/],
  [file('"canary"'), /must name a JSON file with/],
  [file('null'), /must name a JSON file with/],
];
const BAD_URLS: readonly (readonly [value: string, problem: RegExp])[] = [
  ['canary.example.com', /must be an absolute https URL such as/],
  ['//canary.example.com', /must be an absolute https URL/],
  ['/canary', /must be an absolute https URL/],
  ['https://', /must be an absolute https URL/],
  ['file:///etc/canary', /must be an absolute https URL/],
  ['ftp://canary.example.com', /must be an absolute https URL/],
  ['javascript:canary', /must be an absolute https URL/],
  ['https://canary@example.com', /must not contain a user name or password; credentials have variables/],
  ['https://user:canary@example.com', /must not contain a user name or password/],
  ['https://example.com/?apiKey=canary', /must not contain a query or fragment; credentials have variables/],
  ['https://example.com/#canary', /must not contain a query or fragment/],
  ['http://canary.example.com', /must be https; plain http is taken for loopback only/],
  ['http://10.0.0.1/canary', /must be https/],
  ['http://169.254.169.254/canary', /must be https/],
  ['http://127.0.0.1.canary.example.com', /must be https/],
  ['http://localhost.canary.example.com', /must be https/],
  ['http://[::ffff:7f00:1]/canary', /must be https/],
];

const each = (problem: RegExp, values: readonly string[]) => values.map((value) => [value, problem] as const);

const BAD_SECRETS = [
  ...each(NOT_A_CREDENTIAL, ['sixteen letters canary']),
  ...each(/must have at least 16 characters/, ['canary']),
];

const NOT_A_COLLECTOR = /must be an absolute http or https URL without credentials, query or fragment/;
const BAD_COLLECTORS = [
  'canary.example.com',
  'canary.example.com:4318',
  'grpc://canary.example.com',
  'https://user:canary@collector.example.com',
  'https://collector.example.com/?key=canary',
  'https://collector.example.com/#canary',
];

const BAD: Readonly<Record<string, readonly (readonly [value: string, problem: RegExp])[]>> = {
  NODE_ENV: each(/takes production, development or test/, ['Production', 'canary', 'production,canary']),
  HOST: each(/must be an IP address or host name, without scheme or port/, [
    'http://canary',
    'canary:4000',
    'can ary',
    '-canary',
    '[::1]',
  ]),
  PORT: each(/must be a whole number from 0 to 65535/, [
    '65536',
    '-1',
    '80.5',
    '8e3',
    '0x50',
    'canary',
    '999999999999',
  ]),
  SANDBOX: each(/takes "all" or a comma list of mind, omnivibe, v2/, [
    'canary',
    'mind,canary',
    'mind,',
    'Mind',
    'all,canary',
    'true',
  ]),
  DISABLED_BACKENDS: each(/takes a comma list of mind, omnivibe, v2/, ['canary', 'mind;canary', 'V2', 'all']),
  MIND_URL: BAD_URLS,
  MIND_TOKEN: each(NOT_A_CREDENTIAL, BAD_CREDENTIALS),
  MIND_TIMEZONE: each(/must be an IANA zone such as Europe\/Berlin/, ['canary', 'Europe/Canary', '2h']),
  MIND_SETTINGS_PATCH: each(/takes merge or replace/, ['Merge', 'canary', 'merge,replace']),
  OMNIVIBE_URL: BAD_URLS,
  OMNIVIBE_TOKENS_FILE: [
    ...BAD_FILES,
    ...each(/must name a JSON file with an object of e-mail addresses and tokens/, [
      file('["canary"]'),
      file('{"canary":"token"}'),
      file('{"max@example.com":"two canaries"}'),
      file('{"max@example.com":{"token":"canary"}}'),
    ]),
  ],
  OMNIVIBE_TOKEN: each(NOT_A_CREDENTIAL, BAD_CREDENTIALS),
  OMNIVIBE_ACCOUNT_ID: each(/must be a positive whole number/, ['0', '-3', '03', 'canary', '1/../2']),
  OMNIVIBE_PLATFORM_URL: BAD_URLS,
  OMNIVIBE_PLATFORM_TOKEN: each(NOT_A_CREDENTIAL, BAD_CREDENTIALS),
  OMNIVIBE_TOKEN_HEADER: each(/must be a header name/, ['canary: x', 'can ary', 'canary\ncanary']),
  V2_URL: BAD_URLS,
  V2_API_KEY: each(NOT_A_CREDENTIAL, BAD_CREDENTIALS),
  V2_STATUSES_FILE: [
    ...BAD_FILES,
    ...each(/must name a JSON file with a list of objects with id, name and availability/, [
      file('{"canary":[]}'),
      file('[{"id":1,"name":"canary"}]'),
      file('[{"id":1,"name":"x","availability":"canary"}]'),
      file('[{"id":"canary","name":"x","availability":"AWAY"}]'),
      file('[{"id":1,"name":"","availability":"AWAY"}]'),
    ]),
  ],
  AUTH: each(/takes mind, jwt or none/, ['JWT', 'canary', 'MIND', 'mind,jwt']),
  JWKS_URL: BAD_URLS,
  JWT_SECRET: [
    ...each(NOT_A_CREDENTIAL, ['a canary of thirty-two characters and more', `canáry${THIRTY_TWO}`]),
    ...each(/must have at least 32 characters/, ['canary', 'a-canary-of-31-characters-31-31']),
  ],
  JWT_ISSUER: each(NOT_A_CLAIM, ['canáry', 'canary\ncanary', `canary${'x'.repeat(1_000)}`]),
  JWT_AUDIENCE: each(NOT_A_CLAIM, ['canáry', 'canary\u0000']),
  LINKS_FILE: [
    ...BAD_FILES,
    ...each(/must name a JSON file with links .*, apart .* and shared .*, free of contradictions/, [
      file('[]'),
      file('{"canary":[]}'),
      file('{"links":[["mind:42"]]}'),
      file('{"links":[["mind:42","canary:1"]]}'),
      file('{"links":[["mind:42","mind:43"]]}'),
      file('{"links":[["mind:42","v2:17"]],"apart":[["v2:17","mind:42"]]}'),
      file('{"shared":["canary"]}'),
    ]),
  ],
  VERSION_KEY: BAD_SECRETS,
  ROUTER_SECRET: BAD_SECRETS,
  CORS_ORIGINS: each(/takes a comma list of origins such as https:\/\/app\.example\.com/, [
    '*',
    'null',
    'canary.example.com',
    'https://canary.example.com/',
    'https://a.example.com/canary',
    'https://a.example.com,,https://canary.example.com',
  ]),
  EXPLORER: each(/takes on or off/, ['true', '1', 'ON', 'canary']),
  TRUSTED_DOCUMENTS_FILE: [
    ...BAD_FILES,
    ...each(/must name a JSON file with an object of ids and GraphQL documents/, [
      file('["canary"]'),
      file('{"canary":1}'),
      file('{"abc":"{ canary"}'),
      file('{"":"{ canary }"}'),
    ]),
  ],
  TRUSTED_DOCUMENTS: each(/takes log or enforce/, ['off', 'on', 'LOG', 'canary']),
  UPSTREAM_TIMEOUT_MS: each(NOT_MILLISECONDS, BAD_MILLISECONDS),
  REQUEST_TIMEOUT_MS: each(NOT_MILLISECONDS, BAD_MILLISECONDS),
  BULK_TIMEOUT_MS: each(NOT_MILLISECONDS, BAD_MILLISECONDS),
  MIND_RATE_PER_SECOND: each(NOT_A_RATE, BAD_RATES),
  OMNIVIBE_RATE_PER_SECOND: each(NOT_A_RATE, BAD_RATES),
  V2_RATE_PER_SECOND: each(NOT_A_RATE, BAD_RATES),
  UPSTREAM_BUDGET: each(/must be a whole number from 1 to 10000/, ['0', '10001', '-1', '1.5', 'canary']),
  MAX_OPERATIONS: each(/must be a whole number from 1 to 10000/, ['0', '10001', '-1', '1.5', 'canary']),
  DRAIN_DELAY_MS: each(/must be a whole number from 0 to 600000/, ['600001', '-1', '1.5', '5s', 'canary']),
  DRAIN_TIMEOUT_MS: each(NOT_MILLISECONDS, BAD_MILLISECONDS),
  LOG_LEVEL: each(/takes silent, error, warn, info or debug/, ['verbose', 'INFO', 'canary']),
  OTEL_EXPORTER_OTLP_ENDPOINT: each(NOT_A_COLLECTOR, BAD_COLLECTORS),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: each(NOT_A_COLLECTOR, BAD_COLLECTORS),
  OTEL_SDK_DISABLED: each(/takes true or false/, ['yes', '1', 'canary']),
};

describe('each variable', () => {
  it('has a row in these tables', () => {
    expect(Object.keys(GOOD)).toEqual(VARIABLE_NAMES);
    expect(Object.keys(BAD)).toEqual(VARIABLE_NAMES);
  });

  const good = Object.entries(GOOD);
  it.each(good)('%s has its default when it is not set, empty or blank', (name, [read, unset]) => {
    for (const env of [{}, { [name]: '' }, { [name]: '  ' }]) expect(read(loadConfig(env))).toEqual(unset);
  });

  it.each(good)('%s is read, blanks around it aside', (name, [read, , value, readAs, besides]) => {
    for (const each of [value, ` ${value} `]) {
      expect(read(loadConfig({ ...besides, [name]: each }))).toEqual(readAs);
    }
  });

  const rows = Object.entries(BAD).flatMap(([name, values]) =>
    values.map(([value, problem]) => ({
      name,
      value,
      problem,
      shown: JSON.stringify(value.replace(folder, '…')),
    })),
  );
  it.each(rows)('$name refuses $shown without repeating it', ({ name, value, problem }) => {
    const problems = problemsOf({ [name]: value });
    expect(problems.filter((text) => text.startsWith(`${name} `))).toEqual([expect.stringMatching(problem)]);
    expect(problems.join('\n')).not.toMatch(/canary|canár/i);
  });
});

describe('a wrong environment', () => {
  it('is told all its problems at once', () => {
    const worst: Record<string, string> = {};
    for (const [name, [first]] of Object.entries(BAD)) worst[name] = first?.[0] ?? '';
    const problems = problemsOf(worst);
    for (const name of VARIABLE_NAMES) {
      expect(problems).toContainEqual(expect.stringMatching(`^${name} `));
    }
    expect(problems.join('\n')).not.toContain('canary');
  });

  it('is told how many problems there are', () => {
    expect(() => loadConfig({ PORT: 'x' })).toThrow('The configuration has 1 problem.');
    expect(() => loadConfig({ PORT: 'x', HOST: '?' })).toThrow('The configuration has 2 problems.');
  });

  it('is not blamed for what follows from a problem', () => {
    expect(problemsOf({ ...PRODUCTION, SANDBOX: 'everything' })).toHaveLength(1);
    expect(problemsOf({ ...V2, AUTH: 'oauth', DISABLED_BACKENDS: 'mind' })).toHaveLength(1);
    expect(problemsOf({ MIND_URL: 'mind.example.com' })).toHaveLength(1);
    expect(problemsOf({ AUTH: 'jwt', JWT_SECRET: 'short' })).toHaveLength(1);
    expect(problemsOf({ AUTH: 'oauth', JWT_SECRET: THIRTY_TWO })).toHaveLength(1);
    expect(problemsOf({ JWKS_URL: 'login.example.com' })).toHaveLength(1);
  });
});

const REFUSED: readonly (readonly [promise: string, env: Env, ...problems: RegExp[]])[] = [
  [
    'a sandbox for a backend with a URL',
    { ...V2, SANDBOX: 'v2' },
    /^SANDBOX names v2, which also has V2_URL; unset one/,
  ],
  [
    'SANDBOX=all beside URLs',
    { ...MIND, ...V2, SANDBOX: 'all' },
    /^SANDBOX names mind, .* MIND_URL/,
    /^SANDBOX names v2, .* V2_URL/,
  ],
  [
    'a sandbox for a disabled backend',
    { SANDBOX: 'mind', DISABLED_BACKENDS: 'mind' },
    /^SANDBOX and DISABLED_BACKENDS both name mind/,
  ],
  ['no backend at all', { DISABLED_BACKENDS: 'mind,omnivibe,v2' }, /^DISABLED_BACKENDS names every backend/],
  ['a desk without its key', { V2_URL: V2.V2_URL }, /^V2_API_KEY is not set; it is needed with V2_URL/],
  [
    'an administrator without an account',
    { OMNIVIBE_TOKEN: 'x' },
    /^OMNIVIBE_ACCOUNT_ID is not set; it is needed with OMNIVIBE_TOKEN/,
  ],
  [
    'an account without an administrator',
    { OMNIVIBE_ACCOUNT_ID: '1' },
    /^OMNIVIBE_TOKEN is not set; it is needed with OMNIVIBE_ACCOUNT_ID/,
  ],
  [
    'AUTH=none when only callers could open Mind',
    { MIND_URL: MIND.MIND_URL, AUTH: 'none' },
    /^MIND_TOKEN is not set; AUTH=none needs it/,
  ],
  [
    'AUTH=jwt without anything to check tokens with',
    { AUTH: 'jwt' },
    /^AUTH=jwt needs exactly one of JWKS_URL and JWT_SECRET/,
  ],
  [
    'AUTH=jwt with two ways to check tokens',
    { ...JWT, JWKS_URL: KEYS },
    /^AUTH=jwt needs exactly one of JWKS_URL and JWT_SECRET/,
  ],
  [
    'AUTH=jwt when only callers could open Mind',
    { ...JWT, MIND_URL: MIND.MIND_URL },
    /^MIND_TOKEN is not set; AUTH=jwt needs it, as no caller brings a credential for Mind/,
  ],
  [
    'AUTH=jwt in production without a word on whose tokens, and for whom',
    { ...PRODUCTION, ...JWT, SANDBOX: 'all' },
    /^JWT_ISSUER is not set; in production AUTH=jwt needs it/,
    /^JWT_AUDIENCE is not set; in production AUTH=jwt needs it/,
  ],
  ...['http://127.0.0.1:8080/keys', 'HTTP://localhost/keys'].map(
    (url) =>
      [
        `keys that are read in the clear in production: ${url}`,
        { ...PRODUCTION, ...EXPECTED, SANDBOX: 'all', AUTH: 'jwt', JWKS_URL: url },
        /^JWKS_URL must be https in production/,
      ] as const,
  ),
  ...Object.entries({ JWKS_URL: KEYS, JWT_SECRET: THIRTY_TWO, ...EXPECTED }).flatMap(([name, value]) =>
    (['none', 'mind'] as const).map(
      (auth) =>
        [
          `${name} beside AUTH=${auth}, where it would have no effect`,
          { AUTH: auth, [name]: value },
          new RegExp(`^${name} has an effect with AUTH=jwt only`),
        ] as const,
    ),
  ),
  [
    'AUTH=mind without Mind',
    { AUTH: 'mind', DISABLED_BACKENDS: 'mind' },
    /^AUTH=mind.* needs Mind; take it out of DISABLED_BACKENDS/,
  ],
  ['the default of AUTH without Mind', { ...V2, DISABLED_BACKENDS: 'mind' }, /^AUTH=mind.* needs Mind/],
  [
    'production without backends',
    PRODUCTION,
    /^MIND_URL is not set; in production set it, or name mind in SANDBOX or DISABLED_BACKENDS/,
    /^OMNIVIBE_URL is not set/,
    /^V2_URL is not set/,
  ],
  [
    'production with one backend missing',
    { ...PRODUCTION, ...MIND, SANDBOX: 'v2' },
    /^OMNIVIBE_URL is not set/,
  ],
  ...Object.entries({
    ...MIND,
    OMNIVIBE_PLATFORM_TOKEN: 'x',
    OMNIVIBE_TOKENS_FILE: file('{}'),
    V2_API_KEY: 'x',
  })
    .filter(([name]) => name !== 'MIND_URL')
    .map(
      ([name, value]) =>
        [
          `AUTH=none in production beside ${name}`,
          { ...PRODUCTION, SANDBOX: 'all', [name]: value },
          /^AUTH=none would open the gateway’s own credentials to everybody; in production use AUTH=mind/,
        ] as const,
    ),
  [
    'AUTH=none in production beside OMNIVIBE_TOKEN',
    { ...PRODUCTION, SANDBOX: 'all', OMNIVIBE_TOKEN: 'x', OMNIVIBE_ACCOUNT_ID: '1' },
    /^AUTH=none would open/,
  ],
  [
    'callers whom only the Mind sandbox vouches for, in production',
    { ...PRODUCTION, ...V2, SANDBOX: 'mind,omnivibe' },
    /^AUTH=mind would trust the tokens of the Mind sandbox.* set MIND_URL/,
  ],
];

const ACCEPTED: readonly (readonly [promise: string, env: Env, config: object])[] = [
  ['nothing', {}, { auth: 'none', isProduction: false }],
  [
    'one URL, sandboxes for the others, and then AUTH=mind',
    V2,
    {
      auth: 'mind',
      backends: { mind: 'sandbox', omnivibe: 'sandbox', v2: { url: V2.V2_URL, apiKey: V2.V2_API_KEY } },
    },
  ],
  [
    'a sandbox for one; the others without a URL get theirs too',
    { SANDBOX: 'mind' },
    { backends: { mind: 'sandbox', omnivibe: 'sandbox', v2: 'sandbox' } },
  ],
  [
    'a disabled backend that keeps its URL, and needs no key then',
    { V2_URL: V2.V2_URL, DISABLED_BACKENDS: 'v2' },
    { auth: 'none', backends: { mind: 'sandbox', omnivibe: 'sandbox', v2: 'disabled' } },
  ],
  ['AUTH=none with the gateway’s own token for Mind', { ...MIND, AUTH: 'none' }, { auth: 'none' }],
  [
    'AUTH=jwt with keys on loopback, whoever issues the tokens',
    { AUTH: 'jwt', JWKS_URL: 'http://127.0.0.1:8080/keys' },
    { auth: 'jwt', jwt: { key: { jwksUrl: 'http://127.0.0.1:8080/keys' }, issuer: null, audience: null } },
  ],
  [
    'AUTH=jwt in production with all that it needs',
    { ...PRODUCTION, ...MIND, ...OMNIVIBE, ...V2, ...EXPECTED, AUTH: 'jwt', JWKS_URL: KEYS },
    { auth: 'jwt', jwt: { key: { jwksUrl: KEYS }, issuer: EXPECTED.JWT_ISSUER, audience: 'gateway' } },
  ],
  [
    'AUTH=jwt without Mind, when told so',
    { ...JWT, MIND_URL: MIND.MIND_URL, DISABLED_BACKENDS: 'mind' },
    { auth: 'jwt', backends: { mind: 'disabled' } },
  ],
  ['Mind without a token, as callers bring theirs', { MIND_URL: MIND.MIND_URL }, { auth: 'mind' }],
  [
    'plain http to loopback',
    {
      MIND_URL: 'http://127.0.0.2:80/api/mind',
      OMNIVIBE_URL: 'http://[::1]:3000',
      V2_URL: 'http://localhost',
      V2_API_KEY: 'x',
    },
    { auth: 'mind' },
  ],
  [
    'production with every URL',
    { ...PRODUCTION, ...MIND, ...OMNIVIBE, ...V2 },
    { auth: 'mind', isProduction: true, isExplorerOn: false, corsOrigins: [], routerSecret: null },
  ],
  [
    'production on sandboxes, when told so',
    { ...PRODUCTION, SANDBOX: 'all' },
    { auth: 'none', isProduction: true, isExplorerOn: false, corsOrigins: [] },
  ],
  [
    'production with each backend placed differently',
    { ...PRODUCTION, ...MIND, SANDBOX: 'v2', DISABLED_BACKENDS: 'omnivibe' },
    {
      auth: 'mind',
      backends: { mind: { url: MIND.MIND_URL, token: MIND.MIND_TOKEN }, omnivibe: 'disabled', v2: 'sandbox' },
    },
  ],
  [
    'an explorer in production, when told so',
    { ...PRODUCTION, SANDBOX: 'all', EXPLORER: 'on' },
    { isExplorerOn: true },
  ],
];

describe('variables together', () => {
  it.each(REFUSED)('refuse %s', (_promise, env, ...problems) => {
    expect(problemsOf(env)).toEqual(problems.map((problem) => expect.stringMatching(problem)));
  });

  it.each(ACCEPTED)('accept %s', (_promise, env, config) => {
    expect(loadConfig(env)).toMatchObject(config);
  });
});

it('is frozen', () => {
  expect(Object.isFrozen(loadConfig({}))).toBe(true);
});
