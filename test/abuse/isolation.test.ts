// Many callers at once, some of whom hang up, while backends fail: nobody is ever answered anything of anybody else's, and
// every credential goes to its own backend only.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generatePeople } from '../../src/sandbox/people.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

const VIEWERS = 200;
const ROUNDS = 6;
const PEOPLE = generatePeople(VIEWERS);

let gateway: TestGateway;
beforeAll(async () => {
  const env = {
    AUTH: 'mind',
    LOG_LEVEL: 'silent',
    UPSTREAM_TIMEOUT_MS: '30000',
    REQUEST_TIMEOUT_MS: '60000',
  };
  gateway = await startTestGateway({ env, people: PEOPLE });
});
afterAll(() => gateway.close());

interface Viewer {
  readonly mindId: number;
  readonly email: string;
  readonly omnivibeId: number;
}
const viewers = PEOPLE.flatMap(({ mind, omnivibe }): Viewer[] =>
  mind === undefined || omnivibe === undefined
    ? []
    : [{ mindId: mind.id, email: mind.email, omnivibeId: omnivibe.id }],
);
const emails = new Set(viewers.map(({ email }) => email));
const QUERY = `query ($id: ID!) { profile(id: $id) {
  email externalId mind { email rawData } omnivibe { email inbox: memberships { availability } } v2 { email username }
  settings { inbox { messageSignature } desk { maxChats } }
} }`;

/** What goes wrong in a round. */
const FAULTS: readonly ((gateway: TestGateway) => void)[] = [
  () => undefined,
  ({ v2 }) => v2.switches.set({ reply: { status: 500 } }),
  ({ omnivibe }) => omnivibe.switches.set({ cut: 'before-handling' }),
  ({ mind }) => mind.switches.set({ only: { path: '/profiles' }, latencyMs: 20, rows: 'reversed' }),
  ({ mind }) => mind.switches.set({ only: { path: '/profiles' }, rows: 'foreign' }),
  ({ v2 }) => v2.switches.set({ rows: 'duplicated', latencyMs: 10 }),
];

/** The answer's text; null for somebody who hangs up. */
async function ask({ mindId, omnivibeId }: Viewer, isLeaving: boolean): Promise<string | null> {
  const leaving = new AbortController();
  const answer = fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${gateway.mind.tokenFor(mindId)}`,
      'x-omnivibe-token': gateway.omnivibe.tokenFor(omnivibeId),
    },
    body: JSON.stringify({ query: QUERY, variables: { id: `mind:${mindId}` } }),
    signal: leaving.signal,
  });
  if (isLeaving) {
    setImmediate(() => {
      leaving.abort();
    });
  }
  try {
    return await (await answer).text();
  } catch (error) {
    if (leaving.signal.aborted) return null;
    throw error;
  }
}

describe('200 callers at once', () => {
  it('are each answered what is theirs, and nothing else', async () => {
    let answers = 0;
    const foreign: string[] = [];
    for (const setFault of FAULTS.slice(0, ROUNDS)) {
      for (const backend of [gateway.mind, gateway.omnivibe, gateway.v2]) backend.switches.clear();
      setFault(gateway);
      await Promise.all(
        viewers.map(async (viewer, i) => {
          const text = await ask(viewer, i % 10 === 0);
          if (text === null) return;
          answers += 1;
          if (!text.includes(viewer.email)) foreign.push(`${viewer.email} was not shown their own`);
          const shown = new Set(text.match(/[\w.+-]+@[\w.-]+/g) ?? []);
          for (const email of shown) {
            if (emails.has(email) && email !== viewer.email)
              foreign.push(`${viewer.email} was shown ${email}`);
          }
        }),
      );
    }
    expect(foreign).toEqual([]);
    // All but those who hang up, of whom some are too late.
    expect(answers).toBeGreaterThanOrEqual(ROUNDS * viewers.length * 0.9);
  }, 120_000);

  it('have their credentials seen by their own backend alone, in a header', () => {
    const { mind, omnivibe, v2 } = gateway.received();
    const credentials = {
      mind: [/sandbox-mind-/],
      omnivibe: [/sandbox-omnivibe-/],
      v2: [/sandbox-v2-/],
    };
    const misplaced: string[] = [];
    for (const [backend, entries] of Object.entries({ mind, omnivibe, v2 })) {
      for (const { headers, path, query, body } of entries) {
        const others = Object.entries(credentials).flatMap(([owner, all]) => (owner === backend ? [] : all));
        const everything = JSON.stringify([headers, path, query, body]);
        if (others.some((credential) => credential.test(everything))) misplaced.push(`${backend} ${path}`);
        if (/sandbox-(mind|omnivibe|v2)-/.test(JSON.stringify([path, query, body]))) misplaced.push(path);
      }
    }
    expect(misplaced).toEqual([]);
    expect(Math.min(mind.length, omnivibe.length, v2.length)).toBeGreaterThan(0);
  });

  it('act on their own account only with their own token', () => {
    const strangers = gateway.received().mind.filter(({ headers, query }) => {
      const own = /sandbox-mind-user-(\d+)/.exec(headers['authorization'] ?? '')?.[1];
      const asked = new URLSearchParams(query).getAll('userIds[]');
      return own !== undefined && asked.some((id) => id !== own);
    });
    expect(strangers).toEqual([]);
  });
});
