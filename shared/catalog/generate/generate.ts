import Stripe from 'stripe';
import { definedFields } from '../../defined-fields.ts';
import { FILE_INPUTS } from '../file-inputs.ts';
import { parentsOf } from '../routes.ts';
import { FILE_ANSWERS, ENTITY_KINDS } from '../overrides.ts';
import { OPERATIONS, type Entity, type Fields, type OperationDefinition, type Route } from '../types.ts';
import { classify, entityNameOf, joinedEntity, type ActionMethod, type OperationMethod } from './classify.ts';
import { sdkMethods, type SdkMethod } from './sdk-methods.ts';
import { readDeclarations } from './declarations.ts';
import { catalogPage } from './page.ts';
import { withSpec, type DeclaredAction } from './action-specs.ts';
import { SdkTypes } from './types.ts';
import { buildPolicyTable } from './write-policy.ts';

const API_VERSION_COMMENT =
  "/** The version of Stripe's API that the catalog describes. It is the version of the SDK that generated the catalog. */";

/**
 * Number of catalog files that do not belong to one entity or action: two indexes, the API version, the write policy,
 * the page.
 */
const COMMON_FILES = 5;

/** Parameters of Stripe's lists that callers cannot send, because the connector itself sends them for pagination. */
const PAGING_PARAMS: ReadonlySet<string> = new Set(['starting_after', 'ending_before', 'limit', 'page']);

/**
 * Returns the text of each catalog file by its path below `shared/catalog`. The same SDK version gives the same texts.
 */
export function generateCatalog(): Map<string, string> {
  const { checker, stripe } = readDeclarations();
  const types = new SdkTypes(checker);
  const { operations, actions } = classify(sdkMethods(types, stripe));
  for (const { entity, operation, method } of operations)
    if (method.responseType && operation !== 'Delete' && !isKind(entity)) types.setEntity(method.responseType, entity);

  const files = new Map<string, string>();
  const stamp = { sdk: Stripe.PACKAGE_VERSION, apiVersion: Stripe.API_VERSION };
  const entities: Record<string, object> = {};
  const entityList: Entity[] = [];
  for (const [name, rows] of groupByEntity(operations)) {
    const entity = generateEntity(types, name, rows);
    files.set(`entities/${kebabName(name)}.json`, print(entity));
    entityList.push(entity);
    entities[name] = { file: `${kebabName(name)}.json`, operations: Object.keys(entity.operations) };
  }
  files.set('entities/index.json', print({ ...stamp, entities }));
  const referencedOnly = [...types.expandableTypes()].filter(([name]) => !Object.hasOwn(entities, name));
  for (const [name, fields] of referencedOnly)
    files.set(`entities/${kebabName(name)}.json`, print(entityWithoutOperations(name, fields)));
  const rows = actions
    .map((action) => withSpec(generateAction(types, action)))
    .sort((a, b) => (a.action < b.action ? -1 : 1));
  for (const action of rows) files.set(`actions/${kebabName(action.action)}.json`, print(action));
  const index = Object.fromEntries(rows.map(({ action }) => [action, `${kebabName(action)}.json`]));
  files.set('actions/index.json', print({ ...stamp, actions: index }));
  files.set('api-version.ts', `${API_VERSION_COMMENT}\nexport const API_VERSION = '${Stripe.API_VERSION}';\n`);
  const { names, writes, ...tables } = buildPolicyTable(entityList, rows);
  files.set('write-policy.json', print({ ...stamp, ...tables, writes, names }));
  files.set('README.md', catalogPage(entityList, rows, Stripe.PACKAGE_VERSION));
  if (files.size !== rows.length + Object.keys(entities).length + referencedOnly.length + COMMON_FILES)
    throw new Error('two names have the same file name; rename one in overrides.ts');
  return files;
}

/** Returns whether an entity is one kind of object in a collection with several kinds, such as `Card`. */
function isKind(entity: string): boolean {
  return Object.values(ENTITY_KINDS).some((kinds) => kinds.some((kind) => kind.entity === entity));
}

