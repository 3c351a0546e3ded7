// How reads of Mind are batched within one operation, and what is remembered of its addresses.
import type { DirectoryPage, KnownAccount, MindReader, PageRequest } from '../../domain/ports.js';
import { normalizeEmail, type JsonObject, type MindAccount } from '../../domain/profile.js';
import type { GatewayError } from '../../errors.js';
import type { CallScope } from '../../transport/call-scope.js';
import { openIndex, type AccountIndex } from '../account-index.js';
import { createLoader, indexById } from '../loading.js';
import { toJsonObject } from '../open-object.js';
import type { MindClient, MindCredential } from './client.js';
import { credentialKey } from './credential-key.js';
import type { MindProfileDto } from './decode.js';
import { toAccount, toKnownAccount } from './mapper.js';

/** People per read by id. */
const CHUNK = 100;
/** Rows per page of a sweep. No maximum is documented, so a shorter page is not taken for the last one blindly. */
const SWEEP_PAGE = 5_000;
/** A server that stops at a size of its own is likely to stop at a round number up to this. */
const LARGEST_LIKELY_CAP = 1_000;
/** How long it is remembered what an installation can do. */
const REMEMBERED_MS = 10 * 60_000;

const SHOW = { USERS: 'users', ALL: 'all', VENDOR: 'enneo', SERVICE_WORKERS: 'serviceWorkers' } as const;

/** What is known of an installation across operations. */
export interface MindInstallation {
  readonly index: AccountIndex;
  /** Until when `userIds[]` is not tried, ms since the epoch. */
  withoutUserIdsUntil: number;
  /** Until when a round number of rows is not taken for a silent cap, ms since the epoch. */
  uncappedUntil: number;
}

export interface MindReaderOptions {
  readonly client: MindClient;
  readonly installation: MindInstallation;
  readonly scope: CallScope;
  /** Reads people. */
  readonly credential: MindCredential;
  /** Sweeps addresses: the gateway's own credential where there is one. */
  readonly sweepCredential: MindCredential;
  readonly timeZone: string;
  readonly now: () => number;
}

