import type { Operation } from '../catalog/types.ts';
import type { Connector } from '../operations/connector.ts';
import { httpFunction, type HttpFunction } from './endpoint.ts';
import { actionHandler, entityHandler, executeActionHandler } from './operation-handlers.ts';

/** The function of one action. */
export function defineActionFunction(connector: () => Connector, action: string): HttpFunction {
  return httpFunction(connector, actionHandler(action));
}

/** The function of every action of the catalogue, by its name. */
export function defineExecuteActionFunction(connector: () => Connector): HttpFunction {
  return httpFunction(connector, executeActionHandler());
}

/** The function of an entity operation: every entity that has it. */
export function defineEntityFunction(connector: () => Connector, operation: Operation): HttpFunction {
  return httpFunction(connector, entityHandler(operation));
}
