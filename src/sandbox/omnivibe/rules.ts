// Reads fields from bodies as the vendor's framework does, and holds values against its rules.
import type { Request } from './access.js';
import { invalid, problem, SERVER_ERROR, type Violation } from './replies.js';
import type { SandboxReply } from '../core/backend-server.js';
import type { OmnivibeState, UserRow } from './state.js';

/** Fields of a body, unchecked. */
export type Fields = Readonly<Record<string, unknown>>;

/** Text fields of a user, as a write brings them. */
export type UserText = Partial<
  Record<'name' | 'email' | 'display_name' | 'message_signature', string | null>
>;

const MAX_STRING = 255;
const MAX_TEXT = 20_000;
const FALSE_WORDS = new Set<unknown>([false, 0, '0', 'f', 'F', 'false', 'FALSE', 'off', 'OFF']);
const AVAILABILITIES = new Set(['online', 'busy', 'offline']);
const ROLES = new Set(['agent', 'administrator']);

/** True for a JSON object. */
export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Top-level fields of a JSON body; none for any other body. */
export function fieldsOf(request: Request): Fields {
  return request.contentType === 'application/json' && isRecord(request.body) ? request.body : {};
}

/** The fields under `wrapper`; a body without it counts as wrapped. Null when there is nothing inside. */
export function unwrap(request: Request, wrapper: string): Fields | null {
  const fields = fieldsOf(request);
  const inner = wrapper in fields ? fields[wrapper] : fields;
  return isRecord(inner) && Object.keys(inner).length > 0 ? inner : null;
}

/** 422 for a body with nothing under its wrapper. */
export function parameterMissing(wrapper: string): SandboxReply {
  return problem(422, `param is missing or the value is empty: ${wrapper}`);
}

/** The named fields that hold a scalar, as text or null; e-mails trimmed and in lower case. */
export function readText<Name extends string>(
  fields: Fields,
  names: readonly Name[],
): Partial<Record<Name, string | null>> {
  const read = names.flatMap((name) => {
    const text = toText(fields[name]);
    if (text === undefined) return [];
    return [[name, name === 'email' && text !== null ? text.trim().toLowerCase() : text]];
  });
  return Object.fromEntries(read) as Partial<Record<Name, string | null>>;
}

/** A boolean as the framework casts it; null for nothing. */
export function readBoolean(value: unknown): boolean | null {
  if (value === undefined || value === null || value === '') return null;
  return !FALSE_WORDS.has(value);
}

/** What is left of a write after the `ignoreWrites` switch. */
export function stored<T extends object>(fields: T, request: Request): Partial<T> {
  const ignored = request.switches.ignoreWrites ?? [];
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !ignored.includes(name))) as Partial<T>;
}

/** Checks a user's fields, `self` being whose they are (null: a new user's); null when they may be stored. */
export function checkUser(
  state: OmnivibeState,
  self: UserRow | null,
  fields: UserText,
  violations: readonly Violation[] = [],
): SandboxReply | null {
  const all = [
    ...checkEmail(state, self, fields.email),
    ...violations,
    ...tooLong(fields, 'name', MAX_STRING),
    ...tooLong(fields, 'display_name', MAX_STRING),
    ...tooLong(fields, 'message_signature', MAX_TEXT),
  ];
  if (all.length > 0) return invalid(all);
  const hasNoName = self === null ? (fields.name ?? null) === null : fields.name === null;
  return hasNoName ? SERVER_ERROR : null;
}

/** Which rules a password breaks. `confirmation` counts only when it was sent. */
export function checkPassword(password: string, confirmation?: unknown): Violation[] {
  const broken = [
    password.length < 6 ? 'is too short (minimum is 6 characters)' : [],
    password.length > 128 ? 'is too long (maximum is 128 characters)' : [],
    /\p{Lu}/u.test(password) ? [] : 'must contain at least 1 uppercase character',
    /\p{Ll}/u.test(password) ? [] : 'must contain at least 1 lowercase character',
    /\d/.test(password) ? [] : 'must contain at least 1 number character',
    /[^\p{L}\d\s]/u.test(password) ? [] : 'must contain at least 1 special character',
  ].flat();
  return [
    ...(confirmation === undefined || confirmation === null || confirmation === password
      ? []
      : [{ attribute: 'password_confirmation', message: "Password confirmation doesn't match Password" }]),
    ...broken.map((rule) => ({ attribute: 'password', message: `Password ${rule}` })),
  ];
}

/** An availability or role that the enumerations do not know raises, and nobody catches that. */
export function checkWords(words: {
  readonly availability?: unknown;
  readonly role?: unknown;
}): SandboxReply | null {
  return isWordOf(AVAILABILITIES, words.availability) && isWordOf(ROLES, words.role) ? null : SERVER_ERROR;
}

function isWordOf(known: ReadonlySet<unknown>, word: unknown): boolean {
  return word === undefined || known.has(word);
}

function checkEmail(state: OmnivibeState, self: UserRow | null, email?: string | null): Violation[] {
  const fault = (message: string) => [{ attribute: 'email', message: `Email ${message}` }];
  if (email === undefined && self !== null) return [];
  if (email === undefined || email === null || email === '') return fault("can't be blank");
  if (email.length > MAX_STRING) return fault(`is too long (maximum is ${MAX_STRING} characters)`);
  if (!/^[^@\s]+@[^@\s]+$/.test(email)) return fault('is invalid');
  const owner = state.userByEmail(email);
  return owner === null || owner === self ? [] : fault('has already been taken');
}

function tooLong(fields: UserText, name: keyof UserText, max: number): Violation[] {
  if (Array.from(fields[name] ?? '').length <= max) return [];
  const label = name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
  return [{ attribute: name, message: `${label} is too long (maximum is ${max} characters)` }];
}

/** Undefined for what is no scalar: the framework leaves such a field out. */
function toText(value: unknown): string | null | undefined {
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
