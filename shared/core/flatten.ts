/** One row of the `connector` format: every scalar as text, null stays null. */
export type FlatRow = Record<string, string | null>;

/**
 * Flattens Stripe's JSON into one row: dots between the names of nested objects, an empty array or object is null,
 * any other array is its JSON text. No leaf is lost and no two meet: a key that could be mistaken for a path is
 * written `["a.b"]`. `always` are keys that stand in the row whatever came; one that was flattened carries its JSON
 * text besides, so that null there means null.
 */
export function flatten(tree: Readonly<Record<string, unknown>>, always: readonly string[] = []): FlatRow {
  const row: FlatRow = {};
  const objects = new Map<string, unknown>();
  const visit = (name: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0) {
      if (name !== '') objects.set(name, value);
      for (const [key, inner] of Object.entries(value)) visit(join(name, key), inner);
      return;
    }
    set(row, name, leaf(value));
  };
  visit('', tree);
  for (const name of always) {
    if (!Object.hasOwn(row, name)) set(row, name, objects.has(name) ? JSON.stringify(objects.get(name)) : null);
  }
  return row;
}

function leaf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.length === 0 ? null : JSON.stringify(value);
  if (typeof value === 'object') return null;
  return String(value);
}

function join(outer: string, key: string): string {
  if (key === '' || /[.["\]]/.test(key)) return `${outer}[${JSON.stringify(key)}]`;
  return outer === '' ? key : `${outer}.${key}`;
}

/** An own property even where the key is `__proto__`. */
export function set(row: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') row[key] = value;
  else Object.defineProperty(row, key, { value, enumerable: true, configurable: true, writable: true });
}
