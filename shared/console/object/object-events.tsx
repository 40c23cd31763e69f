import { rowsOfReply, runFunction, isSuccess, type OutputRow } from '../api/calls.ts';
import { readEvents } from '../api/operator.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { hashOf } from '../state/route.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { IdLink, TimeText } from '../ui/value.tsx';

/** Events that are searched for this object. Stripe's list has no filter by object. */
const SEARCHED = 100;

/** `data.object.id` of an event's row. */
function eventObjectId({ Data: data }: OutputRow): unknown {
  const { object } = (typeof data === 'object' && data !== null ? data : {}) as { object?: { id?: unknown } };
  return object?.id;
}

/** Events of one object: those that arrived here, and those among Stripe's latest. */
export function ObjectEvents({ id }: { readonly id: string }) {
  const { data, error, reload } = useLoaded(`events of ${id}`, async () => {
    const [arrived, reply] = await Promise.all([
      readEvents(`?object=${encodeURIComponent(id)}`),
      runFunction({ functionName: 'list-entities', body: { entity: 'Event', listEntitiesPageSize: SEARCHED } }),
    ]);
    const atStripe = isSuccess(reply) ? rowsOfReply(reply).filter((row) => eventObjectId(row) === id) : [];
    return { arrived: arrived.events, atStripe };
  });
  if (error !== undefined) return <ErrorState error={error} onRetry={reload} />;
  if (data === undefined) return <Loading what="events" />;
  const { arrived, atStripe } = data;
  return (
    <>
      <h2>Arrived here</h2>
      {arrived.length === 0 ? (
        <p className="muted">
          No event of this object arrived at the function stripe-events. <a href={hashOf(['events'])}>All events</a>
        </p>
      ) : (
        <ul className="timeline">
          {arrived.map((event) => (
            <li key={event.id}>
              <strong>{event.type}</strong> <StatusBadge status={event.outcome} /> <TimeText value={event.received} />{' '}
              <IdLink id={event.id} entity="Event" />
            </li>
          ))}
        </ul>
      )}
      <h2>At Stripe</h2>
      {atStripe.length === 0 ? (
        <EmptyState title={`None of Stripe's latest ${SEARCHED} events is of this object`} />
      ) : (
        <ul className="timeline">
          {atStripe.map((row) => (
            <li key={String(row['Id'])}>
              <strong>{String(row['Type'])}</strong>{' '}
              {typeof row['Created'] === 'number' && <TimeText value={row['Created']} />}{' '}
              <IdLink id={String(row['Id'])} entity="Event" />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
