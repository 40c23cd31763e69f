import type { Fields, FieldType } from '../catalog/types.ts';
import { ChangeLog } from './events/change-log.ts';
import { JournaledMap } from './journaled-map.ts';
import { bad } from './refusal.ts';

/** A stored object; the newest version is the only one. */
export interface Stored {
  id: string;
  object: string;
  [key: string]: unknown;
}

/** The objects of one account, by kind, in the order of their creation. */
export class Account {
  /** `acct_…` of a connected account; empty for the platform. */
  constructor(readonly id = '') {}

  private readonly kinds = new Map<string, JournaledMap<Stored>>();
  readonly singletons = new JournaledMap<Stored>();
  /** Of a nested object: the parents under whose path it was made. */
  readonly parents = new WeakMap<Stored, Readonly<Record<string, string>>>();
  /** What Stripe remembers of an object and never shows, by id: signing secrets. */
  readonly hidden = new JournaledMap<unknown>();
  readonly changes = new ChangeLog();

  all(kind: string): Stored[] {
    const objects = [...(this.kinds.get(kind)?.values() ?? [])];
    for (const object of objects) this.changes.touch(kind, object);
    return objects;
  }

  get(kind: string, id: string): Stored | undefined {
    const object = this.kinds.get(kind)?.get(id);
    if (object !== undefined) this.changes.touch(kind, object);
    return object;
  }

  /** Any object by its id: for expansion. */
  find(id: string): Stored | undefined {
    for (const [kind, objects] of this.kinds) {
      if (objects.has(id)) return this.get(kind, id);
    }
    return undefined;
  }

  put(kind: string, object: Stored): Stored {
    const objects = this.kinds.get(kind) ?? new JournaledMap<Stored>();
    this.kinds.set(kind, objects);
    const former = objects.get(object.id);
    if (former !== undefined && former !== object) this.changes.removed(kind, former);
    objects.set(object.id, object);
    // What is left of a deleted object is no new one.
    if (object['deleted'] !== true) this.changes.touch(kind, object);
    return object;
  }

  remove(kind: string, id: string): void {
    const object = this.kinds.get(kind)?.get(id);
    if (object !== undefined) this.changes.removed(kind, object);
    this.kinds.get(kind)?.delete(id);
  }

  /** What is there now is what `undo` goes back to. */
  begin(): void {
    for (const map of this.maps()) map.begin();
    this.changes.begin();
  }

  /** Takes back what was done since `begin`: a rejected request changes nothing. */
  undo(): void {
    for (const map of this.maps()) map.undo();
    this.changes.undo();
  }

  private maps(): readonly { begin(): void; undo(): void }[] {
    return [...this.kinds.values(), this.singletons, this.hidden];
  }

  /** Every object with its kind, in the order of the kinds. */
  entries(): [string, Stored][] {
    return [...this.kinds].flatMap(([kind, objects]) =>
      [...objects.values()].map((object): [string, Stored] => [kind, object]),
    );
  }
}

/** The fields of an entity with nothing in them: null where it may be, else the emptiest value of the type. */
export function emptyObject(fields: Fields): Record<string, unknown> {
  const filled = Object.entries(fields).flatMap(([name, field]): [string, unknown][] => {
    // Stripe sends it with deleted objects alone.
    if (name === 'deleted') return [];
    if (isListShape(field.type)) return field.nullable || field.optional ? [] : [[name, emptyList()]];
    // Left out until it has a value, as in Stripe's answers: `card` of a payment method that is no card.
    if (field.optional && !field.nullable) return [];
    return [[name, field.nullable ? null : emptyValue(field.type)]];
  });
  return Object.fromEntries(filled);
}

function emptyValue(shape: FieldType): unknown {
  if (typeof shape === 'string')
    return { string: '', integer: 0, number: 0, decimal: '0', boolean: false, json: null }[shape];
  // Of several values none is the empty one: the initial states name those that Stripe documents.
  if ('enum' in shape) return shape.enum.length === 1 ? shape.enum[0] : null;
  if ('array' in shape) return [];
  if ('map' in shape) return {};
  if ('object' in shape) return isListShape(shape) ? emptyList() : emptyObject(shape.object);
  return null;
}

function isListShape(shape: FieldType): boolean {
  if (typeof shape !== 'object' || !('object' in shape)) return false;
  const word = shape.object['object']?.type;
  return typeof word === 'object' && 'enum' in word && word.enum[0] === 'list';
}

export function emptyList(): { object: string; data: unknown[]; has_more: boolean; total_count: number; url: string } {
  return { object: 'list', data: [], has_more: false, total_count: 0, url: '/v1' };
}

/**
 * Sets those parameters on an object that are its fields. Objects and metadata merge, `''` unsets. With the entity's
 * fields, an object that was null gets every field of its type, as in Stripe's answers.
 */
export function assign(
  object: Record<string, unknown>,
  params: Readonly<Record<string, unknown>>,
  fields: Fields = {},
): void {
  for (const [name, value] of Object.entries(params)) {
    if (name === 'metadata') {
      object[name] = value === '' ? {} : mergedMetadata(object[name], value);
    } else if ((Object.hasOwn(object, name) || Object.hasOwn(fields, name)) && name !== 'object') {
      object[name] = assigned(object[name], value, fields[name]?.type);
    }
  }
}

function assigned(old: unknown, value: unknown, shape: FieldType | undefined): unknown {
  if (value === '') return null;
  if (!isHash(value)) return value;
  const inner = typeof shape === 'object' && 'object' in shape ? shape.object : {};
  const base = isHash(old) ? { ...old } : emptyObject(inner);
  for (const [name, part] of Object.entries(value)) base[name] = assigned(base[name], part, inner[name]?.type);
  return base;
}

/** https://docs.stripe.com/api/metadata: 50 keys at most. */
export const MAX_METADATA_KEYS = 50;

function mergedMetadata(old: unknown, given: unknown): Record<string, unknown> {
  const all = Object.entries({ ...(old as object), ...(given as object) }).filter(([, value]) => value !== '');
  if (all.length > MAX_METADATA_KEYS)
    throw bad(`Metadata can have up to ${MAX_METADATA_KEYS} keys, but there would be ${all.length}.`, {
      param: 'metadata',
    });
  return Object.fromEntries(all);
}

export function isHash(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
