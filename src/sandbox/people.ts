// The one cast that all three sandbox backends are filled from. Who is awkward on purpose, and how, stands beside them.

/** A person's account in the Mind sandbox; what is left out gets the sandbox's default. */
export interface MindSeed {
  readonly id: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone?: string;
  readonly lang?: string;
  readonly nameAlias?: string;
  readonly externalId?: string;
  /** Assumed words; the vendor's example shows only `enneo`. */
  readonly type?: 'user' | 'enneo' | 'serviceWorker';
  readonly isSsoOnly?: 0 | 1;
  /** Counted back from the start of the sandbox; under 10 is "online". */
  readonly lastSeenMinutesAgo?: number;
  readonly status?: 'available' | 'busy';
  readonly callRoutingStatus?: string;
  readonly chatRoutingStatus?: string;
  readonly teamIds?: readonly number[];
  readonly roleId?: number;
  readonly rawData?: Readonly<Record<string, unknown>>;
}

export interface OmnivibeSeed {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly displayName?: string;
  readonly isConfirmed?: boolean;
  /** The availability that was chosen. */
  readonly availability?: 'online' | 'busy' | 'offline';
  readonly autoOffline?: boolean;
  /** Whether a live presence ping is fresh; with `autoOffline` it decides the effective availability. */
  readonly isPresent?: boolean;
  readonly role?: 'agent' | 'administrator';
  /** A custom role; whose seed has none is of a build that knows none. */
  readonly customRoleId?: number;
  readonly customAttributes?: Readonly<Record<string, unknown>>;
  readonly messageSignature?: string;
  readonly uiSettings?: Readonly<Record<string, unknown>>;
}

export interface V2Seed {
  readonly id: number;
  /** The username, which the vendor calls `name`. */
  readonly username: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly email: string;
  readonly telephone?: string;
  readonly language?: string;
  readonly dateFormat?: string;
  readonly groups?: readonly number[];
  readonly isActive?: boolean;
  readonly statusId?: number;
  readonly isLocked?: boolean;
  readonly maxChats?: number;
}

/** One person of the cast: the accounts that the person has. */
export interface CastMember {
  readonly mind?: MindSeed;
  readonly omnivibe?: OmnivibeSeed;
  readonly v2?: V2Seed;
}

/** The status catalogue of the v2 sandbox. */
export const V2_STATUSES = [
  { id: 1, name: 'Available', availability: 'AVAILABLE' },
  { id: 2, name: 'In conversation', availability: 'BUSY' },
  { id: 3, name: 'Break', availability: 'AWAY' },
  { id: 4, name: 'Signed out', availability: 'OFFLINE' },
] as const;

const LEADS: readonly CastMember[] = [
  // The first three are linked on all three backends, fill every field and accept writes.
  {
    mind: {
      id: 42,
      firstName: 'Max',
      lastName: 'Mustermann',
      email: 'max.mustermann@example.com',
      phone: '+49 30 901820',
      lang: 'de',
      nameAlias: 'Max M.',
      externalId: 'EMP-0042',
      lastSeenMinutesAgo: 2,
      status: 'available',
      callRoutingStatus: 'idle',
      chatRoutingStatus: 'idle',
      teamIds: [1, 2],
      roleId: 3,
      rawData: { costCentre: 'CC-7', shirtSize: 'L' },
    },
    omnivibe: {
      id: 3,
      name: 'Max Mustermann',
      displayName: 'Max from Support',
      email: 'max.mustermann@example.com',
      availability: 'online',
      isPresent: true,
      messageSignature: 'Kind regards, Max',
      uiSettings: { rtl_view: false, editor_message_key: 'enter' },
      customAttributes: { phone_number: '+4930901820', external_id: 'EMP-0042' },
    },
    v2: {
      id: 17,
      username: 'max.m',
      firstname: 'Max',
      lastname: 'Mustermann',
      email: 'max.mustermann@example.com',
      telephone: '+4930901820',
      language: 'de',
      dateFormat: 'de_DE',
      groups: [1, 4],
      statusId: 1,
      maxChats: 3,
    },
  },
  {
    mind: {
      id: 43,
      firstName: 'Erika',
      lastName: 'Gabler',
      email: 'erika.gabler@example.com',
      phone: '+49 89 2180-0',
      lang: 'de',
      nameAlias: 'Erika',
      externalId: 'EMP-0043',
      lastSeenMinutesAgo: 1,
      status: 'busy',
      callRoutingStatus: 'interacting',
      chatRoutingStatus: 'offline',
      teamIds: [1],
      roleId: 2,
      rawData: { costCentre: 'CC-7' },
    },
    omnivibe: {
      id: 4,
      name: 'Erika Gabler',
      displayName: 'Erika G.',
      email: 'erika.gabler@example.com',
      availability: 'busy',
      isPresent: true,
      messageSignature: 'Erika Gabler, second level',
      uiSettings: { rtl_view: false },
      customAttributes: { phone_number: '+498921800', external_id: 'EMP-0043' },
    },
    v2: {
      id: 18,
      username: 'erika.g',
      firstname: 'Erika',
      lastname: 'Gabler',
      email: 'erika.gabler@example.com',
      telephone: '+498921800',
      language: 'de',
      dateFormat: 'de_DE',
      groups: [1],
      statusId: 2,
      maxChats: 5,
    },
  },
  {
    mind: {
      id: 44,
      firstName: 'Amélie',
      lastName: 'Duval',
      email: 'amelie.duval@example.com',
      phone: '+33 1 44 55 66 77',
      lang: 'fr',
      nameAlias: 'Amélie',
      externalId: 'EMP-0044',
      lastSeenMinutesAgo: 45,
      status: 'available',
      callRoutingStatus: 'notResponding',
      chatRoutingStatus: 'unavailable',
      teamIds: [2],
      roleId: 2,
      rawData: { costCentre: 'CC-9' },
    },
    omnivibe: {
      id: 5,
      name: 'Amélie Duval',
      displayName: 'Amélie D.',
      email: 'amelie.duval@example.com',
      availability: 'online',
      autoOffline: true,
      isPresent: false,
      messageSignature: 'Bien à vous, Amélie',
      uiSettings: { rtl_view: false },
      customAttributes: { phone_number: '+33144556677', external_id: 'EMP-0044' },
    },
    v2: {
      id: 19,
      username: 'amelie.d',
      firstname: 'Amélie',
      lastname: 'Duval',
      email: 'amelie.duval@example.com',
      telephone: '+33144556677',
      language: 'fr',
      dateFormat: 'fr_FR',
      groups: [2],
      statusId: 3,
      maxChats: 2,
    },
  },
];

