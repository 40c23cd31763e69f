import { quoted } from '../../../bounds.ts';
import { invalidArgument } from '../../../errors.ts';
import type { Params } from '../../../stripe/transport.ts';
import { joinedNames, resolvePascal, snake } from '../../../catalog/names.ts';
import { Violations } from '../../../field-violations.ts';
import { parseInto } from './types.ts';
import { passesUnknown, setDeep, unreadableValue, type InputRules, type ValidationContext } from './walk.ts';
import { requireFields } from './required.ts';
import { SeenNames } from './taken.ts';

export type { InputRules, Naming } from './walk.ts';

/**
 * Converts the caller's PascalCase inputs, flat or nested, to Stripe's parameters. Throws INVALID_ARGUMENT with all
 * violations: an unknown name (with the nearest known one), a wrong type, a wrong enum value, a missing required input.
 */
export function toParams(input: Readonly<Record<string, unknown>>, rules: InputRules): Params {
  const walk: ValidationContext = { rules, violations: new Violations() };
  const params: Record<string, unknown> = {};
  const taken = new SeenNames();
  // Iterates keys: for an object with tens of thousands of members `Object.entries` takes five times as long.
  for (const name of Object.keys(input)) {
    const value = input[name];
    const named = resolvePascal(name, rules.fields);
    if (named === undefined && !passesUnknown(walk, name, value, name, () => joinedNames(rules.fields))) continue;
    const path = named?.path ?? [snake(name)];
    const conflict = taken.take(path, name);
    if (conflict !== undefined) {
      walk.violations.add(name, () => `must not be combined with ${quoted(conflict)}, which sets the same parameter`);
      continue;
    }
    if (named === undefined) setDeep(params, path, unreadableValue(walk, value));
    else parseInto(walk, params, path, { at: name, path }, named.field, value);
  }
  if (rules.strict) requireFields(walk.violations, '', rules.fields, params);
  if (walk.violations.count > 0) throw invalidArgument(walk.violations);
  return params;
}
