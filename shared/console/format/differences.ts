/** A member of one or both of two compared JSON values, and how the values differ in it. */
export interface FieldDifference {
  /** `connectorInputPayload.Items[0].price`; empty for the value itself. */
  readonly path: string;
  /** Undefined if the first value lacks the member. */
  readonly before: unknown;
  /** Undefined if the second value lacks the member. */
  readonly after: unknown;
  readonly kind: 'equal' | 'changed' | 'added' | 'removed';
}

/** Compares two JSON values by member. Members that only the second value has follow those of the first. */
export function compareJson(before: unknown, after: unknown): readonly FieldDifference[] {
  const [first, second] = [leavesOf(before), leavesOf(after)];
  const paths = [...new Set([...first.keys(), ...second.keys()])];
  // `{}` compared with `{a: 1}` differs in `a` only, so an empty object or array is omitted if the other side has
  // members.
  const hasMembers = (path: string): boolean =>
    paths.some(
      (other) => other !== path && (path === '' || other.startsWith(`${path}.`) || other.startsWith(`${path}[`)),
    );
  return paths
    .filter((path) => !hasMembers(path))
    .map((path) => ({
      path,
      before: first.get(path),
      after: second.get(path),
      kind: differenceKind(path, first, second),
    }));
}

/** The values that have no members, by their paths. */
type Leaves = ReadonlyMap<string, unknown>;

function differenceKind(path: string, first: Leaves, second: Leaves): FieldDifference['kind'] {
  if (!second.has(path)) return 'removed';
  if (!first.has(path)) return 'added';
  return JSON.stringify(first.get(path)) === JSON.stringify(second.get(path)) ? 'equal' : 'changed';
}

/** Texts, numbers, booleans, null, and empty objects and arrays, by their paths. */
function leavesOf(value: unknown, path = ''): Leaves {
  if (value === undefined) return new Map();
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const leaves = members.flatMap(([name, member]) => [
    ...leavesOf(member, memberPath(path, name, Array.isArray(value))),
  ]);
  return new Map(leaves.length === 0 ? [[path, value]] : leaves);
}

/** `Items[0]`, `Address.city`, `Email` */
function memberPath(path: string, name: string, inArray: boolean): string {
  if (inArray) return `${path}[${name}]`;
  return path === '' ? name : `${path}.${name}`;
}
