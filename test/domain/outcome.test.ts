import { describe, expect, it } from '@jest/globals';
import {
  problemOf,
  statusOf,
  userError,
  userErrorsOf,
  worstState,
  type BackendOutcome,
  type FieldOutcome,
  type MutationStatus,
  type OutcomeState,
} from '../../src/domain/outcome.js';
import type { WriteCall } from '../../src/domain/ports.js';
import type { Backend } from '../../src/domain/profile.js';
import { ERROR_CODES, GatewayError, type ErrorCode } from '../../src/errors.js';

const STATES: readonly OutcomeState[] = [
  ...(['UNCERTAIN', 'FAILED', 'MISMATCH', 'SKIPPED'] as const),
  ...(['PLANNED', 'ACCEPTED', 'VERIFIED', 'UNCHANGED'] as const),
];
/** A state, and with a blank the code of the problem that goes with it. */
type Told = OutcomeState | `${OutcomeState} ${ErrorCode}`;

function field(told: Told, name = 'firstName'): FieldOutcome {
  const [state, code] = told.split(' ') as [OutcomeState, ErrorCode | undefined];
  const problem = code === undefined ? null : { code, message: `about ${code}` };
  return { field: name, state, before: null, after: null, problem, show: null, isWriteOnly: false };
}
const CALL: WriteCall = {
  ...{ method: 'PATCH', path: '/profile/42', body: {}, fields: ['firstName'] },
  send: () => Promise.reject(new Error('nothing is sent here')),
};
const outcome = (
  backend: Backend,
  fields: readonly FieldOutcome[],
  calls: readonly WriteCall[] = [],
): BackendOutcome => ({ backend, calls, fields, upstreamTxId: null, message: null, mend: null });
/** One outcome of several fields. */
const of = (backend: Backend, told: readonly Told[], calls?: readonly WriteCall[]) =>
  outcome(
    backend,
    told.map((each, i) => field(each, `field${i}`)),
    calls,
  );

describe('the state of a backend', () => {
  it.each(STATES.flatMap((worse, i) => STATES.slice(i).map((better) => [worse, better] as const)))(
    'is %s beside %s, whichever comes first',
    (worse, better) => {
      expect(worstState([field(worse), field(better)])).toBe(worse);
      expect(worstState([field(better), field('UNCHANGED'), field(worse)])).toBe(worse);
    },
  );

  it('is UNCHANGED without fields', () => {
    expect(worstState([])).toBe('UNCHANGED');
  });
});

/** Fields of Mind, then of v2; those with a call were tried. */
interface Row {
  readonly status: MutationStatus;
  readonly mind: readonly Told[];
  readonly v2?: readonly Told[];
  /** Whether Mind, and v2, was called. */
  readonly called?: readonly [mind: boolean, v2: boolean];
}
const BOTH = [true, true] as const;
const FIRST = [true, false] as const;

