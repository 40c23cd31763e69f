/** The tools `find_operation` and `call_operation`, which give access to every operation that the connection offers. */
import type { Connector } from '../operations/connector.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { errorBody, invalidArgument, toConnectorError } from '../errors.ts';
import { suggestion } from '../catalog/names.ts';
import { quotedName, validateArguments, type ToolInput } from './arguments.ts';
import { callTool } from './call-tool.ts';
import { rankOperations } from './rank-operations.ts';
import { toolOf, type OfferedTool } from './offered-tools.ts';
import type { SchemaValidator, Tool, ToolOutcome } from './server.ts';

const FIND_OPERATION = 'find_operation';
const CALL_OPERATION = 'call_operation';
const MAX_FOUND = 10;
const DEFAULT_FOUND = 5;
/**
 * Maximum size of all schemas in one result, as JSON. Operations whose schemas do not fit are returned without them.
 */
const MAX_SCHEMA_BYTES = 14_000;

const FIND_INPUT: JsonSchema = {
  type: 'object',
  properties: {
    query: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      description: 'What you want to do, in a few words, or the name of an operation.',
      examples: ['refund a payment'],
    },
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: MAX_FOUND,
      default: DEFAULT_FOUND,
      description: 'How many to return.',
    },
  },
  required: ['query'],
  additionalProperties: false,
};

const CALL_INPUT: JsonSchema = {
  type: 'object',
  properties: {
    operation: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      description: 'Name of the operation, as find_operation returns it.',
      examples: ['refund_create'],
    },
    arguments: { type: 'object', description: 'Arguments as the inputSchema of the operation describes them.' },
    dryRun: { type: 'boolean', description: 'True checks everything and returns the request without sending it.' },
  },
  required: ['operation'],
  additionalProperties: false,
};

export interface SearchTools {
  readonly tools: readonly Tool[];
  /** Runs one of the two tools. Returns undefined for any other name. */
  call(name: string, input: ToolInput, check: SchemaValidator): Promise<ToolOutcome> | undefined;
}

/** Creates `find_operation` and `call_operation` for the operations in `callable`. */
export function searchTools(connector: Connector, callable: ReadonlyMap<string, OfferedTool>): SearchTools {
  return {
    get tools() {
      return [findTool(callable.size), callOperationTool([...callable.values()].every(({ readOnly }) => readOnly()))];
    },
    call(name, input, check) {
      if (name === FIND_OPERATION) return Promise.resolve(findOperation(connector, callable, input, check));
      return name === CALL_OPERATION ? callOperation(connector, callable, input, check) : undefined;
    },
  };
}

function findTool(count: number): Tool {
  return {
    name: FIND_OPERATION,
    title: 'Find an operation',
    description: `Search the ${count} operations of Stripe that this connection offers. Returns their names, what they do, hints and input schemas. Run one with ${CALL_OPERATION}.`,
    inputSchema: { ...FIND_INPUT },
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  };
}

/** Creates `call_operation`. Unless all operations only read, its hints are those of a destructive write. */
function callOperationTool(onlyReads: boolean): Tool {
  return {
    name: CALL_OPERATION,
    title: 'Call an operation',
    description: `Run an operation that ${FIND_OPERATION} returned. ${onlyReads ? 'All of them only read.' : 'It may move money or change data: see the annotations of the operation.'}`,
    inputSchema: { ...CALL_INPUT },
    annotations: {
      readOnlyHint: onlyReads,
      destructiveHint: !onlyReads,
      idempotentHint: onlyReads,
      openWorldHint: true,
    },
  };
}

/** Runs `find_operation`. An error becomes the content of a failed call. */
function findOperation(
  connector: Connector,
  callable: ReadonlyMap<string, OfferedTool>,
  input: ToolInput,
  check: SchemaValidator,
): ToolOutcome {
  try {
    return foundOperations(connector, callable, input, check);
  } catch (cause) {
    return failedOutcome(cause);
  }
}

function foundOperations(
  connector: Connector,
  callable: ReadonlyMap<string, OfferedTool>,
  input: ToolInput,
  check: SchemaValidator,
): ToolOutcome {
  validateArguments(FIND_INPUT, input, check);
  const { query, limit = DEFAULT_FOUND } = input as { readonly query: string; readonly limit?: number };
  let bytesLeft = MAX_SCHEMA_BYTES;
  const operations = rankOperations(connector, callable, query, limit).map((name) => {
    const offered = callable.get(name);
    if (offered === undefined) throw new Error(`${name} was ranked and is not offered`);
    const { inputSchema, description, ...tool } = toolOf(offered.definition());
    const bytes = Buffer.byteLength(JSON.stringify(inputSchema));
    const fits = bytes <= bytesLeft;
    if (fits) bytesLeft -= bytes;
    const schema = fits ? { inputSchema } : { note: `search for ${name} to get its inputSchema` };
    return { ...tool, description: description.slice(0, 500), ...schema };
  });
  return { failed: false, content: { operations } };
}

/** Runs `call_operation`. An error becomes the content of a failed call. */
async function callOperation(
  connector: Connector,
  callable: ReadonlyMap<string, OfferedTool>,
  input: ToolInput,
  check: SchemaValidator,
): Promise<ToolOutcome> {
  let tool: OfferedTool;
  try {
    validateArguments(CALL_INPUT, input, check);
    tool = requireOffered(callable, String(input['operation']));
  } catch (cause) {
    return failedOutcome(cause);
  }
  const { arguments: values = {}, dryRun = false } = input as {
    readonly arguments?: ToolInput;
    readonly dryRun?: boolean;
  };
  return callTool(connector, tool, values, check, dryRun);
}

function requireOffered(callable: ReadonlyMap<string, OfferedTool>, name: string): OfferedTool {
  const tool = callable.get(name);
  if (tool !== undefined) return tool;
  const near = suggestion(name, [...callable.keys()]);
  const description = `${quotedName(name)} is not an operation of this connection${near}; use ${FIND_OPERATION}`;
  throw invalidArgument([{ field: 'operation', description }]);
}

function failedOutcome(cause: unknown): ToolOutcome {
  return { failed: true, content: errorBody(toConnectorError(cause)) };
}
