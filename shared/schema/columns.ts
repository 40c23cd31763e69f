import type { Descriptions } from '../catalog/descriptions.ts';
import { innerFields, pascal, resolvePascal } from '../catalog/names.ts';
import { addedColumns, leadsTo, rowColumns } from '../catalog/row-columns.ts';
import { SEARCHABLE } from '../catalog/search-columns.ts';
import type { Entity, Fields, OperationDefinition } from '../catalog/types.ts';
import { columnOf, type ColumnKind } from '../query/columns.ts';
import { routesOf } from '../catalog/routes.ts';
import { isPushable, listFilters } from '../query/plan/pushdown.ts';
import { fieldTexts, parentText, type FieldText } from './field-text.ts';

/** One column of an entity, or a filter that its List supports and rows do not have. */
export interface ColumnDescriptor extends FieldText {
  readonly name: string;
  readonly kind: ColumnKind;
  /** For the kind `json`: an array, not an object. */
  readonly list?: true;
  /** The key column is `Id`. */
  readonly key: boolean;
  readonly nullable: boolean;
  /** Not an input of Create or Update. */
  readonly readOnly: boolean;
  readonly enum?: readonly string[];
  /** The entity whose id the column contains. */
  readonly reference?: string;
  /** What evaluates a term on it: Stripe's list, its Search API if the call allows that, or the connector. */
  readonly filter: 'stripe' | 'search' | 'here' | 'none';
  readonly sortable: boolean;
  /** False if only a clause may name it. */
  readonly inRows: boolean;
}

/** Returns every column of an entity's rows, with the members of objects joined, and every other name of a clause. */
export function columnsOf(entity: Entity, descriptions?: Descriptions): ColumnDescriptor[] {
  const text = fieldTexts(descriptions, entity.entity, (texts, path) => texts.field(entity.entity, path));
  const list = entity.operations.List;
  const inputs = inputNames(entity);
  const taken = list === undefined ? new Set<string>() : listFilters(entity.entity, list);
  const definition = list ?? NO_LIST;
  const whereOf = (name: string, path: readonly string[]): ColumnDescriptor['filter'] =>
    list === undefined ? 'none' : where(entity, list, taken, name, path);
  const stored = rowColumns(entity.fields).map(({ name, path, field, nullable }): ColumnDescriptor => {
    // A clause compares a resource by its id. The column contains the whole resource.
    const { kind, values } = field.inlined === true ? WHOLE : columnOf(entity, definition, name, 1);
    const [reference, ...others] = leadsTo(field);
    return {
      name,
      ...text(path, field),
      kind,
      ...(typeof field.type === 'object' && 'array' in field.type ? { list: true } : {}),
      key: name === 'Id',
      nullable,
      readOnly: !inputs.has(name),
      ...(values === undefined ? {} : { enum: values }),
      ...(reference === undefined || others.length > 0 ? {} : { reference }),
      filter: whereOf(name, path),
      sortable: list !== undefined && kind !== 'json',
      inRows: true,
    };
  });
  const added = addedColumns(entity).map((name): ColumnDescriptor => {
    const filter = taken.has(name) ? 'stripe' : 'none';
    const texts = parentText(name, entity.entity, descriptions);
    return { ...NOT_STORED, name, ...texts, kind: 'text', nullable: true, filter, inRows: true };
  });
  const inRows = [...stored, ...added];
  const names = new Set(inRows.map(({ name }) => name));
  const inside = list === undefined ? [] : insideWhole(entity).filter(({ name }) => !names.has(name));
  const terms = [...inside, ...[...taken].map((name) => ({ name, path: undefined }))];
  return [
    ...inRows,
    ...[...new Map(terms.map((term) => [term.name, term])).values()]
      .filter(({ name }) => !names.has(name))
      .map(({ name, path }): ColumnDescriptor => {
        const { kind, values } = columnOf(entity, definition, name, 1);
        const more = { ...NOT_STORED, name, kind, ...(values === undefined ? {} : { enum: values }) };
        if (path === undefined) return { ...more, ...filterText(entity, name, descriptions), filter: 'stripe' };
        const { field } = resolvePascal(name, entity.fields) ?? {};
        const texts = field === undefined ? {} : text(path, field);
        return { ...more, ...texts, nullable: true, filter: whereOf(name, path), sortable: kind !== 'json' };
      }),
  ];
}

/** The text of a name that only filters: that of Stripe's list parameter, or of the parent in the path. */
function filterText({ entity, operations }: Entity, name: string, descriptions: Descriptions | undefined): FieldText {
  const text = fieldTexts(descriptions, entity, (texts, path) => texts.parameter(entity, 'List', path));
  const named = routesOf(operations.List ?? NO_LIST)
    .map(({ params }) => resolvePascal(name, params))
    .find((match) => match !== undefined);
  return named === undefined ? parentText(name, entity, descriptions) : text(named.path, named.field);
}

const WHOLE = { kind: 'json', values: undefined } as const;
const NOT_STORED = { key: false, nullable: false, readOnly: true, sortable: false, inRows: false } as const;

/** Returns the names that a clause may use inside resources that Stripe embeds. */
function insideWhole({ fields }: Entity): Leaf[] {
  return rowColumns(fields).flatMap(({ name, path, field }) => {
    const inner = field.inlined === true ? innerFields(field.type) : undefined;
    return inner === undefined ? [] : leaves(inner, name, path);
  });
}

const NO_LIST: OperationDefinition = { path: '', params: {} };

function where(
  entity: Entity,
  list: OperationDefinition,
  taken: ReadonlySet<string>,
  name: string,
  path: readonly string[],
): ColumnDescriptor['filter'] {
  if (list.also === undefined && name === 'Id' && entity.operations.Get !== undefined) return 'stripe';
  if (taken.has(name) || isListedBy(entity, list, name)) return 'stripe';
  const searched = SEARCHABLE[entity.entity];
  return searched?.includes(path.join('.')) === true || (searched !== undefined && path[0] === 'metadata')
    ? 'search'
    : 'here';
}

/** Returns whether Stripe's list has a parameter for a column, possibly under another name. */
function isListedBy(entity: Entity, list: OperationDefinition, name: string): boolean {
  const column = columnOf(entity, list, name, 1);
  return column.kind !== 'json' && routesOf(list).some((route) => isPushable(entity.entity, route, { column }));
}

interface Leaf {
  readonly name: string;
  readonly path: readonly string[];
}

/** Joined as in clauses and inputs. */
function leaves(fields: Fields, outer: string, before: readonly string[]): Leaf[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const name = outer + pascal(key);
    const path = [...before, key];
    const inner = innerFields(field.type);
    return inner === undefined ? [{ name, path }] : leaves(inner, name, path);
  });
}

/** Returns the inputs of Create and Update, joined like the columns. */
function inputNames({ operations }: Entity): ReadonlySet<string> {
  const routes = [operations.Create, operations.Update].flatMap((definition) =>
    definition === undefined ? [] : [definition, ...(definition.also ?? [])],
  );
  return new Set(routes.flatMap(({ params }) => leaves(params, '', []).map(({ name }) => name)));
}
