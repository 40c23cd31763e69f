/**
 * Parsers for documents of named fields, each with its own zod schema. A schema is created when its field first occurs:
 * a call and a connection use only a few of all fields, and creating the others would cost every cold start more than
 * all parsing.
 */
import type * as z from 'zod';
import { lazy } from './memoize.ts';

export interface Optional<T> {
  readonly absent: 'optional';
  readonly schema: () => z.ZodType<T>;
}
export interface Required<T> {
  readonly absent: 'required';
  readonly schema: () => z.ZodType<T>;
}
export interface Defaulted<T> {
  readonly absent: 'default';
  readonly value: T;
  readonly schema: () => z.ZodType<T>;
}
export type FieldSchema<T = unknown> = Optional<T> | Required<T> | Defaulted<T>;
export type DocumentSchema = Readonly<Record<string, FieldSchema>>;

/** A field that may be absent. */
export function optional<T>(schema: () => z.ZodType<T>): Optional<T> {
  return { absent: 'optional', schema: lazy(schema) };
}

/** A field that must be present. */
export function required<T>(schema: () => z.ZodType<T>): Required<T> {
  return { absent: 'required', schema: lazy(schema) };
}

/** A field with a default value. */
export function withDefault<T>(value: T, schema: () => z.ZodType<T>): Defaulted<T> {
  return { absent: 'default', value, schema: lazy(schema) };
}

type Value<F> = F extends { readonly schema: () => z.ZodType<infer T> } ? T : never;

/** The type of the parsed document. */
export type Read<F extends DocumentSchema> = {
  readonly [K in keyof F as F[K]['absent'] extends 'optional' ? never : K]: Value<F[K]>;
} & {
  readonly [K in keyof F as F[K]['absent'] extends 'optional' ? K : never]?: Value<F[K]> | undefined;
};

/** A problem of a field: it is unknown, missing, or its schema rejects it. */
export interface FieldIssue {
  readonly path: readonly PropertyKey[];
  readonly problem: 'unknown' | 'absent' | { readonly message: string };
}

type Outcome<F extends DocumentSchema> =
  | { readonly data: Read<F>; readonly problems?: undefined }
  /** `read` has the fields without problems. */
  | { readonly data?: undefined; readonly problems: readonly FieldIssue[]; readonly read: Partial<Read<F>> };

/** Parses a document or returns all its problems. `others`: what to do with unknown fields. */
export function readFields<F extends DocumentSchema>(
  fields: F,
  document: Readonly<Record<string, unknown>>,
  others: 'rejected' | 'ignored' = 'rejected',
): Outcome<F> {
  const data: Record<string, unknown> = {};
  const problems: FieldIssue[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const value = Object.hasOwn(document, name) ? document[name] : undefined;
    if (value !== undefined) {
      const parsed = field.schema().safeParse(value, { reportInput: true });
      if (parsed.success) data[name] = parsed.data;
      // Added one by one: a document may have more problems than a function call may have arguments.
      else
        for (const issue of parsed.error.issues) for (const problem of problemsOf(name, issue)) problems.push(problem);
    } else if (field.absent === 'default') data[name] = field.value;
    else if (field.absent === 'required') problems.push({ path: [name], problem: 'absent' });
  }
  if (others === 'rejected')
    for (const name of Object.keys(document))
      if (!Object.hasOwn(fields, name)) problems.push({ path: [name], problem: 'unknown' });
  return problems.length > 0 ? { problems, read: data as Partial<Read<F>> } : { data: data as Read<F> };
}

function problemsOf(name: string, issue: z.core.$ZodIssue): FieldIssue[] {
  const path = [name, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], problem: 'unknown' as const }));
  return [{ path, problem: issue.input === undefined ? 'absent' : { message: issue.message } }];
}
