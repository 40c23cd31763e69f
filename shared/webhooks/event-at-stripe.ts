import type { InboxEntry } from '../event-inbox/store.ts';
import { ConnectorError, isConnectorError } from '../errors.ts';
import type { Connector } from '../operations/connector.ts';
import type { CallContext } from '../stripe/call-context.ts';
import { listedFor, parseEvent, type StripeEvent } from './event.ts';

/** Maximum time to read an event or its object from Stripe. */
export const READ_MS = 30_000;

/**
 * Reads an event of the inbox again from Stripe. Throws EVENT_NOT_FOUND if Stripe no longer has the event. Stripe keeps
 * events for 30 days. https://docs.stripe.com/api/events/retrieve, https://docs.stripe.com/api/v2/core/events/retrieve
 */
export async function eventAtStripe({ deps, clock, settings }: Connector, entry: InboxEntry): Promise<StripeEvent> {
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
  try {
    const { body } = await deps.stripe.request({ method: 'GET', path, params: {}, account }, call);
    return listedFor(parseEvent(body), account);
  } catch (cause) {
    if (!isConnectorError(cause) || cause.status !== 'NOT_FOUND') throw cause;
    throw new ConnectorError('NOT_FOUND', `Stripe has no ${entry.id}: it keeps events for 30 days`, {
      reason: 'EVENT_NOT_FOUND',
      cause,
    });
  }
}
