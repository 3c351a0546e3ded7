// The secrets that the tests' gateways hold or are sent, and the search for them in whatever a gateway lets out.
import { expect } from '@jest/globals';

/** Beginnings of the credentials of the sandboxes, and of what their switch `canarySecrets` puts into rows. */
const SECRETS = [
  'sandbox-mind-service',
  'sandbox-mind-user-',
  'sandbox-omnivibe-user-',
  'sandbox-omnivibe-platform',
  'sandbox-v2-key',
  'Sandbox-1!',
  'canary-',
];

/** A text as it could stand inside others. */
const SPELLINGS: readonly ((secret: string) => readonly string[])[] = [
  (secret) => [secret],
  (secret) => [Buffer.from(secret).toString('hex')],
  (secret) => [[...Buffer.from(secret)].map((byte) => `%${byte.toString(16)}`).join('')],
  (secret) => [
    Array.from(secret, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  ],
  // Three bytes are four characters, so it depends on what stands before; what the neighbours blur is cut off.
  (secret) =>
    [0, 1, 2].map((before) => {
      const text = Buffer.from(' '.repeat(before) + secret).toString('base64url');
      const start = Math.ceil((before * 4) / 3);
      return text.slice(start, text.length - ((before + secret.length) % 3 === 0 ? 0 : 1));
    }),
];

const TRACES = SECRETS.flatMap((secret) =>
  SPELLINGS.flatMap((spell) => spell(secret).map((trace) => ({ secret, trace: trace.toLowerCase() }))),
);

/** The secrets that stand in a text, in whatever spelling. */
export function secretsIn(text: string): readonly string[] {
  const found = text.toLowerCase().replaceAll('+', '-').replaceAll('/', '_');
  return [
    ...new Set(
      TRACES.filter(({ trace }) => found.includes(trace.replaceAll('+', '-').replaceAll('/', '_'))).map(
        ({ secret }) => secret,
      ),
    ),
  ];
}

/** Fails where a gateway lets out what it must keep: `where` names the place. */
export function expectNoSecrets(where: string, text: string): void {
  expect({ where, secrets: secretsIn(text) }).toEqual({ where, secrets: [] });
}
