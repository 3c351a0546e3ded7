// What holds for every patch, whoever it is for: a plan is what happens, what is told is so, and twice is once.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { VERSIONED_FIELDS } from '../../src/domain/explain.js';
import { FIELD_PATHS, OWNERSHIP, type FieldPath, type Ownership } from '../../src/domain/ownership.js';
import { BACKENDS, type Backend } from '../../src/domain/profile.js';
import { isSameValue } from '../../src/domain/same-value.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import {
  changeBehind,
  everythingIn,
  held,
  nameOf,
  raw,
  stateOf,
  type Ids,
  type State,
} from './held-values.js';
import {
  expectSoundWrites,
  hasMoved,
  nested,
  OUTCOMES,
  sentBy,
  update,
  valueAt,
  type Sent,
  type UpdateAnswer,
} from './patching.js';

jest.setTimeout(60_000);

/** The same patches each time; another seed tries others. */
const runs = (numRuns: number) => ({
  numRuns,
  seed: Number(process.env['FC_SEED'] ?? 1),
});

const PEOPLE: readonly Ids[] = [
  { mind: 42, omnivibe: 3, v2: 17 },
  { mind: 43, omnivibe: 4, v2: 18 },
  { mind: 44, omnivibe: 5, v2: 19 },
  // Has a role at omnivibe that a careless write takes away, and values nowhere else.
  { mind: 45, omnivibe: 6, v2: 20 },
  // Has a name that v2 cannot hold.
  { mind: 49, omnivibe: 8, v2: 24 },
  // Is locked at the desk.
  { mind: 51, v2: 26 },
  { mind: 48 },
  { omnivibe: 7 },
  { v2: 23 },
];
const refsOf = (person: Ids) =>
  BACKENDS.flatMap((slug) => (person[slug] === undefined ? [] : `${slug}:${person[slug]}`));

let folder: string;
let linksFile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'write-properties-'));
  linksFile = join(folder, 'links.json');
  // A new address must not part the accounts, or the second time would be another person's.
  const links = PEOPLE.map(refsOf).filter(({ length }) => length > 1);
  await writeFile(linksFile, JSON.stringify({ links }));
});
afterAll(() => rm(folder, { recursive: true }));

let idle: TestGateway | null = null;
let hasAddressMoved = false;
afterAll(() => idle?.close());

/** Runs with backends as at the start. */
async function withGateway(work: (at: TestGateway) => Promise<void>): Promise<void> {
  const at = idle ?? (await startTestGateway({ env: { LINKS_FILE: linksFile } }));
  idle = null;
  try {
    await work(at);
  } finally {
    forget(at);
    if (hasAddressMoved) await at.close();
    else {
      for (const backend of BACKENDS) at[backend].reset();
      idle = at;
    }
    hasAddressMoved = false;
  }
}

/** Looks through what the backends were sent, and lets them forget it. */
function forget(at: TestGateway): void {
  expectSoundWrites(at);
  hasAddressMoved ||= hasMoved(at);
  for (const backend of BACKENDS) at[backend].ledger.clear();
}

