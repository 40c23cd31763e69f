import { actionOf, callableOf, type FunctionRow } from '../catalog/function-rows.ts';
import { OPERATIONS, type Operation } from '../catalog/types.ts';
import { invalidArgument } from '../errors.ts';
import { limitInputs, type PreparableOperation } from '../http/operation-handler.ts';
import { entityHandler, executeActionHandler } from '../http/operation-handlers.ts';

/** The operation of a command, and its body as over HTTP. */
export interface PreparedCommand {
  readonly handler: PreparableOperation;
  readonly body: Readonly<Record<string, unknown>>;
  /** Entities or actions that a restricted function exposes. Undefined for all. */
  readonly names?: readonly string[] | undefined;
}

/**
 * Returns the operation that `function`, `operation` or `action` names. The other fields are its body, as over HTTP.
 */
export function prepareCommand(
  fields: Readonly<Record<string, unknown>>,
  functions: readonly FunctionRow[],
): PreparedCommand {
  const { function: name, operation, ...rest } = fields;
  if (name !== undefined) {
    if (operation !== undefined)
      throw invalidArgument([
        { field: 'operation', description: 'must not be combined with function; send only one of them' },
      ]);
    return prepareForFunction(name, rest, functions);
  }
  if (operation !== undefined) {
    if (!OPERATIONS.includes(operation as Operation))
      throw invalidArgument([{ field: 'operation', description: `must be one of ${OPERATIONS.join(', ')}` }]);
    return { handler: entityHandler(operation as Operation), body: rest };
  }
  if (rest['action'] !== undefined) return { handler: executeActionHandler(), body: rest };
  throw invalidArgument([
    { field: 'function', description: 'is required; name a function, an operation or an action' },
  ]);
}

/**
 * Prepares the body as the named function does over HTTP. A restricted function fills in its only entity or action, and
 * rejects any that it does not expose.
 */
function prepareForFunction(
  name: unknown,
  body: PreparedCommand['body'],
  functions: readonly FunctionRow[],
): PreparedCommand {
  if (typeof name !== 'string')
    throw invalidArgument([{ field: 'function', description: 'must be the name of a function' }]);
  const row = functions.find((functionRow) => functionRow.name === name);
  const callable = row === undefined ? undefined : callableOf(row, functions);
  if (callable?.kind === 'operation')
    return { handler: limitInputs(entityHandler(callable.operation), callable.inputs), body, names: callable.names };
  if (callable?.kind === 'actions')
    return { handler: limitInputs(executeActionHandler(), callable.inputs), body, names: callable.names };
  if (body['action'] !== undefined)
    throw invalidArgument([
      { field: 'action', description: 'must not be combined with function; send only one of them' },
    ]);
  // The name may be that of an action for which no function exists. The handler checks that the catalog has the action.
  return { handler: executeActionHandler(), body: { ...body, action: actionOf(name) } };
}
