// What the backends hold and receive, seen past the gateway.
import type { LedgerEntry } from '../../src/sandbox/core/ledger.js';
import type { TestGateway } from './gateway.js';

export const BACKENDS = ['mind', 'omnivibe', 'v2'] as const;
export type Slug = (typeof BACKENDS)[number];
export type Row = Readonly<Record<string, unknown>>;

/** Makes a value for each backend. */
export function eachBackend<T>(make: (backend: Slug) => T): Record<Slug, T> {
  return { mind: make('mind'), omnivibe: make('omnivibe'), v2: make('v2') };
}

/** An account as the backend's own API shows it; without anything in it, there is none. */
export async function rowOf(
  { mind, omnivibe, v2 }: Pick<TestGateway, Slug>,
  backend: Slug,
  id: string,
): Promise<Row> {
  switch (backend) {
    case 'mind':
      return get(`${mind.url}/profile/${id}`, { authorization: `Bearer ${mind.serviceToken}` });
    case 'omnivibe':
      return get(`${omnivibe.url}/platform/api/v1/users/${id}`, { api_access_token: omnivibe.platformToken });
    case 'v2': {
      const { items } = await get(`${v2.url}/api/v2/user?itemStart=0&itemLimit=999`, { apiKey: v2.apiKey });
      return (items as readonly Row[]).find((row) => String(row['id']) === id) ?? {};
    }
  }
}

async function get(url: string, headers: Record<string, string>): Promise<Row> {
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`GET ${url} was answered with status ${response.status}`);
  return (await response.json()) as Row;
}

export function isWrite({ method }: LedgerEntry): boolean {
  return method !== 'GET';
}

/** Whose accounts a request writes: the people in its body, or the one in its form or path. */
export function idsWrittenBy({ path, body }: LedgerEntry): readonly string[] {
  const { profiles, id } = body as { profiles?: readonly Row[]; id?: string };
  if (profiles !== undefined) return profiles.map((profile) => String(profile['id']));
  return [id ?? path.slice(path.lastIndexOf('/') + 1)];
}

/** Calls back at every request that arrives at a backend, before it is handled; the returned function ends that. */
export function onArrival({ ledger }: TestGateway[Slug], act: (entry: LedgerEntry) => void): () => void {
  const add = ledger.add.bind(ledger);
  ledger.add = (entry) => {
    act(entry);
    return add(entry);
  };
  return () => {
    ledger.add = add;
  };
}

/** Sends a request that arrived once more; answers the body of the answer. */
export async function repeat(
  { url }: TestGateway[Slug],
  { method, path, query, headers }: LedgerEntry,
): Promise<string> {
  const credentials = ['authorization', 'api_access_token', 'apikey'].flatMap((name) =>
    headers[name] === undefined ? [] : [[name, headers[name]] as [string, string]],
  );
  const response = await fetch(new URL(`${path}?${query}`, url), { method, headers: credentials });
  return response.text();
}