const nullable = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 6 });
const name = nullable(
  fc.oneof(
    fc.constantFrom(
      'Max',
      'Mustermann',
      'Anna-Lena',
      "O'Brien",
      'Łukasz',
      ' Anna ',
      'Nora Quandt',
      'UNKNOWN',
      '',
    ),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
  ),
);
const flag = nullable(fc.boolean());
const number = nullable(fc.integer({ min: -1, max: 4 }));
const ids = nullable(fc.array(fc.integer({ min: -1, max: 4 }), { maxLength: 3 }));
const words = nullable(fc.array(fc.constantFrom('email', 'chat', 'move_out', ' '), { maxLength: 2 }));
const data = nullable(
  fc.dictionary(
    fc.constantFrom('costCentre', 'rtl_view', 'a', 'b'),
    fc.oneof(
      fc.boolean(),
      fc.nat(9),
      fc.constantFrom(null, '', 'CC-7'),
      fc.array(fc.nat(9), { maxLength: 2 }),
    ),
    { maxKeys: 3 },
  ),
);
const routing = nullable(fc.constantFrom('IDLE', 'ACW', 'OFFLINE', 'BEING_CONNECTED', 'UNKNOWN'));
const availability = nullable(fc.constantFrom('AVAILABLE', 'BUSY', 'AWAY', 'OFFLINE', 'UNKNOWN'));
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Values good and bad, those that are there already and those that somebody else has. */
const VALUES: Readonly<Partial<Record<FieldPath, fc.Arbitrary<unknown>>>> = {
  firstName: name,
  lastName: name,
  displayName: nullable(fc.oneof(name, fc.constantFrom('Max Mustermann', 'Erika G.', 'Petra'))),
  username: nullable(fc.constantFrom('max.m', 'a.b-c', 'a b', 'erika.g')),
  email: nullable(fc.constantFrom('New@Example.com', 'max.mustermann@example.com', 'info@example.com', 'x')),
  phone: nullable(fc.constantFrom('+49 30 901820', '+4930901820', '0049 89/2180-0', '+1', '030 1', '')),
  language: nullable(fc.constantFrom('de', 'EN-gb', 'fr', 'de_DE')),
  avatar: nullable(fc.constantFrom(PNG, 'R0lGODlh')),
  externalId: name,
  'routing.call': routing,
  'routing.chat': routing,
  'settings.work.status': availability,
  'settings.work.inheritsFromTeams': flag,
  'settings.work.personalFilters': flag,
  'settings.work.supersetRole': name,
  'settings.work.reportName': name,
  'settings.work.roleId': number,
  'settings.work.teamIds': ids,
  'settings.work.skills.tagIds': ids,
  'settings.work.skills.channels': words,
  'settings.work.tagsOnRoute': ids,
  'settings.work.tagsOnEdit': ids,
  'settings.work.limitBacklogAccess': flag,
  'settings.work.backlogRequiredTagIds': ids,
  'settings.work.ticketFilters.groups': ids,
  'settings.work.ticketFilters.intents': words,
  'settings.work.ticketFilters.tagIds': ids,
  'settings.work.ticketFilters.personalQueue': flag,
  'settings.work.ticketFilters.onlyIntents': flag,
  'settings.desk.maxChats': number,
  'settings.desk.chatSoundOnNewMessage': flag,
  'settings.desk.notifyOnTicketAssignment': flag,
  'settings.desk.ticketIncognitoMode': flag,
  'settings.desk.autoAnswerCalls': flag,
  'settings.inbox.availability': availability,
  'settings.inbox.autoOffline': flag,
  'settings.inbox.messageSignature': name,
  'settings.inbox.uiSettings': data,
  'mind.nameAlias': name,
  'mind.ssoOnly': flag,
  'mind.rawData': data,
  'v2.dateFormat': nullable(fc.constantFrom('de_DE', 'en_GB', 'iso', 'en-GB')),
  'v2.groups': ids,
};
const FIELDS = Object.keys(VALUES) as FieldPath[];

interface Wanted {
  readonly person: Ids;
  readonly patch: object;
  readonly more: { readonly profileId: string; readonly backends?: readonly string[] };
}
const patches = (fields = FIELDS): fc.Arbitrary<object> =>
  fc
    .subarray(fields, { minLength: 1, maxLength: 6 })
    .chain((some) => fc.shuffledSubarray(some, { minLength: some.length }))
    .chain((some) =>
      fc.tuple(...some.map((field) => fc.tuple(fc.constant(field), VALUES[field] ?? fc.constant(null)))),
    )
    .map((values) => nested(values));
const wanted = (patch = patches()): fc.Arbitrary<Wanted> =>
  fc
    .record({
      person: fc.constantFrom(...PEOPLE),
      patch,
      which: fc.nat(2),
      backends: fc.option(fc.subarray(['MIND', 'OMNIVIBE', 'V2'], { minLength: 1 }), { freq: 3 }),
    })
    .map(({ person, patch: values, which, backends }) => {
      const refs = refsOf(person);
      const profileId = refs[which % refs.length] ?? '';
      return { person, patch: values, more: { profileId, ...(backends && { backends }) } };
    });

