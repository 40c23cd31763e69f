import { jsonOrUndefined } from '../../format/json-or-undefined.ts';
import { hashOf } from '../../state/hash.ts';

/**
 * Returns the link to the form of the call that a message requests, filled with the inputs of the message. A replay
 * sends the same message, so it cannot correct a wrong input, but the user can correct it in the form. The form keeps
 * the operationId, so the corrected call has no second effect. Redacted inputs are left out. Undefined if the message
 * requests no operation and no action.
 */
export function correctionLink(data: unknown, operationId: string): string | undefined {
  const { entity, operation, action, entityId, connectorInputPayload } = (data ?? {}) as Record<string, unknown>;
  // A message may carry its fields as attributes, which are strings. Its inputs are then a JSON string.
  const input =
    typeof connectorInputPayload === 'string' ? jsonOrUndefined(connectorInputPayload) : connectorInputPayload;
  const safeInputs = Object.entries(typeof input === 'object' && input !== null ? input : {}).flatMap(
    ([name, value]): [string, string][] => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return text.includes('[redacted]') ? [] : [[name, text]];
    },
  );
  const params = { ...Object.fromEntries(safeInputs), id: typeof entityId === 'string' ? entityId : '', operationId };
  if (typeof action === 'string') return hashOf(['action', action], params);
  if (typeof entity !== 'string' || typeof operation !== 'string') return undefined;
  return hashOf(['entity', entity, operation], params);
}
