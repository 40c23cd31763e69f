/** A median and where the true one lies, with 95 % confidence. */
export interface Interval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** By order statistics: no assumption on how values are spread. https://online.stat.psu.edu/stat415/lesson/19/19.2 */
export function medianOf(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const { length } = sorted;
  const at = (index: number): number => sorted[Math.min(length - 1, Math.max(0, index))] ?? NaN;
  const reach = 1.96 * Math.sqrt(length) * 0.5;
  const middle = (at(Math.floor((length - 1) / 2)) + at(Math.ceil((length - 1) / 2))) / 2;
  return { median: middle, low: at(Math.floor(length / 2 - reach)), high: at(Math.ceil(length / 2 + reach) - 1) };
}

export function wordsOf({ median, low, high }: Interval): string {
  return `median ${median.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}
