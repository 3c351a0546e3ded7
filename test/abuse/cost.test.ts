// What the worst documents and bodies cost before they are refused: processor time and memory of the gateway's process.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JSON_TYPE, send } from '../server/client.js';
import { startGatewayProcess, type GatewayProcess } from './gateway-process.js';

const MAX_CPU_MS = 150;
const MAX_HEAP_BYTES = 10 * 1024 * 1024;
const MIB = 1024 * 1024;
const ROUNDS = 5;

let gateway: GatewayProcess;
beforeAll(async () => {
  gateway = await startGatewayProcess();
  // The first of each kind also pays for compiling what it runs through.
  for (const [, body] of ATTACKS) await attack(body);
}, 60_000);
afterAll(() => gateway.close());

const attack = (body: string | Uint8Array) =>
  send(`${gateway.url}/graphql`, { method: 'POST', headers: JSON_TYPE, body });

const times = (count: number, part: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ');
const doc = (query: string, variables?: object) => JSON.stringify({ query, variables });
const withList = (items: string) => `{"query":"{ nothing }","variables":{"x":[${items}0]}}`;
const filled = (item: string) => withList(item.repeat((4 * MIB - 200) / item.length));
const fragments = (count: number, inner: (i: number) => string) =>
  times(count, (i) => `fragment f${i} on Profile { ${i === count - 1 ? 'id' : inner(i + 1)} }`);
const PERSON = (fields: string) => `{ profile(id: "mind:42") { ${fields} } }`;

const ATTACKS: readonly (readonly [what: string, body: string | Uint8Array])[] = [
  ['a query of 5,000 levels', doc('{ a '.repeat(5_000) + '}'.repeat(5_000))],
  ['inline fragments 900 deep', doc(`{ ${'... { '.repeat(900)} a ${'} '.repeat(900)} }`)],
  ['the same field 2,000 times', doc(PERSON(times(2_000, () => 'id')))],
  ['the same field 900 times', doc(PERSON(times(900, () => 'nothing')))],
  ['the same object 300 times', doc(PERSON(times(300, () => 'mind { nothing }')))],
  [
    '40 equal objects, 9 levels deep',
    doc(`{ ${'profile(id: 1) { '.repeat(9)} ${times(40, () => 'a { b }')} ${'} '.repeat(9)} }`),
  ],
  ['1,000 aliases', doc(PERSON(times(600, (i) => `a${i}: id`)))],
  ['10,000 directives', doc(`{ __typename ${times(10_000, () => '@aa')} }`)],
  ['600 directives', doc(`{ __typename ${times(600, () => '@aa')} }`)],
  ['a chain of 800 fragments', doc(`${PERSON('...f0')} ${fragments(800, (i) => `...f${i}`)}`)],
  ['50 fragments that double', doc(`${PERSON('...f0')} ${fragments(50, (i) => `...f${i} ...f${i}`)}`)],
  [
    '50 fragments in a ring',
    doc(
      `${PERSON('...f0')} ${times(50, (i) => `fragment f${i} on Profile { ...f${(i + 1) % 50} ...f${(i + 7) % 50} }`)}`,
    ),
  ],
  ['300 operations', doc(times(300, (i) => `query q${i} { nothing }`))],
  ['300 unknown variables', doc(`query (${times(300, (i) => `$v${i}: Nothing`)}) { nothing }`)],
  ['half a MiB of comments', doc(`{ a }${'#\n'.repeat(MIB / 8)}`)],
  ['a MiB of blanks', doc(`{ nothing${' '.repeat(MIB - 100)}}`)],
  ['a name of a MiB', doc(`{ ${'n'.repeat(MIB - 100)} }`)],
  ['a text of a MiB', doc(`{ profile(id: 1, nothing: "${'n'.repeat(MIB - 100)}") { id } }`)],
  [
    '100,000 bad ids',
    doc('query ($ids: [ID!]!) { profilesById(ids: $ids) { id } }', { ids: Array<null>(100_000).fill(null) }),
  ],
  [
    'a bad id of a MiB',
    doc('query ($id: Int) { profiles(first: $id) { totalCount } }', { id: 'x'.repeat(MIB - 200) }),
  ],
  [
    '500,000 levels of JSON',
    `{"query":"{ __typename }","variables":{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}}`,
  ],
  ['4 MiB of open brackets', '['.repeat(4 * MIB)],
  ['a MiB of keys', `{${times(100_000, (i) => `"${i}":1,`)}"query":1}`],
  ['4 MiB of numbers', filled('0,')],
  ['4 MiB of empty objects', filled('{},')],
  ['4 MiB of empty texts', filled('"",')],
  ['99,000 numbers that are taken', withList('0,'.repeat(99_000))],
  ['4 MiB that is no UTF-8', Buffer.alloc(4 * MIB - 1, 0xff)],
];

describe('what bounds the work of reading a document', () => {
  // Below these, documents of a few kilobytes cost seconds, and answers are mistaken for others.
  it.each([
    ['graphql', [16, 15, 0]],
    ['undici', [7, 30, 2]],
    ['@apollo/server', [5, 5, 1]],
  ])('is not older than the floor: %s', (name, floor) => {
    const manifest = join(import.meta.dirname, '../../node_modules', name, 'package.json');
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    const weigh = (parts: readonly number[]) => parts.reduce((sum, part) => sum * 1_000 + part, 0);
    expect(weigh(version.split('.').map(Number))).toBeGreaterThanOrEqual(weigh(floor));
  });
});

describe('a request that is refused', () => {
  it.each(ATTACKS)('costs little processor time and no memory: %s', async (_what, body) => {
    const before = await gateway.condition();
    for (let i = 0; i < ROUNDS; i += 1) {
      const { status, headers, text } = await attack(body);
      expect({ status, type: headers['content-type'] }).toEqual({
        status: 400,
        type: 'application/json; charset=utf-8',
      });
      expect(text.length).toBeLessThan(10_000);
      expect(text).not.toMatch(/call stack|INTERNAL_SERVER_ERROR/);
      expect(JSON.parse(text)).toHaveProperty('errors.0.extensions.code');
    }
    const after = await gateway.condition();
    expect((after.cpuMs - before.cpuMs) / ROUNDS).toBeLessThan(MAX_CPU_MS);
    expect(after.heapBytes - before.heapBytes).toBeLessThan(MAX_HEAP_BYTES);
    expect({ ...after, upstreamCalls: after.upstreamCalls - before.upstreamCalls }).toMatchObject({
      upstreamCalls: 0,
      faults: 0,
      isPristine: true,
    });
  });
});
