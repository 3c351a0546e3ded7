// What backends are told of a caller's trace, and what a collector of OpenTelemetry is told of an operation.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { LedgerEntry } from '../../src/sandbox/core/ledger.js';
import { startCallSpan } from '../../src/transport/call-span.js';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.js';
import { expectNoSecrets } from '../support/secrets.js';
import { post, send } from './client.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE_ID}-${CALLER}-01`;
const EVERY_BACKEND =
  'query Everything { profile(id: "mind:42") { firstName v2 { username } omnivibe { nativeId } } }';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const gateway = await startTestGateway(options);
  let closed: Promise<void> | null = null;
  const close = () => (closed ??= gateway.close());
  cleanups.push(close);
  return { ...gateway, close };
}

/** Sets variables that OpenTelemetry's SDK reads by itself. */
function setEnvironment(variables: Readonly<Record<string, string>>): void {
  Object.assign(process.env, variables);
  cleanups.push(() => {
    for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name);
  });
}

interface Attribute {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly intValue?: number;
    readonly arrayValue?: { readonly values: readonly Attribute['value'][] };
  };
}
interface ExportedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code: SpanStatusCode };
}
interface ExportBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly ExportedSpan[] }[];
  }[];
}

/** A span with its attributes as plain values. */
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: number;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

function plain(attributes: readonly Attribute[]): Record<string, unknown> {
  const valueOf = (value: Attribute['value']): unknown =>
    value.arrayValue?.values.map(valueOf) ?? value.stringValue ?? value.intValue;
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));
}

interface Collector {
  readonly url: string;
  readonly requests: readonly {
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }[];
  spans(): Span[];
  resource(): Readonly<Record<string, unknown>>;
}

/** A receiver of OTLP over HTTP on loopback. `answer`: its status, or null for none before the test is over. */
async function startCollector(answer: number | null = 200): Promise<Collector> {
  const requests: { path: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const unanswered: ServerResponse[] = [];
  const server = createServer((req, res) => {
    void text(req).then((body) => {
      requests.push({ path: req.url ?? '', headers: req.headers, body });
      if (answer === null) unanswered.push(res);
      else res.writeHead(answer).end('{"message":"canary-of-the-collector"}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    // Else the exporter would try for a while to find out.
    for (const res of unanswered) res.setHeader('connection', 'close').end('{}');
    server.close();
    server.closeIdleConnections();
    await once(server, 'close');
  });
  const received = () => requests.flatMap(({ body }) => (JSON.parse(body) as ExportBody).resourceSpans);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    spans: () =>
      received()
        .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
        .map(({ traceId, spanId, parentSpanId, name, kind, attributes, status }) => ({
          traceId,
          spanId,
          parentSpanId,
          name,
          kind,
          isError: status.code === SpanStatusCode.ERROR,
          attributes: plain(attributes),
        })),
    resource: () => plain(received()[0]?.resource.attributes ?? []),
  };
}

const toCollector = ({ url }: Collector, env: Readonly<Record<string, string>> = {}): TestGatewayOptions => ({
  env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, LOG_LEVEL: 'warn', ...env },
});

const callsOf = (gateway: TestGateway): readonly LedgerEntry[] => Object.values(gateway.received()).flat();
/** What a call carries of any trace. */
const traceOf = ({ headers }: LedgerEntry) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => ['traceparent', 'tracestate', 'baggage', 'b3'].includes(name)),
  );

/** OTLP counts kinds from another number than the API. */
const OTLP_KIND = { server: SpanKind.SERVER + 1, client: SpanKind.CLIENT + 1 };
const operationsIn = (spans: readonly Span[]) => spans.filter(({ kind }) => kind === OTLP_KIND.server);
const callsIn = (spans: readonly Span[]) => spans.filter(({ kind }) => kind === OTLP_KIND.client);

