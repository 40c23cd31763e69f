import type { ActionRow } from '../../catalog/actions.ts';
import { sampleKeys } from '../../catalog/sample-keys.ts';
import type { StripeObject } from '../../stripe/transport.ts';
import { flatten, type FlatRow } from './flatten.ts';
import { withOlderKeys } from './legacy-fields.ts';

/** Stripe's answer as the one row of an action, in the `connector` format. `Success` comes first. */
export function actionRow(row: ActionRow, object: StripeObject): FlatRow {
  if (row.output === 'success') return { Success: 'true' };
  if (row.output === 'object') {
    const keys = sampleKeys(String(object['object']));
    return flatten(withOlderKeys(object), keys, { Success: 'true' });
  }
  return { Success: 'true', ...named(row.output, object, true), ...named(row.alternatives ?? {}, object, false) };
}

function named(outputs: Readonly<Record<string, string>>, object: StripeObject, always: boolean): FlatRow {
  const found = Object.entries(outputs).map(([output, key]): [string, string | null] => [output, idOf(object[key])]);
  return Object.fromEntries(found.filter(([, id]) => always || id !== null));
}

function idOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string') return value.id;
  return null;
}
