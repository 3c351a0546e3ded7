import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { EXAMPLE_OPERATIONS } from '../../src/server/example-operations.js';
import { STRANGER } from '../faults/certificate.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { startChromium } from './chromium.js';

const SANDBOX_SCRIPT =
  'https://embeddable-sandbox.cdn.apollographql.com/_latest/embeddable-sandbox.umd.production.min.js';
const HOSTED_SANDBOX = 'https://studio.apollographql.com';
const STRANGE_SITE = 'https://evil.example.com';

/** Stands in for the sites of others: an empty page, whatever is asked. */
const site = createServer(STRANGER, (_req, res) => {
  res.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>A page of others</title>');
});
let gateway: TestGateway;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What the page asked for, its workers included, and what the browser complained of. */
let requests: string[];
let complaints: string[];

beforeAll(async () => {
  gateway = await startTestGateway();
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const place = `127.0.0.1:${(site.address() as AddressInfo).port}`;
  browser = await startChromium({ 'studio.apollographql.com': place, 'evil.example.com': place });
});
afterAll(async () => {
  await browser.close();
  site.close();
  await gateway.close();
});

beforeEach(async () => {
  context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1400, height: 900 } });
  requests = [];
  complaints = [];
  context.on('request', (request) => requests.push(request.url()));
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
});
afterEach(() => context.close());

/** Asks for an operation as a page's script does; what became of it, as far as the browser lets the page know. */
function askFrom(site: Page, url: string, headers: object, body: object): Promise<unknown> {
  const sent = JSON.stringify({ method: 'POST', headers, body: JSON.stringify(body) });
  return site.evaluate(`(async () => {
    try {
      const response = await fetch(${JSON.stringify(url)}, ${sent});
      return { status: response.status, id: response.headers.get('x-request-id'), ...(await response.json()) };
    } catch (error) {
      return { failed: error.message };
    }
  })()`);
}

