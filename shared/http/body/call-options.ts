/** Checks the options that every call may have in its body: priority, operation id and account. */
import { ConnectorError, invalidArgument } from '../../errors.ts';
import type { Connector } from '../../operations/connector.ts';
import { checkOperationId, isAccount } from '../../operations/request/ids.ts';
import { goesBefore, PRIORITIES, type Priority } from '../../stripe/call-context.ts';

/** The header is equivalent to the body's `operationId`. */
export const KEY_HEADER = 'Idempotency-Key';

/** Throws if a call requests a higher class than `callPriority`, the class of its first request to Stripe. */
export function checkPriority(requested: Priority | undefined, callPriority: Priority): void {
  if (requested === undefined || !goesBefore(requested, callPriority)) return;
  const lower = PRIORITIES.slice(PRIORITIES.indexOf(callPriority)).join(' or ');
  throw invalidArgument([
    { field: 'priority', description: `must not be higher than the class of the call (${callPriority}); set ${lower}` },
  ]);
}

/** Throws unless the operationId of the body and that of the header are valid, and equal if both are present. */
export function checkSameOperationId(inHeader: string | undefined, inBody: string | undefined): void {
  if (inBody !== undefined) checkOperationId('operationId', inBody);
  if (inHeader !== undefined) checkOperationId(KEY_HEADER, inHeader);
  if (inBody !== undefined && inHeader !== undefined && inBody !== inHeader) {
    throw invalidArgument([
      { field: 'operationId', description: 'differs from the Idempotency-Key header; send only one of them' },
    ]);
  }
}

/** Returns the Stripe account of a call. Throws PERMISSION_DENIED unless the settings allow the requested account. */
export function accountForCall(settings: Connector['settings'], requested: string | undefined): string | undefined {
  if (requested === undefined || requested === settings.accountId) return settings.accountId;
  if (isAccount(requested) && settings.allowedAccounts.includes(requested)) return requested;
  throw new ConnectorError(
    'PERMISSION_DENIED',
    'accountId: the connection does not allow this account; add it to allowed_accounts',
    {
      reason: 'ACCOUNT_NOT_ALLOWED',
    },
  );
}
