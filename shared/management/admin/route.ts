import type { FunctionRow } from '../../catalog/function-rows.ts';
import { rejectQuery } from '../../http/body/json-body.ts';
import { requireJson } from '../../http/endpoint.ts';
import type { RequestContext } from '../../http/request-context.ts';
import type { Administrable } from './method.ts';
import { runAdminMethod } from './methods.ts';

/**
 * Handles `POST /admin/{method}`. The caller is checked before the body and the name of the method, so that an error
 * reveals nothing about the methods to an unauthorized caller.
 */
export async function adminRoute(
  connection: Administrable,
  { request, body }: Pick<RequestContext, 'request' | 'body'>,
  method: string,
  functions: readonly FunctionRow[],
): Promise<object> {
  const caller = await connection.admitAdmin(request);
  requireJson(request);
  rejectQuery(request);
  return runAdminMethod(connection, method, body(), caller, functions);
}
