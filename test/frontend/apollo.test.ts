// The client of docs/frontend.md against a running gateway.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApolloClient } from '@apollo/client';
import { parse } from 'graphql';
import { startRecorder, type Recorder } from '../federation/recorder.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { createProfilesClient } from './profiles/client.js';
import { applyChange, planChange, setPhone } from './profiles/edit-person.js';
import { graphql } from './profiles/generated/index.js';
import { PEOPLE, PERSON, personLine, searchPeople } from './profiles/people.js';
import { problemsOf, reactionTo } from './profiles/problems.js';

const MAX = 'mind:42';
const ERIKA = 'mind:43';

let gateway: TestGateway;
let recorder: Recorder;
let client: ApolloClient;
const asked = () => recorder.requests.length;

beforeAll(async () => {
  gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent' } });
  recorder = await startRecorder(gateway.url);
});
beforeEach(() => {
  for (const backend of [gateway.mind, gateway.omnivibe, gateway.v2]) backend.reset();
  client = createProfilesClient({
    url: `${recorder.url}/graphql`,
    token: () => null,
    renewToken: () => Promise.reject(new Error('nobody has to prove themselves here')),
  });
});
afterAll(async () => {
  await recorder.close();
  await gateway.close();
});

describe('Apollo Client', () => {
  it('reads people through fragments, typed', async () => {
    const { data, error } = await client.query({ query: PEOPLE, variables: { first: 3 } });
    expect(error).toBeUndefined();
    expect(data?.profiles?.edges.map(({ node }) => personLine(node))).toEqual([
      'mind:42 Max from Support: AVAILABLE',
      'mind:43 Erika G.: BUSY',
      'mind:44 Amélie D.: AVAILABLE',
    ]);
  });

  describe('pages', () => {
    it('are put together by relayStylePagination, up to the last', async () => {
      const query = { query: PEOPLE, variables: { first: 20, directory: 'V2' } } as const;
      const first = (await client.query(query)).data?.profiles;
      const people = client.watchQuery({ ...query, fetchPolicy: 'cache-first' });
      const sizes = [first?.edges.length];
      let page = first?.pageInfo;
      const shown = new Promise<readonly string[]>((resolve) => {
        people.subscribe(({ data, dataState }) => {
          if (dataState !== 'complete' || data.profiles === null) return;
          const { edges, totalCount } = data.profiles;
          if (edges.length === totalCount) resolve(edges.map(({ node }) => node.id));
        });
      });
      while (page?.hasNextPage === true) {
        const { data } = await people.fetchMore({ variables: { after: page.endCursor } });
        page = data.profiles?.pageInfo;
        sizes.push(data.profiles?.edges.length);
      }
      expect(sizes).toEqual([20, 20, 2]);
      expect(new Set(await shown).size).toBe(42);
      people.stop();
    });

    it('of another filter are another list', async () => {
      const idsOf = async (query: string | null) => {
        const { data } = await client.query({
          query: PEOPLE,
          variables: { first: 2, ...(query !== null && { filter: { query } }) },
        });
        return data?.profiles?.edges.map(({ node }) => node.id);
      };
      const everybody = await idsOf(null);
      expect(await idsOf('erika')).toEqual([ERIKA]);
      const before = asked();
      expect(await idsOf(null)).toEqual(everybody);
      expect(asked()).toBe(before);
    });
  });

  describe('the cache', () => {
    it('answers for somebody who stands in a list, and asks for whoever does not', async () => {
      await client.query({ query: PEOPLE, variables: { first: 3 } });
      const line = graphql(`
        query Line($id: ID!) {
          profile(id: $id) {
            id
            ...PersonLine
          }
        }
      `);
      const before = asked();
      const known = await client.query({ query: line, variables: { id: ERIKA } });
      expect({ id: known.data?.profile?.id, requests: asked() - before }).toEqual({ id: ERIKA, requests: 0 });
      const other = await client.query({ query: line, variables: { id: 'mind:51' } });
      expect({ id: other.data?.profile?.id, requests: asked() - before }).toEqual({
        id: 'mind:51',
        requests: 1,
      });
      const nobody = await client.query({ query: line, variables: { id: 'mind:4711' } });
      expect(nobody.data).toEqual({ profile: null });
    });

    it('knows a person by the anchor, whichever account was asked for', async () => {
      const { data } = await client.query({ query: PERSON, variables: { id: 'v2:17' } });
      expect(data?.profile?.id).toBe(MAX);
      expect(Object.keys(client.cache.extract() as object)).toContain(`Profile:${MAX}`);
    });

    it('keeps what several queries have read of a person’s parts', async () => {
      const read = (part: string) =>
        client.query({ query: parse(`{ profile(id: "${MAX}") { id ${part} } }`) });
      await read('settings { desk { maxChats } } v2 { dateFormat } presence { availability }');
      await read('settings { desk { autoAnswerCalls } work { status } } v2 { groups }');
      const before = asked();
      const { data } = await read('settings { desk { maxChats autoAnswerCalls } } v2 { dateFormat groups }');
      expect(asked()).toBe(before);
      expect(data).toMatchObject({ profile: { settings: { desk: { maxChats: 3 } } } });
    });

    it('keeps apart what two people have selected of the same views', async () => {
      const selections = graphql(`
        query Selections($id: ID!) {
          profile(id: $id) {
            id
            v2 {
              views {
                id
                selected
              }
            }
          }
        }
      `);
      await gateway.query(
        `mutation { selectDeskView(input: { profileId: "${ERIKA}", viewId: 1, selected: false }) { status } }`,
      );
      const first = async (id: string) => {
        const { data } = await client.query({ query: selections, variables: { id } });
        return data?.profile?.v2?.views?.[0];
      };
      const seen = [await first(MAX), await first(ERIKA), await first(MAX)];
      expect(seen.map((view) => [view?.id, view?.selected])).toEqual([
        ['1', true],
        ['1', false],
        ['1', true],
      ]);
    });
  });

  describe('a mutation', () => {
    it('changes the person everywhere: at once as hoped for, then as it came out', async () => {
      const seen: (string | null | undefined)[] = [];
      await client.query({ query: PERSON, variables: { id: MAX } });
      const person = client.watchQuery({ query: PERSON, variables: { id: MAX }, fetchPolicy: 'cache-first' });
      const subscription = person.subscribe(({ data }) => seen.push(data?.profile?.phone));
      // v2 has another spelling; the person's number is Mind's.
      gateway.mind.switches.set({ ignoreWrites: ['phone'], only: { method: 'PATCH' } });
      const { data } = await setPhone(client, MAX, '+49 30 5550');
      const { phone: kept } =
        (await client.query({ query: PERSON, variables: { id: MAX } })).data?.profile ?? {};
      subscription.unsubscribe();
      expect(data?.updateProfile).toMatchObject({
        status: 'PARTIAL',
        userErrors: [{ code: 'UPSTREAM_REJECTED', backend: 'MIND' }],
      });
      expect(seen).toEqual([kept, '+49 30 5550', kept]);
    });

    it('is planned, confirmed, and refused once somebody else has changed something', async () => {
      const patch = { phone: '+49 30 5551' };
      const plan = (await planChange(client, MAX, patch)).data?.planUpdateProfile;
      expect(
        plan?.outcomes.map(({ backend, fields }) => [backend, fields[0]?.state, fields[0]?.after]),
      ).toEqual([
        ['MIND', 'PLANNED', '+49 30 5551'],
        ['OMNIVIBE', 'PLANNED', '+49 30 5551'],
        ['V2', 'PLANNED', '+49305551'],
      ]);
      await gateway.write('mind', 'PATCH /profile/42', { phone: '+49 30 1' });
      const stale = (await applyChange(client, MAX, patch, plan?.version ?? null)).data?.updateProfile;
      expect(stale?.status).toBe('REJECTED');
      expect(stale?.userErrors.map(reactionTo)).toEqual(['READ_AGAIN']);
      const again = (await planChange(client, MAX, patch)).data?.planUpdateProfile;
      const done = (await applyChange(client, MAX, patch, again?.version ?? null)).data?.updateProfile;
      expect({ status: done?.status, phone: done?.profile?.phone }).toEqual({
        status: 'APPLIED',
        phone: '+49 30 5551',
      });
    });
  });

  describe('a backend that fails', () => {
    it('leaves the rest of the answer, and says by its code what to do', async () => {
      gateway.v2.switches.set({ reply: { status: 503 } });
      const { data, error } = await client.query({ query: PERSON, variables: { id: MAX } });
      expect(data?.profile).toMatchObject({ id: MAX, phone: '+49 30 901820', username: null });
      expect(problemsOf(error)).toEqual([
        expect.objectContaining({ code: 'UPSTREAM_ERROR', backend: 'V2', httpStatus: 503, retryable: true }),
      ]);
      expect(problemsOf(error).map(reactionTo)).toEqual(['TRY_AGAIN']);
    });

    it('leaves null in the cache without its error, so the query has to be sent again', async () => {
      gateway.v2.switches.set({ reply: { status: 503 } });
      await client.query({ query: PERSON, variables: { id: MAX } });
      gateway.v2.switches.clear();
      const cached = await client.query({ query: PERSON, variables: { id: MAX } });
      expect({ name: cached.data?.profile?.username, error: cached.error }).toEqual({ name: null });
      const fresh = await client.query({
        query: PERSON,
        variables: { id: MAX },
        fetchPolicy: 'network-only',
      });
      expect(fresh.data?.profile?.username).toBe('max.m');
    });

    it('has a list in error where its directory fails, which the cache shows without people', async () => {
      gateway.mind.switches.set({ reply: { status: 503 } });
      const { data, error } = await client.query({ query: PEOPLE, variables: { first: 3 } });
      expect(data).toEqual({ profiles: null });
      expect(client.extract()).toMatchObject({ ROOT_QUERY: { 'profiles:{}': { edges: [] } } });
      expect(problemsOf(error).map(({ code, backend }) => [code, backend])).toEqual([
        ['UPSTREAM_ERROR', 'MIND'],
      ]);
    });
  });

  it('tells a document that does not fit the schema by its code', async () => {
    const { error } = await client.query({ query: parse('{ profile(id: "mind:42") { lastname } }') });
    expect(problemsOf(error).map((problem) => [problem.code, reactionTo(problem)])).toEqual([
      ['GRAPHQL_VALIDATION_FAILED', 'REPORT'],
    ]);
  });

  it('tells a gateway that is not there', async () => {
    const lost = createProfilesClient({
      url: 'http://127.0.0.1:1/graphql',
      token: () => null,
      renewToken: () => Promise.reject(new Error('unused')),
    });
    const { error } = await searchPeople(lost, 'max', new AbortController().signal);
    expect(problemsOf(error).map(reactionTo)).toEqual(['TRY_AGAIN']);
  });
});
