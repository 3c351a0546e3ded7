// What a Prometheus server reads at /metrics: the process, and what backends send that their contracts do not say.
import { collectDefaultMetrics, Counter, Registry } from 'prom-client';
import { onDrift } from '../adapters/index.js';
import type { Logger } from './logging.js';

export interface Metrics {
  /** The text that Prometheus reads. */
  read(): Promise<string>;
  close(): void;
}

export function createMetrics(logger: Logger): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const drifts = new Counter({
    name: 'contract_drift_total',
    help: 'Deviations of backend answers from their contracts, by backend, kind and place in the contract.',
    labelNames: ['backend', 'kind', 'where'] as const,
    registers: [registry],
  });
  const stop = onDrift(({ backend, kind, where, key }, isFirst) => {
    drifts.inc({ backend, kind, where });
    if (isFirst) logger.warn({ backend, kind, where, key }, `contract drift: ${backend} ${kind} at ${where}`);
  });
  return {
    read: () => registry.metrics(),
    close() {
      stop();
      registry.clear();
    },
  };
}
