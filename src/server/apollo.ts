// Apollo Server as this gateway needs it: what is on or off by default elsewhere is said here.
import { ApolloServer, type ApolloServerOptionsWithGateway, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, OperationTypeNode, type GraphQLSchema } from 'graphql';
import type { GraphQLContext } from '../graphql/context.js';
import { execute } from '../graphql/executor/index.js';
import { createFormatError } from '../graphql/format-error.js';
import { createSchema } from '../graphql/schema.js';
import { completeAnswer } from './complete-answer.js';
import type { Logger } from './logging.js';
import { createMutationLimit } from './mutation-limit.js';
import { PARSE_LIMITS } from './operation-limits.js';
import { createPreparedQueries, type PreparedQueries } from './prepared-queries.js';

const MAX_ERRORS = 5;

export interface ApolloOptions {
  /** Introspection and the names in error messages that help explorers. */
  readonly isExplorerOn: boolean;
  readonly logger: Logger;
  /** Told of each mutation that was turned away since its caller has others under way. */
  readonly onMutationShed: () => void;
}

export interface GraphQLServer {
  readonly apollo: ApolloServer<GraphQLContext>;
  /** What Apollo need not look at again. */
  readonly prepared: PreparedQueries;
}

export function createGraphQLServer({ isExplorerOn, logger, onMutationShed }: ApolloOptions): GraphQLServer {
  const schema = createSchema();
  const formatError = createFormatError(
    (error) => {
      logger.error({ err: error }, 'an operation failed for a reason of the gateway itself');
    },
    { schema, isSchemaHidden: !isExplorerOn },
  );
  const prepared = createPreparedQueries({ schema, formatError });
  const apollo = new ApolloServer<GraphQLContext>({
    gateway: planned(schema),
    introspection: isExplorerOn,
    hideSchemaDetailsFromClientErrors: !isExplorerOn,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    parseOptions: PARSE_LIMITS,
    validationOptions: { maxErrors: MAX_ERRORS, hideSuggestions: !isExplorerOn },
    stopOnTerminationSignals: false,
    logger,
    formatError,
    plugins: [
      createAnswerPlugin(prepared),
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
  return { apollo, prepared };
}

/** Where a federation gateway would come in, Apollo lets another executor than graphql-js's run what it has found valid. */
function planned(schema: GraphQLSchema): ApolloServerOptionsWithGateway<GraphQLContext>['gateway'] {
  const options = { maxCoercionErrors: MAX_ERRORS };
  return {
    onSchemaLoadOrUpdate(tell) {
      tell({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => undefined;
    },
    load: () =>
      Promise.resolve({
        executor: async ({
          document,
          request: { operationName, variables: variableValues },
          context: contextValue,
        }) => execute({ schema, document, operationName, variableValues, contextValue, options }),
      }),
    stop: () => Promise.resolve(),
  };
}

function createAnswerPlugin(prepared: PreparedQueries): ApolloServerPlugin<GraphQLContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation({ operation, schema, contextValue, request, document }) {
          const kind = operation?.operation;
          if (contextValue.isLarge && kind !== OperationTypeNode.MUTATION) {
            const message = 'The body exceeds 1 MiB, which only mutations may.';
            const extensions = { code: 'PAYLOAD_TOO_LARGE', http: { status: 413 } };
            return Promise.reject(new GraphQLError(message, { extensions }));
          }
          if (kind === OperationTypeNode.QUERY) {
            const { query = '', operationName = null } = request;
            prepared.keep({ query, operationName }, document);
          }
          if (kind === undefined || schema.getRootType(kind) != null) return Promise.resolve();
          const message = `The schema offers no ${kind} operations.`;
          const extensions = { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } };
          return Promise.reject(new GraphQLError(message, { extensions }));
        },

        async willSendResponse({ operation, response, contextValue }) {
          if (response.body.kind !== 'single') return;
          const type = operation?.operation ?? null;
          response.body.singleResult = await completeAnswer(response.body.singleResult, type, contextValue);
        },
      }),
  };
}
