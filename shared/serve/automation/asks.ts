import { OPERATIONS, type Operation } from '../../catalog/shapes.ts';
import { isOperationId } from '../../core/ids.ts';
import { ConnectorError, invalid, isConnectorError, type FieldViolation } from '../../errors.ts';
import { rowOperationId } from '../../idempotency/operation-id.ts';
import { BODIES } from '../requests.ts';
import type { Served } from '../service.ts';
import { entityService, executeActionService } from '../services.ts';
import type { Arrived } from './arrived.ts';
import { contentOf } from './content.ts';

/** One thing that a message asks for. */
export interface Ask {
  readonly operationId: string;
  /** What was written, for the dead letter: its fields, or the text that could not be read. */
  readonly written: unknown;
  /** What to do with what; or why that cannot be told. */
  readonly todo: Todo | ConnectorError;
}

export interface Todo {
  readonly service: Served;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Items of one message at most. */
const MOST_ITEMS = 100;

/** Says on a replay which failures it comes after: those may be tried again. */
export const RETRIES_AFTER = 'stripe-connector-retries-after';

const ENTITY_FUNCTIONS: Readonly<Record<string, Operation>> = Object.fromEntries(
  OPERATIONS.map((operation) => [
    operation === 'List' ? 'list-entities' : `${operation.toLowerCase()}-entity`,
    operation,
  ]),
);

const CHOICES = ['function', 'operation', 'action'] as const;

/** Names that an attribute may stand for. */
const FIELDS: ReadonlySet<string> = new Set([
  ...CHOICES,
  ...Object.values(BODIES).flatMap((body) => Object.keys(body)),
]);

/**
 * What a message asks for: its data, an object or an array of them, over the attributes of the same names. An item
 * without an operationId has the message's own, and its place in the array.
 */
export function asksOf(arrived: Arrived, mostBytes: number): Ask[] {
  const given = arrived.attributes['operationId'];
  const id = given !== undefined && isOperationId(given) ? given : arrived.id;
  try {
    const content = contentOf(arrived.data, mostBytes);
    // Looked at once, not for each item.
    const named = Object.keys(arrived.attributes).filter((name) => FIELDS.has(name));
    const fields = named.map((name): [string, string] => [name, arrived.attributes[name] ?? '']);
    if (!Array.isArray(content)) return [askOf(content, fields, id)];
    if (content.length === 0 || content.length > MOST_ITEMS)
      throw new ConnectorError('INVALID_ARGUMENT', `an array must have 1 to ${MOST_ITEMS} items`, { reason: 'ITEMS' });
    // Each item has an id of its own: the attribute is the message's.
    const ofItems = fields.filter(([name]) => name !== 'operationId');
    return content.map((item, index) => askOf(item, ofItems, rowOperationId(id, String(index))));
  } catch (error) {
    if (isConnectorError(error)) return [{ operationId: id, written: arrived.data, todo: error }];
    throw error;
  }
}

/** `inAttributes`: those of the message that name fields. */
function askOf(item: unknown, inAttributes: readonly [string, string][], fallback: string): Ask {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    const error = invalid([{ field: 'message', description: 'an item must be a JSON object' }]);
    return { operationId: fallback, written: item, todo: error };
  }
  const inData = item as Readonly<Record<string, unknown>>;
  const fields = { ...Object.fromEntries(inAttributes), ...inData };
  const named = fields['operationId'];
  const operationId = typeof named === 'string' && isOperationId(named) ? named : fallback;
  try {
    checkAgreement(inData, inAttributes);
    return { operationId, written: fields, todo: chosen(fields) };
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    return { operationId, written: fields, todo: error };
  }
}

/** A field that stands in both places must say the same. */
function checkAgreement(inData: Readonly<Record<string, unknown>>, inAttributes: readonly [string, string][]): void {
  const said = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
  const differing = inAttributes.filter(([name, value]) => Object.hasOwn(inData, name) && said(inData[name]) !== value);
  if (differing.length === 0) return;
  throw invalid(
    differing.map(([field]): FieldViolation => ({
      field,
      description: "differs from the message's attribute; give one of them",
    })),
  );
}

/** `function`, `operation` or `action` says what is to be done; the rest is the body that it takes over HTTP. */
function chosen(fields: Readonly<Record<string, unknown>>): Todo {
  const { function: name, operation, ...rest } = fields;
  if (name !== undefined) {
    if (operation !== undefined)
      throw invalid([{ field: 'operation', description: 'stands beside function; give one of them' }]);
    return ofFunction(name, rest);
  }
  if (operation !== undefined) {
    if (!OPERATIONS.includes(operation as Operation))
      throw invalid([{ field: 'operation', description: `must be one of ${OPERATIONS.join(', ')}` }]);
    return { service: entityService(operation as Operation), body: rest };
  }
  if (rest['action'] !== undefined) return { service: executeActionService(), body: rest };
  throw invalid([
    { field: 'function', description: 'is required: a function, an operation or an action says what is to be done' },
  ]);
}

function ofFunction(name: unknown, body: Readonly<Record<string, unknown>>): Todo {
  if (typeof name !== 'string') throw invalid([{ field: 'function', description: 'must be the name of a function' }]);
  const operation = Object.hasOwn(ENTITY_FUNCTIONS, name) ? ENTITY_FUNCTIONS[name] : undefined;
  if (operation !== undefined) return { service: entityService(operation), body };
  if (name === 'execute-action') return { service: executeActionService(), body };
  if (body['action'] !== undefined)
    throw invalid([{ field: 'action', description: 'stands beside function; give one of them' }]);
  // `confirm-payment-intent` -> `ConfirmPaymentIntent`: the catalogue knows whether there is one.
  const action = name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  return { service: executeActionService(), body: { ...body, action } };
}
