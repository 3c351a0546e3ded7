// Cursors: opaque to clients, bound to the directory and filter that they were made for.
import { createHash } from 'node:crypto';
import { GatewayError } from '../errors.js';
import type { DirectoryFilter } from './ports.js';
import type { Backend } from './profile.js';

interface Scope {
  readonly directory: Backend;
  readonly filter: DirectoryFilter;
}

/** Makes the cursors of rows, by their offset; 0 is the first. */
export function cursorsOf(scope: Scope): (offset: number) => string {
  const list = `${scope.directory}.${fingerprint(scope)}`;
  return (offset) => Buffer.from(`${list}.${offset}`).toString('base64url');
}

/** The offset behind a cursor. Throws BAD_USER_INPUT for a cursor that is malformed or of another list. */
export function decodeCursor(scope: Scope, cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString();
  const match = /^([a-z0-9]+)\.([\w-]{8})\.(\d{1,9})$/.exec(text);
  if (match === null || Buffer.from(text).toString('base64url') !== cursor) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      'Argument "after" must be a cursor taken from edges or pageInfo.',
    );
  }
  if (match[1] !== scope.directory || match[2] !== fingerprint(scope)) {
    const message = 'Argument "after" is a cursor of another directory or filter; start again without it.';
    throw new GatewayError('BAD_USER_INPUT', message);
  }
  return Number(match[3]);
}

function fingerprint({ directory, filter }: Scope): string {
  return createHash('sha256')
    .update(JSON.stringify([directory, filter]))
    .digest('base64url')
    .slice(0, 8);
}
