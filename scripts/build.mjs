// Compiles src/ into a fresh dist/.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'];
const { status } = spawnSync(process.execPath, tsc, { stdio: 'inherit' });
process.exit(status ?? 1);
