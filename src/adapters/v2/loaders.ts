// How reads of v2 are batched within one operation. There is no read by id: people are searched one by one, or everybody
// is swept, whichever takes fewer calls.
import type { KnownAccount, V2Reader } from '../../domain/ports.js';
import {
  normalizeEmail,
  type DeskSettings,
  type DeskStatus,
  type DeskView,
  type V2Account,
} from '../../domain/profile.js';
import { GatewayError } from '../../errors.js';
import type { CallScope } from '../../transport/call-scope.js';
import { ScopeUntil } from '../../transport/scope-until.js';
import { openIndex, type AccountIndex, type IndexSnapshot } from '../account-index.js';
import { createLoader, indexById } from '../loading.js';
import type { V2Client } from './client.js';
import type { V2UserDto } from './decode.js';
import { toAccount, toDeskSettings, toDeskViews, toKnownAccount, type StatusCatalogue } from './mapper.js';

/** The documented maximum of `itemLimit`. */
const PAGE = 999;
/** No directory has more; a total beyond it is nonsense. */
const MAX_PAGES = 1_000;
/** There is one credential, the gateway's own. */
const INDEX_KEY = 'v2';

type Rows = ReadonlyMap<string, V2UserDto | GatewayError>;

export interface V2ReaderOptions {
  readonly client: V2Client;
  readonly index: AccountIndex;
  readonly scope: CallScope;
  readonly catalogue: StatusCatalogue;
  readonly deskStatuses: readonly DeskStatus[];
}

