import { ID_PREFIXES } from '../../../catalog/ids/id-prefixes.ts';
import type { Field, Fields, FieldType } from '../../../catalog/types.ts';

/** Members that an example shows in addition to the required ones, the most useful first. */
const FREQUENT_MEMBERS: readonly string[] = ['price', 'product', 'id', 'quantity', 'amount', 'city', 'type'];
/** Maximum number of members of an object in an example, unless more are required. */
const MAX_MEMBERS = 2;
/** Level of nesting from which an example has `...` instead of an object or array. */
const MAX_LEVELS = 4;

/** Returns an example of an array or an object as JSON, such as `[{"price": "price_...", "quantity": 1}]`. */
export function inputExample(fieldType: FieldType): string {
  return spaced(JSON.stringify(exampleValue('', fieldType, 0)));
}

/** Describes a value that should be an array of these items. The example is only created if the text is shown. */
export function notAnArray(itemType: FieldType): () => string {
  return () => `must be an array, as JSON or as a JSON string, such as ${inputExample({ array: itemType })}`;
}

/** Describes a value that should be an object of this type. The example is only created if the text is shown. */
export function notAnObject(fieldType: FieldType): () => string {
  return () => `must be an object, as JSON or as a JSON string, such as ${inputExample(fieldType)}`;
}

function exampleValue(name: string, fieldType: FieldType, level: number): unknown {
  if (typeof fieldType === 'string') return scalarExample(name, fieldType);
  if ('enum' in fieldType) return fieldType.enum.includes('card') ? 'card' : fieldType.enum[0];
  if ('reference' in fieldType) return scalarExample(name, 'string');
  if ('range' in fieldType) return 1;
  if ('text' in fieldType) return '...';
  if (level >= MAX_LEVELS) return '...';
  if ('anyOf' in fieldType)
    return exampleValue(name, fieldType.anyOf.find(isCompound) ?? fieldType.anyOf[0] ?? 'json', level);
  if ('array' in fieldType) return [exampleValue(name, fieldType.array, level + 1)];
  if ('map' in fieldType) return { key: exampleValue('', fieldType.map, level + 1) };
  return Object.fromEntries(
    shownMembers(fieldType.object).map(([key, { type }]) => [key, exampleValue(key, type, level + 1)]),
  );
}

function isCompound(fieldType: FieldType): boolean {
  return typeof fieldType === 'object' && ('object' in fieldType || 'array' in fieldType);
}

/** Returns the required members and the most used ones, or the first member if there are none of these. */
function shownMembers(fields: Fields): readonly (readonly [string, Field])[] {
  const all = Object.entries(fields);
  const required = all.filter(([, field]) => field.required === true);
  const frequent = FREQUENT_MEMBERS.flatMap((name) => all.filter(([key]) => key === name));
  const shown = [...new Set([...required, ...frequent])].slice(0, Math.max(MAX_MEMBERS, required.length));
  return shown.length > 0 ? shown : all.slice(0, 1);
}

function scalarExample(name: string, scalar: FieldType & string): unknown {
  if (scalar === 'integer' || scalar === 'number') return 1;
  if (scalar === 'decimal') return '1.5';
  if (scalar === 'boolean') return true;
  if (scalar === 'json') return {};
  if (name === 'currency') return 'usd';
  const prefix = Object.hasOwn(ID_PREFIXES, name) ? ID_PREFIXES[name] : undefined;
  return prefix === undefined || prefix === '' ? '...' : `${prefix}_...`;
}

/** Adds a space after each colon and comma, as people write JSON. The values of an example contain neither. */
function spaced(json: string): string {
  return json.replaceAll(':', ': ').replaceAll(',', ', ');
}
