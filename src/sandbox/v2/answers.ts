// What the v2 sandbox answers. Every shape here is assumed by analogy to the vendor's sibling controllers.
import type { SandboxReply } from '../core/backend-server.js';
import { shapeRows } from '../core/switches.js';
import type { V2Request, V2Switches } from './switches.js';

type Row = Readonly<Record<string, unknown>>;
type Active = V2Request['switches'];

const FLAGS = new Set([
  'active',
  'statusLocked',
  'selected',
  'chatSoundNewMessage',
  'notifyOnTicketAssignment',
  'ticketIncognitoMode',
  'callsAutoAnswer',
]);
const KEPT_WHEN_SPARSE = new Set(['id', 'name', 'firstname', 'lastname', 'email', 'maxChats']);
const UNKNOWN_STATUS_ID = 987;

/** Answer to a write; nothing tells what was stored. */
export function done(message: string): SandboxReply {
  return { status: 200, json: { type: 'result', message } };
}

/** Refusal of a request that the API understands and does not take. */
export function refused(message: string, status = 400): SandboxReply {
  return { status, json: { status: 'error', message } };
}

/** Answer with one thing. */
export function item(row: object, switches: Active): SandboxReply {
  return { status: 200, json: { type: 'item', item: present(row, switches) } };
}

/** One page of a list: `matching` is cut to the page, `all` is where a foreign row is taken from. */
export function page<T extends object>(
  type: string,
  matching: readonly T[],
  all: readonly T[],
  { itemStart, itemLimit }: { readonly itemStart: number; readonly itemLimit: number },
  switches: Active,
  select: (row: T) => object = (row) => row,
): SandboxReply {
  const rows = shapeRows(matching.slice(itemStart, itemStart + itemLimit), all, switches.rows);
  const items = rows.map((row) => present(select(row), switches));
  if (switches.indexShape === 'array') return { status: 200, json: items };
  const envelope = {
    type,
    itemStart,
    ...(switches.indexShape === 'no-total' ? {} : { itemTotal: matching.length }),
    itemLimit,
  };
  return { status: 200, json: { ...(switches.numbersAsText === true ? asText(envelope) : envelope), items } };
}

function present(row: object, switches: Active): Row {
  let shown: Row = { ...row };
  if (switches.sparse === true) shown = pick(shown, (key) => KEPT_WHEN_SPARSE.has(key));
  if (switches.unknownEnums === true && 'statusID' in shown)
    shown = { ...shown, statusID: UNKNOWN_STATUS_ID };
  if (switches.flagsAsBooleans === true)
    shown = mapRow(shown, (value, key) => (FLAGS.has(key) ? value === 1 : value));
  if (switches.numbersAsText === true) shown = asText(shown);
  return { ...shown, ...additions(switches) };
}

function additions({ extraKeys, canarySecrets }: V2Switches): Row {
  return {
    ...(extraKeys === true ? { seat_type: 'named', links: { self: 'https://desk.example/me' } } : {}),
    ...(canarySecrets === true ? { api_key: 'canary-v2-api-key', password: 'canary-v2-password' } : {}),
  };
}

function asText(row: Row): Row {
  const toText = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(toText);
    return typeof value === 'number' ? String(value) : value;
  };
  return mapRow(row, toText);
}

function mapRow(row: Row, map: (value: unknown, key: string) => unknown): Row {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, map(value, key)]));
}

function pick(row: Row, isKept: (key: string) => boolean): Row {
  return Object.fromEntries(Object.entries(row).filter(([key]) => isKept(key)));
}
