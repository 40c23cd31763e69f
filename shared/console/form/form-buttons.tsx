import type { CallKind, FunctionCall } from '../api/calls.ts';
import { copyText } from '../ui/code.tsx';
import { CopyAs } from './snippets/copy-as.tsx';
import { linkOfDraft } from './deep-link.ts';
import { isDestructive, runLabel, acceptsClause, type FormTarget } from './target.ts';
import type { DraftState } from './use-form-draft.ts';

interface FormButtonsProps {
  readonly target: FormTarget;
  readonly title: string;
  readonly form: DraftState;
  readonly call: FunctionCall;
  readonly busy: boolean;
  readonly isRepeat: boolean;
  /** Why the call cannot be run. Undefined if it can. */
  readonly disabledReason: string | undefined;
  readonly onStart: (kind: CallKind) => void;
}

/** The buttons of a form: run, plan, explain a clause, copy as code, copy the link, and clear. */
export function FormButtons({ target, title, form, call, busy, isRepeat, disabledReason, onStart }: FormButtonsProps) {
  const { draft, clear } = form;
  const copyLink = (): void =>
    void copyText(new URL(linkOfDraft(target, draft), location.href).href, 'Copied the link of this form');
  return (
    <>
      <div className="buttons form-buttons">
        <button
          type="button"
          className={isDestructive(target) ? 'danger' : 'primary'}
          data-run=""
          disabled={busy || disabledReason !== undefined}
          title={disabledReason}
          onClick={() => onStart('run')}
        >
          {busy ? 'Running' : isRepeat ? 'Repeat with the same operationId' : runLabel(target, title)}
        </button>
        <button type="button" disabled={busy} onClick={() => onStart('dryRun')}>
          Plan
        </button>
        {acceptsClause(target) && draft.filterClause !== '' && (
          <button type="button" disabled={busy} onClick={() => onStart('explain')}>
            Explain
          </button>
        )}
        <CopyAs call={call} />
        <button type="button" onClick={copyLink}>
          Copy link
        </button>
        <button type="button" disabled={busy} onClick={clear}>
          Clear
        </button>
      </div>
      {disabledReason !== undefined && <p className="muted">{disabledReason} A plan is possible.</p>}
    </>
  );
}
