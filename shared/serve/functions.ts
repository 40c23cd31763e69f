import type { Operation } from '../catalog/shapes.ts';
import type { Connector } from '../core/connector.ts';
import { httpFunction, type HttpFunction } from './http.ts';
import { actionService, entityService, executeActionService } from './services.ts';

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
