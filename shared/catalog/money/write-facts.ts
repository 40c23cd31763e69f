import type { Meaning } from './money-inputs.ts';
import type { WriteRule } from './write-rules.ts';

/** What the policy knows of one write. */
export interface WriteFacts extends Omit<WriteRule, 'reason' | 'writes'> {
  /** What `allow_unbounded` calls it; several where a collection holds several kinds. */
  readonly names: readonly string[];
  /** The inputs that are amounts, for a review, and for the tests. */
  readonly money?: readonly string[];
}

/** `write-policy.json`: read only where the settings have a policy. */
export interface PolicyTable {
  /** Amounts and factors by the ends of their paths. */
  readonly numbers: Readonly<Record<string, Exclude<Meaning, 'none'>>>;
  /** Ends of paths that are numbers without money, though a shorter end is one with money. */
  readonly notMoney: readonly string[];
  /** Inputs that name something whose amount is kept at Stripe. */
  readonly elsewhere: Readonly<Record<string, boolean>>;
  readonly addedLists: readonly string[];
  readonly chosenLists: readonly string[];
  readonly currencyKeys: readonly string[];
  readonly freeKeys: readonly string[];
  /** By method and path, ids as `{}`. */
  readonly writes: Readonly<Record<string, WriteFacts>>;
  /** Every name of every input of a write. */
  readonly names: readonly string[];
}

/** What a path of names means, by its longest ending that has a row; no row has more than three names. */
export function findBySuffix<T>(rows: ReadonlyMap<string, T>, path: readonly string[]): T | undefined {
  for (let from = Math.max(0, path.length - 3); from < path.length; from += 1) {
    const nonNullable = rows.get(path.slice(from).join('.'));
    if (nonNullable !== undefined) return nonNullable;
  }
  return undefined;
}
