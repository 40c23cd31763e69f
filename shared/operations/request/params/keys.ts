import { MAX_DEPTH } from '../../../bounds.ts';
import type { Violations } from '../../../field-violations.ts';

/**
 * Returns why a name or map key cannot be sent to Stripe, or undefined. A form sends a nested value as `parent[name]`.
 * Brackets in the name would turn it into another parameter, and an empty name would turn it into a list (`parent[]`).
 * https://docs.stripe.com/metadata, https://github.com/WordPress/wordcamp.org/pull/1271
 */
export function keyIssue(name: string): string | undefined {
  if (name === '') return 'must not be empty, because Stripe would read it as a list';
  if (/[[\]]/.test(name)) return 'must not contain [ or ]; use nested objects instead';
  return undefined;
}

/** Checks every key inside a value that is passed on without validation. */
export function checkKeys(violations: Violations, at: string, value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) return violations.add(at, `is nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) {
    value.forEach((item, index) => checkKeys(violations, `${at}[${index}]`, item, depth + 1));
    return;
  }
  const object = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(object)) {
    const problem = keyIssue(key);
    if (problem !== undefined) violations.add(`${at}.${key}`, problem);
    else checkKeys(violations, `${at}.${key}`, object[key], depth + 1);
  }
}
