// Every variable: how it is read, its default, and what it is for. The documentation's table is held against this.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { parse } from 'graphql';
import { z } from 'zod';
import { createLinkRules } from '../domain/identity.js';
import { BACKENDS, parseRef } from '../domain/profile.js';

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

export const VARIABLES = {
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

/** What they say. */
export type Values = { readonly [K in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[K]> };

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
