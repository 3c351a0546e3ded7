// Whatever comes in, what goes out is JSON with a code or with data, from a process that lives on as it was.
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Pool } from 'undici';
import { startGatewayProcess, type GatewayProcess } from './gateway-process.js';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 25_000);
const RAW_RUNS = RUNS / 25;
const AT_ONCE = 16;
/** A failure names it; FUZZ_SEED repeats that run. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const TIME_LIMIT_MS = 60_000 + RUNS * 10;

interface Input {
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

let gateway: GatewayProcess;
let pool: Pool;
beforeAll(async () => {
  gateway = await startGatewayProcess();
  pool = new Pool(gateway.url, { connections: AT_ONCE });
}, 60_000);
afterAll(async () => {
  await pool.destroy();
  await gateway.close();
});

const PATCH = {
  firstName: 'A',
  settings: { work: { skills: { tagIds: [1] } } },
  mind: { rawData: { a: [1] } },
};
const OPERATIONS: readonly (readonly [query: string, variables: object])[] = [
  [
    'query Q($id: ID!, $no: Boolean = false) { profile(id: $id) { id firstName ...F @skip(if: $no) } } fragment F on Profile { email presence { availability } }',
    { id: 'mind:42' },
  ],
  [
    'query ($ids: [ID!]!) { profilesById(ids: $ids) { id v2 { username views(limit: 3) { name } } } }',
    { ids: ['mind:42', 'v2:17'] },
  ],
  [
    'query ($first: Int, $filter: ProfileFilter) { profiles(first: $first, filter: $filter) { nodes { id } pageInfo { endCursor } } }',
    { first: 2, filter: { query: 'a' } },
  ],
  [
    'query ($email: EmailAddress!) { profileByEmail(email: $email) { id accounts { backend link { origin } } } }',
    { email: 'max.mustermann@example.com' },
  ],
  [
    'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Profile { id } } }',
    { r: [{ __typename: 'Profile', id: 'mind:42' }] },
  ],
  [
    'query ($i: PlanUpdateProfileInput!) { planUpdateProfile(input: $i) { version userErrors { code } } }',
    { i: { profileId: 'mind:43', patch: PATCH } },
  ],
  [
    'mutation ($i: UpdateProfileInput!) { updateProfile(input: $i) { status outcomes { backend state } userErrors { code } } }',
    { i: { profileId: 'mind:43', patch: PATCH } },
  ],
  [
    'mutation ($i: BulkUpdateProfilesInput!) { bulkUpdateProfiles(input: $i) { results { status } userErrors { code } } }',
    { i: { updates: [{ profileId: 'mind:44', patch: PATCH }] } },
  ],
  ['mutation { setDeskStatus(input: { profileId: "mind:42", statusId: "1" }) { status } }', {}],
  ['{ __schema { types { name } } _service { __typename } }', {}],
];

/** A text with some of its pieces dropped, doubled, swapped or replaced. */
function mutated(source: string, pieces: RegExp): fc.Arbitrary<string> {
  const parts = source.match(pieces) ?? [source];
  const change = fc.record({
    at: fc.nat(parts.length - 1),
    kind: fc.constantFrom('drop', 'double', 'swap', 'replace'),
    by: fc.oneof(
      fc.constantFrom(...parts),
      fc.constantFrom('{', '}', '"', '"""', '...', '@', '$', '#', '\\u0000', '\0', '-1', '1e999'),
      fc.string(),
    ),
  });
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    const result = [...parts];
    for (const { at, kind, by } of changes) {
      const part = result[at] ?? '';
      if (kind === 'drop') result[at] = '';
      else if (kind === 'double') result[at] = part + part;
      else if (kind === 'replace') result[at] = by;
      else [result[at], result[at + 1]] = [result[at + 1] ?? '', part];
    }
    return result.join('');
  });
}

const anyBody = fc.oneof(
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 3, arbitrary: fc.json() },
  {
    weight: 2,
    arbitrary: fc
      .record(
        {
          query: fc.anything(),
          variables: fc.anything(),
          operationName: fc.anything(),
          extensions: fc.anything(),
        },
        { requiredKeys: [] },
      )
      .map(toJson),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }).map((query) => toJson({ query })) },
  {
    weight: 12,
    arbitrary: fc.constantFrom(...OPERATIONS).chain(([query, variables]) =>
      fc.oneof(
        mutated(query, /\w+|\s+|./g).map((changed) => toJson({ query: changed, variables })),
        mutated(query, /./gs).map((changed) => toJson({ query: changed, variables })),
        fc.jsonValue().map((value) => toJson({ query, variables: value })),
        withValue(variables).map((changed) => toJson({ query, variables: changed })),
        mutated(toJson({ query, variables }), /\w+|\s+|./g),
      ),
    ),
  },
);

/** Variables with any JSON in the place of one of their values. */
function withValue(variables: object): fc.Arbitrary<unknown> {
  const json = JSON.stringify(variables);
  return fc.tuple(fc.nat(json.split(':').length), fc.jsonValue()).map(([at, other]) => {
    let i = 0;
    return JSON.parse(json, (_key, value: unknown) => (i++ === at ? other : value)) as unknown;
  });
}

function toJson(value: unknown): string {
  // Of undefined there is no JSON, which its type does not tell.
  const json = JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'bigint' ? String(item) : item,
  ) as string | undefined;
  return json ?? '';
}

