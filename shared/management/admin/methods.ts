import { quoted } from '../../bounds.ts';
import type { FunctionRow } from '../../catalog/function-rows.ts';
import { suggestion } from '../../catalog/names.ts';
import { ConnectorError } from '../../errors.ts';
import { CONNECTION_METHODS } from './connection-methods.ts';
import { DEAD_LETTER_METHODS } from './dead-letter-methods.ts';
import { EVENT_METHODS } from './event-methods.ts';
import { adminInput, type AdminMethod, type Administrable } from './method.ts';
import { OPERATION_ADMIN_METHODS } from './operation-methods.ts';
import { WEBHOOK_METHODS } from './webhook-methods.ts';

/** The methods by which an operator manages a connection. The command line calls them over HTTP or in its own process. */
export const ADMIN_METHODS: Readonly<Record<string, AdminMethod>> = {
  ...CONNECTION_METHODS,
  ...OPERATION_ADMIN_METHODS,
  ...EVENT_METHODS,
  ...DEAD_LETTER_METHODS,
  ...WEBHOOK_METHODS,
};

/** Runs a method. The call is logged first if the method changes something. Throws NOT_FOUND for an unknown method. */
export async function runAdminMethod(
  connection: Administrable,
  name: string,
  body: unknown,
  caller: string,
  functions: readonly FunctionRow[],
): Promise<object> {
  const method = Object.hasOwn(ADMIN_METHODS, name) ? ADMIN_METHODS[name] : undefined;
  if (method === undefined)
    throw new ConnectorError(
      'NOT_FOUND',
      `no admin method ${quoted(name)}${suggestion(name, Object.keys(ADMIN_METHODS))}`,
      { reason: 'NO_SUCH_PATH' },
    );
  const input = adminInput(method, body);
  if (method.changes) connection.log.write('INFO', 'admin', { method: name, caller });
  return method.run(connection, input, functions);
}