const AWKWARD: readonly CastMember[] = [
  // The same address in three spellings, and a custom role that a careless write takes away.
  {
    mind: {
      id: 45,
      firstName: 'Nora',
      lastName: 'Quandt',
      email: 'Nora.Quandt@Example.com',
      phone: '+49 40 1234',
    },
    omnivibe: { id: 6, name: 'Nora Quandt', email: 'nora.quandt@example.com', customRoleId: 4 },
    v2: {
      id: 20,
      username: 'nora.q',
      firstname: 'Nora',
      lastname: 'Quandt',
      email: 'NORA.QUANDT@EXAMPLE.COM',
    },
  },
  // Two people behind one shared mailbox: twice on Mind and on v2, so the address links nobody.
  {
    mind: { id: 46, firstName: 'Piet', lastName: 'Janssen', email: 'info@example.com' },
    v2: { id: 21, username: 'piet.j', firstname: 'Piet', lastname: 'Janssen', email: 'info@example.com' },
  },
  {
    mind: { id: 47, firstName: 'Saskia', lastName: 'de Vries', email: 'info@example.com' },
    v2: {
      id: 22,
      username: 'saskia.v',
      firstname: 'Saskia',
      lastname: 'de Vries',
      email: 'info@example.com',
    },
  },
  // On one backend only.
  { mind: { id: 48, firstName: 'Olaf', lastName: 'Einzig', email: 'olaf.einzig@example.com' } },
  { omnivibe: { id: 7, name: 'Petra Allein', email: 'petra.allein@example.com', displayName: 'Petra' } },
  {
    v2: { id: 23, username: 'solo.v2', firstname: 'Sven', lastname: 'Solo', email: 'sven.solo@example.com' },
  },
  // Names that Mind holds and v2's pattern refuses.
  {
    mind: { id: 49, firstName: 'Conan', lastName: "O'Brien", email: 'conan.obrien@example.com' },
    omnivibe: { id: 8, name: "Conan O'Brien", email: 'conan.obrien@example.com' },
    v2: {
      id: 24,
      username: 'conan.o',
      firstname: 'Conan',
      lastname: 'OBrien',
      email: 'conan.obrien@example.com',
    },
  },
  {
    mind: { id: 50, firstName: 'Łukasz', lastName: 'Wąs', email: 'lukasz.was@example.com', lang: 'pl' },
    omnivibe: { id: 9, name: 'Łukasz Wąs', email: 'lukasz.was@example.com' },
    v2: {
      id: 25,
      username: 'lukasz.w',
      firstname: 'Lukasz',
      lastname: 'Was',
      email: 'lukasz.was@example.com',
    },
  },
  // Locked at the desk although Mind would route to her.
  {
    mind: {
      id: 51,
      firstName: 'Ines',
      lastName: 'Gesperrt',
      email: 'ines.gesperrt@example.com',
      status: 'available',
      callRoutingStatus: 'idle',
      chatRoutingStatus: 'idle',
    },
    v2: {
      id: 26,
      username: 'ines.g',
      firstname: 'Ines',
      lastname: 'Gesperrt',
      email: 'ines.gesperrt@example.com',
      statusId: 3,
      isLocked: true,
    },
  },
  // A routing word and a status id that no document or catalogue knows.
  {
    mind: {
      id: 52,
      firstName: 'Uwe',
      lastName: 'Unbekannt',
      email: 'uwe.unbekannt@example.com',
      callRoutingStatus: 'teleporting',
      chatRoutingStatus: 'idle',
    },
    v2: {
      id: 27,
      username: 'uwe.u',
      firstname: 'Uwe',
      lastname: 'Unbekannt',
      email: 'uwe.unbekannt@example.com',
      statusId: 99,
    },
  },
  // An unconfirmed omnivibe account must not be linked by its address.
  {
    mind: { id: 53, firstName: 'Tom', lastName: 'Neu', email: 'tom.neu@example.com' },
    omnivibe: { id: 10, name: 'Tom Neu', email: 'tom.neu@example.com', isConfirmed: false },
  },
  // Re-hired: the old v2 account is inactive and does not make the address ambiguous.
  {
    mind: { id: 54, firstName: 'Rita', lastName: 'Wieder', email: 'rita.wieder@example.com' },
    v2: {
      id: 29,
      username: 'rita.w',
      firstname: 'Rita',
      lastname: 'Wieder',
      email: 'rita.wieder@example.com',
    },
  },
  {
    v2: {
      id: 28,
      username: 'rita.old',
      firstname: 'Rita',
      lastname: 'Wieder',
      email: 'rita.wieder@example.com',
      isActive: false,
    },
  },
  // The vendor's own user, and a service worker: hidden unless asked for.
  { mind: { id: 1, firstName: 'Enneo', lastName: 'Support', email: 'support@enneo.example', type: 'enneo' } },
  {
    mind: {
      id: 2,
      firstName: 'Nightly',
      lastName: 'Import',
      email: 'import@enneo.example',
      type: 'serviceWorker',
    },
  },
];

