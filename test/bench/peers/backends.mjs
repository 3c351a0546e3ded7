// What every peer knows of the three backends, however it calls them: where they are, what to ask them, and which token
// belongs to whom at omnivibe.
import { readFileSync } from 'node:fs';

const { env } = process;

export const port = Number(env.PORT ?? 0);
export const host = env.HOST ?? '127.0.0.1';
export const urls = { mind: env.MIND_URL, v2: env.V2_URL, omnivibe: env.OMNIVIBE_URL };
/** To each backend. */
export const connections = Number(env.BENCH_CONNECTIONS ?? 64);
export const typeDefs = readFileSync(new URL('schema.graphql', import.meta.url), 'utf8');

/** As many people as Mind is asked for, or told of, at once. */
export const CHUNK = 100;

const tokenByEmail = new Map(Object.entries(JSON.parse(readFileSync(env.OMNIVIBE_TOKENS_FILE, 'utf8'))));

export const mindIdOf = (profileId) => Number(profileId.slice('mind:'.length));

export const paths = {
  mindByIds: (ids) =>
    `/profiles?${ids.map((id) => `userIds[]=${id}`).join('&')}&show[]=all&format=full&limit=${ids.length}`,
  mindList: (limit) => `/profiles?show[]=users&format=full&limit=${limit}`,
  mindWrite: '/profiles',
  /** One person is searched; for more, the list is cheaper. */
  v2ByEmails: (emails) =>
    `/api/v2/user?${emails.length === 1 ? `query=${encodeURIComponent(emails[0])}` : 'itemStart=0&itemLimit=999'}`,
  omnivibe: '/api/v1/profile',
};

export const headers = {
  mind: (authorization) => ({ authorization }),
  v2: { apiKey: 'bench' },
  omnivibe: (email) => ({ api_access_token: tokenByEmail.get(email) }),
};

/** The rows in the order of the keys, null where there is none. */
export function inOrder(keys, rows, keyOf) {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => byKey.get(key) ?? null);
}

export function chunksOf(items) {
  return Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, i) =>
    items.slice(i * CHUNK, (i + 1) * CHUNK),
  );
}

export function printListening(address) {
  console.log(`listening on http://${host}:${address.port}/graphql`);
}
