import type { Fields } from '../catalog/types.ts';
import type { Context } from './context.ts';
import type { Account, Stored } from './store.ts';

/** How an entity differs from the generic store. */
export interface EntityMachine {
  readonly create?: (context: Context) => Stored;
  /** Before an update is stored: rejects it, or changes the state. */
  readonly update?: (context: Context, object: Stored) => void;
  /** Before a deletion: rejects it, or undoes what hangs on the object. */
  readonly remove?: (context: Context, object: Stored) => void;
  /** What an answer shows of a stored object, where it is not the object itself. */
  readonly shown?: (object: Stored, context: Context) => Stored;
  /** Before a singleton is answered: brings it up to date. */
  readonly read?: (context: Context, object: Stored) => void;
  /** Instead of a deletion. */
  readonly end?: (context: Context, object: Stored) => Stored;
  /** Selects the objects of a list from those that pass its filters. If absent, a list has all of them. */
  readonly listed?: (
    context: Context,
    objects: readonly Stored[],
    parents: Readonly<Record<string, string>>,
  ) => readonly Stored[];
  /**
   * Parameters of the list that are no field of the object: whether an object passes the filter's value.
   * A parameter that has a filter here is not compared with the field of its name.
   */
  readonly filters?: Readonly<Record<string, Filter>>;
}

export type Filter = (object: Stored, wanted: unknown, context: Context) => boolean;

/** A verb of an object. A Buffer is a file. */
export type ActionMachine = (context: Context, id: string) => unknown;

/** Lists that an object carries only where `expand` names them. */
export type Included = (object: Stored, account: Account) => readonly Stored[];

/** A path that the catalog does not have. */
export interface ExtraRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With `{name}` for each id. */
  readonly path: string;
  readonly fields: Fields;
  /** An action of the catalog whose parameters it takes as well. */
  readonly fieldsOfAction?: string;
  /** Entity of the answer, and whether it is a list of them: `expand` is checked against it. */
  readonly entity: string;
  readonly list: boolean;
  readonly run: (context: Context, ids: Readonly<Record<string, string>>, path: string) => unknown;
}

/** What one feature of Stripe adds to the generic store. Each feature is one line of `machines/index.ts`. */
export interface Feature {
  /** By entity of the catalog, such as `Invoice`. */
  readonly entities?: Readonly<Record<string, EntityMachine>>;
  /** By path of the catalog, such as `/v1/invoices/{id}/pay`. */
  readonly actions?: Readonly<Record<string, ActionMachine>>;
  /** By kind and field, such as `charge.refunds`. */
  readonly includes?: Readonly<Record<string, Included>>;
  readonly routes?: readonly ExtraRoute[];
  /** What Stripe does by itself later, by name: `refund.fail`. */
  readonly due?: Readonly<Record<string, (context: Context, object: Stored) => void>>;
  /** Brings the objects of an account up to `context.now`, after the sandbox's time was moved. */
  readonly onTime?: (context: Context) => void;
}
