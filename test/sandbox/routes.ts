import type { Entity, Fields, Operation } from '../../shared/catalog/shapes.ts';
import type { Catalogue } from '../../shared/ports/catalogue.ts';
import { ACTIONS } from '../../shared/catalog/actions.ts';
import type { Context } from './context.ts';
import { generic } from './generic.ts';
import { MACHINES, type ActionMachine, type EntityMachine } from './machines/index.ts';

/** One route: what it matches, what it takes, what it does. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly pattern: RegExp;
  readonly fields: Fields;
  readonly list: boolean;
  /** Validation of parameters: undefined takes anything (paths outside the catalogue). */
  readonly checked: boolean;
  readonly run: (context: Context, id: string, path: string) => unknown;
}

const METHODS: Readonly<Record<Operation, Route['method']>> = {
  List: 'GET',
  Get: 'GET',
  Create: 'POST',
  Update: 'POST',
  Delete: 'DELETE',
};

/** Every operation of the catalogue, the machines' own where there is one, and the actions. */
export function allRoutes(catalogue: Catalogue): Route[] {
  const operations = catalogue.names().flatMap((name) => {
    const entity = catalogue.entity(name);
    return (Object.keys(entity.operations) as Operation[]).map((operation) => operationRoute(entity, operation));
  });
  const actions = ACTIONS.map((row) => actionRoute(row.path, catalogue.actionParams(row.action)));
  const more = Object.keys(MACHINES.actions).filter((path) => !ACTIONS.some((row) => row.path === path));
  return [...operations, ...actions, ...more.map((path) => actionRoute(path, undefined))];
}

function operationRoute(entity: Entity, operation: Operation): Route {
  const row = entity.operations[operation];
  if (row === undefined) throw new Error(`${entity.entity} has no ${operation}`);
  const machine: EntityMachine = MACHINES.entities[entity.entity] ?? {};
  const paging: Fields = {
    limit: { type: 'integer' },
    starting_after: { type: 'string' },
    ending_before: { type: 'string' },
  };
  return {
    method: METHODS[operation],
    pattern: patternOf(row.path),
    fields: operation === 'List' ? { ...row.params, ...paging } : row.params,
    list: operation === 'List',
    checked: true,
    run: (context, id, path) => generic(context, entity, operation, machine, id, path),
  };
}

function actionRoute(path: string, fields: Fields | undefined): Route {
  const machine: ActionMachine | undefined = MACHINES.actions[path];
  if (machine === undefined) throw new Error(`the sandbox has no ${path}`);
  return {
    method: 'POST',
    pattern: patternOf(path),
    fields: fields ?? {},
    list: false,
    checked: fields !== undefined,
    run: (context, id) => machine(context, id),
  };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace('{id}', '([^/]+)')}$`);
}
