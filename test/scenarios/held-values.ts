// What the backends hold of a person, read and changed past the gateway through their own APIs.
import { FIELD_PATHS, OWNERSHIP, type FieldPath, type Ownership } from '../../src/domain/ownership.js';
import { BACKENDS, type Backend, type JsonObject, type JsonValue } from '../../src/domain/profile.js';
import type { TestGateway } from '../support/gateway.js';
import { nested, valueAt } from './patching.js';

/** A person's accounts. */
export type Ids = Readonly<Partial<Record<Backend, number>>>;

/** What the backends hold of a person, asked of themselves. */
export type State = Readonly<Partial<Record<Backend, JsonObject>>>;
export async function stateOf(at: TestGateway, { mind, omnivibe, v2 }: Ids): Promise<State> {
  const get = async (url: string, headers: Record<string, string>) =>
    (await (await fetch(url, { headers })).json()) as JsonObject;
  const bearer = { authorization: `Bearer ${at.mind.serviceToken}` };
  const apiKey = { apiKey: at.v2.apiKey };
  const own = { api_access_token: at.omnivibe.tokenFor(omnivibe ?? 0) };
  const state: Partial<Record<Backend, JsonObject>> = {};
  if (mind !== undefined)
    state.mind = await get(`${at.mind.url}/profile/${mind}?includeRawData=true`, bearer);
  if (omnivibe !== undefined) state.omnivibe = await get(`${at.omnivibe.url}/api/v1/profile`, own);
  if (v2 !== undefined) {
    const { items } = await get(`${at.v2.url}/api/v2/user?itemLimit=999`, apiKey);
    const { item } = await get(`${at.v2.url}/api/v2/user/settings?userID=${v2}`, apiKey);
    state.v2 = { ...(items as JsonObject[]).find(({ id }) => id === v2), settings: item ?? {} };
  }
  return state;
}

/** What a backend calls a field that it takes. */
export const nameOf = (backend: Backend, field: FieldPath) => {
  const { write }: Ownership<unknown> = OWNERSHIP[field];
  return write[backend]?.as;
};

/** A field as a backend holds it, in the backend's own words. */
export function raw(state: State, backend: Backend, field: FieldPath): JsonValue {
  const as = nameOf(backend, field) ?? '';
  const held = state[backend] ?? {};
  const membership = () => (held['accounts'] as JsonObject[]).find(({ id }) => id === held['account_id']);
  const places: Readonly<Record<string, () => unknown>> = {
    callRoutingStatus: () => valueAt(held, `settings.${as}`),
    chatRoutingStatus: () => valueAt(held, `settings.${as}`),
    telephone: () => held['telephone_number'],
    phone_number: () => valueAt(held, 'custom_attributes.phone_number'),
    availability: () => membership()?.[as],
    auto_offline: () => membership()?.[as],
  };
  const found = (places[as] ?? (() => valueAt(held, as.replace(/^PUT /, 'settings.'))))();
  return (found ?? null) as JsonValue;
}

/** Whether a backend has the numbers 0 and 1 for it. */
const isFlag = (backend: Backend, field: FieldPath) =>
  field === 'mind.ssoOnly' ||
  (backend === 'v2' && field.startsWith('settings.desk.') && field !== 'settings.desk.maxChats');

const AVAILABILITY: Readonly<Record<string, string>> = {
  online: 'AVAILABLE',
  busy: 'BUSY',
  offline: 'OFFLINE',
};

/** A field as a backend holds it, in the gateway's words. */
export function held(state: State, backend: Backend, field: FieldPath): JsonValue {
  const value = raw(state, backend, field);
  if (typeof value === 'string') {
    if (field.startsWith('routing.')) return value.replaceAll(/[A-Z]/g, '_$&').toUpperCase();
    if (field === 'settings.work.status') return value.toUpperCase();
    if (field === 'settings.inbox.availability') return AVAILABILITY[value] ?? null;
  }
  if (isFlag(backend, field)) return value === 1;
  // Where no display name was chosen, omnivibe shows the name.
  if (backend === 'omnivibe' && field === 'displayName') return value ?? raw(state, backend, 'firstName');
  return value === '' ? null : value;
}

