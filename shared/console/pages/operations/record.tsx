import { useState } from 'react';
import { errorOfReply } from '../../form/result/reply-error.ts';
import { isSuccess, runAndRecord } from '../../api/calls.ts';
import { readOperation } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { callName, useHistory } from '../../state/history.ts';
import { hashOf, navigate } from '../../state/route.ts';
import { announce } from '../../ui/announcer.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { CopyButton } from '../../ui/code.tsx';
import { PageFrame } from '../../ui/page.tsx';
import { LoadState } from '../../ui/states.tsx';
import { WriteButton } from '../../ui/write-button.tsx';
import { RecordRequests } from './record-requests.tsx';
import { RecordTimeline } from './record-timeline.tsx';
import { ResolveForm } from './resolve-form.tsx';

/** The record of one operation: its timeline, what to do, and forms to repeat and resolve it. */
export function RecordPage({ id }: { readonly id: string }) {
  const { data, error, reload } = useLoaded(`operation ${id}`, () => readOperation(id));
  const entry = useHistory().find(({ reply, kind }) => kind === 'run' && reply.operationId === id);
  const nameInHistory = entry === undefined ? undefined : callName(entry.call);
  return (
    <PageFrame
      title={data?.call ?? nameInHistory ?? 'Operation'}
      tab={`Operation ${id}`}
      crumbs={[['Operations', '#/operations']]}
      lead={
        <>
          <code>{id}</code> <CopyButton text={id} label="Copy id" />
        </>
      }
    >
      {data === undefined ? (
        <LoadState what="the record" shape="cards" error={error} onRetry={reload} />
      ) : (
        <>
          <div className="grid">
            <section className="card" aria-label="Record">
              <h2>
                Record <StatusBadge status={data.state} />
              </h2>
              <RecordTimeline report={data} />
            </section>
            <section className="card" aria-label="What to do">
              <h2>What to do</h2>
              <p>{data.whatToDo}</p>
              {entry !== undefined && !isSuccess(entry.reply) && (
                <p>
                  The last response: <strong>{errorOfReply(entry.reply).message}</strong>{' '}
                  <code>{errorOfReply(entry.reply).reason}</code>
                </p>
              )}
              <RepeatButtons id={id} onDone={reload} />
            </section>
          </div>
          <RecordRequests id={id} ids={data.requestIds} object={data.object} />
          {data.effect === 'unknown' && data.leaseEndsAt === null && <ResolveForm id={id} onDone={reload} />}
        </>
      )}
    </PageFrame>
  );
}

/** Repeats a call that this page sent. Other calls cannot be repeated here, because the record has no payload. */
function RepeatButtons({ id, onDone }: { readonly id: string; readonly onDone: () => void }) {
  const entry = useHistory().find(({ reply, kind }) => kind === 'run' && reply.operationId === id);
  const [busy, setBusy] = useState(false);
  if (entry === undefined)
    return (
      <p className="muted">
        The record does not hold the payload. To repeat the call, send it again with <code>"operationId": "{id}"</code>.
      </p>
    );
  const repeat = async (): Promise<void> => {
    setBusy(true);
    try {
      const { number, reply } = await runAndRecord('run', {
        ...entry.call,
        body: { ...entry.call.body, operationId: id },
      });
      announce(reply.replayed ? 'Answered from the record: no second effect' : 'Sent again');
      onDone();
      navigate(hashOf(['history', String(number)]));
    } catch {
      announce('The server does not respond', 'bad');
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="buttons">
      <WriteButton className="primary" busy={busy} onClick={() => void repeat()}>
        Repeat {callName(entry.call)}
      </WriteButton>
      <a className="button" href={hashOf(['history', String(entry.number)])}>
        The call
      </a>
    </div>
  );
}
