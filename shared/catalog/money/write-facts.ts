import type { Meaning } from './money-inputs.ts';
import type { WriteRule } from './write-rules.ts';

/** The rule of one write in `write-policy.json`. */
export interface WriteFacts extends Omit<WriteRule, 'reason' | 'writes'> {
  /**
   * Names of the write in the setting `allow_unbounded`. There are several if the collection has several kinds of
   * objects.
   */
  readonly names: readonly string[];
  /** The inputs that are amounts, for reviews and tests. */
  readonly money?: readonly string[];
}

/** The content of `write-policy.json`, which is only read if the settings have a policy. */
export interface PolicyTable {
  /** The meanings of amounts and quantities by path suffix. */
  readonly numbers: Readonly<Record<string, Exclude<Meaning, 'none'>>>;
  /**
   * Path suffixes, of at least two names, of numbers that are not money. The longest matching suffix applies, so these
   * take precedence over a shorter suffix in `numbers`.
   */
  readonly notMoney: readonly string[];
  /** Inputs that refer to an object whose amount is stored at Stripe, by path suffix. See `AMOUNTS_ELSEWHERE`. */
  readonly elsewhere: Readonly<Record<string, boolean>>;
  readonly addedLists: readonly string[];
  readonly chosenLists: readonly string[];
  readonly currencyKeys: readonly string[];
  readonly freeKeys: readonly string[];
  /** The rules of writes, by method and path with `{}` for ids. */
  readonly writes: Readonly<Record<string, WriteFacts>>;
  /** All names in the paths of the inputs of all writes. */
  readonly names: readonly string[];
}

/** Returns the entry for the longest suffix of a path. No entry has more than three names. */
export function findBySuffix<T>(rows: ReadonlyMap<string, T>, path: readonly string[]): T | undefined {
  for (let from = Math.max(0, path.length - 3); from < path.length; from += 1) {
    const entry = rows.get(path.slice(from).join('.'));
    if (entry !== undefined) return entry;
  }
  return undefined;
}