interface Plan extends Omit<UpdateAnswer, 'status'> {
  readonly version: string;
}
async function plan(at: TestGateway, patch: object, more: object): Promise<Plan> {
  const query = `query ($input: PlanUpdateProfileInput!) { planUpdateProfile(input: $input) { version ${OUTCOMES} } }`;
  const { planUpdateProfile } = await at.query(query, { input: { patch, ...more } });
  expect(sentBy(at)).toEqual({});
  return planUpdateProfile as Plan;
}
const callsOf = ({ outcomes }: Pick<UpdateAnswer, 'outcomes'>): Sent =>
  Object.fromEntries(
    outcomes
      .filter(({ calls }) => calls.length > 0)
      .map(({ backend, calls }) => [
        backend.toLowerCase(),
        calls.map(({ method, path, body }) => [`${method} ${path}`, body]),
      ]),
  );
/** The fields of all outcomes, each with its backend. */
const fieldsOf = ({ outcomes }: Pick<UpdateAnswer, 'outcomes'>) =>
  outcomes.flatMap(({ backend, fields }) =>
    fields.map(({ field, ...rest }) => ({
      backend: backend.toLowerCase() as Backend,
      field: field as FieldPath,
      ...rest,
    })),
  );
const codesOf = ({ userErrors }: UpdateAnswer) => userErrors.map(({ code }) => code);

/** The calls, the fields and the state of the backends all tell the same story. */
function expectTruth(
  planned: Plan,
  answer: UpdateAnswer & { readonly sent: Sent },
  before: State,
  after: State,
) {
  expect(callsOf(planned)).toEqual(answer.sent);
  expect(callsOf(answer)).toEqual(answer.sent);
  const [plannedFields, fields] = [fieldsOf(planned), fieldsOf(answer)];
  expect(fields.map(({ backend, field, before: was }) => [backend, field, was])).toEqual(
    plannedFields.map(({ backend, field, before: was }) => [backend, field, was]),
  );
  const claimed = new Set<string>();
  for (const [i, { backend, field, state, after: told }] of fields.entries()) {
    const where = { backend, field, state };
    const wish = plannedFields[i];
    if (state === 'VERIFIED' || state === 'ACCEPTED') {
      claimed.add(`${backend}:${nameOf(backend, field) ?? ''}`);
      expect({ ...where, planned: wish?.state }).toEqual({ ...where, planned: 'PLANNED' });
      expect({ ...where, told, isAsPlanned: isSameValue(told, wish?.after ?? null) }).toEqual({
        ...where,
        told,
        isAsPlanned: true,
      });
    } else if (wish?.state !== 'PLANNED')
      expect({ ...where, told }).toEqual({ ...where, state: wish?.state, told });
    if (field === 'avatar' || state === 'SKIPPED' || state === 'FAILED') continue;
    expect(['VERIFIED', 'ACCEPTED', 'UNCHANGED']).toContain(state);
    const isNoName = field === 'displayName' && backend === 'omnivibe' && told === null;
    const holds = isNoName ? raw(after, backend, field) : held(after, backend, field);
    expect({ ...where, told, holds, isSo: isSameValue(holds, told) }).toEqual({
      ...where,
      told,
      holds,
      isSo: true,
    });
  }
  const [was, is] = [everythingIn(before), everythingIn(after)];
  const changed = [...is].filter(([key, value]) => was.get(key) !== value).map(([key]) => key);
  expect(changed.filter((key) => !claimed.has(key))).toEqual([]);
}

