import { actionOf, callableOf, type FunctionRow } from '../catalog/function-rows.ts';
import { OPERATIONS, type Operation } from '../catalog/types.ts';
import { checkOperationId, isOperationId } from '../operations/request/ids.ts';
import { ConnectorError, invalidArgument, isConnectorError, type FieldViolation } from '../errors.ts';
import { itemOperationId } from '../idempotency/derive-key.ts';
import { formatPath, type JsonProblem } from '../json/exact-json.ts';
import { toFieldViolation } from '../http/body/json-body.ts';
import { BODIES } from '../http/body/request-bodies.ts';
import type { OperationResponse } from '../http/operation-handler.ts';
import { entityHandler, executeActionHandler } from '../http/operation-handlers.ts';
import type { PubsubMessage } from './push-message.ts';
import { parsePayload } from './payload.ts';

/** One thing that a message asks for. */
export interface Command {
  readonly operationId: string;
  /** What was written, for the dead letter: its fields, or the text that could not be read. */
  readonly raw: unknown;
  /** It could not be read as it was written: published again, it would be another thing. */
  readonly inexact?: true;
  /** What to do with what; or why that cannot be told. */
  readonly todo: PreparedCommand | ConnectorError;
}

export interface PreparedCommand {
  readonly handler: OperationResponse;
  readonly body: Readonly<Record<string, unknown>>;
  /** Entities or actions that a narrowed function serves; undefined for all. */
  readonly names?: readonly string[] | undefined;
}

/** Items of one message at most. */
const MAX_ITEMS = 100;

/** Says on a replay which failures it comes after: those may be tried again. */
export const RETRY_OF = 'stripe-connector-retries-after';

const CHOICES = ['function', 'operation', 'action'] as const;

/** Names that an attribute may stand for. */
const FIELDS: ReadonlySet<string> = new Set([
  ...CHOICES,
  ...Object.values(BODIES).flatMap((body) => Object.keys(body)),
]);

/** Characters of an attribute's name that may be meant for a field. */
const MAX_SUGGESTION_LENGTH = 60;

/** Fields by their letters alone; the key of a write by its HTTP name too. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ...[...FIELDS].map((name): [string, string] => [letters(name), name]),
  ['idempotencykey', 'operationId'],
]);

/**
 * What a message asks for: its data, an object or an array of them, over the attributes of the same names. An item
 * without an operationId has the message's own, and its place in the array. `functions`: the rows of the manifest.
 */
export function parseCommands(message: PubsubMessage, mostBytes: number, functions: readonly FunctionRow[]): Command[] {
  const input = message.attributes['operationId'];
  const id = input !== undefined && isOperationId(input) ? input : message.id;
  try {
    checkNames(message.attributes);
    const { value: content, read } = parsePayload(message.data, mostBytes);
    // Looked at once, not for each item.
    const named = Object.keys(message.attributes).filter((name) => FIELDS.has(name));
    const fields = named.map((name): [string, string] => [name, message.attributes[name] ?? '']);
    if (!Array.isArray(content)) {
      if (read.count > 0) throw invalidArgument(read.problems.map(toFieldViolation), read.count - read.problems.length);
      return [askOf(content, fields, id, functions)];
    }
    if (content.length === 0 || content.length > MAX_ITEMS)
      throw new ConnectorError('INVALID_ARGUMENT', `an array must have 1 to ${MAX_ITEMS} items`, {
        reason: 'MESSAGE_ITEM_COUNT',
      });
    // The attribute is the id of the message; the items get ids from it. An invalid one is rejected for arrays too.
    if (input !== undefined) checkOperationId('operationId', input);
    const ofItems = fields.filter(([name]) => name !== 'operationId');
    const asks = content.map((item, index): Command => {
      const command = askOf(item, ofItems, itemOperationId(id, index), functions);
      return read.members.has(index) ? { ...command, inexact: true, todo: inexact(read.problems, index) } : command;
    });
    checkIds(asks);
    return asks;
  } catch (error) {
    if (isConnectorError(error)) return [{ operationId: id, raw: message.data, todo: error }];
    throw error;
  }
}

/** Two items with one id are one operation, and one result: each must have its own. */
function checkIds(asks: readonly Command[]): void {
  const first = new Map<string, number>();
  const repeated = asks.flatMap(({ operationId }, index): FieldViolation[] => {
    const before = first.get(operationId);
    if (before === undefined) first.set(operationId, index);
    const description = `is the id of item ${before ?? index} too: each item of an array has its own`;
    return before === undefined ? [] : [{ field: formatPath([index, 'operationId']), description }];
  });
  if (repeated.length > 0) throw invalidArgument(repeated);
}

