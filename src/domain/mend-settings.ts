// What Mind does to settings that a partial change leaves out is not documented. Where it drops them, they are brought back.
import { GatewayError } from '../errors.js';
import type { BackendOutcome, FieldOutcome } from './outcome.js';
import type { FieldChange, MindWriter, Readers } from './ports.js';
import type { JsonValue, MindAccount } from './profile.js';

/** Compares the settings before and after a change; those that are gone are written back at once. */
export function mendSettings(
  writer: MindWriter,
  before: MindAccount,
  changes: readonly FieldChange[],
): NonNullable<BackendOutcome['mend']> {
  const lostNow = async (readers: Readers) => {
    const after = await readers.mind?.accountById(before.id);
    return after == null ? null : writer.lostSettings(before, after, changes);
  };
  return async (readers) => {
    const lost = await lostNow(readers);
    if (lost === null) return null;
    const call = writer.restoreCall(before, changes);
    let failure = '';
    try {
      await call.send();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      failure = ` ${error.message}`;
    }
    const unseen = mended(lost, null, `Whether they are back could not be found out.${failure}`);
    return {
      call,
      field: unseen,
      async confirm(later) {
        try {
          const missing = await lostNow(later);
          return missing === null
            ? mended(lost, lost, 'They have been written back.')
            : mended(lost, null, `Writing them back did not help.${failure}`);
        } catch (error) {
          if (error instanceof GatewayError) return unseen;
          throw error;
        }
      },
    };
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