function groupByEntity(rows: readonly OperationMethod[]): [string, OperationMethod[]][] {
  const groups = new Map<string, OperationMethod[]>();
  for (const operationMethod of rows)
    groups.set(operationMethod.entity, [...(groups.get(operationMethod.entity) ?? []), operationMethod]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Creates an entity from the SDK methods of its operations. */
function generateEntity(types: SdkTypes, name: string, rows: readonly OperationMethod[]): Entity {
  const responseType = rows.find(
    (operationMethod) => operationMethod.operation !== 'Delete' && operationMethod.method.responseType,
  )?.method.responseType;
  const response = responseType && isKind(name) ? types.member(responseType, name) : responseType;
  if (response === undefined) throw new Error(`${name} has no response type`);
  const operations: Partial<Record<(typeof OPERATIONS)[number], OperationDefinition>> = {};
  for (const operation of OPERATIONS) {
    // The route without a parent comes first, then the routes below a parent.
    const [first, ...also] = rows
      .filter((operationMethod) => operationMethod.operation === operation)
      .map((operationMethod) => routeOf(types, operationMethod, rows))
      .sort((a, b) => parentsOf(a.path).length - parentsOf(b.path).length || (a.path < b.path ? -1 : 1));
    if (first === undefined) continue;
    operations[operation] = also.length === 0 ? first : { ...first, also };
  }
  const fields = types.fields(response, 'output');
  const objectField = fields['object']?.type;
  const object = typeof objectField === 'object' && 'enum' in objectField ? String(objectField.enum[0]) : null;
  const isSingleton = rows.some(
    ({ operation, singleton }) => singleton && (operation === 'Get' || operation === 'Update'),
  );
  return { entity: name, object, singleton: isSingleton, operations, fields };
}

/** Returns an entity without operations. It is in the catalog only because fields of other entities contain its id. */
function entityWithoutOperations(entity: string, fields: Fields): Entity {
  return { entity, object: null, singleton: false, operations: {}, fields };
}

/** Creates the route of an operation from its SDK method. `rows` has all operations of the entity. */
function routeOf(types: SdkTypes, operationMethod: OperationMethod, rows: readonly OperationMethod[]): Route {
  const search =
    operationMethod.operation === 'List' ? rows.find(({ operation }) => operation === 'Search') : undefined;
  const params = inputs(types, operationMethod.method, operationMethod.operation === 'List');
  const unfixed = Object.entries(params).filter(([param]) => !Object.hasOwn(operationMethod.fixed ?? {}, param));
  const upload = unfixed.find(([, { type }]) => typeof type === 'object' && 'text' in type)?.[0];
  return definedFields({
    path: operationMethod.path,
    fixed: operationMethod.fixed === undefined || !Object.hasOwn(params, 'object') ? undefined : operationMethod.fixed,
    search: search?.path,
    paged: operationMethod.operation === 'List' && !operationMethod.method.paged ? false : undefined,
    upload,
    params: Object.fromEntries(unfixed.flatMap(([name, field]) => (name === upload ? FILE_PARAMS : [[name, field]]))),
  });
}

const FILE_PARAMS = Object.entries(FILE_INPUTS);

/** Returns the inputs of an SDK method. The inputs of a List omit `PAGING_PARAMS`. */
function inputs(types: SdkTypes, method: SdkMethod, isList: boolean): Fields {
  if (method.params === undefined) return {};
  const fields = types.fields(method.params, 'input');
  return isList ? Object.fromEntries(Object.entries(fields).filter(([name]) => !PAGING_PARAMS.has(name))) : fields;
}

/** Creates an action from its SDK method, without the names and outputs of Google's connector. */
function generateAction(types: SdkTypes, { action, entity, path, method }: ActionMethod): DeclaredAction {
  const params = inputs(types, method, false);
  const file = FILE_ANSWERS[action];
  if ((method.responseKind === 'stream') !== (file !== undefined))
    throw new Error(`FILE_ANSWERS in overrides.ts and the SDK disagree on whether ${action} returns a file`);
  return definedFields({
    action,
    entity,
    method: method.method,
    path,
    idInput: path.includes('{id}') ? `${joinedEntity(entity)}Id` : undefined,
    answer: method.responseType === undefined ? null : entityNameOf(method),
    file,
    params,
  });
}

/** `Issuing.Card` -> `issuing.card`, `PaymentIntent` -> `payment-intent`. */
export function kebabName(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}

/** Serializes JSON with one line per field, so that the changes of a new SDK version are a readable diff. */
function print(value: object, indent = '', depth = 0): string {
  const lines = Object.entries(value).map(([key, inner]) => {
    const printed =
      depth < 4 && isExpanded(key, inner)
        ? print(inner as object, `${indent}  `, depth + 1).trimEnd()
        : JSON.stringify(inner);
    return `${indent}  ${JSON.stringify(key)}: ${printed}`;
  });
  return lines.length === 0 ? '{}\n' : `{\n${lines.join(',\n')}\n${indent}}\n`;
}

/** Returns whether the members of an object are printed on separate lines. */
function isExpanded(key: string, inner: unknown): boolean {
  if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return false;
  return ['operations', 'params', 'fields', 'entities', 'actions', 'writes', ...OPERATIONS].includes(key);
}
