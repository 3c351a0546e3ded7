// The README's operations, typed, with two clients: both have the answer that stands on the wire.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TypedDocumentNode } from '@apollo/client';
import { OperationTypeNode, parse } from 'graphql';
import { EXAMPLE_OPERATIONS } from '../../src/server/example-operations.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { createProfilesClient } from './profiles/client.js';
import * as generated from './profiles/generated/graphql.js';
import { createUrqlClient } from './profiles/urql.js';

let gateway: TestGateway;
const reset = () => {
  for (const backend of [gateway.mind, gateway.omnivibe, gateway.v2]) backend.reset();
};
beforeAll(async () => {
  gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent' } });
});
beforeEach(reset);
afterAll(() => gateway.close());

const apollo = () =>
  createProfilesClient({
    url: `${gateway.url}/graphql`,
    token: () => null,
    renewToken: () => Promise.reject(new Error('unused')),
  });
const urql = () => createUrqlClient(`${gateway.url}/graphql`, () => null);

/** Apollo Client asks for it everywhere. */
const withoutTypenames = (data: unknown): unknown =>
  JSON.parse(JSON.stringify(data), (key, value: unknown) => (key === '__typename' ? undefined : value));

describe('an example operation', () => {
  const examples = EXAMPLE_OPERATIONS.map(({ document, variables = {} }) => {
    const [definition] = parse(document).definitions;
    if (definition === undefined || !('operation' in definition))
      throw new TypeError(`no operation: ${document}`);
    const name = `${definition.name?.value ?? ''}Document` as keyof typeof generated;
    return { name, isMutation: definition.operation === OperationTypeNode.MUTATION, document, variables };
  });

  it.each(examples)('is answered alike: $name', async ({ name, isMutation, document, variables }) => {
    const typed = generated[name] as unknown as TypedDocumentNode<unknown, Record<string, unknown>>;
    const wanted = await gateway.query(document, variables);
    reset();
    const client = apollo();
    const { data } = isMutation
      ? await client.mutate({ mutation: typed, variables })
      : await client.query({ query: typed, variables });
    expect(withoutTypenames(data)).toEqual(wanted);
    reset();
    const same = isMutation
      ? await urql().mutation(typed, variables).toPromise()
      : await urql().query(typed, variables).toPromise();
    expect(same.error).toBeUndefined();
    expect(withoutTypenames(same.data)).toEqual(wanted);
  });
});

describe('types', () => {
  it('know every field and variable, and no other', async () => {
    const { data } = await apollo().query({ query: generated.FirstPeopleDocument, variables: { first: 1 } });
    const person = data?.profiles?.nodes[0];
    expect(person?.displayName?.toUpperCase()).toBe('MAX FROM SUPPORT');
    // @ts-expect-error: not selected
    expect(person?.phone).toBeUndefined();
    // @ts-expect-error: the operation has no such variable
    await apollo().query({ query: generated.FirstPeopleDocument, variables: { last: 1 } });
  });

  it('hold patches and enumerations to what there is', () => {
    const variables: generated.UpdateManyMutationVariables = {
      input: {
        updates: [
          { profileId: 'mind:42', patch: { settings: { work: { status: 'AVAILABLE' } } } },
          // @ts-expect-error: misspelt
          { profileId: 'mind:42', patch: { settings: { work: { state: 'AVAILABLE' } } } },
          // @ts-expect-error: no such value
          { profileId: 'mind:42', patch: { settings: { work: { status: 'available' } } } },
        ],
      },
    };
    expect(variables.input.updates).toHaveLength(3);
    expect(generated.UpdateManyDocument.definitions).toHaveLength(1);
  });
});