const headerValue = fc.stringMatching(/^[\x21-\x7e][\x20-\x7e\xa1-\xff]{0,60}$/);
const anyHeaders = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.oneof(
        fc.constantFrom(
          'accept',
          'authorization',
          'content-type',
          'content-encoding',
          'cookie',
          'origin',
          'range',
          'te',
          'x-request-id',
          'x-router-secret',
          'x-omnivibe-token',
          'x-upstream-bill',
          'x-http-method-override',
          'apollo-federation-include-trace',
          'access-control-request-method',
          '__proto__',
        ),
        fc.stringMatching(/^x-[a-z0-9!#$%&'*.^_`|~-]{1,20}$/),
      ),
      headerValue,
      { maxKeys: 4 },
    ),
  },
);
const anyInput: fc.Arbitrary<Input> = fc.record({ body: anyBody, headers: anyHeaders });

const REFUSALS = [400, 401, 403, 413, 415, 431, 503];

/** What is wrong with an answer; null when nothing is. */
function flawOf(status: number, type: string | undefined, body: string): string | null {
  if (!/^application\/(graphql-response\+)?json; charset=utf-8$/.test(type ?? ''))
    return `is of type ${type ?? 'none'}`;
  let answer: { data?: unknown; errors?: { message?: unknown; extensions?: { code?: unknown } }[] };
  try {
    answer = JSON.parse(body) as typeof answer;
  } catch {
    return 'is no JSON';
  }
  const told = JSON.stringify(answer.errors ?? []);
  if (/call stack|node:|\.[jt]s:\d|\\n\s+at /i.test(told)) return 'tells of the program';
  const codes = (answer.errors ?? []).map(({ extensions }) => extensions?.code);
  if (codes.includes('INTERNAL_SERVER_ERROR')) return 'is a fault of the gateway';
  if (!codes.every((code) => typeof code === 'string' && /^[A-Z_]+$/.test(code)))
    return 'has an error without a code';
  if (status === 200) return 'data' in answer ? null : 'has no data';
  return REFUSALS.includes(status) && codes.length > 0 ? null : `has status ${status}`;
}

const statuses = new Map<number, number>();

async function tryInput({ body, headers }: Input): Promise<string | null> {
  const sent = { 'content-type': 'application/json', ...headers };
  const {
    statusCode,
    headers: received,
    body: answer,
  } = await pool.request({ path: '/graphql', method: 'POST', headers: sent, body });
  statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
  const flaw = flawOf(statusCode, String(received['content-type']), await answer.text());
  return flaw === null ? null : `The answer ${flaw} to ${JSON.stringify({ body: body.toString(), headers })}`;
}

/** Bytes that may be no HTTP at all: an answer is JSON, or there is none. */
async function tryRaw(bytes: Buffer): Promise<string | null> {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1').on('error', () => undefined);
  socket.end(bytes);
  const answer = await text(socket).catch(() => '');
  if (answer === '') return null;
  const isRefusal = /^HTTP\/1\.1 4(00|04|05|08|13|15|31) /.test(answer) && /"code":"[A-Z_]+"/.test(answer);
  return (isRefusal || answer.startsWith('HTTP/1.1 200 ')) && !/call stack|node:/i.test(answer)
    ? null
    : `The answer ${JSON.stringify(answer)} to ${JSON.stringify(bytes.toString('latin1'))}`;
}

const RAW_REQUEST =
  'POST /graphql HTTP/1.1\r\nHost: g\r\nContent-Type: application/json\r\nContent-Length: 26\r\n\r\n{"query":"{ __typename }"}';
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  mutated(RAW_REQUEST, /\w+|\r\n|./gs).map((changed) => Buffer.from(changed, 'latin1')),
);

/** Tries all inputs, some at a time; answers what went wrong, and how many were tried. */
async function tryAll<T>(inputs: readonly T[], one: (input: T) => Promise<string | null>) {
  const failures: string[] = [];
  let tried = 0;
  const left = inputs.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const input of left) {
        const failure = await one(input);
        tried += 1;
        if (failure !== null && failures.length < 10) failures.push(failure);
      }
    }),
  );
  return { failures, tried };
}

describe(`anything at all (FUZZ_SEED=${SEED})`, () => {
  it(
    `is answered properly, ${RUNS} times`,
    async () => {
      const inputs = fc.sample(anyInput, { numRuns: RUNS, seed: SEED });
      expect(await tryAll(inputs, tryInput)).toEqual({ failures: [], tried: RUNS });
      // Enough gets through to try what runs, too.
      expect(statuses.get(200)).toBeGreaterThan(RUNS / 20);
      expect(await gateway.condition()).toMatchObject({ faults: 0, isPristine: true });
      expect(gateway.isAlive()).toBe(true);
    },
    TIME_LIMIT_MS,
  );

  it(
    `is answered properly or not at all where it may be no HTTP, ${RAW_RUNS} times`,
    async () => {
      const inputs = fc.sample(anyBytes, { numRuns: RAW_RUNS, seed: SEED });
      expect(await tryAll(inputs, tryRaw)).toEqual({ failures: [], tried: RAW_RUNS });
      expect(await gateway.condition()).toMatchObject({ faults: 0, isPristine: true });
      expect(gateway.isAlive()).toBe(true);
    },
    TIME_LIMIT_MS,
  );
});
