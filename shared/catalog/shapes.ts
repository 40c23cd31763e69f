/**
 * The vocabulary of the catalogue: what a value of Stripe's API looks like.
 *
 * Generated rows (`entities/`, `action-parameters/`) and everything that reads them speak these types.
 * Scalars: `integer` is every `number` of the SDK that is not in the reviewed table of fractions;
 * `decimal` is a decimal string (Stripe's `*_decimal`), never a float; `json` is a value that we pass on unread.
 */
export type Scalar = 'string' | 'integer' | 'number' | 'decimal' | 'boolean' | 'json';

export type Shape =
  | Scalar
  /** One of these values, spelt exactly so. */
  | { readonly enum: readonly (string | number | boolean)[] }
  | { readonly object: Fields }
  | { readonly array: Shape }
  /** Free keys (metadata, options by currency). */
  | { readonly map: Shape }
  /** The id of another entity, or that entity itself where the caller expanded it. */
  | { readonly reference: string }
  /** A number or `{gt, gte, lt, lte}` (list filters only). */
  | { readonly range: 'integer' }
  | { readonly anyOf: readonly Shape[] };

export interface Field {
  readonly type: Shape;
  /** Inputs only: Stripe refuses the call without it. */
  readonly required?: true;
  /** Inputs: may be cleared (Stripe takes an empty value). Outputs: may be null. */
  readonly nullable?: true;
}

export type Fields = Readonly<Record<string, Field>>;

export const OPERATIONS = ['List', 'Get', 'Create', 'Update', 'Delete'] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface OperationRow {
  /** Path at Stripe; `{id}` stands where the entity's id goes. */
  readonly path: string;
  /** What the call takes: list filters, or parameters. */
  readonly params: Fields;
  /** List only: the Search API's path, where Stripe has one. */
  readonly search?: string;
  /** List only: false where Stripe answers everything at once. */
  readonly paged?: false;
}

/** One entity: what Stripe can do with it and what it looks like. A file of `entities/` each. */
export interface Entity {
  readonly entity: string;
  /** Stripe's value of the `object` field, where it is one fixed word. */
  readonly object: string | null;
  /** True where there is one per account and no id. */
  readonly singleton: boolean;
  readonly operations: Readonly<Partial<Record<Operation, OperationRow>>>;
  /** A second collection of the same type: used where the input names its parameters. */
  readonly fields: Fields;
}
