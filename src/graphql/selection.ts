// What a selection will read of the people it selects, found out before the first call.
import {
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { depthOfFields, expectFieldPaths, VERSIONED_FIELDS } from '../domain/explain.js';
import { BACKEND_OF_PART, FIELD_PATHS, OWNERSHIP, type FieldPath } from '../domain/ownership.js';
import { BACKENDS, OMNIVIBE_DEPTHS, type Backend, type OmnivibeDepth } from '../domain/profile.js';
import { checkDeskViews, type Selection } from '../domain/read-profiles.js';

interface Reads {
  /** Accounts that the field certainly reads. */
  readonly accounts?: readonly Backend[];
  readonly omnivibeDepth?: OmnivibeDepth;
  /** Whether the field shows presence, which the agent list has and the platform API has not. */
  readonly isPresence?: true;
  /** Whether it takes a call of its own. */
  readonly isOwnCall?: true;
}

/** By schema coordinate; a field that is not listed reads no account of its own. */
const READS: Readonly<Record<string, Reads>> = {
  // Of several sources only the first is certain.
  ...Object.fromEntries(
    FIELD_PATHS.filter((path) => !path.includes('.')).map((path) => {
      const [first] = OWNERSHIP[path].read;
      return [`Profile.${path}`, { accounts: first === undefined ? [] : [BACKEND_OF_PART[first.part]] }];
    }),
  ),
  'Profile.routing': { accounts: ['mind'] },
  'Profile.mind': { accounts: ['mind'] },
  'Profile.omnivibe': { accounts: ['omnivibe'] },
  'Profile.v2': { accounts: ['v2'] },
  'Profile.accounts': { accounts: BACKENDS },
  'Profile.explain': { isOwnCall: true },
  'Profile.version': { isOwnCall: true },
  'MindAccount.rawData': { isOwnCall: true },
  'MindAccount.supersetRoles': { isOwnCall: true },
  'V2Account.views': { isOwnCall: true },
  'Settings.desk': { isOwnCall: true },
  'Settings.work': { accounts: ['mind'] },
  'Settings.inbox': { accounts: ['omnivibe'] },
  'InboxSettings.availability': { omnivibeDepth: 'presence' },
  'InboxSettings.autoOffline': { isPresence: true },
  'InboxSettings.messageSignature': { omnivibeDepth: 'profile' },
  'InboxSettings.uiSettings': { omnivibeDepth: 'profile' },
  'OmnivibeAccount.memberships': { omnivibeDepth: 'profile' },
  'OmnivibeMembership.availability': { omnivibeDepth: 'presence' },
  'OmnivibeMembership.effectiveAvailability': { omnivibeDepth: 'presence' },
  'OmnivibeMembership.autoOffline': { omnivibeDepth: 'presence' },
  'OmnivibeMembership.permissions': { omnivibeDepth: 'presence' },
  'Presence.availability': { accounts: BACKENDS, isPresence: true },
  'Presence.canTake': { accounts: ['mind', 'v2'], isPresence: true },
  'Presence.conflicts': { accounts: BACKENDS, isPresence: true },
  'Presence.signals': { accounts: BACKENDS, isPresence: true },
  'Presence.statusLock': { accounts: ['v2'] },
};

/** Fields whose reads depend on their argument `fields`. */
const EXPLAINED = ['Profile.explain', 'Profile.version'];
/** Fields whose arguments are looked at, which variables may hold. */
const DEPENDS_ON_ARGUMENTS = [...EXPLAINED, 'V2Account.views'];

/** Selections that no variable can change, by the fields that were looked at: the same ones come with every request. */
const fixed = new WeakMap<readonly FieldNode[], Selection>();

/** What lies below the field that is being resolved, however deep; `@skip` and `@include` are heeded. */
export function selectionOf(info: GraphQLResolveInfo): Selection {
  const known = fixed.get(info.fieldNodes);
  if (known !== undefined) return known;
  const backends = new Set<Backend>();
  const needed = {
    omnivibeDepth: 'listed' as OmnivibeDepth,
    isPresence: false,
    hasOwnCalls: false,
    isFixed: true,
  };
  const seenFragments = new Set<string>();

  function visit(selectionSet: SelectionSetNode | undefined, type: GraphQLNamedType): void {
    for (const node of selectionSet?.selections ?? []) {
      needed.isFixed &&= node.directives === undefined || node.directives.length === 0;
      if (isIncluded(node, info)) visitNode(node, type);
    }
  }

  function visitNode(node: SelectionNode, type: GraphQLNamedType): void {
    switch (node.kind) {
      case Kind.FIELD: {
        if (!isObjectType(type) && !isInterfaceType(type)) return;
        const field = type.getFields()[node.name.value];
        if (field === undefined) return;
        needed.isFixed &&= !DEPENDS_ON_ARGUMENTS.includes(`${type.name}.${field.name}`);
        note(READS[`${type.name}.${field.name}`]);
        // Refused before anything is read.
        if (`${type.name}.${field.name}` === 'V2Account.views') {
          checkDeskViews(getArgumentValues(field, node, info.variableValues));
        }
        if (EXPLAINED.includes(`${type.name}.${field.name}`)) note(readsOf(node, field));
        visit(node.selectionSet, getNamedType(field.type));
        return;
      }
      case Kind.INLINE_FRAGMENT:
        visit(node.selectionSet, typeNamed(node.typeCondition?.name.value) ?? type);
        return;
      case Kind.FRAGMENT_SPREAD: {
        const fragment = info.fragments[node.name.value];
        // Once is enough, and keeps fragments that spread each other twice over from costing more and more.
        if (fragment === undefined || seenFragments.has(node.name.value)) return;
        seenFragments.add(node.name.value);
        visit(fragment.selectionSet, typeNamed(fragment.typeCondition.name.value) ?? type);
      }
    }
  }

  /** What `explain` and `version` read, by their argument. */
  function readsOf(node: FieldNode, field: GraphQLField<unknown, unknown>): Reads {
    const { fields } = getArgumentValues(field, node, info.variableValues) as { fields?: string[] | null };
    // Refuses what is not known before anything is read.
    const paths = fields == null ? null : expectFieldPaths(fields);
    if (field.name === 'version') return readsOfPaths(paths ?? VERSIONED_FIELDS);
    // Whether values differ, and who may change them, is told without reading deeper.
    const isRead = node.selectionSet?.selections.some(
      (child) => child.kind !== Kind.FIELD || child.name.value === 'chosen' || child.name.value === 'values',
    );
    return isRead === true ? readsOfPaths(paths ?? FIELD_PATHS) : {};
  }

  function typeNamed(name: string | undefined): GraphQLNamedType | null {
    const type = name === undefined ? undefined : info.schema.getType(name);
    return type !== undefined && isCompositeType(type) ? type : null;
  }

  function note(reads: Reads | undefined): void {
    for (const backend of reads?.accounts ?? []) backends.add(backend);
    needed.isPresence ||= reads?.isPresence === true;
    needed.hasOwnCalls ||= reads?.isOwnCall === true;
    const depth = reads?.omnivibeDepth ?? 'listed';
    if (OMNIVIBE_DEPTHS.indexOf(depth) > OMNIVIBE_DEPTHS.indexOf(needed.omnivibeDepth))
      needed.omnivibeDepth = depth;
  }

  for (const node of info.fieldNodes) visit(node.selectionSet, getNamedType(info.returnType));
  // What takes the platform API and presence at once is read by the person's own token, where there is one.
  const { omnivibeDepth, isPresence } = needed;
  const selection: Selection = {
    backends,
    omnivibeDepth: isPresence && omnivibeDepth === 'profile' ? 'presence' : omnivibeDepth,
    hasOwnCalls: needed.hasOwnCalls,
  };
  if (needed.isFixed) fixed.set(info.fieldNodes, selection);
  return selection;
}

function readsOfPaths(paths: readonly FieldPath[]): Reads {
  const omnivibeDepth = depthOfFields(paths);
  return paths.includes('settings.inbox.autoOffline')
    ? { omnivibeDepth, isPresence: true }
    : { omnivibeDepth };
}

function isIncluded(node: SelectionNode, { variableValues }: GraphQLResolveInfo): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, node, variableValues);
  const include = getDirectiveValues(GraphQLIncludeDirective, node, variableValues);
  return skip?.['if'] !== true && include?.['if'] !== false;
}
