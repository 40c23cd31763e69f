import { memoizeByRef } from '../memoize.ts';
import type { Field, Fields, FieldType } from './types.ts';

/** `preferred_locales` -> `PreferredLocales`; `line1` -> `Line1`. */
export function pascal(snake: string): string {
  return snake.replace(/(^|_)([a-z0-9])/g, (_, _gap, letter: string) => letter.toUpperCase());
}

/** `PaymentIntent` -> `payment_intent`: the reverse, unless a digit stands alone. */
export function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** Returns the fields of a type that is or may be an object. */
export function innerFields(fieldType: FieldType): Fields | undefined {
  if (typeof fieldType === 'string') return undefined;
  if ('object' in fieldType) return fieldType.object;
  if ('anyOf' in fieldType) return fieldType.anyOf.map(innerFields).find((fields) => fields !== undefined);
  return undefined;
}

/** Returns every kind of object that a type may be. */
export function objectTypes(fieldType: FieldType): readonly Fields[] {
  if (typeof fieldType === 'string') return [];
  if ('object' in fieldType) return [fieldType.object];
  return 'anyOf' in fieldType ? fieldType.anyOf.flatMap(objectTypes) : [];
}

export interface Named {
  /** Stripe's names from the outermost to the innermost: `['address', 'city']`. */
  readonly path: readonly string[];
  readonly field: Field;
}

/** One level of fields with a lookup by PascalCase names. */
interface Level {
  readonly prefix: ReadonlyMap<string, Named>;
  /** The fields that are or may be objects. */
  readonly objects: readonly { readonly name: string; readonly key: string; readonly inner: Fields }[];
}

/** A caller may send tens of thousands of names, so each is looked up in a map. */
const levelOf = memoizeByRef((fields: Fields): Level => {
  const entries = Object.entries(fields);
  return {
    prefix: new Map(entries.map(([key, field]) => [pascal(key), { path: [key], field }])),
    objects: entries.flatMap(([key, { type }]) => {
      const inner = innerFields(type);
      return inner === undefined ? [] : [{ name: pascal(key), key, inner }];
    }),
  };
});

/** Resolves `City` to `city` among these fields, not among nested ones. */
export function ownPascal(name: string, fields: Fields): string | undefined {
  return levelOf(fields).prefix.get(name)?.path[0];
}

/** Resolves `AddressCity` to `address.city`. A field with the complete name takes precedence over a joined one. */
export function resolvePascal(name: string, fields: Fields): Named | undefined {
  if (name.length > MAX_KNOWN_LENGTH) return undefined;
  const { prefix: whole, objects } = levelOf(fields);
  const own = whole.get(name);
  if (own !== undefined) return own;
  for (const { name: outer, key, inner } of objects) {
    if (!name.startsWith(outer)) continue;
    const named = resolvePascal(name.slice(outer.length), inner);
    if (named !== undefined) return { path: [key, ...named.path], field: named.field };
  }
  return undefined;
}

/** Longer than any name of the catalog (the longest has 103 characters): such a name is unknown without a lookup. */
const MAX_KNOWN_LENGTH = 200;

/** Returns every column or input name of the fields, in order and without duplicates. Members of objects are joined. */
export const joinedNames = memoizeByRef((fields: Fields): readonly string[] => collectJoinedNames(fields, '', 0));

function collectJoinedNames(fields: Fields, outer: string, depth: number): string[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const name = outer + pascal(key);
    const inner = depth < 8 ? innerFields(field.type) : undefined;
    return inner === undefined ? [name] : [name, ...collectJoinedNames(inner, name, depth + 1)];
  });
}

/** Longer names are not compared with the known ones. */
export const MAX_COMPARED_LENGTH = 120;
/** Limit of the edit distance of a suggestion. */
const MAX_EDITS = 8;

/** Returns the known name with the smallest edit distance, if it is close enough. */
export function nearest(name: string, cached: readonly string[]): string | undefined {
  if (name.length > MAX_COMPARED_LENGTH) return undefined;
  const lower = name.toLowerCase();
  const limit = Math.min(MAX_EDITS, Math.max(2, Math.floor(name.length / 3)));
  let best: { name: string; distance: number } | undefined;
  for (const candidate of cached) {
    // Only distances below the best one so far matter.
    const within = best === undefined ? limit : best.distance - 1;
    if (within < 0) break;
    if (Math.abs(candidate.length - name.length) > within) continue;
    const distance = edits(lower, candidate.toLowerCase(), within);
    if (distance <= within) best = { name: candidate, distance };
  }
  return best?.name;
}

/** Levenshtein distance, row by row. Returns `limit + 1` if it is larger. A common prefix costs nothing. */
function edits(a: string, b: string, limit: number): number {
  let same = 0;
  while (same < a.length && a[same] === b[same]) same += 1;
  const [rows, columns] = [a.length - same, b.length - same];
  let previous = Array.from({ length: columns + 1 }, (_, index) => index);
  for (let i = 1; i <= rows; i += 1) {
    // Cells that are further from the diagonal than the limit cannot be within it.
    const [from, to] = [Math.max(1, i - limit), Math.min(columns, i + limit)];
    const row = new Array<number>(columns + 1).fill(limit + 1);
    row[0] = i;
    let least = i <= limit ? i : limit + 1;
    for (let j = from; j <= to; j += 1) {
      const change = (previous[j - 1] ?? 0) + (a[same + i - 1] === b[same + j - 1] ? 0 : 1);
      const value = Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      row[j] = value;
      if (value < least) least = value;
    }
    if (least > limit) return limit + 1;
    previous = row;
  }
  return previous[columns] ?? 0;
}

/** Returns `; did you mean AddressCity?` or an empty string. */
export function suggestion(name: string, cached: readonly string[]): string {
  const near = nearest(name, cached);
  return near === undefined ? '' : `; did you mean ${near}?`;
}
