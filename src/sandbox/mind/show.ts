// What a row looks like on the wire. `image` and `password` are never shown.
import type { components } from '../../adapters/mind/wire.generated.js';
import type { MindSwitches } from './switches.js';
import { effectiveSettings, type MindRow } from './state.js';

type Schemas = components['schemas'];
type Odd = Pick<MindSwitches, 'extraKeys' | 'canarySecrets' | 'unknownEnums'>;

/** How much of a user to show. */
interface Detail {
  /** False hides settings and last login from a caller without the permission. */
  readonly isPrivateShown: boolean;
  readonly isShort?: boolean;
  readonly isRawDataShown?: boolean;
  /** Teams to work the `actual…` settings out for, instead of the user's own. */
  readonly teamIds?: readonly number[] | undefined;
}

/** One user, as lists and single reads show it. */
export function showProfile(row: MindRow, detail: Detail, odd: Odd): Schemas['Profile'] {
  const { id, firstName, lastName, email, type, externalId } = row;
  return {
    id,
    firstName,
    lastName,
    email,
    type,
    externalId,
    ...(detail.isShort !== true && {
      phone: row.phone,
      isSsoOnly: row.isSsoOnly,
      lang: row.lang,
      nameAlias: row.nameAlias,
      ...(detail.isPrivateShown && {
        lastSeen: row.lastSeenAt === null ? null : formatDate(row.lastSeenAt),
        settings: showSettings(row, odd, detail.teamIds),
      }),
      ...(detail.isRawDataShown === true && {
        rawData:
          odd.canarySecrets === true ? { ...row.rawData, crm: { apiKey: `canary-crm-${id}` } } : row.rawData,
      }),
    }),
    ...oddKeys(id, odd),
  };
}

/** The top-level keys that the switches add to a user. */
export function oddKeys(id: number, odd: Odd) {
  return {
    ...(odd.extraKeys === true && { departmentHint: 'in no document' }),
    ...(odd.canarySecrets === true && { accessToken: `canary-token-${id}` }),
  };
}

/** Own settings, what the teams make of them, and the live routing statuses; null once they were cleared with null. */
export function showSettings(row: MindRow, odd: Odd, teamIds?: readonly number[]): Schemas['Settings'] {
  if (row.settings === null) return null;
  return {
    ...row.settings,
    ...effectiveSettings(row.settings, teamIds),
    ...showRouting(row, odd),
    ...(odd.unknownEnums === true && { status: 'meditating' }),
    ...(odd.extraKeys === true && { themeHint: 'in no document' }),
    ...(odd.canarySecrets === true && { freshdeskApiAuth: `canary-freshdesk-${row.id}` }),
  };
}

/** The live routing statuses. */
export function showRouting(row: MindRow, odd: Odd) {
  const { callRoutingStatus, chatRoutingStatus } = row;
  return {
    callRoutingStatus: odd.unknownEnums === true ? 'teleporting' : callRoutingStatus,
    chatRoutingStatus,
  } satisfies Schemas['RoutingStatuses'];
}

/** `YYYY-MM-DD HH:MM:SS` in UTC; the text itself carries no zone. */
export function formatDate(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
