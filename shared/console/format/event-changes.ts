import { compareJson, type FieldDifference } from './differences.ts';

/**
 * The members that an event reports as changed, with their old and new values. `previous_attributes` has the old values
 * of exactly these members.
 * https://docs.stripe.com/api/events/object#event_object-data-previous_attributes
 */
export function eventChanges({ Data: data }: Readonly<Record<string, unknown>>): readonly FieldDifference[] {
  const { object, previous_attributes: previous } = (data ?? {}) as {
    readonly object?: Readonly<Record<string, unknown>>;
    readonly previous_attributes?: Readonly<Record<string, unknown>>;
  };
  if (previous === undefined || object === undefined) return [];
  const now = Object.fromEntries(Object.keys(previous).map((name) => [name, object[name]]));
  return compareJson(previous, now).filter(({ kind }) => kind !== 'equal');
}
