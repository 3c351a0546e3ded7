// Domain types behind GraphQL types, under the names that the generated code uses.
import type { Person } from '../domain/person.js';
import type { MindAccount, OmnivibeAccount, V2Account } from '../domain/profile.js';
import type { WriteResult } from '../domain/write-profiles.js';

/** An account together with the person it belongs to. */
export interface Linked<A> {
  readonly person: Person;
  readonly account: A;
}

export type LinkedMind = Linked<MindAccount>;
export type LinkedOmnivibe = Linked<OmnivibeAccount>;
export type LinkedV2 = Linked<V2Account>;
export type LinkedAccount = LinkedMind | LinkedOmnivibe | LinkedV2;

export type BulkUpdateResult = WriteResult & { readonly profileId: string };
