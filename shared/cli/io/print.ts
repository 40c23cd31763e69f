/** Returns rows as aligned columns. The first row has the headings. */
export function formatColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Returns `name  value` lines. Values that are missing or null are left out. */
export function formatPairs(record: Readonly<Record<string, unknown>>): string {
  return formatColumns(
    Object.entries(record)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, formatValue(name, value)]),
  );
}

/** Returns a value as text: objects as JSON, Stripe's times in RFC 3339. */
export function formatValue(name: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (isStripeTime(name, value)) return isoTime(value);
  if (typeof value === 'object') return JSON.stringify(value);
  // A line break would end the row.
  return String(value).replace(/[\r\n\t]+/g, ' ');
}

/**
 * Returns whether a value is a time: the column has the name of a time, and the value is a number of Unix seconds, as
 * Stripe writes times. https://docs.stripe.com/api/customers/object#customer_object-created
 */
export function isStripeTime(name: string, value: unknown): value is number {
  if (typeof value !== 'number') return false;
  return /(^Created|At|Start|End|Date|Anchor|Until|Expires)$/i.test(name) && value > 1e9 && value < 4e9;
}

/** Returns Unix seconds in RFC 3339. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}
