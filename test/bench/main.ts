// `npm run bench`: the gateway and its peers beside a bound written by hand; what it takes as options is told by `--help`.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeDoc } from '../../scripts/write-doc.js';
import { compare, type CompareOptions, type Comparison } from './compare.js';
import {
  BOUND,
  CONTENDERS,
  gatewayOf,
  isInstalled,
  startContender,
  startUpstreams,
  type Contender,
  type RunningContender,
  type Upstreams,
} from './contenders.js';
import { measureGrowth } from './growth.js';
import { plotGrowth, reportGrowth } from './growth-report.js';
import { pinLoad } from './processes.js';
import { brief, report } from './report.js';
import { WORKLOADS, type Workload } from './workloads.js';

const HELP = `npm run bench -- [options]
  --contenders a,b    only these, beside the bound: ${CONTENDERS.map(({ name }) => name).join(', ')}
  --workloads x,y     only these: ${WORKLOADS.map(({ name }) => name).join(', ')}
  --beside folder     another checkout of the gateway, with its packages installed
  --rounds n          9 unless told
  --lull s            nobody is asked anything for so many seconds before each round, and the first requests after that count
  --growth            what the gateway takes as work grows, instead
  --quick             short: to see that it works, and not what it takes
  --write             puts the tables into docs/performance.md
`;

const LATENCY_MS = 20;
/** Where people wait for one upstream after the other. */
const LATE_WORKLOADS = ['one3', 'list100', 'join100'];
/** Of one turn, where a request takes long. */
const MIN_REQUESTS = 20;
const APPROACH_MS = 200;
const DOCUMENT = resolve(import.meta.dirname, '../../docs/performance.md');

const { values: options } = parseArgs({
  options: {
    contenders: { type: 'string' },
    workloads: { type: 'string' },
    beside: { type: 'string' },
    rounds: { type: 'string' },
    lull: { type: 'string' },
    growth: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const print = (text: string) => process.stdout.write(`${text}\n`);

if (options.help) {
  print(HELP);
  process.exit(0);
}

/** Those that were asked for, or all. */
function chosen<T extends { readonly name: string }>(
  all: readonly T[],
  names: string | undefined,
): readonly T[] {
  const wanted = names?.split(',') ?? all.map(({ name }) => name);
  const unknown = wanted.filter((name) => all.every((one) => one.name !== name));
  if (unknown.length > 0) throw new Error(`not known: ${unknown.join(', ')}; --help tells all`);
  return all.filter(({ name }) => wanted.includes(name));
}

/** A whole number that was asked for. */
function amount(option: 'rounds' | 'lull', otherwise: number, least: number): number {
  const value = Number(options[option] ?? otherwise);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(
    `--${option} takes a whole number from ${least}, not ${options[option] ?? ''}; --help tells all`,
  );
}

function contendersToRun(): readonly Contender[] {
  const bound = CONTENDERS.filter(({ name }) => name === BOUND);
  const others = chosen(CONTENDERS, options.contenders).filter(({ name }) => name !== BOUND);
  const another = options.beside === undefined ? [] : [gatewayOf('beside', resolve(options.beside))];
  const wanted = [...bound, ...others, ...another];
  if (!wanted.every(isInstalled)) {
    print('Installing the peers…');
    spawnSync('npm', ['ci'], { cwd: import.meta.dirname, stdio: 'inherit' });
  }
  return wanted.filter((contender) => {
    if (!isInstalled(contender)) print(`${contender.name}: left out, its packages are not installed`);
    return isInstalled(contender);
  });
}

/** Started one after the other, as each takes the same core. */
async function startAll(contenders: readonly Contender[], upstreams: Upstreams): Promise<RunningContender[]> {
  const running: RunningContender[] = [];
  for (const contender of contenders) {
    try {
      running.push(await startContender(contender, upstreams));
    } catch (error) {
      print(`${contender.name}: left out, ${String(error)}`);
    }
  }
  return running;
}

async function compareAll(
  running: readonly RunningContender[],
  upstreams: Upstreams,
  workloads: readonly Workload[],
  settings: Omit<CompareOptions, 'latencyMs'>,
): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const latencyMs of [0, LATENCY_MS]) {
    for (const workload of workloads) {
      if (latencyMs > 0 && !LATE_WORKLOADS.includes(workload.name)) continue;
      const taking = running.filter(({ contender }) => latencyMs > 0 || contender.isForLateOnly !== true);
      const comparison = await compare(taking, upstreams, workload, { ...settings, latencyMs });
      print(`\n${brief(comparison)}`);
      comparisons.push(comparison);
    }
  }
  return comparisons;
}

/** Puts a text between the marks of that name. */
async function writeSection(name: string, markdown: string): Promise<void> {
  const section = new RegExp(`(?<=<!-- ${name} -->\n).*?(?=<!-- end of ${name} -->)`, 's');
  const text = readFileSync(DOCUMENT, 'utf8');
  if (!section.test(text)) throw new Error(`${DOCUMENT} has no place for ${name}`);
  await writeDoc(
    DOCUMENT,
    text.replace(section, () => `\n${markdown}\n\n`),
  );
}

async function grow(): Promise<void> {
  const growth = await measureGrowth({ forMs: options.quick ? 300 : 2_000 });
  print(reportGrowth(growth));
  if (!options.write) return;
  for (const [file, svg] of Object.entries(plotGrowth(growth)))
    writeFileSync(join(dirname(DOCUMENT), file), svg);
  await writeSection('growth', reportGrowth(growth));
}

async function race(): Promise<void> {
  const contenders = contendersToRun();
  const workloads = chosen(WORKLOADS, options.workloads);
  const lullMs = amount('lull', 0, 0) * 1_000;
  const settings = {
    rounds: amount('rounds', options.quick ? 3 : 9, 1),
    warmUpMs: options.quick ? 500 : 5_000,
    lullMs,
    approachMs: lullMs > 0 || options.quick ? 0 : APPROACH_MS,
    slice: { forMs: options.quick ? 100 : 300, minRequests: MIN_REQUESTS },
    maxAgain: options.quick ? 0 : 2,
  };
  const upstreams = await startUpstreams();
  const running = await startAll(contenders, upstreams);
  try {
    const comparisons = await compareAll(running, upstreams, workloads, settings);
    if (!options.write) return;
    const tables = report({
      contenders: running.map(({ contender }) => contender),
      comparisons,
      rounds: settings.rounds,
      warmUpMs: settings.warmUpMs,
      approachMs: settings.approachMs,
      sliceMs: settings.slice.forMs,
    });
    await writeSection('bench', tables);
  } finally {
    await Promise.all([...running, upstreams].map((started) => started.stop()));
  }
}

// So that what was started ends with this process, however it ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

await pinLoad();
await (options.growth ? grow() : race());
