import { useEffect, useRef } from 'react';
import { isSuccess, type CallKind, type CallReply, type FunctionCall, type OutputRow } from '../../api/calls.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { duration } from '../../format/time.ts';
import { entityOfId } from '../../format/ids.ts';
import { useCatalog } from '../../shell/console-context.tsx';
import type { HistoryEntry } from '../../state/history.ts';
import { hashOf } from '../../state/route.ts';
import { CallError } from './call-error.tsx';
import { NextSteps } from './next-steps.tsx';
import { Outcome } from './outcome.tsx';
import { effectOfReply, errorOfReply } from './reply-error.ts';
import { CopyAs } from '../snippets/copy-as.tsx';
import { ExplainView, PlanView, type QueryExplanation } from './plan-view.tsx';
import type { FormTarget } from '../target.ts';
import { countRows } from '../sending/use-call.ts';

interface ResultViewProps {
  readonly entry: HistoryEntry;
  readonly target: FormTarget;
  readonly clause: string;
  /** Fields that an error names. */
  readonly fields: readonly string[];
  readonly onField: (path: string) => void;
}

const OK_TITLES: Readonly<Record<CallKind, string>> = { run: 'Done', dryRun: 'Plan', explain: 'Explanation' };

/** The response of a call. Its heading gets the focus. */
export function ResultView({ entry, target, clause, fields, onField }: ResultViewProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { reply, kind, call } = entry;
  const ok = isSuccess(reply);
  const { entities } = useCatalog();
  const namedId = ok ? undefined : errorOfReply(reply).metadata['objectId'];
  const createdId = namedId !== undefined && entityOfId(namedId, entities) === target.entity ? namedId : undefined;
  // The object of a failed call. NextSteps links calls to the object that may succeed instead.
  const objectId = ok || kind !== 'run' ? undefined : (objectOfCall(call, target) ?? createdId);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'start' });
  }, []);
  return (
    <section className="result" aria-label="Result" data-status={reply.status}>
      <h2 ref={heading} tabIndex={-1}>
        {ok ? OK_TITLES[kind] : effectOfReply(reply) === 'unknown' ? 'Outcome unknown' : 'Failed'}
      </h2>
      <ReplySummary reply={reply} kind={kind} />
      {!ok && <CallError reply={reply} clause={clause} fields={fields} onField={onField} />}
      {objectId !== undefined && <NextSteps entity={target.entity} id={objectId} />}
      {ok && kind === 'dryRun' && (
        <PlanView
          requests={reply.body['requests'] as never}
          rows={<MatchingRows entity={target.entity} clause={clause} />}
        />
      )}
      {ok && kind === 'explain' && <ExplainView explanation={reply.body['explain'] as QueryExplanation} />}
      {ok && kind === 'run' && <Outcome entry={entry} target={target} />}
      <div className="buttons">
        <CopyAs call={call} />
        <a className="button" href={hashOf(['history', String(entry.number)])}>
          In the history
        </a>
      </div>
    </section>
  );
}

/** Shows how many rows a clause matches. Reads the first page of at most 100 rows. */
function MatchingRows({ entity, clause }: { readonly entity: string; readonly clause: string }) {
  const { data } = useLoaded(`matching ${entity} ${clause}`, () =>
    clause === '' ? Promise.resolve(undefined) : countRows(entity, clause),
  );
  if (data === undefined) return null;
  return (
    <p>
      The clause matches <strong>{data}</strong>: <a href={hashOf(['entity', entity], { filter: clause })}>see them</a>.
      A request with <code>{'{id}'}</code> is sent once for each of them.
    </p>
  );
}

/** The id of the object that an action changes or reads. Undefined for an operation of an entity. */
function objectOfCall({ body }: FunctionCall, target: FormTarget): string | undefined {
  const { connectorInputPayload: input } = body;
  const name = `${target.entity.replaceAll('.', '')}Id`;
  const id = target.kind === 'action' ? ((input ?? {}) as OutputRow)[name] : undefined;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

export function ReplySummary({ reply, kind }: { readonly reply: CallReply; readonly kind: string }) {
  const { status, tookMs, operationId, replayed, throttledBy, body } = reply;
  return (
    <p className="facts">
      <strong className={status < 300 ? 'good-text' : 'bad-text'}>{status}</strong>
      <span>{duration(tookMs)}</span>
      {typeof body['effect'] === 'string' && kind === 'run' && <span>effect {body['effect']}</span>}
      {operationId !== undefined && kind === 'run' && (
        <span>
          operation <a href={hashOf(['operations', operationId])}>{operationId}</a>
        </span>
      )}
      {replayed && <span>from the record, no second effect</span>}
      {throttledBy !== undefined && <span>slowed by {throttledBy}</span>}
    </p>
  );
}
