// A stand-in for the user controller of an Omnidesk installation. Answer bodies are assumed, since the vendor publishes none.
import { startBackend, type BackendServer } from '../core/backend-server.js';
import type { CastMember } from '../people.js';
import { refused } from './answers.js';
import { createGuard, v2Routes } from './routes.js';
import { createV2State, type V2WriteOnlyState } from './state.js';
import type { V2Switches } from './switches.js';

export type { V2Switches } from './switches.js';

/** A running v2 sandbox; `url` is the host root, without `/api/v2/user`. */
export interface V2Sandbox extends BackendServer<V2Switches> {
  /** Has every permission and acts as the user with id 1. */
  readonly apiKey: string;
  /** Has USER_READ only. */
  readonly readOnlyApiKey: string;
  /** What writes did that no endpoint shows; always the current state. */
  readonly writeOnly: V2WriteOnlyState;
}

/** Starts the v2 sandbox with the desk users of the cast. */
export async function startV2Sandbox(people: readonly CastMember[], port = 0): Promise<V2Sandbox> {
  const apiKey = 'sandbox-v2-key';
  const readOnlyApiKey = 'sandbox-v2-read-only';
  const state = createV2State(people);
  const guard = createGuard(
    new Map([
      [apiKey, ['USER_READ', 'USER_CUD', 'USER_ANONYMOUS_BROWSING_UPDATE']],
      [readOnlyApiKey, ['USER_READ']],
    ]),
  );
  const server = await startBackend<V2Switches>(
    {
      prefix: '',
      routes: v2Routes(state),
      guard,
      notFound: refused('There is no such endpoint.', 404),
      reset: () => {
        state.reset();
      },
    },
    port,
  );
  return { ...server, apiKey, readOnlyApiKey, writeOnly: state.writeOnly };
}
