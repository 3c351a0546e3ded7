// What only the v2 desk has: status and its lock, campaigns, views, statistics, tabs. Each is one call.
import { GatewayError } from '../errors.js';
import { mayWriteAnybody } from './access.js';
import { accessBy } from './explain.js';
import { problemOf, type BackendOutcome, type FieldOutcome, type Problem } from './outcome.js';
import type { Person } from './person.js';
import type { Readers, StatisticRef, V2Writer, WriteCall } from './ports.js';
import type { AccountRef, JsonValue } from './profile.js';
import type { Selection } from './read-profiles.js';
import { runOutcomes } from './run-update.js';
import { isSameValue } from './same-value.js';
import {
  findPerson,
  isProblem,
  rejected,
  resultOf,
  runFor,
  unlinkedProblem,
  type WriteContext,
  type WriteResult,
} from './write-profiles.js';

/** One desk operation on one person's v2 account. */
export interface DeskOperation {
  /** Why the input cannot be taken; null when it can. */
  readonly check: (writer: V2Writer) => Problem | null;
  readonly call: (writer: V2Writer, userId: string) => WriteCall;
  /** What shall be there. */
  readonly after: JsonValue;
  /** Reads what is there; undefined where the backend does not tell, null where nothing shows it. */
  readonly show: ((readers: Readers, userId: string) => Promise<JsonValue | undefined>) | null;
  /** True where the call does something even if what shall be there is there already. */
  readonly isAlwaysSent?: boolean;
}

/** Carries out an operation for the person whom `profileId` names. */
export async function runDeskOperation(
  context: WriteContext,
  profileId: string,
  operation: DeskOperation,
  selection: Selection,
): Promise<WriteResult> {
  const { writers } = context;
  const problem = writers.v2 === null ? null : operation.check(writers.v2);
  if (problem !== null) return rejected(problem, null, 'v2');
  const found = await findPerson(context, profileId, { backends: new Set(['v2']), omnivibeDepth: 'listed' });
  if (isProblem(found)) return rejected(found);
  const account = await findAccount(found);
  if (isProblem(account) && account.code === 'FORBIDDEN' && writers.v2 !== null) {
    return resultOf(found, [deniedOutcome(operation.call(writers.v2, found.seed.id), account)]);
  }
  if (isProblem(account)) return rejected(account, found, 'v2');
  if (writers.v2 === null) throw new TypeError('v2 takes no part');
  const outcome = await plan(context, writers.v2, account.id, operation);
  return runFor(context, found, [outcome], selection);
}

/** Refreshes a tab. The desk does not say whose it is, so it takes the right to change anybody. */
export async function refreshTab(context: WriteContext, tabId: string): Promise<WriteResult> {
  const { v2 } = context.writers;
  if (v2 === null) {
    return rejected({ code: 'UNSUPPORTED', message: 'v2: the backend takes no part.' }, null, 'v2');
  }
  const problem = checkName(v2, 'tab', 'tabId', tabId);
  if (problem !== null) return rejected(problem, null, 'v2');
  if (!mayWriteAnybody(context.read.caller)) {
    const message = 'v2: a tab names no user, so refreshing it needs updateSpecificProfile.';
    return resultOf(null, [deniedOutcome(v2.refreshTabCall(tabId), { code: 'FORBIDDEN', message })]);
  }
  const outcome = outcomeOf(v2.refreshTabCall(tabId), null, tabId, null);
  const [settled] = await runOutcomes([[outcome]], {
    verify: true,
    reopen: context.reopen,
    onSettled: context.onSettled,
    alongside: () => undefined,
  });
  return resultOf(null, settled?.outcomes ?? []);
}

export function lockStatus(statusId: string): DeskOperation {
  return {
    check: () => checkId('statusId', statusId),
    call: (writer, userId) => writer.lockStatusCall(userId, statusId),
    after: { locked: true, statusId },
    show: async ({ v2 }, userId) => {
      const account = await v2?.accountById(userId);
      if (account?.isStatusLocked == null) return undefined;
      return { locked: account.isStatusLocked, statusId: account.status?.id ?? null };
    },
  };
}

export function unlockStatus(): DeskOperation {
  return {
    check: () => null,
    call: (writer, userId) => writer.unlockStatusCall(userId),
    after: { locked: false },
    show: async ({ v2 }, userId) => {
      const locked = (await v2?.accountById(userId))?.isStatusLocked;
      return locked == null ? undefined : { locked };
    },
  };
}

export function setStatus(statusId: string, lastInternalCallId: string | null): DeskOperation {
  return {
    check: () =>
      checkId('statusId', statusId) ??
      (lastInternalCallId === null ? null : checkId('lastInternalCallId', lastInternalCallId)),
    call: (writer, userId) => writer.setStatusCall(userId, statusId, lastInternalCallId),
    after: statusId,
    show: async ({ v2 }, userId) => (await v2?.accountById(userId))?.status?.id,
    isAlwaysSent: lastInternalCallId !== null,
  };
}

export function setCampaignState(campaign: string, active: boolean): DeskOperation {
  return {
    check: (writer) => checkName(writer, 'campaign', 'campaign', campaign),
    call: (writer, userId) => writer.setCampaignStateCall(userId, campaign, active),
    after: { campaign, active },
    show: null,
  };
}

