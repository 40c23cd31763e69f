import { MAX_DEPTH } from '../../../bounds.ts';
import type { Violations } from '../../../field-violations.ts';

/**
 * Why a name or the key of a map cannot go to Stripe. In a form it becomes `outer[name]`: a bracket in it would make
 * another parameter of it, and without a letter in it `outer[]` is a list.
 * https://docs.stripe.com/metadata, https://github.com/WordPress/wordcamp.org/pull/1271
 */
export function keyIssue(name: string): string | undefined {
  if (name === '') return 'must not be empty: Stripe would read a list';
  if (/[[\]]/.test(name)) return 'must not hold [ or ]: Stripe would read another parameter; nest objects instead';
  return undefined;
}

/** Holds every key in a value that is passed on unread to the same. */
export function checkKeys(violations: Violations, at: string, value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) return violations.add(at, `is nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) {
    value.forEach((item, index) => checkKeys(violations, `${at}[${index}]`, item, depth + 1));
    return;
  }
  const tree = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(tree)) {
    const problem = keyIssue(key);
    if (problem !== undefined) violations.add(`${at}.${key}`, problem);
    else checkKeys(violations, `${at}.${key}`, tree[key], depth + 1);
  }
}
