import type { Descriptions } from '../catalog/descriptions.ts';
import { innerFields, pascal, resolvePascal } from '../catalog/names.ts';
import { addedColumns, referencedEntities, rowColumns } from '../catalog/row-columns.ts';
import { SEARCHABLE } from '../catalog/search-columns.ts';
import type { Entity, Fields, OperationDefinition } from '../catalog/types.ts';
import { columnOf, type ColumnKind } from '../query/columns.ts';
import { routesOf } from '../catalog/routes.ts';
import { isPushable, listFilters } from '../query/plan/pushable.ts';
import { fieldTexts, parentText, type DescribeField, type FieldText } from './field-text.ts';

/** One column of an entity, or a name that only a filter clause may use and rows do not have. */
export interface ColumnDescriptor extends FieldText {
  readonly name: string;
  readonly kind: ColumnKind;
  /** True for a column of the kind `json` that is an array. */
  readonly list?: true | undefined;
  /** True for the column `Id`. */
  readonly key: boolean;
  readonly nullable: boolean;
  /** True if the column is not an input of Create or Update. */
  readonly readOnly: boolean;
  readonly enum?: readonly string[] | undefined;
  /** The entity whose id the column contains. Undefined if the id may belong to several entities. */
  readonly reference?: string | undefined;
  /**
   * What evaluates a condition on the column: Stripe's list, Stripe's Search API if the call allows it, or the
   * connector (`here`). `none` if a clause cannot name the column.
   */
  readonly filter: 'stripe' | 'search' | 'here' | 'none';
  readonly sortable: boolean;
  /** False if only a filter clause may name the column. */
  readonly inRows: boolean;
}

/** What the columns of an entity are derived from. */
interface ColumnContext {
  readonly entity: Entity;
  readonly list: OperationDefinition | undefined;
  /** The names of the columns that Stripe's list can filter by. */
  readonly listFilterNames: ReadonlySet<string>;
  readonly descriptions: Descriptions | undefined;
  /** Returns the description and the example of a field. */
  readonly text: DescribeField;
}

/** Returns the columns of an entity's rows, and the filters that only a clause may name. */
export function columnsOf(entity: Entity, descriptions?: Descriptions): ColumnDescriptor[] {
  const list = entity.operations.List;
  const context: ColumnContext = {
    entity,
    list,
    listFilterNames: list === undefined ? new Set<string>() : listFilters(entity.entity, list),
    descriptions,
    text: fieldTexts(descriptions, entity.entity, (texts, path) => texts.field(entity.entity, path)),
  };
  const added = addedColumns(entity).map((name) => addedColumn(context, name));
  const inRows = [...fieldColumns(context), ...added];
  return [...inRows, ...clauseOnlyColumns(context, new Set(inRows.map(({ name }) => name)))];
}

/** Returns the columns of the fields of Stripe's object. */
function fieldColumns(context: ColumnContext): ColumnDescriptor[] {
  const { entity, list, text } = context;
  const inputs = inputNames(entity);
  return rowColumns(entity.fields).map(({ name, path, field, nullable }): ColumnDescriptor => {
    // A column with an embedded resource is one JSON value in rows, although a clause compares the id of the resource.
    const { kind, values } = field.inlined === true ? EMBEDDED_RESOURCE : columnOf(entity, list ?? NO_LIST, name, 1);
    const [reference, ...otherReferences] = referencedEntities(field);
    return {
      name,
      ...text(path, field),
      kind,
      list: typeof field.type === 'object' && 'array' in field.type ? true : undefined,
      key: name === 'Id',
      nullable,
      readOnly: !inputs.has(name),
      enum: values,
      reference: reference === undefined || otherReferences.length > 0 ? undefined : reference,
      filter: filterKind(context, name, path),
      sortable: list !== undefined && kind !== 'json',
      inRows: true,
    };
  });
}

/**
 * Returns a column of `addedColumns`, which is not a field of Stripe's object: the id of a parent or of a related
 * object.
 */
function addedColumn({ entity, listFilterNames, descriptions }: ColumnContext, name: string): ColumnDescriptor {
  const filter = listFilterNames.has(name) ? 'stripe' : 'none';
  const texts = parentText(name, entity.entity, descriptions);
  return { ...FILTER_ONLY, name, ...texts, kind: 'text', nullable: true, filter, inRows: true };
}