describe('without a collector', () => {
  const LONG = `a=${'x'.repeat(600)}`;
  const rows: readonly [what: string, sent: Record<string, string>, passed: Record<string, string>][] = [
    ['a trace', { traceparent: TRACEPARENT }, { traceparent: TRACEPARENT }],
    [
      'a trace that nobody records',
      { traceparent: `00-${TRACE_ID}-${CALLER}-00` },
      { traceparent: `00-${TRACE_ID}-${CALLER}-00` },
    ],
    [
      'the state of a trace',
      { traceparent: TRACEPARENT, tracestate: 'congo=t61rcWkgMzE,rojo=00f067' },
      { traceparent: TRACEPARENT, tracestate: 'congo=t61rcWkgMzE,rojo=00f067' },
    ],
    [
      'of flags, the one that has a meaning',
      { traceparent: `00-${TRACE_ID}-${CALLER}-ff` },
      { traceparent: TRACEPARENT },
    ],
    [
      'of a later version, what is known of it',
      { traceparent: `01-${TRACE_ID}-${CALLER}-01-more` },
      { traceparent: TRACEPARENT },
    ],
    [
      'a trace without its illegible state',
      { traceparent: TRACEPARENT, tracestate: '===' },
      { traceparent: TRACEPARENT },
    ],
    [
      'a trace without a state of more than 512 characters',
      { traceparent: TRACEPARENT, tracestate: LONG },
      { traceparent: TRACEPARENT },
    ],
    ['nothing of no trace', {}, {}],
    ['nothing of a state alone', { tracestate: 'congo=t61rcWkgMzE' }, {}],
    ['nothing of an empty trace', { traceparent: '' }, {}],
    ['nothing of a word', { traceparent: 'canary', tracestate: 'a=b' }, {}],
    ['nothing of a trace without an id', { traceparent: `00-${'0'.repeat(32)}-${CALLER}-01` }, {}],
    ['nothing of a caller without an id', { traceparent: `00-${TRACE_ID}-${'0'.repeat(16)}-01` }, {}],
    ['nothing of an id in capitals', { traceparent: TRACEPARENT.toUpperCase() }, {}],
    ['nothing of an id that is too short', { traceparent: `00-${TRACE_ID.slice(1)}-${CALLER}-01` }, {}],
    ['nothing of the version that is none', { traceparent: `ff-${TRACE_ID}-${CALLER}-01` }, {}],
    ['nothing of the first version with more', { traceparent: `${TRACEPARENT}-more` }, {}],
    ['nothing of two traces', { traceparent: `${TRACEPARENT}, ${TRACEPARENT}` }, {}],
    ['nothing of other headers of tracing', { b3: `${TRACE_ID}-${CALLER}-1`, baggage: 'user=42' }, {}],
  ];

  it('passes on', async () => {
    const gateway = await start({ env: { LOG_LEVEL: 'silent' } });
    for (const [what, sent, passed] of rows) {
      for (const backend of [gateway.mind, gateway.omnivibe, gateway.v2]) backend.reset();
      await gateway.execute(EVERY_BACKEND, {}, sent);
      for (const calls of Object.values(gateway.received()))
        expect({ what, calls }).not.toEqual({ what, calls: [] });
      for (const call of callsOf(gateway)) expect({ what, passed: traceOf(call) }).toEqual({ what, passed });
    }
  });

  it('makes no object for a call that is in no trace', () => {
    const call = { backend: 'mind', method: 'GET', route: '/profiles', attempt: 1 };
    expect(startCallSpan(ROOT_CONTEXT, call)).toBe(startCallSpan(ROOT_CONTEXT, { ...call, attempt: 2 }));
  });
});

