import type { OperationResult, Connector } from '../operations/connector.ts';
import { ConnectorError } from '../errors.ts';
import type { RequestContext } from '../http/request-context.ts';
import { rejectQuery } from '../http/body/json-body.ts';
import type { PreparableOperation } from '../http/operation-handler.ts';
import { entityHandler, executeActionHandler } from '../http/operation-handlers.ts';
import { requireAccess } from './access.ts';

/** The functions that `POST /run/{function}` runs, by name. */
const RUNNABLE_FUNCTIONS: Readonly<Record<string, () => PreparableOperation>> = {
  'list-entities': () => entityHandler('List'),
  'get-entity': () => entityHandler('Get'),
  'create-entity': () => entityHandler('Create'),
  'update-entity': () => entityHandler('Update'),
  'delete-entity': () => entityHandler('Delete'),
  'execute-action': executeActionHandler,
};

/**
 * Handles `POST /run/{function}`: runs the function if `expose` permits it. The console uses this route. A dry run or
 * an explanation of a write counts as a read.
 */
export async function runRoute(connector: Connector, context: RequestContext, name: string): Promise<OperationResult> {
  const handler = Object.hasOwn(RUNNABLE_FUNCTIONS, name) ? RUNNABLE_FUNCTIONS[name]?.() : undefined;
  if (handler === undefined)
    throw new ConnectorError(
      'NOT_FOUND',
      `no such path; supported are /run/{${Object.keys(RUNNABLE_FUNCTIONS).join(', ')}}`,
      {
        reason: 'NO_SUCH_PATH',
      },
    );
  context.assignOperationId(connector, handler.mutates);
  rejectQuery(context.request);
  const body = context.body();
  requireAccess(connector, handler.mutates && !isPlan(body) ? 'writes' : 'reads');
  return context.call(connector, handler, body);
}

/** Returns whether a call only returns its requests or its plan, and sends no write. */
function isPlan(body: unknown): boolean {
  const { dryRun, explain } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  return dryRun === true || explain === true;
}
