// Corners in which a report could say more than has happened.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent' } });
});
afterEach(() => gateway.close());

async function update(patch: object, backends: readonly string[]) {
  const query = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) {
    status outcomes { message fields { field state after } } profile { omnivibe { name displayName } }
  } }`;
  const { updateProfile } = await gateway.query(query, { input: { profileId: 'mind:42', patch, backends } });
  return updateProfile as Record<string, unknown>;
}

describe('a report', () => {
  it('does not speak of accounts that part when the new address was refused', async () => {
    const patch = { email: 'elsewhere@example.com' };
    gateway.v2.switches.set({ only: { method: 'PUT' }, reply: { status: 400 } });
    expect(await update(patch, ['V2'])).toMatchObject({ status: 'FAILED', outcomes: [{ message: null }] });
    gateway.v2.switches.clear();
    const message = expect.stringContaining('["mind:42","v2:17"]');
    expect(await update(patch, ['V2'])).toMatchObject({ status: 'APPLIED', outcomes: [{ message }] });
  });

  it('does not take a display name for cleared that stays when the name changes', async () => {
    await update({ displayName: 'Max Mustermann' }, ['OMNIVIBE']);
    const report = await update({ displayName: null, firstName: 'Zed' }, ['OMNIVIBE']);
    expect(report).toMatchObject({
      status: 'APPLIED',
      profile: { omnivibe: { name: 'Zed Mustermann', displayName: null } },
    });
  });

  it('says that lost settings are back only when they are', async () => {
    gateway.mind.switches.set({ settingsPatch: 'replace' });
    // The first write takes one setting, the one that brings the others back stores none.
    const query = `mutation ($input: BulkUpdateProfilesInput!) { bulkUpdateProfiles(input: $input) {
      results { outcomes { fields { field after } } userErrors { message } }
    } }`;
    gateway.mind.switches.set({
      only: { method: 'PATCH', path: '/profile/:id' },
      ignoreWrites: ['settings'],
    });
    const updates = [{ profileId: 'mind:42', patch: { settings: { work: { reportName: 'Z' } } } }];
    const { bulkUpdateProfiles } = await gateway.query(query, { input: { updates } });
    expect(bulkUpdateProfiles).toMatchObject({
      results: [
        {
          outcomes: [{ fields: [{}, { field: 'settings.work', after: null }] }],
          userErrors: [{ message: expect.stringContaining('did not help') }],
        },
      ],
    });
  });
});
