// What the client of docs/frontend.md does when a request is given up, refused, or lost.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startFaultedGateway } from '../faults/faulted-gateway.js';
import { startRecorder, type Recorder } from '../federation/recorder.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { createProfilesClient } from './profiles/client.js';
import { setPhone } from './profiles/edit-person.js';
import { PERSON, searchPeople } from './profiles/people.js';
import { problemsOf, reactionTo } from './profiles/problems.js';

const MAX = { query: PERSON, variables: { id: 'mind:42' } };
const never = () => Promise.reject(new Error('signed out'));

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(1);
}

it('is given up: every call to a backend ends with it', async () => {
  const gateway = await startFaultedGateway({ env: { LOG_LEVEL: 'silent' } });
  try {
    const { mind } = gateway.faults;
    mind.inject(() => undefined);
    const client = createProfilesClient({
      url: `${gateway.url}/graphql`,
      token: () => null,
      renewToken: never,
    });
    const typing = new AbortController();
    const answer = searchPeople(client, 'max', typing.signal);
    await until(() => mind.busy > 0);
    typing.abort();
    expect((await answer).error).toMatchObject({ name: 'AbortError' });
    await until(() => mind.busy === 0);
    expect(mind.arrivals).toHaveLength(1);
  } finally {
    await gateway.close();
  }
});

describe('of a caller with a token', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ env: { AUTH: 'mind', LOG_LEVEL: 'silent' } });
  });
  afterAll(() => gateway.close());

  it('is sent again with a new token when that is not accepted, which is fetched once for all', async () => {
    let current = 'too-old';
    const token = jest.fn(() => current);
    const renewToken = jest.fn(async () => {
      // Both requests have asked for it, and asked again when they were refused.
      await until(() => token.mock.calls.length === 4);
      current = gateway.mind.tokenFor(42);
    });
    const client = createProfilesClient({ url: `${gateway.url}/graphql`, token, renewToken });
    const answers = await Promise.all([client.query(MAX), setPhone(client, 'mind:42', '+49 30 5550')]);
    expect(answers.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(answers[1].data?.updateProfile.status).toBe('APPLIED');
    expect(renewToken).toHaveBeenCalledTimes(1);
  });

  it('is sent again where a caller changes more than two people at a time', async () => {
    const recorder = await startRecorder(gateway.url);
    const release = gateway.mind.switches.set({ latencyMs: 100 });
    try {
      const client = createProfilesClient({
        url: `${recorder.url}/graphql`,
        token: () => gateway.mind.tokenFor(42),
        renewToken: never,
      });
      const people = ['mind:42', 'mind:43', 'mind:44'];
      const answers = await Promise.all(people.map((id) => setPhone(client, id, '+49 30 5551')));
      expect(answers.map(({ data }) => data?.updateProfile.status)).toEqual(people.map(() => 'APPLIED'));
      const codes = recorder.requests.flatMap(({ answer: { errors = [] } }) => errors);
      expect(codes.map(({ extensions }) => extensions['code'])).toEqual(['OVERLOADED']);
    } finally {
      release();
      await recorder.close();
    }
  });

  it('is sent again once only for that, and the user has to sign in', async () => {
    const renewToken = jest.fn(() => Promise.resolve());
    const url = `${gateway.url}/graphql`;
    const client = createProfilesClient({ url, token: () => 'always-too-old', renewToken });
    const { error } = await client.query(MAX);
    expect(problemsOf(error).map(reactionTo)).toEqual(['SIGN_IN']);
    expect(renewToken).toHaveBeenCalledTimes(1);
  });

  it('tells why there is no new token', async () => {
    const url = `${gateway.url}/graphql`;
    const client = createProfilesClient({ url, token: () => null, renewToken: never });
    expect((await client.query(MAX)).error).toMatchObject({ message: 'signed out' });
  });
});

describe('with more to do than the gateway takes on', () => {
  let gateway: TestGateway;
  let recorder: Recorder;
  beforeAll(async () => {
    gateway = await startTestGateway({ env: { MAX_OPERATIONS: '1', LOG_LEVEL: 'silent' } });
    recorder = await startRecorder(gateway.url);
  });
  afterAll(async () => {
    await recorder.close();
    await gateway.close();
  });

  it('is sent again after the time that the gateway asks for, a mutation too', async () => {
    const url = `${recorder.url}/graphql`;
    const client = createProfilesClient({ url, token: () => null, renewToken: never });
    const release = gateway.mind.switches.set({ hang: 'before-handling' });
    const occupying = new AbortController();
    const occupant = fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ profile(id: "mind:42") { firstName } }' }),
      signal: occupying.signal,
    });
    await until(() => gateway.mind.ledger.entries.length > 0);
    const startedAt = performance.now();
    const answers = Promise.all([client.query(MAX), setPhone(client, 'mind:42', '+49 30 5552')]);
    const codes = () => recorder.requests.map(({ answer }) => answer.errors[0]?.extensions['code']);
    await until(() => codes().length === 2);
    expect(codes()).toEqual(['OVERLOADED', 'OVERLOADED']);
    release();
    occupying.abort();
    await expect(occupant).rejects.toMatchObject({ name: 'AbortError' });
    const [read, written] = await answers;
    expect([read.error, written.error]).toEqual([undefined, undefined]);
    expect(written.data?.updateProfile.status).toBe('APPLIED');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_000);
  });

  it('is not sent again when the answer is lost: a mutation may have been carried out', async () => {
    let requests = 0;
    const balancer = createServer((req, res) => {
      requests += 1;
      req.resume();
      res.writeHead(504, { 'content-type': 'text/html' }).end('<h1>Gateway Timeout</h1>');
    });
    await once(balancer.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(balancer.address() as AddressInfo).port}/graphql`;
    const client = createProfilesClient({ url, token: () => null, renewToken: never });
    const { error } = await setPhone(client, 'mind:42', '+49 30 5553');
    balancer.close();
    balancer.closeAllConnections();
    expect(problemsOf(error).map(({ code }) => code)).toEqual(['NO_ANSWER']);
    expect(requests).toBe(1);
  });
});
