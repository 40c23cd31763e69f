/** Over the whole catalog: the rows of objects as Stripe may send them have the declared columns, all and only these. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { pascal } from '../../shared/catalog/names.ts';
import type { Entity, Field, Fields, FieldType } from '../../shared/catalog/types.ts';
import type { CallContext } from '../../shared/stripe/call-context.ts';
import { rowMapper } from '../../shared/operations/rows/row-mapper.ts';
import { columnsOf, type ColumnDescriptor } from '../../shared/schema/columns.ts';
import { rowSchema } from '../../shared/schema/entity.ts';
import { sized } from '../support/sizes.ts';

const catalog = catalogFiles(path.resolve('shared/catalog'));
const RUNS = sized(4, 100);

type Tree = Record<string, unknown>;
/** Decides one after the other: which parts are there, and what they hold. */
type Choose = (of: number) => number;

/** An object as Stripe could send it: optional parts left out, nulls, references expanded, deleted ones, unknown keys. */
function made(fields: Fields, choose: Choose, depth: number): Tree {
  const deleted = fields['deleted'] !== undefined && choose(6) === 0;
  const object: Tree = {};
  for (const [key, field] of Object.entries(fields)) {
    if (deleted && !['id', 'object', 'deleted'].includes(key)) continue;
    if (key === 'deleted') {
      if (deleted) object[key] = true;
      continue;
    }
    if (field.optional === true && choose(2) === 0) continue;
    object[key] = field.nullable === true && choose(4) === 0 ? null : valueOf(field, choose, depth);
  }
  if (choose(3) === 0) object['not_in_the_catalog'] = { x: [1] };
  if (choose(5) === 0) Object.defineProperty(object, '__proto__', { value: 'x', enumerable: true });
  return object;
}

function valueOf({ type, inlined }: Field, choose: Choose, depth: number): unknown {
  if (inlined !== true) return shaped(type, choose, depth);
  const fields = typeof type === 'object' && 'reference' in type ? catalog.fieldsOf(type.reference) : undefined;
  if (fields !== undefined) return depth > 3 ? { id: 'in_1' } : made(fields, choose, depth + 1);
  return shaped(type, choose, depth);
}

function shaped(type: FieldType, choose: Choose, depth: number): unknown {
  if (type === 'integer') return choose(1000);
  if (type === 'number') return choose(1000) / 8;
  if (type === 'boolean') return choose(2) === 0;
  if (type === 'decimal') return '0.5';
  if (type === 'json') return [{ any: [1] }, ['x'], {}][choose(3)];
  if (type === 'string') return `text ${choose(9)}`;
  if ('enum' in type) return type.enum[choose(type.enum.length)];
  if ('array' in type) return Array.from({ length: choose(3) }, () => shaped(type.array, choose, depth + 1));
  if ('map' in type) return choose(2) === 0 ? {} : { 'a.b': shaped(type.map, choose, depth + 1) };
  if ('reference' in type) {
    const leads = [type.reference, ...(type.also ?? [])];
    const fields = catalog.fieldsOf(leads[choose(leads.length)] ?? '');
    return fields === undefined || depth > 3 || choose(2) === 0 ? 'id_1' : made(fields, choose, depth + 1);
  }
  if ('object' in type) return made(type.object, choose, depth);
  return null;
}

const HOLDS: Partial<Record<ColumnDescriptor['kind'], (value: unknown) => boolean>> = {
  integer: Number.isSafeInteger,
  seconds: Number.isSafeInteger,
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  text: (value) => typeof value === 'string',
  enum: (value) => typeof value === 'string',
  instant: (value) => typeof value === 'string',
  decimal: (value) => typeof value === 'string',
};

/** References of the first levels, as a caller names them in `expand`. */
function references(fields: Fields, before: string): string[] {
  return Object.entries(fields).flatMap(([key, { type, inlined }]) => {
    if (inlined === true || typeof type === 'string') return [];
    if ('object' in type) return references(type.object, `${before}${key}.`);
    return 'reference' in type ? [before + key] : [];
  });
}

/** What a path of `expand` declares: its columns of each entity that the reference leads to. */
function expandedNames(fields: Fields, expand: string): string[] {
  let at: Fields = fields;
  const keys = expand.split('.');
  for (const key of keys.slice(0, -1)) {
    const type = at[key]?.type;
    at = typeof type === 'object' && 'object' in type ? type.object : {};
  }
  const type = at[keys.at(-1) ?? '']?.type;
  if (typeof type !== 'object' || !('reference' in type)) return [];
  const names = [type.reference, ...(type.also ?? [])].flatMap((name) => inRowNames(catalog.fieldsOf(name) ?? {}));
  return names.map((name) => `${keys.map(pascal).join('')}.${name}`);
}

/** The rule, said once more: PascalCase of the joined names, one value for what is no plain object. */
function inRowNames(fields: Fields, outer = ''): string[] {
  return Object.entries(fields).flatMap(([key, { type, inlined }]) => {
    const inner = inlined !== true && typeof type === 'object' && 'object' in type ? type.object : undefined;
    return inner === undefined ? [outer + pascal(key)] : inRowNames(inner, outer + pascal(key));
  });
}

const seeds = fc.infiniteStream(fc.nat({ max: 1_000_000 }));

function rowOf(entity: Entity, operation: 'List' | 'Get', call: Partial<CallContext>, object: Tree): Tree {
  return rowMapper(entity, operation, call as CallContext, (name) => catalog.fieldsOf(name))(object, {}) as Tree;
}

for (const name of catalog.names()) {
  const entity = catalog.entity(name);
  test(`${name}: rows have exactly the declared columns`, () => {
    const declared = columnsOf(entity).filter(({ inRows }) => inRows);
    const names = declared.map((one) => one.name);
    assert.equal(new Set(names).size, names.length, 'two columns share a name');
    assert.deepEqual(Object.keys(rowSchema(columnsOf(entity)).properties ?? {}), names);
    for (const one of inRowNames(entity.fields)) assert.ok(names.includes(one), one);
    const expandable = references(entity.fields, '');
    fc.assert(
      fc.property(seeds, fc.constantFrom('List', 'Get'), (stream, operation) => {
        const choose: Choose = (of) => (stream.next().value ?? 0) % of;
        const object = made(entity.fields, choose, 0);
        const row = rowOf(entity, operation, {}, object);
        assert.deepEqual(Object.keys(row).sort(), [...names].sort());
        for (const { name: column, kind } of declared) {
          const value = row[column];
          if (value !== null) assert.ok(HOLDS[kind]?.(value) ?? true, `${column} is ${kind}: ${JSON.stringify(value)}`);
        }
        const expand = expandable.filter(() => choose(3) === 0).slice(0, 4);
        const asked = operation === 'List' ? expand.map((one) => (choose(2) === 0 ? `data.${one}` : one)) : expand;
        const whole = [...new Set([...names, ...expand.flatMap((one) => expandedNames(entity.fields, one))])];
        const expanded = rowOf(entity, operation, { expand: asked }, object);
        assert.deepEqual(Object.keys(expanded).sort(), [...whole].sort());
        for (const column of names) assert.deepEqual(expanded[column], row[column], 'a column keeps its meaning');
        const fields = whole.filter(() => choose(10) === 0);
        const picked = rowOf(entity, operation, { expand: asked, fields }, object);
        assert.deepEqual(picked, Object.fromEntries(fields.map((one) => [one, expanded[one]])));
      }),
      { numRuns: RUNS, seed: 7 },
    );
  });
}
