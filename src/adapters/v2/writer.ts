// How v2 is written: which endpoint takes which change, and what goes into its form.
import type { FieldChange, FieldPath, StatisticRef, V2Writer, WriteCall } from '../../domain/ports.js';
import { GatewayError } from '../../errors.js';
import type { CallScope } from '../../transport/call-scope.js';
import { WRITES, type FormTexts, type V2Client, type V2Form, type V2Write } from './client.js';
import { acceptName, acceptValue, fromFlag, fromValue } from './mapper.js';

/** The fields of a user and what PUT /{id} calls them; `name` is the username. */
const UPDATE_PARAMETERS = {
  firstName: 'firstname',
  lastName: 'lastname',
  username: 'name',
  email: 'email',
  phone: 'telephone',
  language: 'language',
  'v2.dateFormat': 'dateFormat',
  'v2.groups': 'groups',
} as const satisfies Partial<Record<FieldPath, keyof V2Form<'updateUser'>>>;
type UserField = keyof typeof UPDATE_PARAMETERS;
type UserChange = FieldChange & { readonly field: UserField };

/** POST has another name for the telephone. */
const CREATE_PARAMETERS = {
  ...UPDATE_PARAMETERS,
  phone: 'telephone_number',
} as const satisfies Record<UserField, keyof V2Form<'createUser'>>;
const REQUIRED: readonly UserField[] = ['firstName', 'lastName', 'username', 'email'];

type Setter = readonly [write: V2Write, parameter: string];

/** Endpoints for one of a user's names alone. */
const RENAMES: Readonly<Partial<Record<UserField, Setter>>> = {
  username: ['updateUsername', 'username'],
  firstName: ['updateFirstname', 'firstname'],
  lastName: ['updateLastname', 'lastname'],
};

/** Every setting has an endpoint of its own. */
const SETTINGS: Readonly<Partial<Record<FieldPath, Setter>>> = {
  'settings.desk.maxChats': ['setMaxChats', 'maxChats'],
  'settings.desk.chatSoundOnNewMessage': ['setChatSoundNewMessage', 'state'],
  'settings.desk.notifyOnTicketAssignment': ['setNotifyOnTicketAssignment', 'state'],
  'settings.desk.ticketIncognitoMode': ['setTicketIncognitoMode', 'state'],
  'settings.desk.autoAnswerCalls': ['setCallsAutoAnswer', 'state'],
};

/** What may be sent empty, which clears it. Everywhere else a parameter without a value stays off the wire. */
const CLEARABLE: readonly string[] = [
  'telephone',
  'language',
  'dateFormat',
] satisfies (keyof V2Form<'updateUser'>)[];

