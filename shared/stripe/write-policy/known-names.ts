import type { Params } from '../transport.ts';
import { MAX_REPORTED, forEachObject, joinPath } from './params-tree.ts';
import type { PolicyLookup } from './policy-table.ts';

/** Parameter names that no input of any write has, in the caller's spelling. The meaning of their values is unknown. */
export function unknownInputs(lookup: PolicyLookup, params: Params): string[] {
  const names: string[] = [];
  const visit = (tree: Params, object: string, outer: string): void => {
    for (const [name, value] of Object.entries(tree)) {
      if (names.length >= MAX_REPORTED) return;
      const field = joinPath(outer, name);
      const isKey = lookup.isCurrencyKey(object, name);
      if (!isKey && !lookup.isName(name)) names.push(field);
      else if (!lookup.isFree(name)) forEachObject(value, field, (inner, at) => visit(inner, isKey ? '' : name, at));
    }
  };
  visit(params, '', '');
  return names;
}
