import type { Params } from '../transport.ts';
import { MAX_REPORTED, forEachObject, joinPath } from './params-tree.ts';
import type { PolicyLookup } from './policy-table.ts';

/**
 * Returns the parameters that no write has, at most `MAX_REPORTED`, in the caller's spelling. Their values could be
 * amounts.
 */
export function unknownInputs(lookup: PolicyLookup, params: Params): string[] {
  const names: string[] = [];
  const visit = (params: Params, object: string, prefix: string): void => {
    for (const [name, value] of Object.entries(params)) {
      if (names.length >= MAX_REPORTED) return;
      const field = joinPath(prefix, name);
      const isKey = lookup.isCurrencyKey(object, name);
      if (!isKey && !lookup.isKnownName(name)) names.push(field);
      // Names below a currency key belong to no named object, so `visit` gets an empty object name for them.
      else if (!lookup.isFreeKey(name)) forEachObject(value, field, (inner, at) => visit(inner, isKey ? '' : name, at));
    }
  };
  visit(params, '', '');
  return names;
}
