// Which endpoint each write goes to, as docs/writing.md tells it: every mutation and every field is written once in each way,
// and what the sandboxes received is compared with the tables.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdapters } from '../../src/adapters/index.js';
import { loadConfig } from '../../src/config.js';
import { OWNERSHIP, type FieldPath } from '../../src/domain/ownership.js';
import { BACKENDS, type Backend } from '../../src/domain/profile.js';
import { createSchema } from '../../src/graphql/schema.js';
import type { LedgerEntry } from '../../src/sandbox/core/ledger.js';
import { INITIAL_PASSWORD, startOmnivibeSandbox } from '../../src/sandbox/omnivibe/index.js';
import { CAST } from '../../src/sandbox/people.js';
import { joinBackends } from '../../src/server/backends.js';
import { startGateway } from '../../src/server/gateway.js';
import { createLogger } from '../../src/server/logging.js';
import { loadContract } from '../support/contract.js';
import { patchOf, valueFor, WRITABLE_FIELDS } from '../support/patch-values.js';

const MAX = { mind: 'mind:42', omnivibe: 'omnivibe:3', v2: 'v2:17' };

/** With which credentials of omnivibe the gateway is started. */
const CREDENTIALS = {
  all: ['administrator', 'platform', 'own'],
  'no platform': ['administrator', 'own'],
  'platform alone': ['platform'],
  'own alone': ['own'],
} as const satisfies Record<string, readonly string[]>;
type Mode = keyof typeof CREDENTIALS;

/** One write, under the names by which the document tells it. */
interface Case {
  readonly names: readonly string[];
  readonly mode: Mode;
  readonly mutation: string;
  readonly input: object;
}

function update(backend: Backend, fields: readonly FieldPath[], mode: Mode = 'all'): Case[] {
  const withValues = (isOther: boolean) => {
    const patches = fields.map((field) => {
      const value = valueFor(field);
      return patchOf(field, typeof value === 'boolean' ? isOther : value);
    });
    const patch = patches.reduce((all, each) => ({ ...all, ...each }), {});
    const input = { profileId: MAX[backend], patch, backends: [backend.toUpperCase()] };
    return { names: fields, mode, mutation: 'updateProfile', input };
  };
  // A flag that is there already is not sent.
  const isFlag = fields.some((field) => typeof valueFor(field) === 'boolean');
  return isFlag ? [withValues(true), withValues(false)] : [withValues(true)];
}

function writtenAt(backend: Backend): FieldPath[] {
  return WRITABLE_FIELDS.filter((field) => backend in OWNERSHIP[field].write);
}

const NEW = { firstName: 'New', lastName: 'Person', email: 'new.person@example.com', username: 'new.person' };
const alone = (mutation: string, input: object, mode: Mode = 'all'): Case => ({
  names: [mutation],
  ...{ mode, mutation, input },
});
const create = (backends: readonly string[], mode: Mode = 'all') =>
  alone(
    'createProfile',
    { backends, patch: backends.includes('V2') ? NEW : { ...NEW, username: null } },
    mode,
  );
const statistic = { profileId: MAX.v2, statistic: 'open_tickets', primaryOption: 'today' };

const CASES: readonly Case[] = [
  ...BACKENDS.flatMap((backend) => writtenAt(backend).flatMap((field) => update(backend, [field]))),
  ...update('v2', ['firstName', 'lastName', 'username']),
  ...(['no platform', 'own alone'] as const).flatMap((mode) =>
    writtenAt('omnivibe').flatMap((field) => update('omnivibe', [field], mode)),
  ),
  alone('bulkUpdateProfiles', {
    updates: [{ profileId: MAX.mind, patch: patchOf('phone', valueFor('phone')), backends: ['MIND'] }],
  }),
  create(['MIND', 'OMNIVIBE', 'V2']),
  create(['OMNIVIBE'], 'platform alone'),
  alone('changePassword', { profileId: MAX.mind, newPassword: 'Secret-1!' }),
  alone(
    'changePassword',
    { profileId: MAX.omnivibe, currentPassword: INITIAL_PASSWORD, newPassword: 'Secret-1!' },
    'own alone',
  ),
  alone('setStatusLock', { profileId: MAX.v2, statusId: '3' }),
  alone('removeStatusLock', { profileId: 'v2:26' }),
  alone('setDeskStatus', { profileId: MAX.v2, statusId: '2' }),
  alone('setCampaignState', { profileId: MAX.v2, campaign: 'spring', active: true }),
  alone('selectDeskView', { profileId: MAX.v2, viewId: '2', selected: true }),
  alone('addStatistic', statistic),
  alone('removeStatistic', statistic),
  alone('watchStatistic', { ...statistic, watch: true }),
  alone('refreshTab', { tabId: 'tickets' }),
];

