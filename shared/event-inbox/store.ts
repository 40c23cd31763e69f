/**
 * The result of an event: `published`; `failed`, so that Stripe delivers it again; `held` while publishing is paused;
 * or not selected by the settings.
 */
export const EVENT_OUTCOMES = ['published', 'failed', 'held', 'ignored_type', 'ignored_account'] as const;
export type EventOutcome = (typeof EVENT_OUTCOMES)[number];

/**
 * The inbox entry of an event that arrived. It contains no payload, except for some held events (`body`). Times are
 * milliseconds since 1970.
 */
export interface InboxEntry {
  /** Stripe's id of the event. */
  readonly id: string;
  /** The type of the change, equal for snapshot, thin and v2 events: `customer.updated`. */
  readonly type: string;
  readonly originalType: string;
  readonly family: string;
  /** Connect account; empty for the own account without `account_id`. */
  readonly account: string;
  /** Type of the event's object, such as `customer`; empty without an object. */
  readonly objectType: string;
  /** Id of the event's object, such as `cus_1`; empty without an object. */
  readonly objectId: string;
  /** The object's `status` as published; empty if it has none. */
  readonly status: string;
  /** Equal for the events of one change. */
  readonly changekey: string;
  readonly createdMs: number;
  /** When the event arrived for the first time. */
  readonly receivedMs: number;
  /** 0 if the event was never published. */
  readonly publishedMs: number;
  readonly outcome: EventOutcome;
  /** Reason of the error with which the last attempt failed; empty if it did not fail. */
  readonly reason: string;
  /** How often the event was handled. A duplicate of a published event does not count. */
  readonly attempts: number;
  /** How the event arrived the last time. */
  readonly via: 'webhook' | 'reconcile' | 'replay';
  /**
   * The JSON of a held event without secrets, if Stripe's list of API v1 does not contain the event. Undefined for
   * other events.
   */
  readonly body?: string | undefined;
}

/** Conditions on the entries; all of them apply. */
export interface InboxFilter {
  readonly type?: string | undefined;
  readonly objectId?: string | undefined;
  readonly account?: string | undefined;
  readonly outcome?: EventOutcome | undefined;
  /** Entries received at or after this time, milliseconds since 1970. */
  readonly sinceMs?: number | undefined;
}

/** The entry that a page of a query continues after. */
export interface InboxPosition {
  readonly receivedMs: number;
  readonly id: string;
}

/** Whether events are published or held. */
export interface PublishingState {
  readonly paused: boolean;
  /** When publishing was paused the last time, in milliseconds since 1970; 0 if it never was. */
  readonly pausedMs: number;
  readonly reason: string;
}

export const DEFAULT_PUBLISHING_STATE: PublishingState = { paused: false, pausedMs: 0, reason: '' };

/** The events of a connection that arrived. Methods throw the errors of `ports/store-errors.ts`. */
export interface EventInbox {
  /** Returns the entry of an event, if there is one, and the publishing state. */
  read(id: string): Promise<{ readonly entry: InboxEntry | undefined; readonly state: PublishingState }>;
  /**
   * Writes an entry. An earlier entry with the same id is replaced. The store deletes it 31 days after `receivedMs`.
   */
  write(entry: InboxEntry): Promise<void>;
  /** Returns at most `max` entries, the last received first. */
  query(filter: InboxFilter, max: number, after?: InboxPosition): Promise<readonly InboxEntry[]>;
  /**
   * Returns the existing entries of these events, in any order. Costs one request to the store for each hundred ids.
   */
  readAll(ids: readonly string[]): Promise<readonly InboxEntry[]>;
  /**
   * Returns the entries of these changes, of every family, in any order. Costs one request to the store for each thirty
   * keys.
   */
  ofChanges(changekeys: readonly string[]): Promise<readonly InboxEntry[]>;
  publishing(): Promise<PublishingState>;
  setPublishing(state: PublishingState): Promise<void>;
}

/** How long an entry is kept: longer than Stripe lists its events (30 days). https://docs.stripe.com/api/events */
export const INBOX_KEPT_MS = 31 * 86_400_000;
