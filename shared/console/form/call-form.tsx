import { useCallback, useMemo, useState } from 'react';
import type { JsonSchema } from '../../schema/json-schema.ts';
import { isSuccess, type CallKind } from '../api/calls.ts';
import { newOperationId } from '../api/operation-id.ts';
import { readEntityDescriptor } from '../api/discovery.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { isReal, useConnection, whyReadOnly } from '../shell/offer.tsx';
import { EMPTY_DRAFT, forgetDraft, storedDraft, storeDraft, type FormDraft } from '../state/drafts.ts';
import { rowTitle } from '../object/row-title.ts';
import { announce } from '../ui/announcer.tsx';
import { copyText } from '../ui/code.tsx';
import { ConfirmDialog, type ConfirmRequest } from '../ui/confirm.tsx';
import { CopyAs } from './copy-as.tsx';
import { draftFromParams, linkOfDraft } from './deep-link.ts';
import { effectOfReply } from './result/reply-error.ts';
import { NotSent } from './result/not-sent.tsx';
import { errorsByField } from './field-errors.ts';
import { FieldContextProvider, focusField } from './fields/field-context.ts';
import { SchemaFields } from './fields/fields.tsx';
import { schemaVariants } from './fields/input-kind.ts';
import { JSON_EDITOR, JsonEditor } from './json-editor.tsx';
import { ResultView } from './result/result-view.tsx';
import { MoreOptions, TargetFields } from './target-fields.tsx';
import {
  buildFormCall,
  isDestructive,
  isReadOnly,
  runLabel,
  takesClause,
  targetName,
  type FormTarget,
} from './target.ts';
import { countRows, useCall } from './use-call.ts';
import { SourceNote } from './source-note.tsx';
import { useMoneySource } from './use-source.ts';
import { whyUnsent } from './unsent.ts';
import { useCurrent } from './use-current.ts';

const NO_SCHEMA: JsonSchema = {};

interface CallFormProps {
  readonly target: FormTarget;
  readonly title: string;
  /** Undefined if the call has no payload. */
  readonly schema: JsonSchema | undefined;
  readonly params: URLSearchParams;
}