/** Beyond any number of views that a person has. */
const MANY_VIEWS = 999;

export function selectView(viewId: string, selected: boolean): DeskOperation {
  return {
    check: () => checkId('viewId', viewId),
    call: (writer, userId) => writer.selectViewCall(userId, viewId, selected),
    after: { viewId, selected },
    show: async ({ v2 }, userId) => {
      const views = (await v2?.deskViews(userId, null, MANY_VIEWS)) ?? [];
      const view = views.find(({ id }) => id === viewId);
      return view?.selected == null ? undefined : { viewId, selected: view.selected };
    },
  };
}

/** A statistic as a client names it; options are left out where it has none. */
export interface StatisticInput {
  readonly statistic: string;
  readonly primaryOption?: string | null | undefined;
  readonly secondaryOption?: string | null | undefined;
}

export function addStatistic(input: StatisticInput): DeskOperation {
  return statisticOperation(input, 'addStatisticCall', { isAdded: true });
}

export function removeStatistic(input: StatisticInput): DeskOperation {
  return statisticOperation(input, 'removeStatisticCall', { isAdded: false });
}

export function watchStatistic(input: StatisticInput, isWatched: boolean): DeskOperation {
  const operation = statisticOperation(input, 'watchStatisticCall', { isWatched });
  if (isWatched) return operation;
  const message = 'v2: how to stop watching a statistic is not documented.';
  return { ...operation, check: () => ({ code: 'UNSUPPORTED', message }) };
}

function statisticOperation(
  { statistic, primaryOption = null, secondaryOption = null }: StatisticInput,
  call: 'addStatisticCall' | 'removeStatisticCall' | 'watchStatisticCall',
  state: Readonly<Record<string, boolean>>,
): DeskOperation {
  const ref: StatisticRef = { statistic, primaryOption, secondaryOption };
  return {
    check: (writer) =>
      checkName(writer, 'statistic', 'statistic', statistic) ??
      (primaryOption === null
        ? null
        : checkName(writer, 'statisticOption', 'primaryOption', primaryOption)) ??
      (secondaryOption === null
        ? null
        : checkName(writer, 'statisticOption', 'secondaryOption', secondaryOption)),
    call: (writer, userId) => writer[call](userId, ref),
    after: { ...ref, ...state },
    show: null,
  };
}

/** The person's v2 account, if the caller may write it. */
async function findAccount(person: Person): Promise<AccountRef | Problem> {
  try {
    const { access, message } = await accessBy(person, 'v2', { isShown: true, writer: { as: 'desk' } });
    if (access !== 'READ_WRITE' && access !== 'UNSUPPORTED') {
      return { code: 'FORBIDDEN', message: `v2: not for this caller. ${message ?? ''}`.trim() };
    }
    return (await person.ref('v2')) ?? (await unlinkedProblem(person, 'v2'));
  } catch (error) {
    if (error instanceof GatewayError) return problemOf(error);
    throw error;
  }
}

async function plan(
  context: WriteContext,
  writer: V2Writer,
  userId: string,
  operation: DeskOperation,
): Promise<BackendOutcome> {
  const { after, isAlwaysSent, show } = operation;
  const call = operation.call(writer, userId);
  const read = show === null ? null : (readers: Readers) => show(readers, userId);
  // Without knowing what is there it can be set all the same.
  const before = (await read?.(context.read.readers).catch(undefinedIfFailed)) ?? null;
  const outcome = outcomeOf(call, before, after, read);
  if (isAlwaysSent === true || before === null || !isSameValue(before, after)) return outcome;
  return { ...outcome, calls: [], fields: outcome.fields.map((field) => ({ ...field, state: 'UNCHANGED' })) };
}

function outcomeOf(
  call: WriteCall,
  before: JsonValue,
  after: JsonValue,
  show: FieldOutcome['show'],
): BackendOutcome {
  const field: FieldOutcome = {
    field: call.fields[0] ?? '',
    state: 'PLANNED',
    before,
    after,
    problem: null,
    show,
    isWriteOnly: show === null,
  };
  return { backend: 'v2', calls: [call], fields: [field], upstreamTxId: null, message: null, mend: null };
}

/** A call that is not made, since the caller may not. */
function deniedOutcome(call: WriteCall, problem: Problem): BackendOutcome {
  const { fields, ...outcome } = outcomeOf(call, null, null, null);
  const denied = fields.map((field): FieldOutcome => ({ ...field, state: 'FAILED', problem }));
  return { ...outcome, calls: [], fields: denied };
}

function checkId(argument: string, id: string): Problem | null {
  if (/^[1-9][0-9]{0,14}$/.test(id)) return null;
  return { code: 'INVALID_VALUE', message: `Argument "${argument}" must be a positive whole number.` };
}

function checkName(
  writer: V2Writer,
  kind: Parameters<V2Writer['acceptName']>[0],
  argument: string,
  name: string,
): Problem | null {
  const acceptance = writer.acceptName(kind, name);
  return acceptance.isAccepted
    ? null
    : { code: 'INVALID_VALUE', message: `Argument "${argument}" ${acceptance.rule}.` };
}

function undefinedIfFailed(error: unknown): undefined {
  if (!(error instanceof GatewayError)) throw error;
}
