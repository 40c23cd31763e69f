/** The seed of the filter's properties (SEED repeats a run), and LIKE written a second time. */

export const SEED = Number(process.env['SEED'] ?? 20261124);

/** LIKE by a regular expression: another way than the product's. */
export function matches(text: string, pattern: string): boolean {
  const escaped = Array.from(pattern, (one) =>
    one === '%' ? '[^]*' : one === '_' ? '[^]' : one.replace(/[.*+?^${}()|[\]\\]/, '\\$&'),
  );
  return new RegExp(`^${escaped.join('')}$`, 'u').test(text);
}
