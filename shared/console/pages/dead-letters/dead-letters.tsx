import { OperationLink } from '../operations/operation-link.tsx';
import { postConsoleCommand, readDeadLetters } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { capitalized, countedNoun } from '../../format/words.ts';
import { useConnection, readOnlyReason } from '../../shell/console-context.tsx';
import { runAndAnnounce } from '../../ui/announcer.tsx';
import { Json } from '../../ui/code.tsx';
import { PageFrame } from '../../ui/page.tsx';
import { EmptyState, LoadState } from '../../ui/states.tsx';
import type { TableColumn } from '../../ui/table/columns.ts';
import { DataTable } from '../../ui/table/data-table.tsx';
import { timeColumn } from '../../ui/table/time-column.tsx';
import { TimeText } from '../../ui/value.tsx';
import { WriteButton } from '../../ui/write-button.tsx';
import { correctionLink } from './correction-link.ts';
import { groupLetters, type LetterGroup } from './group-letters.ts';
import { requestedCall } from './requested-call.ts';

const LETTERS_POLL_MS = 10_000;

const LETTER_COLUMNS: readonly TableColumn<LetterGroup>[] = [
  {
    name: 'Call',
    value: ({ data }) => requestedCall(data),
    cell: ({ data }) => <strong>{requestedCall(data) ?? '–'}</strong>,
  },
  { name: 'Reason', value: ({ reason }) => reason, cell: ({ reason }) => <code>{reason}</code> },
  timeColumn('Failed', ({ at }) => at),
  {
    name: 'Tries',
    description: 'How often the message failed, at its arrival and at each replay.',
    cellStyle: 'numeric',
    secondary: true,
    value: ({ attempts }) => attempts.length,
  },
  { name: 'Message', cellStyle: 'wide', secondary: true, value: ({ message }) => message },
  {
    name: 'Operation',
    cellStyle: 'cut',
    secondary: true,
    value: ({ operationId }) => operationId,
    cell: ({ operationId }) => <OperationLink operationId={operationId} />,
  },
  timeColumn('Last replay', ({ replayed }) => replayed ?? undefined, 'never'),
];

/** Pub/Sub messages that failed permanently. The user can replay or correct them. */
export function DeadLettersPage() {
  const { data, error, reload } = useLoaded('dead letters', readDeadLetters, LETTERS_POLL_MS);
  const { local } = useConnection();
  const letters = groupLetters(data?.deadLetters ?? []);
  const replay = async (id: string): Promise<void> => {
    await runAndAnnounce(async () => {
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
      {data === undefined && <LoadState what="dead letters" shape="table" error={error} onRetry={reload} />}
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
      {letters.length > 0 && (
        <>
          <p className="muted" role="status">
            {countedNoun(letters.length, 'message')}, the last that failed first
          </p>
          <DataTable
            label="Dead letters"
            rows={letters}
            rowKey={({ key }) => key}
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
  readonly letter: LetterGroup;
  readonly small?: boolean;
}

/** Why a message cannot be replayed. Undefined if it can. */
function replayProblem({ notStored }: LetterGroup): string | undefined {
  return notStored === null ? undefined : `${capitalized(notStored)}.`;
}

function ReplayLetter({ letter, small = false, onReplay }: LetterProps & { readonly onReplay: () => void }) {
  return (
    <WriteButton className={small ? 'small' : ''} disabledReason={replayProblem(letter)} onClick={onReplay}>
      Replay<span className="visually-hidden"> {letter.id}</span>
    </WriteButton>
  );
}

function CorrectLink({ letter: { id, data, operationId }, small = false }: LetterProps) {
  const correction = correctionLink(data, operationId);
  if (correction === undefined) return null;
  return (
    <a className={small ? 'button small' : 'button'} href={correction}>
      Correct<span className={small ? 'visually-hidden' : ''}> in a form</span>
      <span className="visually-hidden"> {id}</span>
    </a>
  );
}

function LetterDetail({ letter, onReplay }: LetterProps & { readonly onReplay: () => void }) {
  const { id, message, data, attributes, attempts } = letter;
  const disabledReason = readOnlyReason(useConnection()) ?? replayProblem(letter);
  return (
    <>
      <p>{message}</p>
      {attempts.length > 1 && (
        <>
          <h3>Tries</h3>
          <ol className="timeline" aria-label="Tries">
            {attempts.map((attempt) => (
              <li key={attempt.id}>
                <code>{attempt.reason}</code> <TimeText value={attempt.at} />
                {attempt.message !== message && `: ${attempt.message}`}
              </li>
            ))}
          </ol>
        </>
      )}
      <div className="buttons">
        <ReplayLetter letter={letter} onReplay={onReplay} />
        <CorrectLink letter={letter} />
      </div>
      <p className="muted">
        Replay sends the message as it was. A corrected call has the same operationId; the message stays in the list.
      </p>
      {disabledReason !== undefined && <p className="muted">{disabledReason}</p>}
      <h3>Message</h3>
      <Json value={{ data, attributes }} label={`Message of ${id}`} />
    </>
  );
}
