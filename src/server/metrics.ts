// What a Prometheus server reads at /metrics. docs/operations.md says of each series what it means and what to do. Every label
// takes its values from a closed list.
import type { Logger } from 'pino';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { onDrift } from '../adapters/index.js';
import { BACKENDS } from '../domain/profile.js';
import { worstState, type BackendOutcome } from '../domain/outcome.js';
import type { CallKind, CallRecord, RefusalReason } from '../transport/call-scope.js';
import type { CircuitState } from '../transport/circuit.js';
import type { UpstreamMonitor } from '../transport/upstream-client.js';

/** Why the gateway has refused an operation that it could have run at another time. */
export type ShedReason = 'in_flight' | 'event_loop' | 'caller' | 'mutations';

/** How a request to /graphql came out. */
export interface OperationRecord {
  readonly type: 'query' | 'mutation' | 'unknown';
  readonly outcome: 'ok' | 'with_errors' | 'refused' | 'abandoned';
  readonly durationMs: number;
  readonly errors: readonly { readonly code: string; readonly backend: string | null }[];
}

export interface Metrics {
  countCall(call: CallRecord): void;
  countRefusal(backend: string, kind: CallKind, reason: RefusalReason): void;
  countOperation(operation: OperationRecord): void;
  countOutcome(outcome: BackendOutcome): void;
  countShed(reason: ShedReason): void;
  /** Deviations from the contract since the start, by backend. */
  readonly drifts: Readonly<Record<string, number>>;
  /** The text that Prometheus reads. */
  read(): Promise<string>;
  close(): void;
}

export interface MetricsOptions {
  readonly logger: Logger;
  readonly upstreams: readonly UpstreamMonitor[];
  /** Operations under way, and those that wait. */
  readonly load: () => { readonly inFlight: number; readonly waiting: number; readonly connections: number };
}

const KINDS: readonly CallKind[] = ['read', 'write'];
const SHED_REASONS: readonly ShedReason[] = ['in_flight', 'event_loop', 'caller', 'mutations'];
const CIRCUIT_VALUES: Readonly<Record<CircuitState, number>> = { closed: 0, 'half-open': 1, open: 2 };
const CALL_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4];
const OPERATION_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60];

export function createMetrics({ logger, upstreams, load }: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const calls = new Counter({
    name: 'upstream_requests_total',
    help: 'Attempts to call a backend, by what came back: a status code, or what went wrong.',
    labelNames: ['backend', 'method', 'route', 'outcome'] as const,
    registers,
  });
  const callSeconds = new Histogram({
    name: 'upstream_request_duration_seconds',
    help: 'How long attempts to call a backend took, failed ones included.',
    labelNames: ['backend', 'kind'] as const,
    buckets: CALL_SECONDS,
    registers,
  });
  const retries = new Counter({
    name: 'upstream_retries_total',
    help: 'Attempts that were not the first of their call.',
    labelNames: ['backend'] as const,
    registers,
  });
  const refusals = new Counter({
    name: 'upstream_refusals_total',
    help: 'Calls, and retries of calls, that were not sent, to spare the backend.',
    labelNames: ['backend', 'kind', 'reason'] as const,
    registers,
  });
  const operations = new Counter({
    name: 'graphql_operations_total',
    help: 'Requests to /graphql, by how they came out.',
    labelNames: ['type', 'outcome'] as const,
    registers,
  });
  const operationSeconds = new Histogram({
    name: 'graphql_operation_duration_seconds',
    help: 'From the arrival of a request to the end of its answer.',
    labelNames: ['type'] as const,
    buckets: OPERATION_SECONDS,
    registers,
  });
  const errors = new Counter({
    name: 'graphql_errors_total',
    help: 'Errors in answers, by code; backend is empty where none has failed.',
    labelNames: ['code', 'backend'] as const,
    registers,
  });
  const outcomes = new Counter({
    name: 'write_outcomes_total',
    help: 'What came of writing one person at one backend.',
    labelNames: ['backend', 'state'] as const,
    registers,
  });
  const sheds = new Counter({
    name: 'requests_shed_total',
    help: 'Operations that were refused with OVERLOADED.',
    labelNames: ['reason'] as const,
    registers,
  });
  const drifts = new Counter({
    name: 'contract_drift_total',
    help: 'Deviations of backend answers from their contracts, by backend, kind and place in the contract.',
    labelNames: ['backend', 'kind', 'where'] as const,
    registers,
  });

  const ofUpstreams = (
    name: string,
    help: string,
    valueOf: (upstream: UpstreamMonitor, kind: CallKind) => number,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: ['upstream', 'kind'] as const,
      registers,
      collect() {
        for (const upstream of upstreams)
          for (const kind of KINDS) this.set({ upstream: upstream.name, kind }, valueOf(upstream, kind));
      },
    });
  ofUpstreams(
    'upstream_circuit_state',
    '0: closed, 1: half-open, 2: open.',
    (upstream, kind) => CIRCUIT_VALUES[upstream.condition(kind).circuit],
  );
  ofUpstreams(
    'upstream_in_flight',
    'Calls under way.',
    (upstream, kind) => upstream.condition(kind).inFlight,
  );
  ofUpstreams(
    'upstream_waiting',
    'Calls that wait for a place.',
    (upstream, kind) => upstream.condition(kind).waiting,
  );

  const ofLoad = (name: string, help: string, key: keyof ReturnType<MetricsOptions['load']>) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(load()[key]);
      },
    });
  ofLoad('graphql_operations_in_flight', 'Operations under way.', 'inFlight');
  ofLoad('graphql_operations_waiting', 'Operations that wait for one of those to end.', 'waiting');
  ofLoad('http_connections', 'Open connections of clients.', 'connections');

  // Series that exist from the start show that nothing has happened; missing ones show nothing.
  for (const reason of SHED_REASONS) sheds.inc({ reason }, 0);
  for (const backend of BACKENDS) retries.inc({ backend }, 0);

  const driftsByBackend: Record<string, number> = {};
  const stop = onDrift(({ backend, kind, where, key }, isFirst) => {
    drifts.inc({ backend, kind, where });
    driftsByBackend[backend] = (driftsByBackend[backend] ?? 0) + 1;
    if (isFirst) logger.warn({ backend, kind, where, key }, `contract drift: ${backend} ${kind} at ${where}`);
  });

  return {
    countCall({ backend, kind, method, route, attempt, outcome, durationMs }) {
      calls.inc({ backend, method, route, outcome: String(outcome) });
      callSeconds.observe({ backend, kind }, durationMs / 1_000);
      if (attempt > 1) retries.inc({ backend });
    },
    countRefusal(backend, kind, reason) {
      refusals.inc({ backend, kind, reason });
    },
    countOperation({ type, outcome, durationMs, errors: all }) {
      operations.inc({ type, outcome });
      operationSeconds.observe({ type }, durationMs / 1_000);
      for (const { code, backend } of all) errors.inc({ code, backend: backend ?? '' });
    },
    countOutcome({ backend, fields }) {
      outcomes.inc({ backend, state: worstState(fields) });
    },
    countShed(reason) {
      sheds.inc({ reason });
    },
    drifts: driftsByBackend,
    read: () => registry.metrics(),
    close() {
      stop();
      registry.clear();
    },
  };
}
