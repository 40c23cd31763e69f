import { commandConsole, readDeadLetters, type DeadLetterItem } from '../api/operator.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { countedNoun } from '../format/words.ts';
import { useConnection, whyReadOnly } from '../shell/offer.tsx';
import { hashOf } from '../state/route.ts';
import { announce } from '../ui/announcer.tsx';
import { Json } from '../ui/code.tsx';
import { PageFrame } from '../ui/page.tsx';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { TimeText } from '../ui/value.tsx';

const LETTERS_EVERY_MS = 10_000;

/** Messages of automation that failed permanently, with replay. */
export function DeadLettersPage() {
  const { data, error, reload } = useLoaded('dead letters', readDeadLetters, LETTERS_EVERY_MS);
  const { local } = useConnection();
  const replay = async (id: string): Promise<void> => {
    try {
      const { result } = await commandConsole<{ result: string }>(`dead-letters/${id}/replay`);
      announce(result.charAt(0).toUpperCase() + result.slice(1));
    } catch (cause) {
      announce(cause instanceof Error ? cause.message : String(cause));
    }
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
          {data.deadLetters.map((letter) => (
            <Letter key={letter.id} letter={letter} onReplay={() => void replay(letter.id)} />
          ))}
        </>
      )}
    </PageFrame>
  );
}

function Letter({ letter, onReplay }: { readonly letter: DeadLetterItem; readonly onReplay: () => void }) {
  const { id, operationId, at, reason, message, replayable, replayed, data, attributes } = letter;
  const closed =
    whyReadOnly(useConnection()) ??
    (replayable ? undefined : 'Its message had credentials or card data, so it was not stored.');
  const correction = correctionLink(data);
  return (
    <article className="card" aria-label={`Dead letter ${id}`}>
      <h2>
        <code>{reason}</code>
      </h2>
      <p>{message}</p>
      <p className="muted">
        <TimeText value={at} /> · operation <a href={hashOf(['operations', operationId])}>{operationId}</a>
        {replayed !== null && (
          <>
            {' '}
            · replayed <TimeText value={replayed} />
          </>
        )}
      </p>
      <details>
        <summary>Message</summary>
        <Json value={{ data, attributes }} label={`Message of ${id}`} />
      </details>
      <div className="buttons">
        <button type="button" disabled={closed !== undefined} onClick={onReplay}>
          Replay<span className="visually-hidden"> {id}</span>
        </button>
        {correction !== undefined && (
          <a className="button" href={correction}>
            Correct in a form<span className="visually-hidden"> {id}</span>
          </a>
        )}
        {closed !== undefined && <span className="muted">{closed}</span>}
      </div>
    </article>
  );
}

/**
 * The form of the operation that a message requests, with its inputs. A replay sends the same message, so a wrong input
 * is corrected here. Inputs that the connector does not show are left out.
 */
function correctionLink(data: unknown): string | undefined {
  const { entity, operation, action, entityId, connectorInputPayload: input } = (data ?? {}) as Record<string, unknown>;
  const shown = Object.entries(typeof input === 'object' && input !== null ? input : {}).flatMap(
    ([name, value]): [string, string][] => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return text.includes('[redacted]') ? [] : [[name, text]];
    },
  );
  const params = { ...Object.fromEntries(shown), ...(typeof entityId === 'string' ? { id: entityId } : {}) };
  if (typeof action === 'string') return hashOf(['action', action], params);
  if (typeof entity !== 'string' || typeof operation !== 'string') return undefined;
  return hashOf(['entity', entity, operation], params);
}
