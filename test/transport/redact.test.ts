import { describe, expect, it } from '@jest/globals';
import { withoutSecrets } from '../../src/transport/redact.js';

describe('withoutSecrets', () => {
  it.each([
    ...[
      'token',
      'accessToken',
      'pubsub_token',
      'X-Auth-Token',
      'clientSecret',
      'SECRET',
      'password',
      'passwd',
      'userPassword',
    ],
    ...[
      'pwd',
      'passphrase',
      'passcode',
      'jwt',
      'bearer',
      'hmac_identifier',
      'credentials',
      'Authorization',
      'cookie',
      'Set-Cookie',
    ],
    ...[
      'connect.sid',
      'sessionId',
      'apiKey',
      'api_key',
      'api-key',
      'API KEY',
      'apikey',
      'access_key',
      'privateKey',
      'signing_key',
    ],
    ...['signature_key', 'encryptionKey', 'sharedKey', 'authKey', 'freshdeskApiAuth', '__proto__'],
  ])('leaves out the key %j at any depth', (key) => {
    const secret = JSON.parse(`{"kept":1,${JSON.stringify(key)}:"canary"}`) as unknown;
    expect(withoutSecrets({ ...(secret as object), list: [[secret]], deep: { er: secret } })).toEqual({
      kept: 1,
      list: [[{ kept: 1 }]],
      deep: { er: { kept: 1 } },
    });
  });

  it.each(['costCentre', 'editor_message_key', 'keyboard', 'author', 'shirtSize', 'passport', 'sid', ''])(
    'keeps the key %j',
    (key) => {
      expect(withoutSecrets({ [key]: 'x' })).toEqual({ [key]: 'x' });
    },
  );

  it('keeps values of every JSON type, and null for what JSON has not', () => {
    const value = { text: 't', zero: 0, no: false, none: null, list: [1, 'a', { b: [] }] };
    expect(withoutSecrets(value)).toEqual(value);
    expect(withoutSecrets([Number.NaN, Infinity, undefined, () => 1, Symbol('s'), 1n])).toEqual([
      ...Array.from({ length: 6 }, () => null),
    ]);
  });

  it('ends 32 levels down, however deep the value is', () => {
    const nested = (depth: number) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown;
    expect(withoutSecrets(nested(32))).toEqual(nested(32));
    expect(JSON.stringify(withoutSecrets(nested(20_000)))).toBe(`${'['.repeat(32)}null${']'.repeat(32)}`);
  });

  it('changes neither what it is given nor any prototype', () => {
    const given = JSON.parse(
      '{"token":"t","__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":1}}}',
    ) as object;
    const copy = withoutSecrets(given) as object;
    expect(Reflect.get(given, 'token')).toBe('t');
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
  });
});
