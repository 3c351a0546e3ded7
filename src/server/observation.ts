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

export function startObservation(options: ObservationOptions): Observation {
  return new RunningObservation(options);
}

// A class, as each request needs one.
class RunningObservation implements Observation {
  readonly #requestId: string;
  readonly #span: OperationSpan;
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  readonly #startedAt = performance.now();
  #operation = 'anonymous';
  #type: OperationRecord['type'] = 'unknown';
  #errors: OperationRecord['errors'] = [];

  constructor({ requestId, span, metrics, logger }: ObservationOptions) {
    this.#requestId = requestId;
    this.#span = span;
    this.#metrics = metrics;
    this.#logger = logger;
  }

  get context(): Context {
    return this.#span.context;
  }

  name(given: string): void {
    this.#operation = given;
  }

  countCall(call: CallRecord): void {
    logCall(this.#logger, this.#requestId, this.#operation, call);
    this.#metrics.countCall(call);
  }

  countRefusal(backend: string, kind: CallKind, reason: RefusalReason): void {
    this.#metrics.countRefusal(backend, kind, reason);
  }

  answer(kind: OperationTypeNode | null, formatted: readonly GraphQLFormattedError[]): void {
    if (kind === OperationTypeNode.QUERY || kind === OperationTypeNode.MUTATION) this.#type = kind;
    this.#errors = formatted.map(({ extensions }) => ({
      code: String(extensions?.['code']),
      backend: typeof extensions?.['backend'] === 'string' ? extensions['backend'].toLowerCase() : null,
    }));
    this.#span.describe(kind, this.#operation, formatted);
  }

  fail(error: unknown): void {
    const isForeseen = error instanceof RequestRefused || error instanceof GatewayError;
    const backend = error instanceof GatewayError ? (error.backend ?? null) : null;
    this.#errors = [{ code: isForeseen ? error.code : 'INTERNAL_SERVER_ERROR', backend }];
  }

  end(status: number | null, bill: UpstreamBill): void {
    const record = {
      type: this.#type,
      outcome: outcomeOf(status, this.#errors),
      durationMs: performance.now() - this.#startedAt,
      errors: this.#errors,
    };
    const traceId = trace.getSpanContext(this.context)?.traceId ?? null;
    const ids = { requestId: this.#requestId, traceId, operation: this.#operation };
    logOperation(this.#logger, ids, record, bill, status);
    this.#metrics.countOperation(record);
    this.#span.end(status);
  }
}

function outcomeOf(status: number | null, errors: OperationRecord['errors']): OperationRecord['outcome'] {
  if (status === null) return 'abandoned';
  if (status >= 400) return 'refused';
  return errors.length > 0 ? 'with_errors' : 'ok';
}
