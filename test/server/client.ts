// An HTTP client that sends whatever it is told to, proper or not.
import { request, type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from '@jest/globals';
import { expectNoSecrets } from '../support/secrets.js';

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** Leaves out the length of the body. */
  readonly isChunked?: boolean;
  /** Keeps connections for several requests; without one, each has its own. */
  readonly agent?: Agent;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export function send(url: string, { method = 'GET', headers = {}, body, isChunked = false, agent }: Sent) {
  const options = { method, agent: agent ?? false, headers: { ...headers } as OutgoingHttpHeaders };
  if (isChunked) options.headers['transfer-encoding'] = 'chunked';
  else if (body !== undefined) options.headers['content-length'] = Buffer.byteLength(body);
  return new Promise<Received>((resolve, reject) => {
    const req = request(url, options, (res) => {
      text(res).then((received) => {
        // A sandbox's ledger holds the credentials that it was sent.
        if (!url.includes('/_sandbox/')) expectNoSecrets(url, received + JSON.stringify(res.headers));
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text: received });
      }, reject);
    });
    req.once('error', reject);
    req.end(body);
  });
}

export const JSON_TYPE = { 'content-type': 'application/json' };

/** A proper POST of an operation. */
export function post(url: string, body: object, headers: Sent['headers'] = {}): Promise<Received> {
  const sent = { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) };
  return send(`${url}/graphql`, sent);
}

interface RefusalBody {
  readonly data?: unknown;
  readonly errors: readonly {
    readonly message: string;
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

/** What every refused request must look like; the first error's message. */
export function expectRefusal({ status, headers, text: body }: Received, wanted: number, code: string) {
  expect({ status, type: headers['content-type'] }).toEqual({
    status: wanted,
    type: expect.stringMatching(/^application\/json; charset=utf-8$/),
  });
  const { data, errors } = JSON.parse(body) as RefusalBody;
  expect(data ?? null).toBeNull();
  const requestId = headers['x-request-id'];
  expect(requestId).toMatch(/^[\w-]{1,64}$/);
  expect(errors[0]?.extensions).toMatchObject({ code, requestId });
  expect(body).not.toMatch(/stack|node:|\.[jt]s:\d/);
  return errors[0]?.message ?? '';
}
