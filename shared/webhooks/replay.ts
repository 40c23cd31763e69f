import type { EventAttributes } from '../event-inbox/event-message.ts';
import type { InboxEntry } from '../event-inbox/store.ts';
import { ConnectorError, isConnectorError, settingsInvalid } from '../errors.ts';
import type { Message } from '../ports/publisher.ts';
import type { CallContext } from '../stripe/call-context.ts';
import type { Connector } from '../operations/connector.ts';
import { arrivalOf } from './arrival.ts';
import { listedFor, parseEvent, type StripeEvent } from './event.ts';
import { buildMessage } from './message.ts';
import { withOwnAccount } from './own-account.ts';
import { isOfOurAccount, send } from './publish.ts';
import { refetch } from './refetch.ts';

/** Sends a message to a local URL instead of the topic. */
export type Forward = (message: Message) => Promise<void>;

/** Attribute of a message that a replay sent. */
const REPLAYED = { replayed: 'true' } satisfies Partial<EventAttributes>;
const READ_MS = 30_000;

/**
 * Reads an event again from Stripe, and publishes it under its own id, or forwards it. The object is read again if
 * `events_refetch` says so. Throws EVENT_NOT_FOUND if Stripe no longer has the event, which it keeps for 30 days.
 * https://docs.stripe.com/api/events/retrieve, https://docs.stripe.com/api/v2/core/events/retrieve
 */
export async function replayEvent(connector: Connector, entry: InboxEntry, forward?: Forward): Promise<void> {
  const { settings, inbox, clock } = connector;
  // The account is compared with the current settings, which may have changed since the event arrived.
  const { accountId, allowedAccounts } = settings;
  if (entry.account !== '' && entry.account !== accountId && !allowedAccounts.includes(entry.account))
    throw notSelected(entry);
  const event = await withOwnAccount(connector, await eventAtStripe(connector, entry));
  if (!isOfOurAccount(connector, event)) throw notSelected(entry);
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
  await send(
    connector,
    settings.eventsTopic,
    arrival,
    await refetch(connector, event, READ_MS, clock.epochMs()),
    REPLAYED,
  );
}

function notSelected({ id }: InboxEntry): ConnectorError {
  return new ConnectorError('FAILED_PRECONDITION', `${id} is of an account that the settings do not select`, {
    reason: 'EVENT_NOT_SELECTED',
  });
}

async function eventAtStripe({ deps, clock, settings }: Connector, entry: InboxEntry): Promise<StripeEvent> {
  const call: CallContext = {
    name: 'Event.Get',
    clock,
    deadlineAt: clock.monotonicMs() + READ_MS,
    maxWaitMs: READ_MS,
    outputFormat: 'native',
    part: true,
  };
  const path = `${entry.family === 'snapshot' ? '/v1/events' : '/v2/core/events'}/${entry.id}`;
  const account = entry.account === '' ? settings.accountId : entry.account;
  const own = account === undefined ? {} : { account };
  try {
    const { body } = await deps.stripe.request({ method: 'GET', path, params: {}, ...own }, call);
    return listedFor(parseEvent(body), account);
  } catch (cause) {
    if (!isConnectorError(cause) || cause.status !== 'NOT_FOUND') throw cause;
    throw new ConnectorError('NOT_FOUND', `Stripe has no ${entry.id}: it keeps events for 30 days`, {
      reason: 'EVENT_NOT_FOUND',
      cause,
    });
  }
}
