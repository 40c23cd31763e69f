/** Which of Stripe's paths an operation of the catalog stands for, and whether a request is one of them. */
import { catalogFiles } from '../../../shared/adapters/catalog-files.ts';
import { routesOf } from '../../../shared/catalog/routes.ts';
import { OPERATIONS, type Operation } from '../../../shared/catalog/types.ts';

export const catalog = catalogFiles('shared/catalog');

export interface Way {
  readonly method: string;
  readonly path: string;
}

const METHODS: Readonly<Record<Operation, string>> = {
  List: 'GET',
  Get: 'GET',
  Create: 'POST',
  Update: 'POST',
  Delete: 'DELETE',
};

function own(entity: string, operation: Operation): Way[] {
  const row = catalog.entity(entity).operations[operation];
  const method = METHODS[operation];
  return (row === undefined ? [] : routesOf(row)).flatMap(({ path, search }) => [
    { method, path },
    ...(search === undefined ? [] : [{ method, path: search }]),
  ]);
}

/** `Customer.List`, `PayInvoice`: what it may send. A List reads one object where its clause names the id. */
export function waysOf(call: string, byClause = false): readonly Way[] {
  const action = catalog.action(call);
  if (action !== undefined) return [{ method: action.method, path: action.path }];
  const entity = call.slice(0, call.lastIndexOf('.'));
  const operation = OPERATIONS.find((one) => call.endsWith(`.${one}`));
  if (operation === undefined) throw new Error(`${call} is no call`);
  const rows = operation === 'List' || byClause ? [...own(entity, 'List'), ...own(entity, 'Get')] : [];
  return [...own(entity, operation), ...rows];
}

export const CALLS: readonly string[] = [
  ...catalog.names().flatMap((entity) => catalog.operationsOf(entity).map((one) => `${entity}.${one}`)),
  ...catalog.actionNames(),
];

const everyWay = CALLS.flatMap((call) => waysOf(call));

export function readsOnly(call: string): boolean {
  return /\.(List|Get)$/.test(call) || catalog.action(call)?.method === 'GET';
}

/** Of a way that fits the request how many of its words are written out; undefined where it does not fit. */
function fit({ method, path }: Way, request: Way): number | undefined {
  if (method !== request.method) return undefined;
  const [words, asked] = [path.split('/'), request.path.split('/')];
  if (words.length !== asked.length) return undefined;
  let written = 0;
  for (const [at, word] of words.entries()) {
    const placeholder = word.startsWith('{');
    const fits = placeholder ? !['', '.', '..'].includes(asked[at] ?? '') : word === asked[at];
    if (!fits) return undefined;
    if (!placeholder) written += 1;
  }
  return written;
}

const best = (ways: readonly Way[], request: Way): number =>
  Math.max(-1, ...ways.map((way) => fit(way, request) ?? -1));

/** Whether Stripe understands the request as one of these ways: a path with more words written out goes before. */
export function isOf(ways: readonly Way[], request: Way): boolean {
  const mine = best(ways, request);
  return mine >= 0 && mine >= best(everyWay, request);
}
