// The bound: what the gateway's answers cost when they are written by hand. It makes the same calls, knows the workloads'
// operations by their text, checks nobody and nothing, and builds the same JSON. It is as fast as we could make it, since
// everybody else is measured against it.
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import type { BenchPerson } from './people.js';

type MindRow = BenchPerson['mind'];
type V2Row = BenchPerson['v2'];
type OmnivibeUser = BenchPerson['omnivibe'];
type Headers = Record<string, string>;

/** What a request may call, and its caller's credential. */
interface Reach {
  readonly mind: Pool;
  readonly v2: Pool;
  readonly omnivibe: Pool;
  readonly headers: Headers;
}

const { env } = process;
/** Of one caller to each upstream; null for connections that all share. */
const perCaller = env['BENCH_CALLS_PER_CALLER'] === undefined ? null : Number(env['BENCH_CALLS_PER_CALLER']);
const connections = perCaller ?? Number(env['BENCH_CONNECTIONS']);
const open = (name: string) => new Pool(new URL(env[name] ?? '').origin, { connections });
const reachOf = (authorization: string): Reach => ({
  mind: open('MIND_URL'),
  v2: open('V2_URL'),
  omnivibe: open('OMNIVIBE_URL'),
  headers: { authorization },
});
const everybody = reachOf('');
const reaches = new Map<string, Reach>();

function reach(authorization: string): Reach {
  if (perCaller === null) {
    const { mind, v2, omnivibe } = everybody;
    return { mind, v2, omnivibe, headers: { authorization } };
  }
  let known = reaches.get(authorization);
  if (known === undefined) reaches.set(authorization, (known = reachOf(authorization)));
  return known;
}

const tokenByEmail = JSON.parse(readFileSync(env['OMNIVIBE_TOKENS_FILE'] ?? '', 'utf8')) as Headers;
const V2_HEADERS: Headers = { apiKey: 'bench' };

/** Collects a body: no stream, no parsed headers. */
class Reply<T> {
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: Error) => void;
  #status = 0;
  #chunks: Buffer[] = [];

  constructor(resolve: (value: T) => void, reject: (error: Error) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onConnect(): void {
    // Nothing gives up.
  }

  onHeaders(status: number): boolean {
    this.#status = status;
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    return true;
  }

  onComplete(): void {
    if (this.#status === 200) this.#resolve(parse(this.#chunks) as T);
    else this.#reject(new Error(`An upstream answered ${this.#status}`));
  }

  onError(error: Error): void {
    this.#reject(error);
  }
}

function parse(chunks: readonly Buffer[]): unknown {
  const [first] = chunks;
  const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
  return JSON.parse(bytes.toString());
}

function ask<T>(
  pool: Pool,
  path: string,
  headers: Headers,
  method: 'GET' | 'PATCH' = 'GET',
  body: string | null = null,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    pool.dispatch({ path, method, headers, body }, new Reply(resolve, reject));
  });
}

const idsQuery = (ids: readonly string[]) =>
  `/profiles?${ids.map((id) => `userIds%5B%5D=${id}`).join('&')}&show%5B%5D=all&format=full&limit=${ids.length}`;
const nativeId = (id: string) => id.slice(id.indexOf(':') + 1);

const mindByIds = (ids: readonly string[], { mind, headers }: Reach) =>
  ask<readonly MindRow[]>(mind, idsQuery(ids), headers);
const mindPage = (limit: number, { mind, headers }: Reach) =>
  ask<readonly MindRow[]>(mind, `/profiles?show%5B%5D=users&format=full&limit=${limit}`, headers);
const v2Search = (query: string, { v2 }: Reach) =>
  ask<{ items: readonly V2Row[] }>(v2, `/api/v2/user?${query}itemStart=0&itemLimit=999`, V2_HEADERS);
const omnivibeUser = ({ email }: MindRow, { omnivibe }: Reach) =>
  ask<OmnivibeUser>(omnivibe, '/api/v1/profile', { api_access_token: tokenByEmail[email] ?? '' });