export function createV2Reader({ client, index, scope, catalogue, deskStatuses }: V2ReaderOptions): V2Reader {
  const rowsById = (rows: readonly V2UserDto[]) => indexById('v2', rows, (row) => row.id);

  // One sweep an operation, whether addresses or people are wanted of it.
  let swept: Promise<Rows> | null = null;
  const sweepOnce = () => (swept ??= sweep(scope));

  async function sweep(scope: CallScope): Promise<Rows> {
    const first = await client.fetchUsers(scope, { itemStart: 0, itemLimit: PAGE });
    const users = [...first.users];
    // Rows that come along unasked must not move the next page.
    const step = Math.min(first.rowCount, PAGE);
    if (first.total !== null && step > 0) {
      const starts: number[] = [];
      const end = Math.min(first.total, step * MAX_PAGES);
      for (let itemStart = step; itemStart < end; itemStart += step) starts.push(itemStart);
      const pages = await Promise.all(
        starts.map((itemStart) => client.fetchUsers(scope, { itemStart, itemLimit: PAGE })),
      );
      for (const page of pages) users.push(...page.users);
    } else {
      const seen = new Set(first.users.map(({ id }) => id));
      let last = first;
      for (let itemStart = step; mayGoOn(last.rowCount); itemStart += last.rowCount) {
        last = await client.fetchUsers(scope, { itemStart, itemLimit: PAGE });
        const fresh = last.users.filter(({ id }) => !seen.has(id));
        // A repeated page is the end too.
        if (fresh.length === 0) break;
        for (const { id } of fresh) seen.add(id);
        users.push(...fresh);
      }
    }
    return rowsById(users);
  }

  async function sweepAddresses(): Promise<readonly KnownAccount[]> {
    return [...(await sweepOnce())].flatMap(([id, row]) =>
      row instanceof Error ? [] : [toKnownAccount(id, row)],
    );
  }

  const { snapshot, renewed, stamp } = openIndex(index, INDEX_KEY, sweepAddresses, scope.signal);
  /** Newly swept when it is not quite fresh and somebody is not in it: they may have been created since. */
  async function snapshotOf(ids: readonly string[]): Promise<IndexSnapshot> {
    const known = await snapshot();
    return ids.every((id) => known.byId(id) !== null) ? known : renewed();
  }

  const sweepCallsFor = (directorySize: number) => Math.max(1, Math.ceil(directorySize / PAGE));

  const searches = new Map<string, Promise<Rows>>();
  /** Everybody with this address, exactly. */
  function search(email: string): Promise<Rows> {
    const wanted = normalizeEmail(email);
    const found =
      searches.get(wanted) ??
      client
        .fetchUsers(scope, { query: email.trim(), itemStart: 0, itemLimit: PAGE, batch: 1 })
        .then(({ users }) => {
          const rows = rowsById(users);
          for (const [id, row] of rows) {
            if (row instanceof Error) continue;
            const known = toKnownAccount(id, row);
            if (known.email === null || normalizeEmail(known.email) !== wanted) rows.delete(id);
            else index.learn(INDEX_KEY, [known]);
          }
          return rows;
        });
    searches.set(wanted, found);
    return found;
  }

  async function fetchAccounts(
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, V2Account | Error | null>> {
    const rows = await fetchRows(ids);
    const accounts = new Map<string, V2Account | Error | null>();
    const known: KnownAccount[] = [];
    for (const id of ids) {
      const row = rows.get(id) ?? null;
      if (row === null) index.forget(INDEX_KEY, id);
      else if (!(row instanceof Error)) known.push(toKnownAccount(id, row));
      accounts.set(id, row === null || row instanceof Error ? row : toAccount(id, row, catalogue));
    }
    index.learn(INDEX_KEY, known);
    return accounts;
  }

  async function fetchRows(ids: readonly string[]): Promise<Rows> {
    const known = await snapshotOf(ids);
    if (swept !== null) return swept;
    const addresses = ids.map((id) => searchableEmail(known, id));
    const sweepCalls = sweepCallsFor(known.size);
    const wanted = ids.filter((id) => known.byId(id) !== null);
    if (wanted.length === 0) return new Map();
    if (wanted.length >= sweepCalls + 1 || wanted.some((id) => searchableEmail(known, id) === null))
      return sweepOnce();
    const found = await Promise.all(
      [...new Set(addresses)].flatMap((email) => (email === null ? [] : [settle(email)])),
    );
    const rows = new Map<string, V2UserDto | GatewayError>();
    for (const { email, result } of found) {
      for (const id of wanted) {
        if (searchableEmail(known, id) !== email) continue;
        const row = result instanceof GatewayError ? result : result.get(id);
        if (row !== undefined) rows.set(id, row);
      }
    }
    // Remembered under an address that finds the person no more: only a sweep can tell.
    return wanted.every((id) => rows.has(id)) ? rows : sweepOnce();
  }

  async function settle(email: string): Promise<{ email: string; result: Rows | GatewayError }> {
    try {
      return { email, result: await search(email) };
    } catch (error) {
      if (error instanceof GatewayError) return { email, result: error };
      throw error;
    }
  }

  const accounts = createLoader<V2Account | null>(scope, 'v2', null, fetchAccounts);
  const settings = createLoader<DeskSettings | null>(
    scope,
    'v2',
    null,
    async ([id = '']) => new Map([[id, toDeskSettings(await client.fetchSettings(scope, id))]]),
    1,
  );
  const views = createLoader<readonly DeskView[]>(
    scope,
    'v2',
    [],
    async ([key = '[]']) => {
      const [id, query, limit] = JSON.parse(key) as [string, string | null, number];
      return new Map([[key, toDeskViews(await client.fetchViews(scope, id, query, limit))]]);
    },
    1,
  );

  return {
    credential: 'gateway',
    indexCredential: 'gateway',
    deskStatuses,

    expectPeople(count) {
      // Without an index there is a sweep anyway, in its turn.
      const size = index.sizeOf(INDEX_KEY);
      if (swept !== null || size === null || sweepCallsFor(size) > 1 || count < 2) return () => undefined;
      const until = new ScopeUntil(scope);
      const ahead = sweep(until);
      // What fails says so again where people are read.
      ahead.catch(() => null);
      swept = ahead;
      return () => {
        if (swept === ahead) swept = null;
        until.giveUp(new GatewayError('DEADLINE_EXCEEDED', 'Nobody is read after all.'));
      };
    },

    indexStamp: stamp,
    accountsByEmail: async (email) => (await snapshot()).byEmail(email),
    accountsByExternalId: () => Promise.resolve([]),

    async searchByEmail(email) {
      if (!isSearchable(email)) return (await snapshot()).byEmail(email);
      const rows = await search(email);
      return [...rows].flatMap(([id, row]) => (row instanceof Error ? [] : [toKnownAccount(id, row)]));
    },

    knownById: async (id) => (await snapshotOf([id])).byId(id),

    accountById: (id) => accounts.load(id),
    readAhead: (ids) => accounts.fetchAhead(ids),

    async listAccounts({ offset, limit, filter }) {
      if (filter.query !== null && !isSearchable(filter.query)) {
        const message =
          'Argument "filter.query" of the directory V2 must begin with a letter a to z, a digit, a blank or "+", or be an e-mail address.';
        throw new GatewayError('BAD_USER_INPUT', message);
      }
      const { users, rowCount, total } = await client.fetchUsers(scope, {
        itemStart: offset,
        // Without a total, one row more tells whether there is a next page.
        itemLimit: limit + 1,
        ...(filter.query !== null && { query: filter.query }),
      });
      const rows = [...rowsById(users)].slice(0, limit);
      for (const [id, row] of rows) {
        accounts.prime(id, row instanceof Error ? row : toAccount(id, row, catalogue));
        if (!(row instanceof Error)) index.learn(INDEX_KEY, [toKnownAccount(id, row)]);
      }
      const end = offset + Math.min(rowCount, limit);
      return {
        ids: rows.map(([id]) => id),
        hasMore: rowCount > limit || (total !== null && rowCount > 0 && end < total),
        totalCount: total,
      };
    },

    deskSettings: async (id) => settings.load(id),
    deskViews: async (id, query, limit) => views.load(JSON.stringify([id, query, limit])),
  };
}

/**
 * Whether, without a total, more may follow a page. A full one says so; a round number may be a page size of the server's
 * own; more than was asked for is everybody, from a server that does not page.
 */
function mayGoOn(rowCount: number): boolean {
  return rowCount === PAGE || (rowCount > 0 && rowCount < PAGE && rowCount % 100 === 0);
}

function searchableEmail(known: IndexSnapshot, id: string): string | null {
  const email = known.byId(id)?.email ?? null;
  return email !== null && isSearchable(email) ? email : null;
}

/** The search refuses texts that do not begin with a letter, a digit, a blank or a plus, unless they are an address. */
function isSearchable(email: string): boolean {
  return /^([0-9a-zA-Z +]|[A-Za-z0-9._+\-']+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$)/.test(email.trim());
}
