// The users that the Mind sandbox holds. Own settings are stored; what teams add is worked out when a user is shown.
import type { components } from '../../adapters/mind/wire.generated.js';
import type { CastMember, MindSeed } from '../people.js';

type Schemas = components['schemas'];

/** What is settable of the settings; the live routing statuses are kept beside them, not in them. */
type OwnSettings = Omit<NonNullable<Schemas['SettingsPatch']>, 'callRoutingStatus' | 'chatRoutingStatus'>;

/** One user as stored. */
export interface MindRow {
  readonly id: number;
  firstName: string;
  lastName: string;
  email: string;
  phone: string | null;
  lang: string | null;
  nameAlias: string | null;
  externalId: string | null;
  type: string;
  isSsoOnly: 0 | 1;
  /** Milliseconds since 1970; null: never seen. */
  readonly lastSeenAt: number | null;
  settings: OwnSettings | null;
  callRoutingStatus: string;
  chatRoutingStatus: string;
  rawData: Readonly<Record<string, unknown>> | null;
  /** Last image that arrived, base64. */
  image: string | null;
  passwordChanges: number;
}

/** All users by id. */
export interface MindState {
  readonly rows: ReadonlyMap<number, MindRow>;
  readonly add: (seed: Omit<MindSeed, 'id'>) => MindRow;
  readonly reset: () => void;
}

/** Starts with the Mind accounts of the cast. */
export function createMindState(people: readonly CastMember[]): MindState {
  const rows = new Map<number, MindRow>();
  const reset = () => {
    rows.clear();
    const now = Date.now();
    for (const { mind } of people) if (mind !== undefined) rows.set(mind.id, rowOf(mind, now));
  };
  reset();
  return {
    rows,
    add(seed) {
      const id = Math.max(0, ...rows.keys()) + 1;
      const row = rowOf({ ...seed, id }, Date.now());
      rows.set(id, row);
      return row;
    },
    reset,
  };
}

const PSEUDONYMS = ['Brave Fig', 'Quiet Plum', 'Bold Quince'];

function rowOf(seed: MindSeed, now: number): MindRow {
  return {
    id: seed.id,
    firstName: seed.firstName,
    lastName: seed.lastName,
    email: seed.email,
    phone: seed.phone ?? null,
    lang: seed.lang ?? 'de',
    nameAlias: seed.nameAlias ?? null,
    externalId: seed.externalId ?? null,
    type: seed.type ?? 'user',
    isSsoOnly: seed.isSsoOnly ?? 0,
    lastSeenAt: seed.lastSeenMinutesAgo === undefined ? null : now - seed.lastSeenMinutesAgo * 60_000,
    settings: {
      status: seed.status ?? 'available',
      supersetRole: 'Gamma',
      ticketsFilters: {
        groups: [1],
        intents: ['process_meter_reading'],
        tagIds: [1],
        personalQueue: true,
        onlyIntents: false,
      },
      roleId: seed.roleId ?? 1,
      teamIds: seed.teamIds ?? [],
      skills: { tagIds: [1, 2], channels: ['email'] },
      limitTicketBacklogAccess: false,
      ticketBacklogRequiredTagIds: [5],
      tagsOnRoute: [3],
      tagsOnEdit: [4],
      isPersonalFilters: false,
      inheritTeamSettings: true,
      nameReports: PSEUDONYMS[seed.id % PSEUDONYMS.length] ?? null,
    },
    callRoutingStatus: seed.callRoutingStatus ?? 'offline',
    chatRoutingStatus: seed.chatRoutingStatus ?? 'offline',
    rawData: seed.rawData ?? {},
    image: null,
    passwordChanges: 0,
  };
}

interface Team {
  readonly roleId: number;
  readonly tagIds: readonly number[];
  readonly channels: readonly string[];
  readonly intents: readonly string[];
  readonly limitsBacklog: boolean;
  readonly backlogTagIds: readonly number[];
  readonly tagsOnRoute: readonly number[];
  readonly tagsOnEdit: readonly number[];
}

const NOTHING: Team = {
  roleId: 1,
  tagIds: [],
  channels: [],
  intents: [],
  limitsBacklog: false,
  backlogTagIds: [],
  tagsOnRoute: [],
  tagsOnEdit: [],
};

/** What membership adds. Role 3 may supervise and is the strongest; no team makes anybody a supervisor. */
const TEAMS = new Map<number, Team>([
  [1, { ...NOTHING, roleId: 2, tagIds: [10], channels: ['chat'], intents: ['process_meter_reading'] }],
  [2, { ...NOTHING, tagIds: [2, 20], channels: ['phone'], intents: ['move_out'], tagsOnRoute: [21] }],
  [3, { ...NOTHING, tagIds: [30], tagsOnRoute: [31], tagsOnEdit: [32] }],
  [4, { ...NOTHING, roleId: 2, limitsBacklog: true, backlogTagIds: [40] }],
]);

/** The `actual…` settings: own values and those of the teams added up, the strongest role, each tag once. */
export function effectiveSettings(own: OwnSettings, teamIds = own.teamIds ?? []) {
  const teams = teamIds.flatMap((id) => TEAMS.get(id) ?? []);
  const roleIds = [own.roleId, ...teams.map((team) => team.roleId)].filter((id) => id !== undefined);
  return {
    actualRoleId: roleIds.length === 0 ? null : Math.max(...roleIds),
    actualTeamIds: teamIds,
    actualSkills: {
      intents: union(teams.map((team) => team.intents)),
      tagIds: union([own.skills?.tagIds ?? [], ...teams.map((team) => team.tagIds)]),
      channels: union([own.skills?.channels ?? [], ...teams.map((team) => team.channels)]),
    },
    actualLimitTicketBacklogAccess:
      (own.limitTicketBacklogAccess ?? false) || teams.some((team) => team.limitsBacklog),
    actualTicketBacklogRequiredTagIds: union([
      own.ticketBacklogRequiredTagIds ?? [],
      ...teams.map((team) => team.backlogTagIds),
    ]),
    actualTagsOnRoute: union([own.tagsOnRoute ?? [], ...teams.map((team) => team.tagsOnRoute)]),
    actualTagsOnEdit: union([own.tagsOnEdit ?? [], ...teams.map((team) => team.tagsOnEdit)]),
  } satisfies Schemas['Settings'];
}

function union<T>(lists: readonly (readonly T[])[]): readonly T[] {
  return [...new Set(lists.flat())];
}
