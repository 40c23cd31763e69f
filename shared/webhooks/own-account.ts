import { isConnectorError } from '../errors.ts';
import { memoizeByRef } from '../memoize.ts';
import type { Connector } from '../operations/connector.ts';
import { accountOf, markOwnAccount, type StripeEvent } from './event.ts';

/** Maximum time to read the account. It is short, because Stripe waits for the response of the webhook. */
const ACCOUNT_READ_MS = 10_000;
/** Pause before the next read, after Stripe has denied the key a read of its account. */
const DENIED_PAUSE_MS = 600_000;

/** Errors of a restricted key that may not read its account. A retry does not help. */
const UNREADABLE: readonly string[] = ['PERMISSION_DENIED', 'NOT_FOUND', 'INVALID_ARGUMENT'];

interface OwnAccount {
  /**
   * The current or last read. It resolves to the id, or to undefined if the key may not read the account. The field is
   * undefined before the first read.
   */
  read: Promise<string | undefined> | undefined;
  deniedUntilMs: number;
}

const ownAccountOf = memoizeByRef((_: Connector): OwnAccount => ({ read: undefined, deniedUntilMs: 0 }));

/**
 * Marks an event that names the connection's own account, and returns other events unchanged. Events of an organization
 * name the account in `context`, as `acct_1` or `org_1/acct_1`. Without the setting `account_id` the id of the own
 * account is read from Stripe, once per instance, when the first event names an account that is not in the settings.
 * https://docs.stripe.com/changelog/basil/2025-04-30/additional-context-organization-events
 */
export async function withOwnAccount(connector: Connector, event: StripeEvent): Promise<StripeEvent> {
  const { accountId, allowedAccounts } = connector.settings;
  const account = accountOf(event);
  if (typeof account !== 'string' || accountId !== undefined || allowedAccounts.includes(account)) return event;
  return (await ownAccountId(connector)) === account ? markOwnAccount(event) : event;
}

/**
 * Returns the id of the own account. It is read once, and again after a failure. If Stripe denied the read, the next
 * one is made after `DENIED_PAUSE_MS`.
 */
function ownAccountId(connector: Connector): Promise<string | undefined> {
  const own = ownAccountOf(connector);
  if (own.deniedUntilMs > 0 && connector.clock.monotonicMs() >= own.deniedUntilMs) {
    own.deniedUntilMs = 0;
    own.read = undefined;
  }
  own.read ??= readOwnAccount(connector, own).catch((cause: unknown) => {
    // It is not known whether the event is of the own account, so the event fails and Stripe delivers it again.
    own.read = undefined;
    throw cause;
  });
  return own.read;
}

/** Reads the id of the API key's account. https://docs.stripe.com/api/accounts/retrieve */
async function readOwnAccount({ deps, clock, log }: Connector, own: OwnAccount): Promise<string | undefined> {
  const call = {
    name: 'own account',
    clock,
    deadlineAt: clock.monotonicMs() + ACCOUNT_READ_MS,
    maxWaitMs: ACCOUNT_READ_MS,
    outputFormat: 'native',
    // Waits in the class `bulk`, behind the calls of users.
    part: true,
  } as const;
  try {
    const { body } = await deps.stripe.request(
      { method: 'GET', path: '/v1/account', params: {}, account: undefined },
      call,
    );
    return String(body['id']);
  } catch (cause) {
    if (!isConnectorError(cause) || !UNREADABLE.includes(cause.status)) throw cause;
    own.deniedUntilMs = clock.monotonicMs() + DENIED_PAUSE_MS;
    log.write('WARNING', 'own account not readable, events that name it are ignored', { setting: 'account_id' });
    return undefined;
  }
}
