// Who may do what. Pure; what no rule allows is denied.
import { GatewayError } from '../errors.js';
import type { Writer } from './ownership.js';
import type { Backend } from './profile.js';

/** Who asks, as the authentication found. */
export interface Caller {
  /** Mind id of the caller's own account, where known. */
  readonly mindUserId: string | null;
  readonly permissions: ReadonlySet<string>;
  /** True only where the operator has switched authentication off. */
  readonly isTrusted: boolean;
}

/** Permissions of Mind that open other people's accounts. */
const READ_ANY = ['readAnyUserProfile', 'updateSpecificProfile'];
const WRITE_ANY = 'updateSpecificProfile';

/** Whether the gateway's own credential may be used to read this person for this caller. */
export function mayRead(caller: Caller, personsMindId: string | null): boolean {
  return (
    caller.isTrusted ||
    READ_ANY.some((permission) => caller.permissions.has(permission)) ||
    (personsMindId !== null && personsMindId === caller.mindUserId)
  );
}

/** Whether the caller may change anybody, with whatever credential the gateway holds. */
export function mayWriteAnybody(caller: Caller): boolean {
  return caller.isTrusted || caller.permissions.has(WRITE_ANY);
}

/** Throws FORBIDDEN unless `mayRead`. */
export function assertMayRead(caller: Caller, backend: Backend, personsMindId: string | null): void {
  if (mayRead(caller, personsMindId)) return;
  throw new GatewayError(
    'FORBIDDEN',
    `Reading other people's ${backend} accounts needs readAnyUserProfile.`,
    {
      backend,
    },
  );
}

export type Access = 'READ_WRITE' | 'READ_ONLY' | 'SELF_ONLY' | 'WRITE_ONLY' | 'UNSUPPORTED' | 'DENIED';

/** What a caller may do with a field at one backend, and why not more. */
export interface BackendAccess {
  readonly backend: Backend;
  readonly access: Access;
  readonly message: string | null;
}

export interface AccessQuestion {
  readonly backend: Backend;
  readonly isTakingPart: boolean;
  /** Whether the backend shows the field. */
  readonly isShown: boolean;
  /** How the backend takes the field; null when it does not. */
  readonly writer: Writer | null;
  readonly caller: Caller;
  /** Whose credential is used at the backend. */
  readonly credential: 'caller' | 'gateway';
  readonly personsMindId: string | null;
  /** Whether the person's own token for the backend is at hand. */
  readonly isOwnTokenHeld: boolean;
}

/** The decision for one field at one backend. */
export function decideAccess(question: AccessQuestion): BackendAccess {
  const { backend, isTakingPart, isShown, writer, caller, credential, personsMindId } = question;
  if (!isTakingPart) return { backend, access: 'UNSUPPORTED', message: 'The backend takes no part.' };
  if (!isShown && writer === null) {
    return { backend, access: 'UNSUPPORTED', message: 'The backend does not have this field.' };
  }
  const isSelf = personsMindId !== null && personsMindId === caller.mindUserId;
  if (credential === 'gateway' && !mayRead(caller, personsMindId)) {
    const message = "Reading other people's accounts needs readAnyUserProfile.";
    return { backend, access: 'DENIED', message };
  }
  if (writer === null) {
    return { backend, access: 'READ_ONLY', message: 'The backend does not let this field be changed.' };
  }
  // Oneself one may change, but not so that somebody else's account becomes one's own.
  const maySelf = isSelf && credential === 'caller' && writer.isLinking !== true;
  const mayWrite = mayWriteAnybody(caller) || maySelf;
  if (!mayWrite && !(isSelf && question.isOwnTokenHeld)) {
    const message = `Changing it needs ${WRITE_ANY}.`;
    return { backend, access: isShown ? 'READ_ONLY' : 'DENIED', message };
  }
  if (writer.isSelfOnly === true && !question.isOwnTokenHeld) {
    const message = "Changing it needs the person's own token for this backend.";
    return { backend, access: 'SELF_ONLY', message };
  }
  return writer.isWriteOnly === true
    ? { backend, access: 'WRITE_ONLY', message: 'The backend takes it and does not show it again.' }
    : { backend, access: 'READ_WRITE', message: null };
}

/** Whether a new value may be written. */
export function isWritable({ access }: BackendAccess): boolean {
  return access === 'READ_WRITE' || access === 'WRITE_ONLY';
}