const FIRST_NAMES = [
  'Anna',
  'Ben',
  'Clara',
  'David',
  'Elif',
  'Farid',
  'Greta',
  'Hugo',
  'Ida',
  'Jonas',
  'Kira',
  'Leo',
];
const LAST_NAMES = [
  'Adler',
  'Berg',
  'Conrad',
  'Dorn',
  'Engel',
  'Falk',
  'Graf',
  'Haas',
  'Iwan',
  'Jung',
  'Kern',
];
const ROUTING = ['idle', 'interacting', 'beingConnected', 'notResponding', 'unavailable', 'offline', 'acw'];

/** Ordinary people, linked on all three backends by their address; the n-th is always the same. */
export function generatePeople(count: number, firstIndex = 0): CastMember[] {
  return Array.from({ length: count }, (_, i) => ordinaryPerson(firstIndex + i));
}

function ordinaryPerson(n: number): CastMember {
  const firstName = pick(FIRST_NAMES, n);
  const lastName = pick(LAST_NAMES, n);
  const email = `${firstName}.${lastName}.${n}@example.com`.toLowerCase();
  const digits = `4915${String(1_000_000 + n)}`;
  return {
    mind: {
      id: 1000 + n,
      firstName,
      lastName,
      email,
      phone: `+${digits.slice(0, 2)} ${digits.slice(2, 5)} ${digits.slice(5)}`,
      lang: n % 3 === 0 ? 'en' : 'de',
      externalId: `EMP-${1000 + n}`,
      lastSeenMinutesAgo: n % 2 === 0 ? 5 : 300,
      callRoutingStatus: pick(ROUTING, n),
      chatRoutingStatus: pick(ROUTING, n + 3),
      teamIds: [1 + (n % 4)],
      roleId: 2,
    },
    omnivibe: {
      id: 20_000 + n,
      name: `${firstName} ${lastName}`,
      displayName: `${firstName} ${lastName.slice(0, 1)}.`,
      email,
      availability: n % 2 === 0 ? 'online' : 'offline',
      autoOffline: false,
    },
    v2: {
      id: 300_000 + n,
      username: `${firstName}.${lastName}.${n}`.toLowerCase(),
      firstname: firstName,
      lastname: lastName,
      email,
      telephone: `+${digits}`,
      language: n % 3 === 0 ? 'en' : 'de',
      groups: [1 + (n % 4)],
      statusId: 1 + (n % 4),
    },
  };
}

function pick<T>(from: readonly T[], n: number): T {
  const value = from[n % from.length];
  if (value === undefined) throw new RangeError('nothing to pick from');
  return value;
}

/** The standard cast: three complete people first, then the awkward ones, then ordinary ones, 46 in all. */
export const CAST: readonly CastMember[] = [...LEADS, ...AWKWARD, ...generatePeople(28)];
