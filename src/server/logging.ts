import { pino, type DestinationStream, type Logger } from 'pino';
import type { CallRecord } from '../transport/call-scope.js';

export type { Logger } from 'pino';

/** JSON lines on standard output, or on `destination`. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** One line for a call to a backend, readable as it stands, without query strings, bodies or credentials. */
export function logCall(logger: Logger, requestId: string, operation: string, call: CallRecord): void {
  const { backend, method, route, batch, outcome, durationMs } = call;
  const people = batch === undefined ? '' : `, ${batch} ${batch === 1 ? 'person' : 'people'} asked for`;
  logger.info(
    {
      requestId,
      operation,
      backend,
      method,
      route,
      batch,
      outcome,
      durationMs: Math.round(durationMs * 10) / 10,
    },
    `upstream ${backend} ${method} ${route} → ${outcome}${people}`,
  );
}
