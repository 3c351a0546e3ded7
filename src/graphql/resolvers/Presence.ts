import { deriveAvailability } from '../../domain/presence.js';
import type { PresenceResolvers } from '../generated/resolvers.js';

export const Presence: PresenceResolvers = {
  availability: async (person) => deriveAvailability(await person.signals()),
  async statusLock(person) {
    const account = await person.account('v2');
    const locked = account?.isStatusLocked ?? null;
    return locked === null ? null : { locked, status: account?.status ?? null };
  },
  signals: (person) => person.signals(),
};
