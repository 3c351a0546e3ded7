// Where an operation stands in its caller's trace, and the spans that show how it went. Without a collector, and without an SDK
// of OpenTelemetry that the operator has loaded, no spans are made: the caller's trace is passed on to the backends as it came.
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import {
  defaultTextMapGetter,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import type { GraphQLFormattedError } from 'graphql';
import type { Config } from '../config.js';
import { TRACER } from '../transport/call-span.js';
import type { Logger } from './logging.js';

export interface Tracing {
  startOperation(headers: IncomingHttpHeaders, requestId: string): OperationSpan;
  /** Sends what has not been sent yet; gives up after a second. */
  close(): Promise<void>;
}

export interface OperationSpan {
  /** What the spans of the operation's calls belong to. */
  readonly context: Context;
  /** `name`: a harmless word, as `operationName` answers it. */
  describe(type: string | null, name: string, errors: readonly GraphQLFormattedError[]): void;
  /** To be called once, with the status that was answered; null when the client has gone before. */
  end(status: number | null): void;
}

/** How long the end of the process may wait for a collector. */
const FLUSH_MS = 1_000;

/** Codes of errors that are no doing of the caller's. */
const FAILURE = /^(UPSTREAM|DEADLINE|INTERNAL)_/;

export async function startTracing({ tracesUrl }: Config, logger: Logger): Promise<Tracing> {
  const exporting = tracesUrl === null || hasSdk() ? null : await startExport(tracesUrl, logger);
  const tracer = trace.getTracer(TRACER);
  return {
    startOperation(headers, requestId) {
      const parent = extract(headers);
      const attributes = {
        'http.request.method': 'POST',
        'http.route': '/graphql',
        'gateway.request_id': requestId,
      };
      const span = tracer.startSpan('POST /graphql', { kind: SpanKind.SERVER, attributes }, parent);
      return span.isRecording() ? recorded(parent, span) : unrecorded(parent, span);
    },
    close: () => exporting?.close() ?? Promise.resolve(),
  };
}

const propagator = new W3CTraceContextPropagator();

/** Reads `traceparent` and `tracestate`; malformed ones count as absent. */
function extract(headers: IncomingHttpHeaders): Context {
  const context = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
  const spanContext = trace.getSpanContext(context);
  if (spanContext === undefined) return context;
  // The other flags have no meaning yet, and the propagator would write them back with a digit too many.
  const traceFlags = spanContext.traceFlags & TraceFlags.SAMPLED;
  return trace.setSpanContext(context, { ...spanContext, traceFlags });
}

function recorded(parent: Context, span: Span): OperationSpan {
  let errorType: string | null = null;
  return {
    context: trace.setSpan(parent, span),
    describe(type, name, errors) {
      span.setAttribute('graphql.operation.name', name);
      if (type !== null) span.updateName(type).setAttribute('graphql.operation.type', type);
      if (errors.length === 0) return;
      const codes = [...new Set(errors.map(({ extensions }) => String(extensions?.['code'])))].sort();
      span.setAttribute('gateway.error_codes', codes);
      errorType = codes.find((code) => FAILURE.test(code)) ?? null;
    },
    end(status) {
      if (status === null) errorType ??= 'client_gone';
      else span.setAttribute('http.response.status_code', status);
      if (status !== null && status >= 500) errorType ??= String(status);
      if (errorType !== null) {
        span.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}

const ignore = () => undefined;

/** Of an operation that nobody records, the sampling decision still has to reach the backends. */
function unrecorded(parent: Context, span: Span): OperationSpan {
  const isInTrace = trace.isSpanContextValid(span.spanContext());
  const context = isInTrace ? trace.setSpan(parent, span) : parent;
  return { context, describe: ignore, end: ignore };
}

/** Whether an SDK is there already, such as one that the operator loads with `--import`. */
function hasSdk(): boolean {
  // A span that is never ended is never sent.
  return trace.isSpanContextValid(trace.getTracer(TRACER).startSpan('probe').spanContext());
}

/** Loads OpenTelemetry's SDK and has it send spans; it reads its other `OTEL_…` variables itself. */
async function startExport(url: string, logger: Logger): Promise<{ close(): Promise<void> }> {
  const [sdk, { OTLPTraceExporter }, resources] = await Promise.all([
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const warn = (message: string) => {
    logger.warn(`OpenTelemetry: ${message}`);
  };
  // While it reads its variables, the SDK is heard. Later it would tell of each batch that is lost, and repeat what a collector says.
  diag.setLogger(
    { error: warn, warn, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN },
  );
  const exporter = new OTLPTraceExporter({ url });
  let isLosing = false;
  const processor = new sdk.BatchSpanProcessor({
    export(spans, done) {
      exporter.export(spans, (result) => {
        const isLost = result.code !== ExportResultCode.SUCCESS;
        if (isLost && !isLosing) {
          // Of an answer that is no success this is the status; the collector's own words stay where they are.
          const { message, code = message }: Partial<NodeJS.ErrnoException> = result.error ?? {};
          logger.warn({ reason: code }, 'traces are lost: the collector does not take them');
        }
        if (isLosing && !isLost) logger.info('the collector takes traces again');
        isLosing = isLost;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  });
  const provider = new sdk.BasicTracerProvider({
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes({ 'service.name': TRACER }))
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [processor],
  });
  diag.disable();
  trace.setGlobalTracerProvider(provider);
  return {
    async close() {
      trace.disable();
      const isFlushed = new AbortController();
      const flushed = provider.shutdown().catch(ignore);
      const late = setTimeout(FLUSH_MS, undefined, { signal: isFlushed.signal }).catch(ignore);
      await Promise.race([flushed, late]);
      isFlushed.abort();
    },
  };
}
