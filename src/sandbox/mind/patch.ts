// Writes: what each field accepts, and how an accepted body changes a row. Keys that are not listed are ignored, as are the
// fields that the vendor calls read-only.
import type { components } from '../../adapters/mind/wire.generated.js';
import type { MindRow } from './state.js';
import type { MindSwitches } from './switches.js';

/** A write body that passed the rules, without the keys that are ignored. */
type AcceptedPatch = components['schemas']['ProfilePatch'] & { readonly email?: string };

/** The text of what is wrong with a value, or null. */
type Rule = (value: unknown, at: string) => string | null;
type Rules = Readonly<Record<string, Rule>>;

const must =
  (be: string, accepts: (value: unknown) => boolean): Rule =>
  (value, at) =>
    accepts(value) ? null : `${at} must be ${be}`;
const nullable =
  (rule: Rule): Rule =>
  (value, at) =>
    value === null ? null : rule(value, at);
const list =
  (rule: Rule): Rule =>
  (value, at) =>
    Array.isArray(value)
      ? firstProblem(value.map((item, i) => rule(item, `${at}[${i}]`)))
      : `${at} must be a list`;
const shape =
  (rules: Rules): Rule =>
  (value, at) =>
    isRecord(value)
      ? firstProblem(Object.entries(pick(value, rules)).map(([key, v]) => rules[key]?.(v, `${at}.${key}`)))
      : `${at} must be an object`;
const word = (...words: readonly unknown[]) =>
  must(`one of ${words.join(', ')}`, (value) => words.includes(value));

const text = must('a string', (value) => typeof value === 'string');
const flag = must('true or false', (value) => typeof value === 'boolean');
const number = must('a number', (value) => typeof value === 'number');
const integer = must('an integer', (value) => Number.isInteger(value));
const routing = word(
  'idle',
  'interacting',
  'beingConnected',
  'notResponding',
  'unavailable',
  'offline',
  'acw',
);
const base64 = must(
  'base64 without a data-URL prefix',
  (value) => typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(value),
);

const ROUTING: Rules = { callRoutingStatus: routing, chatRoutingStatus: routing };

const SETTINGS: Rules = {
  status: word('available', 'busy'),
  supersetRole: nullable(text),
  ticketsFilters: shape({
    groups: list(number),
    intents: list(text),
    tagIds: list(number),
    personalQueue: flag,
    onlyIntents: flag,
  }),
  roleId: integer,
  teamIds: list(integer),
  skills: shape({ tagIds: list(integer), channels: list(text) }),
  limitTicketBacklogAccess: flag,
  ticketBacklogRequiredTagIds: list(integer),
  tagsOnRoute: list(integer),
  tagsOnEdit: list(integer),
  isPersonalFilters: flag,
  inheritTeamSettings: flag,
  nameReports: nullable(text),
  ...ROUTING,
};

const PROFILE: Rules = {
  firstName: text,
  lastName: text,
  phone: nullable(text),
  image: base64,
  password: text,
  type: text,
  isSsoOnly: word(0, 1),
  lang: nullable(text),
  nameAlias: nullable(text),
  externalId: nullable(text),
  settings: nullable(shape(SETTINGS)),
};

/** Body of PATCH /profile/{id} and of one item of PATCH /profiles. */
export const UPDATE_RULES: Rules = {
  ...PROFILE,
  rawData: nullable(must('an object', isRecord)),
  ...ROUTING,
};
/** Body of POST /profile; the e-mail address is accepted here only. */
export const CREATE_RULES: Rules = {
  ...PROFILE,
  email: must('an e-mail address', (value) => typeof value === 'string' && /^\S+@\S+$/.test(value)),
};
/** Body of PATCH /profile/{id}/routingStatus. */
export const ROUTING_RULES: Rules = ROUTING;

/** Holds a body against rules: the accepted part of it, or the first problem. */
export function readPatch(body: unknown, rules: Rules): { patch: AcceptedPatch } | { problem: string } {
  const problem = shape(rules)(body, 'body');
  if (problem !== null || !isRecord(body)) return { problem: problem ?? 'body must be an object' };
  const patch = pick(body, rules);
  if (isRecord(patch['settings'])) patch['settings'] = pick(patch['settings'], SETTINGS);
  return { patch };
}

/** Changes the row. A routing status at the top level wins over the one inside `settings`. */
export function applyPatch(
  row: MindRow,
  patch: AcceptedPatch,
  switches: Pick<MindSwitches, 'ignoreWrites' | 'settingsPatch'>,
): void {
  const { settings, password, ...plain } = omit(patch, switches.ignoreWrites ?? []);
  if (password !== undefined) row.passwordChanges += 1;
  if (settings === null) row.settings = null;
  if (settings !== undefined && settings !== null) {
    const { callRoutingStatus, chatRoutingStatus, ...own } = omit(settings, switches.ignoreWrites ?? []);
    row.settings = switches.settingsPatch === 'replace' ? own : { ...row.settings, ...own };
    row.callRoutingStatus = callRoutingStatus ?? row.callRoutingStatus;
    row.chatRoutingStatus = chatRoutingStatus ?? row.chatRoutingStatus;
  }
  Object.assign(row, plain);
  // The routing statuses are read inside `settings`, so a written one brings the object back.
  if (plain.callRoutingStatus !== undefined || plain.chatRoutingStatus !== undefined) row.settings ??= {};
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pick(value: Readonly<Record<string, unknown>>, rules: Rules): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => Object.hasOwn(rules, key)));
}

function omit<T extends object>(value: T, keys: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))) as Partial<T>;
}

function firstProblem(problems: readonly (string | null | undefined)[]): string | null {
  return problems.find((problem) => typeof problem === 'string') ?? null;
}
