import type { Request } from '@google-cloud/functions-framework';
import { inboxPage, inboxRequest, type InboxPage } from '../event-inbox/filter.ts';
import { ConnectorError, invalidArgument, toConnectorError } from '../errors.ts';
import { parseQuery } from '../http/body/decode-url.ts';
import type { Connector } from '../operations/connector.ts';

/** Returns the events that arrived: `GET /events?type=&object=&account=&outcome=&since=&limit=&pageToken=`. */
export async function eventsRoute({ inbox }: Connector, request: Request): Promise<InboxPage> {
  const parameters = new Map<string, string>();
  for (const [name, value] of parseQuery(request.originalUrl)) {
    if (parameters.has(name)) throw invalidArgument([{ field: name, description: 'must not be repeated' }]);
    parameters.set(name, value);
  }
  const inboxQuery = inboxRequest(parameters);
  try {
    return await inboxPage(inbox, inboxQuery);
  } catch (cause) {
    if (toConnectorError(cause).status !== 'INTERNAL') throw cause;
    throw new ConnectorError('UNAVAILABLE', 'the events cannot be read at the moment; retry the call', {
      reason: 'EVENTS_UNAVAILABLE',
      retryAfterMs: 1000,
      cause,
    });
  }
}
