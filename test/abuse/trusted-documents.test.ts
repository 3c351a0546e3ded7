// Only the documents that the operator's own clients send, when there is a list of them.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectRefusal, post } from '../server/client.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
// As GraphQL Code Generator prints them: sorted, and on one line.
const ONE = 'query One($id: ID!) { profile(id: $id) { firstName } }';
const LOCK = 'mutation Unlock { removeStatusLock(input: {profileId: "mind:48"}) { status } }';
const OTHER = '{ profile(id: "mind:42") { firstName lastName } }';
const MANIFEST = { [sha256(ONE)]: ONE, [sha256(LOCK)]: LOCK, 'a-name-of-its-own': '{ __typename }' };
const VARIABLES = { id: 'mind:42' };

const folder = mkdtempSync(join(tmpdir(), 'trusted-documents-'));
const TRUSTED_DOCUMENTS_FILE = join(folder, 'persisted-documents.json');
writeFileSync(TRUSTED_DOCUMENTS_FILE, JSON.stringify(MANIFEST));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const persistedQuery = (sha256Hash: unknown) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash } },
});

describe('where only trusted documents are taken', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ env: { TRUSTED_DOCUMENTS_FILE, LOG_LEVEL: 'silent' } });
  });
  afterAll(() => gateway.close());

  it.each<[string, object]>([
    ['its text', { query: ONE }],
    ['its text with other blanks, commas and comments', { query: `# hi\n${ONE.replaceAll(' ', ' ,\n')}` }],
    ['its hash', { documentId: sha256(ONE) }],
    ['its hash with the name of the algorithm', { documentId: `sha256:${sha256(ONE)}` }],
    ['its hash as Apollo Client does', persistedQuery(sha256(ONE))],
    ['its text and its hash', { query: ONE, ...persistedQuery(sha256(ONE)) }],
  ])('one that is runs, told by %s', async (_how, body) => {
    for (let i = 0; i < 2; i += 1) {
      const { status, text } = await post(gateway.url, { ...body, variables: VARIABLES });
      expect(status).toBe(200);
      expect(JSON.parse(text)).toMatchObject({ data: { profile: { firstName: 'Max' } } });
    }
  });

  it('one may have any id, and be a mutation', async () => {
    expect((await post(gateway.url, { documentId: 'a-name-of-its-own' })).text).toContain('"Query"');
    expect((await post(gateway.url, { documentId: sha256(LOCK) })).text).toContain('"status"');
  });

  it.each<[string, object]>([
    ['another text', { query: OTHER }],
    ['a text with one field more', { query: ONE.replace('firstName', 'firstName lastName') }],
    ['a text with another operation behind', { query: `${ONE} ${LOCK}`, operationName: 'Unlock' }],
    [
      'a text that claims the hash of another',
      { query: OTHER, documentId: sha256(ONE), ...persistedQuery(sha256(ONE)) },
    ],
    ['an unknown hash', { documentId: sha256(OTHER) }],
    ['an unknown hash as Apollo Client does', persistedQuery(sha256(OTHER))],
    ['a hash of the prototype', { documentId: '__proto__' }],
    ['a hash of what is inherited', { documentId: 'toString' }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    ['what is no GraphQL', { query: '{ profile(' }],
    ['the text of a text', { query: JSON.stringify(ONE) }],
  ])('others are refused before any call: %s', async (_what, body) => {
    const before = JSON.stringify(gateway.received());
    for (let i = 0; i < 2; i += 1) {
      expectRefusal(await post(gateway.url, { ...body, variables: VARIABLES }), 400, 'DOCUMENT_NOT_TRUSTED');
    }
    expect(JSON.stringify(gateway.received())).toBe(before);
  });

  it('the hash of a refused document is told, so that it can be found', async () => {
    expect((await post(gateway.url, { query: OTHER })).text).toContain(sha256(OTHER));
  });

  it.each<[string, object, RegExp]>([
    ['neither text nor id', { variables: VARIABLES }, /"query" must be text/],
    ['an id that is a number', { documentId: 1 }, /"documentId" must be text/],
    ['a hash that is a list', persistedQuery([sha256(ONE)]), /"query" must be text/],
  ])('a request is malformed with %s', async (_what, body, problem) => {
    expect(expectRefusal(await post(gateway.url, body), 400, 'BAD_REQUEST')).toMatch(problem);
  });
});

describe('where others are logged', () => {
  it('they run, with a warning that holds their hash and no more', async () => {
    const gateway = await startTestGateway({
      env: { TRUSTED_DOCUMENTS_FILE, TRUSTED_DOCUMENTS: 'log', LOG_LEVEL: 'warn' },
    });
    try {
      for (let i = 0; i < 2; i += 1) expect((await gateway.execute(OTHER)).errors).toEqual([]);
      await gateway.execute(ONE, VARIABLES);
      const warnings = gateway.log.filter(({ level }) => level === 40);
      expect(warnings).toMatchObject([{ sha256: sha256(OTHER) }, { sha256: sha256(OTHER) }]);
      expect(JSON.stringify(warnings)).not.toContain('lastName');
      expectRefusal(await post(gateway.url, { documentId: 'unknown' }), 400, 'DOCUMENT_NOT_TRUSTED');
    } finally {
      await gateway.close();
    }
  });
});

describe('where there is no list', () => {
  it('every document runs, and an id is none', async () => {
    const gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent' } });
    try {
      expect((await gateway.execute(OTHER)).errors).toEqual([]);
      expectRefusal(await post(gateway.url, { documentId: sha256(ONE) }), 400, 'BAD_REQUEST');
    } finally {
      await gateway.close();
    }
  });
});
