import type { JsonSchema } from '../../../schema/json-schema.ts';
import { searchKey } from '../../format/words.ts';
import { inputKindOf } from './input-kind.ts';

/** A field of a form or of a group in it. */
export interface FieldPath {
  /** `Email`, `Address.city`, `Items[0].price` */
  readonly path: string;
  readonly description: string;
}

const MAX_FIELD_DEPTH = 6;

/**
 * The fields of a schema down to MAX_FIELD_DEPTH levels. A group comes before its members. For a list of groups, the
 * members of the first item are included.
 */
export function fieldPaths(schema: JsonSchema, path = '', depth = 1): readonly FieldPath[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const ownPath = path === '' ? name : `${path}.${name}`;
    const found: FieldPath = { path: ownPath, description: member.description ?? '' };
    const kind = inputKindOf(name, member);
    if (depth === MAX_FIELD_DEPTH || (kind !== 'group' && kind !== 'groups')) return [found];
    return [
      found,
      ...(kind === 'group'
        ? fieldPaths(member, ownPath, depth + 1)
        : fieldPaths(member.items ?? {}, `${ownPath}[0]`, depth + 1)),
    ];
  });
}

/**
 * Fields that match a text. Fields whose name equals the text come first, then names that begin with the text, then
 * names that contain it, then other paths. Of equal matches the outer field comes first.
 */
export function matchingFields(fields: readonly FieldPath[], text: string): readonly FieldPath[] {
  const wanted = searchKey(text);
  if (wanted === '') return [];
  const rank = ({ path }: FieldPath): number =>
    path.split('.').length + nameRank(searchKey(path.replace(/^.*\./, '')), wanted);
  return fields.filter(({ path }) => searchKey(path).includes(wanted)).sort((a, b) => rank(a) - rank(b));
}

/** The ranks are 10 apart, because the depth of a field, at most MAX_FIELD_DEPTH, is added to them. */
function nameRank(name: string, wanted: string): number {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 10;
  return name.includes(wanted) ? 20 : 30;
}

/** Whether a field is inside a group: `Address.city` is inside `Address`, `Items[0].price` inside `Items`. */
export function isInside(path: string | undefined, group: string): boolean {
  return path !== undefined && (path.startsWith(`${group}.`) || path.startsWith(`${group}[`));
}
