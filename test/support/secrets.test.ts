import { describe, expect, it } from '@jest/globals';
import { secretsIn } from './secrets.js';

describe('the search for secrets', () => {
  const secret = 'sandbox-v2-key';
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  it.each([
    ['as it is', `{"message":"key ${secret} refused"}`],
    ['in other letters', secret.toUpperCase()],
    ['in hex', Buffer.from(`x${secret}y`).toString('hex')],
    ['in base64', base64(secret)],
    ['in base64, after one byte', base64(`a${secret}b`)],
    ['in base64, after two bytes', base64(`ab${secret}cd`)],
    ['in base64 for URLs', Buffer.from(`user:${secret}?`).toString('base64url')],
    ['percent-encoded', [...Buffer.from(secret)].map((byte) => `%${byte.toString(16)}`).join('')],
    ['as JSON escapes', Array.from(secret, (c) => `\\u00${c.charCodeAt(0).toString(16)}`).join('')],
  ])('finds one %s', (_how, text) => {
    expect(secretsIn(text)).toEqual([secret]);
  });

  it('finds none where there is none', () => {
    expect(secretsIn('{"data":{"profile":{"firstName":"Max"}}}')).toEqual([]);
  });
});
