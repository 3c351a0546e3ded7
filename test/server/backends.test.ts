import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { startTestGateway } from '../support/gateway.js';

describe('the statuses of a sandbox desk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'profile-gateway-statuses-'));
  const file = join(folder, 'statuses.json');
  writeFileSync(file, '[{"id":1,"name":"At the window","availability":"BUSY"}]');
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['are its own', {}, { name: 'Available', availability: 'AVAILABLE' }],
    [
      'are those of V2_STATUSES_FILE, where it is set',
      { V2_STATUSES_FILE: file },
      { name: 'At the window', availability: 'BUSY' },
    ],
  ])('%s', async (_which, env, status) => {
    const gateway = await startTestGateway({ env });
    try {
      const data = await gateway.query(
        '{ deskStatuses { name availability } profile(id: "v2:17") { v2 { status { name availability } } } }',
      );
      expect(data).toMatchObject({ profile: { v2: { status } } });
      expect((data['deskStatuses'] as unknown[])[0]).toEqual(status);
    } finally {
      await gateway.close();
    }
  });
});
