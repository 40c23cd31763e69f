import type { Meaning } from '../../catalog/money/money-inputs.ts';
import { findBySuffix, type PolicyTable, type WriteFacts } from '../../catalog/money/write-facts.ts';
import type { StripeRequest } from '../transport.ts';

/**
 * Looks up the rules of `write-policy.json`. Built once, at the first write whose amounts or currencies are checked.
 */
export class PolicyLookup {
  private readonly meanings: ReadonlyMap<string, Meaning>;
  private readonly storedAmounts: ReadonlyMap<string, boolean>;
  private readonly names: ReadonlySet<string>;
  private readonly addedLists: ReadonlySet<string>;
  private readonly chosenLists: ReadonlySet<string>;
  private readonly currencyKeys: ReadonlySet<string>;
  private readonly freeKeys: ReadonlySet<string>;
  private readonly writes: ReadonlyMap<string, readonly { literals: readonly string[]; facts: WriteFacts }[]>;

  constructor(table: PolicyTable) {
    this.meanings = new Map([
      ...table.notMoney.map((name): [string, Meaning] => [name, 'none']),
      ...Object.entries(table.numbers),
    ]);
    this.storedAmounts = new Map(Object.entries(table.elsewhere));
    this.names = new Set(table.names);
    this.addedLists = new Set(table.addedLists);
    this.chosenLists = new Set(table.chosenLists);
    this.currencyKeys = new Set(table.currencyKeys);
    this.freeKeys = new Set(table.freeKeys);
    const writes = new Map<string, { literals: readonly string[]; facts: WriteFacts }[]>();
    for (const [key, writeFacts] of Object.entries(table.writes)) {
      const literals = key.split('/');
      const index = indexKey(literals);
      writes.set(index, [...(writes.get(index) ?? []), { literals, facts: writeFacts }]);
    }
    this.writes = writes;
  }

  /** Finds the write of a request. A route with a literal segment takes precedence over one with an id. */
  writeOf({ method, path }: StripeRequest): WriteFacts | undefined {
    const segments = `${method} ${path}`.split('/');
    let best: { readonly ids: number; readonly facts: WriteFacts } | undefined;
    for (const { literals, facts: writeFacts } of this.writes.get(indexKey(segments)) ?? []) {
      if (!literals.every((literal, at) => literal === '{}' || literal === segments[at])) continue;
      const ids = literals.filter((literal) => literal === '{}').length;
      if (best === undefined || ids < best.ids) best = { ids, facts: writeFacts };
    }
    return best?.facts;
  }

  /** Returns what the number at a path is, such as an amount or a quantity. Undefined if the table does not have it. */
  meaningOf(path: readonly string[]): Meaning | undefined {
    return findBySuffix(this.meanings, path);
  }

  /** Returns whether the input names an object whose amount is stored at Stripe. */
  isStoredAmount(path: readonly string[]): boolean {
    return findBySuffix(this.storedAmounts, path) === true;
  }

  isKnownName(name: string): boolean {
    return this.names.has(name);
  }

  /** Returns whether all entries of the list are paid together. */
  isPaidTogether(list: string): boolean {
    return this.addedLists.has(list);
  }

  /** Returns whether only one entry of the list is paid. */
  isChosenFrom(list: string): boolean {
    return this.chosenLists.has(list);
  }

  /** Returns whether the caller chooses the keys and values below the name, as in metadata. */
  isFreeKey(name: string): boolean {
    return this.freeKeys.has(name);
  }

  /** Returns whether a key is a currency. `object` is the name of the object that has the key. */
  isCurrencyKey(object: string, key: string): boolean {
    if (object === 'currency_options' || object.endsWith('_by_currency')) return true;
    return this.currencyKeys.has(object) && /^[a-z]{3}$/i.test(key);
  }
}

/** Returns the first segment (the method) and the number of segments. Only routes with the same key can match. */
function indexKey(segments: readonly string[]): string {
  return `${segments[0] ?? ''}${segments.length}`;
}

/**
 * Returns whether the values of a name are currencies: `currency`, `minimum_amount_currency`, `supported_currencies`. It
 * excludes flags such as `default_for_currency`.
 */
export function isCurrencyName(name: string): boolean {
  return /(^|_)(currency|currencies)$/.test(name) && !/(_by|_for)_currency$/.test(name);
}

/** Returns whether a value is missing or unsets an input. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
