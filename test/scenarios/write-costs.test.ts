// What writing costs in backend calls: one read, one write and one read-back at each backend that is concerned, no others.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestGateway, type CallCounts, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent' } });
});
beforeEach(async () => {
  for (const backend of [gateway.mind, gateway.omnivibe, gateway.v2]) backend.reset();
  // Who has which address is known before.
  await gateway.query('{ profile(id: "mind:42") { omnivibeUserId v2UserId } }');
});
afterAll(() => gateway.close());

const mutation = (selection: string) =>
  `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { status ${selection} } }`;
const cost = (patch: object, selection = '', options: object = {}) =>
  gateway.cost(mutation(selection), { input: { profileId: 'mind:42', patch, ...options } });

describe('an update', () => {
  it.each<[string, object, string, CallCounts]>([
    ['of nothing', {}, '', { mind: 0, omnivibe: 0, v2: 0 }],
    ['of one field of Mind', { externalId: 'E-1' }, '', { mind: 3, omnivibe: 0, v2: 0 }],
    ['of one field of all three', { firstName: 'Moritz' }, '', { mind: 3, omnivibe: 3, v2: 3 }],
    ['of what is there already', { firstName: 'Max' }, '', { mind: 1, omnivibe: 1, v2: 1 }],
    [
      'whose answer shows what is read back anyway',
      { firstName: 'Moritz' },
      'profile { firstName v2 { username } omnivibe { name } presence { availability } }',
      { mind: 3, omnivibe: 3, v2: 3 },
    ],
    [
      'whose answer shows a backend that is not written',
      { externalId: 'E-1' },
      'profile { v2 { username } }',
      { mind: 3, omnivibe: 0, v2: 1 },
    ],
    // The account, its settings, an endpoint for each of the two, and the settings again.
    [
      'of two desk settings',
      { settings: { desk: { maxChats: 9, autoAnswerCalls: true } } },
      '',
      { mind: 0, omnivibe: 0, v2: 5 },
    ],
    ['of a blank value', { firstName: ' ' }, '', { mind: 0, omnivibe: 0, v2: 0 }],
  ])('%s', async (_what, patch, selection, calls) => {
    expect(await cost(patch, selection)).toEqual(calls);
  });

  it('that is not verified reads nothing back', async () => {
    expect(await cost({ firstName: 'Moritz' }, '', { verify: false })).toEqual({
      mind: 2,
      omnivibe: 2,
      v2: 2,
    });
  });

  it('that is planned costs its reads', async () => {
    const plan = 'query ($input: PlanUpdateProfileInput!) { planUpdateProfile(input: $input) { version } }';
    const input = { profileId: 'mind:42', patch: { firstName: 'Moritz' } };
    expect(await gateway.cost(plan, { input })).toEqual({ mind: 1, omnivibe: 1, v2: 1 });
  });
});
