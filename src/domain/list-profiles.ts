// The use case of listing: one page of a backend's directory.
import { GatewayError } from '../errors.js';
import { assertMayRead, mayRead } from './access.js';
import { cursorsOf, decodeCursor } from './cursor.js';
import { ANCHOR_ORDER } from './identity.js';
import { createPerson, readAhead, type Person, type ReadContext } from './person.js';
import { DIRECTORY_FILTERS, type DirectoryFilter } from './ports.js';
import type { Backend } from './profile.js';
import { MAX_PAGE, type Selection } from './read-profiles.js';

const MAX_QUERY = 200;

type WantedFilter = { readonly [K in keyof DirectoryFilter]?: DirectoryFilter[K] | null | undefined };

export interface ListRequest {
  readonly first: number;
  readonly after: string | null;
  readonly filter: WantedFilter;
  /** Null: Mind, else v2, else omnivibe. */
  readonly directory: Backend | null;
}

export interface PersonPage {
  readonly people: readonly Person[];
  /** For each of the people, where a page that follows them begins. */
  cursors(): readonly string[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly totalCount: number | null;
}

/** One page of a directory. Everything is checked before the first call. */
export async function listProfiles(
  context: ReadContext,
  request: ListRequest,
  selection: Selection,
): Promise<PersonPage> {
  if (request.first < 1 || request.first > MAX_PAGE) {
    throw new GatewayError('BAD_USER_INPUT', `Argument "first" must be between 1 and ${MAX_PAGE}.`);
  }
  const directory = chooseDirectory(context, request.directory);
  const filter = checkFilter(directory, request.filter);
  const offset = request.after === null ? 0 : decodeCursor({ directory, filter }, request.after) + 1;
  const reader = context.readers[directory];
  if (reader === null) throw new TypeError(`${directory} takes no part`);
  if (reader.credential === 'gateway') assertMayRead(context.caller, directory, null);

  const { backends, omnivibeDepth } = selection;
  // Of a whole directory there are people on the desk, so both can be asked at once.
  const isWhole = Object.keys(request.filter).length === 0;
  const isDeskExpected = isWhole && directory !== 'v2' && backends.has('v2') && mayRead(context.caller, null);
  const giveUp = isDeskExpected ? context.readers.v2?.expectPeople(request.first) : undefined;
  const page = await reader.listAccounts({ offset, limit: request.first, filter }).catch((error: unknown) => {
    giveUp?.();
    throw error;
  });
  if (page.ids.length === 0) giveUp?.();
  const people = page.ids.map((id) =>
    createPerson(context, { seed: { backend: directory, id }, omnivibeDepth }),
  );
  const isReadAhead = readAhead(people, selection);
  if (selection.hasOwnCalls !== true) await isReadAhead;
  return {
    people,
    cursors() {
      const cursorAt = cursorsOf({ directory, filter });
      return people.map((_, i) => cursorAt(offset + i));
    },
    hasNextPage: page.hasMore,
    hasPreviousPage: offset > 0,
    totalCount: page.totalCount,
  };
}

function chooseDirectory({ readers }: ReadContext, wanted: Backend | null): Backend {
  const open = ANCHOR_ORDER.filter((backend) => readers[backend] !== null);
  const [first] = open;
  if (first === undefined) throw new GatewayError('UNSUPPORTED', 'No backend is open to this caller.');
  if (wanted === null) return first;
  if (open.includes(wanted)) return wanted;
  const names = open.map((backend) => backend.toUpperCase()).join(', ');
  throw new GatewayError(
    'BAD_USER_INPUT',
    `Argument "directory" must be one of those that take part: ${names}.`,
  );
}

function checkFilter(directory: Backend, filter: WantedFilter): DirectoryFilter {
  const full: DirectoryFilter = {
    query: filter.query ?? null,
    teamIds: filter.teamIds ?? null,
    onlineOnly: filter.onlineOnly ?? false,
    kind: filter.kind ?? null,
  };
  const can = DIRECTORY_FILTERS[directory];
  for (const name of ['query', 'teamIds', 'onlineOnly', 'kind'] as const) {
    const isSet = full[name] !== null && full[name] !== false;
    if (!isSet || can.includes(name)) continue;
    const those = can.length === 0 ? 'none' : can.join(', ');
    const message = `Argument "filter.${name}" cannot be applied by the directory ${directory.toUpperCase()}; it can apply: ${those}.`;
    throw new GatewayError('BAD_USER_INPUT', message);
  }
  if (full.teamIds?.some((id) => id < 1) === true) {
    throw new GatewayError('BAD_USER_INPUT', 'Argument "filter.teamIds" takes positive whole numbers.');
  }
  const { query } = full;
  if (query !== null && (query.trim() === '' || query.length > MAX_QUERY)) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `Argument "filter.query" must have 1 to ${MAX_QUERY} characters.`,
    );
  }
  return full;
}

/** The account that an id names. Throws BAD_USER_INPUT naming the argument. */