/** Returns the columns that only a clause may name: the members of embedded resources, and parameters of Stripe's list. */
function clauseOnlyColumns(context: ColumnContext, rowNames: ReadonlySet<string>): ColumnDescriptor[] {
  const { entity, list, listFilterNames, descriptions, text } = context;
  if (list === undefined) return [];
  // If an embedded member and a list parameter have the same name, the parameter replaces the member. A parameter has
  // no path in Stripe's object.
  const pathsByName = new Map<string, readonly string[] | undefined>([
    ...embeddedNames(entity).map(({ name, path }) => [name, path] as const),
    ...[...listFilterNames].map((name) => [name, undefined] as const),
  ]);
  const clauseOnly = [...pathsByName].filter(([name]) => !rowNames.has(name));
  return clauseOnly.map(([name, path]): ColumnDescriptor => {
    const { kind, values } = columnOf(entity, list, name, 1);
    const common = { ...FILTER_ONLY, name, kind, enum: values };
    if (path === undefined) return { ...common, ...filterText(entity, name, descriptions), filter: 'stripe' };
    const { field } = resolvePascal(name, entity.fields) ?? {};
    const texts = field === undefined ? {} : text(path, field);
    const filter = filterKind(context, name, path);
    return { ...common, ...texts, nullable: true, filter, sortable: kind !== 'json' };
  });
}

/** Returns the text of a filter: the text of Stripe's list parameter, or of the parent in the path. */
function filterText({ entity, operations }: Entity, name: string, descriptions: Descriptions | undefined): FieldText {
  const text = fieldTexts(descriptions, entity, (texts, path) => texts.parameter(entity, 'List', path));
  const match = routesOf(operations.List ?? NO_LIST)
    .map(({ params }) => resolvePascal(name, params))
    .find((match) => match !== undefined);
  return match === undefined ? parentText(name, entity, descriptions) : text(match.path, match.field);
}

const EMBEDDED_RESOURCE = { kind: 'json', values: undefined } as const;
/** Default properties of the columns that `fieldColumns` does not create. */
const FILTER_ONLY = { key: false, nullable: false, readOnly: true, sortable: false, inRows: false } as const;

/** Returns the names that a clause may use inside resources that Stripe embeds. */
function embeddedNames({ fields }: Entity): Leaf[] {
  return rowColumns(fields).flatMap(({ name, path, field }) => {
    const inner = field.inlined === true ? innerFields(field.type) : undefined;
    return inner === undefined ? [] : leaves(inner, name, path);
  });
}

const NO_LIST: OperationDefinition = { path: '', params: {} };

/** Returns what evaluates a condition on a column. */
function filterKind(
  { entity, list, listFilterNames }: ColumnContext,
  name: string,
  path: readonly string[],
): ColumnDescriptor['filter'] {
  if (list === undefined) return 'none';
  if (list.also === undefined && name === 'Id' && entity.operations.Get !== undefined) return 'stripe';
  if (listFilterNames.has(name) || isListedBy(entity, list, name)) return 'stripe';
  const searchable = SEARCHABLE[entity.entity];
  return searchable?.includes(path.join('.')) === true || (searchable !== undefined && path[0] === 'metadata')
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

/** Returns the fields that are not objects, with joined names as in clauses and inputs. */
function leaves(fields: Fields, namePrefix: string, pathPrefix: readonly string[]): Leaf[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const name = namePrefix + pascal(key);
    const path = [...pathPrefix, key];
    const inner = innerFields(field.type);
    return inner === undefined ? [{ name, path }] : leaves(inner, name, path);
  });
}

/** Returns the names of the inputs of Create and Update, joined like the names of columns. */
function inputNames({ operations }: Entity): ReadonlySet<string> {
  const routes = [operations.Create, operations.Update].flatMap((definition) =>
    definition === undefined ? [] : [definition, ...(definition.also ?? [])],
  );
  return new Set(routes.flatMap(({ params }) => leaves(params, '', []).map(({ name }) => name)));
}
