// What the outside gets to know of one request to /graphql: its log lines, its part of the metrics, and its span.
import { trace, type Context } from '@opentelemetry/api';
import { OperationTypeNode, type GraphQLFormattedError } from 'graphql';
import { GatewayError } from '../errors.js';
import type { UpstreamBill } from '../graphql/context.js';
import type { CallKind, CallRecord, RefusalReason } from '../transport/call-scope.js';
import { logCall, logOperation, type Logger } from './logging.js';
import type { Metrics, OperationRecord } from './metrics.js';
import { RequestRefused } from './replies.js';
import type { OperationSpan } from './tracing.js';

export interface Observation {
  /** What the spans of the operation's calls belong to. */
  readonly context: Context;
  /** From here on the operation has this name, a harmless word. */
  name(operation: string): void;
  countCall(call: CallRecord): void;
  countRefusal(backend: string, kind: CallKind, reason: RefusalReason): void;
  /** The operation has this answer, which is still to be sent. */
  answer(type: OperationTypeNode | null, errors: readonly GraphQLFormattedError[]): void;
  /** The request has failed as a whole. */
  fail(error: unknown): void;
  /** To be called once, with the status that was sent; null when the client has gone before. */
  end(status: number | null, bill: UpstreamBill): void;
}

export interface ObservationOptions {
  readonly requestId: string;
  readonly span: OperationSpan;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export function startObservation({ requestId, span, metrics, logger }: ObservationOptions): Observation {
  const startedAt = performance.now();
  let operation = 'anonymous';
  let type: OperationRecord['type'] = 'unknown';
  let errors: OperationRecord['errors'] = [];

  return {
    context: span.context,
    name(given) {
      operation = given;
    },
    countCall(call) {
      logCall(logger, requestId, operation, call);
      metrics.countCall(call);
    },
    countRefusal(backend, kind, reason) {
      metrics.countRefusal(backend, kind, reason);
    },
    answer(kind, formatted) {
      if (kind === OperationTypeNode.QUERY || kind === OperationTypeNode.MUTATION) type = kind;
      errors = formatted.map(({ extensions }) => ({
        code: String(extensions?.['code']),
        backend: typeof extensions?.['backend'] === 'string' ? extensions['backend'].toLowerCase() : null,
      }));
      span.describe(kind, operation, formatted);
    },
    fail(error) {
      const isForeseen = error instanceof RequestRefused || error instanceof GatewayError;
      const backend = error instanceof GatewayError ? (error.backend ?? null) : null;
      errors = [{ code: isForeseen ? error.code : 'INTERNAL_SERVER_ERROR', backend }];
    },
    end(status, bill) {
      const record = {
        type,
        outcome: outcomeOf(status, errors),
        durationMs: performance.now() - startedAt,
        errors,
      };
      const traceId = trace.getSpanContext(span.context)?.traceId ?? null;
      logOperation(logger, { requestId, traceId, operation }, record, bill, status);
      metrics.countOperation(record);
      span.end(status);
    },
  };
}

function outcomeOf(status: number | null, errors: OperationRecord['errors']): OperationRecord['outcome'] {
  if (status === null) return 'abandoned';
  if (status >= 400) return 'refused';
  return errors.length > 0 ? 'with_errors' : 'ok';
}
