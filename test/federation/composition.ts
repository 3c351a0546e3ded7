// From subgraphs to a supergraph.
import { parse, type DocumentNode } from 'graphql';

/** A subgraph, as a composer needs it. */
export interface Subgraph {
  readonly name: string;
  /** Where a router asks it. */
  readonly url: string;
  /** Its schema with the directives of federation. */
  readonly sdl: string;
}

/** What a composer makes of subgraphs, and what it has to say against them. */
export interface Composition {
  /** Null where they do not compose. */
  readonly supergraph: string | null;
  readonly errors: readonly string[];
  /** What composes, and should be looked at all the same. */
  readonly hints: readonly string[];
}

export type Compose = (subgraphs: readonly Subgraph[]) => Composition;

/** Subgraphs as composers take them. */
export function toServices(subgraphs: readonly Subgraph[]): {
  name: string;
  url: string;
  typeDefs: DocumentNode;
}[] {
  return subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
}

/** The supergraph; throws an Error that tells why there is none. */
export function supergraphOf(compose: Compose, subgraphs: readonly Subgraph[]): string {
  const { supergraph, errors } = compose(subgraphs);
  if (supergraph === null) throw new Error(`The subgraphs do not compose: ${errors.join('; ')}`);
  return supergraph;
}

/** A running subgraph's own schema, which it tells whoever proves to be a router. */
export async function fetchSdl(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  });
  const { data } = (await response.json()) as { data?: { _service: { sdl: string } } | null };
  if (data == null) throw new Error(`${url} does not tell its schema; it answered ${response.status}.`);
  return data._service.sdl;
}
