// Who takes part, and how each is started: the bound, the gateway as it is run in earnest, and peers set up as their
// documentation says.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { V8_FLAGS } from '../../src/server/v8-flags.js';
import { UPSTREAM_LIMITS } from '../../src/transport/policy.js';
import { LINKED_PEOPLE, omnivibeToken, people } from './people.js';
import { startAnnounced, startServer, type BenchProcess, type Command } from './processes.js';
import type { UpstreamCounts } from './upstreams.js';

const BENCH = import.meta.dirname;
const ROOT = resolve(BENCH, '../..');
/** To each upstream, for everybody alike. */
const CONNECTIONS = 64;

type Env = Readonly<Record<string, string>>;

export interface Contender {
  readonly name: string;
  /** With its version. */
  readonly title: string;
  readonly command: (env: Env) => Command;
  /** Packages of the bench that it takes. */
  readonly packages: readonly string[];
  /** True where it differs from another in nothing but what upstreams that take their time show. */
  readonly isForLateOnly?: boolean;
}

export interface RunningContender extends BenchProcess {
  readonly contender: Contender;
  readonly url: string;
}

export interface Upstreams extends BenchProcess {
  readonly env: Env;
  counts(): Promise<UpstreamCounts>;
  /** Forgets the counts; answers come so much later from now on. */
  reset(latencyMs: number): Promise<void>;
}

const node = (args: readonly string[], env: Env, cwd = BENCH): Command => ({
  file: process.execPath,
  args,
  cwd,
  env,
});

function peer(
  name: string,
  label: string,
  file: string,
  packages: readonly string[],
  env: Env = {},
): Contender {
  const [main = ''] = packages;
  return {
    name,
    title: label.replace('%', versionOf(main) ?? 'not installed'),
    command: (given) => ({
      ...node([`peers/${file}`], { NODE_ENV: 'production', ...given, ...env }),
      ...(file.endsWith('.sh') && { file: 'sh' }),
    }),
    packages,
  };
}

/** The gateway as it is run in earnest, with its log on; `folder` holds its sources and packages. */
export function gatewayOf(name: string, folder: string): Contender {
  const settings = { NODE_ENV: 'production', AUTH: 'mind', MIND_TOKEN: 'bench-service', V2_API_KEY: 'bench' };
  return {
    name,
    title: folder === ROOT ? 'this gateway' : `the gateway in ${folder}`,
    command: (env) => node(['scripts/start.mjs'], { ...settings, ...env }, folder),
    packages: [],
  };
}

export const BOUND = 'bound';
export const GATEWAY = 'gateway';

/** The program itself, for this kind of machine. */
const TAILCALL = '@tailcallhq/core-linux-x64-gnu';

const PER_CALLER = UPSTREAM_LIMITS.maxPerCaller;

const boundBy = (env: Env) => node([...V8_FLAGS, compile('bound.ts')], { NODE_ENV: 'production', ...env });

