// Who is asking, told by the token, and what they may.
import { effectiveSettings, type MindState } from './state.js';

/** A token of this sandbox that belongs to its service worker. */
export const SERVICE_TOKEN = 'sandbox-mind-service';
const USER_TOKEN = /^sandbox-mind-user-(\d+)$/;
const SUPERVISOR_ROLE = 3;

const SUPERVISOR_PERMISSIONS = [
  'readAnyUserProfile',
  'updateSpecificProfile',
  'readUserLastSeenDate',
  'updateUserProfileSkills',
] as const;
const ALL_PERMISSIONS = [...SUPERVISOR_PERMISSIONS, 'enneoAdmin'] as const;

type Permission = (typeof ALL_PERMISSIONS)[number];

/** Whoever sent a request. */
export interface Caller {
  readonly id: number;
  readonly permissions: readonly Permission[];
}

/** The token with which a user of this sandbox signs in. */
export function tokenFor(userId: number): string {
  return `sandbox-mind-user-${userId}`;
}

/** Reads the bearer token or, without one, the cookie `connect.sid`; null: nobody we know. */
export function callerOf(headers: Readonly<Record<string, string>>, { rows }: MindState): Caller | null {
  const token =
    /^Bearer (.+)$/i.exec(headers['authorization'] ?? '')?.[1] ?? sessionCookie(headers['cookie']);
  if (token === SERVICE_TOKEN) {
    const worker = [...rows.values()].find((row) => row.type === 'serviceWorker');
    return { id: worker?.id ?? 0, permissions: ALL_PERMISSIONS };
  }
  const row = rows.get(Number(USER_TOKEN.exec(token ?? '')?.[1]));
  if (row === undefined) return null;
  const isSupervisor = effectiveSettings(row.settings ?? {}).actualRoleId === SUPERVISOR_ROLE;
  return { id: row.id, permissions: isSupervisor ? SUPERVISOR_PERMISSIONS : [] };
}

function sessionCookie(cookies = ''): string | undefined {
  return /(?:^|;\s*)connect\.sid=([^;]+)/.exec(cookies)?.[1];
}

/** True when the caller holds the permission. */
export function may(caller: Caller, permission: Permission): boolean {
  return caller.permissions.includes(permission);
}

/** True for oneself, and for whoever may do it to others. */
export function mayFor(caller: Caller, userId: number, permission: Permission): boolean {
  return caller.id === userId || may(caller, permission);
}
