// One caller's share of the writing: a mutation runs long, and makes many calls.
import { HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, OperationTypeNode } from 'graphql';
import { GatewayError } from '../errors.js';
import type { GraphQLContext } from '../graphql/context.js';
import { createCallerLimit } from './caller-limit.js';

const MAX_MUTATIONS_AT_ONCE = 2;

/** Refuses a caller's third mutation at a time with 503. Where nobody has to prove themselves, callers cannot be told apart. */
export function createMutationLimit(onShed: () => void): ApolloServerPlugin<GraphQLContext> {
  const callers = createCallerLimit(MAX_MUTATIONS_AT_ONCE);
  return {
    requestDidStart({ contextValue: { viewer } }) {
      if (viewer === null) return Promise.resolve();
      let leave: (() => void) | null = null;
      return Promise.resolve({
        didResolveOperation({ operation }) {
          if (operation?.operation !== OperationTypeNode.MUTATION) return Promise.resolve();
          leave = callers.enter(viewer.subject);
          if (leave !== null) return Promise.resolve();
          onShed();
          return Promise.reject(tooMany());
        },
        willSendResponse() {
          leave?.();
          return Promise.resolve();
        },
      });
    },
  };
}

function tooMany(): GraphQLError {
  const message = `The caller has ${MAX_MUTATIONS_AT_ONCE} mutations under way; wait for one of them.`;
  return new GraphQLError(message, {
    originalError: new GatewayError('OVERLOADED', message),
    extensions: { http: { status: 503, headers: new HeaderMap([['retry-after', '1']]) } },
  });
}
