// Keeps docs/frontend.md true: a frontend is set up from it in an empty folder, as somebody would who copies every block.
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getNamedType, getNullableType, isInterfaceType, isListType, isObjectType } from 'graphql';
import { createSchema } from '../../src/graphql/schema.js';
import { ERROR_CODES } from '../../src/errors.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { createCache } from './profiles/cache.js';
import { reactionTo } from './profiles/problems.js';

const TEXT = readFileSync('docs/frontend.md', 'utf8');
const BLOCKS = [...TEXT.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)].map(
  ([, language = '', file = '', text = '']) => ({ language, file, text }),
);
const FILES = BLOCKS.filter(({ language, file }) => file !== '' && language !== 'diff');
const DIFFS = BLOCKS.filter(({ language }) => language === 'diff');

/** Where the frontend's files stand here, to be compiled, linted and run with everything else. */
const OURS = 'test/frontend/profiles';

const run = promisify(execFile);

/** An empty folder with the document's files, and the packages that its commands install. */
function setUp(gatewayUrl: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'profile-gateway-frontend-'));
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const { file, text } of FILES) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text.replace('http://127.0.0.1:4000', gatewayUrl));
  }
  return folder;
}

describe('docs/frontend.md', () => {
  let gateway: TestGateway;
  let folder: string;
  beforeAll(async () => {
    gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent' } });
    folder = setUp(gateway.url);
  });
  afterAll(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true });
  });

  const tool = (name: string, ...args: string[]) =>
    run(process.execPath, [join('node_modules', '.bin', name), ...args], { cwd: folder });
  const change = (file: string, edit: (text: string) => string) => {
    const path = join(folder, file);
    writeFileSync(path, edit(readFileSync(path, 'utf8')));
  };
  const generated = () => readFileSync(join(folder, 'src/profiles/generated/graphql.ts'), 'utf8');

  it('shows the files that the other tests run', () => {
    const shown = FILES.filter(({ file }) => file.startsWith('src/profiles/'));
    expect(shown.map(({ file }) => basename(file)).toSorted()).toEqual(
      readdirSync(OURS).filter((name) => name.endsWith('.ts')),
    );
    for (const { file, text } of shown) expect(text).toBe(readFileSync(join(OURS, basename(file)), 'utf8'));
  });

  it('installs the versions that the tests run with', () => {
    const { devDependencies, dependencies, overrides } = JSON.parse(
      readFileSync('package.json', 'utf8'),
    ) as Readonly<Record<string, Readonly<Record<string, string>>>>;
    const here = { ...dependencies, ...devDependencies };
    const commands = BLOCKS.filter(({ language }) => language === 'sh').map(({ text }) => text);
    const packages = commands.flatMap((text) => [...text.matchAll(/\s(@?[\w/-]+)@([\d.]+)/g)]);
    expect(packages.length).toBeGreaterThan(8);
    expect(packages.map(([, name = '', version]) => [name, version])).toEqual(
      packages.map(([, name = '']) => [name, here[name]]),
    );
    const [, name = '', version] = /overrides\[(.*?)\]=([\d.]+)/.exec(TEXT) ?? [];
    expect(version).toBe(overrides?.[name]);
  });

  it('sets a frontend up that compiles and runs as shown', async () => {
    const { stdout: schema } = await run(process.execPath, [
      'node_modules/.bin/tsx',
      'scripts/print-schema.ts',
    ]);
    writeFileSync(join(folder, 'profiles.graphql'), schema);
    await tool('graphql-codegen');
    await tool('tsc');
    const { stdout } = await tool('tsx', 'src/main.ts');
    const [output] = BLOCKS.filter(({ language }) => language === 'text');
    expect(stdout).toBe(output?.text);
  });

  it('gets the same types from a running gateway', async () => {
    const types = generated();
    change('codegen.ts', (text) => text.replace('profiles.graphql', `${gateway.url}/graphql`));
    await tool('graphql-codegen');
    expect(generated()).toBe(types);
  });

  it('sends ids where only trusted documents are taken', async () => {
    for (const { file, text } of DIFFS) {
      for (const hunk of text.split(/^@@\n/m)) {
        const side = (other: string) =>
          hunk
            .split(/(?<=\n)/)
            .filter((line) => !line.startsWith(other))
            .map((line) => line.slice(1))
            .join('');
        change(file, (before) => {
          expect(before).toContain(side('+'));
          return before.replace(side('+'), () => side('-'));
        });
      }
    }
    await tool('graphql-codegen');
    const list = join(folder, 'src/profiles/generated/persisted-documents.json');
    const strict = await startTestGateway({ env: { TRUSTED_DOCUMENTS_FILE: list, LOG_LEVEL: 'silent' } });
    try {
      change('src/main.ts', (text) => text.replace(gateway.url, strict.url));
      const { stdout } = await tool('tsx', 'src/main.ts');
      expect(stdout).toBe(BLOCKS.find(({ language }) => language === 'text')?.text);
    } finally {
      await strict.close();
    }
  });
});

describe('the reactions', () => {
  const told = [...TEXT.matchAll(/^\| `(\w+)` +\|.*\| ([^|]*)\|$/gm)].flatMap(
    ([, reaction = '', codes = '']) =>
      [...codes.matchAll(/`(\w+)`/g)].map(([, code = '']) => [code, reaction]),
  );

  it('stand in the document as in the code, one for every code', () => {
    const done = Object.entries(ERROR_CODES).map(([code, { retryable }]) => [
      code,
      reactionTo({ code, retryable, message: '' }),
    ]);
    expect(told.toSorted()).toEqual(done.toSorted());
  });

  it('are to try again where that may help, and nowhere else', () => {
    const again = Object.entries(ERROR_CODES).filter(
      ([code, { retryable }]) => reactionTo({ code, retryable, message: '' }) === 'TRY_AGAIN',
    );
    const retryable = Object.entries(ERROR_CODES).filter(([, facts]) => facts.retryable);
    expect(again).toEqual(retryable);
  });

  it('to a code that is not known yet follow "retryable"', () => {
    expect(reactionTo({ code: 'NEW', retryable: true, message: '' })).toBe('TRY_AGAIN');
    expect(reactionTo({ code: 'NEW', retryable: false, message: '' })).toBe('REPORT');
  });
});

it('the cache merges every part of a person that has no id', () => {
  const schema = createSchema();
  const seen = new Set<string>();
  const parts = new Set<string>();
  (function walk(name: string): void {
    const type = schema.getType(name);
    if (seen.has(name) || !(isObjectType(type) || isInterfaceType(type))) return;
    seen.add(name);
    if (isInterfaceType(type)) for (const each of schema.getPossibleTypes(type)) walk(each.name);
    for (const field of Object.values(type.getFields())) {
      const named = getNamedType(field.type);
      const isPart = isObjectType(named) && !('id' in named.getFields());
      if (isPart && !isListType(getNullableType(field.type))) parts.add(named.name);
      walk(named.name);
    }
  })('Profile');
  const { policies } = createCache();
  const merges = [...parts].filter((name) => policies.getMergeFunction('Profile', 'any', name) !== undefined);
  expect(merges).toEqual([...parts]);
  expect(parts.size).toBeGreaterThan(10);
});
