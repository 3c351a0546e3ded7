// What the gateway takes as work grows, as plots and tables.
import { LATENCY_MS, UPSTREAM_BUDGET, type ClientsStep, type Growth, type PeopleStep } from './growth.js';
import { plot, type Panel } from './plot.js';
import { machine, percent, table, time } from './report.js';

/** Files beside the document. */
const PLOTS = { people: 'performance-people.svg', clients: 'performance-clients.svg' } as const;

/** Tables, with the plots above them. */
export function reportGrowth({ byPeople, byClients }: Growth): string {
  return [
    machine(),
    '### People in one operation',
    `Up to 100 people a field, one operation at a time; omnivibe is asked for one person at a time, so \`UPSTREAM_BUDGET\` is ${UPSTREAM_BUDGET} here.`,
    `![Calls, time and memory by people in one operation](${PLOTS.people})`,
    ...Object.entries(byPeople).flatMap(([name, steps]) => [
      `People ${name}:`,
      table(
        ['people', 'calls', 'median time', 'peak memory'],
        steps.map((step) => [
          String(step.people),
          String(step.calls),
          time(step.medianMs),
          `${step.peakMiB.toFixed(0)} MiB`,
        ]),
      ),
    ]),
    '### Clients at a time',
    `Every upstream takes ${LATENCY_MS} ms; a client that is refused comes back after a second.`,
    `![Throughput, time and memory by clients at a time](${PLOTS.clients})`,
    ...Object.entries(byClients).flatMap(([name, steps]) => [
      `Each asks for ${name}:`,
      table(
        ['clients', 'answers per second', 'p50', 'p99', 'refused', 'memory'],
        steps.map((step) => [
          String(step.clients),
          step.perSecond.toFixed(0),
          time(step.p50Ms),
          time(step.p99Ms),
          percent(step.refused),
          `${step.rssMiB.toFixed(0)} MiB`,
        ]),
      ),
    ]),
  ].join('\n\n');
}

/** The plots' texts, by their files. */
export function plotGrowth({ byPeople, byClients }: Growth): Readonly<Record<string, string>> {
  const peoplePanel = (title: string, yScale: Panel['yScale'], of: (step: PeopleStep) => number): Panel => ({
    title,
    xLabel: 'people in one operation',
    yScale,
    series: Object.entries(byPeople).map(([name, steps], i) => ({
      name,
      color: i === 0 ? 0 : 1,
      points: steps.map((step) => [step.people, of(step)]),
    })),
  });
  const clientsPanel = (
    title: string,
    yScale: Panel['yScale'],
    lines: readonly ((step: ClientsStep) => number)[],
  ): Panel => ({
    title,
    xLabel: 'clients at a time',
    yScale,
    series: Object.entries(byClients).flatMap(([name, steps], i) =>
      lines.map((of, j) => ({
        name,
        color: i === 0 ? (0 as const) : (1 as const),
        isDashed: j > 0,
        points: steps.map((step) => [step.clients, of(step)] as const),
      })),
    ),
  });
  return {
    [PLOTS.people]: plot('What more people in one operation take', [
      peoplePanel('Backend calls', 'log', ({ calls }) => calls),
      peoplePanel('Median time, ms', 'log', ({ medianMs }) => medianMs),
      peoplePanel('Peak memory, MiB', 'linear', ({ peakMiB }) => peakMiB),
    ]),
    [PLOTS.clients]: plot('What more clients at a time take', [
      clientsPanel('Answers per second', 'log', [({ perSecond }) => perSecond]),
      clientsPanel('p50 and p99 (dashed), ms', 'log', [({ p50Ms }) => p50Ms, ({ p99Ms }) => p99Ms]),
      clientsPanel('Memory, MiB', 'linear', [({ rssMiB }) => rssMiB]),
    ]),
  };
}