export function createMindReader(options: MindReaderOptions): MindReader {
  const { client, installation, scope, credential, sweepCredential, timeZone, now } = options;
  const indexKey = credentialKey(sweepCredential);
  const isIndexOwn = credential === sweepCredential || credentialKey(credential) === indexKey;
  const { index } = installation;

  const rowsById = (rows: readonly MindProfileDto[]) => indexById('mind', rows, (row) => row.id);
  function toAccounts(
    rows: ReadonlyMap<string, MindProfileDto | GatewayError>,
  ): Map<string, MindAccount | Error> {
    const accounts = new Map<string, MindAccount | Error>();
    for (const [id, row] of rows) accounts.set(id, row instanceof Error ? row : toAccount(id, row, timeZone));
    return accounts;
  }

  function knownAmong(rows: ReadonlyMap<string, MindProfileDto | GatewayError>): readonly KnownAccount[] {
    const known: KnownAccount[] = [];
    for (const [id, row] of rows) if (!(row instanceof Error)) known.push(toKnownAccount(id, row));
    return known;
  }

  async function fetchAccounts(ids: readonly string[]): Promise<ReadonlyMap<string, MindAccount | Error>> {
    const found = await fetchTogether(ids);
    if (isIndexOwn) for (const id of ids) if (!found.has(id)) index.forget(indexKey, id);
    return found;
  }

  async function fetchTogether(ids: readonly string[]): Promise<ReadonlyMap<string, MindAccount | Error>> {
    if (now() < installation.withoutUserIdsUntil) return fetchOneByOne(ids);
    const rows = await client.fetchProfiles(scope, credential, {
      userIds: ids,
      show: 'all',
      format: 'full',
      limit: ids.length,
    });
    const byId = rowsById(rows);
    learn(byId);
    const accounts = toAccounts(byId);
    const missing = ids.filter((id) => !byId.has(id));
    const isForeign = byId.size > ids.length - missing.length;
    if (missing.length === 0 || !isForeign) return accounts;
    // Other people came instead of those asked for: this installation does not know `userIds[]`.
    installation.withoutUserIdsUntil = now() + REMEMBERED_MS;
    return new Map([...accounts, ...(await fetchOneByOne(missing))]);
  }

  async function fetchOneByOne(ids: readonly string[]): Promise<ReadonlyMap<string, MindAccount | Error>> {
    const accounts = new Map<string, MindAccount | Error>();
    await Promise.all(
      ids.map(async (id) => {
        try {
          const dto = await client.fetchProfile(scope, credential, id, { includeRawData: false });
          if (dto?.id === id) accounts.set(id, toAccount(id, dto, timeZone));
        } catch (error) {
          accounts.set(id, error as Error);
        }
      }),
    );
    return accounts;
  }

  async function sweep(): Promise<readonly KnownAccount[]> {
    const known = new Map<string, KnownAccount>();
    let offset = 0;
    let firstPage = 0;
    for (;;) {
      const rows = await client.fetchProfiles(scope, sweepCredential, {
        show: 'all',
        format: 'short',
        limit: SWEEP_PAGE,
        offset,
      });
      const before = known.size;
      for (const [id, row] of rowsById(rows))
        if (!(row instanceof Error)) known.set(id, toKnownAccount(id, row));
      offset += rows.length;
      // An empty page is the end, and so is a repeated one.
      const isEnd = known.size === before;
      if (isEnd && before === firstPage) installation.uncappedUntil = now() + REMEMBERED_MS;
      if (firstPage === 0) firstPage = known.size;
      if (isEnd || !mayBeCapped(rows)) return [...known.values()];
    }
  }

  /** Whether so many rows, fewer than asked for, may be all that the server gives at once instead of all there are. */
  function mayBeCapped({ length }: readonly unknown[]): boolean {
    if (length >= SWEEP_PAGE) return true;
    const isRound = length > 0 && length % 100 === 0 && length <= LARGEST_LIKELY_CAP;
    return isRound && now() >= installation.uncappedUntil;
  }

  async function isCutShort(page: PageRequest, rows: readonly unknown[]): Promise<boolean> {
    if (!mayBeCapped(rows)) return false;
    const next = { ...toQuery(page), offset: page.offset + page.limit, limit: 1 };
    const hasMore = (await client.fetchProfiles(scope, credential, next)).length > 0;
    if (!hasMore) installation.uncappedUntil = now() + REMEMBERED_MS;
    return hasMore;
  }

  const accounts = createLoader<MindAccount | null>(scope, 'mind', null, fetchAccounts, CHUNK);
  const rawData = createLoader<JsonObject | null>(
    scope,
    'mind',
    null,
    async ([id = '']) => {
      const dto = await client.fetchProfile(scope, credential, id, { includeRawData: true });
      return new Map([[id, dto === null ? null : toJsonObject(dto.rawData)]]);
    },
    1,
  );
  const supersetRoles = createLoader<readonly string[] | null>(
    scope,
    'mind',
    null,
    async ([id = '']) => new Map([[id, await client.fetchSupersetRoles(scope, credential, id)]]),
    1,
  );

  /** Takes rows that came along, so that nobody in them is read again. */
  function keep(rows: readonly MindProfileDto[]): ReadonlyMap<string, MindProfileDto | GatewayError> {
    const byId = rowsById(rows);
    for (const [id, account] of toAccounts(byId)) accounts.prime(id, account);
    learn(byId);
    return byId;
  }

  /** What one credential sees is not what another one sees: of a foreign one, only the new is taken over. */
  function learn(rows: ReadonlyMap<string, MindProfileDto | GatewayError>): void {
    index.learn(indexKey, knownAmong(rows), { onlyNew: !isIndexOwn });
  }

  const { snapshot, stamp } = openIndex(index, indexKey, sweep, scope.signal);

  return {
    credential: credential.isCallers ? 'caller' : 'gateway',
    indexCredential: sweepCredential.isCallers ? 'caller' : 'gateway',

    indexStamp: stamp,
    accountsByEmail: async (email) => (await snapshot()).byEmail(email),
    accountsByExternalId: async (externalId) => (await snapshot()).byExternalId(externalId),

    async searchByEmail(email) {
      const rows = await client.fetchProfiles(scope, credential, {
        show: 'all',
        format: 'full',
        limit: CHUNK,
        q: email,
      });
      const wanted = normalizeEmail(email);
      return knownAmong(keep(rows)).filter(
        (known) => known.email !== null && normalizeEmail(known.email) === wanted,
      );
    },

    async knownById(id) {
      return (await snapshot()).byId(id);
    },

    accountById: (id) => accounts.load(id),
    readAhead: (ids) => accounts.fetchAhead(ids),

    async listAccounts(page): Promise<DirectoryPage> {
      const rows = await client.fetchProfiles(scope, credential, { ...toQuery(page), limit: page.limit + 1 });
      return {
        ids: [...keep(rows.slice(0, page.limit)).keys()],
        hasMore: rows.length > page.limit || (rows.length === page.limit && (await isCutShort(page, rows))),
        totalCount: null,
      };
    },

    rawData: async (id) => rawData.load(id),
    supersetRoles: async (id) => supersetRoles.load(id),
  };
}

function toQuery({ offset, filter }: PageRequest) {
  return {
    show: SHOW[filter.kind ?? 'USERS'],
    format: 'full',
    offset,
    ...(filter.query !== null && { q: filter.query }),
    ...(filter.teamIds !== null && { teamIds: filter.teamIds }),
    ...(filter.onlineOnly && { lastSeen: 'online' as const }),
  } as const;
}
