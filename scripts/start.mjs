// Builds where the build is missing or older than the sources, then runs the gateway in this process.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';

function newest(...paths) {
  const times = paths.flatMap((path) =>
    statSync(path).isFile()
      ? [statSync(path).mtimeMs]
      : readdirSync(path, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => statSync(`${entry.parentPath}/${entry.name}`).mtimeMs),
  );
  return Math.max(...times);
}

function isBuildStale() {
  try {
    return statSync('dist/main.js').mtimeMs < newest('src', 'tsconfig.json', 'package.json');
  } catch {
    return true;
  }
}

if (isBuildStale()) {
  console.log('building…');
  const { status } = spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
process.setSourceMapsEnabled(true);
await import('../dist/main.js');
