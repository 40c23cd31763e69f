import type { HistoryEntry } from '../state/history.ts';
import { JsonEditor } from './json-editor.tsx';
import { NoResponse } from './result/no-response.tsx';
import { ResultView } from './result/result-view.tsx';
import type { FormTarget } from './target.ts';
import type { DraftState } from './use-form-draft.ts';

interface FormSideProps {
  readonly target: FormTarget;
  readonly form: DraftState;
  /** The last call with its response. */
  readonly entry: HistoryEntry | undefined;
  /** Why the last call has no response. */
  readonly problem: Error | undefined;
  /** The operationId of a write whose response did not arrive. */
  readonly unconfirmedId: string | undefined;
  /** Fields that an error names. */
  readonly fields: readonly string[];
  readonly onField: (path: string) => void;
  readonly onRepeat: () => void;
  /** Whether the call has a payload. */
  readonly hasPayload: boolean;
  /** Reports what is wrong with the JSON of the payload. */
  readonly onProblem: (problem: string | undefined) => void;
}

/** Shown next to the inputs of a form: the result of the last call, and the payload as JSON. */
export function FormSide({ target, form, entry, problem, hasPayload, ...props }: FormSideProps) {
  const { draft, change } = form;
  if (!hasPayload && entry === undefined && problem === undefined) return null;
  return (
    <aside className="form-side" aria-label="Result and JSON">
      {problem !== undefined && (
        <NoResponse problem={problem} operationId={props.unconfirmedId} onRepeat={props.onRepeat} />
      )}
      {entry !== undefined && (
        <ResultView
          key={entry.number}
          entry={entry}
          target={target}
          clause={draft.filterClause}
          fields={props.fields}
          onField={props.onField}
        />
      )}
      {hasPayload && (
        <JsonEditor value={draft.payload} onProblem={props.onProblem} onChange={(payload) => change({ payload })} />
      )}
    </aside>
  );
}
