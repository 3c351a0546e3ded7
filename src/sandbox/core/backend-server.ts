// The part that all three sandbox backends share: a listener on loopback, a route table, bodies, ledger and switches.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Busboy } from '@fastify/busboy';
import { Ledger, type LedgerEntry } from './ledger.js';
import { Switchboard, type Switches } from './switches.js';

export interface SandboxRequest<S extends Switches> {
  readonly method: string;
  readonly path: string;
  /** Values of the route's `:name` segments. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Media type without parameters, lower case; '' without a body. */
  readonly contentType: string;
  /** JSON value, or `Record<string, string>` for both form encodings; null without a body. */
  readonly body: unknown;
  /** True when the body could not be read as its content type says. */
  readonly isBodyMalformed: boolean;
  readonly switches: Omit<S, 'only'>;
}

export interface SandboxReply {
  readonly status: number;
  /** Left out: an empty answer. */
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route<S extends Switches> {
  readonly method: string;
  /** Segments separated by `/`, `:name` matches one segment. The first route that fits is taken. */
  readonly path: string;
  readonly handle: (request: SandboxRequest<S>) => SandboxReply;
}

export interface BackendDefinition<S extends Switches> {
  /** Path that stands before every route, e.g. `/api/mind`. */
  readonly prefix: string;
  readonly routes: readonly Route<S>[];
  /** Runs before the route: an answer refuses the request (authentication). */
  readonly guard: (request: SandboxRequest<S>, route: Route<S>) => SandboxReply | null;
  readonly notFound: SandboxReply;
  /** Puts the state back as it was at the start. */
  readonly reset: () => void;
}

export interface BackendServer<S extends Switches> {
  /** Origin and prefix, e.g. `http://127.0.0.1:41234/api/mind`. */
  readonly url: string;
  readonly ledger: Ledger;
  readonly switches: Switchboard<S>;
  /** State, ledger and switches as at the start. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts one backend on a free loopback port. Control from another process: `/_sandbox/{ledger,switches,reset}`. */
export async function startBackend<S extends Switches>(
  definition: BackendDefinition<S>,
  port = 0,
): Promise<BackendServer<S>> {
  const ledger = new Ledger();
  const switches = new Switchboard<S>();
  const reset = () => {
    definition.reset();
    ledger.clear();
    switches.clear();
  };

  const server = createServer((req, res) => {
    answer(req, res).catch(() => res.destroy());
  });

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://sandbox');
    const method = req.method ?? 'GET';
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    if (url.pathname.startsWith('/_sandbox/')) {
      send(res, control(method, url.pathname, raw));
      return;
    }

    const path = url.pathname.startsWith(`${definition.prefix}/`)
      ? url.pathname.slice(definition.prefix.length)
      : null;
    const found = path === null ? null : findRoute(definition.routes, method, path);
    const headers = flatHeaders(req);
    const contentType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    const { body, isBodyMalformed } = await parseBody(raw, headers['content-type'] ?? '', contentType);
    const entry = ledger.add({
      method,
      path: url.pathname,
      route: found?.route.path ?? null,
      query: url.search.slice(1),
      headers,
      body,
      status: 0,
    });
    const about = found?.params['id'] ?? idInForm(contentType, body);
    const active = switches.for(method, found?.route.path ?? '', about);
    if (active.latencyMs !== undefined) await wait(active.latencyMs, undefined, { ref: false });
    if (active.cut === 'before-handling') {
      req.socket.destroy();
      return;
    }
    if (active.hang === 'before-handling') return;
    if (active.reply !== undefined && active.reply.isHandled !== true) {
      replace(res, entry, active.reply);
      return;
    }

    const request: SandboxRequest<S> = {
      method,
      path: path ?? url.pathname,
      params: found?.params ?? {},
      query: url.searchParams,
      headers,
      contentType,
      body,
      isBodyMalformed,
      switches: active,
    };
    const reply =
      found === null
        ? definition.notFound
        : (definition.guard(request, found.route) ?? found.route.handle(request));
    finish(req, res, entry, reply, active);
  }

