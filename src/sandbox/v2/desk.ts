// What a user has set up at the desk: settings, views, status and lock, campaigns, statistics, tabs.
import type { Route } from '../core/backend-server.js';
import { V2_STATUSES } from '../people.js';
import { done, item, page, refused } from './answers.js';
import { endpoint, isIgnored, store, withAccount } from './endpoint.js';
import { flag, optional, PAGING, PATTERNS, text, wholeNumber } from './fields.js';
import { OWN_USER_ID, type V2Account, type V2State, type V2Statistic } from './state.js';
import type { V2Request, V2Switches } from './switches.js';

const userID = optional(wholeNumber(), OWN_USER_ID);

const SWITCHES = [
  'chatSoundNewMessage',
  'notifyOnTicketAssignment',
  'callsAutoAnswer',
  'ticketIncognitoMode',
] as const;

/** The routes around a user's work at the desk. */
export function deskRoutes(state: V2State): readonly Route<V2Switches>[] {
  return [
    ...settingsRoutes(state),
    ...viewRoutes(state),
    ...statusRoutes(state),
    ...statisticRoutes(state),
    setCampaignState(state),
    refreshTab(state),
  ];
}

function settingsRoutes(state: V2State): readonly Route<V2Switches>[] {
  return [
    endpoint('GET', '/settings', { userID }, (values, { switches }) =>
      withAccount(state, values.userID, ({ settings }) => item(settings, switches)),
    ),
    endpoint('PUT', '/maxChats', { userID, maxChats: wholeNumber() }, (values, request) =>
      withAccount(state, values.userID, ({ settings }) => {
        store(request, settings, { maxChats: values.maxChats });
        return done('The maximum of chats was updated.');
      }),
    ),
    ...SWITCHES.map((name) =>
      endpoint('PUT', `/${name}`, { userID, state: flag }, (values, request) =>
        withAccount(state, values.userID, ({ settings }) => {
          store(request, settings, { [name]: values.state }, { [name]: 'state' });
          return done('The setting was updated.');
        }),
      ),
    ),
  ];
}

function viewRoutes(state: V2State): readonly Route<V2Switches>[] {
  const listing = { userID, query: optional(text(PATTERNS.viewQuery), ''), ...PAGING };
  const selection = { userID, viewID: wholeNumber(), newValue: flag };
  return [
    endpoint('GET', '/getUserViews', listing, ({ query, ...values }, { switches }) =>
      withAccount(state, values.userID, ({ views }) => {
        const matching = views.filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()));
        return page('view', matching, views, values, switches);
      }),
    ),
    endpoint('PUT', '/updateUserView', selection, (values, request) =>
      withAccount(state, values.userID, ({ views }) => {
        const view = views.find(({ id }) => id === values.viewID);
        if (view === undefined) return refused('There is no such view.');
        store(request, view, { selected: values.newValue }, { selected: 'newValue' });
        return done('The view was updated.');
      }),
    ),
  ];
}

function statusRoutes(state: V2State): readonly Route<V2Switches>[] {
  const change = {
    userID: optional(wholeNumber(), null),
    userEmailAddress: optional(text(PATTERNS.email), null),
    statusID: wholeNumber(),
    lastInternalCallID: optional(wholeNumber(), null),
    browserRequestTime: optional(wholeNumber(), 0),
  };
  return [
    endpoint(
      'POST',
      '/updateStatus',
      change,
      ({ userID: id, userEmailAddress: email, statusID }, request) => {
        const account = findNamed(state, id, email);
        if (account === null) return refused('The id and the e-mail address do not name one user.');
        if (account.user.statusLocked === 1) return refused('The status of this user is locked.');
        if (!isStatus(statusID)) return refused('There is no such status.');
        store(request, account.user, { statusID });
        return done('The status was updated.');
      },
    ),
    endpoint('POST', '/statusLock', { userID: wholeNumber(), status: wholeNumber() }, (values, request) =>
      withAccount(state, values.userID, ({ user }) => {
        if (!isStatus(values.status)) return refused('There is no such status.');
        const sentAs = { statusID: 'status', statusLocked: 'status' };
        store(request, user, { statusID: values.status, statusLocked: 1 }, sentAs);
        return done('The status was locked.');
      }),
    ),
    endpoint('POST', '/statusLockDelete', { userID: wholeNumber() }, (values, request) =>
      withAccount(state, values.userID, ({ user }) => {
        store(request, user, { statusLocked: 0 });
        return done('The lock was removed.');
      }),
    ),
  ];
}

