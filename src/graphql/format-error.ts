// What a client gets to read of an error. An allow-list: nothing of an upstream body, a stack, a host or a variable's
// value is passed on, and what is not known here becomes INTERNAL_SERVER_ERROR.
import { unwrapResolverError } from '@apollo/server/errors';
import {
  GraphQLError,
  isValueNode,
  Kind,
  parse,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ASTNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type VariableDefinitionNode,
} from 'graphql';

import { ERROR_CODES, GatewayError, REQUEST_ERROR_CODES } from '../errors.js';

const SCALAR_WORDS: Readonly<Record<string, string>> = {
  EmailAddress: 'an e-mail address such as name@example.com',
  DateTime: 'a date and time with offset such as 2026-01-31T08:00:00Z',
  ID: 'an id: text or a whole number',
  Int: 'a whole number of at most 32 bits',
  String: 'text',
  Boolean: 'true or false',
};

/** With a schema, wrong values in a document are named by their argument. `report` is told of faults of the gateway itself, which clients read nothing of. */
export function createFormatError(report: (error: unknown) => void, schema?: GraphQLSchema) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const original = unwrapResolverError(error);
    if (original instanceof GatewayError) return { ...place(formatted), ...describe(original) };
    const code = formatted.extensions?.['code'];
    const isCoercion =
      code === 'BAD_USER_INPUT' &&
      error instanceof GraphQLError &&
      error.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION;
    if (isCoercion) {
      const message =
        coercionMessage(error.nodes[0] as VariableDefinitionNode) ?? 'A variable is not acceptable.';
      return { ...place(formatted), message, extensions: { code: 'BAD_USER_INPUT', retryable: false } };
    }
    const literal = code === 'GRAPHQL_VALIDATION_FAILED' ? literalMessage(error, schema) : null;
    if (literal !== null) {
      return {
        ...place(formatted),
        message: literal,
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED', retryable: false },
      };
    }
    if (typeof code === 'string' && (code in REQUEST_ERROR_CODES || code === 'BAD_USER_INPUT')) {
      return { ...place(formatted), message: formatted.message, extensions: { code, retryable: false } };
    }
    report(original);
    return {
      ...place(formatted),
      message: 'The gateway has failed. The request id finds the reason in its log.',
      extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: ERROR_CODES.INTERNAL_SERVER_ERROR.retryable },
    };
  };
}

function place({
  path,
  locations,
}: GraphQLFormattedError): Pick<GraphQLFormattedError, 'path' | 'locations'> {
  return { ...(locations !== undefined && { locations }), ...(path !== undefined && { path }) };
}

function describe(error: GatewayError): Pick<GraphQLFormattedError, 'message' | 'extensions'> {
  const { code, message, backend, httpStatus, retryable, retryAfterMs, upstreamTxId } = error;
  return {
    message,
    extensions: {
      code,
      ...(backend !== undefined && { backend: backend.toUpperCase() }),
      ...(httpStatus !== undefined && { httpStatus }),
      retryable,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(upstreamTxId !== undefined && { upstreamTxId }),
    },
  };
}

/** Names the variable, the argument it is given to, and what is accepted; graphql-js would repeat the value. */
function coercionMessage(definition: VariableDefinitionNode): string | null {
  const name = definition.variable.name.value;
  const type = print(definition.type);
  const argument = definition.loc === undefined ? null : argumentOf(definition.loc.source.body, name);
  const named = argument === null ? `Variable "$${name}"` : `Argument "${argument}" (variable "$${name}")`;
  const accepted = SCALAR_WORDS[type.replaceAll(/[[\]!]/g, '')];
  const words = accepted === undefined || type.includes('[') ? `of type ${type}` : accepted;
  return `${named} must be ${words}.`;
}

/** As for a variable, for a value of a scalar that stands in the document itself; null for other errors of validation. */
function literalMessage(error: unknown, schema: GraphQLSchema | undefined): string | null {
  const value = error instanceof GraphQLError ? error.nodes?.[0] : undefined;
  if (schema === undefined || value?.loc === undefined || !isValueNode(value)) return null;
  if (value.kind === Kind.VARIABLE || value.kind === Kind.NULL) return null;
  const { start, end, source } = value.loc;
  const types = new TypeInfo(schema);
  const names: string[] = [];
  let message: string | null = null;
  const note = (node: ASTNode) => {
    const isHere = node.loc?.start === start && node.loc.end === end && isValueNode(node);
    if (!isHere || message !== null || names.length === 0) return;
    const words = SCALAR_WORDS[String(types.getInputType()).replace('!', '')];
    if (words !== undefined) message = `Argument "${names.join('.')}" must be ${words}.`;
  };
  const enter = (node: ASTNode) => {
    if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD) names.push(node.name.value);
    note(node);
  };
  const leave = (node: ASTNode) => {
    if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD) names.pop();
  };
  visit(parse(source.body), visitWithTypeInfo(types, { enter, leave }));
  return message;
}

function argumentOf(document: string, variable: string): string | null {
  let argument: string | null = null;
  visit(parse(document), {
    Argument(node) {
      if (node.value.kind === Kind.VARIABLE && node.value.name.value === variable)
        argument ??= node.name.value;
    },
  });
  return argument;
}

/**
 * Within a list, one error for each backend and code instead of one for each cell: it stands at the list's path and says
 * how many items it affects.
 */
export function foldListErrors(errors: readonly GraphQLFormattedError[]): GraphQLFormattedError[] {
  const folded = new Map<string, { error: GraphQLFormattedError; items: Set<number> }>();
  const result: (GraphQLFormattedError | { readonly key: string })[] = [];
  for (const error of errors) {
    const at = error.path?.findIndex((step) => typeof step === 'number') ?? -1;
    const backend = error.extensions?.['backend'];
    const item = error.path?.[at];
    if (error.path === undefined || typeof item !== 'number' || backend === undefined) {
      result.push(error);
      continue;
    }
    const path = error.path.slice(0, at);
    const key = JSON.stringify([path, backend, error.extensions?.['code']]);
    const group = folded.get(key);
    if (group === undefined) {
      folded.set(key, { error: { ...error, path }, items: new Set([item]) });
      result.push({ key });
    } else {
      group.items.add(item);
    }
  }
  return result.map((entry) => {
    const group = 'key' in entry ? folded.get(entry.key) : undefined;
    if (group === undefined) return entry as GraphQLFormattedError;
    return { ...group.error, extensions: { ...group.error.extensions, affected: group.items.size } };
  });
}
