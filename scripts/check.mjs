// `npm test`: everything that CI runs, in the order in which it fails fastest. Stops at the first failure.
import { spawnSync } from 'node:child_process';

const JEST = ['node', '--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const STEPS = [
  ['formatting', 'prettier', '--check', '.'],
  ['generated code', 'graphql-codegen', '--check'],
  ['wire types', 'node', 'scripts/contracts.mjs', '--check'],
  ['field ownership', 'tsx', 'scripts/field-ownership.ts', '--check'],
  ['assumptions', 'tsx', 'scripts/assumptions.ts', '--check'],
  ['schema snapshot', 'tsx', 'scripts/schema-snapshot.ts', '--check'],
  ['types', 'tsc', '-p', 'tsconfig.test.json'],
  ['lint', 'eslint', '.'],
  ['layers', 'depcruise', 'src', '--config', '.dependency-cruiser.cjs'],
  ['dead code', 'knip'],
  ['tests', ...JEST, '--testPathIgnorePatterns', '/node_modules/', '/test/bench/'],
  // Alone, since it measures, and takes all of the machine.
  ['speed', ...JEST, 'test/bench'],
];

for (const [name, command, ...args] of STEPS) {
  console.log(`\n=== ${name}`);
  const startedAt = performance.now();
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  console.log(
    `=== ${name}: ${status === 0 ? 'ok' : 'FAILED'} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
  );
  if (status !== 0) process.exit(1);
}