describe('with a collector', () => {
  it('shows an operation and its calls as one tree below the caller', async () => {
    const collector = await startCollector();
    const gateway = await start(toCollector(collector));
    await gateway.execute(EVERY_BACKEND, {}, { traceparent: TRACEPARENT, 'x-request-id': 'request-1' });
    const entries = callsOf(gateway);
    await gateway.close();

    const spans = collector.spans();
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE_ID]));
    expect(operationsIn(spans)).toEqual([
      {
        traceId: TRACE_ID,
        spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
        parentSpanId: CALLER,
        name: 'query',
        kind: OTLP_KIND.server,
        isError: false,
        attributes: {
          'http.request.method': 'POST',
          'http.route': '/graphql',
          'http.response.status_code': 200,
          'graphql.operation.type': 'query',
          'graphql.operation.name': 'Everything',
          'gateway.request_id': 'request-1',
        },
      },
    ]);
    const operation = operationsIn(spans)[0]?.spanId;
    const calls = callsIn(spans);
    // Each backend knows the span of the very call that it got.
    expect(entries.map(({ headers }) => headers['traceparent']).sort()).toEqual(
      calls.map(({ spanId }) => `00-${TRACE_ID}-${spanId}-01`).sort(),
    );
    for (const { parentSpanId, isError } of calls) {
      expect({ parentSpanId, isError }).toEqual({ parentSpanId: operation, isError: false });
    }
    const shown = calls.map(({ name, attributes }) => ({ name, ...attributes }));
    expect(shown).toContainEqual({
      name: 'GET /profiles',
      'gateway.backend': 'mind',
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'url.template': '/profiles',
    });
    expect(collector.requests.map(({ path, headers }) => [path, headers['content-type']])).toEqual([
      ['/v1/traces', 'application/json'],
    ]);
  });

  it('begins a trace where the caller has none', async () => {
    const collector = await startCollector();
    const gateway = await start(toCollector(collector));
    await gateway.execute(EVERY_BACKEND, {}, { traceparent: 'canary' });
    await gateway.execute(EVERY_BACKEND);
    await gateway.close();
    const operations = operationsIn(collector.spans());
    expect(operations.map(({ parentSpanId }) => parentSpanId)).toEqual([undefined, undefined]);
    expect(new Set(operations.map(({ traceId }) => traceId)).size).toBe(2);
  });

  it('shows each attempt, and what went wrong', async () => {
    const collector = await startCollector();
    const gateway = await start(toCollector(collector));
    gateway.v2.switches.set({ reply: { status: 503, body: '{"message":"canary-of-v2"}' } });
    const { errors } = await gateway.execute('{ profile(id: "v2:17") { username } }');
    expect(errors).not.toEqual([]);
    const attempts = gateway.v2.ledger.entries.length;
    expect(attempts).toBeGreaterThan(1);
    await gateway.close();

    const spans = collector.spans();
    expect(operationsIn(spans)).toMatchObject([
      {
        isError: true,
        attributes: {
          'http.response.status_code': 200,
          'gateway.error_codes': ['UPSTREAM_ERROR'],
          'error.type': 'UPSTREAM_ERROR',
        },
      },
    ]);
    const failed = callsIn(spans).filter(({ isError }) => isError);
    expect(failed.map(({ attributes }) => attributes['http.request.resend_count'] ?? 0)).toEqual([
      ...Array(attempts).keys(),
    ]);
    for (const { attributes } of failed) {
      expect(attributes).toMatchObject({
        'gateway.backend': 'v2',
        'http.response.status_code': 503,
        'error.type': expect.any(String),
      });
    }
    expectNoSecrets('the spans', JSON.stringify(spans));
  });

  it('counts what the caller has done wrong as no failure', async () => {
    const collector = await startCollector();
    const gateway = await start(toCollector(collector));
    await gateway.execute('query Wrong { profile(id: "nobody") { username } }');
    await gateway.execute('{ noSuchField }');
    await send(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'x',
    });
    await send(`${gateway.url}/graphql`, {});
    await gateway.close();
    const shown = operationsIn(collector.spans()).map(({ name, isError, attributes }) => ({
      name,
      isError,
      status: attributes['http.response.status_code'],
      codes: attributes['gateway.error_codes'],
    }));
    expect(shown).toEqual([
      { name: 'query', isError: false, status: 200, codes: ['BAD_USER_INPUT'] },
      { name: 'POST /graphql', isError: false, status: 400, codes: ['GRAPHQL_VALIDATION_FAILED'] },
      { name: 'POST /graphql', isError: false, status: 415, codes: undefined },
    ]);
  });

  it('shows a client that has gone', async () => {
    const collector = await startCollector();
    const gateway = await start(toCollector(collector));
    gateway.mind.switches.set({ hang: 'before-handling' });
    const gone = new AbortController();
    const answer = fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: EVERY_BACKEND }),
      signal: gone.signal,
    });
    while (gateway.mind.ledger.entries.length === 0) await new Promise(setImmediate);
    gone.abort();
    await expect(answer).rejects.toThrow();
    await gateway.close();
    const [operation] = operationsIn(collector.spans());
    expect(operation).toMatchObject({ isError: true, attributes: { 'error.type': 'client_gone' } });
    expect(operation?.attributes).not.toHaveProperty('http.response.status_code');
  });

  it('leaves to the caller whether a trace is recorded, and tells the backends', async () => {
    const collector = await startCollector();
    const gateway = await start(toCollector(collector));
    await gateway.execute(EVERY_BACKEND, {}, { traceparent: `00-${TRACE_ID}-${CALLER}-00` });
    const sent = callsOf(gateway).map((call) => traceOf(call)['traceparent']);
    await gateway.close();
    expect(collector.requests).toEqual([]);
    for (const traceparent of sent)
      expect(traceparent).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-00$`));
    expect(sent).not.toContain(`00-${TRACE_ID}-${CALLER}-00`);
  });

  it('is named, described and addressed by the variables of OpenTelemetry', async () => {
    setEnvironment({
      OTEL_SERVICE_NAME: 'profiles-of-berlin',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=berlin',
    });
    const collector = await startCollector();
    const gateway = await start(
      toCollector(collector, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/elsewhere` }),
    );
    await gateway.execute('{ __typename }');
    await gateway.close();
    expect(collector.resource()).toMatchObject({
      'service.name': 'profiles-of-berlin',
      'deployment.environment.name': 'staging',
    });
    expect(collector.requests).toMatchObject([{ path: '/elsewhere', headers: { 'x-tenant': 'berlin' } }]);
  });

  it('is called profile-gateway where nothing else is said', async () => {
    const collector = await startCollector();
    const gateway = await start(toCollector(collector));
    await gateway.execute('{ __typename }');
    await gateway.close();
    expect(collector.resource()).toMatchObject({ 'service.name': 'profile-gateway' });
  });

  it('gets the share of traces that the sampler lets through', async () => {
    setEnvironment({ OTEL_TRACES_SAMPLER: 'always_off' });
    const collector = await startCollector();
    const gateway = await start(toCollector(collector));
    await gateway.execute(EVERY_BACKEND, {}, { traceparent: TRACEPARENT });
    await gateway.close();
    expect(collector.requests).toEqual([]);
  });

  it('logs a variable that OpenTelemetry cannot read', async () => {
    setEnvironment({ OTEL_TRACES_SAMPLER: 'sometimes' });
    const gateway = await start(toCollector(await startCollector()));
    expect(gateway.log).toMatchObject([{ msg: expect.stringMatching(/OTEL_TRACES_SAMPLER.*invalid/) }]);
  });

  it('gets no secret of callers, backends or documents', async () => {
    const collector = await startCollector();
    const gateway = await start(toCollector(collector, { AUTH: 'mind' }));
    for (const backend of [gateway.mind, gateway.omnivibe, gateway.v2]) {
      backend.switches.set({ canarySecrets: true });
    }
    const headers = {
      authorization: `Bearer ${gateway.mind.tokenFor(42)}`,
      cookie: 'connect.sid=canary-session',
      'x-omnivibe-token': gateway.omnivibe.tokenFor(4),
    };
    await gateway.execute(EVERY_BACKEND, {}, headers);
    await gateway.execute(
      'query ($id: ID!) { canary: profile(id: $id) { username } other: profileByEmail(email: "canary-9@example.com") { id } }',
      { id: 'canary-id' },
      headers,
    );
    await gateway.execute(
      'mutation ($phone: String!) { updateProfile(id: "mind:42", patch: { phone: $phone }) { status } }',
      { phone: 'canary-phone' },
      headers,
    );
    await post(`${gateway.url}/graphql?token=canary-query`, { query: EVERY_BACKEND }, headers);
    gateway.mind.switches.set({ reply: { status: 500, body: '{"error":"canary-of-mind"}' } });
    await post(gateway.url, { query: EVERY_BACKEND }, { ...headers, authorization: 'Bearer canary-token' });
    await gateway.close();
    expect(callsIn(collector.spans()).length).toBeGreaterThan(5);
    for (const { body, headers } of collector.requests) {
      expectNoSecrets('what the collector gets', body + JSON.stringify(headers));
      expect(body).not.toContain('example.com');
    }
  });
});

