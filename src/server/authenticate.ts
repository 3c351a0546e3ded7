// Who asks. AUTH=mind: whose Mind credential it is, as Mind itself says; AUTH=none: nobody in particular, everything.
// AUTH=jwt stands in authenticate-jwt.ts.
import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import { credentialKey, type MindAdapter, type MindCaller } from '../adapters/mind/index.js';
import type { MindCredential } from '../adapters/index.js';
import type { Caller } from '../domain/access.js';
import { GatewayError } from '../errors.js';
import type { Viewer } from '../graphql/context.js';
import type { CallScope } from '../transport/call-scope.js';

export interface Authenticated {
  readonly caller: Caller;
  /** Null where nobody has to prove themselves. */
  readonly viewer: Viewer | null;
  /** The caller's own credential for Mind, to be passed on to Mind only. */
  readonly credential: MindCredential | null;
}

/** Throws UNAUTHENTICATED for no or bad proof, and UPSTREAM_… when it cannot be checked. */
export type Authenticate = (headers: IncomingHttpHeaders, scope: CallScope) => Promise<Authenticated>;

const REMEMBERED_MS = 60_000;
const MAX_REMEMBERED = 10_000;

/** Everybody may do everything; an Authorization header is ignored. */
export const trustEverybody: Authenticate = () =>
  Promise.resolve({
    caller: { mindUserId: null, permissions: new Set(), isTrusted: true },
    viewer: null,
    credential: null,
  });

/** Who has proven to be whom; the proof itself is not kept. */
type Proven = Omit<Authenticated, 'credential'>;

/** Asks Mind, and remembers the answer for at most a minute under a hash of the credential. */
export function createMindAuthentication(mind: MindAdapter): Authenticate {
  const remembered = new LRUCache<string, Proven>({ max: MAX_REMEMBERED, ttl: REMEMBERED_MS });
  return async (headers, scope) => {
    const credential = credentialOf(headers);
    if (credential === null) {
      const message =
        'Send "Authorization: Bearer <Mind token>", or the cookie connect.sid of a Mind session.';
      throw new GatewayError('UNAUTHENTICATED', message);
    }
    const key = credentialKey(credential);
    let proven = remembered.get(key);
    if (proven === undefined) {
      const { id, permissions } = await identify(mind, scope, credential);
      proven = {
        caller: { mindUserId: id, permissions: new Set(permissions), isTrusted: false },
        viewer: { subject: `mind:${id}`, account: { backend: 'mind', id } },
      };
      remembered.set(key, proven);
    }
    return { caller: proven.caller, viewer: proven.viewer, credential };
  };
}

async function identify(
  mind: MindAdapter,
  scope: CallScope,
  credential: MindCredential,
): Promise<MindCaller> {
  try {
    return await mind.identify(scope, credential);
  } catch (error) {
    // Mind answers 401 or 403 to a bad token, by version.
    if (error instanceof GatewayError && error.code === 'FORBIDDEN') {
      throw new GatewayError('UNAUTHENTICATED', 'Mind does not accept the credential.', { cause: error });
    }
    throw error;
  }
}

/** Null without one, and for what could not be sent on as it is. */
export function bearerToken({ authorization }: IncomingHttpHeaders): string | null {
  return /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1] ?? null;
}

function credentialOf(headers: IncomingHttpHeaders): MindCredential | null {
  const bearer = bearerToken(headers);
  if (bearer !== null) return { headers: { authorization: `Bearer ${bearer}` }, isCallers: true };
  const session = /(?:^|;\s*)connect\.sid=([^;\s]+)/.exec(headers.cookie ?? '')?.[1];
  return session === undefined ? null : { headers: { cookie: `connect.sid=${session}` }, isCallers: true };
}
