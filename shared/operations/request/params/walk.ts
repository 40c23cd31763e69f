import type { Fields } from '../../../catalog/types.ts';
import { suggestion } from '../../../catalog/names.ts';
import { formNumbers, plainNumbers } from '../../../json/written-number.ts';
import type { Description, Violations } from '../../../field-violations.ts';
import { checkKeys, keyIssue } from './keys.ts';

/** What becomes of names that the catalogue does not know. */
export interface Naming {
  /**
   * False where the connection speaks another API version than the catalogue: names, enum values and required
   * inputs that the catalogue does not know pass to Stripe.
   */
  readonly strict: boolean;
  /** Unknown names are refused even so: a policy on writes can only hold what it knows. */
  readonly namesStrict?: boolean;
  /** Learns of every unknown name that passes. */
  readonly unknown?: (field: string) => void;
}

export interface InputRules extends Naming {
  readonly entity: string;
  readonly fields: Fields;
  /** An Update clears a plain text with null; a Create has nothing to clear, so that nothing is an empty object too. */
  readonly kind: 'create' | 'update' | 'action';
  /** What clears a field: `''` in API v1's forms, null in API v2's JSON. */
  readonly emptyValue?: null;
}

/** What the check of an input knows on its way down. */
export interface ValidationContext {
  readonly rules: InputRules;
  readonly violations: Violations;
}

/** Where a value stands. */
export interface ParamPlace {
  /** As the caller wrote it: `Address.city`. */
  readonly at: string;
  /** Stripe's names from the outside in. */
  readonly path: readonly string[];
  /** Stripe takes an empty value there, which clears it. */
  readonly nullable?: boolean;
}

/** API v2 takes JSON, which has empty lists, empty objects and null; a form has none of them. */
export function isJson({ rules }: ValidationContext): boolean {
  return rules.emptyValue === null;
}

/** A value that the catalogue does not describe, as it is sent. */
export function unreadableValue(walk: ValidationContext, value: unknown): unknown {
  return isJson(walk) ? plainNumbers(value) : formNumbers(value);
}

export function cleared(walk: ValidationContext): '' | null {
  return isJson(walk) ? null : '';
}

export function addIssue(walk: ValidationContext, { at }: Pick<ParamPlace, 'at'>, description: Description): undefined {
  walk.violations.add(at, description);
  return undefined;
}

/** Whether a name that the catalogue does not know may go to Stripe as it is. */
export function passesUnknown(
  walk: ValidationContext,
  name: string,
  value: unknown,
  field: string,
  cached: () => readonly string[],
): boolean {
  const { rules, violations } = walk;
  const before = violations.count;
  const problem = keyIssue(name);
  if (problem !== undefined) violations.add(field, problem);
  else if (rules.strict || rules.namesStrict === true)
    violations.add(
      field,
      (suggests) => `is not an input of ${rules.entity}${suggests ? suggestion(lastPart(name), cached()) : ''}`,
    );
  else checkKeys(violations, field, value);
  if (violations.count > before) return false;
  rules.unknown?.(field);
  return true;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Sets a value deep in a tree. Own properties only, so that `__proto__` is a name like any other. */
export function setDeep(tree: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    Object.defineProperty(tree, key, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  if (!Object.hasOwn(tree, key)) setDeep(tree, [key], {});
  setDeep(tree[key] as Record<string, unknown>, rest, value);
}
