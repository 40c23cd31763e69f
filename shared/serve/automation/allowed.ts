import { ConnectorError } from '../../errors.ts';

/** What messages may ask for where a deployment says nothing: to read. */
const READS = ['List', 'Get'];

/**
 * Whether the deployment lets messages ask for a call: `Customer.Create` by its own name, by `Create` or by `*`;
 * `ConfirmPaymentIntent` by its own name or by `*`. On a laptop that names nothing all is open.
 */
export function checkAllowed(allow: readonly string[] | undefined, local: boolean, call: string): void {
  if (allow === undefined && local) return;
  const names = allow ?? READS;
  const operation = /\.(\w+)$/.exec(call)?.[1];
  if (names.includes('*') || names.includes(call) || (operation !== undefined && names.includes(operation))) return;
  throw new ConnectorError(
    'PERMISSION_DENIED',
    `automation_allow does not name ${call}; it names ${names.join(', ')}`,
    {
      reason: 'NOT_ALLOWED',
    },
  );
}
