import type { Fields } from '../catalog/types.ts';
import type { Context } from './context.ts';
import type { Account, StoredObject } from './store.ts';

/** The rules of an entity that differ from those of the generic store. */
export interface EntityRules {
  readonly create?: (context: Context) => StoredObject;
  /**
   * Runs before an update is stored. The function may reject the update, change stored objects, or apply and remove
   * parameters that the store would apply otherwise.
   */
  readonly beforeUpdate?: (context: Context, object: StoredObject) => void;
  /**
   * Runs before a deletion. The function may reject the deletion or change objects that depend on the deleted object.
   */
  readonly beforeDelete?: (context: Context, object: StoredObject) => void;
  /** Converts a stored object to the object in a response. If absent, the response has the stored object. */
  readonly toResponse?: (object: StoredObject, context: Context) => StoredObject;
  /** Updates a singleton, such as the balance, before it is returned. */
  readonly beforeRead?: (context: Context, object: StoredObject) => void;
  /**
   * Runs instead of the generic deletion and returns the body of the response. A subscription, for example, is
   * canceled.
   */
  readonly insteadOfDelete?: (context: Context, object: StoredObject) => StoredObject;
  /**
   * Returns the objects of a list. `objects` are the stored objects that pass the filters. If the rule is absent, the
   * list has all of these.
   */
  readonly selectListed?: (
    context: Context,
    objects: readonly StoredObject[],
    parents: Readonly<Record<string, string>>,
  ) => readonly StoredObject[];
  /** Filters of the list, by parameter. Any other parameter has the filter that `listFilter` returns. */
  readonly filters?: Readonly<Record<string, ListFilter>>;
}

/** Returns whether a list contains an object if the filter parameter has the value `wanted`. */
export type ListFilter = (object: StoredObject, wanted: unknown, context: Context) => boolean;

/** Handles an action on an object. Returns the body of the response, or a Buffer for a file. */
export type ActionHandler = (context: Context, id: string) => unknown;

/** Returns the members of a list that an object contains only if `expand` names the list. */
export type IncludableList = (object: StoredObject, account: Account) => readonly StoredObject[];

/** A route that the catalog does not have. */
export interface ExtraRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path with `{name}` for each id. */
  readonly path: string;
  readonly fields: Fields;
  /** An action of the catalog whose parameters the route accepts too. */
  readonly fieldsOfAction?: string;
  /** Entity of the response. `expand` may name its fields. */
  readonly entity: string;
  /** True if the response is a list of the entity. */
  readonly isList: boolean;
  readonly run: (context: Context, ids: Readonly<Record<string, string>>, path: string) => unknown;
}

/** The rules that one feature of Stripe adds to the generic store. `machines/index.ts` lists all features. */
export interface Feature {
  /** The rules of each entity, by its name in the catalog, such as `Invoice`. */
  readonly entities?: Readonly<Record<string, EntityRules>>;
  /** The handler of each action, by its path in the catalog, such as `/v1/invoices/{id}/pay`. */
  readonly actions?: Readonly<Record<string, ActionHandler>>;
  /** The members of each list, by the kind of the object and the field of the list, such as `charge.refunds`. */
  readonly includes?: Readonly<Record<string, IncludableList>>;
  readonly routes?: readonly ExtraRoute[];
  /** Handlers of scheduled tasks, which change objects without a request, by name, such as `refund.fail`. */
  readonly scheduled?: Readonly<Record<string, (context: Context, object: StoredObject) => void>>;
  /** Updates the objects of an account to `context.now` after the sandbox's time was moved or stopped. */
  readonly onTimeMoved?: (context: Context) => void;
}
