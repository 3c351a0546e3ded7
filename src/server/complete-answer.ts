import type { FormattedExecutionResult, GraphQLFormattedError, OperationTypeNode } from 'graphql';
import type { GraphQLContext } from '../graphql/context.js';
import { foldListErrors } from '../graphql/format-error.js';

/** The last touch on every answer: one error for a list instead of one for each cell, the request's id, the bill. */
export async function completeAnswer(
  { errors: formatted, data, extensions }: FormattedExecutionResult,
  type: OperationTypeNode | null,
  context: GraphQLContext,
): Promise<FormattedExecutionResult> {
  // Without errors everything that was read was waited for.
  if (formatted !== undefined) await context.settled();
  const errors = formatted && foldListErrors(formatted).map((error) => withRequestId(error, context));
  context.onAnswer(type, errors ?? []);
  const bill = context.bill();
  return {
    ...(errors !== undefined && { errors }),
    ...(data !== undefined && { data }),
    ...(bill === null ? extensions && { extensions } : { extensions: { ...extensions, upstream: bill } }),
  };
}

function withRequestId(error: GraphQLFormattedError, { requestId }: GraphQLContext): GraphQLFormattedError {
  return { ...error, extensions: { ...error.extensions, requestId } };
}
