// How large an operation may be, counted on the document as it would run: with every fragment in the place where it is spread.
import {
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { REQUEST_ERROR_CODES } from '../errors.js';

/** Bounds the work of reading a document, before there is anything to count. */
export const PARSE_LIMITS = { maxLexicalTokens: 2_000, maxComments: 2_000 };

// The deepest field of the schema stands at level 8, and no type leads back to itself.
const MAX_DEPTH = 10;
const MAX_ALIASES = 30;
const MAX_ROOT_FIELDS = 20;
const MAX_ROOT_FIELDS_OF_MUTATION = 5;
const MAX_DIRECTIVES = 50;
const MAX_SELECTIONS = 1_000;
const MAX_FRAGMENTS = 50;

/** A mutation that changes up to 1,000 people by itself. */
const BULK_FIELD = 'bulkUpdateProfiles';
/** How the schema describes itself is deep, and costs no backend anything. */
const INTROSPECTION_FIELDS = ['__schema', '__type'];

export interface Excess {
  readonly code: keyof typeof REQUEST_ERROR_CODES;
  readonly message: string;
}

/** What a part of an operation comes to, its fragments included. */
interface Extent {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly selections: number;
  /** Fields of the part's own level, and how many of them are bulks. */
  readonly fields: number;
  readonly bulks: number;
}

const NOTHING: Extent = { depth: 0, aliases: 0, directives: 0, selections: 0, fields: 0, bulks: 0 };

/** The first limit that a document exceeds, in any of its operations; null when it exceeds none. */
export function findExcess(document: DocumentNode): Excess | null {
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).length;
  if (fragments > MAX_FRAGMENTS) {
    return excess('MAX_FRAGMENTS_LIMIT', 'fragments', fragments, MAX_FRAGMENTS, 'The document');
  }
  const measure = createMeasure(document);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const found = excessOf(definition, measure(definition.selectionSet));
    if (found !== null) return found;
  }
  return null;
}

function excessOf(operation: OperationDefinitionNode, extent: Extent): Excess | null {
  const own = [operation, ...(operation.variableDefinitions ?? [])];
  const directives = own.reduce((sum, node) => sum + (node.directives?.length ?? 0), extent.directives);
  const isMutation = operation.operation === OperationTypeNode.MUTATION;
  const maxRootFields = isMutation ? MAX_ROOT_FIELDS_OF_MUTATION : MAX_ROOT_FIELDS;
  const { depth, aliases, fields, bulks, selections } = extent;
  if (depth > MAX_DEPTH) return excess('MAX_DEPTH_LIMIT', 'levels of fields', depth, MAX_DEPTH);
  if (aliases > MAX_ALIASES) return excess('MAX_ALIASES_LIMIT', 'aliases', aliases, MAX_ALIASES);
  if (fields > maxRootFields) return excess('MAX_ROOT_FIELDS_LIMIT', 'root fields', fields, maxRootFields);
  if (bulks > 1) return excess('MAX_ROOT_FIELDS_LIMIT', `fields ${BULK_FIELD}`, bulks, 1);
  if (directives > MAX_DIRECTIVES)
    return excess('MAX_DIRECTIVES_LIMIT', 'directives', directives, MAX_DIRECTIVES);
  if (selections > MAX_SELECTIONS)
    return excess('MAX_SELECTIONS_LIMIT', 'selections', selections, MAX_SELECTIONS);
  return null;
}

function excess(
  code: Excess['code'],
  what: string,
  count: number,
  limit: number,
  whole = 'The operation',
): Excess {
  const shown = count > 1_000_000 ? 'more than a million' : count.toLocaleString('en');
  const message = `${whole} has ${shown} ${what}, fragments counted wherever they are spread; the limit is ${limit.toLocaleString('en')}.`;
  return { code, message };
}

/** Each fragment is counted once and added as often as it is spread, so that fragments that double each other cost nothing. */
function createMeasure(document: DocumentNode): (part: SelectionSetNode) => Extent {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  const counted = new Map<string, Extent>();

  function ofFragment(name: string): Extent {
    const known = counted.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    // A fragment within itself adds nothing here; validation refuses it.
    counted.set(name, NOTHING);
    const extent = fragment === undefined ? NOTHING : withDirectives(of(fragment.selectionSet), fragment);
    counted.set(name, extent);
    return extent;
  }

  function of({ selections }: SelectionSetNode): Extent {
    return selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        return add(sum, withDirectives(ofFragment(selection.name.value), selection), 1);
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        return add(sum, withDirectives(of(selection.selectionSet), selection), 1);
      }
      const below = selection.selectionSet === undefined ? NOTHING : of(selection.selectionSet);
      const isIntrospection = INTROSPECTION_FIELDS.includes(selection.name.value);
      const field: Extent = {
        ...below,
        depth: isIntrospection ? 1 : below.depth + 1,
        aliases: below.aliases + (selection.alias === undefined ? 0 : 1),
        fields: 1,
        bulks: selection.name.value === BULK_FIELD ? 1 : 0,
      };
      return add(sum, withDirectives(field, selection), 1);
    }, NOTHING);
  }

  return of;
}

function withDirectives(extent: Extent, node: { readonly directives?: readonly unknown[] }): Extent {
  return { ...extent, directives: extent.directives + (node.directives?.length ?? 0) };
}

function add(left: Extent, right: Extent, selections: number): Extent {
  return {
    depth: Math.max(left.depth, right.depth),
    aliases: left.aliases + right.aliases,
    directives: left.directives + right.directives,
    selections: left.selections + right.selections + selections,
    fields: left.fields + right.fields,
    bulks: left.bulks + right.bulks,
  };
}
