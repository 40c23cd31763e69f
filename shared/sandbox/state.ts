import type { Catalog } from '../ports/catalog.ts';
import { make, type Context } from './context.ts';
import { IdSource as IdMaker } from './ids.ts';
import { MACHINES } from './machines/index.ts';
import { paths } from './protocol/routes.ts';
import type { PathIds } from './protocol/routes.ts';
import { Account, type Stored } from './store.ts';

export interface StateOptions {
  readonly catalog: Catalog;
  readonly seed: number;
  /** Unix seconds. */
  readonly now: () => number;
  /** Where the sandbox listens. */
  readonly origin: () => string;
}

/** Everything that the sandbox remembers: its accounts, its ids and its time. */
export class State {
  readonly ids: IdMaker;
  readonly accounts = new Map<string, Account>();
  /** Seconds; 0: a write can be searched at once. */
  searchLag = 0;
  private readonly paths: ReadonlyMap<string, string>;
  /** Seconds that the admin API moved the time by. */
  private offset = 0;
  /** The time does not pass by itself: it is what the admin API set. */
  private frozen: number | undefined;

  constructor(private readonly options: StateOptions) {
    this.ids = new IdMaker(options.seed);
    this.paths = paths(options.catalog);
  }

  now(): number {
    return this.frozen ?? this.options.now() + this.offset;
  }

  /** Stops the time at a moment, in Unix seconds; objects of every account are brought up to it. */
  freeze(at: number): void {
    this.frozen = at;
    this.catchUp();
  }

  isFrozen(): boolean {
    return this.frozen !== undefined;
  }

  /** The time passes again, from where it stands. */
  resume(): void {
    if (this.frozen === undefined) return;
    this.offset = this.frozen - this.options.now();
    this.frozen = undefined;
  }

  /** Runs with the time at a moment, in Unix seconds, and puts it back. */
  during<T>(at: number, run: () => T): T {
    const { frozen } = this;
    this.frozen = at;
    try {
      return run();
    } finally {
      this.frozen = frozen;
    }
  }

  clock(): { offset: number; frozen: number | null } {
    return { offset: this.offset, frozen: this.frozen ?? null };
  }

  setClock({ offset, frozen }: { readonly offset: number; readonly frozen: number | null }): void {
    this.offset = offset;
    this.frozen = frozen ?? undefined;
  }

  advance(seconds: number): void {
    if (this.frozen === undefined) this.offset += seconds;
    else this.frozen += seconds;
    this.catchUp();
  }

  private catchUp(): void {
    for (const account of this.accounts.values())
      for (const onTime of MACHINES.onTime) onTime(this.context(account, {}));
  }

  account(id: string): Account {
    const known = this.accounts.get(id) ?? new Account(id);
    this.accounts.set(id, known);
    return known;
  }

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

  /** Puts an object into an account as if it had always been there, without an event. */
  seed(entity: string, params: Record<string, unknown> = {}, parents: PathIds = {}, account = ''): Stored {
    const owner = this.account(account);
    const made = make(this.context(owner, params), entity, params);
    owner.parents.set(made, parents);
    owner.changes.take();
    return made;
  }
}
