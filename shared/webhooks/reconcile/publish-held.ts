import type { InboxEntry, InboxPosition } from '../../event-inbox/store.ts';
import { toConnectorError } from '../../errors.ts';
import type { Connector } from '../../operations/connector.ts';
import { parseEvent } from '../event.ts';
import { publishEvent } from '../publish.ts';
import { forEachParallel } from './parallel.ts';

const ENTRIES_A_READ = 200;
const PARALLEL_EVENTS = 8;

/**
 * Publishes the held thin events from their inbox entries. These are left over if the key may not read Stripe's list of
 * thin events. Returns the number of published events. An event that fails stays held for the next run.
 */
export async function publishHeld(connector: Connector, untilMs: number): Promise<number> {
  const { inbox, clock, log } = connector;
  let published = 0;
  let after: InboxPosition | undefined;
  const publish = async ({ id, body }: InboxEntry): Promise<void> => {
    if (body === undefined || clock.monotonicMs() >= untilMs) return;
    try {
      if ((await publishEvent(connector, parseEvent(JSON.parse(body)), 'reconcile')) === 'published') published += 1;
    } catch (cause) {
      log.write('ERROR', 'held event not published', { event: id, cause: toConnectorError(cause).message });
    }
  };
  for (;;) {
    const entries = await inbox.query({ outcome: 'held' }, ENTRIES_A_READ, after);
    await forEachParallel(entries, PARALLEL_EVENTS, publish);
    after = entries.at(-1);
    if (entries.length < ENTRIES_A_READ || clock.monotonicMs() >= untilMs) return published;
  }
}
