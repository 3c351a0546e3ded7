// A stand-in for omnivibe: app API and platform API on one loopback port. It sends no mail and runs no background jobs.
import { startBackend, type BackendServer } from '../core/backend-server.js';
import type { CastMember } from '../people.js';
import { createAccess, PLATFORM_TOKEN, refuseBrokenJson } from './access.js';
import { agentRoutes } from './agent-routes.js';
import { platformRoutes } from './platform-routes.js';
import { profileRoutes } from './profile-routes.js';
import { NOT_FOUND } from './replies.js';
import { ACCOUNT_ID, ADMIN_ID, createState, tokenFor } from './state.js';
import type { OmnivibeSwitches } from './switches.js';

export { INITIAL_PASSWORD } from './state.js';
export type { OmnivibeSwitches } from './switches.js';

/** The running stand-in with the credentials that open it. */
export interface OmnivibeSandbox extends BackendServer<OmnivibeSwitches> {
  /** The account that everybody is a member of. */
  readonly accountId: number;
  /** Token of an administrator of that account, who is not one of the cast. */
  readonly adminToken: string;
  readonly platformToken: string;
  /** Tokens of the cast by e-mail in lower case, as at the start. */
  readonly userTokens: Readonly<Record<string, string>>;
  tokenFor(userId: number): string;
}

/** Starts the stand-in with these people on a loopback port; without one, any free port. */
export async function startOmnivibeSandbox(
  people: readonly CastMember[],
  port?: number,
): Promise<OmnivibeSandbox> {
  const state = createState(people);
  const access = createAccess(state);
  const server = await startBackend<OmnivibeSwitches>(
    {
      prefix: '',
      routes: [
        ...profileRoutes(state, access),
        ...agentRoutes(state, access),
        ...platformRoutes(state, access),
      ],
      guard: refuseBrokenJson,
      notFound: NOT_FOUND,
      reset: () => {
        state.reset();
      },
    },
    port,
  );
  return {
    ...server,
    accountId: ACCOUNT_ID,
    adminToken: tokenFor(ADMIN_ID),
    platformToken: PLATFORM_TOKEN,
    userTokens: Object.fromEntries(
      people.flatMap(({ omnivibe }) =>
        omnivibe === undefined ? [] : [[omnivibe.email.toLowerCase(), tokenFor(omnivibe.id)]],
      ),
    ),
    tokenFor,
  };
}
