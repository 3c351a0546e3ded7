// What a caller may do with a field, for every kind of caller, credential and field; what no rule allows is denied.
import { describe, expect, it } from '@jest/globals';
import {
  decideAccess,
  mayRead,
  type Access,
  type AccessQuestion,
  type Caller,
} from '../../src/domain/access.js';

const SELF = '7';
const OTHER = '8';
const caller = (...permissions: string[]): Caller => ({
  mindUserId: SELF,
  permissions: new Set(permissions),
  isTrusted: false,
});
const CALLERS = {
  trusted: { mindUserId: null, permissions: new Set(), isTrusted: true },
  nobody: { mindUserId: null, permissions: new Set(), isTrusted: false },
  plain: caller(),
  reader: caller('readAnyUserProfile'),
  writer: caller('updateSpecificProfile'),
} as const satisfies Record<string, Caller>;

const WRITER = { as: 'phone' };
const QUESTION: Omit<AccessQuestion, 'caller'> = {
  backend: 'v2',
  isTakingPart: true,
  isShown: true,
  writer: WRITER,
  credential: 'gateway',
  personsMindId: OTHER,
  isOwnTokenHeld: false,
};

type Row = readonly [
  what: string,
  who: keyof typeof CALLERS,
  question: Partial<AccessQuestion>,
  access: Access,
];

const ROWS: readonly Row[] = [
  ['with authentication switched off, everything', 'trusted', {}, 'READ_WRITE'],
  [
    'with authentication switched off, nothing that takes a token of the person’s own',
    'trusted',
    { writer: { ...WRITER, isSelfOnly: true } },
    'SELF_ONLY',
  ],
  [
    'that too, when such a token is held',
    'trusted',
    { writer: { ...WRITER, isSelfOnly: true }, isOwnTokenHeld: true },
    'READ_WRITE',
  ],
  [
    'what is never shown, written only',
    'trusted',
    { isShown: false, writer: { ...WRITER, isWriteOnly: true } },
    'WRITE_ONLY',
  ],
  ['what is shown and not taken, read only', 'trusted', { writer: null }, 'READ_ONLY'],
  ['a field that the backend does not have', 'trusted', { isShown: false, writer: null }, 'UNSUPPORTED'],
  ['a backend that takes no part', 'trusted', { isTakingPart: false }, 'UNSUPPORTED'],
  ['with the permission to write, others', 'writer', {}, 'READ_WRITE'],
  ['with the permission to read, others, without writing', 'reader', {}, 'READ_ONLY'],
  [
    'with the permission to read, nothing of what is only written',
    'reader',
    { isShown: false, writer: { ...WRITER, isWriteOnly: true } },
    'DENIED',
  ],
  ['without a permission, nobody else by the gateway’s credential', 'plain', {}, 'DENIED'],
  [
    'without a permission, others only as far as their own credential shows them',
    'plain',
    { credential: 'caller' },
    'READ_ONLY',
  ],
  [
    'without a permission, oneself by one’s own credential',
    'plain',
    { credential: 'caller', personsMindId: SELF },
    'READ_WRITE',
  ],
  [
    'without a permission, oneself by the gateway’s credential, without writing',
    'plain',
    { personsMindId: SELF },
    'READ_ONLY',
  ],
  [
    'without a permission, oneself by one’s own token',
    'plain',
    { personsMindId: SELF, isOwnTokenHeld: true },
    'READ_WRITE',
  ],
  ['a token does not make somebody else oneself', 'plain', { isOwnTokenHeld: true }, 'DENIED'],
  ['a person without a Mind user is nobody’s self', 'nobody', { personsMindId: null }, 'DENIED'],
  [
    'a caller without a Mind user is nobody either',
    'nobody',
    { personsMindId: null, credential: 'caller' },
    'READ_ONLY',
  ],
];

describe('access to a field', () => {
  it.each(ROWS)('%s', (_what, who, question, access) => {
    const decided = decideAccess({ ...QUESTION, ...question, caller: CALLERS[who] });
    expect(decided).toEqual({
      backend: 'v2',
      access,
      message: access === 'READ_WRITE' ? null : expect.any(String),
    });
  });
});

describe('reading by the gateway’s credential', () => {
  it.each<[keyof typeof CALLERS, string | null, boolean]>([
    ['trusted', OTHER, true],
    ['trusted', null, true],
    ['reader', OTHER, true],
    ['writer', OTHER, true],
    ['plain', OTHER, false],
    ['plain', SELF, true],
    ['plain', null, false],
    ['nobody', null, false],
    ['nobody', OTHER, false],
  ])('a %s caller may read person %s: %s', (who, id, may) => {
    expect(mayRead(CALLERS[who], id)).toBe(may);
  });
});
