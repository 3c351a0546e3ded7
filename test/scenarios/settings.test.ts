// What is set on a person beside what applies to them; null is what a backend did not tell.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

const PEOPLE = [
  {
    mind: {
      id: 1,
      firstName: 'Ann',
      lastName: 'Example',
      email: 'ann@example.com',
      roleId: 1,
      teamIds: [1, 2, 4],
    },
    omnivibe: { id: 2, name: 'Ann Example', email: 'ann@example.com' },
    v2: { id: 3, username: 'ann', firstname: 'Ann', lastname: 'Example', email: 'ann@example.com' },
  },
  { mind: { id: 9, firstName: 'Bob', lastName: 'Plain', email: 'bob@example.com' } },
];

const SKILLS = '{ own { tagIds channels intents } effective { tagIds channels intents } }';
const WORK = `work {
  status roleId { own effective } teamIds skills ${SKILLS}
  tagsOnRoute { own effective } tagsOnEdit { own effective }
  limitBacklogAccess { own effective } backlogRequiredTagIds { own effective }
  ticketFilters { groups personalQueue }
}`;
const QUERY = `{ profile(id: "mind:1") { settings { ${WORK} } } }`;

const EFFECTIVE = {
  roleId: 2,
  skills: {
    tagIds: [1, 2, 10, 20],
    channels: ['email', 'chat', 'phone'],
    intents: ['process_meter_reading', 'move_out'],
  },
  tagsOnRoute: [3, 21],
  tagsOnEdit: [4],
  limitBacklogAccess: true,
  backlogRequiredTagIds: [5, 40],
};

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway({ people: PEOPLE });
});
afterEach(() => gateway.close());

/** Answers for the person what a test says, as a list of one. */
function answerSettings(settings: unknown): void {
  const row = { id: 1, firstName: 'Ann', lastName: 'Example', email: 'ann@example.com', settings };
  const body = JSON.stringify({ success: true, profiles: [row] });
  gateway.mind.switches.set({ only: { path: '/profiles' }, reply: { status: 200, body } });
}

