import { commandConsole, type ListedEvent } from '../../api/operator.ts';
import { useConnection, whyReadOnly } from '../../shell/offer.tsx';
import { announce } from '../../ui/announcer.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { IdLink, TimeText } from '../../ui/value.tsx';

export function EventTable({
  events,
  onChange,
}: {
  readonly events: readonly ListedEvent[];
  readonly onChange: () => void;
}) {
  const closed = whyReadOnly(useConnection());
  const replay = async (id: string): Promise<void> => {
    try {
      const { outcome } = await commandConsole<{ outcome: string }>(`events/${id}/replay`);
      announce(`${id}: ${outcome}`);
    } catch (cause) {
      announce(cause instanceof Error ? cause.message : String(cause));
    }
    onChange();
  };
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Events that arrived">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">Received</th>
            <th scope="col">Type</th>
            <th scope="col">Object</th>
            <th scope="col">Outcome</th>
            <th scope="col">Handled</th>
            <th scope="col">Event</th>
            <th scope="col">Replay</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.id}>
              <td>
                <TimeText value={event.received} />
              </td>
              <td>{event.type}</td>
              <td>{event.objectId === '' ? '–' : <IdLink id={event.objectId} />}</td>
              <td>
                <StatusBadge status={event.outcome} /> {event.reason !== '' && <code>{event.reason}</code>}
              </td>
              <td>
                {event.attempts}× by {event.via}
              </td>
              <td>
                <IdLink id={event.id} entity="Event" />
              </td>
              <td>
                <button
                  type="button"
                  className="small"
                  disabled={closed !== undefined}
                  onClick={() => void replay(event.id)}
                >
                  Replay<span className="visually-hidden"> {event.id}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
