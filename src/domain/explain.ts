// Where a field's value comes from: whose is shown, what the others say, and who takes a new one. And version tokens over it.
import { createHmac } from 'node:crypto';
import { GatewayError } from '../errors.js';
import { decideAccess, isWritable, type AccessQuestion, type BackendAccess } from './access.js';
import { tokenProblem } from './callers-token.js';
import { after, type Eventual } from './eventual.js';
import {
  BACKEND_OF_PART,
  FIELD_PATHS,
  OWNERSHIP,
  ownSource,
  type FieldPath,
  type Ownership,
  type Source,
} from './ownership.js';
import type { Person } from './person.js';
import { stableJson } from './same-value.js';
import { BACKENDS, OMNIVIBE_DEPTHS, type Backend, type JsonValue, type OmnivibeDepth } from './profile.js';

/** What one backend says. */
export interface SourcedValue {
  readonly backend: Backend;
  readonly value: JsonValue;
}

/** The account of one field; each part is found out when it is asked for. */
export interface FieldExplanation {
  readonly field: FieldPath;
  /** Whose value is shown; null when none has one. */
  chosen(): Promise<Backend | null>;
  values(): Promise<readonly SourcedValue[]>;
  /** Whether linked backends hold values that differ once spelling is set aside. */
  conflicting(): Promise<boolean>;
  access(): Promise<readonly BackendAccess[]>;
}

/** Checks field paths. Throws BAD_USER_INPUT naming those that are not known. */
export function expectFieldPaths(fields: readonly string[]): readonly FieldPath[] {
  if (fields.length === 0) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      'Argument "fields" must name at least one field, or be left out.',
    );
  }
  const unknown = fields.filter((field) => !Object.hasOwn(OWNERSHIP, field));
  if (unknown.length === 0) return [...new Set(fields as readonly FieldPath[])];
  const named = unknown.filter((field) => /^[\w.]{1,60}$/.test(field)).join(', ');
  const message = `Argument "fields" takes dotted paths such as "phone" or "settings.desk.maxChats"; not known: ${named || 'what was given'}.`;
  throw new GatewayError('BAD_USER_INPUT', message);
}

/** How much of an omnivibe account these fields need. */
export function depthOfFields(fields: readonly FieldPath[]): OmnivibeDepth {
  const needed = fields.flatMap((field) => OWNERSHIP[field].read.map(({ omnivibeDepth }) => omnivibeDepth));
  const deepest = OMNIVIBE_DEPTHS.findLast((depth) => needed.includes(depth)) ?? 'listed';
  // Only the agent list and the person's own token show it, and the list does not show what a profile does.
  return deepest === 'profile' && fields.includes('settings.inbox.autoOffline') ? 'presence' : deepest;
}

export function explainField(person: Person, field: FieldPath): FieldExplanation {
  const { read }: Ownership<unknown> = OWNERSHIP[field];
  return {
    field,

    async chosen() {
      for (const source of read) {
        if ((await person.read(source)) !== null) return BACKEND_OF_PART[source.part];
      }
      return null;
    },

    async values() {
      const values = await readEach(person, read);
      return values.map(({ backend, value }) => ({ backend, value: value as JsonValue }));
    },

    async conflicting() {
      if (new Set(read.filter(({ isStandIn }) => !isStandIn).map(({ part }) => part)).size < 2) return false;
      const told = (await normalizedValues(person, field)).filter(({ value }) => value !== null);
      return new Set(told.map(({ value }) => stableJson(value))).size > 1;
    },

    access: () => Promise.all(BACKENDS.map(async (backend) => accessTo(person, field, backend))),
  };
}

/** What the caller may do with a person's field at a backend. */
export function accessTo(person: Person, field: FieldPath, backend: Backend): Eventual<BackendAccess> {
  const writer = OWNERSHIP[field].write[backend] ?? null;
  const isSelfOnly = backend === 'omnivibe' && person.context.readers.omnivibe?.needsOwnToken(field) === true;
  return accessBy(person, backend, {
    isShown: ownSource(field, backend) !== null,
    writer: writer === null || !isSelfOnly ? writer : { ...writer, isSelfOnly },
  });
}

