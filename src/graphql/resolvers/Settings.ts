import { after } from '../../domain/eventual.js';
import type { SettingsResolvers } from '../generated/resolvers.js';

export const Settings: SettingsResolvers = {
  work: (person) => after(person.account('mind'), (account) => account?.work ?? null),
  async desk(person) {
    const ref = await person.ref('v2');
    return ref === null ? null : (person.context.readers.v2?.deskSettings(ref.id) ?? null);
  },
  inbox: (person) => after(person.account('omnivibe'), (account) => account?.inbox ?? null),
};
