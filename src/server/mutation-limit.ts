// One caller's share of the writing: a mutation runs long, and makes many calls.
import { HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, OperationTypeNode } from 'graphql';
import { GatewayError } from '../errors.js';
import type { GraphQLContext } from '../graphql/context.js';

const MAX_MUTATIONS_AT_ONCE = 2;

/** Refuses a caller's third mutation at a time with 503. Where nobody has to prove themselves, callers cannot be told apart. */
export function createMutationLimit(onShed: () => void): ApolloServerPlugin<GraphQLContext> {
  const running = new Map<string, number>();
  return {
    requestDidStart({ contextValue: { viewer } }) {
      if (viewer === null) return Promise.resolve();
      const { subject } = viewer;
      let isCounted = false;
      return Promise.resolve({
        didResolveOperation({ operation }) {
          if (operation?.operation !== OperationTypeNode.MUTATION) return Promise.resolve();
          const count = running.get(subject) ?? 0;
          if (count >= MAX_MUTATIONS_AT_ONCE) {
            onShed();
            return Promise.reject(tooMany());
          }
          running.set(subject, count + 1);
          isCounted = true;
          return Promise.resolve();
        },
        willSendResponse() {
          if (!isCounted) return Promise.resolve();
          const left = (running.get(subject) ?? 1) - 1;
          if (left === 0) running.delete(subject);
          else running.set(subject, left);
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
