import { worstState } from '../../domain/outcome.js';
import type { BackendOutcomeResolvers } from '../generated/resolvers.js';

export const BackendOutcome: BackendOutcomeResolvers = {
  state: ({ fields }) => worstState(fields),
};
