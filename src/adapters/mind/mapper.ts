// What Mind's wire types mean.
import type { KnownAccount } from '../../domain/ports.js';
import type {
  Availability,
  Inheritable,
  MindAccount,
  RoutingStatus,
  Skills,
  WorkSettings,
} from '../../domain/profile.js';
import { orNull, readable } from '../decoding.js';
import { toDate, toLanguageTag, vocabulary } from '../values.js';
import type { MindProfileDto, MindSettingsDto, MindSkillsDto } from './decode.js';

const routingStatus = vocabulary<RoutingStatus>('mind', 'RoutingStatus', {
  idle: 'IDLE',
  interacting: 'INTERACTING',
  beingConnected: 'BEING_CONNECTED',
  notResponding: 'NOT_RESPONDING',
  unavailable: 'UNAVAILABLE',
  offline: 'OFFLINE',
  acw: 'ACW',
});

/** Assumed: the word that the vendor uses for the same kind in the `show` parameter. */
const SERVICE_WORKER = 'serviceWorker';

const userStatus = vocabulary<Availability>('mind', 'settings.status', {
  available: 'AVAILABLE',
  busy: 'BUSY',
});

/** The account of a row whose id is known; dates without a zone are read in `timeZone`. */
export function toAccount(id: string, dto: MindProfileDto, timeZone: string): MindAccount {
  const fromSettings = <T>(read: (settings: MindSettingsDto) => T): T | null =>
    dto.settings === null ? null : read(dto.settings);
  return readable<MindAccount>({
    backend: () => 'mind',
    id: () => id,
    name: () => [dto.firstName, dto.lastName].filter((part) => part !== null).join(' ') || null,
    email: () => dto.email,
    // No document names a key that tells a deactivated user from an active one.
    active: () => null,
    firstName: () => dto.firstName,
    lastName: () => dto.lastName,
    nameAlias: () => dto.nameAlias,
    externalId: () => dto.externalId,
    phone: () => dto.phone,
    language: () => toLanguageTag(dto.lang),
    type: () => dto.type,
    ssoOnly: () => dto.isSsoOnly,
    lastSeenAt: () => toDate('mind', dto.lastSeen, timeZone),
    callRouting: () => fromSettings((settings) => routingStatus(settings.callRoutingStatus)),
    chatRouting: () => fromSettings((settings) => routingStatus(settings.chatRoutingStatus)),
    status: () => fromSettings((settings) => userStatus(settings.status)),
    work: () => fromSettings(toWorkSettings),
  });
}

/** What the index keeps of a row. */
export function toKnownAccount(id: string, dto: MindProfileDto): KnownAccount {
  return {
    backend: 'mind',
    id,
    email: orNull(() => dto.email),
    active: null,
    isConfirmed: true,
    externalId: orNull(() => dto.externalId),
    isPerson: orNull(() => dto.type) !== SERVICE_WORKER,
  };
}

function toWorkSettings(dto: MindSettingsDto): WorkSettings {
  return readable<WorkSettings>({
    status: () => userStatus(dto.status)?.value ?? null,
    inheritsFromTeams: () => dto.inheritTeamSettings,
    personalFilters: () => dto.isPersonalFilters,
    supersetRole: () => dto.supersetRole,
    reportName: () => dto.nameReports,
    roleId: () => inheritable(dto.roleId, dto.actualRoleId),
    // `actualTeamIds` holds the teams of the person's own, without parents, and is sent where `teamIds` is not.
    teamIds: () => dto.teamIds ?? dto.actualTeamIds,
    skills: () => inheritable(toSkills(dto.skills), toSkills(dto.actualSkills)),
    tagsOnRoute: () => inheritable(dto.tagsOnRoute, dto.actualTagsOnRoute),
    tagsOnEdit: () => inheritable(dto.tagsOnEdit, dto.actualTagsOnEdit),
    limitBacklogAccess: () => inheritable(dto.limitTicketBacklogAccess, dto.actualLimitTicketBacklogAccess),
    backlogRequiredTagIds: () =>
      inheritable(dto.ticketBacklogRequiredTagIds, dto.actualTicketBacklogRequiredTagIds),
    ticketFilters: () => dto.ticketsFilters,
  });
}

function toSkills(dto: MindSkillsDto | null): Skills | null {
  return dto === null
    ? null
    : readable<Skills>({
        tagIds: () => dto.tagIds,
        channels: () => dto.channels,
        intents: () => dto.intents,
      });
}

function inheritable<T>(own: T | null, effective: T | null): Inheritable<T> {
  return { own, effective };
}
