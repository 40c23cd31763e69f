import type { Operation } from '../catalog/types.ts';
import type { Connector } from '../operations/connector.ts';
import { httpFunction, type HttpFunction } from './endpoint.ts';
import { actionService, entityService, executeActionService } from './operation-handlers.ts';

/** The function of one action. */
export function actionFunction(connector: () => Connector, action: string): HttpFunction {
  return httpFunction(connector, actionService(action));
}

/** The function of every action of the catalogue, by its name. */
export function executeActionFunction(connector: () => Connector): HttpFunction {
  return httpFunction(connector, executeActionService());
}

/** The function of an entity operation: every entity that has it. */
export function entityFunction(connector: () => Connector, operation: Operation): HttpFunction {
  return httpFunction(connector, entityService(operation));
}
