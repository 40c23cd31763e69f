import { isAmount, isTime } from '../../field-meaning.ts';
import type { Field, FieldType } from '../../types.ts';

/** Maximum number of values or members that a text lists. For the others the text ends with "and N more". */
const MAX_ENUMERATED = 6;
/** Maximum number of characters of the values or members that a text lists. */
const MAX_ENUMERATED_LENGTH = 180;

/** Describes a field that neither Stripe nor the project describes, by its name and type. */
export function textOfType(name: string, { type }: Pick<Field, 'type'>): string {
  if (isAmount(name) && isAmountType(type)) return 'How much money.';
  if (isTime(name) && type === 'integer') return 'A point in time.';
  return sentenceOnType(type);
}

function sentenceOnType(type: FieldType): string {
  if (typeof type === 'string') return SCALAR_SENTENCES[type];
  if ('enum' in type) {
    if (type.enum.length === 1) return `Always \`${String(type.enum[0])}\`.`;
    return `One of ${enumerate(type.enum.map((value) => `\`${String(value)}\``))}.`;
  }
  if ('text' in type) return FORM_SENTENCES[type.text];
  if ('reference' in type) return `Refers to the ${[type.reference, ...(type.also ?? [])].join(' or ')} by its id.`;
  if ('range' in type) return 'A number, or a range of numbers.';
  if ('array' in type) return `A list. ${sentenceOnType(type.array)}`;
  if ('map' in type) return `Keys of your choice. ${sentenceOnType(type.map)}`;
  if ('anyOf' in type)
    return sentenceOnType(type.anyOf.find((each) => typeof each === 'object') ?? type.anyOf[0] ?? 'json');
  const members = Object.keys(type.object);
  return members.length === 0
    ? 'An object without members turns it on.'
    : `Has ${enumerate(members.map((key) => `\`${key}\``))}.`;
}

const SCALAR_SENTENCES: Readonly<Record<Extract<FieldType, string>, string>> = {
  string: 'Free text.',
  integer: 'A whole number.',
  number: 'A number, possibly with decimals.',
  decimal: 'A decimal number as text, so that no digit is lost.',
  boolean: 'Yes (`true`) or no (`false`).',
  json: 'A JSON object that is present if it applies. Stripe documents no members of it.',
};

const FORM_SENTENCES = {
  base64: 'The bytes as base64.',
  fileName: 'File name with its extension, as the Dashboard shows it.',
  mediaType: 'Media type of the bytes, such as `application/pdf`.',
};

/** Lists as many of the values as the maximums allow, and the number of the others. */
function enumerate(values: readonly string[]): string {
  let count = Math.min(values.length, MAX_ENUMERATED);
  while (count > 1 && values.slice(0, count).join(', ').length > MAX_ENUMERATED_LENGTH) count -= 1;
  const shown = values.slice(0, count).join(', ');
  return values.length > count ? `${shown} and ${values.length - count} more` : shown;
}

/** Returns whether a value of this type may be an amount in the currency's minor unit. */
function isAmountType(type: FieldType): boolean {
  return type === 'integer' || type === 'decimal';
}

/** Adds the unit of an amount or a time, unless the text names it. */
export function withUnit(text: string, name: string, { type }: Pick<Field, 'type'>): string {
  if (isAmount(name) && isAmountType(type) && !/\bcents?\b|smallest|minor unit/i.test(text))
    return `${text} In cents of the currency.`;
  const seconds = type === 'integer' || (typeof type === 'object' && 'range' in type);
  if (isTime(name) && seconds && !/\bunix\b|\bseconds since\b|seconds\b/i.test(text)) return `${text} In Unix seconds.`;
  return text;
}
