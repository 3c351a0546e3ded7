// A stateful stand-in for enneo Mind. It holds profiles only: no tickets, no teams API, no events, and tokens never expire.
import { startBackend, type BackendServer } from '../core/backend-server.js';
import type { CastMember } from '../people.js';
import { SERVICE_TOKEN, tokenFor } from './access.js';
import { mindRoutes, notFound } from './routes.js';
import { createMindState } from './state.js';
import type { MindSwitches } from './switches.js';

export type { MindSwitches } from './switches.js';

/** A running Mind sandbox. */
export interface MindSandbox extends BackendServer<MindSwitches> {
  /** Acts as the service worker, with every permission. */
  readonly serviceToken: string;
  /** Acts as that user. Role 3 supervises: it may read and change everybody; in bulk not the vendor's own users. */
  tokenFor(userId: number): string;
  /** What arrived of the fields that are never shown; null: no such user. */
  writeOnlyOf(userId: number): { readonly image: string | null; readonly passwordChanges: number } | null;
}

/** Starts the Mind sandbox on loopback, filled with the cast's Mind accounts. */
export async function startMindSandbox(people: readonly CastMember[], port = 0): Promise<MindSandbox> {
  const state = createMindState(people);
  const server = await startBackend<MindSwitches>(
    {
      prefix: '/api/mind',
      routes: mindRoutes(state),
      guard: () => null, // the routes ask themselves, as they need to know who calls
      notFound: notFound(),
      reset: state.reset,
    },
    port,
  );
  return {
    ...server,
    serviceToken: SERVICE_TOKEN,
    tokenFor,
    writeOnlyOf(userId) {
      const row = state.rows.get(userId);
      return row === undefined ? null : { image: row.image, passwordChanges: row.passwordChanges };
    },
  };
}
