import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { startTestGateway } from '../support/gateway.js';

async function print(...options: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('node_modules/.bin/tsx', [
    'scripts/print-schema.ts',
    ...options,
  ]);
  return stdout;
}

describe('npm run -s schema', () => {
  it('prints a schema of plain GraphQL, without what is the router’s', async () => {
    const sdl = await print();
    expect(buildSchema(sdl).getType('Profile')).toBeDefined();
    expect(sdl).not.toMatch(/@key|@link|@shareable|_Entity|_service|federation__/);
  });

  it('prints with --federation what a running gateway tells a router', async () => {
    const gateway = await startTestGateway({ env: { LOG_LEVEL: 'silent' } });
    const answer = (await gateway.query('{ _service { sdl } }')) as { _service: { sdl: string } };
    await gateway.close();
    expect(await print('--federation')).toBe(`${answer._service.sdl.trim()}\n`);
    expect(answer._service.sdl).toMatch(/@key\(fields: "mindUserId"/);
  });
});
