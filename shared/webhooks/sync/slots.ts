import type { Settings } from '../../config/settings.ts';

/** Which events Stripe sends to a destination: the account's own, those of its connected accounts, or both. */
export type EventsFrom = 'self' | 'accounts' | 'all';

/**
 * The destinations that a connection may have. A webhook endpoint of API v1 receives snapshot events, an event
 * destination of API v2 receives thin events. Those with `connect` in their names receive the events of connected
 * accounts.
 */
export const DESTINATION_KINDS = ['snapshot', 'connect', 'thin', 'thin-connect'] as const;
export type DestinationKind = (typeof DESTINATION_KINDS)[number];
export type DestinationFamily = 'snapshot' | 'thin';

/** One destination that the connection may have. */
export interface DestinationSlot {
  readonly kind: DestinationKind;
  readonly family: DestinationFamily;
  readonly from: EventsFrom;
  /** The account in which the destination is created; undefined for the account of the API key. */
  readonly account: string | undefined;
  /** A destination of the same family with one of these values of `from` belongs to this slot. */
  readonly matchingFrom: readonly EventsFrom[];
  /** False if `events_from` does not require the destination. */
  readonly isRequired: boolean;
}

/**
 * Returns the destinations that the settings may require.
 *
 * For snapshot events a platform needs two endpoints: one for its own events, and one with `connect` for the events of
 * its connected accounts. For thin events one destination receives both, according to its `events_from`. Only the
 * platform receives events of connected accounts, so with `account_id` these events need a destination of the platform.
 * https://docs.stripe.com/connect/webhooks, https://docs.stripe.com/api/v2/core/event-destinations/create
 */
export function destinationSlots({
  eventsFrom,
  allowedAccounts,
  accountId,
}: Pick<Settings, 'eventsFrom' | 'allowedAccounts' | 'accountId'>): DestinationSlot[] {
  const from = eventsFrom ?? (allowedAccounts.length === 0 ? 'self' : 'all');
  const [own, connected] = [from !== 'accounts', from !== 'self'];
  const self = { from: 'self', account: accountId, matchingFrom: ['self'], isRequired: own } as const;
  const accounts = { from: 'accounts', account: undefined, isRequired: connected } as const;
  const slots: DestinationSlot[] = [
    { ...self, kind: 'snapshot', family: 'snapshot' },
    { ...accounts, kind: 'connect', family: 'snapshot', matchingFrom: ['accounts'] },
  ];
  if (accountId === undefined)
    return [
      ...slots,
      {
        kind: 'thin',
        family: 'thin',
        from,
        account: undefined,
        matchingFrom: ['self', 'accounts', 'all'],
        isRequired: true,
      },
    ];
  return [
    ...slots,
    { ...self, kind: 'thin', family: 'thin' },
    { ...accounts, kind: 'thin-connect', family: 'thin', matchingFrom: ['accounts', 'all'] },
  ];
}
