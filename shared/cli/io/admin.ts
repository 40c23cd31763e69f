import type { CommandEnvironment } from '../commands/definition.ts';
import type { ConnectorServer, JsonBody } from './server.ts';

/** Calls an admin method of the connection. */
export type AdminCaller = (method: string, input: JsonBody) => Promise<JsonBody>;

/**
 * Returns whether the admin methods run in this process, on the Firestore of a project or an emulator, with the
 * operator's own credentials. Otherwise a server runs them: the one that `--url` names, or the local server, whose
 * state is in its memory.
 */
export function runsInProcess(environment: CommandEnvironment): boolean {
  if (environment['STRIPE_CONNECTOR_URL'] !== undefined) return false;
  return [environment['GOOGLE_CLOUD_PROJECT'], environment['FIRESTORE_EMULATOR_HOST']].some(
    (value) => value !== undefined,
  );
}

/** Returns the caller for an environment. It loads the connector at the first call of a method. */
export function adminCaller(environment: CommandEnvironment, server: () => ConnectorServer): AdminCaller {
  if (!runsInProcess(environment)) return (method, input) => server().admin(method, input);
  return async (method, input) => (await import('./own-connection.ts')).callInProcess(environment, method, input);
}