async function v2ByEmail(reach: Reach): Promise<ReadonlyMap<string, V2Row>> {
  const { items } = await v2Search('', reach);
  return new Map(items.map((row) => [row.email, row]));
}

/** A person's share of the answer, in the order of the queries. */
function onMind(row: MindRow) {
  const { settings } = row;
  const id = String(row.id);
  return {
    id: `mind:${id}`,
    mindUserId: id,
    firstName: row.firstName,
    lastName: row.lastName,
    email: row.email,
    phone: row.phone,
    language: row.lang,
    externalId: row.externalId,
    lastSeenAt: row.lastSeen,
    mind: {
      nativeId: id,
      name: `${row.firstName} ${row.lastName}`,
      nameAlias: row.nameAlias,
      type: row.type,
      ssoOnly: row.isSsoOnly,
    },
    settings: {
      work: {
        inheritsFromTeams: settings.inheritTeamSettings,
        personalFilters: settings.isPersonalFilters,
        supersetRole: settings.supersetRole,
        reportName: settings.nameReports,
        teamIds: settings.teamIds,
        roleId: { own: settings.roleId, effective: settings.actualRoleId },
      },
    },
  };
}

function onTwo(row: MindRow, user: V2Row | undefined) {
  if (user === undefined) throw new Error(`${row.email} is not on v2`);
  return {
    ...onMind(row),
    v2UserId: String(user.id),
    username: user.name,
    v2: {
      active: user.active,
      telephone: user.telephone_number,
      dateFormat: user.dateFormat,
      groups: user.groups,
    },
  };
}

function onThree(row: MindRow, v2User: V2Row | undefined, user: OmnivibeUser) {
  const nativeId = String(user.id);
  return {
    ...onTwo(row, v2User),
    omnivibeUserId: nativeId,
    displayName: user.display_name,
    avatarUrl: user.avatar_url,
    omnivibe: {
      nativeId,
      name: user.name,
      email: user.email,
      availableName: user.available_name,
      confirmed: user.confirmed,
    },
  };
}

interface Variables {
  readonly id: string;
  readonly ids: readonly string[];
  readonly first: number;
  readonly updates: readonly { readonly profileId: string; readonly patch: { readonly firstName: string } }[];
}
type Plan = (variables: Variables, reach: Reach) => Promise<unknown>;

const one1: Plan = async ({ id }, reach) => {
  const rows = await mindByIds([nativeId(id)], reach);
  return { profile: rows.map(onMind)[0] };
};

const one3: Plan = async ({ id }, reach) => {
  const [row] = await mindByIds([nativeId(id)], reach);
  if (row === undefined) throw new Error(`${id} is not at Mind`);
  const search = v2Search(`query=${encodeURIComponent(row.email)}&`, reach);
  const [{ items }, user] = await Promise.all([search, omnivibeUser(row, reach)]);
  return { profile: onThree(row, items[0], user) };
};

const mind100: Plan = async ({ ids }, reach) => {
  const rows = await mindByIds(ids.map(nativeId), reach);
  const rowById = new Map(rows.map((row) => [`mind:${row.id}`, row]));
  return {
    profilesById: ids.map((id) => {
      const row = rowById.get(id);
      return row === undefined ? null : onMind(row);
    }),
  };
};

const list100: Plan = async ({ first }, reach) => {
  const [rows, users] = await Promise.all([mindPage(first, reach), v2ByEmail(reach)]);
  return { profiles: { nodes: rows.map((row) => onTwo(row, users.get(row.email))) } };
};

const join100: Plan = async ({ first }, reach) => {
  const [rows, users] = await Promise.all([mindPage(first, reach), v2ByEmail(reach)]);
  return { profiles: { nodes: await joined(rows, users, reach) } };
};

const joined = (rows: readonly MindRow[], users: ReadonlyMap<string, V2Row>, reach: Reach) =>
  Promise.all(rows.map(async (row) => onThree(row, users.get(row.email), await omnivibeUser(row, reach))));

