// How long a bulk of 1,000 renames takes beside a hand-written loop over the same calls, against the same sandboxes:
// `npx tsx scripts/bulk-time.ts [rounds]`. The rounds are interleaved, so that a busy machine slows both.
import PQueue from 'p-queue';
import { Pool, type Dispatcher } from 'undici';
import { createAdapters } from '../src/adapters/index.js';
import { loadConfig } from '../src/config.js';
import { generatePeople } from '../src/sandbox/people.js';
import { joinBackends, type Sandboxes } from '../src/server/backends.js';
import { startGateway } from '../src/server/gateway.js';
import { createLogger } from '../src/server/logging.js';

const PEOPLE = 1_000;
const ROUNDS = Number(process.argv[2] ?? 9);
/** As the gateway has them. */
const [MIND_CHUNK, OMNIVIBE_AT_ONCE, V2_AT_ONCE, V2_PAGE] = [100, 32, 10, 999];
const JSON_TYPE = { 'content-type': 'application/json' };

type NonNull<T> = { readonly [K in keyof T]: NonNullable<T[K]> };
type Rename = (lastName: string) => Promise<void>;

const people = generatePeople(PEOPLE).map(({ mind, omnivibe, v2 }) => {
  if (mind === undefined || omnivibe === undefined || v2 === undefined)
    throw new TypeError('not on all three');
  return { firstName: mind.firstName, ids: { mind: mind.id, omnivibe: omnivibe.id, v2: v2.id } };
});

/** The same calls without a gateway: read, write, read back, as many at once. */
function createLoop({ mind, omnivibe, v2 }: NonNull<Sandboxes>) {
  const pools = new Map<string, Pool>();
  async function ask(
    url: string,
    options: Omit<Dispatcher.RequestOptions, 'path' | 'origin'>,
  ): Promise<unknown> {
    const { origin, pathname, search } = new URL(url);
    const pool = pools.get(origin) ?? new Pool(origin, { connections: 128 });
    pools.set(origin, pool);
    const { statusCode, body } = await pool.request({ ...options, path: pathname + search });
    if (statusCode !== 200) throw new Error(`${options.method} ${url}: ${statusCode}`);
    return body.json();
  }
  const atMind = { authorization: `Bearer ${mind.serviceToken}` };
  const atV2 = { apiKey: v2.apiKey };
  const chunks = Array.from({ length: Math.ceil(PEOPLE / MIND_CHUNK) }, (_, i) =>
    people.slice(i * MIND_CHUNK, (i + 1) * MIND_CHUNK),
  );

  const readMind = () =>
    Promise.all(
      chunks.map(async (chunk) => {
        const ids = chunk.map(({ ids }) => `userIds[]=${ids.mind}`).join('&');
        const url = `${mind.url}/profiles?${ids}&show[]=all&format=full&limit=${MIND_CHUNK}`;
        return ask(url, { method: 'GET', headers: atMind });
      }),
    );
  const writeMind = (lastName: string) =>
    Promise.all(
      chunks.map((chunk) => {
        const body = JSON.stringify({ profiles: chunk.map(({ ids }) => ({ id: ids.mind, lastName })) });
        return ask(`${mind.url}/profiles`, { method: 'PATCH', headers: { ...atMind, ...JSON_TYPE }, body });
      }),
    );
  const readOmnivibe = () =>
    ask(`${omnivibe.url}/api/v1/accounts/${omnivibe.accountId}/agents`, {
      method: 'GET',
      headers: { api_access_token: omnivibe.adminToken },
    });
  const writeOmnivibe = (lastName: string) =>
    each(OMNIVIBE_AT_ONCE, ({ ids, firstName }) =>
      ask(`${omnivibe.url}/platform/api/v1/users/${ids.omnivibe}`, {
        method: 'PATCH',
        headers: { api_access_token: omnivibe.platformToken, ...JSON_TYPE },
        body: JSON.stringify({ name: `${firstName} ${lastName}` }),
      }),
    );
  const readV2 = () =>
    Promise.all(
      [0, V2_PAGE].map((start) =>
        ask(`${v2.url}/api/v2/user?itemStart=${start}&itemLimit=${V2_PAGE}`, {
          method: 'GET',
          headers: atV2,
        }),
      ),
    );
  const writeV2 = (lastname: string) =>
    each(V2_AT_ONCE, ({ ids }) =>
      ask(`${v2.url}/api/v2/user/lastnameUpdate`, {
        method: 'PUT',
        headers: { ...atV2, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ id: String(ids.v2), lastname }).toString(),
      }),
    );

  return {
    everywhere: async (lastName: string) => {
      await Promise.all([readMind(), readOmnivibe(), readV2()]);
      await Promise.all([writeMind(lastName), writeOmnivibe(lastName), writeV2(lastName)]);
      await Promise.all([readMind(), readOmnivibe(), readV2()]);
    },
    mindUnverified: async (lastName: string) => {
      await readMind();
      await writeMind(lastName);
    },
    close: () => Promise.all([...pools.values()].map((pool) => pool.close())),
  };
}

