// The environment as one frozen, typed Config. Every problem is reported at once, and none repeats a value.
import { randomBytes } from 'node:crypto';
import { conflicts, createDraft, URL_OF } from './config/conflicts.js';
import { VARIABLES, type Values } from './config/variables.js';
import type { LinkRules } from './domain/identity.js';
import type { Backend, DeskStatus } from './domain/profile.js';

export { VARIABLE_NAMES } from './config/variables.js';

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
