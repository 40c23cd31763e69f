import type { JsonSchema } from '../../../schema/json-schema.ts';
import { jsonOrUndefined } from '../../format/json-or-undefined.ts';
import { isAmountName } from '../../format/money.ts';

/** The kind of input for a value of a schema. */
export type InputKind =
  | 'text'
  | 'number'
  | 'amount'
  | 'time'
  | 'boolean'
  | 'choice'
  | 'group'
  | 'pairs'
  | 'groups'
  | 'texts'
  | 'json';

/** Returns the kind of input for a schema and a name. */
export function inputKindOf(name: string, schema: JsonSchema): InputKind {
  if (schema.enum !== undefined) return 'choice';
  const types = [schema.type ?? []].flat().filter((type) => type !== 'null');
  const [only] = types;
  if (types.length !== 1 || only === undefined) return 'json';
  if (only === 'integer' || only === 'number') {
    if (only === 'integer' && isAmountName(name)) return 'amount';
    return only === 'integer' && isTimeName(name) ? 'time' : 'number';
  }
  if (only === 'boolean') return 'boolean';
  if (only === 'string') return 'text';
  if (only === 'array') {
    const item = inputKindOf('', schema.items ?? {});
    return item === 'group' ? 'groups' : item === 'text' || item === 'choice' ? 'texts' : 'json';
  }
  if (schema.properties !== undefined) return 'group';
  return typeof schema.additionalProperties === 'object' && inputKindOf('', schema.additionalProperties) === 'text'
    ? 'pairs'
    : 'json';
}

/** Inputs that are Unix seconds, by their names: `trial_end`, `ExpiresAt`, `backdate_start_date`. */
function isTimeName(name: string): boolean {
  return /(_at|At|_date|Date|_time|Time|TrialEnd|trial_end|CancelAt|cancel_at|BillingCycleAnchor)$/.test(name);
}

/**
 * Converts a text to the value that it represents. Any other text is sent unchanged, so that the connector reports the
 * error.
 */
export function inputValue(kind: InputKind, text: string): unknown {
  if (text === '') return undefined;
  if (kind === 'number' || kind === 'amount' || kind === 'time')
    return /^-?\d+(\.\d+)?$/.test(text) && (kind === 'number' || !text.includes('.')) ? Number(text) : text;
  if (kind === 'boolean') return text === 'true';
  const parsed = kind === 'json' ? jsonOrUndefined(text) : undefined;
  return parsed === undefined ? text : parsed;
}

/**
 * Whether an input needs several lines. One line would drop the line breaks of a present value, and the user would send
 * it without them. https://html.spec.whatwg.org/multipage/input.html
 */
export function takesLines(kind: InputKind, text: string): boolean {
  return kind === 'json' || kind === 'texts' || text.includes('\n');
}

/** Inputs that most calls have, in the order of a form. */
const COMMON_INPUTS =
  'Name Email PaymentIntent Charge Amount UnitAmount Customer Price Quantity Items LineItems Currency Product PaymentMethod Confirm ReturnUrl SuccessUrl Mode Recurring Description Phone Address Line1 Line2 City State PostalCode Country Metadata Reason Status Type Url EnabledEvents DueDate CollectionMethod CancelAtPeriodEnd TrialPeriodDays Duration PercentOff Code Coupon Active'.split(
    ' ',
  );

/** The place of an input among the common ones; -1 if it is not one. `unit_amount` is `UnitAmount`. */
function commonPlace(name: string): number {
  return COMMON_INPUTS.indexOf(name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()));
}

/** The alternatives of a payload; most have a single one. */
export function schemaVariants(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf ?? [schema];
}

interface FieldGroups {
  /** Required ones and those that most calls have. */
  readonly first: readonly string[];
  readonly others: readonly string[];
}

/** Inputs that a form, and a group within it, shows without a search. */
const [MAX_FIRST, MAX_FIRST_NESTED] = [14, 5];

/** A short form shows every input at once. */
export function groupFields({ properties = {}, required = [] }: JsonSchema, isNested: boolean): FieldGroups {
  const names = Object.keys(properties);
  const common = names
    .filter((name) => commonPlace(name) >= 0 && !required.includes(name))
    .sort((a, b) => commonPlace(a) - commonPlace(b));
  const first = [...required, ...common];
  const others = names.filter((name) => !first.includes(name)).sort();
  return first.length === 0 || names.length <= (isNested ? MAX_FIRST_NESTED : MAX_FIRST)
    ? { first: [...first, ...others], others: [] }
    : { first, others };
}
