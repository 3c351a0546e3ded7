import { z } from 'zod';
import { RequestRefused } from './replies.js';

/** What a client asks. */
export interface GraphQLRequest {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>> | null;
}

/** What a client asks, as it stands in the body: a document, or the id of one. Extensions are otherwise ignored. */
export interface ReceivedRequest extends Omit<GraphQLRequest, 'query'> {
  readonly query: string | null;
  /** `documentId`, or the hash of Apollo's extension `persistedQuery`; null beside a document. */
  readonly documentId: string | null;
}

const SHAPE = z.object(
  {
    query: z.string('"query" must be text').min(1, '"query" must not be empty').optional(),
    documentId: z.string('"documentId" must be text').optional(),
    extensions: z
      .object(
        { persistedQuery: z.object({ sha256Hash: z.string() }).optional().catch(undefined) },
        '"extensions" must be an object',
      )
      .nullish(),
    operationName: z.string('"operationName" must be text').nullish(),
    // Not copied, however large.
    variables: z.custom<Record<string, unknown>>(isObject, '"variables" must be an object').nullish(),
  },
  'the body must be one JSON object with "query"; batches are not taken',
);

/** Throws RequestRefused (400) for what is no GraphQL request. */
export function parseGraphQLRequest(body: unknown): ReceivedRequest {
  const result = SHAPE.safeParse(body);
  if (!result.success) {
    const problem = result.error.issues[0]?.message ?? 'its shape is wrong';
    throw new RequestRefused(400, 'BAD_REQUEST', `This is not a GraphQL request: ${problem}.`);
  }
  const { query = null, documentId, extensions, operationName = null, variables = null } = result.data;
  const id = documentId ?? extensions?.persistedQuery?.sha256Hash;
  return { query, documentId: (query === null ? id : null) ?? null, operationName, variables };
}

/** For logs: the operation's name, when it is a harmless word. */
export function operationName({ operationName: given, query }: GraphQLRequest): string {
  const name = given ?? /^\s*(?:query|mutation)\s+(\w+)/.exec(query)?.[1];
  return name !== undefined && /^\w{1,64}$/.test(name) ? name : 'anonymous';
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
