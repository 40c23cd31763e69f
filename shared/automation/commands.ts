import type { FunctionRow } from '../catalog/function-rows.ts';
import { checkOperationId, isOperationId } from '../operations/request/ids.ts';
import { ConnectorError, invalidArgument, isConnectorError, toConnectorError, type FieldViolation } from '../errors.ts';
import { itemOperationId } from '../idempotency/derive-key.ts';
import { formatPath, type JsonProblem } from '../json/exact-json.ts';
import { toFieldViolation } from '../http/body/json-body.ts';
import { attributeFields, checkAgreement, senderAttributeFields, type AttributeField } from './attribute-fields.ts';
import { lazy } from '../memoize.ts';
import type { PubsubMessage } from './push-message.ts';
import { parsePayload } from './payload.ts';
import { prepareCommand, type PreparedCommand } from './prepare-command.ts';
import { MESSAGE_SHAPES } from './shapes/index.ts';
import { findShape, type MessageShapes, type Translate } from './shapes/message-shape.ts';

/** One operation that a message requests. */
export interface Command {
  readonly operationId: string;
  /** The input that the dead letter contains: the fields of the command, or the input that could not be parsed. */
  readonly raw: unknown;
  /**
   * True if `raw` is data of another sender that could not be translated. A replay publishes it with the attributes of
   * the message, so that a corrected shape can translate it.
   */
  readonly untranslated?: true | undefined;
  /** True if the fields of `raw` differ from the message. The dead letter then cannot be replayed. */
  readonly notReplayable?: true | undefined;
  /** The operation to run, or why the command is invalid. */
  readonly prepared: PreparedCommand | ConnectorError;
}

/** Limits of a message. */
export interface MessageBounds {
  /** Maximum number of bytes of the data. */
  readonly maxBytes: number;
  readonly maxItems: number;
}

/** Attribute of a replayed message. Its value is the last key version whose recorded failure is attempted again. */
export const LAST_RETRIED_KEY_VERSION = 'stripe-connector-retries-after';

/** Attribute of a replayed message whose data is as it arrived. The data of every other replay is a command. */
export const AS_ARRIVED = 'stripe-connector-as-arrived';

/**
 * Parses the commands of a message. The data is one object or an array of objects. An attribute with the name of a
 * field sets that field in every object. A command without an operationId gets the message's id. In an array, it gets
 * an id from the message's id and its index. An attribute `operationId` takes the place of the message's id. An item
 * that a shape ignores is no command. A message that cannot be parsed becomes one command with an error. No shape reads
 * or ignores the replay of a command, because its fields may match a pattern. `functions` are the entries of the
 * manifest.
 */
export function parseCommands(
  message: PubsubMessage,
  { maxBytes, maxItems }: MessageBounds,
  functions: readonly FunctionRow[],
  allShapes: MessageShapes = MESSAGE_SHAPES,
): Command[] {
  const isReplay = Object.hasOwn(message.attributes, LAST_RETRIED_KEY_VERSION);
  const shapes = isReplay && !Object.hasOwn(message.attributes, AS_ARRIVED) ? {} : allShapes;
  const input = message.attributes['operationId'];
  const id = input !== undefined && isOperationId(input) ? input : message.id;
  const fields = lazy(() => attributeFields(message.attributes));
  // The attribute `operationId` of a sender is its own. That of a replay is the id of the dead letter.
  const senderId = isReplay ? id : message.id;
  try {
    const { value: content, exactJson } = parsePayload(message.data, maxBytes);
    if (!Array.isArray(content)) {
      const translate = findShape(content, shapes);
      if (translate === 'ignored') return [];
      if (exactJson.count > 0) {
        const { problems, count } = exactJson;
        const error = invalidArgument(problems.map(toFieldViolation), count - problems.length);
        return [{ operationId: translate === undefined ? id : senderId, raw: message.data, prepared: error }];
      }
      return [
        translate === undefined
          ? parseCommand(content, fields(), id, functions)
          : translateItem(untranslated(content, senderId), translate, message.attributes, functions),
      ];
    }
    if (content.length === 0 || content.length > maxItems)
      throw new ConnectorError('INVALID_ARGUMENT', `an array must have 1 to ${maxItems} items`, {
        reason: 'MESSAGE_ITEM_COUNT',
      });
    const itemFields = lazy(() => {
      // For an array, the ids of the items are derived from the attribute, so an invalid attribute is rejected.
      if (input !== undefined) checkOperationId('operationId', input);
      return fields().filter(([name]) => name !== 'operationId');
    });
    const commands = content.map((item, index): Command | undefined => {
      const translate = findShape(item, shapes);
      if (translate === 'ignored') return undefined;
      const problem = exactJson.problemMembers.has(index) ? changedValuesError(exactJson.problems, index) : undefined;
      if (translate === undefined) {
        const command = parseCommand(item, itemFields(), itemOperationId(id, index), functions);
        return problem === undefined ? command : { ...command, notReplayable: true, prepared: problem };
      }
      const input = untranslated(item, itemOperationId(senderId, index));
      return problem === undefined
        ? translateItem(input, translate, message.attributes, functions)
        : { ...input, notReplayable: true, prepared: problem };
    });
    checkDistinctIds(commands);
    return commands.filter((command) => command !== undefined);
  } catch (error) {
    if (isConnectorError(error)) return [{ operationId: id, raw: message.data, prepared: error }];
    throw error;
  }
}

/** Throws if two items have the same id, because they would be one operation with one result. */
function checkDistinctIds(commands: readonly (Command | undefined)[]): void {
  const firstIndexes = new Map<string, number>();
  const repeated: FieldViolation[] = [];
  for (const [index, command] of commands.entries()) {
    if (command === undefined) continue;
    const { operationId } = command;
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

/** Data of another sender, and the operation id that it has if it cannot be translated. */
type UntranslatedInput = Omit<Command, 'prepared'>;

function untranslated(raw: unknown, operationId: string): UntranslatedInput {
  return { operationId, raw, untranslated: true };
}

/** Parses one item of another sender. An error of its shape makes the item invalid. */
function translateItem(
  input: UntranslatedInput,
  translate: Translate,
  attributes: PubsubMessage['attributes'],
  functions: readonly FunctionRow[],
): Command {
  try {
    const fields = translate(input.raw);
    const command = parseCommand(fields, senderAttributeFields(attributes), input.operationId, functions);
    return isConnectorError(command.prepared) ? { ...input, prepared: command.prepared } : command;
  } catch (error) {
    // Any other error is a fault of the shape. The other items of the message are executed all the same.
    return { ...input, prepared: toConnectorError(error) };
  }
}

/**
 * Parses one item. `inAttributes` are the attributes of the message that set fields. `fallback` is the operation id of
 * an item that has no valid one.
 */
function parseCommand(
  item: unknown,
  inAttributes: readonly AttributeField[],
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
