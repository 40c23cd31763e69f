import { hash } from 'node:crypto';

/** Returns the SHA-256 of a value's canonical JSON. The order of object keys does not matter. */
export function fingerprintOf(value: unknown): string {
  return hash('sha256', canonical(value));
}

/** Returns a value as JSON with sorted keys. Fields that are undefined are left out. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`;
  if (value === undefined) return 'null';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`);
  return `{${fields.join(',')}}`;
}
