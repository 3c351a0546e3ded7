// Typed operations are no client's own: the same ones with urql.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Client } from '@urql/core';
import { startRecorder, type Recorder } from '../federation/recorder.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { SET_PHONE } from './profiles/edit-person.js';
import { PEOPLE, PERSON, personLine } from './profiles/people.js';
import { createUrqlClient } from './profiles/urql.js';

let gateway: TestGateway;
let recorder: Recorder;
let client: Client;

beforeAll(async () => {
  gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent' } });
  recorder = await startRecorder(gateway.url);
});
beforeEach(() => {
  for (const backend of [gateway.mind, gateway.omnivibe, gateway.v2]) backend.reset();
  client = createUrqlClient(`${recorder.url}/graphql`, () => 'not looked at');
});
afterAll(async () => {
  await recorder.close();
  await gateway.close();
});

describe('urql', () => {
  it('reads people page by page through fragments, typed', async () => {
    const page = async (after: string | null) =>
      (await client.query(PEOPLE, { first: 2, after })).data?.profiles;
    const first = await page(null);
    const second = await page(first?.pageInfo.endCursor ?? null);
    const lines = [first, second].flatMap((each) => each?.edges.map(({ node }) => personLine(node)));
    expect(lines).toEqual([
      'mind:42 Max from Support: AVAILABLE',
      'mind:43 Erika G.: BUSY',
      'mind:44 Amélie D.: AVAILABLE',
      expect.stringMatching(/^mind:45 /),
    ]);
    expect(recorder.requests.at(-1)?.headers.authorization).toBe('Bearer not looked at');
  });

  it('reads again what a mutation has changed', async () => {
    const phones: (string | null | undefined)[] = [];
    await new Promise<void>((resolve) => {
      client.query(PERSON, { id: 'mind:42' }).subscribe(({ data, stale }) => {
        if (stale) return;
        phones.push(data?.profile?.phone);
        if (phones.length === 2) resolve();
        else void client.mutation(SET_PHONE, { id: 'mind:42', phone: '+49 30 5550' }).toPromise();
      });
    });
    expect(phones).toEqual(['+49 30 901820', '+49 30 5550']);
  });

  it('has partial data beside coded errors', async () => {
    gateway.v2.switches.set({ reply: { status: 503 } });
    const { data, error } = await client.query(PERSON, { id: 'mind:42' });
    expect(data?.profile).toMatchObject({ phone: '+49 30 901820', username: null });
    expect(error?.graphQLErrors.map(({ extensions }) => [extensions['code'], extensions['backend']])).toEqual(
      [['UPSTREAM_ERROR', 'V2']],
    );
  });

  it('tells a refused request by its code and status', async () => {
    const { error } = await client.query('{ profile(id: "mind:42") { lastname } }', {});
    expect(error?.graphQLErrors[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    expect((error?.response as Response).status).toBe(400);
  });
});
