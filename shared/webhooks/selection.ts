import type { InboxEntry } from '../event-inbox/store.ts';
import type { Connector } from '../operations/connector.ts';
import { accountOf, type StripeEvent } from './event.ts';
import { matchesEventTypes } from './family.ts';

/** Why the settings do not select an event. */
export type Ignored = 'ignored_account' | 'ignored_type';

/** Returns why the settings do not select an event; undefined if they do. */
export function ignoredAs(connector: Connector, event: StripeEvent): Ignored | undefined {
  return ignoreReason(connector, accountOf(event), event.type);
}

/** Returns why the current settings do not select an event of the inbox; undefined if they do. */
export function entryIgnoredAs(connector: Connector, { account, originalType }: InboxEntry): Ignored | undefined {
  return ignoreReason(connector, account === '' ? undefined : account, originalType);
}

/**
 * Returns why the settings do not select an event of this account and type; undefined if they do. `account` is
 * undefined for the connection's own account, and null if the event has no account.
 */
function ignoreReason({ settings }: Connector, account: string | null | undefined, type: string): Ignored | undefined {
  const { accountId, allowedAccounts, eventTypes } = settings;
  const isSelectedAccount =
    account === undefined || account === accountId || (account !== null && allowedAccounts.includes(account));
  if (!isSelectedAccount) return 'ignored_account';
  return matchesEventTypes(type, eventTypes) ? undefined : 'ignored_type';
}
