// What a caller may do with a field, for every kind of caller, credential and field; what no rule allows is denied.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  assertMayRead,
  decideAccess,
  mayRead,
  mayWriteAnybody,
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

/** By whose credential a backend would be asked, and whether a token of the person's own is at hand beside it. */
const CREDENTIALS = {
  callers: { credential: 'caller', isOwnTokenHeld: false },
  gateways: { credential: 'gateway', isOwnTokenHeld: false },
  own: { credential: 'gateway', isOwnTokenHeld: true },
  both: { credential: 'caller', isOwnTokenHeld: true },
} as const satisfies Record<string, Partial<AccessQuestion>>;
type Credential = keyof typeof CREDENTIALS;
const EVERY: readonly Credential[] = ['callers', 'gateways', 'own', 'both'];

/** Whose profile; `none`: somebody without a Mind user. */
const PEOPLE = { self: SELF, other: OTHER, none: null } as const;
type Whose = keyof typeof PEOPLE;

interface Cell {
  readonly caller: Caller;
  readonly whose: Whose;
  readonly by: Credential;
}
const decided = ({ caller: who, whose, by }: Cell, how: Partial<AccessQuestion>) =>
  decideAccess({ ...QUESTION, ...how, ...CREDENTIALS[by], personsMindId: PEOPLE[whose], caller: who }).access;

/** Every operation, and whether these rules let it happen, as its use case asks them. */
const OPERATIONS = {
  read: ({ caller: who, whose, by }) =>
    CREDENTIALS[by].credential === 'caller' || mayRead(who, PEOPLE[whose]),
  write: (cell) => decided(cell, {}) === 'READ_WRITE',
  writeHidden: (cell) =>
    decided(cell, { isShown: false, writer: { as: 'avatar', isWriteOnly: true } }) === 'WRITE_ONLY',
  writeSelfOnly: (cell) => decided(cell, { writer: { ...WRITER, isSelfOnly: true } }) === 'READ_WRITE',
  writeReadOnly: (cell) => ['READ_WRITE', 'WRITE_ONLY'].includes(decided(cell, { writer: null })),
  writeElsewhere: (cell) => decided(cell, { isTakingPart: false }) !== 'UNSUPPORTED',
  password: (cell) =>
    decided(cell, { isShown: false, writer: { as: 'password', isWriteOnly: true } }) === 'WRITE_ONLY',
  passwordSelfOnly: (cell) =>
    decided(cell, { isShown: false, writer: { as: 'password', isWriteOnly: true, isSelfOnly: true } }) ===
    'WRITE_ONLY',
  desk: (cell) => decided(cell, { writer: { as: 'desk' } }) === 'READ_WRITE',
  create: ({ caller: who }) => mayWriteAnybody(who),
  refreshTab: ({ caller: who }) => mayWriteAnybody(who),
} as const satisfies Record<string, (cell: Cell) => boolean>;
type Operation = keyof typeof OPERATIONS;

/** What is allowed; whatever does not stand here is denied. By operation, caller and person: by which credentials. */
type Allowed = Partial<Record<keyof typeof CALLERS, Partial<Record<Whose, readonly Credential[]>>>>;
const everybody = (by: readonly Credential[]) => ({ self: by, other: by, none: by });
const ANYBODY: Allowed = { trusted: everybody(EVERY), writer: everybody(EVERY) };
const ONESELF: readonly Credential[] = ['callers', 'own', 'both'];
const WRITES: Allowed = { ...ANYBODY, plain: { self: ONESELF }, reader: { self: ONESELF } };
const WITH_TOKEN: readonly Credential[] = ['own', 'both'];
const WRITES_BY_TOKEN: Allowed = {
  trusted: everybody(WITH_TOKEN),
  writer: everybody(WITH_TOKEN),
  plain: { self: WITH_TOKEN },
  reader: { self: WITH_TOKEN },
};
const CALLERS_ONLY: readonly Credential[] = ['callers', 'both'];

const ALLOWED: Readonly<Record<Operation, Allowed>> = {
  read: {
    ...ANYBODY,
    reader: everybody(EVERY),
    plain: { self: EVERY, other: CALLERS_ONLY, none: CALLERS_ONLY },
    nobody: everybody(CALLERS_ONLY),
  },
  write: WRITES,
  writeHidden: WRITES,
  writeSelfOnly: WRITES_BY_TOKEN,
  writeReadOnly: {},
  writeElsewhere: {},
  password: WRITES,
  passwordSelfOnly: WRITES_BY_TOKEN,
  desk: WRITES,
  create: ANYBODY,
  refreshTab: ANYBODY,
};

describe('every operation', () => {
  const names = Object.keys(OPERATIONS) as Operation[];
  const cells = (Object.keys(CALLERS) as (keyof typeof CALLERS)[]).flatMap((who) =>
    (Object.keys(PEOPLE) as Whose[]).flatMap((whose) => EVERY.map((by) => ({ who, whose, by }))),
  );

  it.each(names)('%s is allowed to those alone whom the table names', (operation) => {
    const allowed = cells.filter(({ who, ...cell }) =>
      OPERATIONS[operation]({ caller: CALLERS[who], ...cell }),
    );
    const wanted = cells.filter(({ who, whose, by }) => ALLOWED[operation][who]?.[whose]?.includes(by));
    expect(allowed).toEqual(wanted);
  });

  it('is denied to whoever has none of the two permissions, whatever others they have', () => {
    const words = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'readanyuserprofile',
        'readAnyUserProfile ',
        '*',
        'enneoAdmin',
        '__proto__',
        'constructor',
      ),
    );
    const others = fc
      .array(words)
      .filter((list) => !list.some((word) => /^(readAny|updateSpecific)\w+$/.test(word)));
    fc.assert(
      fc.property(others, (permissions) => {
        for (const operation of names) {
          for (const { whose, by } of cells) {
            const asked = (who: Caller) => OPERATIONS[operation]({ caller: who, whose, by });
            expect(asked(caller(...permissions))).toBe(asked(CALLERS.plain));
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is told by name when reading is refused', () => {
    expect(() => {
      assertMayRead(CALLERS.plain, 'v2', OTHER);
    }).toThrow(/needs readAnyUserProfile/);
    expect(() => {
      assertMayRead(CALLERS.plain, 'v2', SELF);
    }).not.toThrow();
  });
});