describe('the status of the whole', () => {
  it.each<[string, Row]>([
    [
      'everything VERIFIED is APPLIED',
      { status: 'APPLIED', mind: ['VERIFIED'], v2: ['VERIFIED'], called: BOTH },
    ],
    ['everything ACCEPTED is APPLIED', { status: 'APPLIED', mind: ['ACCEPTED', 'ACCEPTED'], called: FIRST }],
    ['both kinds are APPLIED', { status: 'APPLIED', mind: ['VERIFIED'], v2: ['ACCEPTED'], called: BOTH }],
    [
      'UNCHANGED does not count beside others',
      { status: 'APPLIED', mind: ['VERIFIED', 'UNCHANGED'], v2: ['UNCHANGED'], called: FIRST },
    ],
    [
      'UNCHANGED does not save a failure',
      { status: 'FAILED', mind: ['FAILED UPSTREAM_ERROR'], v2: ['UNCHANGED'], called: FIRST },
    ],
    [
      'nothing to send is UNCHANGED',
      { status: 'UNCHANGED', mind: ['UNCHANGED', 'UNCHANGED'], v2: ['UNCHANGED'] },
    ],
    ['nothing wanted is UNCHANGED', { status: 'UNCHANGED', mind: [] }],
    ...(['NOT_LINKED', 'AMBIGUOUS_LINK', 'READ_ONLY', 'UNSUPPORTED'] as const).flatMap(
      (code): [string, Row][] => [
        [
          `a skip for ${code} does not count beside what was written`,
          { status: 'APPLIED', mind: ['VERIFIED'], v2: [`SKIPPED ${code}`], called: FIRST },
        ],
        [
          `nor beside what was there already: ${code}`,
          { status: 'UNCHANGED', mind: ['UNCHANGED'], v2: [`SKIPPED ${code}`] },
        ],
        [
          `nor beside a failure: ${code}`,
          { status: 'FAILED', mind: ['FAILED UPSTREAM_ERROR'], v2: [`SKIPPED ${code}`], called: FIRST },
        ],
        [
          `nothing but skips for ${code} is REJECTED`,
          { status: 'REJECTED', mind: [`SKIPPED ${code}`], v2: [`SKIPPED ${code}`] },
        ],
      ],
    ),
    ...(
      [
        'FAILED UPSTREAM_ERROR',
        'FAILED UPSTREAM_REJECTED',
        'MISMATCH UPSTREAM_REJECTED',
        'UNCERTAIN UPSTREAM_TIMEOUT',
        'FAILED FORBIDDEN',
        'FAILED CONFLICT',
      ] as const
    ).map((told): [string, Row] => [
      `written here and ${told} there is PARTIAL`,
      { status: 'PARTIAL', mind: ['VERIFIED'], v2: [told], called: BOTH },
    ]),
    ...(['INVALID_VALUE', 'NOT_CLEARABLE'] as const).flatMap((code): [string, Row][] => [
      [
        `written here and SKIPPED for ${code} there is PARTIAL`,
        { status: 'PARTIAL', mind: ['VERIFIED'], v2: [`SKIPPED ${code}`], called: FIRST },
      ],
      [`nothing sent for ${code} is REJECTED`, { status: 'REJECTED', mind: [`SKIPPED ${code}`] }],
      [
        `beside what is there already, too: ${code}`,
        { status: 'REJECTED', mind: [`SKIPPED ${code}`], v2: ['UNCHANGED'] },
      ],
      [
        `beside a failed call it is FAILED: ${code}`,
        { status: 'FAILED', mind: [`SKIPPED ${code}`], v2: ['FAILED UPSTREAM_ERROR'], called: [false, true] },
      ],
    ]),
    [
      'a code that does not count in a skip counts in a failure',
      { status: 'PARTIAL', mind: ['VERIFIED'], v2: ['FAILED UNSUPPORTED'], called: BOTH },
    ],
    [
      'two fields of one backend can be PARTIAL',
      { status: 'PARTIAL', mind: ['VERIFIED', 'FAILED UPSTREAM_ERROR'], called: FIRST },
    ],
    ['any UNCERTAIN is PARTIAL', { status: 'PARTIAL', mind: ['UNCERTAIN UPSTREAM_TIMEOUT'], called: FIRST }],
    [
      'UNCERTAIN is PARTIAL beside a failure',
      {
        status: 'PARTIAL',
        mind: ['UNCERTAIN UPSTREAM_TIMEOUT'],
        v2: ['FAILED UPSTREAM_ERROR'],
        called: BOTH,
      },
    ],
    [
      'UNCERTAIN is PARTIAL beside what is invalid',
      { status: 'PARTIAL', mind: ['UNCERTAIN UPSTREAM_TIMEOUT', 'SKIPPED INVALID_VALUE'], called: FIRST },
    ],
    [
      'calls made and nothing written is FAILED',
      {
        status: 'FAILED',
        mind: ['FAILED UPSTREAM_REJECTED'],
        v2: ['MISMATCH UPSTREAM_REJECTED'],
        called: BOTH,
      },
    ],
    ['a mere MISMATCH is FAILED', { status: 'FAILED', mind: ['MISMATCH UPSTREAM_REJECTED'], called: FIRST }],
    ['a call that is forbidden is FAILED', { status: 'FAILED', mind: ['FAILED FORBIDDEN'], called: FIRST }],
    [
      'a caller who may not is REJECTED',
      { status: 'REJECTED', mind: ['FAILED FORBIDDEN'], v2: ['FAILED FORBIDDEN'] },
    ],
    ['an account that is gone is REJECTED', { status: 'REJECTED', mind: ['FAILED NOT_FOUND'] }],
    [
      'a caller who may not is REJECTED beside what is there already',
      { status: 'REJECTED', mind: ['FAILED FORBIDDEN'], v2: ['UNCHANGED'] },
    ],
    ...(Object.keys(ERROR_CODES) as ErrorCode[])
      .filter((code) => code.startsWith('UPSTREAM_') || ERROR_CODES[code].retryable)
      .map((code): [string, Row] => [
        `what ${code} kept from being sent is FAILED, not refused`,
        { status: 'FAILED', mind: [`FAILED ${code}`], v2: ['SKIPPED INVALID_VALUE'] },
      ]),
  ])('%s', (_sentence, { status, mind, v2 = [], called = [false, false] }) => {
    const [isMindCalled, isV2Called] = called;
    const outcomes = [
      of('mind', mind, isMindCalled ? [CALL] : []),
      ...(v2.length > 0 ? [of('v2', v2, isV2Called ? [CALL] : [])] : []),
    ];
    expect(statusOf(outcomes)).toBe(status);
    expect(statusOf(outcomes.toReversed())).toBe(status);
  });

  it('is UNCHANGED without any backend', () => {
    expect(statusOf([])).toBe('UNCHANGED');
  });
});

