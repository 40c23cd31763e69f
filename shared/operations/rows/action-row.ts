import type { Action } from '../../catalog/types.ts';
import { requiredOutputKeys } from '../../catalog/sample-keys.ts';
import type { StripeObject } from '../../stripe/transport.ts';
import { flatten, type FlatRow } from './flatten.ts';
import { withLegacyFields } from './legacy-fields.ts';
import { referenceId } from './reference-id.ts';

/** Converts Stripe's response to the row of an action in the `connector` format. `Success` comes first. */
export function toActionRow(definition: Action, object: StripeObject): FlatRow {
  if (definition.output === 'success') return { Success: 'true' };
  if (definition.output === 'object') {
    const keys = requiredOutputKeys(String(object['object']));
    return flatten(withLegacyFields(object), keys, { Success: 'true' });
  }
  return {
    Success: 'true',
    ...outputColumns(definition.output, object, true),
    ...outputColumns(definition.alternatives ?? {}, object, false),
  };
}

/** Returns a column for each output. If `always` is false, an output without a value has no column. */
function outputColumns(outputs: Readonly<Record<string, string>>, object: StripeObject, always: boolean): FlatRow {
  const outputValues = Object.entries(outputs).map(([output, key]): [string, string | null] => [
    output,
    referenceId(object[key]),
  ]);
  return Object.fromEntries(outputValues.filter(([, id]) => always || id !== null));
}
