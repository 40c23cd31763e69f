import type { Fields } from '../../../catalog/types.ts';
import { suggestion } from '../../../catalog/names.ts';
import { formNumbers, plainNumbers } from '../../../json/written-number.ts';
import type { Description, Violations } from '../../../field-violations.ts';
import type { RequestLimits } from '../limits.ts';
import { checkKeys, keyIssue } from './keys.ts';

/** How the inputs of a call are checked: its limits, and what happens to names that the catalog does not know. */
export interface InputPolicy {
  readonly limits: RequestLimits;
  /**
   * False if the connection uses another API version than the catalog: unknown names and enum values are passed to
   * Stripe, and required inputs are not checked.
   */
  readonly strict: boolean;
  /** True if unknown names are rejected even if `strict` is false, because a write policy cannot check their values. */
  readonly namesStrict?: boolean;
  /** Called for every unknown name that is passed on. */
  readonly onUnknown?: (field: string) => void;
}

export interface InputRules extends InputPolicy {
  readonly entity: string;
  readonly fields: Fields;
  /**
   * The kind of request: a Create, an Update, or any other (`action`). In an Update, null clears a string. In a Create
   * there is nothing to clear, so an empty object is sent as an empty value.
   */
  readonly kind: 'create' | 'update' | 'action';
  /** Null if null clears a field, as in the JSON of API v2. Absent if an empty text does, as in the forms of API v1. */
  readonly emptyValue?: null;
}

/** The state of a validation. */
export interface ValidationContext {
  readonly rules: InputRules;
  readonly violations: Violations;
}

/** The position of a value in the input. */
export interface ParamPosition {
  /** Path in the caller's input: `Address.city`. */
  readonly at: string;
  /** Stripe's names from the outermost to the innermost. */
  readonly path: readonly string[];
  /** True if Stripe accepts an empty value, which clears the field. */
  readonly nullable?: boolean;
}

/** Returns whether inputs are sent as JSON, as in API v2. JSON has empty lists, empty objects and null. A form has none. */
export function isJsonField({ rules }: ValidationContext): boolean {
  return rules.emptyValue === null;
}

/** Encodes a value that the catalog does not describe. */
export function encodeUnknownValue(context: ValidationContext, value: unknown): unknown {
  return isJsonField(context) ? plainNumbers(value) : formNumbers(value);
}

/** Returns the value that clears a field at Stripe. */
export function clearedValue(context: ValidationContext): '' | null {
  return isJsonField(context) ? null : '';
}

/** Adds a violation and returns undefined, as the value of an invalid input. */
export function addIssue(
  context: ValidationContext,
  { at }: Pick<ParamPosition, 'at'>,
  description: Description,
): undefined {
  context.violations.add(at, description);
  return undefined;
}

/**
 * Returns whether a name that the catalog does not know may be passed to Stripe. If so, it reports the name to
 * `onUnknown`; if not, it adds a violation.
 */
export function passesUnknown(
  context: ValidationContext,
  name: string,
  value: unknown,
  field: string,
  knownNames: () => readonly string[],
): boolean {
  const { rules, violations } = context;
  const violationsBefore = violations.count;
  const problem = keyIssue(name);
  if (problem !== undefined) violations.add(field, problem);
  else if (rules.strict || rules.namesStrict === true)
    violations.add(
      field,
      (suggests) => `is not an input of ${rules.entity}${suggests ? suggestion(lastPart(name), knownNames()) : ''}`,
    );
  else checkKeys(violations, field, value);
  if (violations.count > violationsBefore) return false;
  rules.onUnknown?.(field);
  return true;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Sets a value deep in an object. It uses own properties only, so `__proto__` is an ordinary name. */
export function setDeep(object: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  if (!Object.hasOwn(object, key)) setDeep(object, [key], {});
  setDeep(object[key] as Record<string, unknown>, rest, value);
}
