// Keeps the Dockerfile and the samples of deploy/ true. No container engine is needed: the Dockerfile's steps are carried out in
// folders, with the packages that are already installed in place of `npm ci`.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfig, VARIABLE_NAMES, type Config } from '../src/config.js';
import { post, send } from './server/client.js';

const ROOT = resolve(import.meta.dirname, '..');
/** For what is cut short at the end of a drain, and for the machine. */
const MARGIN_MS = 5_000;

type Env = Readonly<Record<string, string>>;

const folder = mkdtempSync(join(tmpdir(), 'profile-gateway-deploy-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');
/** The lines that say something; one that goes on is one with the next. */
const linesOf = (file: string) =>
  textOf(file)
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '');

/** An instruction of the Dockerfile, e.g. `RUN` and `npm ci`. */
type Instruction = readonly [name: string, value: string];

/** The instructions of each stage by the name after AS; the last is the image. */
function readStages(): ReadonlyMap<string, readonly Instruction[]> {
  const stages = new Map<string, Instruction[]>();
  let current: Instruction[] = [];
  for (const line of linesOf('Dockerfile')) {
    const [, name = '', value = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (name === 'FROM') stages.set(/ AS (\w+)$/.exec(value)?.[1] ?? 'image', (current = []));
    else current.push([name, value]);
  }
  return stages;
}

const stages = readStages();
const image = stages.get('image') ?? [];
const valueOf = (wanted: string) => image.find(([name]) => name === wanted)?.[1] ?? '';
const IMAGE_ENV = Object.fromEntries(
  valueOf('ENV')
    .split(' ')
    .map((pair) => pair.split('=') as [string, string]),
);

/** What an engine would be sent: what .dockerignore lets in. */
function layContext(): string {
  const context = join(folder, 'context');
  const [everything, ...exceptions] = linesOf('.dockerignore');
  expect(everything).toBe('*');
  for (const line of exceptions) {
    expect(line).toMatch(/^!/);
    cpSync(join(ROOT, line.slice(1)), join(context, line.slice(1)), { recursive: true });
  }
  return context;
}

interface Package {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

const INSTALL: Readonly<Record<string, (place: string) => void>> = {
  'npm ci'(place) {
    symlinkSync(join(ROOT, 'node_modules'), join(place, 'node_modules'));
  },
  'npm ci --omit=dev'(place) {
    const lock = readFileSync(join(place, 'package-lock.json'), 'utf8');
    const { packages } = JSON.parse(lock) as { readonly packages: Readonly<Record<string, Package>> };
    for (const [path, { dev, devOptional }] of Object.entries(packages)) {
      const isOnTop = path.lastIndexOf('node_modules/') === 0;
      if (!isOnTop || dev === true || devOptional === true || !existsSync(join(ROOT, path))) continue;
      mkdirSync(join(place, dirname(path)), { recursive: true });
      symlinkSync(join(ROOT, path), join(place, path));
    }
  },
};

/** A folder's content goes into the target, and so does a file. */
function copy(value: string, context: string, place: string): void {
  const [, stage, paths = ''] = /^(?:--from=(\w+) )?(.*)$/.exec(value) ?? [];
  const names = paths.split(' ');
  const target = join(place, names.pop() ?? '');
  for (const name of names) {
    const source = join(stage === undefined ? context : join(folder, stage), name);
    const isFolder = statSync(source).isDirectory();
    cpSync(source, isFolder ? target : join(target, basename(name)), { recursive: true });
  }
}

/** Carries out each stage in a folder of its name; answers where the image starts. */
function build(): string {
  const context = layContext();
  let place = '';
  for (const [stage, instructions] of stages) {
    for (const [name, value] of instructions) {
      if (name === 'WORKDIR') mkdirSync((place = join(folder, stage, value)), { recursive: true });
      if (name === 'COPY') copy(value, context, place);
      if (name === 'RUN') {
        const install = INSTALL[value];
        if (install === undefined) execFileSync('sh', ['-c', value], { cwd: place });
        else install(place);
      }
    }
  }
  return place;
}

/** A sample, as far as it concerns the gateway. */
interface Sample {
  readonly file: string;
  /** As it is once everything is filled in. */
  readonly env: Env;
  readonly graceMs: number;
  /** The ports of the gateway that are spoken to. */
  readonly ports: readonly number[];
}

/** What the operator fills in: samples hold no credentials. */
function filledIn(name: string): string {
  if (name === 'SANDBOX') return '';
  if (name.endsWith('_URL')) return 'https://backend.example.com';
  return name.endsWith('_ID') ? '1' : 'a-credential-that-somebody-has-put-in';
}

function readCompose(file: string): Sample {
  interface Compose {
    readonly services: {
      readonly gateway: {
        readonly environment: Env;
        readonly ports: readonly string[];
        readonly stop_grace_period: string;
      };
    };
  }
  const { environment, ports, stop_grace_period: grace } = (parse(textOf(file)) as Compose).services.gateway;
  const env = Object.entries(environment).map(([name, value]) => {
    return [name, value === `\${${name}:-}` ? filledIn(name) : value] as const;
  });
  return {
    file,
    env: Object.fromEntries(env),
    graceMs: Number(grace.replace(/s$/, '')) * 1_000,
    ports: ports.map((each) => Number(each.split(':').at(-1))),
  };
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

interface Pod {
  readonly metadata: { readonly labels: Env; readonly annotations: Env };
  readonly spec: {
    readonly terminationGracePeriodSeconds: number;
    readonly containers: readonly [
      {
        readonly image: string;
        readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
        readonly env: readonly { readonly name: string; readonly value?: string }[];
        readonly startupProbe: Probe;
        readonly livenessProbe: Probe;
        readonly readinessProbe: Probe;
        readonly volumeMounts: readonly [{ readonly mountPath: string }];
      },
    ];
  };
}

interface ServiceSpec {
  readonly selector: Env;
  readonly ports: readonly { readonly targetPort: string }[];
}

function readKubernetes(file: string) {
  const documents = parseAllDocuments(textOf(file)).map((document) => document.toJS() as { kind: string });
  const ofKind = (kind: string): unknown => documents.find((document) => document.kind === kind);
  const { data } = ofKind('ConfigMap') as { readonly data: Env };
  const service = (ofKind('Service') as { readonly spec: ServiceSpec }).spec;
  const pod = (ofKind('Deployment') as { readonly spec: { readonly template: Pod } }).spec.template;
  const [container] = pod.spec.containers;
  const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe];
  const { annotations } = pod.metadata;

  for (const [name, text] of Object.entries(data)) writeFileSync(join(folder, name), text);
  const [{ mountPath }] = container.volumeMounts;
  const env = container.env.map(({ name, value }) => {
    return [name, value?.replace(mountPath, folder) ?? filledIn(name)] as const;
  });
  const portNames = [...probes.map(({ httpGet }) => httpGet.port), ...service.ports.map((p) => p.targetPort)];
  const portOf = (wanted: string) => container.ports.find(({ name }) => name === wanted)?.containerPort ?? 0;
  const sample: Sample = {
    file,
    env: Object.fromEntries(env),
    graceMs: pod.spec.terminationGracePeriodSeconds * 1_000,
    ports: [...portNames.map(portOf), Number(annotations['prometheus.io/port'])],
  };
  const paths = new Set([
    ...probes.map(({ httpGet }) => httpGet.path),
    annotations['prometheus.io/path'] ?? '',
  ]);
  return { sample, container, labels: pod.metadata.labels, selector: service.selector, paths: [...paths] };
}

const compose = readCompose('deploy/compose.yaml');
const kubernetes = readKubernetes('deploy/kubernetes.yaml');
const configOf = ({ env }: Sample): Config => loadConfig({ ...IMAGE_ENV, ...env });

describe('the image', () => {
  let place: string;
  let gateway: ChildProcess;
  let url: string;

  function run(command: string, env: Env): ChildProcess {
    const [program, ...args] = JSON.parse(command) as string[];
    expect(program).toBe('node');
    return spawn(process.execPath, args, { cwd: place, env: { ...IMAGE_ENV, ...env } });
  }
  const codeOf = async (child: ChildProcess) => ((await once(child, 'close')) as [number | null])[0];
  const checkHealth = () => {
    const [, command = ''] = valueOf('HEALTHCHECK').split(' CMD ');
    return codeOf(run(command, { PORT: new URL(url).port }));
  };

  beforeAll(async () => {
    place = build();
    gateway = run(valueOf('CMD'), { PORT: '0', SANDBOX: 'all', DRAIN_DELAY_MS: '0' });
    let printed = '';
    for (const stream of [gateway.stdout, gateway.stderr])
      stream?.on('data', (text: Buffer) => (printed += text.toString()));
    const isOver = codeOf(gateway).then(() => true);
    const port = () => /listening on http:\/\/0\.0\.0\.0:(\d+)/.exec(printed)?.[1];
    while (port() === undefined) {
      const isNext = once(gateway.stdout ?? gateway, 'data').then(() => false);
      if (await Promise.race([isNext, isOver])) throw new Error(`The image ended: ${printed}`);
    }
    url = `http://127.0.0.1:${port() ?? ''}`;
  }, 90_000);
  afterAll(() => {
    gateway.kill('SIGKILL');
  });

  it('is not run as root', () => {
    expect(valueOf('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it('holds all that a query needs', async () => {
    const { text } = await post(url, { query: '{ profile(id: "mind:42") { id username } }' });
    expect(JSON.parse(text)).toEqual({ data: { profile: { id: 'mind:42', username: 'max.m' } } });
  });

  it.each(kubernetes.paths)('answers Kubernetes and Prometheus: %s', async (path) => {
    expect((await send(url + path, {})).status).toBe(200);
  });

  it('is healthy until it has ended, which it does after SIGTERM, with 0', async () => {
    expect(await checkHealth()).toBe(0);
    const ended = codeOf(gateway);
    gateway.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await checkHealth()).toBe(1);
  });
});

describe.each([compose, kubernetes.sample])('$file', (sample) => {
  it('sets only variables that there are, to what the gateway takes', () => {
    expect(Object.keys(sample.env).filter((name) => !VARIABLE_NAMES.includes(name))).toEqual([]);
    expect(() => configOf(sample)).not.toThrow();
  });

  it('leaves the gateway the time to end by itself', () => {
    const { drainDelayMs, drainTimeoutMs } = configOf(sample);
    expect(sample.graceMs).toBeGreaterThanOrEqual(drainDelayMs + drainTimeoutMs + MARGIN_MS);
  });

  it('speaks to the port that the gateway listens on', () => {
    const { port } = configOf(sample);
    expect([...sample.ports, Number(valueOf('EXPOSE'))].filter((each) => each !== port)).toEqual([]);
  });
});

describe('deploy/kubernetes.yaml', () => {
  const { container, sample, labels, selector } = kubernetes;
  const noticedAfterMs = (probe: Probe) => probe.periodSeconds * probe.failureThreshold * 1_000;

  it('notices that a copy is going before it stops listening', () => {
    expect(noticedAfterMs(container.readinessProbe)).toBeLessThan(configOf(sample).drainDelayMs);
  });

  it('kills no copy for not listening while it ends', () => {
    expect(noticedAfterMs(container.livenessProbe)).toBeGreaterThan(configOf(sample).drainTimeoutMs);
  });

  it('sends requests to the copies, of the version that this is', () => {
    const { version } = JSON.parse(textOf('package.json')) as { readonly version: string };
    expect(selector).toEqual(labels);
    expect(container.image.split(':').at(-1)).toBe(version);
  });
});
