// What Mind does to settings that a partial change leaves out is not documented. Where it drops them, they are brought back.
import { GatewayError } from '../errors.js';
import type { BackendOutcome, FieldOutcome } from './outcome.js';
import type { FieldChange, MindWriter } from './ports.js';
import type { JsonValue, MindAccount } from './profile.js';

/** Compares the settings before and after a change; those that are gone are written back at once. */
export function mendSettings(
  writer: MindWriter,
  before: MindAccount,
  changes: readonly FieldChange[],
): NonNullable<BackendOutcome['mend']> {
  return async (readers) => {
    const after = await readers.mind?.accountById(before.id);
    const lost = after == null ? null : writer.lostSettings(before, after, changes);
    if (lost === null) return null;
    const call = writer.restoreCall(before, changes);
    try {
      await call.send();
      return {
        call,
        field: mended(lost, lost, 'They have been written back.'),
      };
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return { call, field: mended(lost, null, `Writing them back failed: ${error.message}`) };
    }
  };
}

function mended(before: JsonValue, after: JsonValue, what: string): FieldOutcome {
  const message = `mind: settings that were not in the update were lost, because this installation replaces them as a whole. ${what} Set MIND_SETTINGS_PATCH=replace.`;
  return {
    field: 'settings.work',
    state: 'MISMATCH',
    before,
    after,
    problem: { code: 'UPSTREAM_REJECTED', message },
    show: null,
    isWriteOnly: false,
  };
}
