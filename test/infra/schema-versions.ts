/** What other versions of Google's provider declare differently from the schema that the tests use. */
import type { Schema } from './provider-schema.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = Readonly<Record<string, Json>>;

/** Values of the other version by their path, such as `resources/google_pubsub_topic/attributes/labels`; null: not there. */
export type SchemaPatch = Readonly<Record<string, Json>>;

export interface OtherVersion {
  /** `hashicorp/google 7.31.0, by @pulumi/gcp 9.23.0` */
  readonly provider: string;
  readonly patch: SchemaPatch;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const parts = ({ resources, data }: Schema): JsonObject => ({ resources, data }) as unknown as JsonObject;

/** The least changes that make `from` into `to`. */
export function schemaPatch(from: Schema, to: Schema): SchemaPatch {
  return Object.fromEntries(changes(parts(from), parts(to), ''));
}

function changes(from: Json | undefined, to: Json | undefined, at: string): [string, Json][] {
  if (isObject(from) && isObject(to))
    return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((key) =>
      changes(from[key], to[key], at === '' ? key : `${at}/${key}`),
    );
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [[at, to ?? null]];
}

/** The schema of the other version. */
export function patchedSchema(schema: Schema, { provider, patch }: OtherVersion): Schema {
  const made = Object.entries(patch).reduce(
    (whole, [at, value]) => withValue(whole, at.split('/'), value),
    parts(schema),
  );
  return { ...(made as unknown as Schema), provider, others: [] };
}

function withValue(whole: Json | undefined, [key = '', ...rest]: readonly string[], value: Json): JsonObject {
  const object = isObject(whole) ? whole : {};
  const made = rest.length === 0 ? value : withValue(object[key], rest, value);
  return Object.fromEntries(Object.entries({ ...object, [key]: made }).filter(([, entry]) => entry !== null));
}
