import type { Connector } from '../operations/connector.ts';
import { ConnectorError } from '../errors.ts';

/** The operations that are permitted if no allowlist is set and the connection is not open. */
const READ_OPERATIONS = ['List', 'Get'];

/**
 * Returns whether an entry of an allowlist permits a call. The call `Customer.Create` is permitted by the entries
 * `Customer.Create`, `Create` and `*`. The call of the action `ConfirmPaymentIntent` is permitted by its name and `*`.
 */
export function matchesAllowlist(entries: readonly string[], call: string): boolean {
  const operation = /\.(\w+)$/.exec(call)?.[1];
  return entries.includes('*') || entries.includes(call) || (operation !== undefined && entries.includes(operation));
}

/**
 * Throws PERMISSION_DENIED unless the allowlist permits the call. A missing allowlist permits every call if `open` is
 * true, and only reads otherwise.
 */
export function requireAllowed(
  allow: readonly string[] | undefined,
  open: boolean,
  call: string,
  setting: 'automation_allowlist' | 'operations_allowlist' = 'automation_allowlist',
): void {
  if (allow === undefined && open) return;
  const names = allow ?? READ_OPERATIONS;
  if (matchesAllowlist(names, call)) return;
  throw new ConnectorError(
    'PERMISSION_DENIED',
    `${setting} does not permit ${call} (it lists ${names.join(', ')}); add it to the setting`,
    {
      reason: 'OPERATION_NOT_ALLOWED',
    },
  );
}

/**
 * Throws PERMISSION_DENIED unless `operations_allowlist` permits a call over HTTP. Without the setting, a function for
 * one operation permits that operation, because IAM already restricts who may invoke the function. A function for all
 * operations permits only reads. An open local server permits every call.
 */
export function requireHttpAllowed({ settings, open, servesAll }: Connector, call: string): void {
  requireAllowed(settings.operationsAllowlist, open || servesAll !== true, call, 'operations_allowlist');
}
