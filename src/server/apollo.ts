// Apollo Server as this gateway needs it: what is on or off by default elsewhere is said here.
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, OperationTypeNode, type GraphQLFormattedError } from 'graphql';
import type { GraphQLContext } from '../graphql/context.js';
import { createFormatError, foldListErrors } from '../graphql/format-error.js';
import { createSchema } from '../graphql/schema.js';
import type { Logger } from './logging.js';
import { createMutationLimit } from './mutation-limit.js';
import { PARSE_LIMITS } from './operation-limits.js';

const MAX_ERRORS = 5;

export interface ApolloOptions {
  /** Introspection and the names in error messages that help explorers. */
  readonly isExplorerOn: boolean;
  readonly logger: Logger;
  /** Told of each mutation that was turned away since its caller has others under way. */
  readonly onMutationShed: () => void;
}

export function createApollo({
  isExplorerOn,
  logger,
  onMutationShed,
}: ApolloOptions): ApolloServer<GraphQLContext> {
  const schema = createSchema();
  return new ApolloServer<GraphQLContext>({
    schema,
    introspection: isExplorerOn,
    hideSchemaDetailsFromClientErrors: !isExplorerOn,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    parseOptions: PARSE_LIMITS,
    validationOptions: { maxErrors: MAX_ERRORS, hideSuggestions: !isExplorerOn },
    executionOptions: { maxCoercionErrors: MAX_ERRORS },
    stopOnTerminationSignals: false,
    logger,
    formatError: createFormatError(
      (error) => {
        logger.error({ err: error }, 'an operation failed for a reason of the gateway itself');
      },
      { schema, isSchemaHidden: !isExplorerOn },
    ),
    plugins: [
      answerPlugin,
      createMutationLimit(onMutationShed),
      // It wraps every field resolver, which doubles the time of a list.
      ApolloServerPluginCacheControlDisabled(),
      // Anybody could switch it on by a header.
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      // Nothing leaves for Apollo, whatever keys the environment holds.
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

/** The last touch on every answer: one error for a list instead of one for each cell, the request's id, the bill. */
const answerPlugin: ApolloServerPlugin<GraphQLContext> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ operation, schema, contextValue }) {
        const kind = operation?.operation;
        if (contextValue.isLarge && kind !== OperationTypeNode.MUTATION) {
          const message = 'The body exceeds 1 MiB, which only mutations may.';
          const extensions = { code: 'PAYLOAD_TOO_LARGE', http: { status: 413 } };
          return Promise.reject(new GraphQLError(message, { extensions }));
        }
        if (kind === undefined || schema.getRootType(kind) != null) return Promise.resolve();
        const message = `The schema offers no ${kind} operations.`;
        const extensions = { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } };
        return Promise.reject(new GraphQLError(message, { extensions }));
      },

      async willSendResponse({ operation, response, contextValue }) {
        if (response.body.kind === 'single') {
          const { singleResult } = response.body;
          // Without errors everything that was read was waited for.
          if (singleResult.errors !== undefined) await contextValue.settled();
          const { bill, requestId } = contextValue;
          if (singleResult.errors !== undefined) {
            singleResult.errors = foldListErrors(singleResult.errors).map((error) =>
              withRequestId(error, requestId),
            );
          }
          contextValue.onAnswer(operation?.operation ?? null, singleResult.errors ?? []);
          if (bill !== null) singleResult.extensions = { ...singleResult.extensions, upstream: bill() };
        }
      },
    }),
};

function withRequestId(error: GraphQLFormattedError, requestId: string): GraphQLFormattedError {
  return { ...error, extensions: { ...error.extensions, requestId } };
}
