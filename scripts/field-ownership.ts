// Generates docs/field-ownership.md from the ownership table; `--check` only reports a stale one.
import { BACKEND_OF_PART, FIELD_PATHS, OWNERSHIP, type FieldPath } from '../src/domain/ownership.js';
import type { Backend } from '../src/domain/profile.js';
import { READ_COSTS, readCostOf } from './read-costs.js';
import { row, writeDoc } from './write-doc.js';

const NAMES: Readonly<Record<Backend, string>> = { mind: 'Mind', omnivibe: 'omnivibe', v2: 'v2' };

/** The backends in read order, each once, with what asking it costs. */
function readers(path: FieldPath): string {
  const byBackend = new Map<string, string>();
  for (const source of OWNERSHIP[path].read) {
    const name = NAMES[BACKEND_OF_PART[source.part]];
    if (!byBackend.has(name))
      byBackend.set(name, readCostOf(source).label + (source.isStandIn ? ', stands in' : ''));
  }
  return [...byBackend].map(([name, cost]) => `${name} (${cost})`).join(', ') || '–';
}

function writers(path: FieldPath): string {
  const written = Object.entries(OWNERSHIP[path].write).map(([backend, { as, isWriteOnly, isSelfOnly }]) => {
    const limits = [isWriteOnly === true && 'write-only', isSelfOnly === true && 'own token only'];
    const told = limits.filter((limit) => limit !== false).map((limit) => `, ${limit}`);
    return `${NAMES[backend as Backend]} \`${as}\`${told.join('')}`;
  });
  return written.join('; ') || '–';
}

/** Spellings that a normaliser may take for one value, and what it makes of them. */
const SPELLINGS: readonly (readonly [words: string, spellings: readonly string[]])[] = [
  ['blanks, composed accents', ['Amélie  Duval ', 'Ame\u0301lie Duval']],
  ['case, blanks', ['Nora@Example.com', ' nora@example.com']],
  ['spellings of one number', ['+49 30 901820', '0049 30 901820', '+49 (0)30 90-18-20']],
  ['`_` and `-`, case', ['en_GB', 'en-gb']],
];

/** What is not taken for a difference, found out by trying. */
function comparison(path: FieldPath): string {
  const { normalize } = OWNERSHIP[path];
  if (normalize === undefined) return OWNERSHIP[path].read.length > 1 ? 'as it is' : '–';
  const ignored = SPELLINGS.filter(([, spellings]) => {
    const [form, ...others] = new Set(spellings.map(normalize));
    return form !== '' && others.length === 0;
  });
  return ignored.map(([words]) => words).join('; ');
}

const rows = FIELD_PATHS.map((path) => row(`\`${path}\``, readers(path), writers(path), comparison(path)));

await writeDoc(
  'docs/field-ownership.md',
  `<!-- Generated from src/domain/ownership.ts by scripts/field-ownership.ts. Change the table there. -->

# Who owns a field

A field is named by its dotted path, as in \`explain(fields: ["phone", "settings.desk.maxChats"])\`.

- **Read from**: in this order. A backend that _answers_ that it has no value hands over to the next one. One that _fails_
  makes the field null with an error; nobody else's value stands in. "Stands in": a value made of others, shown where nobody has
  one of the field's own; \`explain\` does not list it.
- **Written to**: the backends that take a new value, and what each calls it; "write-only": no document says that it
  is shown again. Which endpoint that is, and what each backend takes, stands in [writing.md](writing.md).
- **Not a difference**: spellings that are one value to \`explain { conflicting }\`, to \`version\`, and to what is read back after a
  write.

${row('field', 'read from (cost)', 'written to', 'not a difference')}
${row('---', '---', '---', '---')}
${rows.join('\n')}

## What a read costs

Warm, that is, when the addresses of each backend are known; looking them up costs one sweep of each backend that is
asked, once in some minutes.

- **batched**: the account.
  - ${READ_COSTS.mind.words}
  - ${READ_COSTS.listed.words}: the agent list; without OMNIVIBE_TOKEN one call per person
  - ${READ_COSTS.v2.words}: a search for each, or all pages, whichever is fewer calls
- **a call**: ${READ_COSTS.rawData.words}, ${READ_COSTS.desk.words}.
- **profile**: ${READ_COSTS.profile.words}. More than the agent list shows, from the platform API or by the person's own
  token.
- **presence**: ${READ_COSTS.presence.words}. What omnivibe
  shows to the person's own token alone; tokens are held in OMNIVIBE_TOKENS_FILE by the address in the agent list. Without the token the
  field is null.

Fields of one account share its call: \`firstName\` and \`phone\` together cost what one of them costs. A field's cost is told in
the same words in its description, and \`test/schema/read-costs.test.ts\` counts it.
`,
);
