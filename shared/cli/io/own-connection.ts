import { userInfo } from 'node:os';
import { createApp, OPERATOR, type App } from '../../app.ts';
import { deploymentOf } from '../../config/load.ts';
import { runAdminMethod } from '../../management/admin/methods.ts';
import type { CommandEnvironment } from '../commands/definition.ts';
import type { JsonBody } from './server.ts';

let cachedApp: App | undefined;

/** Runs an admin method in this process. The log goes to stderr, so stdout has the result only. */
export async function callInProcess(
  environment: CommandEnvironment,
  method: string,
  input: JsonBody,
): Promise<JsonBody> {
  cachedApp ??= createOperatorApp(environment);
  return (await runAdminMethod(cachedApp, method, input, userInfo().username, [])) as JsonBody;
}

/** Builds the connector that the environment configures. */
export function createOperatorApp(environment: CommandEnvironment): App {
  return createApp(deploymentOf(environment), (line) => void process.stderr.write(`${line}\n`), OPERATOR);
}
