// GET /profiles: reading its parameters, and which rows fit them.
import { effectiveSettings, type MindRow } from './state.js';
import { formatDate } from './show.js';

const TYPE_SHOWN_BY = { users: 'user', enneo: 'enneo', serviceWorkers: 'serviceWorker', all: null } as const;
const ONLINE_MS = 10 * 60_000;

/** A parameter holds what it cannot; the message names it. */
export class BadParameter extends Error {}

/** The filters of GET /profiles; null: not given. */
interface Search {
  readonly q: string;
  readonly userIds: readonly number[] | null;
  /** Wire types shown; null: every one. */
  readonly types: readonly string[] | null;
  readonly isShort: boolean;
  readonly limit: number;
  readonly offset: number;
  readonly teamIds: readonly number[] | 'unassigned' | null;
  /** Wire date, or `online`. */
  readonly lastSeen: string | null;
}

/** Reads the parameters; throws BadParameter. */
export function readSearch(query: URLSearchParams): Search {
  return {
    q: query.get('q') ?? '',
    userIds: integers(query, 'userIds[]'),
    types: shownTypes([...query.getAll('show[]'), ...query.getAll('show')]),
    isShort: oneOf(query, 'format', ['full', 'short']) === 'short',
    limit: integer(query, 'limit', 1) ?? 100,
    offset: integer(query, 'offset', 0) ?? 0,
    teamIds: oneOf(query, 'teamIds', ['unassigned']) ?? integers(query, 'teamIds[]'),
    lastSeen: lastSeen(query),
  };
}

/** The rows that every filter lets through, by id. Offset and limit are not applied. */
export function findRows(rows: Iterable<MindRow>, search: Search): MindRow[] {
  const part = search.q.toLowerCase();
  const isSeen = seenFilter(search.lastSeen);
  return [...rows]
    .filter((row) => search.types?.includes(row.type) ?? true)
    .filter((row) => search.userIds?.includes(row.id) ?? true)
    .filter((row) => [row.firstName, row.lastName, row.email].some((v) => v.toLowerCase().includes(part)))
    .filter((row) => isInTeams(row, search.teamIds))
    .filter(isSeen)
    .sort((a, b) => a.id - b.id);
}

function isInTeams(row: MindRow, teamIds: Search['teamIds']): boolean {
  const { actualTeamIds } = effectiveSettings(row.settings ?? {});
  if (teamIds === 'unassigned') return actualTeamIds.length === 0;
  return teamIds === null || actualTeamIds.some((id) => teamIds.includes(id));
}

function seenFilter(since: string | null): (row: MindRow) => boolean {
  if (since === null) return () => true;
  const from = since === 'online' ? formatDate(Date.now() - ONLINE_MS) : since;
  return ({ lastSeenAt }) => lastSeenAt !== null && formatDate(lastSeenAt) >= from;
}

function lastSeen(query: URLSearchParams): string | null {
  const value = query.get('lastSeen');
  if (value === null || /^(online|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)$/.test(value)) return value;
  throw new BadParameter('lastSeen must be online or YYYY-MM-DD HH:MM:SS');
}

function shownTypes(words: readonly string[]): string[] | null {
  const types = (words.length === 0 ? ['users'] : words).map((word) => {
    if (!isKind(word)) throw new BadParameter(`show must be one of ${Object.keys(TYPE_SHOWN_BY).join(', ')}`);
    return TYPE_SHOWN_BY[word];
  });
  const named = types.filter((type) => type !== null);
  return named.length === types.length ? named : null;
}

function isKind(word: string): word is keyof typeof TYPE_SHOWN_BY {
  return Object.hasOwn(TYPE_SHOWN_BY, word);
}

/** All values of an array parameter as integers; null: not given. Throws BadParameter. */
export function integers(query: URLSearchParams, name: string): number[] | null {
  const values = query.getAll(name);
  if (values.some((value) => !/^\d+$/.test(value))) throw new BadParameter(`${name} must hold integers`);
  return values.length === 0 ? null : values.map(Number);
}

/** A `true` or `false` parameter; false when not given. Throws BadParameter. */
export function flag(query: URLSearchParams, name: string): boolean {
  return oneOf(query, name, ['true', 'false']) === 'true';
}

function integer(query: URLSearchParams, name: string, minimum: number): number | null {
  const value = query.get(name);
  if (value === null) return null;
  if (!/^\d+$/.test(value) || Number(value) < minimum)
    throw new BadParameter(`${name} must be an integer from ${minimum}`);
  return Number(value);
}

function oneOf<const Word extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly Word[],
): Word | null {
  const value = query.get(name);
  if (value === null) return null;
  const known = words.find((word) => word === value);
  if (known === undefined) throw new BadParameter(`${name} must be ${words.join(' or ')}`);
  return known;
}
