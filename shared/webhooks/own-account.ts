import { isConnectorError } from '../errors.ts';
import { memoizeByRef } from '../memoize.ts';
import type { Connector } from '../operations/connector.ts';
import { accountOf, ofOwnAccount, type StripeEvent } from './event.ts';

/** Time for the read of the account, and how long a key that may not read it is not asked again. */
const [MAX_READ_MS, DENIED_MS] = [10_000, 600_000];

/** A restricted key may not read its account; another attempt would not change that. */
const UNREADABLE: readonly string[] = ['PERMISSION_DENIED', 'NOT_FOUND', 'INVALID_ARGUMENT'];

interface OwnAccount {
  /** The id, or undefined for a key that may not read it; undefined before the first read. */
  read: Promise<string | undefined> | undefined;
  deniedUntilMs: number;
}

const ownAccountOf = memoizeByRef((_: Connector): OwnAccount => ({ read: undefined, deniedUntilMs: 0 }));

/**
 * Returns an event that names the own account like one that names none: as an event of the own account. Stripe names it in
 * the `context` of events of an organization, `acct_1` or `org_1/acct_1`. Without `account_id` the settings do not have
 * its id, so it is read from Stripe, once per instance, when an event names an account that the settings do not have.
 * https://docs.stripe.com/changelog/basil/2025-04-30/additional-context-organization-events
 */
export async function withOwnAccount(connector: Connector, event: StripeEvent): Promise<StripeEvent> {
  const { accountId, allowedAccounts } = connector.settings;
  const account = accountOf(event);
  if (typeof account !== 'string' || accountId !== undefined || allowedAccounts.includes(account)) return event;
  return (await ownAccountId(connector)) === account ? ofOwnAccount(event) : event;
}

function ownAccountId(connector: Connector): Promise<string | undefined> {
  const own = ownAccountOf(connector);
  if (own.deniedUntilMs > 0 && connector.clock.monotonicMs() >= own.deniedUntilMs) {
    own.deniedUntilMs = 0;
    own.read = undefined;
  }
  own.read ??= readOwnAccount(connector, own).catch((cause: unknown) => {
    // Whether the event is foreign is not known: Stripe delivers it again.
    own.read = undefined;
    throw cause;
  });
  return own.read;
}

/** https://docs.stripe.com/api/accounts/retrieve */
async function readOwnAccount({ deps, clock, log }: Connector, own: OwnAccount): Promise<string | undefined> {
  const call = {
    name: 'own account',
    clock,
    deadlineAt: clock.monotonicMs() + MAX_READ_MS,
    maxWaitMs: MAX_READ_MS,
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
    own.deniedUntilMs = clock.monotonicMs() + DENIED_MS;
    log.write('WARNING', 'own account not readable, events that name it are ignored', { setting: 'account_id' });
    return undefined;
  }
}
