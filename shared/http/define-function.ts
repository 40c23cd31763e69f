import type { Operation } from '../catalog/types.ts';
import type { Connector } from '../operations/connector.ts';
import { httpFunction, type HttpFunction } from './endpoint.ts';
import { actionHandler, entityHandler, executeActionHandler } from './operation-handlers.ts';

/** Defines the HTTP function of one action. */
export function defineActionFunction(connector: () => Connector, action: string): HttpFunction {
  return httpFunction(connector, actionHandler(action));
}

/** Defines the HTTP function of all actions of the catalog. The body names the action. */
export function defineExecuteActionFunction(connector: () => Connector): HttpFunction {
  return httpFunction(connector, executeActionHandler());
}

/** Defines the HTTP function of an entity operation, for all entities that support it. */
export function defineEntityFunction(connector: () => Connector, operation: Operation): HttpFunction {
  return httpFunction(connector, entityHandler(operation));
}