async function each<T>(atOnce: number, work: (person: (typeof people)[number]) => Promise<T>): Promise<void> {
  const queue = new PQueue({ concurrency: atOnce });
  await queue.addAll(people.map((person) => () => work(person)));
}

/** One GraphQL operation; fails unless everybody was renamed. */
function createBulk(
  url: string,
  options: { readonly backends?: readonly string[]; readonly verify: boolean },
): Rename {
  const { backends, verify } = options;
  const query = `mutation ($updates: [ProfileUpdate!]!, $verify: Boolean) {
    bulkUpdateProfiles(input: { updates: $updates, verify: $verify }) { results { status } }
  }`;
  return async (lastName) => {
    const updates = people.map(({ ids }) => ({
      profileId: `mind:${ids.mind}`,
      patch: { lastName },
      backends,
    }));
    const body = JSON.stringify({ query, variables: { updates, verify } });
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers: JSON_TYPE, body });
    const { data } = (await response.json()) as {
      data: { bulkUpdateProfiles: { results: readonly { status: string }[] } };
    };
    const applied = data.bulkUpdateProfiles.results.filter(({ status }) => status === 'APPLIED').length;
    if (applied !== PEOPLE) throw new Error(`${applied} of ${PEOPLE} were renamed`);
  };
}

/** A last name that nobody has yet; v2 takes letters only. */
let names = 0;
function nextName(): string {
  names += 1;
  return `Name-${String(names).replaceAll(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)))}`;
}

async function timed(rename: Rename): Promise<number> {
  const startedAt = performance.now();
  await rename(nextName());
  return performance.now() - startedAt;
}

async function compare(what: string, bulk: Rename, loop: Rename): Promise<void> {
  const times: { readonly bulk: number; readonly loop: number }[] = [];
  // The first round warms both up.
  for (let round = 0; round <= ROUNDS; round += 1)
    times.push({ bulk: await timed(bulk), loop: await timed(loop) });
  const [bulkMs, loopMs] = [
    median(times.slice(1).map((t) => t.bulk)),
    median(times.slice(1).map((t) => t.loop)),
  ];
  const ms = (value: number) => `${Math.round(value)} ms`;
  process.stdout.write(
    `${what}: bulk ${ms(bulkMs)}, loop ${ms(loopMs)}, ratio ${(bulkMs / loopMs).toFixed(2)} (medians of ${ROUNDS} rounds)\n`,
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const config = loadConfig({ PORT: '0', LOG_LEVEL: 'silent' });
const backends = await joinBackends(config, generatePeople(PEOPLE));
const { mind, omnivibe, v2 } = backends.sandboxes;
if (mind === null || omnivibe === null || v2 === null) throw new TypeError('a sandbox is missing');
const loop = createLoop({ mind, omnivibe, v2 });
const gateway = await startGateway({
  config,
  adapters: createAdapters(backends.options),
  logger: createLogger(config.logLevel),
});
await compare('three backends, read back', createBulk(gateway.url, { verify: true }), loop.everywhere);
await compare(
  'Mind alone, not read back',
  createBulk(gateway.url, { backends: ['MIND'], verify: false }),
  loop.mindUnverified,
);
await gateway.close();
await loop.close();
await backends.close();
