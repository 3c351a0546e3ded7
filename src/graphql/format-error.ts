// What a client gets to read of an error. An allow-list: nothing of an upstream body, a stack, a host or a variable's
// value is passed on, and what is not known here becomes INTERNAL_SERVER_ERROR.
import { unwrapResolverError } from '@apollo/server/errors';
import {
  getNamedType,
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
  Byte: 'bytes in base64',
  JSONObject: 'an object',
};

/** Messages repeat what a document holds, which may be as large as the document. */
const MAX_MESSAGE_LENGTH = 500;

/** What graphql-js says once it has seen enough wrong variables. */
const TOO_MANY_VARIABLES = 'Too many errors processing variables';

export interface FormatErrorOptions {
  /** With it, wrong values in a document are named by their argument. */
  readonly schema?: GraphQLSchema;
  /** Leaves out every name of the schema that the document itself does not hold. */
  readonly isSchemaHidden?: boolean;
}

/** `report` is told of faults of the gateway itself, which clients read nothing of. */
export function createFormatError(
  report: (error: unknown) => void,
  { schema, isSchemaHidden = false }: FormatErrorOptions = {},
) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    // What stopped an operation as a whole stands at no path, and is not unwrapped.
    const isWhole = error instanceof GraphQLError && error.originalError instanceof GatewayError;
    const original = isWhole ? error.originalError : unwrapResolverError(error);
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
    if (formatted.message.startsWith(TOO_MANY_VARIABLES)) {
      const message = 'More variables are not acceptable than are told of.';
      return { message, extensions: { code: 'BAD_USER_INPUT', retryable: false } };
    }
    if (typeof code === 'string' && (Object.hasOwn(REQUEST_ERROR_CODES, code) || code === 'BAD_USER_INPUT')) {
      const source = error instanceof GraphQLError ? error.source?.body : undefined;
      const isTold = !isSchemaHidden || code !== 'GRAPHQL_VALIDATION_FAILED';
      const message = isTold ? formatted.message : withoutSchema(formatted.message, source ?? '');
      return {
        ...place(formatted),
        message: message.slice(0, MAX_MESSAGE_LENGTH),
        extensions: { code, retryable: false },
      };
    }
    // Raised by the execution over a value in the document, which its message repeats.
    if (original instanceof GraphQLError && original.nodes !== undefined) {
      const message = 'The value of an argument is not acceptable: a variable is null where it may not be.';
      return { ...place(formatted), message, extensions: { code: 'BAD_USER_INPUT', retryable: false } };
    }
    report(original);
    return {
      ...place(formatted),
      message: 'The gateway has failed. The request id finds the reason in its log.',
      extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: ERROR_CODES.INTERNAL_SERVER_ERROR.retryable },
    };
  };
}

/** Validation quotes names of the schema; a stranger gets to read only those that stand in the document. */
function withoutSchema(message: string, document: string): string {
  if (message.startsWith('GraphQL introspection')) return 'Introspection is off.';
  const known = new Set(document.match(/\w+/g));
  const isKnown = (text: string) => (text.match(/\w+/g) ?? []).every((word) => known.has(word));
  return message
    .replaceAll(/"([^"]*)"/g, (quoted, text: string) => {
      const name = text.split('.').at(-1) ?? '';
      if (isKnown(text)) return quoted;
      return isKnown(name) ? `"${name}"` : '"…"';
    })
    .replaceAll(/ (?:on|of|by|expecting|for|in position expecting) type "…"/g, '');
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
    const type = types.getInputType();
    const words = type && SCALAR_WORDS[getNamedType(type).name];
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
