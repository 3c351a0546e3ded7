// What can become of a write, and the people and fields on which it is tried.
import type { Switches } from '../../src/sandbox/core/switches.js';
import { eachBackend, type Row, type Slug } from '../support/backend-truth.js';

export type Values = Readonly<Record<Slug, unknown>>;

/** omnivibe holds the name as a whole. */
const named = (first: string, last: string): Values => ({
  mind: first,
  omnivibe: `${first} ${last}`,
  v2: first,
});
const reachedAt = (phone: string): Values => eachBackend(() => phone);

/** Two people with what the backends hold of them at the start, and what they shall hold. */
export const PEOPLE = [
  {
    ids: { mind: '42', omnivibe: '3', v2: '17' },
    firstName: { before: named('Max', 'Mustermann'), wanted: named('Moritz', 'Mustermann') },
    phone: {
      before: { ...reachedAt('+4930901820'), mind: '+49 30 901820' },
      wanted: reachedAt('+49305550042'),
    },
  },
  {
    ids: { mind: '43', omnivibe: '4', v2: '18' },
    firstName: { before: named('Erika', 'Gabler'), wanted: named('Elisa', 'Gabler') },
    phone: {
      before: { ...reachedAt('+498921800'), mind: '+49 89 2180-0' },
      wanted: reachedAt('+49305550043'),
    },
  },
];
export type Someone = (typeof PEOPLE)[number];

/** A field that all three backends take and show, each in its own way. */
export interface Field {
  readonly name: 'firstName' | 'phone';
  /** What a backend calls it in a write. */
  readonly sentAs: Readonly<Record<Slug, string>>;
  /** Its value in a backend's row, and in what `selection` selects of an account. */
  readonly held: (row: Row) => unknown;
  readonly selection: string;
  /** Where reading it back is no proof, since no document says that it is shown again. */
  readonly isWriteOnlyAt?: Slug;
}

export const FIRST_NAME: Field = {
  name: 'firstName',
  sentAs: { mind: 'firstName', omnivibe: 'name', v2: 'firstname' },
  held: (row) => row['firstName'] ?? row['firstname'] ?? row['name'],
  selection: 'firstName mind { firstName } omnivibe { name } v2 { firstName }',
};
export const PHONE: Field = {
  name: 'phone',
  sentAs: { mind: 'phone', omnivibe: 'custom_attributes', v2: 'telephone' },
  held: (row) =>
    row['phone'] ??
    row['telephone_number'] ??
    (row['custom_attributes'] as Row | undefined)?.['phone_number'],
  selection:
    'phone mind { phone } omnivibe { custom_attributes: customAttributes } v2 { telephone_number: telephone }',
  isWriteOnlyAt: 'omnivibe',
};

/** What becomes of a write. All that is to be told of it follows from these facts. */
export interface Fate {
  /** What the gateway hears: that the backend took it, that it refused, or nothing to rely on. */
  readonly answer: 'taken' | 'refused' | 'lost';
  readonly isStored: boolean;
  /** Of the user error, where the new value is not there. */
  readonly code?: string;
  readonly switches: (backend: Slug, field: Field) => Switches;
}

/** Both ways in which Mind refuses: a change of one person, and each of several. */
const REFUSALS = {
  mind: {
    error: 'Refused.',
    details: '',
    txId: 'abc',
    results: PEOPLE.map(({ ids }) => ({ id: Number(ids.mind), success: false, message: 'Refused.' })),
  },
  omnivibe: { message: 'Refused.', attributes: [] },
  v2: { status: 'error', message: 'Refused.' },
};

export const FATES = {
  applied: { answer: 'taken', isStored: true, switches: () => ({}) },
  ignored: {
    answer: 'taken',
    isStored: false,
    code: 'UPSTREAM_REJECTED',
    switches: (backend, { sentAs }) => ({ ignoreWrites: [sentAs[backend]] }),
  },
  refused: {
    answer: 'refused',
    isStored: false,
    code: 'UPSTREAM_REJECTED',
    switches: (backend) => ({
      reply: { status: backend === 'omnivibe' ? 422 : 400, body: JSON.stringify(REFUSALS[backend]) },
    }),
  },
  failed: {
    answer: 'lost',
    isStored: false,
    code: 'UPSTREAM_ERROR',
    switches: () => ({ reply: { status: 500 } }),
  },
  'failed, yet applied': {
    answer: 'lost',
    isStored: true,
    code: 'UPSTREAM_ERROR',
    switches: () => ({ reply: { status: 500, isHandled: true } }),
  },
  'timed out': {
    answer: 'lost',
    isStored: false,
    code: 'UPSTREAM_TIMEOUT',
    switches: () => ({ hang: 'before-handling' }),
  },
  'timed out, yet applied': {
    answer: 'lost',
    isStored: true,
    code: 'UPSTREAM_TIMEOUT',
    switches: () => ({ hang: 'after-handling' }),
  },
} as const satisfies Record<string, Fate>;
export type FateName = keyof typeof FATES;
export const FATE_NAMES = Object.keys(FATES) as readonly FateName[];
