// What the v2 sandbox remembers: an account per user, and traces of the writes that the API has no read for.
import type { components } from '../../adapters/v2/wire.generated.js';
import type { CastMember, V2Seed } from '../people.js';

type Writable<T> = { -readonly [Key in keyof T]-?: T[Key] };
type Schemas = components['schemas'];

/** A user with every key of the index. */
export type V2UserRow = Writable<Schemas['User']>;
type V2ViewRow = Writable<Schemas['UserView']>;

/** All that can be read about one user. */
export interface V2Account {
  readonly user: V2UserRow;
  readonly settings: Writable<Schemas['UserSettings']>;
  readonly views: readonly V2ViewRow[];
}

/** A statistic on a user's dashboard; an option that was not sent is ''. */
export interface V2Statistic {
  readonly userID: number;
  readonly statistic: string;
  readonly primaryOption: string;
  readonly secondaryOption: string;
}

/** Whether a user takes part in a campaign. */
export interface V2CampaignState {
  readonly userID: number;
  readonly campaign: string;
  readonly state: 0 | 1;
}

/** What writes left behind and no endpoint shows, oldest first. */
export interface V2WriteOnlyState {
  readonly campaigns: readonly V2CampaignState[];
  readonly statistics: readonly V2Statistic[];
  readonly watchedStatistics: readonly V2Statistic[];
  readonly refreshedTabs: readonly string[];
}

/** The mutable state behind the routes. */
export interface V2State {
  /** By id, in ascending order. */
  readonly accounts: ReadonlyMap<number, V2Account>;
  readonly writeOnly: { -readonly [Key in keyof V2WriteOnlyState]: V2WriteOnlyState[Key] };
  /** Adds an account with the next free id and default values. */
  add(): V2Account;
  reset(): void;
}

/** The user on whose behalf the API keys act; not one of the cast. */
export const OWN_USER_ID = 1;

const OWN_USER: V2Seed = {
  id: OWN_USER_ID,
  username: 'api',
  firstname: 'API',
  lastname: 'Key',
  email: 'api@desk.example',
};

const VIEWS = ['Inbox', 'Escalated', 'Follow-up'];

/** Builds the state from the cast; `reset` builds it anew. */
export function createV2State(people: readonly CastMember[]): V2State {
  const seeds = [OWN_USER, ...people.flatMap(({ v2 }) => v2 ?? [])].sort((a, b) => a.id - b.id);
  const accounts = new Map<number, V2Account>();
  const writeOnly: V2State['writeOnly'] = {
    campaigns: [],
    statistics: [],
    watchedStatistics: [],
    refreshedTabs: [],
  };
  let lastId = 0;

  function insert(seed: V2Seed): V2Account {
    const account = toAccount(seed);
    accounts.set(seed.id, account);
    lastId = seed.id;
    return account;
  }

  function reset() {
    accounts.clear();
    seeds.forEach(insert);
    Object.assign(writeOnly, { campaigns: [], statistics: [], watchedStatistics: [], refreshedTabs: [] });
  }

  reset();
  return {
    accounts,
    writeOnly,
    add: () => insert({ id: lastId + 1, username: '', firstname: '', lastname: '', email: '', statusId: 4 }),
    reset,
  };
}

function toAccount(seed: V2Seed): V2Account {
  return {
    user: {
      id: seed.id,
      name: seed.username,
      firstname: seed.firstname,
      lastname: seed.lastname,
      email: seed.email,
      telephone_number: seed.telephone ?? '',
      language: seed.language ?? 'en',
      dateFormat: seed.dateFormat ?? 'en_GB',
      groups: seed.groups ?? [],
      active: seed.isActive === false ? 0 : 1,
      statusID: seed.statusId ?? 1,
      statusLocked: seed.isLocked === true ? 1 : 0,
    },
    settings: {
      maxChats: seed.maxChats ?? 3,
      chatSoundNewMessage: 1,
      notifyOnTicketAssignment: 1,
      ticketIncognitoMode: 0,
      callsAutoAnswer: 0,
    },
    views: VIEWS.map((name, i) => ({ id: i + 1, name, selected: i === 0 ? 1 : 0 })),
  };
}