export const CONTENDERS: readonly Contender[] = [
  { name: BOUND, title: 'written by hand: node:http, undici', command: boundBy, packages: [] },
  {
    name: 'bound-fair',
    title: `the bound, with the gateway's ${PER_CALLER} calls of a caller to an upstream at a time`,
    command: (env) => boundBy({ ...env, BENCH_CALLS_PER_CALLER: String(PER_CALLER) }),
    packages: [],
    isForLateOnly: true,
  },
  gatewayOf(GATEWAY, ROOT),
  peer('apollo-rest', 'Apollo Server % + datasource-rest + DataLoader', 'apollo-rest.mjs', [
    '@apollo/server',
    '@apollo/datasource-rest',
    'dataloader',
  ]),
  peer(
    'apollo-naive',
    'Apollo Server % + datasource-rest, naive',
    'apollo-rest.mjs',
    ['@apollo/server', '@apollo/datasource-rest'],
    { NAIVE: '1' },
  ),
  peer('yoga', 'GraphQL Yoga % + DataLoader + fetch', 'yoga.mjs', ['graphql-yoga', 'dataloader']),
  peer(
    'yoga-jit',
    'GraphQL Yoga % + DataLoader + fetch + JIT',
    'yoga.mjs',
    ['graphql-yoga', 'dataloader', '@envelop/graphql-jit'],
    { JIT: '1' },
  ),
  peer('mercurius', 'Mercurius % + loaders', 'mercurius.mjs', ['mercurius', 'fastify']),
  peer('mercurius-jit', 'Mercurius % + loaders + JIT', 'mercurius.mjs', ['mercurius', 'fastify'], {
    JIT: '1',
  }),
  peer(
    'mercurius-dataloader',
    'Mercurius % + DataLoader + JIT',
    'mercurius.mjs',
    ['mercurius', 'fastify', 'dataloader'],
    { DATALOADER: '1', JIT: '1' },
  ),
  peer('grafast', 'Grafast % + grafserv', 'grafast.mjs', ['grafast', 'grafserv']),
  peer('hive-mesh', 'Hive Gateway % + Mesh over OpenAPI', 'hive-mesh.mjs', [
    '@graphql-hive/gateway',
    '@graphql-mesh/compose-cli',
    '@omnigraph/openapi',
  ]),
  {
    name: 'tailcall',
    title: `Tailcall ${versionOf(TAILCALL) ?? ''}`,
    command: (env) => ({ file: 'sh', args: ['peers/tailcall.sh'], cwd: BENCH, env }),
    packages: [TAILCALL],
  },
];

/** Without its types, so that nothing is loaded beside it that does that. */
function compile(file: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext };
  const { outputText } = ts.transpileModule(readFileSync(join(BENCH, file), 'utf8'), { compilerOptions });
  const path = join(BENCH, 'dist', file.replace('.ts', '.js'));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, outputText);
  return path;
}

/** Whether everything is there that it takes. */
export function isInstalled({ packages }: Contender): boolean {
  return packages.every((name) => versionOf(name) !== null);
}

function versionOf(name: string): string | null {
  const path = join(BENCH, 'node_modules', name, 'package.json');
  if (!existsSync(path)) return null;
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version.replace(/^v/, '');
}

/** The three backends, in one process; `linked` people are on all of them. */
export async function startUpstreams(linked = LINKED_PEOPLE): Promise<Upstreams> {
  const command = node(['--import', 'tsx', 'upstreams.ts'], { BENCH_LINKED: String(linked) });
  const started = await startAnnounced(command, 0);
  const { CONTROL_URL = '', ...urls } = started.announced;
  const folder = mkdtempSync(join(tmpdir(), 'profile-gateway-bench-'));
  const tokensFile = join(folder, 'tokens.json');
  const tokens = people.slice(0, linked).map(({ omnivibe }) => [omnivibe.email, omnivibeToken(omnivibe.id)]);
  writeFileSync(tokensFile, JSON.stringify(Object.fromEntries(tokens)));
  return {
    ...started,
    env: { ...urls, OMNIVIBE_TOKENS_FILE: tokensFile, BENCH_CONNECTIONS: String(CONNECTIONS) },
    async counts() {
      return (await (await fetch(`${CONTROL_URL}/counts`)).json()) as UpstreamCounts;
    },
    async reset(latencyMs) {
      await fetch(`${CONTROL_URL}/reset?latencyMs=${latencyMs}`, { method: 'POST' });
    },
    async stop() {
      rmSync(folder, { recursive: true });
      await started.stop();
    },
  };
}

/** `env` comes on top of what every contender is given. */
export async function startContender(
  contender: Contender,
  upstreams: Upstreams,
  env: Env = {},
): Promise<RunningContender> {
  return { contender, ...(await startServer(contender.command({ ...upstreams.env, ...env }), 1)) };
}
