import {
  ASKED,
  canTake,
  deriveAvailability,
  presenceConflicts,
  presenceSignals,
} from '../../domain/presence.js';
import { BACKENDS } from '../../domain/profile.js';
import type { PresenceResolvers } from '../generated/resolvers.js';

export const Presence: PresenceResolvers = {
  availability: async (person) => deriveAvailability(presenceSignals(await person.sources(BACKENDS))),
  canTake: async (person, { channel }) => canTake(channel, await person.sources(ASKED[channel])),
  async statusLock(person) {
    const account = await person.account('v2');
    const locked = account?.isStatusLocked ?? null;
    return locked === null ? null : { locked, status: account?.status ?? null };
  },
  signals: async (person) => presenceSignals(await person.sources(BACKENDS)),
  conflicts: async (person) => presenceConflicts(await person.sources(BACKENDS)),
};
