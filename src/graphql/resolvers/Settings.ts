import { after } from '../../domain/eventual.js';
import type { MindAccount } from '../../domain/profile.js';
import type { SettingsResolvers } from '../generated/resolvers.js';

const workOf = (account: MindAccount | null) => account?.work ?? null;

export const Settings: SettingsResolvers = {
  work: (person) => after(person.account('mind'), workOf),
  async desk(person) {
    const ref = await person.ref('v2');
    return ref === null ? null : (person.context.readers.v2?.deskSettings(ref.id) ?? null);
  },
  inbox: (person) => after(person.account('omnivibe'), (account) => account?.inbox ?? null),
};
