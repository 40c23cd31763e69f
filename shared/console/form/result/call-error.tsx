import type { CallReply } from '../../api/calls.ts';
import { correctedClause } from '../../entity/filter/conditions.ts';
import { humanName } from '../../format/words.ts';
import { hashOf } from '../../state/route.ts';
import { Json } from '../../ui/code.tsx';
import { IdLink } from '../../ui/value.tsx';
import { errorOfReply } from './reply-error.ts';

const EFFECTS: Readonly<Record<string, string>> = {
  none: 'Nothing took effect at Stripe.',
  done: 'It took effect at Stripe.',
  unknown: 'Repeat the call with the same operationId: a repeat has no second effect.',
};

interface CallErrorProps {
  readonly reply: CallReply;
  /** The filter clause of the call. An error may name a position in the clause. */
  readonly clause?: string;
  /** Applies a corrected clause. */
  readonly onCorrect?: ((clause: string) => void) | undefined;
  /** Fields of the form that the error names. `onField` goes to one of them. */
  readonly fields?: readonly string[] | undefined;
  readonly onField?: ((path: string) => void) | undefined;
}

/** Shows what went wrong, whether the call took effect, and how to correct it. */
export function CallError({ reply, clause = '', onCorrect, fields = [], onField }: CallErrorProps) {
  const { message, status, reason, metadata, violations } = errorOfReply(reply);
  const { effect, requestId, docUrl, declineCode, operationId, objectId } = metadata;
  // The connector counts characters from 1.
  const position = Number(/ at (\d+)\b/.exec(message)?.[1] ?? NaN) - 1;
  const suggestedName = Number.isFinite(position) ? /did you mean (\w+)\?/.exec(message)?.[1] : undefined;
  const corrected = correctedClause(clause);
  const rest = clause.slice(Math.max(0, position)).replace(/^\w+/, '');
  const invalidInputs = violations.length === 1 ? 'An input is not valid' : 'Some inputs are not valid';
  const title = violations.length === 0 ? message : invalidInputs;
  return (
    <div className="failure" role="alert" data-reason={reason}>
      <p className="failure-title">{title}</p>
      {violations.map(({ field, description }) => (
        <p key={field + description}>
          <code>{field}</code> {description.replace(/ at \d+$/, '')}
        </p>
      ))}
      {onField !== undefined && fields.length > 0 && (
        <div className="buttons">
          {fields.map((field) => (
            <button key={field} type="button" onClick={() => onField(field)}>
              Go to {field}
            </button>
          ))}
        </div>
      )}
      {clause !== '' && Number.isFinite(position) && (
        <pre className="caret">
          {clause}
          {'\n'}
          {' '.repeat(Math.max(0, position))}^ here
        </pre>
      )}
      {onCorrect !== undefined && suggestedName !== undefined && (
        <button type="button" onClick={() => onCorrect(clause.slice(0, position) + suggestedName + rest)}>
          Use {suggestedName}
        </button>
      )}
      {onCorrect !== undefined && suggestedName === undefined && corrected !== undefined && (
        <button type="button" onClick={() => onCorrect(corrected)}>
          Use {corrected}
        </button>
      )}
      {clause.includes('"') && <p>Write texts in single quotes: Email = 'jane@example.com'.</p>}
      {/closing quote/.test(message) && <p>Write a quote inside of a text twice: Name = 'Sean O''Hara'.</p>}
      {/\bmetadata[.[]/.test(clause) && (
        <p>A key of the metadata is the column Metadata.key: Metadata.tier = 'gold'.</p>
      )}
      {declineCode !== undefined && (
        <p>
          The bank declined the card: <strong>{humanName(declineCode)}</strong>.
        </p>
      )}
      {effect !== undefined && (
        <p data-effect={effect}>
          {declineCode === undefined
            ? (EFFECTS[effect] ?? effect)
            : 'Nothing was charged. The payment now waits for another payment method.'}
        </p>
      )}
      {objectId !== undefined && (
        <p>
          What it left at Stripe: <IdLink id={objectId} />
        </p>
      )}
      <p className="muted">
        {[reply.status, status, reason].filter(Boolean).join(' · ')}
        {requestId !== undefined && ` · Stripe's request ${requestId}`}
        {reply.retryAfter !== undefined && ` · try again in ${reply.retryAfter} s`}
      </p>
      <p className="failure-links">
        {docUrl !== undefined && (
          <a href={docUrl} target="_blank" rel="noreferrer noopener">
            Stripe's page of this error
          </a>
        )}
        {operationId !== undefined && <a href={hashOf(['operations', operationId])}>The record of this operation</a>}
      </p>
      <details>
        <summary>Response</summary>
        <Json value={reply.body} label="Response" />
      </details>
    </div>
  );
}
