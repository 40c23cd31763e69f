import type { Request, Response } from '@google-cloud/functions-framework';
import { callableOf, type Callable, type FunctionRow } from '../catalog/function-rows.ts';
import { ConnectorError } from '../errors.ts';
import { lazy } from '../memoize.ts';
import { defineActionFunction, defineEntityFunction, defineExecuteActionFunction } from '../http/define-function.ts';
import type { HttpFunction } from '../http/endpoint.ts';
import { createHandler } from '../http/handler.ts';
import { managementFunction, MANAGEMENT_ROUTES, type Explorable } from './function.ts';

/**
 * Creates the function `single`: `POST /{function}` for each function that callers call, and the paths of `connection`.
 * It does not serve `tools`, nor the functions that topics, schedules and Stripe call, because these functions have
 * other invokers. Every invoker of `single` may request every path, so `operations_allowlist` limits the operations
 * that `single` serves.
 */
export function singleFunction(connector: () => Explorable, functions: readonly FunctionRow[]) {
  const shared = lazy((): Explorable => ({ ...connector(), servesAll: true }));
  const routes = new Map(
    functions.flatMap((row): [string, HttpFunction][] => {
      const callable = callableOf(row, functions);
      return callable === undefined ? [] : [[row.name, functionOf(shared, callable)]];
    }),
  );
  const management = managementFunction(shared, functions);
  const noSuchPath = createHandler(shared, () => Promise.reject(unknownPath([...routes.keys()])));
  return (request: Request, response: Response): Promise<void> => {
    const [, first = '', ...rest] = requestPath(request).split('/');
    const route = rest.length === 0 ? routes.get(first) : undefined;
    return (route ?? (MANAGEMENT_ROUTES.has(first) ? management : noSuchPath))(request, response);
  };
}

/** Returns the path without the prefix `/single`. The local server serves this function under that prefix. */
function requestPath({ path }: Request): string {
  return path.replace(/^\/single(?=\/)/, '');
}

/** Creates the function of an entry. A restricted entry serves its own entities or actions only. */
function functionOf(connector: () => Explorable, callable: Callable): HttpFunction {
  if (callable.kind === 'action') return defineActionFunction(connector, callable.action);
  const unrestricted =
    callable.kind === 'actions'
      ? defineExecuteActionFunction(connector)
      : defineEntityFunction(connector, callable.operation);
  return callable.names === undefined ? unrestricted : unrestricted.restrictTo(callable.names, callable.inputs);
}

function unknownPath(names: readonly string[]): ConnectorError {
  return new ConnectorError(
    'NOT_FOUND',
    `no such path; supported are POST /${names.join(', /')}, and the paths of the function connection`,
    { reason: 'NO_SUCH_PATH' },
  );
}
