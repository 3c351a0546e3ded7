// How reads of omnivibe are batched within one operation. Three ways lead to a user, each showing more than the one
// before: the agent list (everybody in one call), the platform API (by id), the user's own token.
import type { KnownAccount, OmnivibeReader } from '../../domain/ports.js';
import {
  normalizeEmail,
  OMNIVIBE_DEPTHS,
  type OmnivibeAccount,
  type OmnivibeDepth,
} from '../../domain/profile.js';
import { GatewayError } from '../../errors.js';
import type { CallScope } from '../../transport/call-scope.js';
import { openIndex, type AccountIndex } from '../account-index.js';
import { createLoader, indexById } from '../loading.js';
import type { OmnivibeClient, OmnivibeCredential } from './client.js';
import type { OmnivibeAgentDto, OmnivibeUserDto } from './decode.js';
import { toAccount, toKnownAccount, type OmnivibeRows } from './mapper.js';
import { createTokenOwners, type TokenOwners } from './token-owners.js';

/** There is one credential for the list, the gateway's own. */
const INDEX_KEY = 'omnivibe';

export interface OmnivibeCredentials {
  /** An administrator's token and account: the agent list. */
  readonly list: { readonly token: string; readonly accountId: string } | null;
  readonly platformToken: string | null;
  /** Tokens of people, by normalised address. */
  readonly userTokens: ReadonlyMap<string, string>;
}

/** What is known of an installation across operations. */
export interface OmnivibeInstallation {
  readonly index: AccountIndex;
  readonly tokenOwners: TokenOwners;
  /** Stands for all that the owners say, and the index under a stamp of its own. */
  stampWith(listed: symbol | null): symbol | null;
}

export function createOmnivibeInstallation(index: AccountIndex): OmnivibeInstallation {
  const tokenOwners = createTokenOwners();
  let seen: { readonly of: readonly (symbol | null)[]; readonly stamp: symbol } | null = null;
  return {
    index,
    tokenOwners,
    stampWith(listed) {
      if (listed === null) return null;
      if (seen?.of[0] !== listed || seen.of[1] !== tokenOwners.stamp)
        seen = { of: [listed, tokenOwners.stamp], stamp: Symbol('omnivibe') };
      return seen.stamp;
    },
  };
}

export interface OmnivibeLoadersOptions {
  readonly client: OmnivibeClient;
  readonly installation: OmnivibeInstallation;
  readonly scope: CallScope;
  readonly credentials: OmnivibeCredentials;
  /** A token that the caller sent along; acts on the caller's own account only. */
  readonly callersToken: string | null;
  readonly needsOwnToken: OmnivibeReader['needsOwnToken'];
}

/** A token with the user whose it is, as the token itself shows them. */
export interface OwnToken extends OmnivibeCredential {
  readonly user: OmnivibeUserDto;
}

/** The reads of one operation, and what a write must look up before it is sent. */
export interface OmnivibeLoaders {
  readonly reader: OmnivibeReader;
  /** The caller's own token if it is this user's, or else the one held for the user's address; null without either. */
  ownTokenOf(id: string): Promise<OwnToken | null>;
  /** The agent list's row of a user; null for who is not in it. */
  agentById(id: string): Promise<OmnivibeAgentDto | null>;
}

type Row<T> = T | GatewayError;

/** In which order they are tried for each depth: the first that shows enough by the fewest calls, then whatever shows anything. */
const WAYS = {
  listed: ['list', 'platform', 'token'],
  profile: ['platform', 'token', 'list'],
  presence: ['token', 'platform', 'list'],
} as const satisfies Record<OmnivibeDepth, readonly string[]>;
type Way = (typeof WAYS)[OmnivibeDepth][number];