describe('for any patch', () => {
  it('the plan is what happens, what is told is so, nothing else changes, and the second time nothing is sent', async () => {
    let applied = 0;
    const property = fc.asyncProperty(
      wanted(),
      fc.boolean(),
      fc.boolean(),
      ({ person, patch, more }, verify, isHeld) =>
        withGateway(async (at) => {
          const before = await stateOf(at, person);
          const planned = await plan(at, patch, more);
          forget(at);
          const answer = await update(at, patch, {
            ...more,
            verify,
            ...(isHeld && { ifVersion: planned.version }),
          });
          if (answer.status === 'APPLIED' || answer.status === 'PARTIAL') applied += 1;
          expect(codesOf(answer)).not.toContain('STALE_VERSION');
          expectTruth(planned, answer, before, await stateOf(at, person));

          // Pictures are never shown, so they are sent each time; what was refused is tried again; and what takes a token of
          // the person's own cannot be seen any more under an address that no token is filed under.
          const fields = fieldsOf(answer);
          const isSeen = ({ field, state }: (typeof fields)[number]) =>
            field !== 'avatar' && state !== 'FAILED';
          const isMoved = fields.some(({ field, state }) => field === 'email' && state !== 'SKIPPED');
          if (
            !fields.every(isSeen) ||
            (isMoved && fields.some(({ field }) => field.startsWith('settings.inbox.')))
          )
            return;
          forget(at);
          const again = await update(at, patch, { ...more, verify });
          expect(again.sent).toEqual({});
          expect(fieldsOf(again).map(({ state }) => state)).toEqual(
            fields.map(({ state }) => (state === 'SKIPPED' ? 'SKIPPED' : 'UNCHANGED')),
          );
        }),
    );
    await fc.assert(property, runs(70));
    expect(applied).toBeGreaterThan(30);
  });
});

describe('a plan’s version', () => {
  it('refuses once any value that the plan depends on has changed behind the gateway’s back', async () => {
    const property = fc.asyncProperty(wanted(), fc.nat(), ({ person, patch, more }, which) =>
      withGateway(async (at) => {
        const planned = await plan(at, patch, more);
        const concerned = fieldsOf(planned).filter(
          ({ field, state }) => state !== 'SKIPPED' && field !== 'avatar',
        );
        const one = concerned[which % concerned.length];
        fc.pre(one !== undefined);
        await changeBehind(at, person, one.backend, one.field);
        forget(at);
        const answer = await update(at, patch, { ...more, ifVersion: planned.version });
        expect({ ...one, codes: codesOf(answer) }).toEqual({ ...one, codes: ['STALE_VERSION'] });
        expect(answer).toMatchObject({ status: 'REJECTED', outcomes: [] });
        expect(answer.sent).toEqual({});
      }),
    );
    await fc.assert(property, runs(40));
  });

  it('refuses once what travels along with a change has changed', async () => {
    await withGateway(async (at) => {
      const patch = { settings: { work: { skills: { tagIds: [7] } } } };
      const { version } = await plan(at, patch, { profileId: 'mind:42' });
      await changeBehind(at, { mind: 42 }, 'mind', 'settings.work.skills.channels');
      forget(at);
      const answer = await update(at, patch, { ifVersion: version });
      expect(answer).toMatchObject({ status: 'REJECTED', userErrors: [{ code: 'STALE_VERSION' }] });
      expect(answer.sent).toEqual({});
    });
  });

  it('refuses another patch', async () => {
    const property = fc.asyncProperty(wanted(), patches(), ({ patch, more }, other) =>
      withGateway(async (at) => {
        const [planned, otherPlan] = [await plan(at, patch, more), await plan(at, other, more)];
        fc.pre(JSON.stringify(planned.outcomes) !== JSON.stringify(otherPlan.outcomes));
        expect(planned.version).not.toBe(otherPlan.version);
        const answer = await update(at, other, { ...more, ifVersion: planned.version });
        expect(answer).toMatchObject({ status: 'REJECTED', outcomes: [] });
        expect(answer.sent).toEqual({});
        expect(codesOf(answer)).toEqual(['STALE_VERSION']);
      }),
    );
    await fc.assert(property, runs(20));
  });
});

