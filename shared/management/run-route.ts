import type { Answer, Connector } from '../operations/connector.ts';
import { ConnectorError } from '../errors.ts';
import type { Caller } from '../http/request-context.ts';
import { refuseQuery } from '../http/body/json-body.ts';
import type { Served } from '../http/operation-handler.ts';
import { entityService, executeActionService } from '../http/operation-handlers.ts';
import { checkExposed } from './access.ts';

/** The functions that the explorer's page calls, by their own names and with their own bodies. */
const SERVICES: Readonly<Record<string, () => Served>> = {
  'list-entities': () => entityService('List'),
  'get-entity': () => entityService('Get'),
  'create-entity': () => entityService('Create'),
  'update-entity': () => entityService('Update'),
  'delete-entity': () => entityService('Delete'),
  'execute-action': executeActionService,
};

/** `POST /run/{function}`: what the function would do, as far as `expose` opens it. A plan of a write is a read. */
export async function runPage(connector: Connector, caller: Caller, name: string): Promise<Answer> {
  const service = Object.hasOwn(SERVICES, name) ? SERVICES[name]?.() : undefined;
  if (service === undefined)
    throw new ConnectorError('NOT_FOUND', `there is /run/{${Object.keys(SERVICES).join(', ')}}`, {
      reason: 'NO_SUCH_PATH',
    });
  caller.identify(connector, service.writes);
  refuseQuery(caller.request);
  const body = caller.body();
  checkExposed(connector, service.writes && !isPlan(body) ? 'writes' : 'reads');
  return caller.call(connector, service, body);
}

function isPlan(body: unknown): boolean {
  const { dryRun, explain } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  return dryRun === true || explain === true;
}
