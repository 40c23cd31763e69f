import { FILTER_NAMES, inboxPage, inboxRequest, listedEvent } from '../../event-inbox/filter.ts';
import type { InboxEntry } from '../../event-inbox/store.ts';
import { ConnectorError } from '../../errors.ts';
import { forwardTo } from './forward.ts';
import { replayEvent } from '../../webhooks/replay.ts';
import type { Connector } from '../../operations/connector.ts';
import type { AdminInput, AdminMethod, Administrable } from './method.ts';

/** Returns an event of the inbox. Throws EVENT_NOT_FOUND if there is none with the id. */
export async function requireEvent({ inbox }: Connector, id: string): Promise<InboxEntry> {
  const found = /^evt_\w{1,200}$/.test(id) ? await inbox.read(id) : undefined;
  if (found?.entry !== undefined) return found.entry;
  throw new ConnectorError('NOT_FOUND', `no event ${id} arrived in the last 31 days; list them to see all`, {
    reason: 'EVENT_NOT_FOUND',
  });
}

/**
 * Returns a page of events. `publishes` is true if published events are sent to Pub/Sub, and false if they are only
 * written to the log.
 */
async function listedPage({ inbox, publishes }: Administrable, input: AdminInput): Promise<object> {
  const parameters = new Map<string, string>();
  for (const name of [...FILTER_NAMES, 'pageToken']) {
    const value = input.text(name);
    if (value !== undefined) parameters.set(name, value);
  }
  const limit = input.count('limit');
  if (limit !== undefined) parameters.set('limit', String(limit));
  return { ...(await inboxPage(inbox, inboxRequest(parameters))), publishes };
}

async function replayOne(connection: Administrable, input: AdminInput): Promise<object> {
  const url = input.text('to');
  if (url !== undefined && !connection.onOwnMachine)
    throw new ConnectorError('PERMISSION_DENIED', 'to: a deployed function sends events to its topic only', {
      reason: 'URL_NOT_LOCAL',
    });
  const forward = url === undefined ? undefined : forwardTo(url);
  const entry = await requireEvent(connection, input.required('id'));
  await replayEvent(connection, entry, forward);
  const published = connection.publishes
    ? 'published again'
    : 'not published: the server has no Pub/Sub (verbosity 2 logs the message)';
  return { id: entry.id, outcome: url === undefined ? published : `sent to ${url}` };
}

/**
 * Pauses or resumes the publication of events. A pause while events are paused keeps the time of the first pause,
 * because arriving events have not been published since then.
 */
export async function setPublishing({ inbox, clock }: Connector, paused: boolean, reason: string): Promise<object> {
  const { paused: wasPaused, pausedMs } = await inbox.publishing();
  await inbox.setPublishing({ paused, pausedMs: paused && !wasPaused ? clock.epochMs() : pausedMs, reason });
  return { paused, reason };
}

export const EVENT_METHODS: Readonly<Record<string, AdminMethod>> = {
  'events.list': {
    input: {
      type: 'text',
      object: 'text',
      account: 'text',
      outcome: 'text',
      since: 'text',
      limit: 'count',
      pageToken: 'text',
    },
    changes: false,
    run: listedPage,
  },
  'events.show': {
    input: { id: 'text!' },
    changes: false,
    run: async (connection, input) => listedEvent(await requireEvent(connection, input.required('id'))),
  },
  'events.replay': { input: { id: 'text!', to: 'text' }, changes: true, run: replayOne },
  'events.pause': {
    input: { reason: 'text' },
    changes: true,
    run: (connection, input) => setPublishing(connection, true, input.text('reason') ?? ''),
  },
  'events.resume': { input: {}, changes: true, run: (connection) => setPublishing(connection, false, '') },
};
