// One endpoint of the user controller: reads what was sent as the vendor documents it, then hands over checked values.
import type { Route, SandboxReply } from '../core/backend-server.js';
import { refused } from './answers.js';
import { readFields, type Field, type Values } from './fields.js';
import type { V2Account, V2State } from './state.js';
import type { V2Request, V2Switches } from './switches.js';

const BODY_TYPES: Readonly<Record<string, string>> = {
  POST: 'multipart/form-data',
  PUT: 'application/x-www-form-urlencoded',
  DELETE: 'application/x-www-form-urlencoded',
};

/** A route under `/api/v2/user`. `fields` names what its path, query (GET) or form holds; anything else is ignored. */
export function endpoint<F extends Readonly<Record<string, Field<unknown>>>>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  fields: F,
  handle: (values: Values<F>, request: V2Request) => SandboxReply,
): Route<V2Switches> {
  const bodyType = BODY_TYPES[method];
  return {
    method,
    path: `/api/v2/user${path}`,
    handle(request) {
      if (bodyType !== undefined && (request.contentType !== bodyType || request.isBodyMalformed)) {
        return refused(`Send the parameters as ${bodyType}.`);
      }
      const sent = bodyType === undefined ? fromQuery(request) : fromForm(request);
      const read = readFields(fields, (name) => request.params[name] ?? sent(name));
      return 'refused' in read
        ? refused(`The parameter ${read.refused} is missing or not valid.`)
        : handle(read.values, request);
    },
  };
}

/** Hands over the account with this id, or refuses. */
export function withAccount(
  state: V2State,
  id: number,
  handle: (account: V2Account) => SandboxReply,
): SandboxReply {
  const account = state.accounts.get(id);
  return account === undefined ? refused('There is no such user.') : handle(account);
}

/** Whether a switch says that a field under one of these names is taken and not stored. */
export function isIgnored(request: V2Request, ...names: readonly string[]): boolean {
  return names.some((name) => request.switches.ignoreWrites?.includes(name));
}

/** Stores the values that were sent. `sentAs` tells the names of those fields that a request calls otherwise. */
export function store<T extends object>(
  request: V2Request,
  row: T,
  values: { readonly [Key in keyof T]?: T[Key] | undefined },
  sentAs: { readonly [Key in keyof T]?: string } = {},
): void {
  const kept = Object.entries(values).filter(
    ([key, value]) => value !== undefined && !isIgnored(request, key, sentAs[key as keyof T] ?? key),
  );
  Object.assign(row, Object.fromEntries(kept));
}

function fromQuery({ query }: V2Request) {
  return (name: string) => query.get(name) ?? undefined;
}

function fromForm({ body }: V2Request) {
  const form = new Map(Object.entries((body ?? {}) as Readonly<Record<string, string>>));
  return (name: string) => form.get(name);
}
