// Who may read what. Pure; what no rule allows is denied.
import { GatewayError } from '../errors.js';
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

/** Throws FORBIDDEN unless the gateway's own credential may be used to read this person for this caller. */
export function assertMayRead(caller: Caller, backend: Backend, personsMindId: string | null): void {
  if (caller.isTrusted || READ_ANY.some((permission) => caller.permissions.has(permission))) return;
  if (personsMindId !== null && personsMindId === caller.mindUserId) return;
  throw new GatewayError(
    'FORBIDDEN',
    `Reading other people's ${backend} accounts needs readAnyUserProfile.`,
    { backend },
  );
}
