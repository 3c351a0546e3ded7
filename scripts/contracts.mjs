// Generates the wire types of every backend from its contract document; `--check` only reports stale ones.
import { spawnSync } from 'node:child_process';

const check = process.argv.includes('--check') ? ['--check'] : [];
for (const backend of ['mind', 'omnivibe', 'v2']) {
  const folder = `src/adapters/${backend}`;
  const args = [`${folder}/openapi.yaml`, '-o', `${folder}/wire.generated.ts`, '--immutable', ...check];
  const { status } = spawnSync('node_modules/.bin/openapi-typescript', args, { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
