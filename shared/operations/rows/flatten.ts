/** One row of the `connector` format: every scalar as text, null stays null. */
export type FlatRow = Record<string, string | null>;

/**
 * Flattens Stripe's JSON into one row: dots between the names of nested objects, null for an empty array or object,
 * JSON text for any other array. No leaf is lost and no two collide: a key that could be mistaken for a path is written
 * `["a.b"]`. `always` are keys that every row has. If such a key was flattened, it also has its JSON text, so that null
 * there means null.
 */
export function flatten(
  tree: Readonly<Record<string, unknown>>,
  always: readonly string[] = [],
  flatRow: FlatRow = {},
): FlatRow {
  const objects = new Map<string, unknown>();
  const visit = (outer: string, object: Readonly<Record<string, unknown>>): void => {
    for (const key of Object.keys(object)) {
      const name = joinKey(outer, key);
      const value = object[key];
      if (!isNonEmptyObject(value)) set(flatRow, name, leaf(value));
      else {
        objects.set(name, value);
        visit(name, value);
      }
    }
  };
  visit('', tree);
  for (const name of always) {
    if (!Object.hasOwn(flatRow, name)) set(flatRow, name, objects.has(name) ? JSON.stringify(objects.get(name)) : null);
  }
  return flatRow;
}

function isNonEmptyObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}

function leaf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.length === 0 ? null : JSON.stringify(value);
  if (typeof value === 'object') return null;
  return String(value);
}

function joinKey(outer: string, key: string): string {
  if (!isPlainKey(key)) return `${outer}[${JSON.stringify(key)}]`;
  return outer === '' ? key : `${outer}.${key}`;
}

/** Returns whether a key needs no brackets. */
function isPlainKey(key: string): boolean {
  return /^[^.[\]"]+$/.test(key);
}

/** Defines an own property even if the key is `__proto__`. */
export function set(row: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') row[key] = value;
  else Object.defineProperty(row, key, { value, enumerable: true, configurable: true, writable: true });
}
