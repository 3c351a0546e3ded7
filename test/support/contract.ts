import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import type { LedgerEntry } from '../../src/sandbox/core/ledger.js';

export type ContractName = 'mind' | 'omnivibe' | 'v2';

interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header' | 'cookie';
  readonly required?: boolean;
  readonly schema: { readonly type?: string };
}
type Content = Readonly<Record<string, { readonly schema: object }>>;
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** A request or answer as it went over the wire; `route` is the document's path template, e.g. `/profile/{id}`. */
export interface Exchange {
  readonly method: string;
  readonly route: string;
  /** Undecoded query string, without `?`. */
  readonly query?: string;
  readonly contentType?: string;
  readonly requestBody?: unknown;
  readonly status?: number;
  readonly responseBody?: unknown;
}

/** Holds exchanges against a backend's contract document. Both checks answer with what is wrong; none: []. */
export interface Contract {
  readonly operations: readonly { readonly method: string; readonly route: string }[];
  checkRequest(exchange: Exchange): string[];
  checkResponse(exchange: Exchange): string[];
}

export function loadContract(name: ContractName): Contract {
  const document = parse(readFileSync(`src/adapters/${name}/openapi.yaml`, 'utf8')) as Document;
  const ajv = new Ajv2020({ strict: false, allErrors: true, unicodeRegExp: false, logger: false });
  ajv.addSchema(document, name);
  const compiled = new Map<string, ValidateFunction>();

  function check(pointer: string[], value: unknown): string[] {
    const ref = `${name}#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
    const validate = compiled.get(ref) ?? ajv.compile({ $ref: ref });
    compiled.set(ref, validate);
    return validate(value)
      ? []
      : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`.trim());
  }

  function find({ method, route }: Exchange) {
    const operation = document.paths[route]?.[method.toLowerCase()];
    return operation === undefined ? null : { operation, pointer: ['paths', route, method.toLowerCase()] };
  }

  return {
    operations: Object.entries(document.paths).flatMap(([route, methods]) =>
      Object.keys(methods)
        .filter((method) => method !== 'parameters')
        .map((method) => ({ method: method.toUpperCase(), route })),
    ),

    checkRequest(exchange) {
      const found = find(exchange);
      if (found === null) return [`${exchange.method} ${exchange.route} is not in the contract`];
      const { operation, pointer } = found;
      const problems: string[] = [];
      const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
      const sent = new URLSearchParams(exchange.query ?? '');
      for (const key of new Set(sent.keys())) {
        if (!parameters.some(({ name: known }) => known === key))
          problems.push(`query parameter ${key} is not documented`);
      }
      for (const [i, parameter] of (operation.parameters ?? []).entries()) {
        if (parameter.in !== 'query') continue;
        const values = sent.getAll(parameter.name);
        if (values.length === 0) {
          if (parameter.required === true) problems.push(`query parameter ${parameter.name} is missing`);
          continue;
        }
        const value =
          parameter.schema.type === 'array'
            ? values.map((value) => typed(value))
            : typed(values[0] ?? '', parameter.schema.type);
        const at = [...pointer, 'parameters', String(i), 'schema'];
        problems.push(...check(at, value).map((problem) => `query parameter ${parameter.name}: ${problem}`));
      }
      const body = operation.requestBody;
      if (exchange.requestBody === undefined || exchange.requestBody === null) {
        if (body?.required === true) problems.push('the body is missing');
      } else if (body === undefined) {
        problems.push('a body is not documented');
      } else if (body.content[exchange.contentType ?? ''] === undefined) {
        problems.push(`content type ${exchange.contentType ?? 'none'} is not documented`);
      } else {
        const at = [...pointer, 'requestBody', 'content', exchange.contentType ?? '', 'schema'];
        problems.push(...check(at, exchange.requestBody).map((problem) => `body ${problem}`));
      }
      return problems;
    },

    checkResponse(exchange) {
      const found = find(exchange);
      if (found === null) return [`${exchange.method} ${exchange.route} is not in the contract`];
      const status = String(exchange.status);
      const response = found.operation.responses[status];
      if (response === undefined) return [`status ${status} is not documented`];
      if (response.content === undefined) {
        return exchange.responseBody === undefined ? [] : ['a response body is not documented'];
      }
      const at = [...found.pointer, 'responses', status, 'content', 'application/json', 'schema'];
      return check(at, exchange.responseBody).map((problem) => `response ${problem}`);
    },
  };
}

/** A query value as the contract's schema would type it; the wire knows text only. */
function typed(value: string, type?: string): unknown {
  if (type === 'string') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  return /^-?\d+$/.test(value) ? Number(value) : value;
}

const loaded = new Map<ContractName, Contract>();

/** Holds requests as a sandbox's ledger has them against the backend's contract; throws for one that breaks it. */
export function assertContractKept(name: ContractName, entries: readonly LedgerEntry[]): void {
  const contract = loaded.get(name) ?? loadContract(name);
  loaded.set(name, contract);
  for (const { method, path, route, query, headers, body } of entries) {
    const template = (route ?? path).replaceAll(/:(\w+)/g, '{$1}');
    const contentType = headers['content-type']?.split(';')[0] ?? '';
    const problems = contract.checkRequest({
      method,
      route: template,
      query,
      contentType,
      requestBody: body,
    });
    if (problems.length > 0) throw new Error(`${name} ${method} ${path}?${query}: ${problems.join('; ')}`);
  }
}
