import type { SettingsResolvers } from '../generated/resolvers.js';

export const Settings: SettingsResolvers = {
  work: async (person) => (await person.account('mind'))?.work ?? null,
  async desk(person) {
    const ref = await person.ref('v2');
    return ref === null ? null : (person.context.readers.v2?.deskSettings(ref.id) ?? null);
  },
  inbox: async (person) => (await person.account('omnivibe'))?.inbox ?? null,
};
