// Generates docs/contracts.md from the contract documents of the adapters; `--check` only reports a stale one.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { row, writeDoc } from './write-doc.js';

const BACKENDS = { mind: 'enneo Mind', omnivibe: 'omnivibe', v2: 'Omnidesk v2' } as const;
const MARK = 'x-assumed';
/** An assumption about every endpoint is not listed with each of them. */
const PLACES_SHOWN = 3;
/** What stands in a path for the form of an OpenAPI document alone. */
const SCAFFOLD = new Set([
  'responses',
  'parameters',
  'schemas',
  'properties',
  'requestBody',
  'content',
  'schema',
]);

interface Assumption {
  readonly place: string;
  readonly text: string;
}

/** Every mark of a document, and where it stands. What several places share stands at each. */
function assumptionsIn(value: unknown, steps: readonly string[] = []): Assumption[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as Record<string, unknown>).flatMap(([key, inner]) =>
    key === MARK
      ? [{ place: describePlace(steps), text: String(inner).trim() }]
      : assumptionsIn(inner, [...steps, nameOf(key, inner)]),
  );
}

/** A parameter's name says more than its position. */
function nameOf(key: string, value: unknown): string {
  const isParameter = /^\d+$/.test(key) && typeof value === 'object' && value !== null && 'name' in value;
  return isParameter ? String(value.name) : key;
}

/** `GET /profiles 200` or `PatchOnly.rawData`. */
function describePlace([section, ...steps]: readonly string[]): string {
  const [first = '', ...rest] = steps.filter((step) => !SCAFFOLD.has(step));
  if (section !== 'paths') return [first, ...rest].join('.');
  const [method = '', ...parts] = rest;
  return [method.toUpperCase(), first, ...parts].join(' ');
}

function sectionOf([backend, name]: readonly [string, string]): string {
  const document = `src/adapters/${backend}/openapi.yaml`;
  const marks = assumptionsIn(parse(readFileSync(document, 'utf8')));
  const placesByText = new Map<string, string[]>();
  for (const { place, text } of marks) placesByText.set(text, [...(placesByText.get(text) ?? []), place]);
  const rows = [...placesByText].map(([text, places]) => {
    const shown = places.slice(0, PLACES_SHOWN).map((place) => `\`${place}\``);
    const more = places.length > PLACES_SHOWN ? ` and ${places.length - PLACES_SHOWN} more` : '';
    return row(text, shown.join(', ') + more);
  });
  return `## ${name}

${placesByText.size} assumptions in \`${document}\`.

${row('assumed', 'where')}
${row('---', '---')}
${rows.join('\n')}
`;
}

await writeDoc(
  'docs/contracts.md',
  `<!-- Generated from src/adapters/*/openapi.yaml by scripts/assumptions.ts. Change the documents there. -->

# What is assumed of the vendors' APIs

Each adapter has a contract, an OpenAPI document in our own words. The wire types are generated from it, and the tests hold
what the adapter sends and what the sandbox answers against it. The vendors leave things open. What no document of
theirs says is marked \`${MARK}\` in the contract, with the reason; this page lists every such mark.

An assumption that turns out wrong shows as an \`UPSTREAM_BAD_RESPONSE\`, an \`UPSTREAM_REJECTED\`, or in \`contract_drift_total\`
at \`/metrics\`, which counts unknown words, new keys, missing ids and changed types by their place in the contract.

Decoding is more tolerant than the contracts: a bare list for an envelope, numbers as text, 0 and 1 for false and true, and missing
keys are accepted everywhere. Only keys that a decoder names are read; any other goes no further.

${Object.entries(BACKENDS).map(sectionOf).join('\n')}`,
);
