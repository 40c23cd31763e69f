import type { Fields } from '../../../catalog/types.ts';
import { suggestion } from '../../../catalog/names.ts';
import { formNumbers, plainNumbers } from '../../../json/written-number.ts';
import type { Description, Violations } from '../../../field-violations.ts';
import { checkKeys, keyIssue } from './keys.ts';

/** How to handle names that the catalog does not know. */
export interface Naming {
  /**
   * False if the connection uses another API version than the catalog: unknown names and enum values are passed to
   * Stripe, and required inputs are not checked.
   */
  readonly strict: boolean;
  /** Unknown names are rejected even so, because a policy on writes can only check what it knows. */
  readonly namesStrict?: boolean;
  /** Called for every unknown name that is passed on. */
  readonly unknown?: (field: string) => void;
}

export interface InputRules extends Naming {
  readonly entity: string;
  readonly fields: Fields;
  /**
   * An Update clears a string with null. A Create has nothing to clear, so an empty object is sent as an empty value.
   */
  readonly kind: 'create' | 'update' | 'action';
  /** The value that clears a field: `''` in the forms of API v1, null in the JSON of API v2. */
  readonly emptyValue?: null;
}

/** The state of a validation. */
export interface ValidationContext {
  readonly rules: InputRules;
  readonly violations: Violations;
}

/** The position of a value. */
export interface ParamPlace {
  /** Path in the caller's input: `Address.city`. */
  readonly at: string;
  /** Stripe's names from the outermost to the innermost. */
  readonly path: readonly string[];
  /** Stripe accepts an empty value, which clears the field. */
  readonly nullable?: boolean;
}

/** API v2 uses JSON, which has empty lists, empty objects and null. A form has none of them. */
export function isJsonField({ rules }: ValidationContext): boolean {
  return rules.emptyValue === null;
}

/** Returns a value that the catalog does not describe in the form in which it is sent. */
export function unreadableValue(walk: ValidationContext, value: unknown): unknown {
  return isJsonField(walk) ? plainNumbers(value) : formNumbers(value);
}

/** Returns the value that clears a field at Stripe. */
export function cleared(walk: ValidationContext): '' | null {
  return isJsonField(walk) ? null : '';
}

/** Adds a violation and returns undefined, as the value of an invalid input. */
export function addIssue(walk: ValidationContext, { at }: Pick<ParamPlace, 'at'>, description: Description): undefined {
  walk.violations.add(at, description);
  return undefined;
}

/** Returns whether a name that the catalog does not know may be passed to Stripe. */
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

/** Sets a value deep in an object. It uses own properties only, so `__proto__` is an ordinary name. */
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
