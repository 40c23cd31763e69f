import type { Settings } from '../../config/settings.ts';

/** Whose events a destination brings: the account's own, those of its connected accounts, or both. */
export type EventsFrom = 'self' | 'accounts' | 'all';

/**
 * The destinations that a connection may have. A webhook endpoint of API v1 brings snapshot events, an event destination
 * of API v2 thin events. The names with `connect` bring the events of connected accounts.
 */
export const DESTINATION_KINDS = ['snapshot', 'connect', 'thin', 'thin-connect'] as const;
export type DestinationKind = (typeof DESTINATION_KINDS)[number];
export type DestinationFamily = 'snapshot' | 'thin';

/** One destination that the connection may have. */
export interface DestinationSlot {
  readonly kind: DestinationKind;
  readonly family: DestinationFamily;
  readonly from: EventsFrom;
  /** The account that has it; undefined for the account of the API key. */
  readonly account: string | undefined;
  /** What else stands in this place: a destination that brings these events is changed, replaced or removed. */
  readonly takes: readonly EventsFrom[];
  /** False if `events_from` does not ask for it. */
  readonly isOn: boolean;
}

/**
 * Returns the destinations that the settings may ask for. A platform has an endpoint for its own events and another, made
 * with `connect`, for those of its connected accounts; a destination of API v2 brings both, by its `events_from`. Only
 * the platform has the events of connected accounts, so with `account_id` they come to destinations of their own.
 * https://docs.stripe.com/connect/webhooks, https://docs.stripe.com/api/v2/core/event-destinations/create
 */
export function destinationSlots({
  eventsFrom,
  allowedAccounts,
  accountId,
}: Pick<Settings, 'eventsFrom' | 'allowedAccounts' | 'accountId'>): DestinationSlot[] {
  const from = eventsFrom ?? (allowedAccounts.length === 0 ? 'self' : 'all');
  const [own, connected] = [from !== 'accounts', from !== 'self'];
  const self = { from: 'self', account: accountId, takes: ['self'], isOn: own } as const;
  const accounts = { from: 'accounts', account: undefined, isOn: connected } as const;
  const slots: DestinationSlot[] = [
    { ...self, kind: 'snapshot', family: 'snapshot' },
    { ...accounts, kind: 'connect', family: 'snapshot', takes: ['accounts'] },
  ];
  if (accountId === undefined)
    return [
      ...slots,
      { kind: 'thin', family: 'thin', from, account: undefined, takes: ['self', 'accounts', 'all'], isOn: true },
    ];
  return [
    ...slots,
    { ...self, kind: 'thin', family: 'thin' },
    { ...accounts, kind: 'thin-connect', family: 'thin', takes: ['accounts', 'all'] },
  ];
}
