import type { Meaning } from '../../catalog/money/money-inputs.ts';
import { findBySuffix, type PolicyTable, type WriteFacts } from '../../catalog/money/write-facts.ts';
import type { StripeRequest } from '../transport.ts';

/** The facts of `write-policy.json` as lookups. Built once, at the first write under a policy. */
export class PolicyLookup {
  private readonly meanings: ReadonlyMap<string, Meaning>;
  private readonly elsewhere: ReadonlyMap<string, boolean>;
  private readonly names: ReadonlySet<string>;
  private readonly added: ReadonlySet<string>;
  private readonly chosen: ReadonlySet<string>;
  private readonly currencyKeys: ReadonlySet<string>;
  private readonly free: ReadonlySet<string>;
  private readonly writes: ReadonlyMap<string, readonly { literals: readonly string[]; facts: WriteFacts }[]>;

  constructor(policyTable: PolicyTable) {
    this.meanings = new Map([
      ...policyTable.notMoney.map((name): [string, Meaning] => [name, 'none']),
      ...Object.entries(policyTable.numbers),
    ]);
    this.elsewhere = new Map(Object.entries(policyTable.elsewhere));
    this.names = new Set(policyTable.names);
    this.added = new Set(policyTable.addedLists);
    this.chosen = new Set(policyTable.chosenLists);
    this.currencyKeys = new Set(policyTable.currencyKeys);
    this.free = new Set(policyTable.freeKeys);
    const writes = new Map<string, { literals: readonly string[]; facts: WriteFacts }[]>();
    for (const [key, writeFacts] of Object.entries(policyTable.writes)) {
      const literals = key.split('/');
      const place = placeOf(literals);
      writes.set(place, [...(writes.get(place) ?? []), { literals, facts: writeFacts }]);
    }
    this.writes = writes;
  }

  /** Finds the write of a request. If a fixed word and an id both match a path segment, the word takes precedence. */
  writeOf({ method, path }: StripeRequest): WriteFacts | undefined {
    const segments = `${method} ${path}`.split('/');
    let best: { readonly ids: number; readonly facts: WriteFacts } | undefined;
    for (const { literals, facts: writeFacts } of this.writes.get(placeOf(segments)) ?? []) {
      if (!literals.every((literal, at) => literal === '{}' || literal === segments[at])) continue;
      const ids = literals.filter((literal) => literal === '{}').length;
      if (best === undefined || ids < best.ids) best = { ids, facts: writeFacts };
    }
    return best?.facts;
  }

  meaningOf(path: readonly string[]): Meaning | undefined {
    return findBySuffix(this.meanings, path);
  }

  /** True if the input names an object whose amount is stored at Stripe. */
  isElsewhere(path: readonly string[]): boolean {
    return findBySuffix(this.elsewhere, path) === true;
  }

  isName(name: string): boolean {
    return this.names.has(name);
  }

  addsUp(list: string): boolean {
    return this.added.has(list);
  }

  /** True if only one entry of the list is paid. */
  isChosenFrom(list: string): boolean {
    return this.chosen.has(list);
  }

  /** True if the keys and values below it are the caller's own. */
  isFree(name: string): boolean {
    return this.free.has(name);
  }

  /** True if the keys of this object are currencies. */
  isCurrencyKey(object: string, key: string): boolean {
    if (object === 'currency_options' || object.endsWith('_by_currency')) return true;
    return this.currencyKeys.has(object) && /^[a-z]{3}$/i.test(key);
  }
}

function placeOf(segments: readonly string[]): string {
  return `${segments[0] ?? ''}${segments.length}`;
}

/** Names whose values are currencies: `currency`, `minimum_amount_currency`, `supported_currencies`. `default_for_currency` is a flag. */
export function isCurrencyName(name: string): boolean {
  return /(^|_)(currency|currencies)$/.test(name) && !/(_by|_for)_currency$/.test(name);
}

/** True for a value that unsets an input, or for a missing one. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