describe('a collector that is of no use', () => {
  const rows: readonly [what: string, start: () => Promise<Pick<Collector, 'url' | 'requests'> | null>][] = [
    ['is not there', () => Promise.resolve(null)],
    ['never answers', () => startCollector(null)],
    ['refuses', () => startCollector(400)],
    ['is overloaded', () => startCollector(503)],
  ];

  it.each(rows)('that %s keeps no answer back, and is complained of once', async (_what, startWrong) => {
    // So short that several batches are lost within this test.
    setEnvironment({ OTEL_BSP_SCHEDULE_DELAY: '1', OTEL_EXPORTER_OTLP_TIMEOUT: '100' });
    const collector = await startWrong();
    const url = collector?.url ?? 'http://127.0.0.1:9';
    const gateway = await start({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, LOG_LEVEL: 'warn' } });
    for (let i = 0; i < 100 || (collector !== null && collector.requests.length < 3); i += 1) {
      expect((await gateway.execute('{ __typename }')).errors).toEqual([]);
    }
    await gateway.close();
    expect(gateway.log).toMatchObject([{ msg: 'traces are lost: the collector does not take them' }]);
    expectNoSecrets('the log', JSON.stringify(gateway.log));
  });

  it('holds up the end for no more than a second', async () => {
    const gateway = await start(toCollector(await startCollector(null)));
    await gateway.execute('{ __typename }');
    const before = performance.now();
    await gateway.close();
    // The exporter's own limit is ten seconds; what is more than one is for a busy machine.
    expect(performance.now() - before).toBeLessThan(5_000);
  });
});

describe('an SDK that the operator has loaded', () => {
  it('gets the spans in place of the collector, and goes on when the gateway stops', async () => {
    const memory = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory)] });
    trace.setGlobalTracerProvider(provider);
    cleanups.push(() => {
      trace.disable();
    });
    const collector = await startCollector();
    const gateway = await start(toCollector(collector));
    await gateway.execute(EVERY_BACKEND, {}, { traceparent: TRACEPARENT });
    const calls = callsOf(gateway).length;
    await gateway.close();
    expect(collector.requests).toEqual([]);
    const spans = memory.getFinishedSpans();
    expect(spans.filter(({ kind }) => kind === SpanKind.SERVER).map(({ name }) => name)).toEqual(['query']);
    expect(spans.filter(({ kind }) => kind === SpanKind.CLIENT)).toHaveLength(calls);
    trace.getTracer('another').startSpan('later').end();
    expect(memory.getFinishedSpans()).toHaveLength(calls + 2);
  });
});