const folder = mkdtempSync(join(tmpdir(), 'profile-gateway-endpoints-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A gateway with some of omnivibe's credentials. Answers, for each case, what its writes were received as. */
async function startWith(mode: Mode) {
  const omnivibe = await startOmnivibeSandbox(CAST);
  const has = (kind: string) => (CREDENTIALS[mode] as readonly string[]).includes(kind);
  const tokens = join(folder, `${mode}.json`);
  writeFileSync(tokens, JSON.stringify(omnivibe.userTokens));
  const config = loadConfig({
    ...{ PORT: '0', AUTH: 'none', LOG_LEVEL: 'silent', OMNIVIBE_URL: omnivibe.url },
    ...(has('administrator') && { OMNIVIBE_TOKEN: omnivibe.adminToken, OMNIVIBE_ACCOUNT_ID: '1' }),
    ...(has('platform') && { OMNIVIBE_PLATFORM_TOKEN: omnivibe.platformToken }),
    ...(has('own') && { OMNIVIBE_TOKENS_FILE: tokens }),
  });
  const backends = await joinBackends(config);
  const { mind, v2 } = backends.sandboxes;
  if (mind === null || v2 === null) throw new Error('Mind and v2 must be sandboxes');
  const adapters = createAdapters(backends.options);
  const gateway = await startGateway({ config, adapters, logger: createLogger('silent') });
  const sandboxes = { mind, omnivibe, v2 };
  const credentials = new Map([
    [omnivibe.platformToken, 'platform'],
    [omnivibe.adminToken, 'administrator'],
    ...Object.values(omnivibe.userTokens).map((token) => [token, 'own'] as const),
  ]);

  const endpointOf = (backend: Backend, { method, route, headers }: LedgerEntry) => ({
    backend,
    endpoint: `${method} ${(route ?? '').replaceAll(/:(\w+)/g, '{$1}')}`,
    token: credentials.get(headers['api_access_token'] ?? '') ?? '–',
    encoding: ENCODINGS[headers['content-type']?.split(';')[0] ?? ''] ?? '',
  });

  return {
    async write({ mutation, input }: Case) {
      for (const sandbox of Object.values(sandboxes)) sandbox.reset();
      const type = `${mutation.slice(0, 1).toUpperCase()}${mutation.slice(1)}Input`;
      const result = 'status userErrors { message }';
      const selected = mutation === 'bulkUpdateProfiles' ? `results { ${result} }` : result;
      const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selected} } }`;
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { input } }),
      });
      const answer = await response.text();
      expect({ mutation, input, answer }).toEqual({
        ...{ mutation, input },
        answer: expect.stringMatching(/"status":"(APPLIED|UNCHANGED)","userErrors":\[\]/),
      });
      return BACKENDS.flatMap((backend) =>
        sandboxes[backend].ledger.entries
          .filter(({ method }) => method !== 'GET')
          .map((entry) => endpointOf(backend, entry)),
      );
    },
    async close() {
      await gateway.close();
      await backends.close();
      await omnivibe.close();
    },
  };
}
const ENCODINGS: Readonly<Record<string, string>> = {
  'application/json': 'JSON',
  'application/x-www-form-urlencoded': 'form',
  'multipart/form-data': 'multipart',
};

/** The rows of a table of docs/writing.md, by the heading above it. */
function tableRows(heading: string): string[][] {
  const [, section = ''] = readFileSync('docs/writing.md', 'utf8').split(`\n## ${heading}\n`);
  const lines = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}
const codesIn = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
const SLUGS: Readonly<Record<string, Backend>> = { Mind: 'mind', omnivibe: 'omnivibe', v2: 'v2' };

/** `mind.*` stands for all fields that begin so. */
function expand(name: string): readonly string[] {
  return name.endsWith('*') ? WRITABLE_FIELDS.filter((field) => field.startsWith(name.slice(0, -1))) : [name];
}

const told = tableRows('Which endpoint a write goes to').map(
  ([backend = '', endpoint, token = '', encoding = '', usedBy]) => ({
    backend: SLUGS[backend] ?? backend,
    endpoint: codesIn(endpoint)[0] ?? '',
    ...{ token, encoding },
    usedBy: codesIn(usedBy).flatMap(expand).sort(),
  }),
);

describe('the table of endpoints', () => {
  let used: typeof told = [];

  beforeAll(async () => {
    const found = new Map<string, (typeof told)[number]>();
    for (const mode of Object.keys(CREDENTIALS) as Mode[]) {
      const gateway = await startWith(mode);
      try {
        for (const each of CASES.filter((one) => one.mode === mode)) {
          for (const endpoint of await gateway.write(each)) {
            const key = JSON.stringify(endpoint);
            const names = new Set([...(found.get(key)?.usedBy ?? []), ...each.names]);
            found.set(key, { ...endpoint, usedBy: [...names].sort() });
          }
        }
      } finally {
        await gateway.close();
      }
    }
    used = [...found.values()];
  }, 60_000);

  it('tells each with its token, its encoding and what uses it', () => {
    const byKey = (rows: typeof told) =>
      new Map(rows.map(({ usedBy, ...key }) => [Object.values(key).join(' '), usedBy]));
    expect(byKey(told)).toEqual(byKey(used));
  });

  it('stands in the order of the contracts, each row once', () => {
    const order = BACKENDS.flatMap((backend) =>
      loadContract(backend).operations.map(({ method, route }) => `${backend} ${method} ${route}`),
    );
    const places = told.map(({ backend, endpoint }) => order.indexOf(`${backend} ${endpoint}`));
    expect(places).toEqual(places.toSorted((left, right) => left - right));
    expect(new Set(places).size).toBe(told.length);
  });

  it('leaves no writing endpoint of a contract out, except those that the document gives a reason for', () => {
    const rows = tableRows('Not offered');
    expect(rows.filter(([, , reason = '']) => reason === '')).toEqual([]);
    const withReason = rows.flatMap(([backend = '', endpoints]) =>
      codesIn(endpoints).map((endpoint) => `${SLUGS[backend] ?? backend} ${endpoint}`),
    );
    const isUsed = (endpoint: string) => told.some((row) => `${row.backend} ${row.endpoint}` === endpoint);
    expect(withReason.filter(isUsed)).toEqual([]);
    const left = BACKENDS.flatMap((backend) =>
      loadContract(backend)
        .operations.filter(({ method }) => method !== 'GET')
        .map(({ method, route }) => `${backend} ${method} ${route}`)
        .filter((endpoint) => !isUsed(endpoint) && !withReason.includes(endpoint)),
    );
    expect(left).toEqual([]);
  });

  it('has what the vendors’ documents of writes describe', () => {
    const documented = [
      ...['mind POST /profile', 'mind PATCH /profile/{id}', 'mind PATCH /profiles'],
      'omnivibe PUT /api/v1/profile',
      ...loadContract('v2')
        .operations.filter(({ method }) => method !== 'GET')
        .map(({ method, route }) => `v2 ${method} ${route}`),
    ];
    expect(documented.length).toBe(4 + 19);
    const rows = told.map(({ backend, endpoint }) => `${backend} ${endpoint}`);
    expect(documented.filter((endpoint) => !rows.includes(endpoint))).toEqual([]);
  });

  it('has been tried with every mutation', () => {
    const mutations = Object.keys(createSchema().getMutationType()?.getFields() ?? {});
    expect([...new Set(CASES.map(({ mutation }) => mutation))].sort()).toEqual(mutations.sort());
  });

  it('tells of every field at every backend that takes it', () => {
    for (const backend of BACKENDS) {
      const rows = told.filter((row) => row.backend === backend);
      const fields = writtenAt(backend).filter((field) => !rows.some(({ usedBy }) => usedBy.includes(field)));
      expect({ backend, fields }).toEqual({ backend, fields: [] });
    }
  });
});
