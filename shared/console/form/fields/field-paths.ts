import type { JsonSchema } from '../../../schema/json-schema.ts';
import { searchKey } from '../../format/words.ts';
import { inputKindOf } from './input-kind.ts';

/** A field of a form, at any depth. */
export interface FieldPath {
  /** `Email`, `Address.city`, `Items[0].price` */
  readonly path: string;
  readonly description: string;
}

const MAX_FIELD_DEPTH = 6;

/** Every field of a schema: groups before their members, and of a list the members of its first item. */
export function fieldPaths(schema: JsonSchema, path = '', depth = 1): readonly FieldPath[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const own = path === '' ? name : `${path}.${name}`;
    const found: FieldPath = { path: own, description: member.description ?? '' };
    const kind = inputKindOf(name, member);
    if (depth === MAX_FIELD_DEPTH || (kind !== 'group' && kind !== 'groups')) return [found];
    return [
      found,
      ...(kind === 'group'
        ? fieldPaths(member, own, depth + 1)
        : fieldPaths(member.items ?? {}, `${own}[0]`, depth + 1)),
    ];
  });
}

/**
 * Fields that match a text. Fields whose name equals the text come first, then those whose name begins with it, then those
 * whose name contains it. Of equal matches the outer field comes first.
 */
export function matchingFields(fields: readonly FieldPath[], text: string): readonly FieldPath[] {
  const wanted = searchKey(text);
  if (wanted === '') return [];
  const rank = ({ path }: FieldPath): number => {
    const name = searchKey(path.replace(/^.*\./, ''));
    const depth = path.split('.').length;
    return depth + (name === wanted ? 0 : name.startsWith(wanted) ? 10 : name.includes(wanted) ? 20 : 30);
  };
  return fields.filter(({ path }) => searchKey(path).includes(wanted)).sort((a, b) => rank(a) - rank(b));
}

/** Whether a field is inside of a group: `Address.city` and `Items[0].price` are inside of `Address` and `Items`. */
export function isInside(path: string | undefined, group: string): boolean {
  return path !== undefined && (path.startsWith(`${group}.`) || path.startsWith(`${group}[`));
}
