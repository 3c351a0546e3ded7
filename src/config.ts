// The environment as one frozen, typed Config. Every problem is reported at once, and none repeats a value.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { parse } from 'graphql';
import { z } from 'zod';
import { createLinkRules, type LinkRules } from './domain/identity.js';
import { BACKENDS, parseRef, type Backend, type DeskStatus } from './domain/profile.js';

export interface MindSettings {
  readonly url: string;
  readonly token: string | null;
}
export interface OmnivibeSettings {
  readonly url: string;
  readonly platformUrl: string;
  readonly token: string | null;
  readonly accountId: string | null;
  readonly platformToken: string | null;
  readonly userTokens: Readonly<Record<string, string>>;
}
export interface V2Settings {
  readonly url: string;
  readonly apiKey: string;
}

/** How the tokens of callers are checked; issuer and audience are not where they are null. */
export interface JwtSettings {
  readonly key: { readonly jwksUrl: string } | { readonly secret: string };
  readonly issuer: string | null;
  readonly audience: string | null;
}

/** Where a backend is found: at its vendor, in the built-in sandbox, or not at all. */
export type BackendSetting<S> = S | 'sandbox' | 'disabled';

export interface Config {
  readonly isProduction: boolean;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly backends: {
    readonly mind: BackendSetting<MindSettings>;
    readonly omnivibe: BackendSetting<OmnivibeSettings>;
    readonly v2: BackendSetting<V2Settings>;
  };
  readonly mindTimeZone: string;
  /** What Mind does with a partial `settings`. */
  readonly mindSettingsPatch: 'merge' | 'replace';
  readonly omnivibeTokenHeader: string;
  /** Null: the sandbox's own; none for a desk that is no sandbox. */
  readonly deskStatuses: readonly DeskStatus[] | null;
  readonly auth: 'mind' | 'jwt' | 'none';
  /** Null where AUTH is not jwt. */
  readonly jwt: JwtSettings | null;
  readonly linkRules: LinkRules;
  readonly versionKey: Buffer;
  readonly routerSecret: string | null;
  readonly corsOrigins: readonly string[];
  readonly isExplorerOn: boolean;
  /** The only documents that are run, or that are run without a warning; null where every document is. */
  readonly trustedDocuments: {
    /** Texts by id. */
    readonly manifest: ReadonlyMap<string, string>;
    readonly isEnforced: boolean;
  } | null;
  readonly upstreamTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly bulkTimeoutMs: number;
  /** Calls that a backend is given in any one second; null for as many as come. */
  readonly ratesPerSecond: Readonly<Record<Backend, number | null>>;
  readonly upstreamBudget: number;
  /** Operations under way at a time. */
  readonly maxOperations: number;
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  /** Where spans are sent, as OTLP over HTTP; null: nowhere. */
  readonly tracesUrl: string | null;
}

/** The process cannot run with this environment; `problems` names every variable that is wrong. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration has ${problems.length} problem${problems.length === 1 ? '' : 's'}.`);
    this.problems = problems;
  }
}

const APOLLO_SANDBOX_ORIGINS = [
  'https://studio.apollographql.com',
  'https://sandbox.embed.apollographql.com',
];

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .refine(
      (value) => /^[0-9]{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max,
      `must be a whole number from ${min} to ${max}`,
    )
    .transform(Number);
const milliseconds = (fallback: number) => wholeNumber(1, 600_000).default(fallback);
const names = z
  .string()
  .transform((value) => value.split(',').map((name) => name.trim()))
  .pipe(z.array(z.enum(BACKENDS, `takes a comma list of ${BACKENDS.join(', ')}`)));
const credential = z
  .string()
  .regex(
    /^[\x21-\x7e]+$/,
    'must be printable ASCII without blanks; give the bare token, without "Bearer" before it',
  );
/** What a claim must be equal to. */
const claim = z.string().regex(/^[\x20-\x7e]{1,1000}$/, 'must be printable ASCII of at most 1000 characters');
const upstreamUrl = z.string().superRefine((value, context) => {
  const problem = urlProblem(value);
  if (problem !== null) context.addIssue(problem);
});

/** Of a collector of traces, which is often a neighbour without TLS; what it gets holds no secrets. */
const collectorUrl = z
  .string()
  .refine(
    isPlainUrl,
    'must be an absolute http or https URL without credentials, query or fragment, such as http://collector:4318',
  );

