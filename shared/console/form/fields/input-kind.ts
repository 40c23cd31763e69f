import type { JsonSchema } from '../../../schema/json-schema.ts';
import { jsonOrUndefined } from '../../format/json-or-undefined.ts';
import { isAmountName } from '../../format/money.ts';

/**
 * The kinds of inputs. `group` is a nested object, `groups` a list of objects, `pairs` an object of texts with free
 * keys, `texts` a list of texts.
 */
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

/** Returns the kind of input for a field with this name and schema. */
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

/** Whether an integer with this name is a time in Unix seconds: `trial_end`, `ExpiresAt`, `backdate_start_date`. */
function isTimeName(name: string): boolean {
  return /(_at|At|_date|Date|_time|Time|TrialEnd|trial_end|CancelAt|cancel_at|BillingCycleAnchor)$/.test(name);
}

/**
 * Converts the text of an input to a value of its kind. Undefined for an empty text. A text that is not a number, an
 * amount, a time or JSON stays a text, so that the connector reports the error. A boolean is true for the text `true`
 * only.
 */
export function parseInput(kind: InputKind, text: string): unknown {
  if (text === '') return undefined;
  if (kind === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (kind === 'amount' || kind === 'time') return /^-?\d+$/.test(text) ? Number(text) : text;
  if (kind === 'boolean') return text === 'true';
  const parsed = kind === 'json' ? jsonOrUndefined(text) : undefined;
  return parsed === undefined ? text : parsed;
}

/**
 * Whether an input needs several lines. An input of one line would drop the line breaks of a current value, and the
 * form would send the value without them. https://html.spec.whatwg.org/multipage/input.html
 */
export function needsSeveralLines(kind: InputKind, text: string): boolean {
  return kind === 'json' || kind === 'texts' || text.includes('\n');
}

/** Common inputs, in the order in which a form shows them. */
const COMMON_INPUTS =
  'Name Email PaymentIntent Charge Amount UnitAmount Customer Price Quantity Items LineItems Currency Product PaymentMethod Confirm ReturnUrl SuccessUrl Mode Recurring Description Phone Address Line1 Line2 City State PostalCode Country Metadata Reason Status Type Url EnabledEvents DueDate CollectionMethod CancelAtPeriodEnd TrialPeriodDays Duration PercentOff Code Coupon Active'.split(
    ' ',
  );

/** The index of an input in COMMON_INPUTS, or -1. `unit_amount` is the same input as `UnitAmount`. */
function commonIndex(name: string): number {
  return COMMON_INPUTS.indexOf(name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()));
}

/** The alternatives of a payload's schema. Most schemas have one. */
export function schemaVariants(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf ?? [schema];
}

interface FieldGroups {
  /** Required and common inputs, which the form shows at once. */
  readonly primary: readonly string[];
  /** Inputs that the form shows on request. */
  readonly others: readonly string[];
}

/** A form with at most MAX_SHORT_FORM inputs, or a group with at most MAX_SHORT_GROUP inputs, shows all of them. */
const [MAX_SHORT_FORM, MAX_SHORT_GROUP] = [14, 5];

/**
 * Divides the inputs of a form or a group into those shown at once and those shown on request. If there are few inputs,
 * or none is required or common, all are shown at once.
 */
export function groupFields({ properties = {}, required = [] }: JsonSchema, isNested: boolean): FieldGroups {
  const names = Object.keys(properties);
  const common = names
    .filter((name) => commonIndex(name) >= 0 && !required.includes(name))
    .sort((a, b) => commonIndex(a) - commonIndex(b));
  const primary = [...required, ...common];
  const others = names.filter((name) => !primary.includes(name)).sort();
  const isShort = names.length <= (isNested ? MAX_SHORT_GROUP : MAX_SHORT_FORM);
  return primary.length === 0 || isShort ? { primary: [...primary, ...others], others: [] } : { primary, others };
}
