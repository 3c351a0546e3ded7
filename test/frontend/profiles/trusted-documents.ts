import type { TypedDocumentNode } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';

/** Sends the ids of documents in place of their text; to be put before the HttpLink. */
export const sendIds = new PersistedQueryLink({
  generateHash: (document: TypedDocumentNode & { readonly __meta__?: { readonly hash: string } }) =>
    document.__meta__?.hash ?? 'none',
  disable: () => false,
});
