import * as z from 'zod/mini';

/** The name of a parsed setting: `max_affected` -> `maxAffected`. */
export type Camel<S extends string> = S extends `${infer A}_${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;

/** Converts the name of a setting to the name of its parsed value. */
export function camel<S extends string>(name: S): Camel<S> {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as Camel<S>;
}

/**
 * Returns the schema of a setting. The settings page and Terraform show the description. Without a default, the setting
 * is optional.
 */
export function setting<T>(description: string, schema: z.ZodMiniType<T>): z.ZodMiniOptional<z.ZodMiniType<T>>;
export function setting<T>(
  description: string,
  schema: z.ZodMiniType<T>,
  defaultValue: NoInfer<T>,
): z.ZodMiniDefault<z.ZodMiniType<T>>;
export function setting<T>(description: string, schema: z.ZodMiniType<T>, defaultValue?: NoInfer<T>): z.ZodMiniType {
  const value = defaultValue === undefined ? z.optional(schema) : z._default(schema, defaultValue as never);
  return value.register(z.globalRegistry, { description });
}

/** Returns the schema of a setting that every connection must set. */
export function requiredSetting<T>(description: string, schema: z.ZodMiniType<T>): z.ZodMiniType<T> {
  return schema.register(z.globalRegistry, { ...z.globalRegistry.get(schema), description });
}
