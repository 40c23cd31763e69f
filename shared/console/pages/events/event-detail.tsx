import { isSuccess, rowsOfReply, runFunction, type OutputRow } from '../../api/calls.ts';
import { postConsoleCommand, type ListedEvent } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { CallError } from '../../form/result/call-error.tsx';
import { eventChanges } from '../../format/event-changes.ts';
import { hashOf } from '../../state/route.ts';
import { runAndAnnounce } from '../../ui/announcer.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { Json } from '../../ui/code.tsx';
import { DifferenceTable } from '../../ui/difference-table.tsx';
import { LoadState } from '../../ui/states.tsx';
import { IdLink, TimeText } from '../../ui/value.tsx';
import { WriteButton } from '../../ui/write-button.tsx';

interface EventDetailProps {
  readonly id: string;
  /** The event as it arrived at this connector. Undefined if it did not arrive. */
  readonly arrived: ListedEvent | undefined;
  readonly onChange: () => void;
}

/** One event: its arrival, what it changed, its payload, and a button to replay it. */
export function EventDetail({ id, arrived, onChange }: EventDetailProps) {
  const { data, error, reload } = useLoaded(`event ${id}`, () =>
    runFunction({ functionName: 'get-entity', body: { entity: 'Event', entityId: id } }),
  );
  return (
    <>
      <p>
        <IdLink id={id} entity="Event" />
      </p>
      <Arrival arrived={arrived} />
      <div className="buttons">
        {arrived !== undefined && <ReplayButton id={id} onChange={onChange} />}
        <a className="button" href={hashOf(['object', 'Event', id])}>
          Open the event
        </a>
      </div>
      {data === undefined && <LoadState what="the event" error={error} onRetry={reload} />}
      {data !== undefined &&
        (isSuccess(data) ? <Payload row={rowsOfReply(data)[0] ?? {}} /> : <CallError reply={data} />)}
    </>
  );
}

function Arrival({ arrived }: { readonly arrived: ListedEvent | undefined }) {
  if (arrived === undefined)
    return <p className="muted">It did not arrive at the function stripe-events: no webhook endpoint sends it here.</p>;
  const { outcome, reason, received, published, attempts, via } = arrived;
  return (
    <ol className="timeline">
      <li>
        Arrived <TimeText value={received} /> by {via}, handled {attempts}×
      </li>
      <li>
        <StatusBadge status={outcome} /> {reason !== '' && <code>{reason}</code>}{' '}
        {published !== null && <TimeText value={published} />}
      </li>
    </ol>
  );
}

/** Publishes an event again. */
export function ReplayButton({ id, onChange }: { readonly id: string; readonly onChange: () => void }) {
  const replay = async (): Promise<void> => {
    await runAndAnnounce(async () => {
      const { outcome } = await postConsoleCommand<{ outcome: string }>(`events/${id}/replay`);
      return `${id}: ${outcome}`;
    });
    onChange();
  };
  return (
    <WriteButton className="small" onClick={() => void replay()}>
      Replay<span className="visually-hidden"> {id}</span>
    </WriteButton>
  );
}

function Payload({ row }: { readonly row: OutputRow }) {
  const changes = eventChanges(row);
  return (
    <>
      {changes.length > 0 && (
        <>
          <h3>What changed</h3>
          <DifferenceTable label="What changed" differences={changes} sides={['Before', 'After']} />
        </>
      )}
      <h3>Payload</h3>
      <Json value={row} label="Payload of the event" />
    </>
  );
}
