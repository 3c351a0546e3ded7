// The endpoints of the Mind sandbox. What no vendor document says is marked in the contract document.
import { randomBytes } from 'node:crypto';
import type { components } from '../../adapters/mind/wire.generated.js';
import type { Route, SandboxReply, SandboxRequest } from '../core/backend-server.js';
import { shapeRows } from '../core/switches.js';
import { callerOf, may, mayFor, type Caller } from './access.js';
import { applyPatch, CREATE_RULES, isRecord, readPatch, ROUTING_RULES, UPDATE_RULES } from './patch.js';
import { BadParameter, findRows, flag, integers, readSearch } from './search.js';
import { oddKeys, showProfile, showRouting, showSettings } from './show.js';
import type { MindRow, MindState } from './state.js';
import type { MindSwitches } from './switches.js';

type Schemas = components['schemas'];
type Request = SandboxRequest<MindSwitches>;
type Handler = (request: Request, caller: Caller) => SandboxReply;
type RowHandler = (row: MindRow, request: Request, caller: Caller) => SandboxReply;

const SUPERSET_ROLES = ['Gamma', 'Alpha', 'Admin'];

/** The route table over a state. */
export function mindRoutes(state: MindState): readonly Route<MindSwitches>[] {
  const { rows } = state;

  function route(method: string, path: string, handle: Handler): Route<MindSwitches> {
    return {
      method,
      path,
      handle(request) {
        const caller = callerOf(request.headers, state);
        if (caller === null)
          return failure(401, 'Please sign in.', 'no valid bearer token or connect.sid cookie');
        try {
          return handle(request, caller);
        } catch (error) {
          if (error instanceof BadParameter) return invalid(error.message);
          throw error;
        }
      },
    };
  }

  /** Takes the row that `:id` names, after asking whether the caller may touch it. */
  function ofRow(mayTouch: (caller: Caller, id: number) => boolean, handle: RowHandler): Handler {
    return (request, caller) => {
      const { id = '' } = request.params;
      if (!/^\d+$/.test(id)) return notFound();
      if (!mayTouch(caller, Number(id))) return FORBIDDEN;
      const row = rows.get(Number(id));
      return row === undefined ? notFound() : handle(row, request, caller);
    };
  }

  const getCaller: Handler = (request, { id, permissions }) => {
    const row = rows.get(id);
    return ok({
      id,
      settings: row === undefined ? null : showSettings(row, request.switches),
      permissions,
      openTickets: [{ id: 7000 + id, channel: 'email', blinking: false, subject: 'Meter reading for March' }],
      sideConversations: [{ id: 9000 + id, type: 'group', groupId: 1, userId: null }],
      unreadNotifications: 2,
      ...oddKeys(id, request.switches),
    } satisfies Schemas['Caller']);
  };

  const createProfile: Handler = (request, caller) => {
    if (!may(caller, 'updateSpecificProfile')) return FORBIDDEN;
    const body = readPatch(jsonOf(request), CREATE_RULES);
    if ('problem' in body) return invalid(body.problem);
    const { firstName, lastName, email } = body.patch;
    if (!firstName || !lastName || !email) return invalid('firstName, lastName and email are required');
    const row = state.add({ firstName, lastName, email });
    applyPatch(row, body.patch, { ...request.switches, settingsPatch: 'merge' });
    return ok({ id: row.id, success: true } satisfies Schemas['Created']);
  };

  const getProfile = ofRow(anybody, (row, { query, switches }, caller) => {
    const detail = {
      isPrivateShown: mayFor(caller, row.id, 'readAnyUserProfile'),
      isRawDataShown: flag(query, 'includeRawData'),
      teamIds: flag(query, 'forceInheritance') ? (integers(query, 'teamIds[]') ?? undefined) : undefined,
    };
    return ok(showProfile(row, detail, switches));
  });

  const updateProfile = ofRow(writer, (row, request) => {
    const body = readPatch(jsonOf(request), UPDATE_RULES);
    if ('problem' in body) return invalid(body.problem);
    applyPatch(row, body.patch, request.switches);
    return ok(SUCCESS);
  });

  const getRoutingStatus = ofRow(reader, (row, { switches }) => ok(showRouting(row, switches)));

  const updateRoutingStatus = ofRow(writer, (row, request) => {
    const body = readPatch(jsonOf(request), ROUTING_RULES);
    if ('problem' in body) return invalid(body.problem);
    applyPatch(row, body.patch, request.switches);
    return ok(SUCCESS);
  });

  const searchProfiles: Handler = ({ query, switches }, caller) => {
    const search = readSearch(query);
    if (
      search.lastSeen !== null &&
      !may(caller, 'readUserLastSeenDate') &&
      !may(caller, 'readAnyUserProfile')
    )
      return FORBIDDEN;
    const userIds = switches.withoutUserIds === true ? null : search.userIds;
    const limit = Math.min(search.limit, switches.listLimitCap ?? Infinity);
    const found = findRows(rows.values(), { ...search, userIds }).slice(search.offset, search.offset + limit);
    const profiles = shapeRows(found, [...rows.values()], switches.rows).map((row) =>
      showProfile(
        row,
        { isPrivateShown: mayFor(caller, row.id, 'readAnyUserProfile'), isShort: search.isShort },
        switches,
      ),
    );
    return switches.listShape === 'array'
      ? ok(profiles)
      : ok({ success: true, profiles } satisfies Schemas['ProfileList']);
  };

  const updateProfiles: Handler = (request, caller) => {
    if (!may(caller, 'updateSpecificProfile')) return BULK_FORBIDDEN;
    const body = jsonOf(request);
    const items: unknown = isRecord(body) ? body['profiles'] : null;
    if (!Array.isArray(items)) return bulkInvalid('profiles array is required');
    const touchesVendor = items.some((item) => rowOf(item)?.type === 'enneo');
    if (touchesVendor && !may(caller, 'enneoAdmin')) return BULK_FORBIDDEN;
    const results = items.map((item) => updateItem(item, request.switches));
    const foreign = [...rows.keys()]
      .filter((id) => results.every((result) => result.id !== id))
      .map((id) => ({ id, success: true }));
    return ok({
      results: shapeRows(results, foreign, request.switches.rows),
    } satisfies Schemas['BulkResults']);
  };

  function updateItem(item: unknown, switches: Request['switches']): Schemas['BulkResult'] {
    const id = isRecord(item) ? item['id'] : undefined;
    if (typeof id !== 'number' || !Number.isInteger(id)) return { success: false, message: 'id is required' };
    const row = rowOf(item);
    if (row === undefined) return { id, success: false, message: 'profile not found' };
    const body = readPatch(item, UPDATE_RULES);
    if ('problem' in body) return { id, success: false, message: body.problem };
    applyPatch(row, body.patch, switches);
    return { id, success: true };
  }

  function rowOf(item: unknown): MindRow | undefined {
    return isRecord(item) ? rows.get(Number(item['id'])) : undefined;
  }

  return [
    route('GET', '/profile', getCaller),
    route('POST', '/profile', createProfile),
    route('GET', '/profile/:id', getProfile),
    route('PATCH', '/profile/:id', updateProfile),
    route('GET', '/profile/:id/routingStatus', getRoutingStatus),
    route('PATCH', '/profile/:id/routingStatus', updateRoutingStatus),
    route(
      'GET',
      '/profile/:id/supersetRoles',
      ofRow(anybody, () =>
        ok({ success: true, supersetRoles: SUPERSET_ROLES } satisfies Schemas['SupersetRoles']),
      ),
    ),
    route('GET', '/profiles', searchProfiles),
    route('PATCH', '/profiles', updateProfiles),
  ];
}

