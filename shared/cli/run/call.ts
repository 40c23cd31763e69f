import { readFileSync } from 'node:fs';
import { isObject } from '../../is-object.ts';
import type { CommandContext, CommandResult } from '../commands/row.ts';
import { UnansweredWrite, UsageError } from '../io/exit.ts';
import { pairs } from '../io/print.ts';
import { ServerFailure, withRetries, type ConnectorServer, type JsonBody } from '../io/server.ts';
import { ConnectorFailure } from '../../schema/client/runtime.ts';
import { idOfCreate, rejectEntityAlone, rejectMistypedOperation } from './call-hints.ts';
import { operationSchema } from './describe/input-schema.ts';
import { readInputs } from './inputs.ts';
import { rejectDecimals } from './describe/whole-numbers.ts';

const CALL_ATTEMPTS = 5;

/** The function of each operation of an entity. */
const FUNCTION_OF_OPERATION: Readonly<Record<string, string>> = {
  List: 'list-entities',
  Get: 'get-entity',
  Create: 'create-entity',
  Update: 'update-entity',
  Delete: 'delete-entity',
};

/** `call OPERATION INPUTS...` */
export async function callCommand(context: CommandContext): Promise<CommandResult> {
  const [operation = '', ...inputs] = context.words;
  return callWith(context, operation, inputs, context.text('operationId'), CALL_ATTEMPTS);
}

/** Runs an operation, and repeats it while a repeat can help: a write has one operation id for all attempts. */
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
  const isPlan = request['dryRun'] === true;
  const key = isRead || isPlan ? undefined : (operationId ?? crypto.randomUUID());
  const sent = { isUnanswered: false };
  const send = (): Promise<JsonBody> =>
    server.call(name, { ...request, operationId: key }).catch((error: unknown) => {
      sent.isUnanswered ||= error instanceof ServerFailure ? !error.isUnsent : context.signal.aborted;
      throw error;
    });
  try {
    const onRetry = (message: string): void => context.progress.note(message);
    return callResult(context, await withRetries(attempts, send, onRetry, context.signal));
  } catch (error) {
    if (error instanceof ConnectorFailure && /is not an input of/.test(error.message) && !context.json)
      context.progress.note(`stripe-connector fields ${operation} lists the inputs`);
    if (key === undefined || !sent.isUnanswered || error instanceof ConnectorFailure) throw error;
    throw new UnansweredWrite(error, key);
  }
}

function callResult({ progress }: CommandContext, body: JsonBody): CommandResult {
  const { connectorOutputPayload: payload, operationId, effect, ...rest } = body;
  if (typeof operationId === 'string') progress.note(`effect ${String(effect)}, operation ${operationId}`);
  const rows = Array.isArray(payload) ? payload : [payload ?? rest];
  return { value: body, text: rows.map((row) => (isObject(row) ? pairs(row) : String(row))).join('\n\n') };
}

type CallRequest = readonly [name: string, body: JsonBody];

async function callRequest(
  context: CommandContext,
  server: ConnectorServer,
  operation: string,
  inputs: readonly string[],
): Promise<CallRequest> {
  const { ids, payload } = readInputs(inputs);
  const given = { ...payload, ...jsonInput(context.text('input')) };
  const [filterClause, accountId] = [context.text('where'), context.text('account')];
  const common = {
    ...(filterClause === undefined ? {} : { filterClause }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(context.flag('dryRun') ? { dryRun: true } : {}),
  };
  if (ids.length > 1) throw new UsageError(`one id at most: ${ids.join(' ')}; inputs are written Name=text`);
  const [id] = ids;
  const [, entity, verb] = /^(.+)\.(list|get|create|update|delete)$/i.exec(operation) ?? [];
  if (entity === undefined || verb === undefined) {
    rejectMistypedOperation(operation);
    if (id === undefined) await rejectEntityAlone(server, operation);
    await rejectDecimals(payload, async () => {
      const { input } = await server.get(`/actions/${encodeURIComponent(operation)}`);
      return isObject(input) ? input : {};
    });
    const own = id === undefined ? {} : { [await idInputOf(server, operation)]: id };
    return ['execute-action', { action: operation, ...common, connectorInputPayload: { ...own, ...given } }];
  }
  if (filterClause !== undefined && !/^(list|update|delete)$/i.test(verb))
    throw new UsageError(`--where selects the rows of a List, Update or Delete; ${operation} has none`);
  const name = FUNCTION_OF_OPERATION[`${verb.charAt(0).toUpperCase()}${verb.slice(1).toLowerCase()}`] ?? '';
  if (id !== undefined && name === 'create-entity') throw await idOfCreate(server, operation, entity, id);
  await rejectDecimals(payload, async () => {
    const { payloads } = await server.get(`/entities/${encodeURIComponent(entity)}`);
    return operationSchema(payloads, verb);
  });
  const target = id === undefined ? {} : { entityId: id };
  const input = Object.keys(given).length === 0 ? {} : { connectorInputPayload: given };
  return [name, { entity, ...target, ...common, ...input }];
}

/** Returns the input of an action that names its object: `PaymentIntentId`. */
async function idInputOf(server: ConnectorServer, action: string): Promise<string> {
  const { name, input } = await server.get(`/actions/${encodeURIComponent(action)}`);
  const required = isObject(input) && Array.isArray(input['required']) ? (input['required'] as unknown[]) : [];
  const [first] = required.filter((one): one is string => typeof one === 'string' && one.endsWith('Id'));
  if (first === undefined) throw new UsageError(`${String(name)} takes no id; inputs are written Name=text`);
  return first;
}

function textOfFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--input: ${file} cannot be read: ${error instanceof Error ? error.message : ''}`);
  }
}

/** `--input`: JSON, `@file`, or `-` for standard input. */
function jsonInput(text: string | undefined): JsonBody {
  if (text === undefined) return {};
  const source = text === '-' ? readFileSync(0, 'utf8') : text.startsWith('@') ? textOfFile(text.slice(1)) : text;
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    throw new UsageError(`--input is not valid JSON: ${error instanceof Error ? error.message : ''}`);
  }
  if (!isObject(value)) throw new UsageError('--input must be a JSON object');
  return value;
}
