import { pino, type DestinationStream, type Logger } from 'pino';
import type { UpstreamBill } from '../graphql/context.js';
import type { CallRecord } from '../transport/call-scope.js';
import type { Fault } from '../transport/faults.js';
import type { UpstreamMonitor } from '../transport/upstream-client.js';
import type { OperationRecord } from './metrics.js';

export type { Logger } from 'pino';

/** JSON lines on standard output, or on `destination`. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** How long a line may wait for others. */
const GATHERING_MS = 10;

/**
 * Standard output, to which the lines of 10 ms are written together: a system call costs more than the line, and wakes whoever
 * reads. Nothing stays behind when the process ends, by whatever way it still runs code; what is killed by force, or dies for want of
 * memory, takes the lines of its last 10 ms along.
 */
export function openStandardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: true });
  let schedule = (write: () => void): void => {
    setTimeout(write, GATHERING_MS).unref();
  };
  let lines = '';
  const flush = () => {
    const text = lines;
    lines = '';
    if (text !== '') output.write(text);
  };
  process.once('exit', () => {
    schedule = (write) => {
      write();
    };
    flush();
  });
  return {
    write(line) {
      const isFirst = lines === '';
      lines += line;
      if (isFirst) schedule(flush);
    },
  };
}

/**
 * One line for a call to a backend, readable as it stands, without query strings, bodies or credentials. In ASCII: V8 keeps and encodes
 * a text with a single wider character at twice the cost, and these are gathered.
 */
export function logCall(logger: Logger, requestId: string, operation: string, call: CallRecord): void {
  const { backend, method, route, batch, attempt, outcome, durationMs } = call;
  const people = batch === undefined ? '' : `, ${batch} ${batch === 1 ? 'person' : 'people'} asked for`;
  const again = attempt === 1 ? '' : `, attempt ${attempt}`;
  logger[levelOf(call)](
    {
      requestId,
      operation,
      backend,
      method,
      route,
      batch,
      attempt,
      outcome,
      durationMs: tenths(durationMs),
    },
    `upstream ${backend} ${method} ${route}: ${outcome}${people}${again}`,
  );
}

/** Nothing but a person at the gateway’s configuration, or at the backend’s, puts an end to these. */
const FOR_OPERATORS: readonly (number | string)[] = [
  'dns',
  'tls',
  'own_credential',
  'html',
] satisfies Fault[];

function levelOf({ outcome, isFailure }: CallRecord): 'info' | 'warn' | 'error' {
  if (FOR_OPERATORS.includes(outcome)) return 'error';
  const isBackends = typeof outcome === 'string' || outcome >= 500 || outcome === 429;
  return isFailure && isBackends ? 'warn' : 'info';
}

/** One line for a request to /graphql. */
export function logOperation(
  logger: Logger,
  ids: { readonly requestId: string; readonly traceId: string | null; readonly operation: string },
  { type, outcome, durationMs, errors }: OperationRecord,
  { calls, retries }: UpstreamBill,
  status: number | null,
): void {
  const codes = [...new Set(errors.map(({ code }) => code))];
  const told = codes.length === 0 ? '' : ` (${codes.join(', ')})`;
  const { requestId, traceId, operation } = ids;
  logger.info(
    {
      requestId,
      traceId: traceId ?? undefined,
      operation,
      type,
      outcome,
      status,
      codes,
      calls,
      retries,
      durationMs: tenths(durationMs),
    },
    `${type} ${operation}: ${outcome}${told}, ${calls} ${calls === 1 ? 'call' : 'calls'}`,
  );
}

/** One line whenever a backend is left alone, asked again, or well again. */
export function logCircuits(logger: Logger, upstreams: readonly UpstreamMonitor[]): void {
  for (const upstream of upstreams) {
    upstream.onCircuitChange((kind, circuit) => {
      const { name } = upstream;
      const level = circuit === 'open' ? 'warn' : 'info';
      logger[level]({ upstream: name, kind, circuit }, `circuit of ${name} for ${kind}s: ${circuit}`);
    });
  }
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
