import { routesOf } from '../routes.ts';
import type { Action, Entity, Fields, FieldType } from '../types.ts';

/** A write at Stripe: a method and a path. Operations on several kinds of objects in one collection share a write. */
export interface Write {
  readonly names: readonly string[];
  /** Method and path, with `{}` for ids: `POST /v1/charges/{}`. */
  readonly key: string;
  readonly params: readonly Fields[];
}

/** Returns every write of the catalog by method and path. */
export function writesOf(entities: readonly Entity[], actions: readonly Action[]): Write[] {
  const inputs = [
    ...entities.flatMap(({ entity, operations }) =>
      (['Create', 'Update', 'Delete'] as const).flatMap((operation) => {
        const definition = operations[operation];
        const method = operation === 'Delete' ? 'DELETE' : 'POST';
        const routes = definition === undefined ? [] : routesOf(definition);
        return routes.map(({ path, params }) => ({ name: `${entity}.${operation}`, method, path, params }));
      }),
    ),
    ...actions
      .filter(({ method }) => method !== 'GET')
      .map(({ action, method, path, params }) => ({ name: action, method, path, params })),
  ];
  const writes = new Map<string, Write>();
  for (const { name, method, path, params } of inputs) {
    const key = `${method} ${path.replace(/\{\w+\}/g, '{}')}`;
    const existing = writes.get(key);
    writes.set(key, {
      key,
      names: [...new Set([...(existing?.names ?? []), name])],
      params: [...(existing?.params ?? []), params],
    });
  }
  return [...writes.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** An input of a write. Its path omits the positions in lists and the keys of maps. */
export interface WriteInput {
  readonly path: readonly string[];
  readonly shape: FieldType;
}

/** Returns every input of a write. Objects and maps are included in addition to the inputs inside them. */
export function inputsOf({ params }: Pick<Write, 'params'>): WriteInput[] {
  return params.flatMap((fields) => inputsOfFields(fields, []));
}

function inputsOfFields(fields: Fields, prefix: readonly string[]): WriteInput[] {
  return Object.entries(fields).flatMap(([name, { type }]) => inputsAt([...prefix, name], type));
}

function inputsAt(path: readonly string[], shape: FieldType): WriteInput[] {
  if (typeof shape === 'string') return [{ path, shape }];
  if ('object' in shape) return [{ path, shape }, ...inputsOfFields(shape.object, path)];
  if ('array' in shape) return inputsAt(path, shape.array);
  if ('map' in shape) return [{ path, shape }, ...inputsAt(path, shape.map)];
  if ('anyOf' in shape) return shape.anyOf.flatMap((fieldType) => inputsAt(path, fieldType));
  return [{ path, shape }];
}

/** Returns whether a type is or may be a number. */
export function isNumeric({ shape: fieldType }: WriteInput): boolean {
  if (typeof fieldType === 'string')
    return fieldType === 'integer' || fieldType === 'number' || fieldType === 'decimal';
  return 'range' in fieldType || ('enum' in fieldType && fieldType.enum.some((value) => typeof value === 'number'));
}
