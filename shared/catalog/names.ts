import { memoizeByRef } from '../memoize.ts';
import type { Field, Fields, FieldType } from './types.ts';

/** Converts snake_case to PascalCase: `preferred_locales` -> `PreferredLocales`, `line1` -> `Line1`. */
export function pascal(snake: string): string {
  return snake.replace(/(^|_)([a-z0-9])/g, (_, _gap, letter: string) => letter.toUpperCase());
}

/** Converts PascalCase to snake_case: `PaymentIntent` -> `payment_intent`. A `_` before a digit cannot be restored. */
export function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** Returns the fields of an object type, or of the first object type of an `anyOf`. */
export function innerFields(fieldType: FieldType): Fields | undefined {
  if (typeof fieldType === 'string') return undefined;
  if ('object' in fieldType) return fieldType.object;
  if ('anyOf' in fieldType) return fieldType.anyOf.map(innerFields).find((fields) => fields !== undefined);
  return undefined;
}

/** Returns the fields of every object type that a type may be. */
export function objectTypes(fieldType: FieldType): readonly Fields[] {
  if (typeof fieldType === 'string') return [];
  if ('object' in fieldType) return [fieldType.object];
  return 'anyOf' in fieldType ? fieldType.anyOf.flatMap(objectTypes) : [];
}

export interface ResolvedName {
  /** Stripe's names from the outermost to the innermost: `['address', 'city']`. */
  readonly path: readonly string[];
  readonly field: Field;
}

/** One level of fields with a lookup by PascalCase names. */
interface Level {
  readonly byName: ReadonlyMap<string, ResolvedName>;
  /** The fields that are or may be objects. */
  readonly objects: readonly { readonly name: string; readonly key: string; readonly inner: Fields }[];
}

/** Builds the lookup once per level, because a caller may send tens of thousands of names. */
const levelOf = memoizeByRef((fields: Fields): Level => {
  const entries = Object.entries(fields);
  return {
    byName: new Map(entries.map(([key, field]) => [pascal(key), { path: [key], field }])),
    objects: entries.flatMap(([key, { type }]) => {
      const inner = innerFields(type);
      return inner === undefined ? [] : [{ name: pascal(key), key, inner }];
    }),
  };
});

/** Resolves a PascalCase name (`City`) to the name of a field (`city`). It does not search nested fields. */
export function resolveOwnPascal(name: string, fields: Fields): string | undefined {
  return levelOf(fields).byName.get(name)?.path[0];
}

/**
 * Resolves `AddressCity` to the path `address.city`. A field with the complete name takes precedence over a nested
 * field.
 */
export function resolvePascal(name: string, fields: Fields): ResolvedName | undefined {
  if (name.length > MAX_KNOWN_LENGTH) return undefined;
  const { byName, objects } = levelOf(fields);
  const exact = byName.get(name);
  if (exact !== undefined) return exact;
  for (const { name: objectName, key, inner } of objects) {
    if (!name.startsWith(objectName)) continue;
    const nested = resolvePascal(name.slice(objectName.length), inner);
    if (nested !== undefined) return { path: [key, ...nested.path], field: nested.field };
  }
  return undefined;
}

/**
 * Names longer than this are treated as unknown, without a lookup. The longest name in the catalog has 103 characters.
 */
const MAX_KNOWN_LENGTH = 200;

/**
 * Returns the PascalCase names of all fields in order. The name of a nested field begins with the name of its object.
 */
export const joinedNames = memoizeByRef((fields: Fields): readonly string[] => collectJoinedNames(fields, '', 0));

/** Maximum number of objects that contain a field. The generator has the same limit, `MAX_TYPE_DEPTH`. */
const MAX_NAME_DEPTH = 8;

function collectJoinedNames(fields: Fields, prefix: string, depth: number): string[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const name = prefix + pascal(key);
    const inner = depth < MAX_NAME_DEPTH ? innerFields(field.type) : undefined;
    return inner === undefined ? [name] : [name, ...collectJoinedNames(inner, name, depth + 1)];
  });
}

/** Longer names get no suggestion, because the time to compute an edit distance grows with the square of the length. */
export const MAX_COMPARED_LENGTH = 120;
/** Maximum edit distance between a name and its suggestion. */
const MAX_EDITS = 8;

/** Returns the known name with the smallest edit distance, if it is close enough. */
export function nearest(name: string, knownNames: readonly string[]): string | undefined {
  if (name.length > MAX_COMPARED_LENGTH) return undefined;
  const lower = name.toLowerCase();
  // A third of the characters may differ, but at least two and at most `MAX_EDITS`.
  const limit = Math.min(MAX_EDITS, Math.max(2, Math.floor(name.length / 3)));
  let best: { name: string; distance: number } | undefined;
  for (const candidate of knownNames) {
    // Another candidate is better only if its distance is smaller than the best distance so far.
    const maxDistance = best === undefined ? limit : best.distance - 1;
    if (maxDistance < 0) break;
    if (Math.abs(candidate.length - name.length) > maxDistance) continue;
    const distance = editDistance(lower, candidate.toLowerCase(), maxDistance);
    if (distance <= maxDistance) best = { name: candidate, distance };
  }
  return best?.name;
}

/**
 * Returns the Levenshtein distance of two texts, or `limit + 1` if it exceeds the limit. It skips the common prefix.
 */
function editDistance(a: string, b: string, limit: number): number {
  let prefixLength = 0;
  while (prefixLength < a.length && a[prefixLength] === b[prefixLength]) prefixLength += 1;
  const [rows, columns] = [a.length - prefixLength, b.length - prefixLength];
  let previous = Array.from({ length: columns + 1 }, (_, index) => index);
  for (let i = 1; i <= rows; i += 1) {
    // Only cells within `limit` of the diagonal are calculated: the distance of any other cell exceeds the limit.
    const [from, to] = [Math.max(1, i - limit), Math.min(columns, i + limit)];
    const row = new Array<number>(columns + 1).fill(limit + 1);
    row[0] = i;
    let rowMin = i <= limit ? i : limit + 1;
    for (let j = from; j <= to; j += 1) {
      const change = (previous[j - 1] ?? 0) + (a[prefixLength + i - 1] === b[prefixLength + j - 1] ? 0 : 1);
      const value = Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      row[j] = value;
      if (value < rowMin) rowMin = value;
    }
    if (rowMin > limit) return limit + 1;
    previous = row;
  }
  return previous[columns] ?? 0;
}

/** Returns `; did you mean AddressCity?` or an empty string. */
export function suggestion(name: string, knownNames: readonly string[]): string {
  const closest = nearest(name, knownNames);
  return closest === undefined ? '' : `; did you mean ${closest}?`;
}
