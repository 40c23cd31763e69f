/** Runs one operation for an agent, which calls it as a tool or through `call_operation`. */
import { annotateError } from '../stripe/call-context.ts';
import { maskSensitiveFields } from '../stripe/sensitive-fields.ts';
import type { Connector, OperationResult } from '../operations/connector.ts';
import { isOperationId } from '../operations/request/ids.ts';
import { plainNumbers } from '../json/written-number.ts';
import { definedFields } from '../defined-fields.ts';
import { errorBody, toConnectorError } from '../errors.ts';
import { priorEffect } from '../http/prior-effect.ts';
import { logFailure } from '../http/log-cause.ts';
import { validateArguments, type ToolInput } from './arguments.ts';
import type { OfferedTool } from './offered-tools.ts';
import type { SchemaValidator, ToolOutcome } from './server.ts';

/**
 * Returns the body of the operation: the known arguments, and the entity or action of the tool, which no argument can
 * change.
 */
function toRequestBody({ target: [field, name], fields }: OfferedTool, input: ToolInput): object {
  const provided = Object.entries(fields).filter(([argument]) => Object.hasOwn(input, argument));
  return { ...Object.fromEntries(provided.map(([argument, inBody]) => [inBody, input[argument]])), [field]: name };
}

/** Runs a tool. With `dryRun` all checks run, and the result describes the request to Stripe, which is not sent. */
export async function callTool(
  connector: Connector,
  tool: OfferedTool,
  input: ToolInput,
  validator: SchemaValidator,
  dryRun = false,
): Promise<ToolOutcome> {
  const { random, settings } = connector;
  const { inputSchema, readOnly: isReadOnly } = tool.definition();
  const provided = operationIdIn(input);
  const operationId = provided ?? random.uuid();
  const isGenerated = provided === undefined;
  const [, operationName] = tool.target;
  try {
    validateArguments(inputSchema, plainNumbers(input) as ToolInput, validator);
    const prepared = tool.handler.prepare(
      connector,
      definedFields({ ...toRequestBody(tool, input), dryRun: dryRun ? true : undefined }),
      {
        operationId,
        freshId: isGenerated,
        withoutSecrets: true,
        names: [operationName],
        deadlineMs: settings.deadlineMs,
        responseFlags: new Set(),
      },
    );
    // Detects a tool whose read-only hint does not match its operation.
    if (prepared.mutates === isReadOnly)
      throw new Error(`the hints of the tool ${prepared.name} do not match its operation`);
    const result = await prepared.run();
    return { failed: false, content: toContent(result, prepared.mutates ? operationId : undefined) };
  } catch (cause) {
    const error = toConnectorError(cause);
    logFailure(() => connector, error);
    const key = { operationId, fresh: isGenerated };
    const reported = isReadOnly ? error : annotateError(error, key, await priorEffect(connector, error, key));
    return { failed: true, content: errorBody(reported) };
  }
}

/**
 * Returns the content of a successful call. Client secrets are masked, because they authorize payments and must not reach
 * the context of the agent.
 */
function toContent({ body, effect }: OperationResult, operationId: string | undefined): ToolOutcome['content'] {
  const { connectorOutputPayload: output, listEntitiesNextPageToken: nextPageToken, ...otherFields } = body;
  const writeFields = operationId === undefined ? {} : { operationId, effect };
  return { output: maskSensitiveFields(output), nextPageToken, ...otherFields, ...writeFields };
}

/** Returns the client's operationId if it is valid. `validateArguments` rejects an invalid operationId. */
function operationIdIn(input: ToolInput): string | undefined {
  const provided = Object.hasOwn(input, 'operationId') ? input['operationId'] : undefined;
  return typeof provided === 'string' && isOperationId(provided) ? provided : undefined;
}
