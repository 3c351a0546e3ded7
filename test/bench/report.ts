// The figures as Markdown: an overview, then one table for each workload.
import { cpus, totalmem } from 'node:os';
import { row } from '../../scripts/write-doc.js';
import type { Comparison, Figures, Result, Spread } from './compare.js';
import { BOUND, type Contender } from './contenders.js';

export interface Run {
  readonly contenders: readonly Contender[];
  readonly comparisons: readonly Comparison[];
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly approachMs: number;
  readonly sliceMs: number;
}

/** All tables of a run. */
export function report(run: Run): string {
  const atOnce = run.comparisons.filter(({ latencyMs }) => latencyMs === 0);
  const late = run.comparisons.filter(({ latencyMs }) => latencyMs > 0);
  return [
    conditions(run),
    ...(atOnce.length === 0
      ? []
      : [
          '### CPU per request ÷ bound, of the bound itself as time',
          overview(run, atOnce, ({ cpu }) => cpu),
        ]),
    ...(late.length === 0
      ? []
      : [
          `### Median time ÷ bound, when every upstream takes ${late[0]?.latencyMs ?? 0} ms`,
          overview(run, late, ({ p50 }) => p50),
        ]),
    ...atOnce.flatMap((comparison) => [heading(comparison), details(comparison), ...remarks(comparison)]),
  ].join('\n\n');
}

/** One workload's figures while the others are still to come, as plain text. */
export function brief({ workload, latencyMs, results, disturbed }: Comparison): string {
  const late = latencyMs > 0 ? `, upstreams take ${latencyMs} ms` : '';
  const title = `${workload.name}: ${workload.title}${late} (${percent(disturbed)} disturbed)`;
  const lines = results.map(({ name, calls, problem, figures }) => {
    const label = `  ${name.padEnd(20)} ${String(calls ?? '–').padStart(4)} calls `;
    if (figures === null) return label + (problem ?? '');
    const { cpu, throughput, p50, p99, cpuMs, rssMiB, errors } = figures;
    const ratios = { CPU: cpu, throughput, p50, p99 };
    return [
      label +
        Object.entries(ratios)
          .map(([what, of]) => `${what} ${spread(of)}`.padEnd(18 + what.length))
          .join(' '),
      time(cpuMs),
      `${rssMiB.toFixed(0)} MiB`,
      `${errors} errors`,
    ].join('  ');
  });
  return [title, ...lines].join('\n');
}

/** Where and when. */
export function machine(): string {
  const model = cpus()[0]?.model ?? 'an unknown CPU';
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GiB`;
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, Node ${process.versions.node}, ${cpus().length} cores of ${model.trim()}, ${memory}.`;
}

function conditions({ rounds, warmUpMs, approachMs, sliceMs, comparisons }: Run): string {
  const disturbed = Math.max(0, ...comparisons.map((comparison) => comparison.disturbed));
  return [
    machine(),
    `Warm-up ${warmUpMs / 1_000} s, then ${rounds} rounds of ${sliceMs} ms each, ${approachMs} ms of load ahead of each of them.`,
    'Every figure is the median of the rounds, with the least and the greatest.',
    ...(disturbed > 0
      ? [`Of the slices of a workload, at most ${percent(disturbed)} were disturbed by other programs.`]
      : []),
  ].join(' ');
}

function overview(
  { contenders }: Run,
  comparisons: readonly Comparison[],
  of: (figures: Figures) => Spread,
): string {
  const taking = contenders.filter(({ name }) =>
    comparisons.some(({ results }) => results.some((result) => result.name === name)),
  );
  return table(
    ['', ...comparisons.map(({ workload }) => workload.name)],
    taking.map(({ name, title }) => [
      `${name}: ${title}`,
      ...comparisons.map((comparison) => {
        const result = comparison.results.find((other) => other.name === name);
        if (result?.figures == null) return '–';
        const { latencyMs } = comparison;
        if (name === BOUND) return latencyMs > 0 ? '1' : time(result.figures.cpuMs);
        return ratio(of(result.figures));
      }),
    ]),
  );
}

function heading({ workload }: Comparison): string {
  return `### ${workload.name}: ${workload.title}`;
}

function details({ results, workload }: Comparison): string {
  return table(
    ['', 'calls', 'CPU ÷', 'throughput ÷', 'p50 ÷', 'p99 ÷', 'RSS MiB', 'errors'],
    results.flatMap(({ name, calls, figures }) =>
      figures === null
        ? []
        : [
            [
              name,
              calls === workload.calls ? String(calls) : `**${calls ?? '–'}**`,
              ...[figures.cpu, figures.throughput, figures.p50, figures.p99].map(
                name === BOUND ? () => '1' : spread,
              ),
              figures.rssMiB.toFixed(0),
              String(figures.errors),
            ],
          ],
    ),
  );
}

function remarks({ results }: Comparison): string[] {
  const lines = results.flatMap(({ name, problem }: Result) =>
    problem === null ? [] : [`- ${name}: ${problem}`],
  );
  return lines.length === 0 ? [] : [lines.join('\n')];
}

/** Words to the left, figures to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const ruler = header.map((_, i) => (i === 0 ? '---' : '--:'));
  return [header, ruler, ...rows].map((cells) => row(...cells)).join('\n');
}

function spread({ median, min, max }: Spread): string {
  return `${number(median)} (${number(min)}–${number(max)})`;
}

const ratio = ({ median }: Spread) => number(median);
const number = (value: number) => value.toFixed(value < 10 ? 2 : 1);
export const percent = (share: number) => `${Math.round(share * 100)} %`;

/** With three digits. */
export function time(ms: number): string {
  const [value, unit] = ms < 1 ? [ms * 1_000, 'µs'] : [ms, 'ms'];
  return `${new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 }).format(value)} ${unit}`;
}
