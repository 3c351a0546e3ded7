// Writes a generated document, formatted as all others; with `--check` it only says whether the one on disk is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/** Ends the process with 1 when `--check` finds another text. */
export async function writeDoc(path: string, markdown: string): Promise<void> {
  const text = await format(markdown, { ...(await resolveConfig(path)), filepath: path });
  if (!process.argv.includes('--check')) {
    writeFileSync(path, text);
  } else if (readOrNull(path) !== text) {
    process.stderr.write(`${path} is not up to date; npm run generate writes it.\n`);
    process.exitCode = 1;
  }
}

/** A table row; a bar inside a cell would end the cell. */
export function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