/** All that a write could change, by backend and wire name, and what it must not. */
export function everythingIn(state: State): ReadonlyMap<string, string> {
  const fields = BACKENDS.flatMap((backend) =>
    state[backend] === undefined
      ? []
      : FIELD_PATHS.filter((field) => nameOf(backend, field) !== undefined && field !== 'avatar').map(
          (field) =>
            [
              `${backend}:${nameOf(backend, field) ?? ''}`,
              JSON.stringify(raw(state, backend, field)),
            ] as const,
        ),
  );
  const roles = ((state.omnivibe?.['accounts'] ?? []) as JsonObject[]).map(
    (account) => account['custom_role_id'],
  );
  return new Map([...fields, ['omnivibe:custom_role_id', JSON.stringify(roles)]]);
}

const TEXTS: Readonly<Partial<Record<FieldPath, readonly [string, string]>>> = {
  'routing.call': ['acw', 'idle'],
  'routing.chat': ['acw', 'idle'],
  'settings.work.status': ['available', 'busy'],
  'settings.inbox.availability': ['online', 'busy'],
  phone: ['+4912', '+4913'],
  'v2.dateFormat': ['en_US', 'it_IT'],
  language: ['it', 'es'],
  email: ['otto@example.com', 'uta@example.com'],
};

/** A value that the backend does not hold yet, in its own words. */
function another(current: JsonValue, backend: Backend, field: FieldPath): JsonValue {
  if (typeof current === 'boolean') return !current;
  if (typeof current === 'number') return isFlag(backend, field) ? 1 - current : current + 1;
  if (Array.isArray(current)) {
    const items = [...(current as readonly JsonValue[]), typeof current[0] === 'string' ? 'fax' : 99];
    return backend === 'v2' ? JSON.stringify(items) : items;
  }
  if (typeof current === 'object' && current !== null) return { ...(current as JsonObject), isNew: true };
  const [one, two] = TEXTS[field] ?? ['Otto', 'Uta'];
  return current === one ? two : one;
}

/** Changes one field at one backend past the gateway. */
export async function changeBehind(
  at: TestGateway,
  person: Ids,
  backend: Backend,
  field: FieldPath,
): Promise<void> {
  const state = await stateOf(at, person);
  const value = another(raw(state, backend, field), backend, field);
  const as = nameOf(backend, field) ?? '';
  const id = person[backend] ?? 0;
  const profile = (more: object) => ({
    profile: { account_id: valueAt(state, 'omnivibe.account_id'), ...more },
  });
  const own = at.omnivibe.tokenFor(person.omnivibe ?? 0);
  switch (backend) {
    case 'mind': {
      const [settings = '', key = '', inner] = as.split('.');
      const rest = inner === undefined ? {} : (valueAt(state.mind, `${settings}.${key}`) as JsonObject);
      const body =
        inner === undefined ? nested([[as, value]]) : { settings: { [key]: { ...rest, [inner]: value } } };
      return at.write('mind', `PATCH /profile/${id}`, body);
    }
    case 'v2': {
      const setting = /^PUT (.*)$/.exec(as)?.[1];
      if (setting === undefined) return at.write('v2', `PUT /api/v2/user/${id}`, { [as]: value });
      const body = { userID: id, [setting === 'maxChats' ? setting : 'state']: value };
      return at.write('v2', `PUT /api/v2/user/${setting}`, body);
    }
    case 'omnivibe':
      if (as === 'availability' || as === 'auto_offline')
        return at.write('omnivibe', `POST /api/v1/profile/${as}`, profile({ [as]: value }), own);
      if (as === 'message_signature' || as === 'ui_settings')
        return at.write('omnivibe', 'PUT /api/v1/profile', { profile: { [as]: value } }, own);
      return at.write(
        'omnivibe',
        `PATCH /platform/api/v1/users/${id}`,
        as === 'phone_number' ? { custom_attributes: { [as]: value } } : { [as]: value },
      );
  }
}
