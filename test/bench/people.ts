// The people of the bench, in the words of the three backends. Every value is there and is spelled as the gateway shows it, so
// that a contender has nothing to translate but names, and all of them can answer the same JSON.
export interface BenchPerson {
  readonly mind: ReturnType<typeof mindRow>;
  readonly v2: ReturnType<typeof v2Row>;
  readonly omnivibe: ReturnType<typeof omnivibeUser>;
}

/** Mind knows all of them; so many of them, the first, are on v2 and omnivibe too. */
export const LINKED_PEOPLE = 120;
const PEOPLE = 1_000;

const FIRST = ['Zoë', 'Łukasz', 'Jürgen', 'Anaïs', 'Søren', 'İpek', 'Chloé', 'Dvořák', 'Núria', 'Ewa'];
const LAST = ['Müller', "O'Brien", 'Kowalczyk', 'Çelik', 'Ångström', 'Peña', 'Groß', 'Weiß-Lindner'];

export const people: readonly BenchPerson[] = Array.from({ length: PEOPLE }, (_, i) => ({
  mind: mindRow(i),
  v2: v2Row(i),
  omnivibe: omnivibeUser(i),
}));

/** The token that acts for a person at omnivibe. */
export function omnivibeToken(id: number): string {
  return `bench-token-${id}`;
}

function nameOf(i: number) {
  const firstName = FIRST[i % FIRST.length] ?? '';
  const lastName = `${LAST[(i * 7) % LAST.length] ?? ''} ${String.fromCodePoint(65 + (i % 26))}.`;
  return { firstName, lastName, email: `agent.${i + 1}@example.com` };
}

function mindRow(i: number) {
  const { firstName, lastName, email } = nameOf(i);
  return {
    id: i + 1,
    firstName,
    lastName,
    email,
    phone: `+49 30 90${String(i).padStart(4, '0')}`,
    lastSeen: new Date(Date.UTC(2026, 10, 20, 8, i % 60)).toISOString(),
    type: 'user',
    isSsoOnly: i % 2 === 0,
    lang: ['de-DE', 'en-GB', 'pl-PL', 'fr-FR'][i % 4] ?? '',
    nameAlias: `${firstName} am Telefon ${i}`,
    externalId: `hr-${10_000 + i}`,
    settings: {
      status: 'available',
      supersetRole: 'Gamma',
      ticketsFilters: {
        groups: [1, 2, 3 + (i % 5)],
        intents: ['meterReading', 'contractChange'],
        tagIds: [11, 12, 13 + (i % 9)],
        personalQueue: true,
        onlyIntents: false,
      },
      roleId: 2 + (i % 3),
      teamIds: [1, 4 + (i % 6)],
      skills: { tagIds: [5, 6, 7], channels: ['phone', 'chat', 'email'], intents: [] },
      actualRoleId: 2 + (i % 3),
      actualTeamIds: [1, 4 + (i % 6)],
      actualSkills: { tagIds: [5, 6, 7, 8], channels: ['phone', 'chat', 'email'], intents: [] },
      limitTicketBacklogAccess: false,
      ticketBacklogRequiredTagIds: [],
      tagsOnRoute: [21, 22],
      tagsOnEdit: [23],
      actualLimitTicketBacklogAccess: false,
      actualTicketBacklogRequiredTagIds: [],
      actualTagsOnRoute: [21, 22],
      actualTagsOnEdit: [23],
      isPersonalFilters: i % 3 === 0,
      inheritTeamSettings: i % 3 !== 0,
      nameReports: `${firstName} ${lastName}`,
      callRoutingStatus: 'idle',
      chatRoutingStatus: 'interacting',
    },
  };
}

function v2Row(i: number) {
  const { firstName, lastName, email } = nameOf(i);
  return {
    id: 5_001 + i,
    name: `agent.${i + 1}`,
    firstname: firstName,
    lastname: lastName,
    email,
    telephone_number: `+493090${String(i).padStart(4, '0')}`,
    language: 'de-DE',
    dateFormat: 'de_DE',
    groups: [1, 2 + (i % 4)],
    active: true,
    statusID: '1',
    statusLocked: false,
  };
}

function omnivibeUser(i: number) {
  const { firstName, lastName, email } = nameOf(i);
  const name = `${firstName} ${lastName}`;
  return {
    id: 9_001 + i,
    uid: email,
    name,
    display_name: `${firstName} im Chat`,
    available_name: `${firstName} im Chat`,
    email,
    confirmed: true,
    role: 'agent',
    avatar_url: `https://example.com/avatars/${9_001 + i}.png`,
    message_signature: `Viele Grüße, ${name}`,
    ui_settings: { is_contact_sidebar_open: true },
    custom_attributes: { external_id: `hr-${10_000 + i}` },
    accounts: [
      {
        id: 1,
        name: 'Kundenservice',
        role: 'agent',
        availability: 'online',
        availability_status: 'online',
        auto_offline: true,
        active_at: '2026-11-20T08:00:00.000Z',
        permissions: ['agent'],
      },
    ],
  };
}
