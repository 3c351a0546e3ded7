// The list of documents that the operator's own clients send, when there is one, and what becomes of others.
import { stripIgnoredCharacters } from 'graphql';

/** Texts by id, as GraphQL Code Generator writes them to persisted-documents.json. */
export type DocumentManifest = ReadonlyMap<string, string>;

export interface TrustedDocuments {
  /** The text that is listed under an id, which may be spelt `sha256:<hash>`; null when there is none. */
  textOf(id: string): string | null;
  /** Whether a text is listed; blanks, commas and comments don't count. The text must be GraphQL. */
  has(text: string): boolean;
}

export function createTrustedDocuments(manifest: DocumentManifest): TrustedDocuments {
  const texts = new Set([...manifest.values()].map(stripIgnoredCharacters));
  return {
    textOf: (id) => manifest.get(id) ?? manifest.get(id.replace(/^sha256:/, '')) ?? null,
    has: (text) => texts.has(stripIgnoredCharacters(text)),
  };
}
