import { ConnectorError } from '../errors.ts';

/** What messages may ask for where a deployment says nothing: to read. */
const READS = ['List', 'Get'];

/**
 * Whether a list lets a call through: `Customer.Create` by its own name, by `Create` or by `*`; `ConfirmPaymentIntent` by
 * its own name or by `*`.
 */
export function matchesAllowlist(names: readonly string[], call: string): boolean {
  const operation = /\.(\w+)$/.exec(call)?.[1];
  return names.includes('*') || names.includes(call) || (operation !== undefined && names.includes(operation));
}

/** Whether the deployment lets messages ask for a call. `open`: all may be asked for where it names nothing. */
export function requireAllowed(allow: readonly string[] | undefined, open: boolean, call: string): void {
  if (allow === undefined && open) return;
  const names = allow ?? READS;
  if (matchesAllowlist(names, call)) return;
  throw new ConnectorError(
    'PERMISSION_DENIED',
    `automation_allowlist does not name ${call}; it names ${names.join(', ')}`,
    {
      reason: 'OPERATION_NOT_ALLOWED',
    },
  );
}
