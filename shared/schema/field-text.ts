import type { Descriptions } from '../catalog/descriptions.ts';
import { isAmount, isTime } from '../catalog/field-meaning.ts';
import { pascal } from '../catalog/names.ts';
import type { Field, FieldType, Scalar } from '../catalog/types.ts';
import { definedFields } from '../defined-fields.ts';

/** The description and example of a field. Empty in functions without the descriptions. */
export interface FieldText {
  readonly description?: string;
  /** A value that the field accepts or returns. */
  readonly example?: unknown;
}

/** Returns the text of a field. `path` has Stripe's names from the outermost to the innermost. */
export type DescribeField = (path: readonly string[], field: Field) => FieldText;

export const NO_TEXT: DescribeField = () => ({});

/**
 * Returns a function for the texts of the fields of one entity (`owner`). `find` looks up the description of a field.
 */
export function fieldTexts(
  descriptions: Descriptions | undefined,
  owner: string,
  find: (texts: Descriptions, path: readonly string[]) => string | undefined,
): DescribeField {
  if (descriptions === undefined) return NO_TEXT;
  return (path, { type }) => {
    const description = find(descriptions, path);
    const example = exampleOf(path.at(-1) ?? '', type, descriptions, owner);
    return definedFields({ description: description || undefined, example });
  };
}

/** Returns the description of a parent's id. Stripe expects this id in the path. */
export function parentText(parent: string, entity: string, descriptions: Descriptions | undefined): FieldText {
  const description = `Id of the ${parent} that the ${entity} belongs to.`;
  return descriptions === undefined ? { description } : { description, example: sampleId(parent, descriptions) };
}

/** Returns a sample id of an entity, or `id_123` if there is none. */
export function sampleId(entity: string, descriptions: Descriptions): string {
  return descriptions.exampleId(entity) ?? 'id_123';
}

const NEW_YEAR_2026 = 1_767_225_600;

/**
 * Returns an example of a field. Undefined for an enumeration, whose values are examples, for an object, whose members
 * have examples, for a JSON value, and for a map whose values are not strings.
 */
function exampleOf(name: string, type: FieldType, texts: Descriptions, owner: string): unknown {
  if (typeof type === 'string') return EXAMPLES_BY_SCALAR[type](name, texts, owner);
  if ('reference' in type)
    return texts.exampleText(name) ?? texts.exampleId(type.reference) ?? EXAMPLES_BY_SCALAR.string(name, texts, owner);
  if ('range' in type) return isTime(name) ? NEW_YEAR_2026 : 1;
  if ('text' in type) return FILE_EXAMPLES[type.text];
  if ('map' in type) return type.map === 'string' ? { order: '1042' } : undefined;
  if ('anyOf' in type)
    return type.anyOf.map((each) => exampleOf(name, each, texts, owner)).find((example) => example !== undefined);
  if (!('array' in type)) return undefined;
  const item = firstValue(type.array) ?? exampleOf(name.replace(/s$/, ''), type.array, texts, owner);
  return item === undefined ? undefined : [item];
}

const FILE_EXAMPLES = { base64: 'SGVsbG8=', fileName: 'receipt.pdf', mediaType: 'application/pdf' };

function firstValue(type: FieldType): unknown {
  return typeof type === 'object' && 'enum' in type ? type.enum[0] : undefined;
}

const EXAMPLES_BY_SCALAR: Readonly<Record<Scalar, (name: string, texts: Descriptions, owner: string) => unknown>> = {
  string: exampleText,
  integer: exampleInteger,
  number: () => 12.5,
  decimal: (name) => (isAmount(name) ? '1500' : '12.5'),
  boolean: () => true,
  json: () => undefined,
};

function exampleInteger(name: string): number {
  const known = INTEGERS[name];
  if (known !== undefined) return known;
  if (isAmount(name)) return 1500;
  return isTime(name) ? NEW_YEAR_2026 : 1;
}

/** Examples of integers that need a value in a range, by the name of the field. */
const INTEGERS: Readonly<Record<string, number>> = { exp_month: 12, exp_year: 2030, month: 12, year: 1990, day: 24 };

function exampleText(name: string, texts: Descriptions, owner: string): string {
  if (name === 'id') return sampleId(owner, texts);
  const known =
    texts.exampleText(name) ?? texts.exampleId(pascal(name.replace(/^(default|latest|source|parent)_/, '')));
  if (known !== undefined) return known;
  if (/url$/.test(name)) return 'https://example.com/page';
  if (/email/.test(name)) return 'jane@example.com';
  if (name === 'on_behalf_of' || /account$/.test(name)) return texts.exampleId('Account') ?? 'acct_123';
  if (/(amount|_decimal)$/.test(name)) return '1500';
  if (isTime(name)) return '2026-01-01T00:00:00Z';
  return /(_id|^id)$/.test(name) ? 'id_123' : 'example';
}