/** The form of a call: inputs, JSON next to them, plan, explanation, run, and the result. */
export function CallForm({ target, title, schema, params }: CallFormProps) {
  const connection = useConnection();
  const name = targetName(target);
  const key = `${name}?${params.toString()}`;
  const [draft, setDraft] = useState<FormDraft>(() => storedDraft(key) ?? draftFromParams(params, schema));
  const { busy, entry, problem, run } = useCall();
  /** Why the form was not sent, by field. */
  const [unsent, setUnsent] = useState<ReadonlyMap<string, string>>(new Map());
  const [question, setQuestion] = useState<ConfirmRequest>();
  const [edited, setEdited] = useState(false);
  /** The operation whose response did not arrive. */
  const [lost, setLost] = useState<string>();
  const [jsonProblem, setJsonProblem] = useState<string>();
  const [wanted, setWanted] = useState<string>();
  const current = useCurrent(target, draft.entityId, entry?.number);
  const columns = useLoaded(`entity ${target.entity}`, () => readEntityDescriptor(target.entity)).data?.columns ?? [];
  /** Moves the focus to a field. A field of a closed group gets the focus after the group opened. */
  const goTo = useCallback((path: string | undefined): void => {
    setWanted(path !== undefined && focusField(path) ? undefined : path);
  }, []);
  const change = (part: Partial<FormDraft>): void => {
    const next = { ...draft, ...part };
    setEdited(true);
    setUnsent(new Map());
    setDraft(next);
    storeDraft(key, next);
  };
  const whyClosed = isReadOnly(target) ? undefined : whyReadOnly(connection);
  // A repeat with the same operationId resolves an unknown outcome. A new operation may take effect a second time.
  const unknownId = entry?.kind === 'run' && effectOfReply(entry.reply) === 'unknown' ? entry.reply.operationId : lost;
  const built = buildFormCall(target, draft);
  const isRepeat = unknownId !== undefined && !edited;
  const call = isRepeat ? { ...built, body: { ...built.body, operationId: unknownId } } : built;
  const variants = schema === undefined ? [] : schemaVariants(schema);
  const { [draft.variant]: variant = NO_SCHEMA } = variants;
  const failedReply = entry !== undefined && !isSuccess(entry.reply) && !edited ? entry.reply : undefined;
  const errors = useMemo(
    () => (failedReply === undefined ? unsent : errorsByField(failedReply, variant)),
    [failedReply, variant, unsent],
  );
  const source = useMoneySource(draft.payload, entry?.number);
  const currency = draft.payload['Currency'] ?? current?.['Currency'] ?? source?.row['Currency'];
  const send = async (kind: CallKind): Promise<void> => {
    setEdited(false);
    // The console creates the operationId, so that it can repeat the call if the response is lost.
    const id = kind === 'run' && !isReadOnly(target) ? (call.body['operationId'] ?? newOperationId()) : undefined;
    const done = await run(kind, id === undefined ? call : { ...call, body: { ...call.body, operationId: id } });
    if (id !== undefined) setLost(done === undefined ? String(id) : undefined);
    if (kind === 'run' && done !== undefined && isSuccess(done.reply)) forgetDraft(key);
  };
  const start = async (kind: CallKind): Promise<void> => {
    if (jsonProblem !== undefined) {
      announce(`Not sent: the JSON ${jsonProblem}`, true);
      document.getElementById(JSON_EDITOR)?.focus();
      return;
    }
    const problems = whyUnsent(target, draft, variant);
    const [first] = problems.keys();
    if (first !== undefined) {
      setEdited(true);
      setUnsent(problems);
      announce(`Not sent: ${first}`);
      return goTo(first);
    }
    const needsConfirmation = kind === 'run' && !isReadOnly(target) && (isReal(connection) || isDestructive(target));
    if (kind === 'run' && unknownId !== undefined && edited)
      return setQuestion({
        title: 'Run a new operation?',
        text: `The outcome of ${unknownId} is unknown, and you changed the form since. A new operation may take effect twice.`,
        action: 'Run as a new operation',
        onConfirm: () => void send(kind),
      });
    if (!needsConfirmation || isRepeat) return send(kind);
    const rows =
      draft.filterClause === '' ? undefined : await countRows(target.entity, draft.filterClause).catch(() => undefined);
    setQuestion({
      title: `${title}?`,
      text: [
        ...(isReal(connection) ? ['This acts on real money and real customers.'] : []),
        ...(draft.filterClause === ''
          ? []
          : [`The clause matches ${rows ?? 'an unknown number of rows'} of ${target.entity}.`]),
        ...(current === undefined ? [] : [`It is about ${rowTitle(current)} ${draft.entityId}.`.replace('  ', ' ')]),
        isDestructive(target) ? 'It cannot be undone.' : 'It is sent to Stripe at once.',
      ].join(' '),
      action: title,
      typed: name,
      onConfirm: () => void send(kind),
    });
  };
  const runnable = !busy && whyClosed === undefined;
  return (
    <FieldContextProvider
      value={{
        errors,
        current,
        currency: typeof currency === 'string' ? currency : undefined,
        wanted,
        onWant: goTo,
      }}
    >
      <form
        className="call-form"
        aria-label={title}
        // Enter in an input does not run a write: Ctrl+Enter and the button do.
        onSubmit={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && runnable) void start('run');
        }}
      >
        <div className="form-main">
          <TargetFields target={target} draft={draft} columns={columns} current={current} onChange={change} />
          {variants.length > 1 && (
            <label className="field">
              <span>Identified by</span>
              <select
                value={draft.variant}
                onChange={(event) => change({ variant: Number(event.target.value), payload: {} })}
              >
                {variants.map(({ required = [] }, index) => (
                  <option key={index} value={index}>
                    {required.length === 0 ? 'its id alone' : required.join(', ')}
                  </option>
                ))}
              </select>
            </label>
          )}
          {source !== undefined && <SourceNote entity={source.entity} row={source.row} round={entry?.number} />}
          {schema !== undefined && (
            <SchemaFields schema={variant} values={draft.payload} path="" onChange={(payload) => change({ payload })} />
          )}
          <MoreOptions target={target} draft={draft} onChange={change} />
          <div className="buttons form-buttons">
            <button
              type="button"
              className={isDestructive(target) ? 'danger' : 'primary'}
              data-run=""
              disabled={!runnable}
              onClick={() => void start('run')}
            >
              {busy ? 'Running' : isRepeat ? 'Repeat with the same operationId' : runLabel(target, title)}
            </button>
            <button type="button" disabled={busy} onClick={() => void start('dryRun')}>
              Plan
            </button>
            {takesClause(target) && draft.filterClause !== '' && (
              <button type="button" disabled={busy} onClick={() => void start('explain')}>
                Explain
              </button>
            )}
            <CopyAs call={call} />
            <button
              type="button"
              onClick={() =>
                void copyText(new URL(linkOfDraft(target, draft), location.href).href, 'Copied the link of this form')
              }
            >
              Copy link
            </button>
            <button
              type="button"
              disabled={busy}
              onClick={() =>
                change({ ...EMPTY_DRAFT, entityId: params.get('id') ?? '', filterClause: params.get('filter') ?? '' })
              }
            >
              Clear
            </button>
          </div>
          {whyClosed !== undefined && <p className="muted">{whyClosed} A plan is possible.</p>}
        </div>
        {(schema !== undefined || entry !== undefined || problem !== undefined) && (
          <aside className="form-side" aria-label="Result and JSON">
            {problem !== undefined && <NotSent problem={problem} lost={lost} onRepeat={() => void start('run')} />}
            {entry !== undefined && (
              <ResultView
                key={entry.number}
                entry={entry}
                target={target}
                clause={draft.filterClause}
                fields={[...errors.keys()]}
                onField={goTo}
              />
            )}
            {schema !== undefined && (
              <JsonEditor
                value={draft.payload}
                onProblem={setJsonProblem}
                onChange={(payload) => change({ payload })}
              />
            )}
          </aside>
        )}
      </form>
      {question !== undefined && <ConfirmDialog request={question} onClose={() => setQuestion(undefined)} />}
    </FieldContextProvider>
  );
}