const anybody = () => true;
const reader = (caller: Caller, id: number) => mayFor(caller, id, 'readAnyUserProfile');
const writer = (caller: Caller, id: number) => mayFor(caller, id, 'updateSpecificProfile');

const SUCCESS: Schemas['Success'] = { success: true };
const FORBIDDEN: SandboxReply = { status: 403 };
const BULK_FORBIDDEN: SandboxReply = {
  status: 403,
  json: { success: false } satisfies Schemas['Success'],
};

/** The answer for a user or a path that does not exist. */
export function notFound(): SandboxReply {
  return failure(404, 'Not found.', 'no such profile or path');
}

function invalid(details: string): SandboxReply {
  return failure(400, 'The request could not be processed.', details);
}

function bulkInvalid(message: string): SandboxReply {
  return { status: 400, json: { results: [{ success: false, message }] } satisfies Schemas['BulkResults'] };
}

function failure(status: number, error: string, details: string): SandboxReply {
  const txId = randomBytes(5).toString('hex');
  return { status, json: { error, details, txId } satisfies Schemas['Error'] };
}

function ok(json: unknown): SandboxReply {
  return { status: 200, json };
}

/** The JSON body, or null for a body that is none, which no rule accepts. */
function jsonOf(request: Request): unknown {
  return request.contentType === 'application/json' ? request.body : null;
}
