import { rejectQuery } from '../../http/body/json-body.ts';
import { requireJson } from '../../http/endpoint.ts';
import type { RequestContext } from '../../http/request-context.ts';
import type { Administrable } from './method.ts';
import { runAdminMethod } from './methods.ts';

/**
 * Handles `POST /admin/{method}`. It checks the caller before the body and the name of the method, so that the error tells
 * an unauthorized caller nothing about them.
 */
export async function adminRoute(
  connection: Administrable,
  { request, body }: Pick<RequestContext, 'request' | 'body'>,
  method: string,
): Promise<object> {
  const caller = await connection.admitAdmin(request);
  requireJson(request);
  rejectQuery(request);
  return runAdminMethod(connection, method, body(), caller);
}
