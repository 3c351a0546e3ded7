// Sends patches through a gateway, and tells what reached the backends.
import { expect } from '@jest/globals';
import { BACKENDS, type Backend, type JsonObject, type JsonValue } from '../../src/domain/profile.js';
import type { LedgerEntry } from '../../src/sandbox/core/ledger.js';
import { loadContract } from '../support/contract.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

export interface TellingError {
  readonly code: string;
  readonly message: string;
  readonly field: readonly string[] | null;
  readonly backend: string | null;
}
export interface TellingField {
  readonly field: string;
  readonly state: string;
  readonly before: JsonValue;
  readonly after: JsonValue;
}
export interface TellingOutcome {
  readonly backend: string;
  readonly state: string;
  readonly calls: readonly { readonly method: string; readonly path: string; readonly body: JsonValue }[];
  readonly fields: readonly TellingField[];
}
export interface UpdateAnswer {
  readonly status: string;
  readonly userErrors: readonly TellingError[];
  readonly outcomes: readonly TellingOutcome[];
}

/** All that an outcome tells. */
export const OUTCOMES = `
  userErrors { code message field backend }
  outcomes { backend state calls { method path body } fields { field state before after } }`;
export const UPDATE = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { status ${OUTCOMES} } }`;

/** One request that writes: method and path as in `PATCH /profile/42`, and its body. */
export type Wire = readonly [request: string, body: JsonObject];
export type Sent = Readonly<Partial<Record<Backend, readonly Wire[]>>>;

export function writesAt(at: TestGateway, backend: Backend): readonly LedgerEntry[] {
  return at.received()[backend].filter(({ method }) => method !== 'GET');
}

/** Whether an address was written. A gateway remembers addresses for a while, and knows nothing of a reset. */
export function hasMoved(at: TestGateway): boolean {
  const bodies = BACKENDS.flatMap((backend) => writesAt(at, backend).map(({ body }) => body as object));
  return bodies.some((body) => Object.hasOwn(body, 'email'));
}

/** The gateway with its backends as at the start, or another one where it remembers what is not so any more. */
export async function renewed(at: TestGateway): Promise<TestGateway> {
  if (hasMoved(at)) {
    await at.close();
    return startTestGateway();
  }
  for (const backend of BACKENDS) at[backend].reset();
  return at;
}

/** What each backend was sent to write, in order; backends that were sent nothing are left out. */
export function sentBy(at: TestGateway): Sent {
  const told = BACKENDS.flatMap((backend) => {
    const writes = writesAt(at, backend).map(({ method, path, body }): Wire => {
      return [`${method} ${path.replace('/api/mind', '')}`, body as JsonObject];
    });
    return writes.length === 0 ? [] : [[backend, writes] as const];
  });
  return Object.fromEntries(told);
}

/** Updates Max Mustermann, who is mind:42, omnivibe:3 and v2:17, unless `more` names somebody else. */
export async function update(
  at: TestGateway,
  patch: object,
  more: object = {},
): Promise<UpdateAnswer & { readonly sent: Sent }> {
  const input = { profileId: 'mind:42', patch, ...more };
  const { updateProfile } = (await at.query(UPDATE, { input })) as { updateProfile: UpdateAnswer };
  return { ...updateProfile, sent: sentBy(at) };
}

/** `settings.desk.maxChats` and 3 as `{ settings: { desk: { maxChats: 3 } } }`. */
export function nested(values: Iterable<readonly [path: string, value: unknown]>): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const [path, value] of values) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let inside = patch;
    for (const key of keys) inside = (inside[key] ??= {}) as Record<string, unknown>;
    inside[last] = value;
  }
  return patch;
}

/** Where `nested` puts a value; undefined where there is nothing. */
export function valueAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce((inside, key) => (inside as Readonly<Record<string, unknown>> | null | undefined)?.[key], value);
}

const contracts = { mind: loadContract('mind'), omnivibe: loadContract('omnivibe'), v2: loadContract('v2') };
/** What PUT /{id} takes empty, which clears it. */
const MAY_BE_EMPTY = ['telephone', 'language', 'dateFormat'];

/** What holds for every write: the contract takes it, v2's names its user, and nothing is cleared by accident. */
export function expectSoundWrites(at: TestGateway): void {
  // Without one, v2 answers for the user of the gateway's own key; only the index names nobody.
  const reads = at.received().v2.filter(({ method, route }) => method === 'GET' && route !== '/api/v2/user');
  for (const { query } of reads) expect(new URLSearchParams(query).has('userID')).toBe(true);
  for (const backend of BACKENDS) {
    for (const { method, path, route, query, headers, body } of writesAt(at, backend)) {
      const contentType = headers['content-type']?.split(';')[0] ?? '';
      const template = (route ?? path).replaceAll(/:(\w+)/g, '{$1}');
      const exchange = { method, route: template, query, contentType, requestBody: body };
      const problems = contracts[backend].checkRequest(exchange);
      expect({ ...exchange, problems }).toEqual({ ...exchange, problems: [] });
      if (backend === 'mind') expect(body).not.toHaveProperty('settings', null);
      if (backend !== 'v2') continue;
      const form = body as Readonly<Record<string, string>>;
      const isUpdate = template.endsWith('/{id}');
      expect([path, isUpdate || 'id' in form || 'userID' in form]).toEqual([path, true]);
      const empty = Object.keys(form).filter((name) => form[name] === '');
      expect(empty.filter((name) => !isUpdate || !MAY_BE_EMPTY.includes(name))).toEqual([]);
    }
  }
}
