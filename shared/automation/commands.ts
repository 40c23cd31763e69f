import { actionOf, callableOf, type FunctionRow } from '../catalog/function-rows.ts';
import { OPERATIONS, type Operation } from '../catalog/types.ts';
import { checkOperationId, isOperationId } from '../operations/request/ids.ts';
import { ConnectorError, invalidArgument, isConnectorError, type FieldViolation } from '../errors.ts';
import { itemOperationId } from '../idempotency/derive-key.ts';
import { formatPath, type JsonProblem } from '../json/exact-json.ts';
import { toFieldViolation } from '../http/body/json-body.ts';
import { limitInputs, type PreparableOperation } from '../http/operation-handler.ts';
import { entityHandler, executeActionHandler } from '../http/operation-handlers.ts';
import { attributeFields, checkAgreement } from './attribute-fields.ts';
import type { PubsubMessage } from './push-message.ts';
import { parsePayload } from './payload.ts';

/** One operation that a message requests. */
export interface Command {
  readonly operationId: string;
  /** The input that the dead letter contains: the fields of the command, or the input that could not be parsed. */
  readonly raw: unknown;
  /** True if the fields of `raw` differ from the message. The dead letter then cannot be replayed. */
  readonly notReplayable?: true | undefined;
  /** The operation to run, or why the command is invalid. */
  readonly prepared: PreparedCommand | ConnectorError;
}

export interface PreparedCommand {
  readonly handler: PreparableOperation;
  readonly body: Readonly<Record<string, unknown>>;
  /** Entities or actions that a restricted function exposes. Undefined for all. */
  readonly names?: readonly string[] | undefined;
}

/** Limits of a message. */
export interface MessageBounds {
  /** Maximum number of bytes of the data. */
  readonly maxBytes: number;
  readonly maxItems: number;
}

/** Attribute of a replayed message. Its value is the last key version whose recorded failure is attempted again. */
export const LAST_RETRIED_KEY_VERSION = 'stripe-connector-retries-after';

/**
 * Parses the commands of a message. The data is one object or an array of objects. An attribute with the name of a
 * field sets that field in every object. An item without an operationId gets one from the message's id and its index.
 * `functions` are the entries of the manifest.
 */
export function parseCommands(
  message: PubsubMessage,
  { maxBytes, maxItems }: MessageBounds,
  functions: readonly FunctionRow[],
): Command[] {
  const input = message.attributes['operationId'];
  const id = input !== undefined && isOperationId(input) ? input : message.id;
  try {
    const fields = attributeFields(message.attributes);
    const { value: content, exactJson } = parsePayload(message.data, maxBytes);
    if (!Array.isArray(content)) {
      if (exactJson.count > 0)
        throw invalidArgument(exactJson.problems.map(toFieldViolation), exactJson.count - exactJson.problems.length);
      return [parseCommand(content, fields, id, functions)];
    }
    if (content.length === 0 || content.length > maxItems)
      throw new ConnectorError('INVALID_ARGUMENT', `an array must have 1 to ${maxItems} items`, {
        reason: 'MESSAGE_ITEM_COUNT',
      });
    // For an array, the ids of the items are derived from the attribute, so an invalid attribute is rejected.
    if (input !== undefined) checkOperationId('operationId', input);
    const itemFields = fields.filter(([name]) => name !== 'operationId');
    const commands = content.map((item, index): Command => {
      const command = parseCommand(item, itemFields, itemOperationId(id, index), functions);
      if (!exactJson.problemMembers.has(index)) return command;
      return { ...command, notReplayable: true, prepared: changedValuesError(exactJson.problems, index) };
    });
    checkDistinctIds(commands);
    return commands;
  } catch (error) {
    if (isConnectorError(error)) return [{ operationId: id, raw: message.data, prepared: error }];
    throw error;
  }
}

/** Throws if two items have the same id, because they would be one operation with one result. */
function checkDistinctIds(commands: readonly Command[]): void {
  const firstIndexes = new Map<string, number>();
  const repeated: FieldViolation[] = [];
  for (const [index, { operationId }] of commands.entries()) {
    const first = firstIndexes.get(operationId);
    if (first === undefined) {
      firstIndexes.set(operationId, index);
      continue;
    }
    const description = `is also the id of item ${first}; give each item of an array its own`;
    repeated.push({ field: formatPath([index, 'operationId']), description });
  }
  if (repeated.length > 0) throw invalidArgument(repeated);
}

/**
 * Returns the error for an item with values that JSON parsing would change. `problems` are those of the whole message.
 * Their number is limited, so the problems of a late item may be missing.
 */
function changedValuesError(problems: readonly JsonProblem[], index: number): ConnectorError {
  const itemProblems = problems.filter(({ path }) => path[0] === index);
  const violations = itemProblems.map(({ path, description }) =>
    toFieldViolation({ path: path.slice(1), description }),
  );
  return invalidArgument(
    violations.length > 0
      ? violations
      : [
          {
            field: 'message',
            description: 'an item has values that JSON parsing would change; see the reported items',
          },
        ],
  );
}

/**
 * Parses one item. `inAttributes` are the attributes of the message that set fields. `fallback` is the operation id of
 * an item that has no valid one.
 */
function parseCommand(
  item: unknown,
  inAttributes: readonly [string, string][],
  fallback: string,
  functions: readonly FunctionRow[],
): Command {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    const error = invalidArgument([{ field: 'message', description: 'an item must be a JSON object' }]);
    return { operationId: fallback, raw: item, prepared: error };
  }
  const inData = item as Readonly<Record<string, unknown>>;
  const fields = { ...Object.fromEntries(inAttributes), ...inData };
  const requestedId = fields['operationId'];
  const isValidId = typeof requestedId === 'string' && isOperationId(requestedId);
  const command = { operationId: isValidId ? requestedId : fallback, raw: fields };
  // A dead letter stores the fallback in place of an invalid id, so the dead letter differs from the message.
  const notReplayable = requestedId === undefined || isValidId ? undefined : true;
  let agrees = false;
  try {
    checkAgreement(inData, inAttributes);
    agrees = true;
    return { ...command, notReplayable, prepared: prepareCommand(fields, functions) };
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    return { ...command, notReplayable: agrees ? notReplayable : true, prepared: error };
  }
}

/**
 * Returns the operation that `function`, `operation` or `action` names. The other fields are its body, as over HTTP.
 */
function prepareCommand(fields: Readonly<Record<string, unknown>>, functions: readonly FunctionRow[]): PreparedCommand {
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
 * rejects others.
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