describe('GET /explorer, with the network cable out', () => {
  const result = () => page.locator('.result-window .view-lines');
  const tabs = () => page.locator('.graphiql-tab');
  const run = () => page.getByRole('button', { name: 'Execute query' }).click();
  /** The editors come a moment after the tabs, and so does what belongs in them. */
  const shows = (name: string) =>
    page.locator('.graphiql-query-editor .view-lines').getByText(name).waitFor();
  /** Lines of an editor, whose blanks are no-break spaces. */
  const textOf = async (section: string) =>
    (await page.getByLabel(section, { exact: true }).locator('.view-lines:visible').innerText()).replaceAll(
      '\u00a0',
      ' ',
    );

  beforeEach(async () => {
    await page.goto(`${gateway.url}/explorer`);
    await shows('FirstPeople');
  });
  afterEach(() => {
    const strangers = requests.filter((url) => !url.replace(/^blob:/, '').startsWith(`${gateway.url}/`));
    expect({ strangers, complaints }).toEqual({ strangers: [], complaints: [] });
    expect(requests).toContain(`${gateway.url}/graphql`);
  });

  it('has the example operations as tabs, now and after a reload', async () => {
    const names = EXAMPLE_OPERATIONS.map(({ document }) => /\w+ (\w+)/.exec(document)?.[1]);
    const open = async () => {
      await expect(tabs().locator('button:first-child').allInnerTexts()).resolves.toEqual(names);
      await page.locator('.graphiql-tab-active', { hasText: 'FirstPeople' }).waitFor();
      expect(JSON.parse(await textOf('Variables'))).toEqual(EXAMPLE_OPERATIONS[0].variables);
    };
    await open();
    await page.reload();
    await shows('FirstPeople');
    await open();
  });

  it('runs a query', async () => {
    await run();
    await result().getByText('Max from Support').waitFor();
  });

  it('runs a mutation', async () => {
    await tabs().getByText('Update', { exact: true }).click();
    // GraphiQL runs the operation that it has noticed last, and stores what it has noticed.
    await page.evaluate(`new Promise((resolve) => {
      const look = () => {
        if (localStorage.getItem('graphiql:query').startsWith('mutation Update(')) resolve();
        else requestAnimationFrame(look);
      };
      look();
    })`);
    await run();
    await result().getByText('APPLIED').waitFor();
    const { phone } = (await gateway.query('{ profile(id: "mind:42") { phone } }'))['profile'] as {
      phone: string;
    };
    expect(phone).toBe('+49 30 5550');
    // What is asked stays out of the history and of logs on the way.
    expect(page.url()).toBe(`${gateway.url}/explorer`);
  });

  it('sends the headers that are typed', async () => {
    await page.getByRole('button', { name: 'Headers', exact: true }).click();
    await page.getByLabel('Headers', { exact: true }).locator('.view-lines:visible').click();
    await page.keyboard.insertText('{ "x-request-id": "typed-in-the-explorer" }');
    await run();
    await result().getByText('Max from Support').waitFor();
    const ids = gateway.received().mind.map(({ headers }) => headers['x-request-id']);
    expect(ids).toContain('typed-in-the-explorer');
  });

  it('shows what the schema says of a type', async () => {
    const { __type } = (await gateway.query('{ __type(name: "Profile") { description } }')) as {
      __type: { description: string };
    };
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    const docs = page.getByLabel('Documentation Explorer', { exact: true });
    await docs.getByRole('link', { name: 'Profile', exact: true }).click();
    const [sentence = ''] = __type.description.split(/[.\n`]/);
    await docs.getByText(sentence).first().waitFor();
  });
});

describe('GET /', () => {
  const [{ document: query, variables }] = EXAMPLE_OPERATIONS;

  it('says where to go when Apollo Sandbox cannot be loaded', async () => {
    await page.goto(gateway.url);
    expect(requests).toEqual([`${gateway.url}/`, SANDBOX_SCRIPT]);
    await page.getByRole('link', { name: 'The explorer' }).click();
    await page.getByRole('button', { name: 'Execute query' }).waitFor();
    expect(page.url()).toBe(`${gateway.url}/explorer`);
  });

  it('opens Apollo Sandbox with the first example, which answers as it stands', async () => {
    const script = 'window.EmbeddedSandbox = function (options) { window.opened = options; };';
    await page.route(SANDBOX_SCRIPT, (route) =>
      route.fulfill({ contentType: 'text/javascript', body: script }),
    );
    await page.goto(gateway.url);
    expect(await page.evaluate('window.opened')).toMatchObject({
      target: '#sandbox',
      initialEndpoint: `${gateway.url}/graphql`,
      initialState: { document: query, variables },
    });
    // Sandbox lets the page around it send the operations.
    const answer = await askFrom(
      page,
      '/graphql',
      { 'content-type': 'application/json' },
      { query, variables },
    );
    expect(answer).toMatchObject({ status: 200, data: { profiles: { nodes: [{ id: 'mind:42' }, {}, {}] } } });
    expect(complaints).toEqual([]);
  });
});

describe('a page of the internet', () => {
  const HEADERS = {
    'content-type': 'application/json',
    'apollo-require-preflight': 'true',
    authorization: 'Bearer a-token',
    'x-omnivibe-token': 'none-of-the-sandbox',
    'x-request-id': 'asked-from-afar',
    'x-upstream-bill': '1',
  };
  const BODY = { query: '{ __typename }', operationName: null, variables: {} };

  it('may ask if it is Apollo’s hosted Sandbox', async () => {
    await page.goto(`${HOSTED_SANDBOX}/sandbox/explorer?endpoint=${gateway.url}/graphql`);
    expect(await askFrom(page, `${gateway.url}/graphql`, HEADERS, BODY)).toMatchObject({
      status: 200,
      id: 'asked-from-afar',
      data: { __typename: 'Query' },
    });
    expect(complaints).toEqual([]);
  });

  it('may not ask if it is any other', async () => {
    await page.goto(STRANGE_SITE);
    expect(await askFrom(page, `${gateway.url}/graphql`, HEADERS, BODY)).toEqual({
      failed: 'Failed to fetch',
    });
  });
});
