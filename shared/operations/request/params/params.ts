import { shown } from '../../../bounds.ts';
import { invalid } from '../../../errors.ts';
import type { Params } from '../../../stripe/transport.ts';
import { joinedNames, resolvePascal, snake } from '../../../catalog/names.ts';
import { Violations } from '../../../field-violations.ts';
import { readInto } from './types.ts';
import { passesUnknown, place, unread, type InputRules, type Walk } from './walk.ts';
import { requireFields } from './required.ts';
import { Taken } from './taken.ts';

export type { InputRules, Naming } from './walk.ts';

/**
 * The caller's PascalCase inputs, flattened or nested, as Stripe's parameters. Throws INVALID_ARGUMENT with what is
 * wrong: unknown name (with the nearest known one), wrong type, wrong enum value, missing required input.
 */
export function toParams(input: Readonly<Record<string, unknown>>, rules: InputRules): Params {
  const walk: Walk = { rules, violations: new Violations() };
  const params: Record<string, unknown> = {};
  const taken = new Taken();
  // By its keys: of an object of tens of thousands `entries` takes five times as long.
  for (const name of Object.keys(input)) {
    const value = input[name];
    const found = resolvePascal(name, rules.fields);
    if (found === undefined && !passesUnknown(walk, name, value, name, () => joinedNames(rules.fields))) continue;
    const path = found?.path ?? [snake(name)];
    const rival = taken.take(path, name);
    if (rival !== undefined) {
      walk.violations.add(name, () => `says the same as ${shown(rival)}; give one of them`);
      continue;
    }
    if (found === undefined) place(params, path, unread(walk, value));
    else readInto(walk, params, path, { at: name, path }, found.field, value);
  }
  if (rules.strict) requireFields(walk.violations, '', rules.fields, params);
  if (walk.violations.count > 0) throw invalid(walk.violations);
  return params;
}
