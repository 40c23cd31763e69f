import { jsonOrUndefined } from '../../format/json-or-undefined.ts';
import { hashOf } from '../../state/hash.ts';

/**
 * Returns the link to the form of the operation that a message requests, filled with the inputs of the message. A replay
 * cannot correct a wrong input, because it sends the same message. The form keeps the operationId, so the corrected call
 * has no second effect. Redacted inputs are left out.
 */
export function correctionLink(data: unknown, operationId: string): string | undefined {
  const { entity, operation, action, entityId, connectorInputPayload } = (data ?? {}) as Record<string, unknown>;
  // A message whose fields are attributes has its inputs as JSON text.
  const input =
    typeof connectorInputPayload === 'string' ? jsonOrUndefined(connectorInputPayload) : connectorInputPayload;
  const shown = Object.entries(typeof input === 'object' && input !== null ? input : {}).flatMap(
    ([name, value]): [string, string][] => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return text.includes('[redacted]') ? [] : [[name, text]];
    },
  );
  const params = { ...Object.fromEntries(shown), id: typeof entityId === 'string' ? entityId : '', operationId };
  if (typeof action === 'string') return hashOf(['action', action], params);
  if (typeof entity !== 'string' || typeof operation !== 'string') return undefined;
  return hashOf(['entity', entity, operation], params);
}
