import type { Meaning } from './money-inputs.ts';
import type { WriteRule } from './write-rules.ts';

/** What the policy knows about one write. */
export interface WriteFacts extends Omit<WriteRule, 'reason' | 'writes'> {
  /** Names for `allow_unbounded`, several if a collection holds several kinds. */
  readonly names: readonly string[];
  /** The inputs that are amounts, for reviews and tests. */
  readonly money?: readonly string[];
}

/** The content of `write-policy.json`, which is only read if the settings have a policy. */
export interface PolicyTable {
  /** Amounts and factors by the ends of their paths. */
  readonly numbers: Readonly<Record<string, Exclude<Meaning, 'none'>>>;
  /** Path suffixes that are plain numbers, although a shorter suffix of theirs is an amount of money. */
  readonly notMoney: readonly string[];
  /** Inputs that refer to something whose amount is stored at Stripe. */
  readonly elsewhere: Readonly<Record<string, boolean>>;
  readonly addedLists: readonly string[];
  readonly chosenLists: readonly string[];
  readonly currencyKeys: readonly string[];
  readonly freeKeys: readonly string[];
  /** By method and path. Ids are `{}`. */
  readonly writes: Readonly<Record<string, WriteFacts>>;
  /** Every name of every input of a write. */
  readonly names: readonly string[];
}

/** Returns the meaning of a path by its longest ending with an entry. No entry has more than three names. */
export function findBySuffix<T>(rows: ReadonlyMap<string, T>, path: readonly string[]): T | undefined {
  for (let from = Math.max(0, path.length - 3); from < path.length; from += 1) {
    const nonNullable = rows.get(path.slice(from).join('.'));
    if (nonNullable !== undefined) return nonNullable;
  }
  return undefined;
}
