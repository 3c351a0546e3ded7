// Keeps README.md, CONTRIBUTING.md, CHANGELOG.md and docs/ true. What each kind of block means is told in CONTRIBUTING.md.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { isEnumType } from 'graphql';
import { loadConfig, VARIABLE_NAMES, type Config } from '../src/config.js';
import { ERROR_CODES, REQUEST_ERROR_CODES } from '../src/errors.js';
import { createSchema } from '../src/graphql/schema.js';
import type { CastMember } from '../src/sandbox/people.js';
import { FAULTS } from '../src/transport/faults.js';
import { startTestGateway, type GraphQLAnswer, type TestGateway } from './support/gateway.js';

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name))
    .sort(),
];
const textOf = (document: string) => readFileSync(document, 'utf8');

/** Files that a document shows, by the name it gives them, and the variable that names such a file. */
const FILE_VARIABLES: Readonly<Record<string, string>> = {
  'links.json': 'LINKS_FILE',
  'tokens.json': 'OMNIVIBE_TOKENS_FILE',
  'statuses.json': 'V2_STATUSES_FILE',
};

const folder = mkdtempSync(join(tmpdir(), 'profile-gateway-docs-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Block {
  /** Where it stands, for messages. */
  readonly at: string;
  readonly language: string;
  /** The file's name that stands after the language; '' without one. */
  readonly fileName: string;
  readonly text: string;
  /** Whether it shows the answer to the block before: only blank lines stand between the two. */
  readonly isAnswer: boolean;
}

function blocksOf(document: string): Block[] {
  const text = textOf(document);
  let before = { end: 0, language: '' };
  return [...text.matchAll(/^```(\w*) ?(\S*)\n(.*?)^```$/gms)].map((match) => {
    const [whole, language = '', fileName = '', content = ''] = match;
    const isNext = text.slice(before.end, match.index).trim() === '';
    const isAnswer =
      language === 'json' && fileName === '' && isNext && ['graphql', 'sh'].includes(before.language);
    before = { end: match.index + whole.length, language };
    const line = text.slice(0, match.index).split('\n').length;
    return { at: `${document}:${line}`, language, fileName, text: content, isAnswer };
  });
}

/** What a document shows of an answer. */
interface ShownAnswer {
  readonly data?: unknown;
  readonly errors?: readonly object[];
  readonly extensions?: unknown;
}

/** An answer without what differs every time, and with the bill only where the document tells it. */
function shownOf({ data, errors, extensions }: GraphQLAnswer, isBillTold: boolean): ShownAnswer {
  const shown = errors.map(({ message, path, extensions: all }) => ({
    message,
    ...(path !== undefined && { path }),
    extensions: Object.fromEntries(Object.entries(all).filter(([key]) => key !== 'requestId')),
  }));
  return { data, ...(shown.length > 0 && { errors: shown }), ...(isBillTold && { extensions }) };
}

interface Curl {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

/** The curl commands of a shell block; of their options those that documents use. */
function curlsIn(text: string): Curl[] {
  const lines = text.replaceAll(/\\\n\s*/g, '').split('\n');
  return lines
    .filter((line) => line.startsWith('curl '))
    .map((line) => {
      const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
      const after = (option: string) => words.flatMap((word, i) => (words[i - 1] === option ? [word] : []));
      const headers = after('-H').map((header) => header.split(/: */, 2) as [string, string]);
      const [body = null] = after('-d');
      const [method = body === null ? 'GET' : 'POST'] = after('-X');
      const [url = ''] = words.filter((word) => /^(http|\$)/.test(word));
      return { url, method, headers: Object.fromEntries(headers), body };
    });
}

/** The query of a request to the gateway; null when it goes elsewhere. */
function queryOf({ url, method, headers, body }: Curl): string | null {
  if (url !== 'http://127.0.0.1:4000/graphql') return null;
  expect({ url, method, headers }).toEqual({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  return (JSON.parse(body ?? '') as { readonly query: string }).query;
}

/** Gives an order to a sandbox, whose address stands in the URL by name. */
async function order(
  { mind, omnivibe, v2 }: TestGateway,
  { url, method, headers, body }: Curl,
): Promise<void> {
  const places: Readonly<Record<string, string>> = { $MIND: mind.url, $OMNIVIBE: omnivibe.url, $V2: v2.url };
  const [name = '', ...path] = url.split('/');
  const { ok } = await fetch(new URL(`/${path.join('/')}`, places[name]), { method, headers, body });
  expect({ url, ok }).toEqual({ url, ok: true });
}

/** A plan's token is another one each time. */
const PLAN_TOKEN = /plan\.[\w-]{43}/g;

/** Replays a document from top to bottom, as somebody who follows it would; answers how many requests that took. */
async function replay(document: string): Promise<number> {
  const env: Record<string, string> = {};
  /** The plans' tokens that were answered, by those that the document shows. */
  const tokens = new Map<string, string>();
  const withTokens = (text: string) => text.replaceAll(PLAN_TOKEN, (shown) => tokens.get(shown) ?? shown);
  let gateway: TestGateway | null = null;
  let loggedBefore = 0;
  let requests = 0;

  async function started(): Promise<TestGateway> {
    return (gateway ??= await startTestGateway({ env }));
  }

  async function placeFile({ at, fileName, text }: Block): Promise<void> {
    const variable = FILE_VARIABLES[fileName];
    if (variable === undefined) throw new RangeError(`${at}: no variable takes ${fileName}`);
    env[variable] = join(folder, fileName);
    writeFileSync(env[variable], text);
    await gateway?.close();
    gateway = null;
  }

  async function expectLog({ at, text }: Block): Promise<void> {
    const lines = (await started()).log.slice(loggedBefore).map(({ msg }) => String(msg));
    const calls = lines.filter((line) => line.startsWith('upstream '));
    expect({ at, calls: calls.sort() }).toEqual({ at, calls: text.trim().split('\n').sort() });
  }

  async function ask(query: string, { at }: Block, shown: Block | undefined): Promise<void> {
    const running = await started();
    loggedBefore = running.log.length;
    const answer = await running.execute(withTokens(query));
    const answered = JSON.stringify(answer.data).match(PLAN_TOKEN) ?? [];
    shown?.text.match(PLAN_TOKEN)?.forEach((token, i) => tokens.set(token, answered[i] ?? 'none'));
    const told = shown === undefined ? null : (JSON.parse(withTokens(shown.text)) as ShownAnswer);
    const { errors = [], ...rest } = shownOf(answer, told?.extensions !== undefined);
    if (told === null) expect({ at, errors }).toEqual({ at, errors: [] });
    else expect({ at, ...rest, errors }).toEqual({ at, errors: [], ...told });
  }

  const blocks = blocksOf(document);
  try {
    for (const [i, block] of blocks.entries()) {
      const next = blocks[i + 1];
      const shown = next?.isAnswer === true ? next : undefined;
      if (block.fileName !== '') await placeFile(block);
      if (block.language === 'log') await expectLog(block);
      const curls = block.language === 'sh' ? curlsIn(block.text) : [];
      const queries =
        block.language === 'graphql' ? [block.text] : curls.flatMap((curl) => queryOf(curl) ?? []);
      for (const curl of curls) if (queryOf(curl) === null) await order(await started(), curl);
      for (const query of queries) await ask(query, block, shown);
      requests += queries.length;
    }
  } finally {
    await (gateway as TestGateway | null)?.close();
  }
  return requests;
}

describe('a document that shows queries', () => {
  const showing = DOCUMENTS.filter((document) =>
    blocksOf(document).some(({ language }) => language === 'graphql'),
  );

  it.each(showing)('gets the answers that it shows: %s', async (document) => {
    expect(await replay(document)).toBeGreaterThan(0);
  });

  it('shows no answer but of a query, so that each is compared', () => {
    const stray = DOCUMENTS.flatMap(blocksOf).filter(
      ({ language, fileName, isAnswer }) => language === 'json' && fileName === '' && !isAnswer,
    );
    expect(stray.map(({ at }) => at)).toEqual([]);
  });
});

describe('what a document points at', () => {
  const FOLDERS = /^(\.ci|deploy|docs|schema|scripts|src|test)\//;

  /** Code in backticks that reads as a path of the repository; `<backend>` stands for each of the three. */
  function pathsIn(document: string): string[] {
    const prose = textOf(document).replaceAll(/^```.*?^```$/gms, '');
    const paths = [...prose.matchAll(/`([^`\s]+)`/g)].map(([, path = '']) => path);
    return paths
      .filter((path) => FOLDERS.test(path) || /^[\w.-]+\.(md|cjs|ts)$/.test(path))
      .filter((path) => !path.includes('*'))
      .flatMap((path) =>
        path.includes('<backend>')
          ? ['mind', 'omnivibe', 'v2'].map((backend) => path.replace('<backend>', backend))
          : [path],
      );
  }

  /** The files that every adapter has are named without their folder. */
  const isThere = (path: string) => existsSync(path) || existsSync(join('src/adapters/mind', path));

  it.each(DOCUMENTS)('is there: %s', (document) => {
    expect(pathsIn(document).filter((path) => !isThere(path))).toEqual([]);
  });

  it('has the lines that a recipe changes: docs/add-a-field.md', () => {
    const text = textOf('docs/add-a-field.md');
    const missing = blocksOf('docs/add-a-field.md')
      .filter(({ language }) => language === 'diff')
      .flatMap(({ at, text: diff }) => {
        const before = text
          .split('\n')
          .slice(0, Number(at.split(':')[1]))
          .join('\n');
        const file = [...before.matchAll(/`([\w./-]+\.(?:ts|yaml|graphql))`/g)].at(-1)?.[1] ?? '';
        const lines = diff.split('\n').filter((line) => line.startsWith(' '));
        const known = textOf(file).split('\n');
        return lines.filter((line) => !known.includes(line.slice(1))).map((line) => ({ file, line }));
      });
    expect(missing).toEqual([]);
  });

  /** The anchor that a heading gets. */
  const anchorOf = (heading: string) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-');

  it.each(DOCUMENTS)('is linked rightly: %s', (document) => {
    const links = [...textOf(document).matchAll(/\]\((?!https?:)([^)#]*)#?([^)]*)\)/g)];
    const broken = links.filter(([, path = '', anchor = '']) => {
      const target = path === '' ? document : join(dirname(document), path);
      if (!existsSync(target)) return true;
      const headings = anchor === '' ? [] : [...textOf(target).matchAll(/^#+ (.*)$/gm)];
      return anchor !== '' && !headings.some(([, heading = '']) => anchorOf(heading) === anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it('is linked from the README, if it is a document', () => {
    const readme = textOf('README.md');
    const unlinked = DOCUMENTS.filter((name) => !name.startsWith('docs/decisions/') && name !== 'README.md');
    expect(unlinked.filter((name) => !readme.includes(`](${name})`))).toEqual([]);
  });
});

/** The cells of a document's table rows, without those of headings and rules. */
function tableRows(document: string, heading: string): string[][] {
  const [, section = ''] = textOf(document).split(`\n## ${heading}\n`);
  const lines = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}
const code = (cell: string | undefined) => /`([^`]*)`/.exec(cell ?? '')?.[1] ?? '';

describe('docs/configuration.md', () => {
  const rows = tableRows('docs/configuration.md', 'Variables');

  it('describes every variable, in their order, and no other', () => {
    expect(rows.map(([name]) => code(name))).toEqual(VARIABLE_NAMES);
  });

  /** A default that is told means: setting it changes nothing. */
  function configWith(env: Record<string, string>): Config {
    return loadConfig({ VERSION_KEY: 'sixteen-letters!', ...env });
  }
  const PRODUCTION = { NODE_ENV: 'production', SANDBOX: 'all' };
  const told = rows.flatMap(([name, , , cell = '']) => {
    const outside = /^`([^`]+)`/.exec(cell)?.[1];
    const inside = /in production `([^`]+)`/.exec(cell)?.[1];
    return [
      ...(outside === undefined ? [] : [{ name: code(name), value: outside, where: 'development' }]),
      ...(inside === undefined ? [] : [{ name: code(name), value: inside, where: 'production' }]),
    ];
  });

  it.each(told)('tells the default of $name in $where: $value', ({ name, value, where }) => {
    const env = where === 'production' ? PRODUCTION : {};
    expect(configWith({ ...env, [name]: value })).toEqual(configWith(env));
  });

  it('tells defaults', () => {
    expect(told.length).toBeGreaterThan(10);
  });
});

describe('docs/errors.md', () => {
  const RETRYABLE: Readonly<Record<string, boolean>> = { yes: true, no: false };
  const facts = (
    codes: Readonly<Record<string, { readonly retryable: boolean; readonly meaning: string }>>,
  ) => Object.entries(codes).map(([name, { retryable, meaning }]) => ({ name, retryable, meaning }));

  it('tells every code of a running operation as the code has it', () => {
    const rows = tableRows('docs/errors.md', 'While an operation runs').map(
      ([name, retryable = '', meaning]) => ({
        name: code(name),
        retryable: RETRYABLE[retryable],
        meaning,
      }),
    );
    expect(rows).toEqual(facts(ERROR_CODES));
  });

  it('tells every code of a refused request as the code has it', () => {
    const rows = tableRows('docs/errors.md', 'Before an operation runs').map(
      ([name, , retryable = '', meaning]) => ({ name: code(name), retryable: RETRYABLE[retryable], meaning }),
    );
    expect(rows).toEqual(facts(REQUEST_ERROR_CODES));
  });

  it('lists none that the code does not give', () => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && name !== 'errors.ts' && !name.includes('generated'),
    );
    const program = sources.map((name) => textOf(join('src', name))).join('\n');
    expect(Object.keys(ERROR_CODES).filter((name) => !program.includes(`'${name}'`))).toEqual([]);
  });

  it('says what to do about each', () => {
    const advice = ['While an operation runs', 'Before an operation runs'].flatMap((heading) =>
      tableRows('docs/errors.md', heading).map((cells) => cells.at(-1)),
    );
    expect(advice.filter((words) => words === '')).toEqual([]);
  });
});

describe('docs/operations.md', () => {
  it('tells every series of the gateway’s own, with its labels, and no other', async () => {
    const gateway = await startTestGateway();
    const exposed = await (await fetch(`${gateway.url}/metrics`)).text();
    await gateway.close();
    const names = [...exposed.matchAll(/^# TYPE (\w+) /gm)].flatMap(([, name = '']) => name);
    const own = names.filter((name) => !/^(process|nodejs)_/.test(name));
    const told = tableRows('docs/operations.md', 'Metrics').flatMap(([cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
    );
    expect(own.length).toBeGreaterThan(10);
    expect(told.toSorted()).toEqual(own.toSorted());
  });

  it('tells every fault as the code has it, and what to do about it', () => {
    const told = tableRows('docs/operations.md', 'Faults').map(
      ([fault, name, retries, isFailure, advice]) => [
        code(fault),
        { code: code(name), retries: Number(retries), isFailure: isFailure === 'yes' },
        advice === '' ? 'no advice' : 'advice',
      ],
    );
    expect(told).toEqual(
      Object.entries(FAULTS).map(([fault, { code: name, retries, isFailure }]) => [
        fault,
        { code: name, retries, isFailure },
        'advice',
      ]),
    );
  });
});

describe('docs/writing.md', () => {
  const rows = tableRows('docs/writing.md', 'What came of it').map(([name]) => code(name));
  const valuesOf = (name: string) => {
    const type = createSchema().getType(name);
    return isEnumType(type) ? type.getValues().map((value) => value.name) : [];
  };

  it('tells every state and every status', () => {
    const told = rows.filter((name) => /^[A-Z]+$/.test(name));
    expect(told).toEqual([...valuesOf('OutcomeState'), ...valuesOf('MutationStatus')]);
  });
});

describe('docs/presence.md', () => {
  const rows = tableRows('docs/presence.md', 'What each word says').map(
    ([backend = '', what = '', word = '', signal, verdict]) => ({
      source: `${backend} ${what}`,
      word: code(word) || word,
      signal: code(signal),
      verdict: code(verdict),
    }),
  );

  const ID = 1001;
  const EMAIL = 'ada@example.com';
  const MIND = { id: ID, firstName: 'Ada', lastName: 'Alone', email: EMAIL };
  const V2 = { id: ID, username: 'ada', firstname: 'Ada', lastname: 'Alone', email: EMAIL };
  const CATALOGUE = ['not listed', 'AVAILABLE', 'BUSY', 'AWAY', 'OFFLINE'];

  /** Per source: somebody with an account on that backend alone that says so, and the channels that it has a say about. */
  const SOURCES: Readonly<Record<string, readonly [(word: string) => CastMember, ...channels: string[]]>> = {
    'Mind routing': [
      (word) => ({ mind: { ...MIND, callRoutingStatus: word, chatRoutingStatus: word } }),
      'CALL',
      'CHAT',
    ],
    'Mind status': [(word) => ({ mind: { ...MIND, status: word as 'busy' } }), 'TICKET'],
    'omnivibe effective availability': [
      (word) => ({
        omnivibe: { id: ID, name: 'Ada', email: EMAIL, availability: word as 'busy', isPresent: true },
      }),
      'CHAT',
    ],
    'v2 status by catalogue': [
      (word) => ({ v2: { ...V2, statusId: CATALOGUE.indexOf(word) || 987 } }),
      'CALL',
      'CHAT',
      'TICKET',
    ],
    'v2 status lock': [() => ({ v2: { ...V2, statusId: 1, isLocked: true } }), 'CALL', 'CHAT', 'TICKET'],
    'any –': [() => ({ v2: V2 }), 'CALL', 'CHAT', 'TICKET'],
  };

  interface Presence {
    readonly canTake: { readonly answer: string };
    readonly signals: readonly { readonly channel: string | null; readonly availability: string }[];
  }

  it.each(rows)('tells what is made of $source: $word', async ({ source, word, signal, verdict }) => {
    const [personWho = () => ({}), ...channels] = SOURCES[source] ?? [];
    const gateway = await startTestGateway({ people: [personWho(word)] });
    try {
      const slug = Object.keys(personWho(word))[0] ?? '';
      if (word === 'failed') {
        await gateway.query(`{ profile(id: "${slug}:${ID}") { id } }`);
        gateway.v2.switches.set({ reply: { status: 503 } });
      }
      expect(channels).not.toEqual([]);
      for (const channel of channels) {
        const { profile } = (await gateway.query(
          `{ profile(id: "${slug}:${ID}") { presence {
               canTake(channel: ${channel}) { answer } signals { channel availability } } } }`,
        )) as { profile: { presence: Presence } };
        const { canTake, signals } = profile.presence;
        const own = signals.find((each) => (each.channel ?? channel) === channel)?.availability;
        expect({ channel, answer: canTake.answer }).toEqual({ channel, answer: verdict });
        if (signal !== '') expect(own).toBe(signal);
      }
    } finally {
      await gateway.close();
    }
  });
});

describe('a generated document', () => {
  it.each(['scripts/field-ownership.ts', 'scripts/assumptions.ts'])('is up to date: %s', (script) => {
    expect(execFileSync('node_modules/.bin/tsx', [script, '--check'], { encoding: 'utf8' })).toBe('');
  });
});

describe('README.md', () => {
  const readme = textOf('README.md');
  const manifest = JSON.parse(textOf('package.json')) as {
    readonly version: string;
    readonly engines: { readonly node: string };
    readonly scripts: Readonly<Record<string, string>>;
  };

  it('names, as all documents, only commands that there are', () => {
    const used = DOCUMENTS.flatMap((document) => [...textOf(document).matchAll(/npm run (?:-s )?([\w:]+)/g)]);
    expect(used.filter(([, name = '']) => !(name in manifest.scripts)).map(([command]) => command)).toEqual(
      [],
    );
    expect(readme).toContain('\nnpm ci && npm start\n');
    expect(readme).toContain('\nnpm ci && npm test\n');
  });

  it('names the oldest Node that will do', () => {
    expect(manifest.engines.node).toBe('>=20.19.0');
    expect(readme).toContain('Node 20.19 or newer');
  });

  it('names every licence of what runs', () => {
    const { packages } = JSON.parse(textOf('package-lock.json')) as {
      readonly packages: Readonly<
        Record<string, { readonly dev?: boolean; readonly devOptional?: boolean; readonly license?: string }>
      >;
    };
    const running = Object.entries(packages).filter(
      ([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true,
    );
    const licences = new Set(running.map(([path, { license }]) => license ?? `none: ${path}`));
    expect([...licences].filter((licence) => !readme.includes(licence))).toEqual([]);
  });

  it('is for the version that the changelog describes first', () => {
    const [, section = ''] = textOf('CHANGELOG.md').split(/^## /m);
    expect(section).toMatch(new RegExp(`^${manifest.version}\n`));
    expect([...section.matchAll(/^### (.*)$/gm)].map(([, name]) => name)).toEqual([
      'Schema',
      'Behaviour',
      'Operations',
    ]);
  });
});
