// Generates docs/schema.graphql, the schema as clients see it. A change that breaks clients is told, and written only with
// `--breaking`; with `--check` nothing is written, and a stale snapshot is an error.
import { existsSync, readFileSync } from 'node:fs';
import { printPublicSchema, schemaChanges } from './public-schema.js';
import { writeDoc } from './write-doc.js';

const SNAPSHOT = 'docs/schema.graphql';
const HEADER =
  '# Generated from schema/ by scripts/schema-snapshot.ts: what clients see. Change the files there.\n\n';

const schema = HEADER + printPublicSchema();
const snapshot = existsSync(SNAPSHOT) ? readFileSync(SNAPSHOT, 'utf8') : schema;
const today = new Date().toISOString().slice(0, 10);
const { breaking, dangerous } = schemaChanges(snapshot, schema, today);

for (const change of dangerous) process.stderr.write(`may surprise clients: ${change}\n`);
for (const change of breaking) process.stderr.write(`BREAKS CLIENTS: ${change}\n`);
if (breaking.length > 0 && !process.argv.includes('--breaking')) {
  process.stderr.write(
    'What clients may use is deprecated with a date first; see CONTRIBUTING.md, "The schema".\n',
  );
  process.exitCode = 1;
} else {
  await writeDoc(SNAPSHOT, schema);
}