/** Every call that can name its user does: without one, v2 writes the user of the gateway's own key. */
export function createV2Writer(client: V2Client, scope: CallScope): V2Writer {
  function prepare(write: V2Write, fields: readonly string[], form: FormTexts, id?: string): WriteCall {
    const { method, route } = WRITES[write];
    return {
      method,
      path: route.replace('{id}', id ?? ''),
      body: form,
      fields,
      async send() {
        await client.write(scope, write, form, id);
        // Not even the id of a user who was created is answered.
        return null;
      },
    };
  }

  const call = <W extends V2Write>(write: W, field: string, form: Sparse<V2Form<W>>) =>
    prepare(write, [field], filled(form));

  function userCalls(id: string, changes: readonly UserChange[]): readonly WriteCall[] {
    const [first, ...others] = changes;
    if (first === undefined) return [];
    const rename = others.length === 0 ? RENAMES[first.field] : undefined;
    if (rename !== undefined) return [setterCall(rename, first, { id })];
    const form = filled(toForm(UPDATE_PARAMETERS, changes), CLEARABLE);
    return [prepare('updateUser', namesOf(changes), form, id)];
  }

  function settingCall(id: string, change: FieldChange): WriteCall {
    const setter = SETTINGS[change.field];
    if (setter === undefined) throw new TypeError(`v2 does not hold ${change.field}`);
    return setterCall(setter, change, { userID: id });
  }

  const setterCall = ([write, parameter]: Setter, { field, value }: FieldChange, user: FormTexts) =>
    prepare(write, [field], filled({ ...user, [parameter]: fromValue(value) }));

  return {
    accept: acceptValue,
    acceptName,

    callsFor: ({ id }, changes) => [
      ...userCalls(id, changes.filter(isOfUser)),
      ...changes.filter((change) => !isOfUser(change)).map((change) => settingCall(id, change)),
    ],

    createCall({ fields, sendActivationMail }) {
      // Clearing is left to an update: without the parameter v2 puts its own default in.
      const starting = fields.filter(isOfUser).filter(({ value }) => value !== null);
      const names = namesOf(starting);
      const missing = REQUIRED.filter((field) => !names.includes(field));
      if (missing.length > 0) {
        const message = `v2: nobody is created without ${missing.join(', ')}.`;
        throw new GatewayError('INVALID_VALUE', message, { backend: 'v2' });
      }
      const form = { ...toForm(CREATE_PARAMETERS, starting), sendActivationMail: String(sendActivationMail) };
      return prepare('createUser', names, filled(form));
    },

    lockStatusCall: (id, statusId) =>
      call('lockStatus', 'presence.statusLock', { userID: id, status: statusId }),
    unlockStatusCall: (id) => call('unlockStatus', 'presence.statusLock', { userID: id }),
    // The address could be sent too; which of the two wins when they differ is not documented.
    setStatusCall: (id, statusId, lastInternalCallId) =>
      call('updateStatus', 'v2.status', {
        userID: id,
        statusID: statusId,
        lastInternalCallID: lastInternalCallId,
      }),
    setCampaignStateCall: (id, campaign, active) =>
      call('setCampaignState', 'v2.campaigns', { userID: id, campaign, state: fromFlag(active) }),
    selectViewCall: (id, viewId, selected) =>
      call('selectUserView', 'v2.views', { userID: id, viewID: viewId, newValue: fromFlag(selected) }),
    addStatisticCall: (id, { statistic, primaryOption, secondaryOption }) =>
      call('addStatistic', 'v2.statistics', {
        userID: id,
        statistic,
        statisticOption: primaryOption,
        statisticSecondaryOption: secondaryOption,
      }),
    removeStatisticCall: (id, statistic) =>
      call('removeStatistic', 'v2.statistics', { userID: id, ...namedStatistic(statistic) }),
    watchStatisticCall: (id, statistic) =>
      call('watchStatistic', 'v2.watchedStatistics', {
        userID: id,
        ...namedStatistic(statistic),
        watchToggle: 'watch',
      }),
    refreshTabCall: (tabId) => call('refreshTab', 'v2.tabs', { tabID: tabId }),
  };
}

/** Removing and watching call statisticPrimaryOption what adding calls statisticOption. */
function namedStatistic({ statistic, primaryOption, secondaryOption }: StatisticRef) {
  return {
    statistic,
    statisticPrimaryOption: primaryOption,
    statisticSecondaryOption: secondaryOption,
  };
}

function isOfUser(change: FieldChange): change is UserChange {
  return Object.hasOwn(UPDATE_PARAMETERS, change.field);
}

function namesOf(changes: readonly UserChange[]): readonly UserField[] {
  return changes.map(({ field }) => field);
}

function toForm(parameters: Readonly<Record<UserField, string>>, changes: readonly UserChange[]): FormTexts {
  return Object.fromEntries(changes.map(({ field, value }) => [parameters[field], fromValue(value)]));
}

/** A form in which null stands for what is left out. */
type Sparse<Form> = { readonly [Parameter in keyof Form]: Form[Parameter] | null };

/** What of a form has a value, or is empty and may be. */
function filled(form: object, mayBeEmpty: readonly string[] = []): FormTexts {
  const parameters = Object.entries(form) as [string, string | null][];
  return Object.fromEntries(
    parameters.flatMap(([name, value]) =>
      value !== null && (value !== '' || mayBeEmpty.includes(name)) ? [[name, value]] : [],
    ),
  );
}
