// GET /explorer outside production: GraphiQL with the README's operations, in one page that needs nothing from anywhere else.
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { EXAMPLE_OPERATIONS } from './example-operations.js';
import { assertMethod } from './replies.js';

interface Page {
  readonly zipped: Buffer;
  readonly etag: string;
  readonly policy: string;
}

/** Answers GET and HEAD; throws RequestRefused for other methods. */
export type ServeExplorer = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/** The page is nine megabytes of text, so nothing of it is loaded before it is asked for. */
export function createExplorer(): ServeExplorer {
  let page: Promise<Page> | null = null;

  return async (req, res) => {
    assertMethod(req, res, ['GET', 'HEAD']);
    const { zipped, etag, policy } = await (page ??= makePage());
    const headers = {
      'cache-control': 'no-cache',
      'content-security-policy': policy,
      'content-type': 'text/html; charset=utf-8',
      etag,
      'referrer-policy': 'no-referrer',
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
    };
    if (req.headers['if-none-match']?.includes(etag) === true) {
      res.writeHead(304, headers).end();
    } else if (TAKES_GZIP.test(req.headers['accept-encoding'] ?? '')) {
      res.writeHead(200, { ...headers, 'content-encoding': 'gzip', 'content-length': zipped.length });
      res.end(zipped);
    } else {
      res.writeHead(200, headers).end(await promisify(gunzip)(zipped));
    }
  };
}

const TITLE = 'Profile gateway';

/** GraphiQL's tabs can be dragged; the first that is pressed after loading would jump aside, and miss the click. */
const TABS_STAY = '.graphiql-tab { transform: none !important; }';

const TAKES_GZIP = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i;

async function makePage(): Promise<Page> {
  // The package's own page would do, but its types bring those of a browser into the whole program.
  const graphiql = await import('@graphql-yoga/render-graphiql/graphiql');
  const workers = {
    editorWorkerService: graphiql.editorWorkerService,
    json: graphiql.jsonWorker,
    graphql: graphiql.graphqlWorker,
  };
  const tabs = EXAMPLE_OPERATIONS.map(({ document, variables }) => ({
    query: document,
    variables: variables === undefined ? null : JSON.stringify(variables, null, 2),
    headers: null,
  }));
  const options = {
    endpoint: '/graphql',
    title: TITLE,
    logo: '',
    defaultTabs: tabs,
    // They hold tokens, which are not to stay in a browser's storage.
    shouldPersistHeaders: false,
  };
  const script = `
const workers = ${JSON.stringify(workers)};
self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_, name) => URL.createObjectURL(new Blob([workers[name]], { type: 'text/javascript' })),
};
${graphiql.js}
const options = ${JSON.stringify(options)};
// What it keeps from visit to visit would otherwise start with an empty tab in front of these.
if (localStorage.getItem('graphiql:tabState') === null) {
  localStorage.setItem('graphiql:query', options.defaultTabs[0].query);
  localStorage.setItem('graphiql:variables', options.defaultTabs[0].variables);
}
// Left to itself it puts the query, and with it people's addresses, into the page's URL.
const onEditQuery = () => undefined;
YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), { ...options, onEditQuery });
`;
  const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>${TITLE}</title>
    <link rel="icon" href="data:," />
    <style>${graphiql.css}${TABS_STAY}</style>
  </head>
  <body class="no-focus-outline">
    <div id="root"></div>
    <script>${script}</script>
  </body>
</html>
`;
  return { zipped: await promisify(gzip)(html), etag: `W/"${hashOf(html)}"`, policy: policyOf(script) };
}

/** Lets the page run its one script and speak to this gateway, and nothing else. */
function policyOf(script: string): string {
  return [
    "default-src 'none'",
    `script-src 'sha256-${hashOf(script)}'`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'font-src data:',
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