function statisticRoutes(state: V2State): readonly Route<V2Switches>[] {
  const statistic = text(PATTERNS.statistic);
  const option = optional(text(PATTERNS.statisticOption), '');
  const added = { userID, statistic, statisticOption: option, statisticSecondaryOption: option };
  const named = { userID, statistic, statisticPrimaryOption: option, statisticSecondaryOption: option };
  const watched = { ...named, watchToggle: text(PATTERNS.watchToggle) };
  const { writeOnly } = state;

  const change = (request: V2Request, wanted: V2Statistic, message: string, apply: () => void) =>
    withAccount(state, wanted.userID, () => {
      if (!isIgnored(request, 'statistic')) apply();
      return done(message);
    });

  return [
    endpoint('POST', '/userStatistic', added, (values, request) => {
      const wanted = toStatistic(values, values.statisticOption);
      return change(request, wanted, 'The statistic was added.', () => {
        writeOnly.statistics = [...without(writeOnly.statistics, wanted), wanted];
      });
    }),
    endpoint('DELETE', '/userStatistic', named, (values, request) => {
      const wanted = toStatistic(values, values.statisticPrimaryOption);
      return change(request, wanted, 'The statistic was removed.', () => {
        writeOnly.statistics = without(writeOnly.statistics, wanted);
      });
    }),
    endpoint('PUT', '/watch', watched, (values, request) => {
      const wanted = toStatistic(values, values.statisticPrimaryOption);
      return change(request, wanted, 'The statistic is watched.', () => {
        writeOnly.watchedStatistics = [...without(writeOnly.watchedStatistics, wanted), wanted];
      });
    }),
  ];
}

function setCampaignState(state: V2State): Route<V2Switches> {
  const fields = { userID, campaign: text(PATTERNS.campaign), state: flag };
  return endpoint('POST', '/userCampaignState', fields, (wanted, request) =>
    withAccount(state, wanted.userID, () => {
      if (!isIgnored(request, 'campaign', 'state')) {
        const others = state.writeOnly.campaigns.filter(
          (known) => known.userID !== wanted.userID || known.campaign !== wanted.campaign,
        );
        state.writeOnly.campaigns = [...others, wanted];
      }
      return done('The campaign was updated.');
    }),
  );
}

function refreshTab(state: V2State): Route<V2Switches> {
  return endpoint('POST', '/refreshTab', { tabID: text(PATTERNS.tabId) }, ({ tabID }, request) => {
    if (!isIgnored(request, 'tabID'))
      state.writeOnly.refreshedTabs = [...state.writeOnly.refreshedTabs, tabID];
    return done('The tab refreshes.');
  });
}

/** The one user that fits all that was sent; null when nobody or several do, or nothing was sent. */
function findNamed(state: V2State, id: number | null, email: string | null): V2Account | null {
  if (id === null && email === null) return null;
  const fitting = [...state.accounts.values()].filter(
    ({ user }) =>
      (id === null || user.id === id) && (email === null || user.email.toLowerCase() === email.toLowerCase()),
  );
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

function isStatus(id: number): boolean {
  return V2_STATUSES.some((status) => status.id === id);
}

function toStatistic(
  values: {
    readonly userID: number;
    readonly statistic: string;
    readonly statisticSecondaryOption: string;
  },
  primaryOption: string,
): V2Statistic {
  const { userID, statistic, statisticSecondaryOption: secondaryOption } = values;
  return { userID, statistic, primaryOption, secondaryOption };
}

function without(statistics: readonly V2Statistic[], unwanted: V2Statistic): readonly V2Statistic[] {
  return statistics.filter(
    ({ userID, statistic, primaryOption, secondaryOption }) =>
      userID !== unwanted.userID ||
      statistic !== unwanted.statistic ||
      primaryOption !== unwanted.primaryOption ||
      secondaryOption !== unwanted.secondaryOption,
  );
}
