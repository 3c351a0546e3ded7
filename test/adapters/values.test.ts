import { describe, expect, it } from '@jest/globals';
import { toInstant, toLanguageTag, vocabulary } from '../../src/adapters/values.js';

describe('vocabulary', () => {
  const read = vocabulary('mind', 'mood', { good: 'GOOD', soSo: 'FAIR' });

  it.each([
    [null, null],
    ['good', { value: 'GOOD', native: 'good' }],
    ['soSo', { value: 'FAIR', native: 'soSo' }],
    ['GOOD', { value: 'UNKNOWN', native: null }],
    ['canary', { value: 'UNKNOWN', native: null }],
    ['constructor', { value: 'UNKNOWN', native: null }],
    ['__proto__', { value: 'UNKNOWN', native: null }],
  ])('reads %j as %j', (word, expected) => {
    expect(read(word)).toEqual(expected);
  });
});

describe('toLanguageTag', () => {
  it.each([
    [null, null],
    ['de', 'de'],
    ['en_GB', 'en-GB'],
    ['en-gb', 'en-GB'],
    [' FR ', 'fr'],
    ['Deutsch (Schweiz)', 'Deutsch (Schweiz)'],
    ['1', '1'],
  ])('writes %j as %j', (language, expected) => {
    expect(toLanguageTag(language)).toBe(expected);
  });
});

describe('toInstant', () => {
  it.each([
    ['2022-08-12 12:21:21', 'UTC', '2022-08-12T12:21:21.000Z'],
    ['2022-08-12T12:21:21', 'UTC', '2022-08-12T12:21:21.000Z'],
    ['2022-08-12 12:21:21', 'Europe/Berlin', '2022-08-12T10:21:21.000Z'],
    ['2022-01-12 12:21:21', 'Europe/Berlin', '2022-01-12T11:21:21.000Z'],
    ['2022-01-01 00:30:00', 'Europe/Berlin', '2021-12-31T23:30:00.000Z'],
    ['2022-08-12 12:21:21', 'Asia/Kolkata', '2022-08-12T06:51:21.000Z'],
    ['2024-02-29 00:00:00', 'America/New_York', '2024-02-29T05:00:00.000Z'],
    ['2022-08-12T12:21:21.123Z', 'Europe/Berlin', '2022-08-12T12:21:21.123Z'],
    ['2022-08-30T12:21:21.123Z', 'Europe/Berlin', '2022-08-30T12:21:21.123Z'],
    ['2022-08-12T12:21:21.1Z', 'Europe/Berlin', '2022-08-12T12:21:21.100Z'],
    ['2022-08-12 12:21:21+02:00', 'UTC', '2022-08-12T10:21:21.000Z'],
  ])('reads %s in %s', (text, timeZone, instant) => {
    expect(toInstant('mind', text, timeZone)).toBe(instant);
  });

  // 02:30 did not exist that night in Berlin, and happened twice in autumn: any reading within the hour will do.
  it.each([
    ['2022-03-27 02:30:00', '2022-03-27T00:30:00.000Z'],
    ['2022-10-30 02:30:00', '2022-10-30T00:30:00.000Z'],
  ])('reads %s, when clocks change, within the hour', (text, earliest) => {
    const late = Date.parse(toInstant('mind', text, 'Europe/Berlin') ?? '') - Date.parse(earliest);
    expect([0, 3_600_000]).toContain(late);
  });

  it.each([[null], ['0000-00-00 00:00:00'], ['0000-00-00']])('reads %j as none', (text) => {
    expect(toInstant('mind', text, 'UTC')).toBeNull();
  });

  it.each([
    ...['yesterday', '12.08.2022', '2022-08-12', '1660306881', '2022-08-12 12:21', '2022-13-01 00:00:00'],
    ...['2022-00-10 00:00:00', '2022-02-30 00:00:00', '2023-02-29 00:00:00', '2022-08-12 25:00:00'],
    ...['2022-08-12 24:00:00', '2022-08-12 12:60:00', '2022-08-12 12:21:21+99:99', ' 2022-08-12 12:21:21'],
    ...['2022-02-30T00:00:00.000Z', '2022-13-01T00:00:00.000Z', '2022-08-12T24:00:00.000Z'],
  ])('refuses %j', (text) => {
    for (const timeZone of ['UTC', 'Europe/Berlin'])
      expect(() => toInstant('mind', text, timeZone)).toThrow(
        expect.objectContaining({ code: 'UPSTREAM_BAD_RESPONSE', backend: 'mind' }),
      );
  });
});
