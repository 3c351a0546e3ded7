// A call's place in a distributed trace: what the backend is told of it, and the span that shows how it went.
import { SpanKind, SpanStatusCode, trace, type Context } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

/** Under this name the gateway's spans are made. */
export const TRACER = 'profile-gateway';

/** One attempt, as a span shows it: no query string, body or header. */
export interface TracedCall {
  readonly backend: string;
  readonly method: string;
  /** Path template, e.g. `/profile/{id}`. */
  readonly route: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Host name of the backend. */
  readonly address?: string;
}

export interface CallSpan {
  /** To be sent along: `traceparent` and `tracestate`; empty where there is no trace. */
  readonly headers: Readonly<Record<string, string>>;
  /** To be called once, when the attempt is over. `fault` names what went wrong; without one the attempt counts as a success. */
  end(outcome: { readonly status?: number | undefined; readonly fault?: string | undefined }): void;
}

const propagator = new W3CTraceContextPropagator();
const ignore = () => undefined;
const NO_TRACE: CallSpan = Object.freeze({ headers: Object.freeze({}), end: ignore });

/** Starts the span of one attempt. Where nobody records the operation, its trace is only passed on. */
export function startCallSpan(parent: Context, call: TracedCall): CallSpan {
  const above = trace.getSpan(parent);
  if (above === undefined) return NO_TRACE;
  if (!above.isRecording()) return { headers: headersOf(parent), end: ignore };
  const span = trace.getTracer(TRACER).startSpan(
    `${call.method} ${call.route}`,
    {
      kind: SpanKind.CLIENT,
      attributes: {
        'gateway.backend': call.backend,
        'http.request.method': call.method,
        'url.template': call.route,
        ...(call.address !== undefined && { 'server.address': call.address }),
        ...(call.attempt > 1 && { 'http.request.resend_count': call.attempt - 1 }),
      },
    },
    parent,
  );
  return {
    headers: headersOf(trace.setSpan(parent, span)),
    end({ status, fault }) {
      if (status !== undefined) span.setAttribute('http.response.status_code', status);
      if (fault !== undefined)
        span.setAttribute('error.type', fault).setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

function headersOf(context: Context): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  propagator.inject(context, headers, SET_UNLESS_EMPTY);
  return headers;
}

/** A `tracestate` of which nothing was legible is written as an empty one. */
const SET_UNLESS_EMPTY = {
  set(headers: Record<string, string>, name: string, value: string) {
    if (value !== '') headers[name] = value;
  },
};
