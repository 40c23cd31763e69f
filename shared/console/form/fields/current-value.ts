import type { JsonSchema } from '../../../schema/json-schema.ts';
import { compareJson } from '../../format/differences.ts';
import type { InputKind } from './input-kind.ts';

type CurrentRow = Readonly<Record<string, unknown>>;

/** The column of a field: `AddressPostalCode` for `Address.postal_code`. */
export function columnOfField(path: string): string {
  return path.replace(/(?:^|[._])([a-zA-Z])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Whether an input of each kind can show a value of a row. A group cannot, because the row has a column for each member
 * of a nested object.
 */
const CAN_SHOW: Readonly<Record<InputKind, (value: unknown, schema: JsonSchema) => boolean>> = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  amount: (value) => typeof value === 'number',
  time: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  choice: (value, { enum: values = [] }) => values.some((allowed) => allowed === value),
  texts: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  pairs: (value) => typeof value === 'object' && !Array.isArray(value),
  group: () => false,
  groups: () => false,
  json: () => false,
};

/** The current value of an object for an input. Undefined if there is none, or if the input cannot show it. */
export function currentValueOf(
  path: string,
  kind: InputKind,
  schema: JsonSchema,
  current: CurrentRow | undefined,
): unknown {
  const rowValue = current?.[columnOfField(path)];
  return rowValue === null || rowValue === undefined || rowValue === '' || !CAN_SHOW[kind](rowValue, schema)
    ? undefined
    : rowValue;
}

/** Whether an input accepts null, which clears its field. */
export function acceptsNull({ type, enum: values = [] }: JsonSchema): boolean {
  return [type].flat().includes('null') || values.includes(null);
}

/**
 * Returns what a form sends for the next value of an input. A value that equals the current value is not sent
 * (undefined). If the user removes the current value, the form sends null if the schema permits null, else an empty
 * text. The connector reports a field that cannot be cleared.
 */
export function changedValue(next: unknown, currentValue: unknown, schema: JsonSchema): unknown {
  if (currentValue === undefined) return next;
  if (next === undefined) return acceptsNull(schema) ? null : '';
  return compareJson(next, currentValue).every(({ kind }) => kind === 'equal') ? undefined : next;
}

/**
 * The pairs to send: those that differ from the current pairs. An empty value removes a key. Undefined if no pair
 * differs. https://docs.stripe.com/api/metadata
 */
export function changedPairs(next: CurrentRow, currentPairs: CurrentRow): CurrentRow | undefined {
  const removed = Object.keys(currentPairs).filter((key) => !Object.hasOwn(next, key));
  const changed = Object.entries(next).filter(([key, value]) => currentPairs[key] !== value);
  const all = [...changed, ...removed.map((key) => [key, ''] as const)];
  return all.length === 0 ? undefined : Object.fromEntries(all);
}
