// The three backends of the bench, as cheap as can be, in a process of their own: every answer is written once and kept. A fourth
// port, which prints and takes what `Upstreams` in contenders.ts asks, counts the calls and delays the answers.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LINKED_PEOPLE, omnivibeToken, people } from './people.js';

/** What is counted apart. Of `mind.auth` and `other`, no workload has any. */
const KINDS = ['mind.auth', 'mind.read', 'mind.write', 'v2.read', 'omnivibe.read', 'other'] as const;
export type CallKind = (typeof KINDS)[number];

export interface UpstreamCounts {
  readonly calls: Readonly<Record<CallKind, number>>;
  /** Items of all writes at Mind, and how many people they concerned. */
  readonly written: { readonly items: number; readonly people: number };
}

interface Reply {
  readonly kind: CallKind;
  readonly status: number;
  readonly body: Buffer;
}

const KEEP_ALIVE_MS = 120_000;

const linked = people.slice(0, Number(process.env['BENCH_LINKED'] ?? LINKED_PEOPLE));
const mindRows = people.map(({ mind }) => mind);
const v2Rows = linked.map(({ v2 }) => v2);
const mindRowById = new Map(mindRows.map((row) => [String(row.id), row]));
const v2RowByEmail = new Map(v2Rows.map((row) => [row.email, row]));
const omnivibeReplies = new Map(
  linked.map(({ omnivibe }) => [omnivibeToken(omnivibe.id), reply('omnivibe.read', omnivibe)]),
);

const written = { items: 0, ids: new Set<number>() };
let calls = noCalls();
let latencyMs = 0;

function noCalls(): Record<CallKind, number> {
  return Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<CallKind, number>;
}

function reply(kind: CallKind, json: unknown): Reply {
  return { kind, status: 200, body: Buffer.from(JSON.stringify(json)) };
}

const NOT_FOUND: Reply = { ...reply('other', { error: 'Not found.' }), status: 404 };
const NOT_ALLOWED: Reply = { ...reply('other', { error: 'Please sign in.' }), status: 401 };

function answerMind(url: URL): Reply {
  if (url.pathname !== '/profiles') return NOT_FOUND;
  const { searchParams: query } = url;
  const ids = query.getAll('userIds[]');
  const offset = Number(query.get('offset') ?? 0);
  const limit = Number(query.get('limit') ?? mindRows.length);
  const rows = ids.length > 0 ? ids.flatMap((id) => mindRowById.get(id) ?? []) : mindRows;
  return reply('mind.read', rows.slice(offset, offset + limit));
}

function answerV2(url: URL): Reply {
  if (url.pathname !== '/api/v2/user') return NOT_FOUND;
  const email = url.searchParams.get('query');
  const itemStart = Number(url.searchParams.get('itemStart') ?? 0);
  const itemLimit = Number(url.searchParams.get('itemLimit') ?? v2Rows.length);
  const found = email === null ? v2Rows : [v2RowByEmail.get(email) ?? []].flat();
  const items = found.slice(itemStart, itemStart + itemLimit);
  return reply('v2.read', { type: 'user', itemStart, itemTotal: found.length, itemLimit, items });
}

/** Who a caller is, with what it takes to read and write everybody. */
function answerCaller(authorization = ''): Reply {
  const number = /^Bearer bench-caller-(\d+)$/.exec(authorization)?.[1];
  if (number === undefined) return NOT_ALLOWED;
  const permissions = ['readAnyUserProfile', 'updateSpecificProfile'];
  return reply('mind.auth', { id: 100_000 + Number(number), permissions });
}

function answerWrite(body: string): Reply {
  const { profiles } = JSON.parse(body) as { profiles: readonly { readonly id: number }[] };
  written.items += profiles.length;
  const results = profiles.map(({ id }) => {
    written.ids.add(id);
    return { id, success: true };
  });
  return reply('mind.write', { results });
}

/** Remembers what was answered to a URL. */
function remembering(answer: (url: URL) => Reply): (path: string) => Reply {
  const known = new Map<string, Reply>();
  return (path) => {
    let found = known.get(path);
    if (found === undefined) known.set(path, (found = answer(new URL(path, 'http://upstream'))));
    return found;
  };
}

const readMind = remembering(answerMind);
const readV2 = remembering(answerV2);

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const mind: Handler = (request, response) => {
  const { method, url = '', headers } = request;
  if (method === 'GET') {
    send(response, url === '/profile' ? answerCaller(headers.authorization) : readMind(url));
  } else if (method === 'PATCH' && url === '/profiles') {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      send(response, answerWrite(Buffer.concat(chunks).toString()));
    });
  } else {
    send(response, NOT_FOUND);
  }
};

const v2: Handler = ({ method, url = '' }, response) => {
  send(response, method === 'GET' ? readV2(url) : NOT_FOUND);
};

const omnivibe: Handler = ({ method, url, headers }, response) => {
  const isProfile = method === 'GET' && url === '/api/v1/profile';
  const found = omnivibeReplies.get(String(headers['api_access_token']));
  send(response, (isProfile ? found : undefined) ?? NOT_FOUND);
};

function send(response: ServerResponse, answer: Reply): void {
  calls[answer.kind] += 1;
  if (latencyMs === 0) write(response, answer);
  else setTimeout(write, latencyMs, response, answer);
}

function write(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

/** `GET /counts`, and `POST /reset` with the latency to have from now on, such as `/reset?latencyMs=20`. */
const control: Handler = ({ method, url = '' }, response) => {
  const { pathname, searchParams } = new URL(url, 'http://control');
  const counts: UpstreamCounts = {
    calls,
    written: { items: written.items, people: written.ids.size },
  };
  if (method === 'POST' && pathname === '/reset') {
    calls = noCalls();
    written.items = 0;
    written.ids.clear();
    latencyMs = Number(searchParams.get('latencyMs') ?? latencyMs);
  }
  write(response, { kind: 'other', status: 200, body: Buffer.from(JSON.stringify(counts)) });
};

async function listen(handler: Handler): Promise<string> {
  const server: Server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const urls = {
  MIND_URL: await listen(mind),
  OMNIVIBE_URL: await listen(omnivibe),
  V2_URL: await listen(v2),
  CONTROL_URL: await listen(control),
};
process.stdout.write(`listening ${JSON.stringify(urls)}\n`);
