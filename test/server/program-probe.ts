// Loaded into the process of a gateway before anything else: measures from inside, and disturbs, as program.ts tells it to.
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { Measured, Order } from './program.js';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const startedAt = new WeakMap<IncomingMessage, number>();
let refusalsMs: number[] = [];
subscribe('http.server.request.start', (message) => {
  startedAt.set((message as Exchange).request, performance.now());
});
subscribe('http.server.response.finish', (message) => {
  const { request, response } = message as Exchange;
  if (request.url !== '/graphql' || response.statusCode !== 503) return;
  refusalsMs.push(performance.now() - (startedAt.get(request) ?? 0));
});

const loopDelay = monitorEventLoopDelay({ resolution: 10 });
loopDelay.enable();
let utilization = performance.eventLoopUtilization();

function measure(): Measured {
  const now = performance.eventLoopUtilization();
  const measured: Measured = {
    refusalsMs,
    utilization: performance.eventLoopUtilization(now, utilization).utilization,
    loopDelayMs: loopDelay.percentile(99) / 1e6,
  };
  utilization = now;
  refusalsMs = [];
  loopDelay.reset();
  return measured;
}

async function block(times: number, ms: number): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    const until = performance.now() + ms;
    while (performance.now() < until);
    await setImmediate();
  }
}

process.on('message', (order: Order) => {
  if (order.order === 'measure') process.send?.(measure());
  else void block(order.times, order.ms).then(() => process.send?.('done'));
});
process.on('disconnect', () => process.exit(1));
