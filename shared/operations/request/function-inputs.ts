import type { FunctionInputs } from '../../catalog/function-rows.ts';
import { snake, suggestion } from '../../catalog/names.ts';
import { invalidArgument } from '../../errors.ts';
import { Violations } from '../../field-violations.ts';
import { readScalar } from './params/scalars.ts';
import type { Input } from './resolve-path.ts';

/**
 * Throws INVALID_ARGUMENT if the input contains a name that the restricted function does not list, lacks a required
 * name, or exceeds a maximum. An input with a maximum must be an integer. Names must match exactly, because any other
 * form of a name could set a parameter that the function does not list. `toParams` validates the values afterwards.
 */
export function checkFunctionInputs(input: Input, inputs: FunctionInputs): void {
  const violations = new Violations();
  const names = Object.keys(inputs);
  for (const name of Object.keys(input)) {
    if (Object.hasOwn(inputs, name)) continue;
    violations.add(
      name,
      (suggests) =>
        `is not an input of this function; its inputs are ${names.join(', ')}${suggests ? suggestion(name, names) : ''}`,
    );
  }
  for (const [name, { required = false, maximum }] of Object.entries(inputs)) {
    const value = Object.hasOwn(input, name) ? (input[name] ?? undefined) : undefined;
    // Stripe reads an empty text as an absent value.
    if (required && (value === undefined || value === '')) {
      violations.add(name, 'is required by this function');
    } else if (value !== undefined && maximum !== undefined) {
      const read = readScalar('integer', value, { name: snake(name), json: false });
      if ('problem' in read) violations.add(name, read.problem);
      else if (Number(read.value) > maximum)
        violations.add(name, `is ${String(read.value)}; this function allows at most ${maximum}`);
    }
  }
  if (violations.count > 0) throw invalidArgument(violations);
}
