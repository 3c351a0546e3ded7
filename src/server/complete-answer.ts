import type { FormattedExecutionResult, OperationTypeNode } from 'graphql';
import type { GraphQLContext } from '../graphql/context.js';
import { foldListErrors } from '../graphql/format-error.js';

/** The last touch on every answer: one error for a list instead of one for each cell, the request's id, the bill. */
export async function completeAnswer(
  { errors: formatted, data, extensions }: FormattedExecutionResult,
  type: OperationTypeNode | null,
  { settled, requestId, onAnswer, bill }: GraphQLContext,
): Promise<FormattedExecutionResult> {
  // Without errors everything that was read was waited for.
  if (formatted !== undefined) await settled();
  const errors =
    formatted &&
    foldListErrors(formatted).map((error) => ({ ...error, extensions: { ...error.extensions, requestId } }));
  onAnswer(type, errors ?? []);
  return {
    ...(errors !== undefined && { errors }),
    ...(data !== undefined && { data }),
    ...(bill === null ? extensions && { extensions } : { extensions: { ...extensions, upstream: bill() } }),
  };
}