/** An account in a file, written as in the graph: `mind:42`. */
const accountRef = z.string().transform((text, context) => {
  const ref = parseRef(text);
  if (ref !== null) return ref;
  context.addIssue('must be an id such as mind:42');
  return z.NEVER;
});

function linksFile() {
  return z
    .strictObject({
      links: z.array(z.array(accountRef).min(2)).default([]),
      apart: z.array(z.tuple([accountRef, accountRef])).default([]),
      shared: z.array(z.email()).default([]),
    })
    .transform((lists, context) => {
      try {
        return createLinkRules(lists);
      } catch (error) {
        context.addIssue((error as RangeError).message);
        return z.NEVER;
      }
    });
}

const NO_LINKS = createLinkRules({ links: [], apart: [], shared: [] });

/** Every variable: how it is read, its default, and what it is for. The documentation's table is held against this. */
const VARIABLES = {
  // A misspelt "production" would run without its protection.
  NODE_ENV: z
    .enum(['production', 'development', 'test'], 'takes production, development or test')
    .default('development'),
  HOST: z
    .string()
    .refine(isHost, 'must be an IP address or host name, without scheme or port')
    .default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(4000),
  SANDBOX: z
    .union(
      [z.literal('all').transform(() => [...BACKENDS]), names],
      `takes "all" or a comma list of ${BACKENDS.join(', ')}`,
    )
    .optional(),
  DISABLED_BACKENDS: names.optional(),
  MIND_URL: upstreamUrl.optional(),
  MIND_TOKEN: credential.optional(),
  MIND_TIMEZONE: z.string().refine(isTimeZone, 'must be an IANA zone such as Europe/Berlin').default('UTC'),
  MIND_SETTINGS_PATCH: z.enum(['merge', 'replace'], 'takes merge or replace').default('merge'),
  OMNIVIBE_URL: upstreamUrl.optional(),
  OMNIVIBE_TOKENS_FILE: jsonFile(
    z.record(z.email(), credential),
    'an object of e-mail addresses and tokens',
  ).optional(),
  OMNIVIBE_TOKEN: credential.optional(),
  OMNIVIBE_ACCOUNT_ID: z
    .string()
    .regex(/^[1-9][0-9]{0,14}$/, 'must be a positive whole number')
    .optional(),
  OMNIVIBE_PLATFORM_URL: upstreamUrl.optional(),
  OMNIVIBE_PLATFORM_TOKEN: credential.optional(),
  OMNIVIBE_TOKEN_HEADER: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, 'must be a header name')
    .default('api_access_token'),
  V2_URL: upstreamUrl.optional(),
  V2_API_KEY: credential.optional(),
  V2_STATUSES_FILE: jsonFile(
    z.array(
      z.object({
        id: z.coerce.string().regex(/^[0-9]{1,15}$/),
        name: z.string().min(1),
        availability: z.enum(['AVAILABLE', 'BUSY', 'AWAY', 'OFFLINE', 'UNKNOWN']),
      }),
    ),
    'a list of objects with id, name and availability',
  ).optional(),
  AUTH: z.enum(['mind', 'jwt', 'none'], 'takes mind, jwt or none').optional(),
  JWKS_URL: upstreamUrl.optional(),
  JWT_SECRET: credential.min(32, 'must have at least 32 characters').optional(),
  JWT_ISSUER: claim.optional(),
  JWT_AUDIENCE: claim.optional(),
  LINKS_FILE: jsonFile(
    linksFile(),
    'links (lists of ids that are one person), apart (pairs of ids that are not) and shared (addresses), free of contradictions',
  ).default(NO_LINKS),
  VERSION_KEY: credential.min(16, 'must have at least 16 characters').optional(),
  ROUTER_SECRET: credential.min(16, 'must have at least 16 characters').optional(),
  CORS_ORIGINS: z
    .string()
    .transform((value) => value.split(',').map((origin) => origin.trim()))
    .pipe(
      z.array(z.string().refine(isOrigin, 'takes a comma list of origins such as https://app.example.com')),
    )
    .optional(),
  EXPLORER: z.enum(['on', 'off'], 'takes on or off').optional(),
  TRUSTED_DOCUMENTS_FILE: jsonFile(
    z
      .record(z.string().min(1), z.string().refine(isGraphQL))
      .transform((texts) => new Map(Object.entries(texts))),
    'an object of ids and GraphQL documents',
  ).optional(),
  TRUSTED_DOCUMENTS: z.enum(['log', 'enforce'], 'takes log or enforce').optional(),
  UPSTREAM_TIMEOUT_MS: milliseconds(4_000),
  REQUEST_TIMEOUT_MS: milliseconds(10_000),
  BULK_TIMEOUT_MS: milliseconds(120_000),
  MIND_RATE_PER_SECOND: wholeNumber(5, 100_000).optional(),
  OMNIVIBE_RATE_PER_SECOND: wholeNumber(5, 100_000).optional(),
  V2_RATE_PER_SECOND: wholeNumber(5, 100_000).optional(),
  UPSTREAM_BUDGET: wholeNumber(1, 10_000).default(200),
  MAX_OPERATIONS: wholeNumber(1, 10_000).default(128),
  DRAIN_DELAY_MS: wholeNumber(0, 600_000).default(5_000),
  DRAIN_TIMEOUT_MS: milliseconds(20_000),
  LOG_LEVEL: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'], 'takes silent, error, warn, info or debug')
    .default('info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collectorUrl.optional(),
  OTEL_SDK_DISABLED: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false'], 'takes true or false'))
    .default('false'),
};

