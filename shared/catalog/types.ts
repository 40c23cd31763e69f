/**
 * The vocabulary of the catalogue: what a value of Stripe's API looks like.
 *
 * Generated rows (`entities/`, `action-parameters/`) and everything that reads them speak these types.
 * Scalars: `integer` is every `number` of the SDK that is not in the reviewed table of fractions;
 * `decimal` is a decimal string (Stripe's `*_decimal`), never a float; `json` is a value that we pass on unread.
 */
export type Scalar = 'string' | 'integer' | 'number' | 'decimal' | 'boolean' | 'json';

/** Text of one form, in the inputs of a file (`file-inputs.ts`). */
export type TextForm = 'base64' | 'fileName' | 'mediaType';

export type FieldType =
  | Scalar
  /** One of these values, spelt exactly so. `open`: Stripe may take and answer other texts too (the SDK's `OtherString`). */
  | { readonly enum: readonly (string | number | boolean)[]; readonly open?: true }
  | { readonly text: TextForm }
  | { readonly object: Fields }
  | { readonly array: FieldType }
  /** Free keys (metadata, options by currency). */
  | { readonly map: FieldType }
  /** The id of another entity, or that entity itself where the caller expanded it; `also`: further ones it may be. */
  | { readonly reference: string; readonly also?: readonly string[] }
  /** A number or `{gt, gte, lt, lte}` (list filters only). */
  | { readonly range: 'integer' }
  | { readonly anyOf: readonly FieldType[] };

export interface Field {
  readonly type: FieldType;
  /** Inputs only: Stripe refuses the call without it. */
  readonly required?: true;
  /** Inputs: may be cleared (Stripe takes an empty value). Outputs: may be null. */
  readonly nullable?: true;
  /** Outputs only: Stripe may leave it out altogether. */
  readonly optional?: true;
  /**
   * Outputs only: a whole resource that Stripe always sends inside this one. In rows it is one JSON value: joined,
   * `payment_method.type` of an error would meet its `payment_method_type`.
   */
  readonly inlined?: true;
}

export type Fields = Readonly<Record<string, Field>>;

export const OPERATIONS = ['List', 'Get', 'Create', 'Update', 'Delete'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** One path at Stripe that an operation can take. */
export interface Route {
  /** `{id}` stands where the entity's id goes, `{customer}` where its parent's goes: a required input `Customer`. */
  readonly path: string;
  /** What the call takes: list filters, or parameters. */
  readonly params: Fields;
  /** Sent along always. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** List only: the Search API's path, where Stripe has one. */
  readonly search?: string;
  /** List only: false where Stripe answers everything at once. */
  readonly paged?: false;
  /** Create only: the part of a multipart form that carries a file; `params` has the inputs of `file-inputs.ts` for it. */
  readonly upload?: string;
}

/** An operation; `also` where Stripe keeps objects of one type in several collections: the input decides. */
export interface OperationDefinition extends Route {
  readonly also?: readonly Route[];
}

/** One entity: what Stripe can do with it and what it looks like. A file of `entities/` each. */
export interface Entity {
  readonly entity: string;
  /** Stripe's value of the `object` field, where it is one fixed word. */
  readonly object: string | null;
  /** True where there is one per account and no id. */
  readonly singleton: boolean;
  readonly operations: Readonly<Partial<Record<Operation, OperationDefinition>>>;
  readonly fields: Fields;
}

/** One verb of Stripe. A file of `actions/` each. */
export interface Action {
  readonly action: string;
  /** The entity whose id goes into the path. */
  readonly entity: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `{id}` is the value of `idInput`; other placeholders are parents. */
  readonly path: string;
  /** The input that names the object; none where the verb is one of the whole collection. */
  readonly idInput?: string;
  /** The entity that Stripe answers, where it is one. */
  readonly answer: string | null;
  /** The media type of the file that Stripe answers in place of JSON. */
  readonly file?: string;
  readonly params: Fields;
}
