// Queries that Apollo Server has found to be in order. The same text comes again and again; from then on it is executed as it
// stands, which spares each request Apollo's pipeline. What is new, writes, or has variables of a wrong type goes through Apollo.
import {
  OperationTypeNode,
  type DocumentNode,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { GraphQLContext } from '../graphql/context.js';
import { execute } from '../graphql/executor/index.js';
import { completeAnswer } from './complete-answer.js';
import type { GraphQLRequest } from './graphql-request.js';

/** What names a query. */
type QueryText = Pick<GraphQLRequest, 'query' | 'operationName'>;

export interface PreparedQueries {
  /** To be told of a query that is in order; of `document`, the operation is a query that may be executed. */
  keep(query: QueryText, document: DocumentNode): void;
  /** The answer as JSON text, as Apollo writes it; null for what is not prepared, and where variables are not acceptable. */
  answer(request: GraphQLRequest, context: GraphQLContext): Promise<string | null>;
}

export interface PreparedQueriesOptions {
  readonly schema: GraphQLSchema;
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
}

/** Of all of them together; a document takes some 50 bytes of memory for each. */
const MAX_CHARACTERS = 500_000;

export function createPreparedQueries({ schema, formatError }: PreparedQueriesOptions): PreparedQueries {
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_document, key) => key.length,
  });

  /** As Apollo hands errors over to be formatted. */
  function format(error: GraphQLError): GraphQLFormattedError {
    const extensions = { code: 'INTERNAL_SERVER_ERROR', ...error.extensions };
    return formatError({ ...error.toJSON(), extensions }, error);
  }

  return {
    keep(query, document) {
      documents.set(keyOf(query), document);
    },

    async answer(request, context) {
      const document = documents.get(keyOf(request));
      if (document === undefined || context.isLarge) return null;
      const { operationName, variables: variableValues } = request;
      const { data, errors } = await execute({
        schema,
        document,
        operationName,
        variableValues,
        contextValue: context,
      });
      if (data === undefined) return null;
      const told = { data, ...(errors !== undefined && { errors: errors.map(format) }) };
      const answer = await completeAnswer(told, OperationTypeNode.QUERY, context);
      return `${JSON.stringify(answer)}\n`;
    },
  };
}

function keyOf({ query, operationName }: QueryText): string {
  // No document holds this sign.
  return operationName === null ? query : `${operationName}\0${query}`;
}
