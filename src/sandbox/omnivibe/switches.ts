import type { Switches } from '../core/switches.js';

/** What the omnivibe sandbox can be told to do beside the common switches. */
export interface OmnivibeSwitches extends Switches {
  /** Behaves as behind a proxy that drops header names with underscores. */
  readonly dropUnderscoreHeaders?: boolean;
  /** Ids of the users whom the platform app may not touch; creating with such a user's e-mail makes them permissible. */
  readonly notPermissible?: readonly number[];
  /** Ids of the accounts that are suspended. */
  readonly suspendedAccounts?: readonly number[];
  /** Licences of an account; when as many agents are in it, inviting answers 402. */
  readonly agentLimit?: number;
}

/** The switches as a request sees them. */
export type ActiveSwitches = Omit<OmnivibeSwitches, 'only'>;
