import type { Fields, FieldType } from '../catalog/types.ts';
import { ChangeLog } from './events/change-log.ts';
import { JournaledMap } from './journaled-map.ts';
import { badRequest } from './api-error.ts';

/** A Stripe object in the store. Handlers change it in place. */
export interface StoredObject {
  id: string;
  object: string;
  [key: string]: unknown;
}

/** Id of the platform's Connect application. */
export const PLATFORM_APPLICATION = 'ca_sandbox';

/** The objects of one account, by kind, in order of creation. */
export class Account {
  /** `id` is `acct_…` for a connected account and empty for the platform. */
  constructor(readonly id = '') {}

  private readonly kinds = new Map<string, JournaledMap<StoredObject>>();
  readonly singletons = new JournaledMap<StoredObject>();
  /** The ids in the path under which a nested object was created. */
  readonly parents = new WeakMap<StoredObject, Readonly<Record<string, string>>>();
  /** Data that no response shows, such as signing secrets. Most keys are the id of an object, some with a prefix. */
  readonly privateData = new JournaledMap<unknown>();
  readonly changes = new ChangeLog();

  /**
   * Returns the objects of a kind, oldest first. The change log records them as possibly changed, because the caller
   * may change them in place.
   */
  all(kind: string): StoredObject[] {
    const objects = [...(this.kinds.get(kind)?.values() ?? [])];
    for (const object of objects) this.changes.touch(kind, object);
    return objects;
  }

  /** Returns an object, if it exists. The change log records the object as possibly changed. */
  get(kind: string, id: string): StoredObject | undefined {
    const object = this.kinds.get(kind)?.get(id);
    if (object !== undefined) this.changes.touch(kind, object);
    return object;
  }

  /** Returns the object with an id, of any kind. */
  find(id: string): StoredObject | undefined {
    for (const [kind, objects] of this.kinds) {
      if (objects.has(id)) return this.get(kind, id);
    }
    return undefined;
  }

  /** Stores an object. An object with the same kind and id is replaced. */
  put(kind: string, object: StoredObject): StoredObject {
    const objects = this.kinds.get(kind) ?? new JournaledMap<StoredObject>();
    this.kinds.set(kind, objects);
    const former = objects.get(object.id);
    if (former !== undefined && former !== object) this.changes.recordRemoval(kind, former);
    objects.set(object.id, object);
    // An object with `deleted: true` replaces a deleted object, whose deletion `recordRemoval` has already recorded.
    if (object['deleted'] !== true) this.changes.touch(kind, object);
    return object;
  }

  /** Deletes an object, if it exists. */
  remove(kind: string, id: string): void {
    const object = this.kinds.get(kind)?.get(id);
    if (object !== undefined) this.changes.recordRemoval(kind, object);
    this.kinds.get(kind)?.delete(id);
  }

  /** Marks the current state as the one that `undo` restores. */
  begin(): void {
    for (const map of this.maps()) map.begin();
    this.changes.begin();
  }

  /** Undoes all changes since `begin`, because a rejected request changes nothing. */
  undo(): void {
    for (const map of this.maps()) map.undo();
    this.changes.undo();
  }

  private maps(): readonly { begin(): void; undo(): void }[] {
    return [...this.kinds.values(), this.singletons, this.privateData];
  }

  /** Returns every object with its kind, grouped by kind. The singletons are not included. */
  entries(): [string, StoredObject][] {
    return [...this.kinds].flatMap(([kind, objects]) =>
      [...objects.values()].map((object): [string, StoredObject] => [kind, object]),
    );
  }
}

/**
 * Returns the fields of an entity with empty values: null if the field is nullable, else the empty value of its type.
 */
export function emptyObject(fields: Fields): Record<string, unknown> {
  const filled = Object.entries(fields).flatMap(([name, field]): [string, unknown][] => {
    // Stripe sends this field only with deleted objects.
    if (name === 'deleted') return [];
    if (isListObjectType(field.type)) return field.nullable || field.optional ? [] : [[name, emptyList()]];
    // Stripe omits an optional field that cannot be null, such as `card` of a payment method, while it has no value.
    if (field.optional && !field.nullable) return [];
    return [[name, field.nullable ? null : emptyValue(field.type)]];
  });
  return Object.fromEntries(filled);
}

/** Returns the empty value of a type. */
function emptyValue(type: FieldType): unknown {
  if (typeof type === 'string')
    return { string: '', integer: 0, number: 0, decimal: '0', boolean: false, json: null }[type];
  // An enumeration has no empty value. `initialState` sets the values that Stripe documents.
  if ('enum' in type) return type.enum.length === 1 ? type.enum[0] : null;
  if ('array' in type) return [];
  if ('map' in type) return {};
  if ('object' in type) return isListObjectType(type) ? emptyList() : emptyObject(type.object);
  return null;
}

/** Returns whether values of a type are list objects of Stripe, which have `object: "list"`. */
function isListObjectType(type: FieldType): boolean {
  if (typeof type !== 'object' || !('object' in type)) return false;
  const objectType = type.object['object']?.type;
  return typeof objectType === 'object' && 'enum' in objectType && objectType.enum[0] === 'list';
}

export function emptyList(): { object: string; data: unknown[]; has_more: boolean; total_count: number; url: string } {
  return { object: 'list', data: [], has_more: false, total_count: 0, url: '/v1' };
}

/**
 * Sets fields of an object to the parameters of the same names. Ignores parameters that are not fields, except
 * `metadata`. Hashes and metadata are merged. The value `''` sets a field to null, or removes all metadata. If `fields`
 * has the type of a hash that was null, the hash gets every field of its type, as in Stripe's responses.
 */
export function applyParams(
  object: Record<string, unknown>,
  params: Readonly<Record<string, unknown>>,
  fields: Fields = {},
): void {
  for (const [name, value] of Object.entries(params)) {
    if (name === 'metadata') {
      object[name] = value === '' ? {} : mergedMetadata(object[name], value);
    } else if ((Object.hasOwn(object, name) || Object.hasOwn(fields, name)) && name !== 'object') {
      object[name] = mergedValue(object[name], value, fields[name]?.type);
    }
  }
}

/** Returns the value of a field after a parameter with `value` has changed it. */
function mergedValue(current: unknown, value: unknown, type: FieldType | undefined): unknown {
  if (value === '') return null;
  if (!isHash(value)) return value;
  const memberFields = typeof type === 'object' && 'object' in type ? type.object : {};
  const base = isHash(current) ? { ...current } : emptyObject(memberFields);
  for (const [name, member] of Object.entries(value))
    base[name] = mergedValue(base[name], member, memberFields[name]?.type);
  return base;
}

/** https://docs.stripe.com/api/metadata */
export const MAX_METADATA_KEYS = 50;

/** Returns metadata after an update. An empty value in `changes` removes its key. */
function mergedMetadata(current: unknown, changes: unknown): Record<string, unknown> {
  const all = Object.entries({ ...(current as object), ...(changes as object) }).filter(([, value]) => value !== '');
  if (all.length > MAX_METADATA_KEYS)
    throw badRequest(`Metadata can have up to ${MAX_METADATA_KEYS} keys, but there would be ${all.length}.`, {
      param: 'metadata',
    });
  return Object.fromEntries(all);
}

/** Returns whether a value is an object that is neither null nor an array. */
export function isHash(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
