import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

describe('the first query', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.close());

  const FIRST_QUERY = '{ profiles(first: 3) { nodes { id displayName email presence { availability } } } }';

  it('joins people from three backends', async () => {
    expect(await gateway.query(FIRST_QUERY)).toMatchObject({
      profiles: {
        nodes: [{ id: 'mind:42', displayName: 'Max from Support' }, { id: 'mind:43' }, { id: 'mind:44' }],
      },
    });
  });

  it('asks each backend once when warm', async () => {
    expect(await gateway.cost(FIRST_QUERY)).toEqual({ mind: 1, omnivibe: 1, v2: 1 });
  });
});