/** The names of all variables that are read. */
export const VARIABLE_NAMES: readonly string[] = Object.keys(VARIABLES);

type Values = { readonly [K in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[K]> };

/** Reads the environment. An empty variable counts as not set. Throws ConfigError. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(VARIABLES)) {
    const raw = env[name]?.trim();
    const result = schema.safeParse(raw === '' ? undefined : raw);
    if (result.success) values[name] = result.data;
    else problems.push(`${name} ${result.error.issues[0]?.message ?? 'is not acceptable'}.`);
  }
  const isSet = (name: string) => (env[name]?.trim() ?? '') !== '';
  const draft = createDraft(values, isSet);
  problems.push(...conflicts(draft));
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(assemble(values as Values, draft.auth));
}

const URL_OF = { mind: 'MIND_URL', omnivibe: 'OMNIVIBE_URL', v2: 'V2_URL' } as const;

/** Variables that open a backend to whoever may use the gateway. */
const CREDENTIALS = [
  'MIND_TOKEN',
  'OMNIVIBE_TOKENS_FILE',
  'OMNIVIBE_TOKEN',
  'OMNIVIBE_PLATFORM_TOKEN',
  'V2_API_KEY',
] as const;

/** Variables that have an effect with AUTH=jwt only. */
const OF_JWT = ['JWKS_URL', 'JWT_SECRET', 'JWT_ISSUER', 'JWT_AUDIENCE'] as const;

/** What is known while problems are looked for: a variable that is wrong has no value yet. */
interface Draft {
  readonly values: Partial<Values>;
  readonly isProduction: boolean;
  readonly auth: Config['auth'];
  readonly isSet: (name: keyof Values) => boolean;
  readonly isWrong: (name: keyof Values) => boolean;
  readonly isSandbox: (backend: Backend) => boolean;
  readonly isDisabled: (backend: Backend) => boolean;
}

function createDraft(values: Partial<Values>, isSet: Draft['isSet']): Draft {
  const isDisabled = (backend: Backend) => values.DISABLED_BACKENDS?.includes(backend) === true;
  // Nothing is to be protected where every backend is a sandbox.
  const isReal = (backend: Backend) => isSet(URL_OF[backend]) && !isDisabled(backend);
  return {
    values,
    isProduction: values.NODE_ENV === 'production',
    auth: values.AUTH ?? (BACKENDS.some(isReal) ? 'mind' : 'none'),
    isSet,
    isWrong: (name) => isSet(name) && values[name] === undefined,
    isSandbox: (backend) => values.SANDBOX?.includes(backend) === true,
    isDisabled,
  };
}

/** What is wrong between variables. What depends on one that is wrong itself is not judged. */
function conflicts(draft: Draft): string[] {
  const { isWrong } = draft;
  return [
    ...(isWrong('SANDBOX') || isWrong('DISABLED_BACKENDS') ? [] : placeProblems(draft)),
    ...(isWrong('AUTH') || isWrong('DISABLED_BACKENDS') ? [] : authProblems(draft)),
    ...(isWrong('AUTH') ? [] : jwtProblems(draft)),
    ...credentialProblems(draft),
    ...(draft.isSet('TRUSTED_DOCUMENTS') && !draft.isSet('TRUSTED_DOCUMENTS_FILE')
      ? ['TRUSTED_DOCUMENTS_FILE is not set; it is needed with TRUSTED_DOCUMENTS.']
      : []),
  ];
}

function placeProblems({ isProduction, isSet, isSandbox, isDisabled }: Draft): string[] {
  const problems = BACKENDS.flatMap((backend) => {
    const url = URL_OF[backend];
    const isPlaced = isSet(url) || isSandbox(backend) || isDisabled(backend);
    return [
      ...(isSandbox(backend) && isSet(url)
        ? [`SANDBOX names ${backend}, which also has ${url}; unset one of them.`]
        : []),
      ...(isSandbox(backend) && isDisabled(backend)
        ? [`SANDBOX and DISABLED_BACKENDS both name ${backend}; take it out of one of them.`]
        : []),
      ...(isProduction && !isPlaced
        ? [`${url} is not set; in production set it, or name ${backend} in SANDBOX or DISABLED_BACKENDS.`]
        : []),
    ];
  });
  if (BACKENDS.every(isDisabled)) problems.push('DISABLED_BACKENDS names every backend; leave one.');
  return problems;
}

function credentialProblems({ isSet, isDisabled }: Draft): string[] {
  const needed = [
    ...(isDisabled('v2') ? [] : [['V2_URL', 'V2_API_KEY'] as const]),
    ['OMNIVIBE_TOKEN', 'OMNIVIBE_ACCOUNT_ID'],
    ['OMNIVIBE_ACCOUNT_ID', 'OMNIVIBE_TOKEN'],
  ] as const;
  return needed
    .filter(([given, other]) => isSet(given) && !isSet(other))
    .map(([given, other]) => `${other} is not set; it is needed with ${given}.`);
}

function authProblems({ isProduction, auth, isSet, isSandbox, isDisabled }: Draft): string[] {
  const problems: string[] = [];
  const isAtRisk = isProduction && CREDENTIALS.some(isSet);
  if (auth === 'none' && isAtRisk) {
    problems.push(
      'AUTH=none would open the gateway’s own credentials to everybody; in production use AUTH=mind or AUTH=jwt.',
    );
  }
  if (auth !== 'mind' && isSet('MIND_URL') && !isSet('MIND_TOKEN') && !isDisabled('mind')) {
    problems.push(`MIND_TOKEN is not set; AUTH=${auth} needs it, as no caller brings a credential for Mind.`);
  }
  if (auth === 'mind' && isDisabled('mind')) {
    problems.push(
      'AUTH=mind, the default where a backend has a URL, needs Mind; take it out of DISABLED_BACKENDS.',
    );
  }
  if (auth === 'mind' && isSandbox('mind') && isAtRisk) {
    problems.push(
      'AUTH=mind would trust the tokens of the Mind sandbox, which everybody knows; in production set MIND_URL.',
    );
  }
  return problems;
}

function jwtProblems({ isProduction, auth, isSet, isWrong, values }: Draft): string[] {
  if (auth !== 'jwt') {
    return OF_JWT.filter((name) => isSet(name) && !isWrong(name)).map(
      (name) => `${name} has an effect with AUTH=jwt only; set that, or unset it.`,
    );
  }
  const problems: string[] = [];
  if (isSet('JWKS_URL') === isSet('JWT_SECRET')) {
    problems.push('AUTH=jwt needs exactly one of JWKS_URL and JWT_SECRET, to check tokens with.');
  }
  const { JWKS_URL } = values;
  if (isProduction && JWKS_URL !== undefined && new URL(JWKS_URL).protocol !== 'https:') {
    problems.push('JWKS_URL must be https in production: who changes the keys on the way can be anybody.');
  }
  for (const name of ['JWT_ISSUER', 'JWT_AUDIENCE'] as const) {
    if (!isProduction || isSet(name)) continue;
    problems.push(`${name} is not set; in production AUTH=jwt needs it, as others’ tokens would do as well.`);
  }
  return problems;
}

function assembleJwt({ JWKS_URL, JWT_SECRET, JWT_ISSUER, JWT_AUDIENCE }: Values): JwtSettings {
  return {
    key: JWKS_URL === undefined ? { secret: JWT_SECRET ?? '' } : { jwksUrl: JWKS_URL },
    issuer: JWT_ISSUER ?? null,
    audience: JWT_AUDIENCE ?? null,
  };
}

function assemble(values: Values, auth: Config['auth']): Config {
  const isProduction = values.NODE_ENV === 'production';
  const place = <S>(backend: Backend, settings: (url: string) => S): BackendSetting<S> => {
    if (values.DISABLED_BACKENDS?.includes(backend) === true) return 'disabled';
    const url = values[URL_OF[backend]];
    return url === undefined ? 'sandbox' : settings(url);
  };
  return {
    isProduction,
    host: values.HOST,
    port: values.PORT,
    backends: {
      mind: place('mind', (url) => ({ url, token: values.MIND_TOKEN ?? null })),
      omnivibe: place('omnivibe', (url) => ({
        url,
        platformUrl: values.OMNIVIBE_PLATFORM_URL ?? url,
        token: values.OMNIVIBE_TOKEN ?? null,
        accountId: values.OMNIVIBE_ACCOUNT_ID ?? null,
        platformToken: values.OMNIVIBE_PLATFORM_TOKEN ?? null,
        userTokens: values.OMNIVIBE_TOKENS_FILE ?? {},
      })),
      v2: place('v2', (url) => ({
        url,
        apiKey: values.V2_API_KEY ?? '',
      })),
    },
    mindTimeZone: values.MIND_TIMEZONE,
    mindSettingsPatch: values.MIND_SETTINGS_PATCH,
    omnivibeTokenHeader: values.OMNIVIBE_TOKEN_HEADER,
    deskStatuses: values.V2_STATUSES_FILE ?? null,
    auth,
    jwt: auth === 'jwt' ? assembleJwt(values) : null,
    linkRules: values.LINKS_FILE,
    versionKey: values.VERSION_KEY === undefined ? randomBytes(32) : Buffer.from(values.VERSION_KEY),
    routerSecret: values.ROUTER_SECRET ?? null,
    corsOrigins: values.CORS_ORIGINS ?? (isProduction ? [] : APOLLO_SANDBOX_ORIGINS),
    isExplorerOn: values.EXPLORER === undefined ? !isProduction : values.EXPLORER === 'on',
    trustedDocuments:
      values.TRUSTED_DOCUMENTS_FILE === undefined
        ? null
        : { manifest: values.TRUSTED_DOCUMENTS_FILE, isEnforced: values.TRUSTED_DOCUMENTS !== 'log' },
    upstreamTimeoutMs: values.UPSTREAM_TIMEOUT_MS,
    requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
    bulkTimeoutMs: values.BULK_TIMEOUT_MS,
    ratesPerSecond: {
      mind: values.MIND_RATE_PER_SECOND ?? null,
      omnivibe: values.OMNIVIBE_RATE_PER_SECOND ?? null,
      v2: values.V2_RATE_PER_SECOND ?? null,
    },
    upstreamBudget: values.UPSTREAM_BUDGET,
    maxOperations: values.MAX_OPERATIONS,
    drainDelayMs: values.DRAIN_DELAY_MS,
    drainTimeoutMs: values.DRAIN_TIMEOUT_MS,
    logLevel: values.LOG_LEVEL,
    tracesUrl: tracesUrl(values),
  };
}

function tracesUrl(values: Values): string | null {
  if (values.OTEL_SDK_DISABLED === 'true') return null;
  const base = values.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/*$/, '/');
  return values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base === undefined ? null : `${base}v1/traces`);
}

function urlProblem(value: string): string | null {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return 'must be an absolute https URL such as https://backend.example.com';
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not contain a user name or password; credentials have variables of their own';
  }
  if (url.search !== '' || url.hash !== '') {
    return 'must not contain a query or fragment; credentials have variables of their own';
  }
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  return url.protocol === 'http:' && !isLoopback
    ? 'must be https; plain http is taken for loopback only, such as http://127.0.0.1:8080'
    : null;
}

function isPlainUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return ['http:', 'https:'].includes(protocol) && username + password + search + hash === '';
}

function isGraphQL(text: string): boolean {
  try {
    return parse(text).definitions.length > 0;
  } catch {
    return false;
  }
}

function isHost(value: string): boolean {
  return isIP(value) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(value);
}

function isTimeZone(value: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}

/** A variable that names a JSON file; neither its name nor its content is repeated. */
function jsonFile<T>(schema: z.ZodType<T>, shape: string) {
  return z.string().transform((path, context) => {
    const file = readJson(path);
    const result = 'problem' in file ? null : schema.safeParse(file.content);
    if (result?.success === true) return result.data;
    context.addIssue('problem' in file ? file.problem : `must name a JSON file with ${shape}`);
    return z.NEVER;
  });
}

function readJson(path: string): { readonly content: unknown } | { readonly problem: string } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return { problem: 'names a file that cannot be read; check the path and its permissions' };
  }
  try {
    return { content: JSON.parse(text) };
  } catch {
    return { problem: 'names a file that is not JSON' };
  }
}