  function control(method: string, path: string, raw: Buffer): SandboxReply {
    switch (`${method} ${path}`) {
      case 'GET /_sandbox/ledger':
        return { status: 200, json: ledger.entries };
      case 'PUT /_sandbox/switches': {
        const wanted: unknown = JSON.parse(raw.toString() || '[]');
        switches.clear();
        for (const each of (Array.isArray(wanted) ? wanted : [wanted]) as S[]) switches.set(each);
        return { status: 204 };
      }
      case 'POST /_sandbox/reset':
        reset();
        return { status: 204 };
      default:
        return {
          status: 404,
          json: { error: 'Use GET /_sandbox/ledger, PUT /_sandbox/switches or POST /_sandbox/reset.' },
        };
    }
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${definition.prefix}`,
    ledger,
    switches,
    reset,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function finish<S extends Switches>(
  req: IncomingMessage,
  res: ServerResponse,
  entry: LedgerEntry,
  reply: SandboxReply,
  { cut, hang, reply: replacement }: Omit<S, 'only'>,
): void {
  if (cut === 'after-handling') {
    req.socket.destroy();
    return;
  }
  if (hang === 'after-handling') return;
  if (replacement !== undefined) {
    replace(res, entry, replacement);
    return;
  }
  if (cut === 'inside-body') {
    const text = JSON.stringify(reply.json ?? '');
    res.writeHead(reply.status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    res.write(text.slice(0, text.length / 2), () => req.socket.destroy());
    return;
  }
  entry.status = reply.status;
  send(res, reply);
}

function replace(res: ServerResponse, entry: LedgerEntry, reply: NonNullable<Switches['reply']>): void {
  entry.status = reply.status;
  res.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
  res.end(reply.body ?? '');
}

function send(res: ServerResponse, reply: SandboxReply): void {
  if (reply.json === undefined) {
    res.writeHead(reply.status, reply.headers).end();
    return;
  }
  const text = JSON.stringify(reply.json);
  res.writeHead(reply.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...reply.headers,
  });
  res.end(text);
}

function findRoute<S extends Switches>(routes: readonly Route<S>[], method: string, path: string) {
  const segments = path.split('/');
  for (const route of routes) {
    if (route.method !== method) continue;
    const pattern = route.path.split('/');
    if (pattern.length !== segments.length) continue;
    const params: Record<string, string> = {};
    const fits = pattern.every((part, i) => {
      const segment = segments[i] ?? '';
      if (!part.startsWith(':')) return part === segment;
      params[part.slice(1)] = segment;
      return segment !== '';
    });
    if (fits) return { route, params };
  }
  return null;
}

function flatHeaders(req: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(req.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

async function parseBody(
  raw: Buffer,
  contentTypeHeader: string,
  contentType: string,
): Promise<{ body: unknown; isBodyMalformed: boolean }> {
  if (raw.length === 0) return { body: null, isBodyMalformed: false };
  try {
    switch (contentType) {
      case 'application/json':
        return { body: JSON.parse(raw.toString()), isBodyMalformed: false };
      case 'application/x-www-form-urlencoded':
        return { body: Object.fromEntries(new URLSearchParams(raw.toString())), isBodyMalformed: false };
      case 'multipart/form-data': {
        return { body: await parseMultipart(raw, contentTypeHeader), isBodyMalformed: false };
      }
      default:
        return { body: null, isBodyMalformed: true };
    }
  } catch {
    return { body: null, isBodyMalformed: true };
  }
}

/** The user that a form is about; v2 names it so in its two ways. JSON is left out: an `id` there need not be a user's. */
function idInForm(contentType: string, body: unknown): string | undefined {
  if (contentType === 'application/json' || body === null) return undefined;
  const form = body as Readonly<Record<string, string>>;
  return form['userID'] ?? form['id'];
}

/** Text fields by name; a file's content is left out. */
async function parseMultipart(raw: Buffer, contentType: string): Promise<Record<string, string>> {
  const fields: [string, string][] = [];
  const parser = new Busboy({ headers: { 'content-type': contentType } });
  parser.on('field', (name, value) => fields.push([name, value]));
  parser.on('file', (_name, stream) => stream.resume());
  parser.end(raw);
  await once(parser, 'finish');
  return Object.fromEntries(fields);
}
