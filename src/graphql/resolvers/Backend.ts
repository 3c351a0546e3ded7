import type { BackendResolvers } from '../generated/resolvers.js';

export const Backend: BackendResolvers = { MIND: 'mind', OMNIVIBE: 'omnivibe', V2: 'v2' };
