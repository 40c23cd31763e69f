import { isSuccess, rowsOfReply, runFunction, type OutputRow } from '../api/calls.ts';

/** The number of events that are read to find those of one object. Stripe's list has no filter by object. */
export const SEARCHED_EVENTS = 100;

/** The events of one object among the latest events of the account, the newest first. */
export async function readEventsOf(id: string): Promise<readonly OutputRow[]> {
  const body = { entity: 'Event', listEntitiesPageSize: SEARCHED_EVENTS };
  const reply = await runFunction({ functionName: 'list-entities', body });
  return isSuccess(reply) ? rowsOfReply(reply).filter((row) => eventObjectId(row) === id) : [];
}

/** `data.object.id` of an event's row. */
function eventObjectId({ Data: data }: OutputRow): unknown {
  const { object } = (typeof data === 'object' && data !== null ? data : {}) as { object?: { id?: unknown } };
  return object?.id;
}