export function createOmnivibeLoaders(options: OmnivibeLoadersOptions): OmnivibeLoaders {
  const { client, installation, scope, credentials, callersToken, needsOwnToken } = options;
  const { index, tokenOwners } = installation;
  const accountId = credentials.list?.accountId ?? null;

  // One list an operation, whether addresses or people are wanted of it.
  let listed: Promise<ReadonlyMap<string, Row<OmnivibeAgentDto>>> | null = null;
  const listOnce = () => (listed ??= fetchList());

  async function fetchList(): Promise<ReadonlyMap<string, Row<OmnivibeAgentDto>>> {
    const { list } = credentials;
    if (list === null) return new Map();
    const agents = await client.fetchAgents(scope, list.token, list.accountId);
    const rows = indexById('omnivibe', agents, (agent) => agent.id);
    index.learn(INDEX_KEY, knownAmong(rows));
    return rows;
  }

  const knownAmong = (rows: ReadonlyMap<string, Row<OmnivibeAgentDto>>) =>
    [...rows].flatMap(([id, row]) => (row instanceof Error ? [] : [toKnownAccount(id, row)]));

  const sweepAddresses = async () => knownAmong(await listOnce());
  const { snapshot, renewed, stamp } = openIndex(index, INDEX_KEY, sweepAddresses, scope.signal);

  const byToken = new Map<string, Promise<OmnivibeUserDto>>();
  /** Whose token it is. */
  function userBy(token: string): Promise<OmnivibeUserDto> {
    const asked = byToken.get(token);
    if (asked !== undefined) {
      scope.share('omnivibe');
      return asked;
    }
    const asking = client.fetchProfile(scope, token, { isCallers: token === callersToken });
    byToken.set(token, asking);
    return asking;
  }

  /** The owner of the token that is held for an address; null when none is, or when it turns out to be somebody else's. */
  async function tokenOwner(email: string): Promise<KnownAccount | null> {
    const wanted = normalizeEmail(email);
    const token = credentials.userTokens.get(wanted);
    if (token === undefined) return null;
    const remembered = tokenOwners.byEmail(wanted);
    if (remembered !== null) return remembered;
    const user = await userBy(token);
    if (user.id === null) return null;
    const known = toKnownAccount(user.id, user);
    if (known.email === null || normalizeEmail(known.email) !== wanted) return null;
    tokenOwners.keep(wanted, known);
    return known;
  }

  /** Without a list and without the platform, only asking every token tells whose id it is. */
  async function findTokenOwner(id: string): Promise<KnownAccount | null> {
    if (credentials.list !== null || credentials.platformToken !== null) return null;
    const remembered = tokenOwners.byId(id);
    if (remembered !== null) return remembered;
    const asked = await Promise.allSettled(
      [...credentials.userTokens.keys()].map((email) => tokenOwner(email)),
    );
    for (const answer of asked)
      if (answer.status === 'fulfilled' && answer.value?.id === id) return answer.value;
    // One token that fails matters to nobody but the person who is still looked for.
    const failed = asked.find((answer) => answer.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return null;
  }

  async function fetchPlatformOwner(id: string): Promise<KnownAccount | null> {
    const user = await fetchByPlatform(id);
    return user === null ? null : toKnownAccount(id, user);
  }

  async function knownById(id: string): Promise<KnownAccount | null> {
    if (credentials.list !== null) {
      const known = (await snapshot()).byId(id) ?? (await renewed()).byId(id);
      if (known !== null) return known;
    }
    return (await fetchPlatformOwner(id)) ?? findTokenOwner(id);
  }

  const platformReads = new Map<string, Promise<OmnivibeUserDto | null>>();
  async function fetchByPlatform(id: string): Promise<OmnivibeUserDto | null> {
    const token = credentials.platformToken;
    if (token === null) return null;
    const read = platformReads.get(id) ?? client.fetchPlatformUser(scope, token, id);
    platformReads.set(id, read);
    return learned(await read, id);
  }

  async function ownTokenOf(id: string): Promise<OwnToken | null> {
    if (callersToken !== null) {
      const user = await userBy(callersToken).catch(nullIfRefused);
      if (user?.id === id) return { token: callersToken, isCallers: true, user };
    }
    if (credentials.userTokens.size === 0) return null;
    // Who is remembered is not waited for.
    const { email = null } = tokenOwners.byId(id) ?? (await findHolder(id)) ?? {};
    const token = email === null ? undefined : credentials.userTokens.get(normalizeEmail(email));
    if (token === undefined) return null;
    // A token that is filed under an address may be somebody else's all the same.
    const user = learned(await userBy(token), id);
    return user === null ? null : { token, isCallers: false, user };
  }

  /** Whose address to look a token up by. */
  async function findHolder(id: string): Promise<KnownAccount | null> {
    const listedOne = credentials.list === null ? null : (await snapshot()).byId(id);
    return listedOne ?? (await fetchPlatformOwner(id)) ?? findTokenOwner(id);
  }

  /** A user that was read, if it is the one that was asked for. */
  function learned(user: OmnivibeUserDto | null, id: string): OmnivibeUserDto | null {
    if (user?.id !== id) return null;
    // Without a list there is no index.
    if (credentials.list !== null) index.learn(INDEX_KEY, [toKnownAccount(id, user)]);
    return user;
  }

  async function agentById(id: string): Promise<OmnivibeAgentDto | null> {
    const row = (await listOnce()).get(id);
    if (row instanceof Error) throw row;
    return row ?? null;
  }

  /** Whether there is a credential for each of the ways. */
  const isOpen: Readonly<Record<Way, boolean>> = {
    list: credentials.list !== null,
    platform: credentials.platformToken !== null,
    token: callersToken !== null || credentials.userTokens.size > 0,
  };

  const rowsBy: Readonly<Record<Way, (id: string, depth: OmnivibeDepth) => Promise<OmnivibeRows | null>>> = {
    async list(id) {
      const agent = await agentById(id);
      return agent === null ? null : { user: null, agent };
    },
    async platform(id, depth) {
      const user = await fetchByPlatform(id);
      // It shows no presence, which the list does.
      return user === null ? null : { user, agent: depth === 'presence' ? await agentById(id) : null };
    },
    token: (id) => ownTokenOf(id).then((own) => (own === null ? null : { user: own.user, agent: null })),
  };

  async function fetchAccount(id: string, depth: OmnivibeDepth): Promise<OmnivibeAccount | Error | null> {
    try {
      for (const way of WAYS[depth]) {
        const rows = isOpen[way] ? await rowsBy[way](id, depth) : null;
        if (rows !== null) return toAccount(id, rows, accountId);
      }
      index.forget(INDEX_KEY, id);
      return null;
    } catch (error) {
      return error as Error;
    }
  }

  /** Keys are `<id>/<depth>`. Somebody who is wanted at two depths is read once, at the deeper one. */
  async function fetchBatch(
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, OmnivibeAccount | Error | null>> {
    const wanted = keys.map(parseKey);
    const deepest = new Map<string, OmnivibeDepth>();
    for (const { id, depth } of wanted) deepest.set(id, covering(deepest.get(id) ?? depth, depth));
    const reads = new Map<string, ReturnType<typeof fetchAccount>>();
    for (const [id, depth] of deepest) reads.set(id, fetchAccount(id, depth));
    const read = new Map<string, OmnivibeAccount | Error | null>();
    for (const { key, id } of wanted) read.set(key, (await reads.get(id)) ?? null);
    return read;
  }

  const accounts = createLoader<OmnivibeAccount | null>(scope, 'omnivibe', null, fetchBatch);

  async function accountsByEmail(email: string): Promise<readonly KnownAccount[]> {
    if (credentials.list !== null) {
      const listedOnes = (await snapshot()).byEmail(email);
      if (listedOnes.length > 0) return listedOnes;
    }
    const owner = await tokenOwner(email);
    return owner === null ? [] : [owner];
  }

  const reader: OmnivibeReader = {
    canSearch: credentials.list !== null,
    hasCallersToken: callersToken !== null,
    needsOwnToken,
    // Without the list, the platform is asked about people again and again.
    indexStamp() {
      if (credentials.list !== null) return installation.stampWith(stamp());
      return credentials.platformToken === null ? tokenOwners.stamp : null;
    },
    credential: 'gateway',
    indexCredential: 'gateway',

    async callersAccount() {
      const user = callersToken === null ? null : await userBy(callersToken);
      return user?.id == null ? null : { backend: 'omnivibe', id: user.id };
    },

    async holdsTokenOf(id) {
      if ((await this.callersAccount())?.id === id) return true;
      const email = (await knownById(id))?.email ?? null;
      return email !== null && credentials.userTokens.has(normalizeEmail(email));
    },

    accountsByEmail,
    knownById,

    // Without the list nobody can be found by it: there is no search.
    accountsByExternalId: async (externalId) =>
      credentials.list === null ? [] : (await snapshot()).byExternalId(externalId),

    async searchByEmail(email) {
      // The list cannot be searched, only read again.
      const wanted = normalizeEmail(email);
      const agents = knownAmong(await listOnce());
      const found = agents.filter((agent) => agent.email !== null && normalizeEmail(agent.email) === wanted);
      if (found.length > 0) return found;
      const owner = await tokenOwner(email);
      return owner === null ? [] : [owner];
    },

    accountById: (id, depth = 'listed') => accounts.load(`${id}/${depth}`),
    readAhead: (ids, depth) => accounts.fetchAhead(ids.map((id) => `${id}/${depth}`)),

    async listAccounts({ offset, limit }) {
      if (credentials.list === null) {
        const message = 'omnivibe lists its people only with OMNIVIBE_TOKEN and OMNIVIBE_ACCOUNT_ID.';
        throw new GatewayError('UNSUPPORTED', message, { backend: 'omnivibe' });
      }
      const ids = [...(await listOnce()).keys()];
      return {
        ids: ids.slice(offset, offset + limit),
        hasMore: ids.length > offset + limit,
        totalCount: ids.length,
      };
    },
  };
  return { reader, ownTokenOf, agentById };
}

/** The depth that shows what both show. The platform API shows no presence, which the agent list does. */
function covering(left: OmnivibeDepth, right: OmnivibeDepth): OmnivibeDepth {
  return left === right ? left : 'presence';
}

function parseKey(key: string): { key: string; id: string; depth: OmnivibeDepth } {
  const [id = '', word] = key.split('/');
  return { key, id, depth: OMNIVIBE_DEPTHS.find((depth) => depth === word) ?? 'listed' };
}

/** A token that is refused leads to nobody; whose account it should have been is told where that matters. */
function nullIfRefused(error: unknown): null {
  if (error instanceof GatewayError && error.code === 'UNAUTHENTICATED') return null;
  throw error;
}
