/**
 * The call that a message requests: `Customer.Create`, `PayInvoice`. Undefined if the message names neither an entity
 * nor an action.
 */
export function requestedCall(data: unknown): string | undefined {
  const { entity, operation, action } = (data ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof action === 'string') return action;
  if (typeof entity !== 'string') return undefined;
  return typeof operation === 'string' ? `${entity}.${operation}` : entity;
}
