import Stripe from 'stripe';
import { ACTIONS, type ActionRow } from '../actions.ts';
import { OPERATIONS, type Entity, type Fields, type OperationRow } from '../shapes.ts';
import { classify, entityName, sdkMethods, type Classified, type SdkMethod } from './classify.ts';
import { SdkTypes } from './types.ts';

/** List parameters that page; the connector sets them itself. */
const PAGING: ReadonlySet<string> = new Set(['starting_after', 'ending_before', 'limit', 'page']);

/** The whole catalogue as files: path below `shared/catalog` -> text. Deterministic for one SDK version. */
export function generateCatalogue(): Map<string, string> {
  const types = new SdkTypes();
  const methods = sdkMethods(types);
  const classified = methods.map(classify).filter((found) => found !== undefined);
  for (const row of classified)
    if (row.method.answer && row.operation !== 'Delete') types.name(row.method.answer, row.entity);

  const files = new Map<string, string>();
  const index: Record<string, object> = {};
  for (const [name, rows] of groupByEntity(classified)) {
    const entity = entityOf(types, name, rows);
    files.set(`entities/${fileName(name)}.json`, print(entity));
    index[name] = { file: `${fileName(name)}.json`, operations: Object.keys(entity.operations) };
  }
  files.set(
    'entities/index.json',
    print({ sdk: Stripe.PACKAGE_VERSION, apiVersion: Stripe.API_VERSION, entities: index }),
  );
  for (const action of ACTIONS) {
    files.set(`action-parameters/${fileName(action.action)}.json`, print(actionParameters(types, methods, action)));
  }
  return files;
}

function groupByEntity(rows: readonly Classified[]): [string, Classified[]][] {
  const groups = new Map<string, Classified[]>();
  for (const row of rows) groups.set(row.entity, [...(groups.get(row.entity) ?? []), row]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

function entityOf(types: SdkTypes, name: string, rows: readonly Classified[]): Entity {
  const answer = rows.find((row) => row.operation !== 'Delete' && row.method.answer)?.method.answer;
  if (answer === undefined) throw new Error(`${name} answers nothing`);
  const search = rows.find((row) => row.operation === 'Search');
  const operations: Partial<Record<(typeof OPERATIONS)[number], OperationRow>> = {};
  for (const operation of OPERATIONS) {
    const found = rows.filter((row) => row.operation === operation);
    if (found.length > 1)
      throw new Error(`${name} has two ways to ${operation}: ${found.map((row) => row.path).join(', ')}`);
    const [row] = found;
    if (row === undefined) continue;
    const params = inputs(types, row.method, operation === 'List');
    operations[operation] = {
      path: row.path,
      ...(operation === 'List' && search ? { search: search.path } : {}),
      ...(operation === 'List' && !row.method.paged ? { paged: false as const } : {}),
      params,
    };
  }
  const fields = types.fields(answer, 'output');
  const word = fields['object']?.type;
  const object = typeof word === 'object' && 'enum' in word ? String(word.enum[0]) : null;
  return { entity: name, object, singleton: rows.some((row) => row.singleton), operations, fields };
}

function inputs(types: SdkTypes, method: SdkMethod, list: boolean): Fields {
  if (method.params === undefined) return {};
  const fields = types.fields(method.params, 'input');
  return list ? Object.fromEntries(Object.entries(fields).filter(([name]) => !PAGING.has(name))) : fields;
}

function actionParameters(types: SdkTypes, methods: readonly SdkMethod[], action: ActionRow): object {
  const method = methods.find(
    (candidate) => candidate.method === 'POST' && candidate.path.replace('{1}', '{id}') === action.path,
  );
  if (method === undefined) throw new Error(`the installed SDK has no ${action.path}`);
  return { action: action.action, entity: entityName(method), params: inputs(types, method, false) };
}

/** `Issuing.Card` -> `issuing.card`, `PaymentIntent` -> `payment-intent`. */
export function fileName(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}

/** JSON with a line for each field, so that a new SDK version is a readable diff. */
function print(value: object, indent = '', depth = 0): string {
  const lines = Object.entries(value).map(([key, inner]) => {
    const open =
      depth < 4 && isOpened(key, inner)
        ? print(inner as object, `${indent}  `, depth + 1).trimEnd()
        : JSON.stringify(inner);
    return `${indent}  ${JSON.stringify(key)}: ${open}`;
  });
  return lines.length === 0 ? '{}\n' : `{\n${lines.join(',\n')}\n${indent}}\n`;
}

function isOpened(key: string, inner: unknown): boolean {
  if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return false;
  return ['operations', 'params', 'fields', 'entities', ...OPERATIONS].includes(key);
}
