import type { EventAttributes } from '../event-inbox/event-message.ts';
import type { InboxEntry } from '../event-inbox/store.ts';
import { ConnectorError, settingsInvalid } from '../errors.ts';
import type { Message } from '../ports/publisher.ts';
import type { Connector } from '../operations/connector.ts';
import { arrivalOf } from './arrival.ts';
import { eventAtStripe, READ_MS } from './event-at-stripe.ts';
import { buildMessage } from './message.ts';
import { withOwnAccount } from './own-account.ts';
import { publishRefetched } from './publish.ts';
import { refetch } from './refetch.ts';
import { entryIgnoredAs, ignoredAs, type Ignored } from './selection.ts';

/** Sends a message to a local URL instead of the topic. */
export type Forward = (message: Message) => Promise<void>;

/** Attribute of a message that a replay sent. */
const REPLAYED = { replayed: 'true' } satisfies Partial<EventAttributes>;

/**
 * Reads an event again from Stripe, and publishes it under its own id, or forwards it. The object is also read again if
 * `events_refetch` says so (see `refetch`). Throws EVENT_NOT_SELECTED if the current settings do not select the event,
 * and EVENTS_PAUSED if publishing is paused and the event is not forwarded.
 */
export async function replayEvent(connector: Connector, entry: InboxEntry, forward?: Forward): Promise<void> {
  const { settings, inbox, clock } = connector;
  requireSelected(entry, entryIgnoredAs(connector, entry));
  const event = await withOwnAccount(connector, await eventAtStripe(connector, entry));
  requireSelected(entry, ignoredAs(connector, event));
  if (forward !== undefined) {
    const { attributes, ...message } = buildMessage(
      connector,
      await refetch(connector, event, READ_MS, clock.epochMs()),
    );
    await forward({ ...message, attributes: { ...attributes, ...REPLAYED } });
    return;
  }
  if (settings.eventsTopic === undefined)
    throw settingsInvalid('events_topic is required for a replay; set it to a Pub/Sub topic');
  if ((await inbox.publishing()).paused)
    throw new ConnectorError('FAILED_PRECONDITION', 'publishing is paused; resume it before a replay', {
      reason: 'EVENTS_PAUSED',
    });
  const arrival = arrivalOf(connector, event, 'replay', entry);
  await publishRefetched(
    connector,
    settings.eventsTopic,
    arrival,
    await refetch(connector, event, READ_MS, clock.epochMs()),
    REPLAYED,
  );
}

/** Throws EVENT_NOT_SELECTED if the settings do not select the event. */
function requireSelected({ id }: InboxEntry, ignored: Ignored | undefined): void {
  if (ignored === undefined) return;
  const what = ignored === 'ignored_type' ? 'a type' : 'an account';
  throw new ConnectorError('FAILED_PRECONDITION', `${id} is of ${what} that the settings do not select`, {
    reason: 'EVENT_NOT_SELECTED',
  });
}
