/** One row of the `connector` format: every scalar as text, null stays null. */
export type FlatRow = Record<string, string | null>;

/**
 * Flattens Stripe's JSON into one row.
 *
 * The names of nested objects are joined with dots. An empty array or object is null, any other array is JSON text. A
 * key that could be mistaken for a path becomes `["a.b"]`, so no two values collide.
 *
 * @param always keys that every row has, null if Stripe has no value. If the value is an object, the key contains its
 *   JSON text, in addition to the flattened keys.
 */
export function flatten(
  object: Readonly<Record<string, unknown>>,
  always: readonly string[] = [],
  flatRow: FlatRow = {},
): FlatRow {
  const objects = new Map<string, unknown>();
  const visit = (prefix: string, object: Readonly<Record<string, unknown>>): void => {
    for (const key of Object.keys(object)) {
      const name = joinKey(prefix, key);
      const value = object[key];
      if (!isNonEmptyObject(value)) setProperty(flatRow, name, leafText(value));
      else {
        objects.set(name, value);
        visit(name, value);
      }
    }
  };
  visit('', object);
  for (const name of always) {
    if (Object.hasOwn(flatRow, name)) continue;
    setProperty(flatRow, name, objects.has(name) ? JSON.stringify(objects.get(name)) : null);
  }
  return flatRow;
}

function isNonEmptyObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}

/** Returns the text of a value that is not flattened further. */
function leafText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.length === 0 ? null : JSON.stringify(value);
  if (typeof value === 'object') return null;
  return String(value);
}

/** Appends a key to the name of the object that contains it. */
function joinKey(prefix: string, key: string): string {
  if (!isPlainKey(key)) return `${prefix}[${JSON.stringify(key)}]`;
  return prefix === '' ? key : `${prefix}.${key}`;
}

/** Returns whether a key needs no brackets. */
function isPlainKey(key: string): boolean {
  return /^[^.[\]"]+$/.test(key);
}

/** Sets an own property of a row, even if the key is `__proto__`. */
export function setProperty(row: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') row[key] = value;
  else Object.defineProperty(row, key, { value, enumerable: true, configurable: true, writable: true });
}