/** What is wrong with one item; with many items their problems may be more than are kept. */
function inexact(problems: readonly JsonProblem[], index: number): ConnectorError {
  const own = problems.filter(({ path }) => path[0] === index);
  const told = own.map(({ path, description }) => toFieldViolation({ path: path.slice(1), description }));
  return invalidArgument(
    told.length > 0
      ? told
      : [{ field: 'message', description: 'an item holds what JSON would change; see the others' }],
  );
}

/** `DryRun`, `dry_run` and `dry-run` are `dryRun` to a person, and nothing to a program: they are refused, not dropped. */
function checkNames(attributes: PubsubMessage['attributes']): void {
  const mistaken = Object.keys(attributes).flatMap((name): FieldViolation[] => {
    const meant = FIELDS.has(name) ? undefined : MEANT.get(letters(name));
    return meant === undefined ? [] : [{ field: name, description: `is no attribute; did you mean ${meant}?` }];
  });
  if (mistaken.length > 0) throw invalidArgument(mistaken);
}

function letters(name: string): string {
  return name.length > MAX_SUGGESTION_LENGTH ? '' : name.replace(/[_.\s-]/g, '').toLowerCase();
}

/** `inAttributes`: those of the message that name fields. */
function askOf(
  item: unknown,
  inAttributes: readonly [string, string][],
  fallback: string,
  functions: readonly FunctionRow[],
): Command {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    const error = invalidArgument([{ field: 'message', description: 'an item must be a JSON object' }]);
    return { operationId: fallback, raw: item, todo: error };
  }
  const inData = item as Readonly<Record<string, unknown>>;
  const fields = { ...Object.fromEntries(inAttributes), ...inData };
  const named = fields['operationId'];
  const operationId = typeof named === 'string' && isOperationId(named) ? named : fallback;
  try {
    checkAgreement(inData, inAttributes);
    return { operationId, raw: fields, todo: chosen(fields, functions) };
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    return { operationId, raw: fields, todo: error };
  }
}

/** A field that stands in both places must say the same. */
function checkAgreement(inData: Readonly<Record<string, unknown>>, inAttributes: readonly [string, string][]): void {
  const said = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
  const differing = inAttributes.filter(([name, value]) => Object.hasOwn(inData, name) && said(inData[name]) !== value);
  if (differing.length === 0) return;
  throw invalidArgument(
    differing.map(([field]): FieldViolation => ({
      field,
      description: "differs from the message's attribute; give one of them",
    })),
  );
}

/** `function`, `operation` or `action` says what is to be done; the rest is the body that it takes over HTTP. */
function chosen(fields: Readonly<Record<string, unknown>>, functions: readonly FunctionRow[]): PreparedCommand {
  const { function: name, operation, ...rest } = fields;
  if (name !== undefined) {
    if (operation !== undefined)
      throw invalidArgument([{ field: 'operation', description: 'stands beside function; give one of them' }]);
    return ofFunction(name, rest, functions);
  }
  if (operation !== undefined) {
    if (!OPERATIONS.includes(operation as Operation))
      throw invalidArgument([{ field: 'operation', description: `must be one of ${OPERATIONS.join(', ')}` }]);
    return { handler: entityHandler(operation as Operation), body: rest };
  }
  if (rest['action'] !== undefined) return { handler: executeActionHandler(), body: rest };
  throw invalidArgument([
    { field: 'function', description: 'is required: a function, an operation or an action says what is to be done' },
  ]);
}

/** As the function's own address would take it: a narrowed one fills its entity or action in and refuses any other. */
function ofFunction(name: unknown, body: PreparedCommand['body'], functions: readonly FunctionRow[]): PreparedCommand {
  if (typeof name !== 'string')
    throw invalidArgument([{ field: 'function', description: 'must be the name of a function' }]);
  const row = functions.find((functionRow) => functionRow.name === name);
  const callable = row === undefined ? undefined : callableOf(row, functions);
  if (callable?.kind === 'operation')
    return { handler: entityHandler(callable.operation), body, names: callable.names };
  if (callable?.kind === 'actions') return { handler: executeActionHandler(), body, names: callable.names };
  if (body['action'] !== undefined)
    throw invalidArgument([{ field: 'action', description: 'stands beside function; give one of them' }]);
  // The name may be of an action that has no function: the catalog decides whether the action exists.
  return { handler: executeActionHandler(), body: { ...body, action: actionOf(name) } };
}
