import { readFileSync } from 'node:fs';
import { OPERATIONS, type Operation } from '../../catalog/types.ts';
import { isObject } from '../../is-object.ts';
import type { CommandContext, CommandResult } from '../commands/definition.ts';
import { UnknownOutcome, UsageError } from '../io/exit.ts';
import { formatPairs } from '../io/print.ts';
import { ConnectorFailure } from '../../schema/client/runtime.ts';
import { ServerError, withRetries, type ConnectorServer, type JsonBody } from '../io/server.ts';
import { createIdError, rejectEntityAlone, rejectMistypedOperation } from './call-hints.ts';
import { operationSchema } from './describe/input-schema.ts';
import { parseInputs } from './inputs.ts';
import { rejectDecimals } from './describe/whole-numbers.ts';

const CALL_ATTEMPTS = 5;

/** The function of each operation of an entity. */
const FUNCTION_OF_OPERATION: Readonly<Record<Operation, string>> = {
  List: 'list-entities',
  Get: 'get-entity',
  Create: 'create-entity',
  Update: 'update-entity',
  Delete: 'delete-entity',
};

/** `call OPERATION INPUTS...` */
export async function callCommand(context: CommandContext): Promise<CommandResult> {
  const [operation = '', ...inputs] = context.args;
  return callWith(context, operation, inputs, context.text('operationId'), CALL_ATTEMPTS);
}

/**
 * Runs an operation and repeats it after retryable errors. All attempts of a write use the same operation id, so a repeat
 * is safe.
 */
export async function callWith(
  context: CommandContext,
  operation: string,
  inputs: readonly string[],
  operationId: string | undefined,
  attempts: number,
): Promise<CommandResult> {
  const server = context.server();
  const [name, request] = await callRequest(context, server, operation, inputs);
  const isRead = name === 'get-entity' || name === 'list-entities';
  const isDryRun = request['dryRun'] === true;
  const key = isRead || isDryRun ? undefined : (operationId ?? crypto.randomUUID());
  const write = { mayHaveTakenEffect: false };
  const send = (): Promise<JsonBody> =>
    server.call(name, { ...request, operationId: key }).catch((error: unknown) => {
      write.mayHaveTakenEffect ||= error instanceof ServerError ? !error.isUnsent : context.signal.aborted;
      throw error;
    });
  try {
    const onRetry = (message: string): void => context.progress.note(message);
    return callResult(context, await withRetries(attempts, send, onRetry, context.signal));
  } catch (error) {
    if (error instanceof ConnectorFailure && /is not an input of/.test(error.message) && !context.json)
      context.progress.note(`stripe-connector fields ${operation} lists the inputs`);
    if (key === undefined || !write.mayHaveTakenEffect || error instanceof ConnectorFailure) throw error;
    throw new UnknownOutcome(error, key);
  }
}

function callResult({ progress }: CommandContext, body: JsonBody): CommandResult {
  const { connectorOutputPayload: payload, operationId, effect, ...rest } = body;
  if (typeof operationId === 'string') progress.note(`effect ${String(effect)}, operation ${operationId}`);
  const rows = Array.isArray(payload) ? payload : [payload ?? rest];
  return { value: body, text: rows.map((row) => (isObject(row) ? formatPairs(row) : String(row))).join('\n\n') };
}

type CallRequest = readonly [name: string, body: JsonBody];

/** Returns the function that runs an operation or an action, and its body. */
async function callRequest(
  context: CommandContext,
  server: ConnectorServer,
  operation: string,
  words: readonly string[],
): Promise<CallRequest> {
  const { ids, payload } = parseInputs(words);
  if (ids.length > 1) throw new UsageError(`one id at most: ${ids.join(' ')}; inputs are written Name=text`);
  const [id] = ids;
  const inputs = { ...payload, ...jsonInput(context.text('input')) };
  const [, entity, verb = ''] = /^(.+)\.(\w+)$/.exec(operation) ?? [];
  const entityOperation = OPERATIONS.find((name) => name.toLowerCase() === verb.toLowerCase());
  if (entity === undefined || entityOperation === undefined) {
    rejectMistypedOperation(operation);
    if (id === undefined) await rejectEntityAlone(server, operation);
    await rejectDecimals(payload, async () => {
      const { input } = await server.get(`/actions/${encodeURIComponent(operation)}`);
      return isObject(input) ? input : {};
    });
    const idInput = id === undefined ? {} : { [await idInputOf(server, operation)]: id };
    const body = { action: operation, ...commonFields(context), connectorInputPayload: { ...idInput, ...inputs } };
    return ['execute-action', body];
  }
  if (context.text('where') !== undefined && !CLAUSE_OPERATIONS.includes(entityOperation))
    throw new UsageError(`--where selects the rows of a List, Update or Delete; ${operation} has none`);
  if (id !== undefined && entityOperation === 'Create') throw await createIdError(server, operation, entity, id);
  await rejectDecimals(payload, async () => {
    const { payloads } = await server.get(`/entities/${encodeURIComponent(entity)}`);
    return operationSchema(payloads, entityOperation);
  });
  const connectorInputPayload = Object.keys(inputs).length === 0 ? undefined : inputs;
  return [
    FUNCTION_OF_OPERATION[entityOperation],
    { entity, entityId: id, ...commonFields(context), connectorInputPayload },
  ];
}

/** The operations that accept a filter clause. */
const CLAUSE_OPERATIONS: readonly Operation[] = ['List', 'Update', 'Delete'];

/** Returns the fields of the request body that the options of `call` set. */
function commonFields(context: CommandContext): JsonBody {
  const [filterClause, accountId] = [context.text('where'), context.text('account')];
  return {
    filterClause,
    accountId,
    dryRun: context.flag('dryRun') ? true : undefined,
  };
}

/**
 * Returns the name of the input with the object's id, such as `PaymentIntentId`: the first required input of the action
 * whose name ends with `Id`.
 */
async function idInputOf(server: ConnectorServer, action: string): Promise<string> {
  const { name, input } = await server.get(`/actions/${encodeURIComponent(action)}`);
  const required = isObject(input) && Array.isArray(input['required']) ? (input['required'] as unknown[]) : [];
  const idInput = required.find((input): input is string => typeof input === 'string' && input.endsWith('Id'));
  if (idInput === undefined) throw new UsageError(`${String(name)} takes no id; inputs are written Name=text`);
  return idInput;
}

function jsonTextOf(option: string): string {
  if (option === '-') return readFileSync(0, 'utf8');
  return option.startsWith('@') ? textOfFile(option.slice(1)) : option;
}

function textOfFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--input: ${file} cannot be read: ${error instanceof Error ? error.message : ''}`);
  }
}

/** Returns the inputs of `--input`: JSON, `@file`, or `-` for standard input. */
function jsonInput(option: string | undefined): JsonBody {
  if (option === undefined) return {};
  const text = jsonTextOf(option);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--input is not valid JSON: ${error instanceof Error ? error.message : ''}`);
  }
  if (!isObject(value)) throw new UsageError('--input must be a JSON object');
  return value;
}