/** As `accessTo`, for what is shown and taken in this way. */
export function accessBy(
  person: Person,
  backend: Backend,
  { isShown, writer }: Pick<AccessQuestion, 'isShown' | 'writer'>,
): Eventual<BackendAccess> {
  const { readers, caller } = person.context;
  return after(caller.isTrusted ? null : person.mindId(), (personsMindId) => {
    const reader = readers[backend];
    const question = {
      backend,
      isTakingPart: reader !== null,
      isShown,
      writer,
      caller,
      credential: reader?.credential ?? 'gateway',
      personsMindId,
      isOwnTokenHeld: false,
    };
    return after(withOwnToken(person, question), (access) => {
      if (!isWritable(access)) return access;
      return after(tokenProblem(person.context), (problem) =>
        problem === null
          ? access
          : { backend, access: isShown ? 'READ_ONLY' : 'DENIED', message: problem.message },
      );
    });
  });
}

/** The decision, with the person's own token if that is at hand; which is looked up only where it makes a difference. */
function withOwnToken(person: Person, question: AccessQuestion): Eventual<BackendAccess> {
  const without = decideAccess(question);
  if (isWritable(without)) return without;
  const withToken = decideAccess({ ...question, isOwnTokenHeld: true });
  if (withToken.access === without.access) return without;
  return after(person.holdsOwnToken(question.backend), (isHeld) => (isHeld ? withToken : without));
}

/** What each linked backend says, each by the first of its sources that has a value. */
async function readEach(person: Person, all: readonly Source<unknown>[]) {
  const sources = all.filter(({ isStandIn }) => !isStandIn);
  const backends = [...new Set(sources.map(({ part }) => BACKEND_OF_PART[part]))];
  const values = await Promise.all(
    backends.map(async (backend) => {
      if ((await person.ref(backend)) === null) return [];
      for (const source of sources.filter(({ part }) => BACKEND_OF_PART[part] === backend)) {
        const value = await person.read(source);
        if (value !== null) return [{ backend, value }];
      }
      return [{ backend, value: null }];
    }),
  );
  return values.flat();
}

/**
 * An opaque token over the values of fields, for `ifVersion`: equal while no backend's value changes. It carries the
 * positions of its fields and a keyed hash, so that nothing can be told or guessed from it.
 */
export async function versionOf(person: Person, fields: readonly FieldPath[], key: Buffer): Promise<string> {
  const ordered = FIELD_PATHS.filter((field) => fields.includes(field));
  const anchor = await person.anchor();
  const values = await Promise.all(ordered.map((field) => normalizedValues(person, field)));
  const hash = createHmac('sha256', key)
    .update(stableJson([anchor, ordered, values]))
    .digest('base64url');
  const list = ordered.map((field) => FIELD_PATHS.indexOf(field).toString(36)).join('.');
  return `${Buffer.from(list).toString('base64url')}.${hash}`;
}

/** The fields that a version covers; null for a text that is none. */
export function fieldsOfVersion(version: string): readonly FieldPath[] | null {
  const [, list = ''] = /^([\w-]+)\.[\w-]{43}$/.exec(version) ?? [];
  const fields = Buffer.from(list, 'base64url')
    .toString()
    .split('.')
    .map((position) => (/^[0-9a-z]{1,2}$/.test(position) ? FIELD_PATHS[parseInt(position, 36)] : undefined));
  const known = fields.filter((field) => field !== undefined);
  return known.length === fields.length ? known : null;
}

/** What each linked backend says, in the form in which it is compared. */
async function normalizedValues(
  person: Person,
  field: FieldPath,
): Promise<{ backend: Backend; value: unknown }[]> {
  const { read, normalize }: Ownership<unknown> = OWNERSHIP[field];
  const values = await readEach(person, read);
  if (normalize === undefined) return values;
  return values.map(({ backend, value }) => ({
    backend,
    value: typeof value === 'string' ? normalize(value) : value,
  }));
}

/** The fields that are read and can be written: what a version covers unless it is told otherwise. */
export const VERSIONED_FIELDS: readonly FieldPath[] = FIELD_PATHS.filter(
  (field) => OWNERSHIP[field].read.length > 0 && Object.keys(OWNERSHIP[field].write).length > 0,
);
