/**
 * The types of the catalog: what a value of Stripe's API looks like.
 *
 * The generated files (`entities/`, `actions/`) and all code that reads them use these types. Scalars: `integer` is
 * every `number` of the SDK that is not in the reviewed table of fractions; `decimal` is a decimal string (Stripe's
 * `*_decimal`, and integers of 64 bits), never a float; `json` is a value that is passed on without validation.
 */
export type Scalar = 'string' | 'integer' | 'number' | 'decimal' | 'boolean' | 'json';

/** A string with a format, in the inputs of a file (`file-inputs.ts`). */
export type TextForm = 'base64' | 'fileName' | 'mediaType';

export type FieldType =
  | Scalar
  /**
   * One of these values, case-sensitive. If `open` is true, Stripe may accept and return other strings too (the SDK's
   * `OtherString`).
   */
  | { readonly enum: readonly (string | number | boolean)[]; readonly open?: true }
  | { readonly text: TextForm }
  | { readonly object: Fields }
  | { readonly array: FieldType }
  /** Free keys (metadata, options by currency). */
  | { readonly map: FieldType }
  /** The id of another entity, or its object if the caller expands it. `also`: further entities that the id may belong to. */
  | { readonly reference: string; readonly also?: readonly string[] }
  /** A number or `{gt, gte, lt, lte}` (list filters only). */
  | { readonly range: 'integer' }
  | { readonly anyOf: readonly FieldType[] };

export interface Field {
  readonly type: FieldType;
  /** Inputs only: Stripe rejects a call without this input. */
  readonly required?: true;
  /** Inputs: Stripe accepts an empty value, which clears the field. Outputs: the field may be null. */
  readonly nullable?: true;
  /** Outputs only: Stripe may omit the field. */
  readonly optional?: true;
  /**
   * Outputs only: a resource that Stripe always embeds in the object. In rows it is one JSON value. Columns for its
   * fields could have the names of other columns: an error has `payment_method.type` and `payment_method_type`.
   */
  readonly inlined?: true;
}

export type Fields = Readonly<Record<string, Field>>;

export const OPERATIONS = ['List', 'Get', 'Create', 'Update', 'Delete'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** One path at Stripe that an operation may use. */
export interface Route {
  /** `{id}` is the id of the object. `{customer}` is the id of a parent, which is the required input `Customer`. */
  readonly path: string;
  /** Parameters of the call, or filters of the list. */
  readonly params: Fields;
  /** Parameters that are always sent. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** List only: the Search API's path, if Stripe has one. */
  readonly search?: string;
  /** List only: false if Stripe returns everything in one response. */
  readonly paged?: false;
  /**
   * Create only: the part of a multipart form that contains a file. In `params`, the inputs of `file-inputs.ts` replace
   * this part.
   */
  readonly upload?: string;
}

/**
 * An operation. If Stripe has the objects in several collections, `also` has the further routes, and the caller's input
 * determines which route is used.
 */
export interface OperationDefinition extends Route {
  readonly also?: readonly Route[];
}

/** An entity with its operations and fields: the content of a file in `entities/`. */
export interface Entity {
  readonly entity: string;
  /** The fixed value of Stripe's `object` field, if it has one. */
  readonly object: string | null;
  /** True if there is one object without an id: one per account, or one per parent, as a customer's cash balance. */
  readonly singleton: boolean;
  readonly operations: Readonly<Partial<Record<Operation, OperationDefinition>>>;
  readonly fields: Fields;
}

/**
 * What the `connector` row of an action contains: the complete object, only `Success`, or outputs by name, each with
 * the Stripe field of its value.
 */
export type ActionOutput = 'object' | 'success' | Readonly<Record<string, string>>;

/** An action: the content of a file in `actions/`. */
export interface Action {
  readonly action: string;
  /** The entity to which the action belongs. If the path has an id, it is the id of an object of this entity. */
  readonly entity: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `{id}` is the value of `idInput`. Other placeholders are parents. */
  readonly path: string;
  /** The input with the object's id. Absent if the action applies to the whole collection. */
  readonly idInput?: string;
  /** The entity in Stripe's response. Null if the response is not an entity. */
  readonly answer: string | null;
  /** The media type of the file that Stripe returns instead of JSON. */
  readonly file?: string;
  readonly params: Fields;
  /** The inputs apart from ids. Absent if every input has the name of Stripe's parameter. */
  readonly fields?: Fields;
  /** Stripe's parameter of each input in `fields` that has another name. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Other names under which callers may send an input. The key is the other name, the value is the input. */
  readonly aliases?: Readonly<Record<string, string>>;
  readonly output: ActionOutput;
  /** Outputs that the row has only if Stripe created the object, each with the Stripe field that contains its value. */
  readonly alternatives?: Readonly<Record<string, string>>;
  /** Fields that the connector asks Stripe to expand, because it derives legacy keys from them. */
  readonly expand?: readonly string[];
}

/** Returns the values of an enumeration. Undefined for any other type. */
export function enumeration(type: FieldType | undefined): readonly (string | number | boolean)[] | undefined {
  return typeof type === 'object' && 'enum' in type ? type.enum : undefined;
}
