import { innerFields, pascal } from '../catalog/names.ts';
import { SEARCHABLE } from '../catalog/overrides.ts';
import type { Entity, Field, Fields, OperationRow } from '../catalog/shapes.ts';
import { columnOf, type Kind } from '../filter/columns.ts';
import { listFilters } from '../filter/push-down.ts';

/** One column of an entity, or a term that its List takes and no row carries. */
export interface ColumnFacts {
  readonly name: string;
  readonly kind: Kind;
  /** Of the kind `json`: one value after the other, not one by name. */
  readonly list?: true;
  /** The key column is `Id`. */
  readonly key: boolean;
  readonly nullable: boolean;
  /** Neither Create nor Update takes it. */
  readonly readOnly: boolean;
  readonly enum?: readonly string[];
  /** The entity whose id it is. */
  readonly reference?: string;
  /** Where a term on it is worked out: by Stripe's list, by its Search API where that may answer, or here. */
  readonly filter: 'stripe' | 'search' | 'here' | 'none';
  readonly sortable: boolean;
  /** False for what only a clause may name. */
  readonly inRows: boolean;
}

/** Every column that the rows of an entity have, objects joined, and what a clause may name besides. */
export function columnsOf(entity: Entity): ColumnFacts[] {
  const list = entity.operations.List;
  const inputs = inputNames(entity);
  const taken = list === undefined ? new Set<string>() : listFilters(entity.entity, list);
  const row = list ?? NO_LIST;
  const stored = leaves(entity.fields, '', []).map(({ name, path, field, nullable }): ColumnFacts => {
    const { kind, values } = columnOf(entity, row, name, 1);
    return {
      name,
      kind,
      ...(typeof field.type === 'object' && 'array' in field.type ? { list: true } : {}),
      key: name === 'Id',
      nullable,
      readOnly: !inputs.has(name),
      ...(values === undefined ? {} : { enum: values }),
      ...(typeof field.type === 'object' && 'reference' in field.type ? { reference: field.type.reference } : {}),
      filter: list === undefined ? 'none' : where(entity, list, taken, name, path),
      sortable: list !== undefined && kind !== 'json',
      inRows: true,
    };
  });
  const known = new Set(stored.map(({ name }) => name));
  const more = [...taken].filter((name) => !known.has(name));
  return [
    ...stored,
    ...more.map((name): ColumnFacts => {
      const { kind, values } = columnOf(entity, row, name, 1);
      return {
        name,
        kind,
        key: false,
        nullable: false,
        readOnly: true,
        ...(values === undefined ? {} : { enum: values }),
        filter: 'stripe',
        sortable: false,
        inRows: false,
      };
    }),
  ];
}

const NO_LIST: OperationRow = { path: '', params: {} };

function where(
  entity: Entity,
  list: OperationRow,
  taken: ReadonlySet<string>,
  name: string,
  path: readonly string[],
): ColumnFacts['filter'] {
  if (list.also === undefined && name === 'Id' && entity.operations.Get !== undefined) return 'stripe';
  if (taken.has(name)) return 'stripe';
  const searched = SEARCHABLE[entity.entity];
  return searched?.includes(path.join('.')) === true || (searched !== undefined && path[0] === 'metadata')
    ? 'search'
    : 'here';
}

interface Leaf {
  readonly name: string;
  readonly path: readonly string[];
  readonly field: Field;
  readonly nullable: boolean;
}

/** As rows join them: an object of nothing but options is one column under its own name. */
function leaves(fields: Fields, outer: string, before: readonly string[], nullable = false): Leaf[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const name = outer + pascal(key);
    const path = [...before, key];
    const empty = nullable || field.nullable === true || field.optional === true;
    const inner = innerFields(field.type);
    return inner === undefined ? [{ name, path, field, nullable: empty }] : leaves(inner, name, path, empty);
  });
}

/** Names that Create or Update takes, joined as the columns are. */
function inputNames({ operations }: Entity): ReadonlySet<string> {
  const routes = [operations.Create, operations.Update].flatMap((row) =>
    row === undefined ? [] : [row, ...(row.also ?? [])],
  );
  return new Set(routes.flatMap(({ params }) => leaves(params, '', []).map(({ name }) => name)));
}
