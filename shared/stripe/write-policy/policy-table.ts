import type { Meaning } from '../../catalog/money/money-inputs.ts';
import { findBySuffix, type PolicyTable, type WriteFacts } from '../../catalog/money/write-facts.ts';
import type { StripeRequest } from '../transport.ts';

/** The facts of `write-policy.json`, ready to be asked. Made once, at the first write under a policy. */
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

  /** The write that a request is; where a word of a path stands for an id, the word wins. */
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

  /** True where the input names something whose amount is kept at Stripe. */
  isElsewhere(path: readonly string[]): boolean {
    return findBySuffix(this.elsewhere, path) === true;
  }

  isName(name: string): boolean {
    return this.names.has(name);
  }

  addsUp(list: string): boolean {
    return this.added.has(list);
  }

  /** Whether one entry of the list is paid. */
  isChosenFrom(list: string): boolean {
    return this.chosen.has(list);
  }

  /** Keys and values below it are the caller's own. */
  isFree(name: string): boolean {
    return this.free.has(name);
  }

  /** Whether a key of this object is a currency. */
  isCurrencyKey(object: string, key: string): boolean {
    if (object === 'currency_options' || object.endsWith('_by_currency')) return true;
    return this.currencyKeys.has(object) && /^[a-z]{3}$/i.test(key);
  }
}

function placeOf(segments: readonly string[]): string {
  return `${segments[0] ?? ''}${segments.length}`;
}

/** `currency`, `minimum_amount_currency`, `supported_currencies`: whose values are currencies. `default_for_currency` says yes or no. */
export function isCurrencyName(name: string): boolean {
  return /(^|_)(currency|currencies)$/.test(name) && !/(_by|_for)_currency$/.test(name);
}

/** An input that clears, or is none. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
