import { describe, expect, it } from '@jest/globals';
import type { Problem } from '../../src/domain/outcome.js';
import { readPatch, type Wish } from '../../src/domain/patch.js';

const EMPTY = 'takes text that is not blank; null clears it';
const CONTROL = 'takes no control characters and no broken ones';
const TAG = 'takes a language tag such as "de" or "pt-BR" (BCP 47)';
const UNKNOWN = 'cannot be set to UNKNOWN';

/** What becomes of a patch: `[field, value]`, with the rule where one is broken. */
type Told = readonly (readonly [field: string, value: unknown, rule?: string])[];

const PATCHES: readonly (readonly [what: string, patch: object, told: Told])[] = [
  ['nothing', {}, []],
  ['objects with nothing in them', { settings: { work: {}, desk: undefined }, routing: {} }, []],
  ['what is undefined, which is absent', { phone: undefined, language: 'de' }, [['language', 'de']]],
  ['null, which clears', { phone: null }, [['phone', null]]],
  [
    'fields of every depth, in the order given',
    {
      v2: { groups: [] },
      settings: { work: { skills: { tagIds: [1] }, status: 'BUSY' }, desk: { autoAnswerCalls: false } },
      firstName: 'Max',
      routing: { chat: null },
    },
    [
      ['v2.groups', []],
      ['settings.work.skills.tagIds', [1]],
      ['settings.work.status', 'BUSY'],
      ['settings.desk.autoAnswerCalls', false],
      ['firstName', 'Max'],
      ['routing.chat', null],
    ],
  ],
  [
    'objects without a prototype, as GraphQL makes them',
    Object.assign(Object.create(null) as object, {
      mind: Object.assign(Object.create(null) as object, { ssoOnly: true }),
    }),
    [['mind.ssoOnly', true]],
  ],
  [
    'zero and false, which are values',
    { settings: { desk: { maxChats: 0, ticketIncognitoMode: false } } },
    [
      ['settings.desk.maxChats', 0],
      ['settings.desk.ticketIncognitoMode', false],
    ],
  ],
  ['bytes, as base64', { avatar: new Uint8Array([0xfb, 0xff, 0]) }, [['avatar', '+/8A']]],
  [
    'bytes in a part of a larger buffer',
    { avatar: Buffer.from('.PNG.').subarray(1, 4) },
    [['avatar', 'UE5H']],
  ],
  ['no bytes at all', { avatar: Buffer.alloc(0) }, [['avatar', '']]],
  [
    'an object that is a value',
    { mind: { rawData: { a: [{ b: null }] } } },
    [['mind.rawData', { a: [{ b: null }] }]],
  ],
  ['a language in another spelling', { language: 'EN-gb' }, [['language', 'en-GB']]],
  ['a language that was given up for another', { language: 'iw' }, [['language', 'he']]],
  ['an empty text', { phone: '' }, [['phone', '', EMPTY]]],
  ['blanks', { firstName: ' \t\u00a0' }, [['firstName', ' \t\u00a0', EMPTY]]],
  ['an empty language', { language: '' }, [['language', '', EMPTY]]],
  ['blanks around a text, which are left to the backends', { firstName: ' Max ' }, [['firstName', ' Max ']]],
  [
    'an empty text in a list',
    { settings: { work: { skills: { channels: ['chat', ''] } } } },
    [['settings.work.skills.channels', ['chat', ''], EMPTY]],
  ],
  [
    'a control character in a list',
    { settings: { work: { ticketFilters: { intents: ['a\u0000'] } } } },
    [['settings.work.ticketFilters.intents', ['a\u0000'], CONTROL]],
  ],
  ...['\u0000', '\u001f', '\u007f', '\u0085', '\n', '\ud800', '\udc00'].map(
    (character): readonly [string, object, Told] => [
      `the character ${JSON.stringify(character)}`,
      { lastName: `M${character}` },
      [['lastName', `M${character}`, CONTROL]],
    ],
  ),
  ['a pair of surrogates, which is one character', { displayName: 'Max 😀' }, [['displayName', 'Max 😀']]],
  [
    'lines, where there may be several',
    { settings: { inbox: { messageSignature: 'a\r\n\tb' } } },
    [['settings.inbox.messageSignature', 'a\r\n\tb']],
  ],
  [
    'other control characters there',
    { settings: { inbox: { messageSignature: 'a\u001b' } } },
    [['settings.inbox.messageSignature', 'a\u001b', CONTROL]],
  ],
  ...['x', 'de_DE', 'de DE', '12', 'languages'].map((language): readonly [string, object, Told] => [
    `the language ${language}`,
    { language },
    [['language', language, TAG]],
  ]),
  [
    'a state that nobody can be in',
    { routing: { call: 'UNKNOWN', chat: 'UNKNOWN' } },
    [
      ['routing.call', 'UNKNOWN', UNKNOWN],
      ['routing.chat', 'UNKNOWN', UNKNOWN],
    ],
  ],
  [
    'an availability that nobody has',
    { settings: { work: { status: 'UNKNOWN' }, inbox: { availability: 'UNKNOWN' } } },
    [
      ['settings.work.status', 'UNKNOWN', UNKNOWN],
      ['settings.inbox.availability', 'UNKNOWN', UNKNOWN],
    ],
  ],
  ['somebody of that name', { lastName: 'UNKNOWN' }, [['lastName', 'UNKNOWN']]],
  ...['__proto__', 'constructor', 'prototype'].map((key): readonly [string, object, Told] => {
    const data = JSON.parse(`{"a": [{"${key}": 1}]}`) as object;
    return [
      `data with the key ${key}`,
      { mind: { rawData: data } },
      [['mind.rawData', data, `takes no key named ${key}`]],
    ];
  }),
  ['data of 32 levels', { mind: { rawData: deep(32) } }, [['mind.rawData', deep(32)]]],
  [
    'data of 33 levels',
    { settings: { inbox: { uiSettings: deep(33) } } },
    [['settings.inbox.uiSettings', deep(33), 'takes at most 32 levels']],
  ],
  [
    'one broken rule among wishes, which stops no other',
    { firstName: '', lastName: 'M' },
    [
      ['firstName', '', EMPTY],
      ['lastName', 'M'],
    ],
  ],
];

function deep(levels: number): object {
  return levels === 1 ? {} : { a: deep(levels - 1) };
}

describe('a patch', () => {
  it.each(PATCHES)('is read with %s', (_what, patch, told) => {
    expect(readPatch(patch)).toEqual(
      told.map(
        ([field, value, rule]): Wish =>
          ({
            field,
            value,
            problem: rule === undefined ? null : { code: 'INVALID_VALUE', message: `${field} ${rule}.` },
          }) as Wish,
      ),
    );
  });

  it.each<[path: string, patch: object]>([
    ['settings', { settings: null }],
    ['settings.work', { settings: { work: null } }],
    ['settings.work.skills', { settings: { work: { roleId: 1, skills: null } } }],
    ['routing', { firstName: 'Max', routing: null }],
    ['mind', { mind: null }],
    ['v2', { v2: null, firstName: '' }],
  ])('is refused with null for %s', (path, patch) => {
    const problem: Problem = {
      code: 'INVALID_VALUE',
      message: `${path} cannot be null: leave it out, or name the fields in it.`,
    };
    expect(readPatch(patch)).toEqual(problem);
  });

  it('is left as it was', () => {
    const patch = { language: 'EN-gb', mind: { rawData: { a: 1 } } };
    readPatch(patch);
    expect(patch).toEqual({ language: 'EN-gb', mind: { rawData: { a: 1 } } });
  });
});