/** Which alias asks for which variable is read off the query, once. */
function planAliases(query: string): Plan {
  const aliases = Array.from(
    query.matchAll(/(\w+): profile\(id: \$(\w+)\)/g),
    ([, alias = '', name = '']) => ({
      alias,
      name,
    }),
  );
  return async (variables, reach) => {
    const idOf = variables as unknown as Readonly<Record<string, string>>;
    const ids = [...new Set(aliases.map(({ name }) => nativeId(idOf[name] ?? '')))];
    const [rows, users] = await Promise.all([mindByIds(ids, reach), v2ByEmail(reach)]);
    const personById = new Map((await joined(rows, users, reach)).map((person) => [person.id, person]));
    return Object.fromEntries(aliases.map(({ alias, name }) => [alias, personById.get(idOf[name] ?? '')]));
  };
}

const CHUNK = 100;
const CHUNKS_AT_ONCE = 4;

const bulk1000: Plan = async ({ updates }, reach) => {
  const chunks = Array.from({ length: Math.ceil(updates.length / CHUNK) }, (_, i) =>
    updates.slice(i * CHUNK, (i + 1) * CHUNK),
  );
  const writing = { ...reach.headers, 'content-type': 'application/json' };
  const applied = new Set<number>();
  const work = async () => {
    for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
      const rows = await mindByIds(
        chunk.map(({ profileId }) => nativeId(profileId)),
        reach,
      );
      const known = new Set(rows.map(({ id }) => id));
      const profiles = chunk
        .map(({ profileId, patch }) => ({ id: Number(nativeId(profileId)), firstName: patch.firstName }))
        .filter(({ id }) => known.has(id));
      const body = JSON.stringify({ profiles });
      const { results } = await ask<{ results: readonly { id: number; success: boolean }[] }>(
        reach.mind,
        '/profiles',
        writing,
        'PATCH',
        body,
      );
      for (const { id, success } of results) if (success) applied.add(id);
    }
  };
  await Promise.all(Array.from({ length: CHUNKS_AT_ONCE }, work));
  const results = updates.map(({ profileId }) => {
    const isApplied = applied.has(Number(nativeId(profileId)));
    return { profileId, status: isApplied ? 'APPLIED' : 'FAILED' };
  });
  return { bulkUpdateProfiles: { results } };
};

function planOf(query: string): Plan {
  const name = /^\s*\w+ (\w+)/.exec(query)?.[1];
  switch (name) {
    case 'One':
      return query.includes('omnivibeUserId') ? one3 : one1;
    case 'Many':
      return mind100;
    case 'List':
      return query.includes('omnivibeUserId') ? join100 : list100;
    case 'Twenty':
      return planAliases(query);
    case 'Bulk':
      return bulk1000;
    default:
      throw new Error(`The bound knows no operation ${name ?? 'without a name'}`);
  }
}

const plans = new Map<string, Plan>();

async function answer(chunks: readonly Buffer[], authorization: string): Promise<unknown> {
  const { query, variables } = parse(chunks) as { query: string; variables: Variables };
  let plan = plans.get(query);
  if (plan === undefined) plans.set(query, (plan = planOf(query)));
  return { data: await plan(variables, reach(authorization)) };
}

/** From here on it is cheaper to let the socket encode a text than to do it before. */
const LONG = 8_192;

function send(response: ServerResponse, status: number, json: unknown): void {
  const text = JSON.stringify(json);
  const body = text.length < LONG ? Buffer.from(text) : text;
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, headers).end(body);
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    answer(chunks, request.headers.authorization ?? '').then(
      (json) => {
        send(response, 200, json);
      },
      (error: unknown) => {
        send(response, 500, { errors: [{ message: String(error) }] });
      },
    );
  });
});
server.keepAliveTimeout = 120_000;
server.listen(Number(env['PORT']), env['HOST'], () => {
  const { address, port } = server.address() as AddressInfo;
  process.stdout.write(`listening on http://${address}:${port}\n`);
});
