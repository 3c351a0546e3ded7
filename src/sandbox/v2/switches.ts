import type { SandboxRequest } from '../core/backend-server.js';
import type { Switches } from '../core/switches.js';

/**
 * What the v2 sandbox can be told to do wrong. `unknownEnums` sends the status id 987; `ignoreWrites` takes a field's name as
 * sent or as the index and the settings show it.
 */
export interface V2Switches extends Switches {
  /** Answers lists as a bare array, or in their envelope without `itemTotal`. */
  readonly indexShape?: 'array' | 'no-total';
  /** Sends every number as text, flags included. */
  readonly numbersAsText?: boolean;
  /** Sends flags as true and false. */
  readonly flagsAsBooleans?: boolean;
  /** Leaves out the keys that a reader must be able to do without; ids, names and addresses stay. */
  readonly sparse?: boolean;
}

/** A request to the v2 sandbox. */
export type V2Request = SandboxRequest<V2Switches>;
