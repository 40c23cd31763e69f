import { Tab, TabList, TabPanel, TabProvider } from '@ariakit/react';
import { useEffect, useRef, useState } from 'react';
import {
  isSuccess,
  rowsOfReply,
  runFunction,
  type CallKind,
  type CallReply,
  type FunctionCall,
  type OutputRow,
} from '../../api/calls.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { duration } from '../../format/time.ts';
import { actionsFor, shortTitle } from '../../object/actions/action-states.ts';
import { Authenticate } from '../../object/actions/authenticate.tsx';
import { nextForms } from '../../object/actions/next-forms.ts';
import { useOffer } from '../../shell/offer.tsx';
import type { HistoryEntry } from '../../state/history.ts';
import { hashOf } from '../../state/route.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Json } from '../../ui/code.tsx';
import { IdLink, NameText, Value } from '../../ui/value.tsx';
import { CallError } from './call-error.tsx';
import { effectOfReply } from './reply-error.ts';
import { CopyAs } from '../copy-as.tsx';
import { ExplainView, PlanView, type ShownExplanation } from './plan-view.tsx';
import type { FormTarget } from '../target.ts';
import { countRows } from '../use-call.ts';

interface ResultViewProps {
  readonly entry: HistoryEntry;
  readonly target: FormTarget;
  readonly clause: string;
  /** Fields that an error names. */
  readonly fields: readonly string[];
  readonly onField: (path: string) => void;
}

const OK_TITLES: Readonly<Record<CallKind, string>> = { run: 'Done', dryRun: 'Plan', explain: 'Explanation' };

/** The response of a call. The focus moves to it. */
export function ResultView({ entry, target, clause, fields, onField }: ResultViewProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { reply, kind, call } = entry;
  const ok = isSuccess(reply);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'start' });
  }, []);
  return (
    <section className="result" aria-label="Result" data-status={reply.status}>
      <h2 ref={heading} tabIndex={-1}>
        {ok ? OK_TITLES[kind] : effectOfReply(reply) === 'unknown' ? 'Outcome unknown' : 'Failed'}
      </h2>
      <ReplyFacts reply={reply} kind={kind} />
      {!ok && <CallError reply={reply} clause={clause} fields={fields} onField={onField} />}
      {!ok && kind === 'run' && objectOfCall(call, target) !== undefined && (
        <NextSteps entity={target.entity} id={objectOfCall(call, target) ?? ''} />
      )}
      {ok && kind === 'dryRun' && (
        <PlanView
          requests={reply.body['requests'] as never}
          rows={<MatchingRows entity={target.entity} clause={clause} />}
        />
      )}
      {ok && kind === 'explain' && <ExplainView explanation={reply.body['explain'] as ShownExplanation} />}
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

/** How many rows a clause matches: one request to Stripe for each 100 rows of the first page. */
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

/** The id of the object that an action is about. */
function objectOfCall({ body }: FunctionCall, target: FormTarget): string | undefined {
  const { connectorInputPayload: input } = body;
  const name = `${target.entity.replaceAll('.', '')}Id`;
  const id = target.kind === 'action' ? ((input ?? {}) as OutputRow)[name] : undefined;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

export function ReplyFacts({ reply, kind }: { readonly reply: CallReply; readonly kind: string }) {
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

/** What the call returned, the object it made, and what can follow. */
function Outcome({ entry, target }: Pick<ResultViewProps, 'entry' | 'target'>) {
  const { reply, call } = entry;
  const rows = rowsOfReply(reply);
  const row: OutputRow = rows[0] ?? {};
  const id = row['Id'] ?? row['id'] ?? call.body['entityId'];
  const deleted = call.functionName === 'delete-entity';
  const [native, setNative] = useState<CallReply>();
  const readNative = async (): Promise<void> => {
    if (native !== undefined) return;
    // The same key: a write is answered from its record and has no second effect.
    const { operationId } = reply;
    const body = { ...call.body, ...(operationId === undefined ? {} : { operationId }), outputFormat: 'native' };
    setNative(await runFunction({ ...call, body }));
  };
  const filled = Object.entries(row).filter(([, value]) => value !== null && value !== '');
  return (
    <>
      {typeof id === 'string' && !deleted && <NextSteps entity={target.entity} id={id} />}
      {deleted && <p>It was deleted.</p>}
      <TabProvider defaultSelectedId="fields">
        <TabList className="tabs" aria-label="Result as">
          <Tab id="fields" className="tab">
            Fields
          </Tab>
          <Tab id="json" className="tab">
            JSON
          </Tab>
          <Tab id="native" className="tab" onClick={() => void readNative()}>
            Stripe's JSON
          </Tab>
        </TabList>
        <TabPanel tabId="fields" tabIndex={-1}>
          {filled.length === 0 && <p className="muted">The response has no fields.</p>}
          <dl className="facts-list">
            {filled.map(([name, value]) => (
              <div key={name}>
                <dt>
                  <NameText text={name} />
                </dt>
                <dd>
                  <Value name={name} value={value} reference={name === 'Id' ? target.entity : undefined} />
                </dd>
              </div>
            ))}
          </dl>
        </TabPanel>
        <TabPanel tabId="json" tabIndex={-1}>
          <Json value={reply.body} label="Response" />
        </TabPanel>
        <TabPanel tabId="native" tabIndex={-1}>
          {native === undefined ? (
            <p className="muted">Reading</p>
          ) : (
            <Json value={native.body} label="Response in Stripe's format" />
          )}
        </TabPanel>
      </TabProvider>
    </>
  );
}

/** The object as it is now: a write may have left it in a state that needs another call. */
function NextSteps({ entity, id }: { readonly entity: string; readonly id: string }) {
  const { entities, actions } = useOffer();
  const readable = entities.some(({ name, operations }) => name === entity && operations.includes('Get'));
  const { data } = useLoaded(`after ${entity} ${id}`, async () => {
    if (!readable) return undefined;
    const reply = await runFunction({ functionName: 'get-entity', body: { entity, entityId: id } });
    return isSuccess(reply) ? rowsOfReply(reply)[0] : undefined;
  });
  const status = data?.['Status'];
  const next = [
    ...(data === undefined ? [] : nextForms(entity, id, data, entities)),
    ...actionsFor(entity, data, actions)
      .filter(({ available }) => available)
      .map(({ action }) => ({
        text: shortTitle(action.title, entity),
        hash: hashOf(['action', action.name], { id }),
      })),
  ].slice(0, 6);
  return (
    <div className="next">
      <p>
        <IdLink id={id} entity={entity} /> {typeof status === 'string' && <StatusBadge status={status} />}
      </p>
      <Authenticate row={data} />
      {next.length > 0 && (
        <ul className="chips" aria-label="What can follow">
          {next.map(({ text, hash }) => (
            <li key={hash}>
              <a className="chip" href={hash}>
                {text}
              </a>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
