// The suite of the GraphQL-over-HTTP specification, as it stands: what it says is counted, so that a change shows.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serverAudits, type AuditResult } from 'graphql-http';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

// GET is not served: a page of another origin could send it. Broken documents and variables are 400 for every client.
const TOLD = [
  'notice: MAY accept application/x-www-form-urlencoded formatted GET requests',
  'notice: MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json',
  'notice: MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json',
  'warn: SHOULD use 200 status code on document parsing failure when accepting application/json',
  'warn: SHOULD use 200 status code on document validation failure when accepting application/json',
  'warn: SHOULD use a status code of 200 on variable coercion failure when accepting application/json',
];

describe('the audits of GraphQL over HTTP', () => {
  it('find no error, and nothing new to note or to warn of', async () => {
    const audits = serverAudits({ url: `${gateway.url}/graphql` });
    const results: AuditResult[] = [];
    for (const audit of audits) results.push(await audit.fn());
    const told = results.flatMap((result) =>
      result.status === 'ok' ? [] : [`${result.status}: ${result.name}`],
    );
    expect(told).toEqual(TOLD);
    expect(results).toHaveLength(61);
  });
});
