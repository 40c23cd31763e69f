import { OperationLink } from '../operations/operation-link.tsx';
import { postConsoleCommand, readDeadLetters, type DeadLetterItem } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { capitalized, countedNoun } from '../../format/words.ts';
import { useConnection, whyReadOnly } from '../../shell/offer.tsx';
import { tryAnnounced } from '../../ui/announcer.tsx';
import { Json } from '../../ui/code.tsx';
import { PageFrame } from '../../ui/page.tsx';
import { EmptyState, ErrorState, Loading } from '../../ui/states.tsx';
import type { TableColumn } from '../../ui/table/columns.ts';
import { DataTable } from '../../ui/table/data-table.tsx';
import { timeColumn } from '../../ui/table/time-column.tsx';
import { correctionLink } from './correction-link.ts';
import { requestedCall } from './requested-call.ts';

const LETTERS_EVERY_MS = 10_000;

const LETTER_COLUMNS: readonly TableColumn<DeadLetterItem>[] = [
  {
    name: 'Asked for',
    value: ({ data }) => requestedCall(data),
    cell: ({ data }) => <strong>{requestedCall(data) ?? '–'}</strong>,
  },
  { name: 'Reason', value: ({ reason }) => reason, cell: ({ reason }) => <code>{reason}</code> },
  timeColumn('Failed', ({ at }) => at),
  { name: 'Message', look: 'wide', secondary: true, value: ({ message }) => message },
  {
    name: 'Operation',
    look: 'cut',
    secondary: true,
    value: ({ operationId }) => operationId,
    cell: ({ operationId }) => <OperationLink operationId={operationId} />,
  },
  timeColumn('Last replay', ({ replayed }) => replayed ?? undefined, 'never'),
];

/** Messages of automation that failed permanently, with replay. */
export function DeadLettersPage() {
  const { data, error, reload } = useLoaded('dead letters', readDeadLetters, LETTERS_EVERY_MS);
  const { local } = useConnection();
  const replay = async (id: string): Promise<void> => {
    await tryAnnounced(async () => {
      const { outcome } = await postConsoleCommand<{ outcome: string }>(`dead-letters/${id}/replay`);
      return { text: capitalized(outcome), failed: /failed|^not replayed/.test(outcome) };
    });
    reload();
  };
  return (
    <PageFrame
      title="Dead letters"
      lead="Messages whose operation failed permanently. A replay has the same operationId, so what took effect is not repeated."
    >
      {error !== undefined && <ErrorState error={error} onRetry={reload} />}
      {data === undefined && error === undefined && <Loading what="dead letters" />}
      {data?.deadLetters.length === 0 && (
        <EmptyState title="No message failed">
          {local ? (
            <p>
              Messages arrive at <code>{location.origin}/automation</code>
              {data.topic === null && '; without automation_topic, a replay here executes the message at once'}.
            </p>
          ) : (
            <p>Messages arrive from the topic {data.topic ?? 'that automation_topic names'}.</p>
          )}
        </EmptyState>
      )}
      {data !== undefined && data.deadLetters.length > 0 && (
        <>
          <p className="muted" role="status">
            {countedNoun(data.deadLetters.length, 'dead letter')}, the last first
          </p>
          <DataTable
            label="Dead letters"
            rows={data.deadLetters}
            rowKey={({ id }) => id}
            detail={(letter) => ({
              title: letter.reason,
              body: <LetterDetail letter={letter} onReplay={() => void replay(letter.id)} />,
            })}
            columns={[
              ...LETTER_COLUMNS,
              {
                name: 'Correct',
                unnamed: true,
                secondary: true,
                value: () => undefined,
                cell: (letter) => <CorrectLink letter={letter} small />,
              },
              {
                name: 'Replay',
                unnamed: true,
                secondary: true,
                value: () => undefined,
                cell: (letter) => <ReplayLetter letter={letter} small onReplay={() => void replay(letter.id)} />,
              },
            ]}
          />
        </>
      )}
    </PageFrame>
  );
}

interface LetterProps {
  readonly letter: DeadLetterItem;
  readonly small?: boolean;
}

/** Why a dead letter cannot be replayed. Undefined if it can. */
function useWhyClosed({ notStored }: DeadLetterItem): string | undefined {
  return whyReadOnly(useConnection()) ?? (notStored === null ? undefined : `${capitalized(notStored)}.`);
}

function ReplayLetter({ letter, small = false, onReplay }: LetterProps & { readonly onReplay: () => void }) {
  const closed = useWhyClosed(letter);
  return (
    <button
      type="button"
      className={small ? 'small' : ''}
      disabled={closed !== undefined}
      title={closed}
      onClick={onReplay}
    >
      Replay<span className="visually-hidden"> {letter.id}</span>
    </button>
  );
}

function CorrectLink({ letter: { id, data, operationId }, small = false }: LetterProps) {
  const correction = correctionLink(data, operationId);
  if (correction === undefined) return null;
  return (
    <a className={small ? 'button small' : 'button'} href={correction}>
      Correct in a form<span className="visually-hidden"> {id}</span>
    </a>
  );
}

function LetterDetail({ letter, onReplay }: LetterProps & { readonly onReplay: () => void }) {
  const { id, message, data, attributes } = letter;
  const closed = useWhyClosed(letter);
  return (
    <>
      <p>{message}</p>
      <div className="buttons">
        <ReplayLetter letter={letter} onReplay={onReplay} />
        <CorrectLink letter={letter} />
      </div>
      <p className="muted">
        Replay sends the message as it was. A corrected call has the same operationId; this letter stays in the list.
      </p>
      {closed !== undefined && <p className="muted">{closed}</p>}
      <h3>Message</h3>
      <Json value={{ data, attributes }} label={`Message of ${id}`} />
    </>
  );
}