describe('settings of work', () => {
  it('show what is set on the person, and what applies with the teams', async () => {
    expect(await gateway.query(QUERY)).toEqual({
      profile: {
        settings: {
          work: {
            status: 'AVAILABLE',
            roleId: { own: 1, effective: EFFECTIVE.roleId },
            teamIds: [1, 2, 4],
            skills: {
              own: { tagIds: [1, 2], channels: ['email'], intents: null },
              effective: EFFECTIVE.skills,
            },
            tagsOnRoute: { own: [3], effective: EFFECTIVE.tagsOnRoute },
            tagsOnEdit: { own: [4], effective: EFFECTIVE.tagsOnEdit },
            limitBacklogAccess: { own: false, effective: EFFECTIVE.limitBacklogAccess },
            backlogRequiredTagIds: { own: [5], effective: EFFECTIVE.backlogRequiredTagIds },
            ticketFilters: { groups: [1], personalQueue: true },
          },
        },
      },
    });
  });

  it('are null, not empty, where the backend does not tell the person’s own ones', async () => {
    // An installation where a partial write has replaced everything.
    gateway.mind.switches.set({ settingsPatch: 'replace' });
    await gateway.write('mind', 'PATCH /profile/1', { settings: { teamIds: [1] } });
    const { profile } = (await gateway.query(QUERY)) as { profile: { settings: { work: object } } };
    expect(profile.settings.work).toEqual({
      status: null,
      roleId: { own: null, effective: 2 },
      teamIds: [1],
      skills: {
        own: null,
        effective: { tagIds: [10], channels: ['chat'], intents: ['process_meter_reading'] },
      },
      tagsOnRoute: { own: null, effective: [] },
      tagsOnEdit: { own: null, effective: [] },
      limitBacklogAccess: { own: null, effective: false },
      backlogRequiredTagIds: { own: null, effective: [] },
      ticketFilters: null,
    });
  });

  it('are empty, not null, where the person has none', async () => {
    const settings = { teamIds: [], skills: { tagIds: [], channels: [] }, tagsOnRoute: [], tagsOnEdit: [] };
    await gateway.write('mind', 'PATCH /profile/1', { settings });
    const { profile } = (await gateway.query(QUERY)) as { profile: { settings: { work: object } } };
    expect(profile.settings.work).toMatchObject({
      teamIds: [],
      skills: {
        own: { tagIds: [], channels: [], intents: null },
        effective: { tagIds: [], channels: [], intents: [] },
      },
      tagsOnRoute: { own: [], effective: [] },
      tagsOnEdit: { own: [], effective: [] },
    });
  });

  it.each<[string, unknown, unknown]>([
    ['null', null, null],
    // Only what is worked out is sent, as to somebody who may not see the rest.
    [
      'told by their effect alone',
      { actualRoleId: 2, actualTeamIds: [7], actualTagsOnRoute: [] },
      {
        status: null,
        roleId: { own: null, effective: 2 },
        teamIds: [7],
        skills: { own: null, effective: null },
        tagsOnRoute: { own: null, effective: [] },
        tagsOnEdit: { own: null, effective: null },
        limitBacklogAccess: { own: null, effective: null },
        backlogRequiredTagIds: { own: null, effective: null },
        ticketFilters: null,
      },
    ],
    [
      'told without their effect',
      { roleId: 1, skills: { tagIds: [1] }, limitTicketBacklogAccess: false },
      {
        status: null,
        roleId: { own: 1, effective: null },
        teamIds: null,
        skills: { own: { tagIds: [1], channels: null, intents: null }, effective: null },
        tagsOnRoute: { own: null, effective: null },
        tagsOnEdit: { own: null, effective: null },
        limitBacklogAccess: { own: false, effective: null },
        backlogRequiredTagIds: { own: null, effective: null },
        ticketFilters: null,
      },
    ],
  ])('are read as they are sent: %s', async (_how, settings, work) => {
    answerSettings(settings);
    expect(await gateway.query(QUERY)).toEqual({ profile: { settings: { work } } });
  });

  it('are null for who may not see them, without an error', async () => {
    const guarded = await startTestGateway({ people: PEOPLE, env: { AUTH: 'mind' } });
    try {
      const headers = { authorization: `Bearer ${guarded.mind.tokenFor(9)}` };
      const query = '{ profile(id: "mind:1") { firstName routing { call } settings { work { status } } } }';
      const { data, errors } = await guarded.execute(query, {}, headers);
      expect({ data, errors }).toEqual({
        data: { profile: { firstName: 'Ann', routing: null, settings: { work: null } } },
        errors: [],
      });
    } finally {
      await guarded.close();
    }
  });
});

describe('settings of the desk', () => {
  const DESK = `{ profile(id: "v2:3") { settings { desk {
    maxChats chatSoundOnNewMessage notifyOnTicketAssignment ticketIncognitoMode autoAnswerCalls
  } } } }`;

  it('are null where they are not told', async () => {
    gateway.v2.switches.set({ sparse: true });
    expect(await gateway.query(DESK)).toEqual({
      profile: {
        settings: {
          desk: {
            maxChats: 3,
            chatSoundOnNewMessage: null,
            notifyOnTicketAssignment: null,
            ticketIncognitoMode: null,
            autoAnswerCalls: null,
          },
        },
      },
    });
  });

  it('are null as a whole without a desk account', async () => {
    expect(await gateway.query(DESK.replace('v2:3', 'mind:9'))).toEqual({
      profile: { settings: { desk: null } },
    });
  });
});

describe('settings of the inbox', () => {
  it('leave out what only the person’s own token shows', async () => {
    // The gateway holds no token of the administrator.
    const query = '{ profile(id: "omnivibe:900") { settings { inbox { availability autoOffline } } } }';
    expect(await gateway.query(query)).toEqual({
      profile: { settings: { inbox: { availability: null, autoOffline: true } } },
    });
  });
});
