import type { Connector } from '../operations/connector.ts';
import { listedId } from '../stripe/paginate.ts';
import { ConnectorError, toConnectorError } from '../errors.ts';
import { advanceCursor, claimCursor } from '../idempotency/cursor.ts';
import { connectionSource, eventId, eventMessage } from '../http/cloud-event.ts';
import { parseEvent } from './event.ts';
import { eventsOf, type ListName, type Period } from './event-list.ts';
import { groupedByObject } from './grouped.ts';
import { publishEvent, type DeliveryStatus } from './publish.ts';

const HOUR_S = 3600;
/** How long Stripe lists events. https://docs.stripe.com/api/events */
const LISTED_S = 30 * 24 * HOUR_S;
/** How far the first run looks back. */
const FIRST_LOOKBACK_S = HOUR_S;
/** Overlap with the last successful run: events may be listed late. */
const OVERLAP_S = 600;
/** The newest events are left to the webhook for this time. */
const FRESH_S = 60;
const [MIN_WINDOW_S, MAX_WINDOW_S] = [HOUR_S, 24 * HOUR_S];
/** Lease on the cursor, and after which time of work it is renewed. */
const LEASE_US = 120_000_000;
const RENEW_MS = 30_000;

/** The summary of a run for one list of one account. Times are Unix seconds. */
export interface ReconcileSummary {
  readonly list: ListName;
  readonly account: string | null;
  readonly counts: Readonly<Partial<Record<DeliveryStatus | 'refused', number>>>;
  readonly throughS: number;
  /** False if the time was up. The next run continues from `throughS`. */
  readonly complete: boolean;
  /** A period whose events Stripe does not list any more. */
  readonly gap?: Period | undefined;
}

/**
 * Publishes the events of one list of an account since the last success that no webhook delivered. It reads windows of
 * time, oldest first, and publishes each window completely before it advances the cursor.
 */
export async function reconcile(
  connector: Connector,
  account: string | undefined,
  untilMs: number,
  list: ListName = 'v1',
  endS = Infinity,
): Promise<ReconcileSummary> {
  const { deps, clock } = connector;
  const name = `stripe-events${list === 'v1' ? '' : `-${list}`} cursor ${account ?? ''}`;
  const claimed = await deps.operations.update(name, claimCursor(LEASE_US));
  if (claimed.kind === 'inProgress')
    throw new ConnectorError('ABORTED', 'another run is reading the events; retry later', {
      reason: 'RECONCILE_RUNNING',
      retryAfterMs: claimed.retryAfterMs,
    });
  const move = async (at: number | undefined, leaseUs: number): Promise<void> => {
    if (await deps.operations.update(name, advanceCursor(claimed.fence, at, leaseUs))) return;
    throw new ConnectorError('ABORTED', 'another run has taken over reading the events; retry later', {
      reason: 'RECONCILE_RUNNING',
    });
  };
  const nowS = Math.floor(clock.epochMs() / 1000);
  const lastS = claimed.at ?? (await firstS(connector, nowS));
  const counts: Partial<Record<DeliveryStatus | 'refused', number>> = {};
  let throughS = Math.max(lastS, nowS - LISTED_S);
  try {
    const gap = lastS < nowS - LISTED_S ? await reportGap(connector, list, account, lastS, nowS - LISTED_S) : undefined;
    const lastEndS = Math.min(nowS - FRESH_S, endS);
    let windowS = MIN_WINDOW_S;
    let fromS = Math.max(nowS - LISTED_S, throughS - OVERLAP_S);
    const publishAll = async (events: readonly unknown[]): Promise<boolean> => {
      let renewedMs = clock.monotonicMs();
      for (const event of events) {
        const status = await published(connector, event, account);
        counts[status] = (counts[status] ?? 0) + 1;
        const nowMs = clock.monotonicMs();
        // What is held, or was not reached, must be read again: the cursor stays.
        if (status === 'held' || nowMs >= untilMs) return false;
        if (nowMs - renewedMs < RENEW_MS) continue;
        await move(undefined, LEASE_US);
        renewedMs = nowMs;
      }
      return true;
    };
    while (fromS < lastEndS && clock.monotonicMs() < untilMs) {
      const toS = Math.min(lastEndS, fromS + windowS);
      const events = groupedByObject(await eventsOf(connector, list, account, { fromS, toS }, untilMs));
      if (!(await publishAll(events))) break;
      throughS = Math.max(throughS, toS);
      await move(throughS, LEASE_US);
      windowS = events.length === 0 ? Math.min(MAX_WINDOW_S, windowS * 2) : MIN_WINDOW_S;
      fromS = toS;
    }
    return {
      list,
      account: account ?? null,
      counts,
      throughS,
      complete: fromS >= lastEndS,
      gap,
    };
  } finally {
    await move(undefined, 0).catch(() => undefined);
  }
}

/**
 * Publishes one event. An event that cannot be parsed, or that Pub/Sub rejects, does not block the others: it is logged
 * and counted as `refused`. A transient failure (a missing topic, Pub/Sub unavailable) stops the run, and the next run
 * continues.
 */
async function published(
  connector: Connector,
  listed: unknown,
  account: string | undefined,
): Promise<DeliveryStatus | 'refused'> {
  try {
    return await publishEvent(
      connector,
      { ...parseEvent(listed), ...(account === undefined ? {} : { account }) },
      'reconcile',
    );
  } catch (cause) {
    const error = toConnectorError(cause);
    if (error.details.reason !== 'NOT_AN_EVENT' && error.details.reason !== 'MESSAGE_REFUSED') throw cause;
    connector.log.write('ERROR', 'event rejected, not published', {
      event: listedId(listed),
      account,
      cause: error.message,
    });
    return 'refused';
  }
}

/** Returns where the first run begins: an hour ago, or an hour before the pause in which events may have been held. */
async function firstS({ inbox }: Connector, nowS: number): Promise<number> {
  const { pausedMs } = await inbox.publishing();
  const fromS = pausedMs === 0 ? nowS : Math.min(nowS, Math.floor(pausedMs / 1000));
  return fromS - FIRST_LOOKBACK_S;
}

/** Reports events that can no longer be read, in the log and to the subscribers of the events. */
async function reportGap(
  { log, publisher, settings, clock }: Connector,
  list: ListName,
  account: string | undefined,
  fromS: number,
  toS: number,
): Promise<NonNullable<ReconcileSummary['gap']>> {
  const gap = { fromS, toS };
  log.write('ERROR', "event gap: older than Stripe's 30-day retention", {
    ...gap,
    account,
    list,
  });
  if (settings.eventsTopic !== undefined)
    await publisher.publish(
      settings.eventsTopic,
      eventMessage({
        id: eventId(settings.name, 'gap', list, account ?? '', String(fromS)),
        source: connectionSource(settings.name),
        type: 'stripe-connector.events.gap.v1',
        timeMs: clock.epochMs(),
        data: { account: account ?? null, ...gap },
        attributes: { type: 'stripe-connector.events.gap.v1' },
      }),
    );
  return gap;
}
