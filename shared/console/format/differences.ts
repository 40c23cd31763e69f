/** A member of two compared JSON values, and whether they differ in it. */
export interface FieldDifference {
  /** `connectorInputPayload.Items[0].price`; empty for the value itself. */
  readonly path: string;
  /** Undefined if the first value lacks the member. */
  readonly before: unknown;
  /** Undefined if the second value lacks it. */
  readonly after: unknown;
  readonly kind: 'equal' | 'changed' | 'added' | 'removed';
}

/** Compares two JSON values member by member, in the order of the first, then what only the second has. */
export function compareJson(before: unknown, after: unknown): readonly FieldDifference[] {
  const [first, second] = [leavesOf(before), leavesOf(after)];
  const paths = [...new Set([...first.keys(), ...second.keys()])];
  // `{}` compared with `{a: 1}` differs in `a` only.
  const isFilled = (path: string): boolean =>
    paths.some(
      (other) => other !== path && (path === '' || other.startsWith(`${path}.`) || other.startsWith(`${path}[`)),
    );
  return paths
    .filter((path) => !isFilled(path))
    .map((path) => {
      const [one, other] = [first.get(path), second.get(path)];
      const kind = !second.has(path)
        ? 'removed'
        : !first.has(path)
          ? 'added'
          : JSON.stringify(one) === JSON.stringify(other)
            ? 'equal'
            : 'changed';
      return { path, before: one, after: other, kind };
    });
}

/** Texts, numbers, null and empty containers by their paths. */
function leavesOf(value: unknown, path = ''): ReadonlyMap<string, unknown> {
  if (value === undefined) return new Map();
  const members =
    typeof value !== 'object' || value === null
      ? []
      : Object.entries(value).flatMap(([name, member]) => [
          ...leavesOf(member, Array.isArray(value) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`),
        ]);
  return new Map(members.length === 0 ? [[path, value]] : members);
}