describe('user errors', () => {
  it('are every failure and every skip, once for a problem and a backend, in order', () => {
    const errors = userErrorsOf([
      outcome('mind', [field('VERIFIED', 'phone'), field('UNCHANGED', 'language')]),
      outcome('omnivibe', [
        field('FAILED UPSTREAM_ERROR', 'firstName'),
        field('SKIPPED INVALID_VALUE', 'email'),
        field('FAILED UPSTREAM_ERROR', 'lastName'),
      ]),
      outcome('v2', [field('FAILED UPSTREAM_ERROR', 'firstName')]),
    ]);
    const upstream = { code: 'UPSTREAM_ERROR', message: 'about UPSTREAM_ERROR', retryable: true };
    expect(errors).toEqual([
      { ...upstream, backend: 'omnivibe', field: ['firstName', 'lastName'] },
      {
        ...{ code: 'INVALID_VALUE', message: 'about INVALID_VALUE', retryable: false },
        ...{ backend: 'omnivibe', field: ['email'] },
      },
      { ...upstream, backend: 'v2', field: ['firstName'] },
    ]);
  });

  it('are kept apart where one code has two messages', () => {
    const of = (message: string) => ({
      ...field('SKIPPED'),
      problem: { code: 'INVALID_VALUE', message } as const,
    });
    expect(userErrorsOf([outcome('v2', [of('one'), of('other')])])).toMatchObject([
      { message: 'one' },
      { message: 'other' },
    ]);
  });

  it.each(Object.keys(ERROR_CODES) as ErrorCode[])(
    'say of %s whether trying again may help, as the table does',
    (code) => {
      const error = new GatewayError(code, 'what happened', { backend: 'mind', cause: new Error('canary') });
      expect(userError(problemOf(error))).toEqual({
        ...{ code, message: 'what happened', field: null, backend: null },
        retryable: ERROR_CODES[code].retryable,
      });
      expect(userError(problemOf(error), 'v2').backend).toBe('v2');
    },
  );
});
