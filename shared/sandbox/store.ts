import type { Fields, FieldType } from '../catalog/types.ts';

/** A stored object; the newest version is the only one. */
export interface Stored {
  id: string;
  object: string;
  [key: string]: unknown;
}

/** The objects of one account, by kind, in the order of their making. */
export class Account {
  private readonly kinds = new Map<string, Map<string, Stored>>();
  readonly singletons = new Map<string, Stored>();
  /** Of a nested object: the parents under whose path it was made. */
  readonly parents = new WeakMap<Stored, Readonly<Record<string, string>>>();

  all(kind: string): Stored[] {
    return [...(this.kinds.get(kind)?.values() ?? [])];
  }

  get(kind: string, id: string): Stored | undefined {
    return this.kinds.get(kind)?.get(id);
  }

  /** Any object by its id: for expansion. */
  find(id: string): Stored | undefined {
    for (const objects of this.kinds.values()) {
      const found = objects.get(id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  put(kind: string, object: Stored): Stored {
    const objects = this.kinds.get(kind) ?? new Map<string, Stored>();
    this.kinds.set(kind, objects);
    objects.set(object.id, object);
    return object;
  }

  remove(kind: string, id: string): void {
    this.kinds.get(kind)?.delete(id);
  }
}

/** The fields of an entity with nothing in them: null where it may be, else the emptiest value of the type. */
export function emptyObject(fields: Fields): Record<string, unknown> {
  const filled = Object.entries(fields).flatMap(([name, field]): [string, unknown][] => {
    // Stripe says it of deleted objects alone.
    if (name === 'deleted') return [];
    if (isList(field.type)) return field.nullable ? [] : [[name, emptyList()]];
    return [[name, field.nullable ? null : emptyValue(field.type)]];
  });
  return Object.fromEntries(filled);
}

function emptyValue(shape: FieldType): unknown {
  if (typeof shape === 'string')
    return { string: '', integer: 0, number: 0, decimal: '0', boolean: false, json: null }[shape];
  if ('enum' in shape) return shape.enum[0];
  if ('array' in shape) return [];
  if ('map' in shape) return {};
  if ('object' in shape) return isList(shape) ? emptyList() : emptyObject(shape.object);
  return null;
}

function isList(shape: FieldType): boolean {
  if (typeof shape !== 'object' || !('object' in shape)) return false;
  const word = shape.object['object']?.type;
  return typeof word === 'object' && 'enum' in word && word.enum[0] === 'list';
}

export function emptyList(): { object: string; data: unknown[]; has_more: boolean; total_count: number; url: string } {
  return { object: 'list', data: [], has_more: false, total_count: 0, url: '/v1' };
}

/** Sets parameters on an object: those that are its fields. Objects and metadata merge, `''` unsets. */
export function assign(object: Record<string, unknown>, params: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(params)) {
    if (name === 'metadata') {
      object[name] = value === '' ? {} : mergedMetadata(object[name], value);
    } else if (Object.hasOwn(object, name) && name !== 'object') {
      object[name] =
        value === '' ? null : isPlain(value) && isPlain(object[name]) ? merged(object[name], value) : value;
    }
  }
}

function mergedMetadata(old: unknown, given: unknown): Record<string, unknown> {
  const all = Object.entries({ ...(old as object), ...(given as object) }).filter(([, value]) => value !== '');
  return Object.fromEntries(all);
}

function merged(old: Record<string, unknown>, given: Record<string, unknown>): Record<string, unknown> {
  const cleared = Object.entries(given).map(([name, value]): [string, unknown] => [name, value === '' ? null : value]);
  return { ...old, ...Object.fromEntries(cleared) };
}

export function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
