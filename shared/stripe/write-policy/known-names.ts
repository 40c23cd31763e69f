import type { Params } from '../transport.ts';
import { MOST_TOLD, objectsIn, within } from './params-tree.ts';
import type { Facts } from './policy-table.ts';

/** Names in the parameters that no input of any write has, as the caller writes them: what their values mean is not known. */
export function unknownInputs(facts: Facts, params: Params): string[] {
  const found: string[] = [];
  const visit = (tree: Params, object: string, outer: string): void => {
    for (const [name, value] of Object.entries(tree)) {
      if (found.length >= MOST_TOLD) return;
      const field = within(outer, name);
      const isKey = facts.isCurrencyKey(object, name);
      if (!isKey && !facts.isName(name)) found.push(field);
      else if (!facts.isFree(name)) objectsIn(value, field, (inner, at) => visit(inner, isKey ? '' : name, at));
    }
  };
  visit(params, '', '');
  return found;
}
