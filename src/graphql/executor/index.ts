// graphql-js's `execute` by other means: an operation is planned once and run many times.
import {
  getOperationAST,
  GraphQLError,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type TypeNode,
} from 'graphql';
import { coerceVariables } from './coerce-variables.js';
import { planOperation } from './plan.js';
import { runSelection, type Selection } from './run.js';

/** Of one operation. */
interface Plans {
  readonly schema: GraphQLSchema;
  readonly byConditions: Map<string, Selection>;
}

/** As long as their documents are kept. */
let plansOf = new WeakMap<OperationDefinitionNode, Plans>();
let fields = 0;

/**
 * Of all plans together, at up to 800 bytes each, since an operation has as many plans as ways to skip and to include. Beyond, all are
 * forgotten: to plan an operation takes less time than to parse it.
 */
const MAX_FIELDS = 30_000;

/** What a plan takes without any fields, in theirs: one that skips everything is one all the same. */
const FIELDS_OF_A_PLAN = 6;
/** How values stand in a plan's key; any other is one that was left out. */
const SIGNS = new Map<unknown, string>([
  [true, '1'],
  [false, '0'],
  [null, 'n'],
]);

/** Of what graphql-js's `execute` takes. */
export type Args = Pick<
  ExecutionArgs,
  'schema' | 'document' | 'operationName' | 'variableValues' | 'rootValue' | 'contextValue' | 'options'
>;

/** Takes a document that is valid, and answers as graphql-js does; docs/decisions/0012 tells where it does not. */
export function execute(args: Args): ExecutionResult | Promise<ExecutionResult> {
  const { schema, document, operationName, rootValue, contextValue, options } = args;
  const operation = getOperationAST(document, operationName);
  if (operation == null) return { errors: [noOperation(document, operationName)] };
  const maxErrors = options?.maxCoercionErrors ?? 50;
  const variables = coerceVariables(schema, operation, args.variableValues ?? {}, { maxErrors });
  if (variables.errors !== undefined) return { errors: variables.errors };
  const variableValues = variables.coerced;
  try {
    const selection = planOf(schema, document, operation, variableValues);
    const isSerial = operation.operation === OperationTypeNode.MUTATION;
    return runSelection(selection, isSerial, { rootValue, contextValue, variableValues });
  } catch (error) {
    return { errors: [error as GraphQLError], data: null };
  }
}

function noOperation({ definitions }: DocumentNode, name: string | null | undefined): GraphQLError {
  if (name != null) return new GraphQLError(`Unknown operation named "${name}".`);
  const isAny = definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return new GraphQLError(
    isAny
      ? 'Must provide operation name if query contains multiple operations.'
      : 'Must provide an operation.',
  );
}

function planOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variableValues: Record<string, unknown>,
): Selection {
  if (fields > MAX_FIELDS) {
    plansOf = new WeakMap();
    fields = 0;
  }
  let plans = plansOf.get(operation);
  if (plans?.schema !== schema) {
    plans = { schema, byConditions: new Map() };
    plansOf.set(operation, plans);
  }
  const conditions = conditionsOf(operation, variableValues);
  // By their order: the names are the operation's, and may be long.
  const key = namesOfConditions(operation)
    .map((name) => SIGNS.get(conditions[name]) ?? '-')
    .join('');
  let selection = plans.byConditions.get(key);
  if (selection === undefined) {
    onGrowth(FIELDS_OF_A_PLAN + key.length / 100);
    selection = planOperation({ schema, document, operation, conditions, onGrowth });
    plans.byConditions.set(key, selection);
  }
  return selection;
}

function onGrowth(by: number): void {
  fields += by;
}

/** The values that `@skip` and `@include` may ask for. */
function conditionsOf(
  operation: OperationDefinitionNode,
  variableValues: Record<string, unknown>,
): Record<string, unknown> {
  const given = namesOfConditions(operation).filter((name) => Object.hasOwn(variableValues, name));
  return Object.fromEntries(given.map((name) => [name, variableValues[name]]));
}

/** In a valid document, those of the Boolean variables. */
function namesOfConditions({ variableDefinitions = [] }: OperationDefinitionNode): readonly string[] {
  return variableDefinitions.filter(({ type }) => isBoolean(type)).map(({ variable }) => variable.name.value);
}

function isBoolean(type: TypeNode): boolean {
  const named = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
  return named.kind === Kind.NAMED_TYPE && named.name.value === 'Boolean';
}