describe('a profile’s version', () => {
  async function versionOf(at: TestGateway, id: string, fields: readonly string[] | null): Promise<string> {
    const query = `query ($fields: [String!]) { profile(id: "${id}") { version(fields: $fields) } }`;
    return String(valueAt(await at.query(query, { fields }), 'profile.version'));
  }
  /** Those that several share at omnivibe count as one. */
  const sharesPlace = (backend: Backend, one: FieldPath, other: FieldPath) =>
    nameOf(backend, one) !== undefined && nameOf(backend, one) === nameOf(backend, other);

  it('lets an update through unless one of its fields has changed', async () => {
    const covered = fc.option(fc.subarray([...VERSIONED_FIELDS], { minLength: 1, maxLength: 8 }), {
      freq: 2,
    });
    const counts = { stale: 0, applied: 0 };
    const property = fc.asyncProperty(
      wanted(),
      covered,
      fc.option(fc.constantFrom(...VERSIONED_FIELDS)),
      fc.nat(),
      ({ person, patch, more }, fields, changed, which) =>
        withGateway(async (at) => {
          const version = await versionOf(at, more.profileId, fields);
          const places = changed === null ? [] : placesOf(person, changed);
          const place = places[which % places.length];
          // Tokens are filed under addresses: with another one nothing can be seen that takes the person's own.
          fc.pre(changed !== 'email' || place !== 'omnivibe');
          if (changed !== null && place !== undefined) await changeBehind(at, person, place, changed);
          forget(at);
          const answer = await update(at, patch, { ...more, ifVersion: version });
          const isConcerned =
            place !== undefined &&
            changed !== null &&
            (fields ?? VERSIONED_FIELDS).some(
              (field) => isRead(field, place) && sharesPlace(place, field, changed),
            );
          if (!isConcerned) {
            counts.applied += 1;
            expect(codesOf(answer)).not.toContain('STALE_VERSION');
            expect(codesOf(answer)).not.toContain('BAD_USER_INPUT');
            return;
          }
          counts.stale += 1;
          expect({ changed, place, codes: codesOf(answer) }).toEqual({
            changed,
            place,
            codes: ['STALE_VERSION'],
          });
          expect(answer).toMatchObject({ status: 'REJECTED', outcomes: [] });
          expect(answer.sent).toEqual({});
        }),
    );
    await fc.assert(property, runs(50));
    expect(Math.min(counts.stale, counts.applied)).toBeGreaterThan(5);
  });

  /** Where a change of a field is seen by reading it. */
  const isRead = (field: FieldPath, backend: Backend) => {
    const { read }: Ownership<unknown> = OWNERSHIP[field];
    return read.some(
      ({ part }) =>
        part === backend ||
        (part === 'desk' && backend === 'v2') ||
        (part === 'rawData' && backend === 'mind'),
    );
  };
  const placesOf = (person: Ids, field: FieldPath) =>
    BACKENDS.filter((backend) => person[backend] !== undefined && nameOf(backend, field) !== undefined);

  it('is BAD_USER_INPUT where it is none, and nothing is read of anybody', async () => {
    await withGateway(async (at) => {
      const version = await versionOf(at, 'mind:42', ['phone']);
      const { version: planned } = await plan(at, { phone: '+49 1' }, { profileId: 'mind:42' });
      const garbage = fc.oneof(
        fc.string({ maxLength: 60 }),
        fc
          .tuple(fc.constantFrom(version, planned), fc.nat(version.length - 1))
          .map(([token, length]) => token.slice(0, Math.min(length, token.length - 1))),
        fc.constantFrom(
          `${version}A`,
          `${version}.`,
          `${planned}A`,
          `${planned}.`,
          version.replace('.', ''),
          '!',
        ),
      );
      const property = fc.asyncProperty(garbage, async (ifVersion) => {
        const answer = await update(at, { phone: '+49 1' }, { ifVersion });
        expect(answer).toMatchObject({ status: 'REJECTED' });
        expect(answer.sent).toEqual({});
        expect({ ifVersion, codes: codesOf(answer) }).toEqual({ ifVersion, codes: ['BAD_USER_INPUT'] });
      });
      await fc.assert(property, runs(40));
    });
  });
});

it('every field that can be written is among the patches', () => {
  const writable = FIELD_PATHS.filter((field) =>
    BACKENDS.some((backend) => nameOf(backend, field) !== undefined),
  );
  expect([...FIELDS].sort()).toEqual([...writable].sort());
});
