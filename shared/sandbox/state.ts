import type { Catalog } from '../ports/catalog.ts';
import { makeObject, type Context } from './context.ts';
import { IdSource } from './ids.ts';
import { FEATURE_RULES } from './machines/index.ts';
import { readPaths, type PathIds } from './protocol/routes.ts';
import { Account, type StoredObject } from './store.ts';

export interface StateOptions {
  readonly catalog: Catalog;
  readonly seed: number;
  /** Unix seconds. */
  readonly now: () => number;
  /** Returns the base URL of the sandbox. */
  readonly origin: () => string;
}

/** The state of the sandbox: accounts, ids and time. */
export class State {
  readonly ids: IdSource;
  readonly accounts = new Map<string, Account>();
  /** Number of seconds after which a search finds a new object. The admin API sets this number. */
  searchLag = 0;
  private readonly paths: ReadonlyMap<string, string>;
  /** Seconds to add to `options.now` while the clock runs: how far the admin API has moved the time. */
  private offset = 0;
  /** Unix seconds at which the sandbox's clock is stopped. Undefined while the clock runs. */
  private frozen: number | undefined;

  constructor(private readonly options: StateOptions) {
    this.ids = new IdSource(options.seed);
    this.paths = readPaths(options.catalog);
  }

  now(): number {
    return this.frozen ?? this.options.now() + this.offset;
  }

  /** Stops the time at `at`, in Unix seconds, and updates the objects of all accounts to this time. */
  freeze(at: number): void {
    this.frozen = at;
    this.runOnTimeMoved();
  }

  isFrozen(): boolean {
    return this.frozen !== undefined;
  }

  /** Lets a stopped clock run again, from the time that it shows. */
  resume(): void {
    if (this.frozen === undefined) return;
    this.offset = this.frozen - this.options.now();
    this.frozen = undefined;
  }

  /** Runs a function while the time is stopped at `at`, in Unix seconds. Then restores the time. */
  atTime<T>(at: number, run: () => T): T {
    const { frozen } = this;
    this.frozen = at;
    try {
      return run();
    } finally {
      this.frozen = frozen;
    }
  }

  /** Returns the clock for a snapshot. */
  savedClock(): { offset: number; frozen: number | null } {
    return { offset: this.offset, frozen: this.frozen ?? null };
  }

  setClock({ offset, frozen }: { readonly offset: number; readonly frozen: number | null }): void {
    this.offset = offset;
    this.frozen = frozen ?? undefined;
  }

  /** Moves the time forward and updates the objects of all accounts to the new time. */
  advance(seconds: number): void {
    if (this.frozen === undefined) this.offset += seconds;
    else this.frozen += seconds;
    this.runOnTimeMoved();
  }

  private runOnTimeMoved(): void {
    for (const account of this.accounts.values())
      for (const onTimeMoved of FEATURE_RULES.onTimeMoved) onTimeMoved(this.context(account, {}));
  }

  /** Returns the account with an id, and creates it if it does not exist. The id of the platform is `''`. */
  account(id: string): Account {
    const account = this.accounts.get(id) ?? new Account(id);
    this.accounts.set(id, account);
    return account;
  }

  /** Returns the context of a request to an account. */
  context(account: Account, params: Record<string, unknown>): Context {
    const { catalog } = this.options;
    return {
      account,
      accountOf: (id) => this.account(id),
      origin: this.options.origin(),
      params,
      ids: this.ids,
      now: this.now(),
      searchLag: this.searchLag,
      entity: (name: string) => catalog.entity(name),
      pathOf: (kind: string) => this.paths.get(kind),
    };
  }

  /** Stores an object in an account, and discards the change that would cause an event. */
  seed(entity: string, params: Record<string, unknown> = {}, parents: PathIds = {}, account = ''): StoredObject {
    const owner = this.account(account);
    const object = makeObject(this.context(owner, params), entity, params);
    owner.parents.set(object, parents);
    owner.changes.take();
    return object;
  }
}
